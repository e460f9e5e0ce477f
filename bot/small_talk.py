"""Recognise greetings, thanks and the like, which get a short human line and no search."""

import re

from bot.texts import Texts
from embeddings.indonesian import lexicon

_PATTERNS = lexicon.patterns("bot.texts", "small_talk.toml")


def small_talk(question: str, texts: Texts) -> str | None:
    """A short human line for a greeting, thanks and the like; None for everything else."""
    plain = re.sub(r"[^\w\s']", " ", question.casefold())
    plain = " ".join(plain.split())
    lines = {
        "hello": texts.hello,
        "thanks": texts.thanks,
        "who_are_you": texts.who_are_you,
        "goodbye": texts.goodbye,
    }
    return next((lines[said] for said, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), None)
