from bot.texts import administrators, subscriptions
from bot.texts.texts import Texts

ENGLISH = Texts(
    **administrators.ENGLISH,
    **subscriptions.ENGLISH,
    language="en",
    language_name="English",
    bot_name="a bot for local news",
    welcome=(
        "Hello! I am {name}. Ask me anything about Indonesian local-government news. I answer with word-for-word "
        "quotes from the news, with their source and date."
    ),
    welcome_articles="Articles at the moment: {articles}{span}.",
    welcome_try="Try one of these:",
    add_to_group="Add to a group",
    welcome_empty="Hello! There are no articles yet that I could quote. Please try again later.",
    greeting_group=(
        "Hello everyone! I answer questions about local-government news with word-for-word quotes.\n"
        "Type /tanya and your question, or mention @{bot}."
    ),
    help=(
        "Write your question, and I look for the sentence in the news that answers it. For example:\n"
        "{examples}\n\n"
        "Every answer is quoted word for word from an article. When no article answers, I say so. Made a typo? Edit "
        "your question, and its answer changes too.\n\n"
        "/tanya – ask a question\n"
        "/berita – the newest articles, of a region or all\n"
        "/pejabat – the officials of a region\n"
        "/rapat – meetings in a region\n"
        "/langganan – tell me when there is news\n"
        "/sumber – which articles there are\n"
        "/settings – language and number of quotes\n"
        "/privacy – what is kept\n"
        "/hapusdata – delete your data\n"
        "/start – start anew\n"
        "/help – show this message"
    ),
    help_group=(
        "In a group, type /tanya and your question, mention @{bot}, or reply to one of my messages. "
        "Reply to somebody's message with /tanya to ask what it says. I read no other messages.\n\n"
        "/tanya – ask a question\n"
        "/berita – the newest articles, of a region or all\n"
        "/pejabat – the officials of a region\n"
        "/rapat – meetings in a region\n"
        "/sumber – which articles there are\n"
        "/langganan – tell the group when there is news (for admins)\n"
        "/settings – settings of this group (for admins)\n"
        "/privacy – what is kept\n"
        "/hapusdata – delete your data\n"
        "/start – examples of questions\n"
        "/help – show this message"
    ),
    help_examples=("siapa camat Sungai Raya?", "when was the Rantau Bayur meeting?", "berapa penduduk Banyuasin?"),
    ask_something="Please write your question after /tanya, for example: /tanya siapa camat Sungai Raya?",
    ask_region="Please write the region after /pejabat, for example: /pejabat Banyuasin",
    ask_meetings="Please write the region after /rapat, for example: /rapat Banyuasin 2023",
    hello="Hello! What would you like to know about local news?",
    salam="Waalaikumsalam. What would you like to know about local news?",
    salam_returned="Waalaikumsalam.",
    thanks="You're welcome! Ask again any time.",
    who_are_you="I am a bot, not a person. I answer with quotes from local news. There are examples in /help.",
    abilities=(
        "Just write your question, and I look for the sentence in the news that answers it, with its source and date. "
        "Examples and commands are in /help."
    ),
    my_sources="From the articles in my archive. The outlets are listed in /sumber.",
    ask_away="Sure, what would you like to know? Just write your question.",
    praised="Thank you! What else would you like to know?",
    tested="Yes, I am here. What would you like to know about local news?",
    rude="I am sorry if my answer let you down. Try asking in other words, or see /help.",
    goodbye="Goodbye!",
    unknown_source="source unknown",
    unknown_date="date unknown",
    undated="{number} without a date",
    undated_article="article without a date",
    page="p. {number}",
    untitled="Untitled",
    open_article="Open article",
    older_version="older version",
    shortened="(quote shortened because of its length)",
    not_found="Sorry, I found no answer in the {articles} articles I have{span}.",
    not_named="Sorry, none of the {articles} articles I have{span} says who is {office}.",
    nothing_indexed="Sorry, there are no articles yet that I could search.",
    maybe="❔ This may be what you are looking for:",
    near="The nearest passages, which are perhaps not the answer:",
    holder="{office}: {name} (last named {date})",
    holder_undated="{office}: {name} (article without a date)",
    holder_former="{office}: {name} (named {date})",
    other_holders="Others named for this office, newest first:",
    holder_listed="• {office}: {names}",
    other_named="{name} ({date})",
    holders_more="… and {number} other offices. Add the name of a region to see fewer.",
    other_holder="• {name} ({date})",
    continued="Continuing: {question}",
    drop_context="Without the question before",
    searched_for="Searching for: {words}",
    meetings_listed="Meetings and events in the news, newest first:",
    meetings_counted="{number} in the articles I have:",
    meeting="{when}: {what}{place}",
    table_of_officials=("Office", "Name", "Article"),
    table_of_meetings=("When", "Meeting", "Where"),
    meeting_place=", at {place}",
    meeting_day="{day} (full date not given; article of {date})",
    meeting_without_day="day not given (article of {date})",
    period="Period: {period}",
    period_from="since {date}",
    period_until="until {date}",
    drop_period="Any time",
    copies="also in other outlets ({number}): {outlets}",
    several_regions="Several regions have that name. Add the regency, for example: {around}",
    holders_disagree="Note: more than one person is named, and the articles do not tell for certain who came last.",
    ways_on="Try other words, or see /sumber.",
    gone="This quote is no longer in the archive.",
    news="The newest articles{about}:",
    news_of_time="Articles of {when}{about}:",
    news_of_other_time="There are no articles of {when}{about} yet. These are the newest:",
    news_none="Sorry, there are no articles{about} yet.",
    news_about=" about {name}",
    news_hint="Tap a number to read how the article begins.",
    overview="{name}: what would you like to see?",
    overview_officials="Officials ({number})",
    overview_meetings="Meetings and events ({number})",
    overview_news="Newest articles",
    overview_news_of="Articles that name them",
    overview_quotes="Quotes from the news",
    complaint=(
        "Sorry, I cannot take complaints: this message does not reach the government. To report something, please "
        "use lapor.go.id."
    ),
    complaint_related="News on this:",
    similar="Similar articles in the archive:",
    similar_none=(
        "There is no such article in the archive; I have searched {articles}{span}. That does not mean the story is "
        "wrong."
    ),
    link_found="This article is in the archive:",
    link_unknown=(
        "The article behind that link is not in the archive. If you paste its text here, I will look for similar ones."
    ),
    unfold="More",
    fold="Less",
    next_source="Next source › ({number}/{total})",
    first_source="‹ First source",
    copy="Copy",
    copy_here="Press and hold to copy:",
    good="👍",
    bad="👎",
    report="Report",
    report_reasons={
        "person": "Wrong person",
        "place": "Wrong place",
        "old": "Out of date",
        "question": "No answer",
    },
    report_back="Back",
    report_withdraw="Withdraw report",
    share="Share",
    share_whatsapp="WhatsApp",
    notify_me="🔔 Notify me",
    noted="🔔 Noted (tap to undo)",
    show_all="Show to everyone",
    only_you_see="only you can see this",
    answer_ready="The answer is here. Tap the button to see it.",
    thanks_good="Thank you!",
    thanks_bad="Thank you, noted.",
    vote_withdrawn="Your vote is withdrawn.",
    ask_reason="What is wrong with it?",
    thanks_reason="Thank you, your report is noted.",
    report_withdrawn="Your report is withdrawn.",
    wish_noted="Noted. I will tell you here as soon as an article answers it.",
    wish_noted_in_group="Noted. I will tell you in our private chat as soon as an article answers it.",
    wish_needs_private=(
        "I cannot write to you yet. Open the private chat with @{bot}, tap Start, and tap this button again."
    ),
    wish_dropped="All right, never mind.",
    not_yours="Only the person who asked can use this button.",
    expired="This button has expired. Please ask again.",
    inline_empty="Type a question, such as: camat sungai raya",
    inline_none="No article answers that – open the bot",
    inline_slow_down="Not so fast, please. Try again shortly.",
    ask_here="Ask too",
    sources="Articles: {articles}, outlets: {outlets}{newest}.",
    source_line="{source}: {articles}{newest}",
    newest=", newest {date}",
    previous_page="‹ Previous",
    next_page="Next ›",
    article_gone="This article is no longer in the archive.",
    settings_private="Your settings:",
    settings_group="Settings of this group:",
    settings_only_admins="Only group admins can change the settings.",
    setting_language="Language: {language}",
    setting_quotes="Quotes at once: {number}",
    setting_mention_on="Answer when mentioned: yes",
    setting_mention_off="Answer when mentioned: no",
    setting_private_on="Answers: only for the asker",
    setting_private_off="Answers: for everyone",
    setting_quiet_on="Without sound: {start}–{end} o'clock",
    setting_quiet_off="Without sound: never",
    privacy=(
        "What is kept on the server of whoever runs this bot, with the number of your Telegram account:\n"
        "• your questions and the answers I sent, so that buttons and follow-up questions work: {days} days\n"
        "• your votes and reports: as long as the answer they are about; the operator reads reports without knowing "
        "whose they are, and may answer you through me\n"
        "• questions that had no answer: {days} days; the operator reads them without knowing who asked\n"
        "• subscriptions, questions you are waiting on (“Notify me”), and which news I told you of for them: until a "
        "day after you stop them\n"
        "• your settings: until you delete them\n"
        "• a message I am answering: until the answer is sent\n"
        "How many questions a day there were, without a word of them or of who asked, stays.\n\n"
        "In groups only questions addressed to me are kept. A group's subscriptions are the group's, and are deleted "
        "when I am removed from it. What you type after @ (inline) is not kept. Others can "
        "open an answer that was shown in a group, but not one from a private chat.\n\n"
        "/hapusdata deletes all of it at once. Messages already in Telegram, and backups the operator may have made, "
        "stay as they are."
    ),
    forget_question=(
        "Delete all your data: stored questions and answers, votes, reports, settings, and subscriptions? "
        "This cannot be undone, and the buttons under old answers will stop working."
    ),
    forget_yes="Yes, delete everything",
    forget_no="Cancel",
    forgotten="All your data has been deleted.",
    not_forgotten="All right, nothing was deleted.",
    forget_anonymous=(
        "You write in the group's name, so I cannot tell whose data to delete. Everything kept of this group is "
        "deleted when I am removed from it."
    ),
    question_too_long="Sorry, that question is too long ({length} characters). Please use at most {most}.",
    text_only="Sorry, I can only read text. Please type your question.",
    voice="Sorry, I cannot listen to voice messages yet. Please type your question.",
    slow_down="One at a time, please. You can ask again in {seconds} seconds.",
    busy="Sorry, there are many questions at the moment. Please try again shortly.",
    not_allowed="Sorry, this bot serves certain chats only.",
    failed="Sorry, something went wrong and your question was not answered. Please try again in a moment.",
    maybe_lost="Something went wrong; the answer to this question may not have arrived. Shall I show it?",
    maybe_lost_ask_again="Something went wrong; the answer to this question may not have arrived. Please ask again.",
    show_answer="Show the answer",
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    thousands_separator=",",
    terminal_hint="Type a question and press Enter; an empty line or Ctrl-D ends.",
    terminal_no_commands="Commands like that exist on Telegram alone. Here, just type your question.",
    terminal_goodbye="Goodbye!",
    command_ask="ask the news",
    command_help="how to ask",
    command_start="start",
    command_meetings="meetings in a region",
    command_news="the newest articles, of a region or all",
    command_officials="officials of a region",
    command_subscriptions="tell me when there is news",
    command_sources="which articles there are",
    command_settings="change settings",
    command_privacy="what is kept",
    command_forget="delete my data",
    description=(
        "Ask about Indonesian local-government news: who holds an office, when a meeting was. I answer with quotes, "
        "word for word, with source and date, and say so when no article answers."
    ),
    short_description="Answers questions about Indonesian local-government news with verbatim quotes, source and date.",
)  # fmt: skip
