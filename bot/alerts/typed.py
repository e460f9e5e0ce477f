"""What is typed behind /langganan: a pure function of the text."""

from embeddings.indonesian import lexicon

_TIMES = lexicon.patterns("bot.texts", "daily.toml")


def words_and_minute(text: str) -> tuple[str, int | None]:
    """What is subscribed to, and the minute of the day at which it is to be told if one stands behind it."""
    for pattern in _TIMES.values():
        if found := pattern.search(text):
            minute = 60 * int(found["hour"]) + int(found.groupdict().get("minute") or 0)
            return text[: found.start()].strip(" ,;"), minute
    return text.strip(), None
