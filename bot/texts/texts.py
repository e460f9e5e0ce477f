"""The sentences the bot can say; each language fills in every one of them, which the type checker holds."""

import msgspec


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """Plain text with {fields}; what goes into a message as HTML is escaped there."""

    welcome: str
    """First message; {articles} articles from {first} to {last}."""
    welcome_empty: str
    """First message while nothing is indexed."""
    help: str
    not_found: str
    """No article answers; {articles} were searched."""
    nothing_indexed: str
    near: str
    """Heads passages that are near the question but do not answer it."""
    unknown_source: str
    unknown_date: str
    open_article: str
    ask_something: str
    """/tanya without a question."""
    question_too_long: str
    """{length} characters, at most {most}."""
    text_only: str
    """A sticker, photo or file came instead of a question."""
    failed: str
    shortened: str
    """A quote was too long for one message, so only part of it stands there."""
    months: tuple[str, ...]
    """The twelve names, January first."""
    terminal_hint: str
    terminal_goodbye: str
    command_ask: str
    command_help: str
    command_start: str
