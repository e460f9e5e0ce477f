"""Recognise what people say that asks nothing of the news: small talk, which gets a line, and complaints."""

import re

import msgspec

from bot.texts import Texts
from embeddings import parted
from embeddings.indonesian import lexicon

_PATTERNS = lexicon.patterns("bot.texts", "small_talk.toml")
_COMPLAINTS = lexicon.patterns("bot.texts", "complaints.toml")
# A letter says at its beginning what it is.
_BEGINNING = 300
# Whoever thanks without a word, too, gets an answer.
_THANKS = re.compile("[👍👌🙏❤💯👏🤝]")
# A yes asks for nothing, not even for a "you're welcome".
SILENCE = ""


class Heard(msgspec.Struct, frozen=True):
    """What somebody said: a question of the news, or what is said in return."""

    question: str
    """Without greetings, thanks and what only fills."""
    reply: str | None = None
    """Where there is no question: a short line, or SILENCE."""
    salam: str | None = None
    """Where there is a question: the salam that its answer begins with."""


def heard(message: str, texts: Texts) -> Heard:
    """Part a message into its question and what stands beside it."""
    said = parted(message)
    salam = texts.salam_returned if "salam" in said.courtesies else None
    if not said.question:
        return Heard("", _to_courtesies(said.courtesies, message, texts))
    line = small_talk(said.question, texts)
    # "Kamu manusia atau bot?" loses its last word as what people call the bot by.
    line = small_talk(message, texts) if line is None else line
    return Heard("", line) if line is not None else Heard(said.question, None, salam)


def is_complaint(said: str) -> bool:
    """Whether somebody wants to report something, or writes to an office, as if that were reached here."""
    beginning = " ".join(said[:_BEGINNING].split())
    return any(pattern.search(beginning) for pattern in _COMPLAINTS.values())


def small_talk(said: str, texts: Texts) -> str | None:
    """A short human line for what asks nothing of the news, SILENCE where that fits best; None for everything else."""
    plain = " ".join(re.sub(r"[^\w\s]", " ", said.casefold()).split())
    plain = re.sub(r"(\w)\1{2,}", r"\1", plain)
    kind = next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), None)
    lines = {
        "tested": texts.tested,
        "rude": texts.rude,
        "laughs": SILENCE,
        "who_are_you": texts.who_are_you,
        "abilities": texts.abilities,
        "sources": texts.my_sources,
    }
    return lines[kind] if kind else None


def _to_courtesies(kinds: frozenset[str], message: str, texts: Texts) -> str:
    """The line for a message that holds nothing but these, or not even a word."""
    if "salam" in kinds:
        return texts.salam
    lines = {
        "hello": texts.hello,
        "thanks": texts.thanks,
        "praise": texts.praised,
        "goodbye": texts.goodbye,
        "chatter": texts.ask_away,
        "yes": SILENCE,
    }
    line = next((line for kind, line in lines.items() if kind in kinds), None)
    if line is not None:
        return line
    return texts.thanks if not kinds and _THANKS.search(message) else texts.ask_away
