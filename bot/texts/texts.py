"""The sentences the bot can say; a language that lacks one of them cannot be loaded."""

from dataclasses import dataclass

from bot.texts.administrators import AdministratorTexts
from bot.texts.subscriptions import SubscriptionTexts


@dataclass(frozen=True, kw_only=True)
class Texts(AdministratorTexts, SubscriptionTexts):
    """Plain text with {fields}; what goes into a message as HTML is escaped there."""

    language: str
    language_name: str

    # --- first words and help ---
    bot_name: str
    """What the bot calls itself where its newsroom has given it no {name}."""
    welcome: str
    """First message; the bot's {name}."""
    welcome_articles: str
    """Its second paragraph: {articles} articles{span}."""
    welcome_try: str
    """Heads the questions that are buttons."""
    add_to_group: str
    """A button."""
    welcome_empty: str
    """First message while nothing is indexed."""
    greeting_group: str
    """Two lines, once, when added to a group; {bot} is the bot's name."""
    help: str
    """Ends with the commands; {examples} of questions, one a line."""
    help_group: str
    """How to ask in a group; {bot} is the bot's name."""
    help_examples: tuple[str, ...]
    """Where no article answers a question that could be an example."""
    ask_something: str
    """/tanya without a question."""
    ask_region: str
    """/pejabat without a region."""
    ask_meetings: str
    """/rapat without a region."""

    # --- small talk ---
    hello: str
    salam: str
    """Returns a salam that came alone."""
    salam_returned: str
    """The same as the first line of an answer."""
    thanks: str
    who_are_you: str
    abilities: str
    """What the bot can do, and how to ask it."""
    my_sources: str
    """Where the news come from."""
    ask_away: str
    """To a message without a question: "?", "mau tanya dong"."""
    praised: str
    tested: str
    rude: str
    goodbye: str

    # --- answers ---
    unknown_source: str
    unknown_date: str
    undated: str
    """Behind the years of the articles: {number} that have no date."""
    undated_article: str
    """In the place of an article's date, behind a name."""
    page: str
    untitled: str
    open_article: str
    older_version: str
    """Behind the date of a quote whose article has been changed since it was sent."""
    shortened: str
    """A quote was too long for one message, so only part of it stands there."""
    not_found: str
    """No article answers; {articles} were searched{span}."""
    not_named: str
    """The same where the holder of an {office} was asked for."""
    nothing_indexed: str
    maybe: str
    """Heads quotes that answer perhaps."""
    near: str
    """Heads passages below an honest no, near the question."""
    holder: str
    """{office}, {name}, and the {date} of the newest article that names them."""
    holder_undated: str
    """The same where that article has no date."""
    holder_former: str
    """The same for one who holds the office no longer."""
    holder_listed: str
    """One line of a list of different offices: {office}, {names}."""
    other_named: str
    """One of those names: {name}, {date}."""
    holders_more: str
    """Below the list: {number} further offices."""
    other_holders: str
    """Heads a list of others named for the same office, newest first."""
    other_holder: str
    """One line of that list: {name}, {date}."""
    several_regions: str
    """How to say which of several regions with one name is meant; {around} is the regency of one."""
    holders_disagree: str
    continued: str
    """The {question} as it was completed from the one before."""
    drop_context: str
    """The button that answers what was written, without the question before."""
    searched_for: str
    """{words} that were searched for, where the question's own seemed misspelt."""
    meetings_listed: str
    meetings_counted: str
    """The same where it was asked how often: {number} of them."""
    meeting: str
    """{when}, {what}{place}."""
    table_of_officials: tuple[str, ...]
    """Heads the columns: office, name, date of the article."""
    table_of_meetings: tuple[str, ...]
    """Heads the columns: when, what, where."""
    meeting_place: str
    meeting_day: str
    """In the place of a date: the {day} as printed, in an article of {date}."""
    meeting_without_day: str
    period: str
    """The time searched: a {period}, written as a date, a year, or one of the next two."""
    period_from: str
    period_until: str
    drop_period: str
    copies: str
    """The {number} of other outlets that carry the story, and {outlets}, some of them."""
    ways_on: str
    gone: str
    """A button's passage is no longer in the archive."""

    # --- news, and what there is about a name ---
    news: str
    """Heads the newest articles{about}."""
    news_of_time: str
    """The same of a time, {when}."""
    news_of_other_time: str
    """Heads the newest, where there are none{about} of the time asked for, {when}."""
    news_none: str
    """There are no articles{about}."""
    news_about: str
    news_hint: str
    """Below the list, whose numbers are buttons."""
    overview: str
    """Heads the buttons with what there is about a region's {name}."""
    overview_officials: str
    """A button; {number} of them."""
    overview_meetings: str
    overview_news: str
    overview_news_of: str
    """A button: news that name a person."""
    overview_quotes: str
    """A button: the sentences that name a person in an office."""

    # --- longer texts, and links ---
    complaint: str
    """To somebody who wants to report something: where that is possible."""
    complaint_related: str
    """Heads the news on it."""
    similar: str
    """Heads the quotes of articles that tell what a text tells."""
    similar_none: str
    """None of the {articles} articles{span} does."""
    link_found: str
    """Heads the beginning of the article of a link."""
    link_unknown: str

    # --- buttons under an answer ---
    unfold: str
    fold: str
    next_source: str
    """{number} of {total}."""
    first_source: str
    copy: str
    copy_here: str
    """Heads a quote that was too long for the copy button."""
    good: str
    bad: str
    report: str
    report_reasons: dict[str, str]
    report_back: str
    report_withdraw: str
    share: str
    """The button that sends the quote into a chat on Telegram."""
    share_whatsapp: str
    notify_me: str
    noted: str
    show_all: str
    only_you_see: str
    answer_ready: str
    """Beside the button that shows an answer to its asker alone."""

    # --- what a button answers ---
    thanks_good: str
    thanks_bad: str
    vote_withdrawn: str
    ask_reason: str
    """Heads the reasons of a report, which counts once one is chosen."""
    thanks_reason: str
    report_withdrawn: str
    wish_noted: str
    wish_noted_in_group: str
    """The same for whoever presses in a group, and is told in private."""
    wish_needs_private: str
    """Whoever pressed in a group cannot be written to before they have opened the private chat with @{bot}."""
    wish_dropped: str
    not_yours: str
    """A button that only the asker may press."""
    expired: str

    # --- inline ---
    inline_empty: str
    """The button over an empty inline query."""
    inline_none: str
    """The button where nothing answers."""
    inline_slow_down: str
    """The button where somebody has typed too much in a minute."""
    ask_here: str
    """The button under a card sent inline that begins a question in the same chat."""

    # --- sources ---
    sources: str
    """{articles}, {outlets}{newest}."""
    source_line: str
    """{source}, {articles}{newest}."""
    newest: str
    """{date} of the newest article, behind a count."""
    previous_page: str
    next_page: str
    article_gone: str

    # --- settings ---
    settings_private: str
    settings_group: str
    settings_only_admins: str
    setting_language: str
    setting_quotes: str
    """{number} quotes at once."""
    setting_mention_on: str
    setting_mention_off: str
    setting_private_on: str
    setting_private_off: str
    setting_quiet_on: str
    """{start} to {end} o'clock."""
    setting_quiet_off: str

    # --- privacy ---
    privacy: str
    """{days} days."""
    forget_question: str
    """Asks once more before everything is deleted."""
    forget_yes: str
    forget_no: str
    forgotten: str
    not_forgotten: str
    forget_anonymous: str
    """An administrator who writes in the group's name cannot be told from the others."""

    # --- when something is in the way ---
    question_too_long: str
    """{length} characters, at most {most}."""
    text_only: str
    """A sticker, photo or file came instead of a question."""
    voice: str
    slow_down: str
    """{seconds} to wait."""
    busy: str
    not_allowed: str
    failed: str
    maybe_lost: str
    """It is not known whether the answer has arrived; a button shows it."""
    maybe_lost_ask_again: str
    """The same without a button."""
    show_answer: str

    # --- names ---
    months: tuple[str, ...]
    thousands_separator: str
    terminal_hint: str
    terminal_no_commands: str
    terminal_goodbye: str
    command_ask: str
    command_help: str
    command_start: str
    command_news: str
    command_officials: str
    command_meetings: str
    command_subscriptions: str
    command_sources: str
    command_settings: str
    command_privacy: str
    command_forget: str
    description: str
    """Shown in the empty private chat, at most 512 characters."""
    short_description: str
    """Shown in the bot's profile, at most 120 characters."""
