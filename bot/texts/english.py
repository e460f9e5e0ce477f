from bot.texts.texts import Texts

ENGLISH = Texts(
    welcome=(
        "Hello! Ask me anything about Indonesian local-government news, such as “who is the camat of Sungai Raya?”. "
        "I answer with word-for-word quotes from the news, with their source and date.\n\n"
        "At the moment I have {articles} articles{span}."
    ),
    welcome_empty="Hello! There are no articles yet that I could quote. Please try again later.",
    help=(
        "Write your question, and I look for the sentence in the news that answers it. For example:\n"
        "• siapa camat Sungai Raya?\n"
        "• when was the Rantau Bayur meeting?\n"
        "• berapa penduduk Banyuasin?\n\n"
        "Every answer is quoted word for word from an article. When no article answers, I say so.\n\n"
        "/tanya – ask a question\n"
        "/help – show this message"
    ),
    not_found="Sorry, none of the {articles} articles I have answers that.",
    nothing_indexed="Sorry, there are no articles yet that I could search.",
    near="The nearest passages, which may not answer it:",
    unknown_source="source unknown",
    unknown_date="date unknown",
    open_article="open article",
    ask_something="Please write your question after /tanya, for example: /tanya siapa camat Sungai Raya?",
    question_too_long="Sorry, that question is too long ({length} characters). Please use at most {most}.",
    text_only="Sorry, I can only read text. Please type your question.",
    failed="Sorry, something went wrong and your question was not answered. Please try again in a moment.",
    shortened="(quote shortened because of its length)",
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    terminal_hint="Type a question and press Enter; an empty line or Ctrl-D ends.",
    terminal_goodbye="Goodbye!",
    command_ask="ask the news",
    command_help="how to ask",
    command_start="start",
)  # fmt: skip
