"""Take a message with several questions apart: "siapa camat Betung dan kapan rakor di Betung?"."""

import re

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import regions_in
from embeddings.question.query import content_words
from embeddings.question.shortened import spelt_out
from embeddings.topics.officials.asked import asked_office

# More than that is no question but something pasted.
MOST_QUESTIONS = 3
_PATTERNS = lexicon.patterns("embeddings.question", "several.toml")
_ASKS = _PATTERNS["asks"]
_ENDS = re.compile(r"[?\n]+\s*")
_JOINED = _PATTERNS["joined"]


def split_questions(message: str) -> list[str]:
    """The questions of a message, in order; the whole message where not every part of it is plainly one."""
    parts = [part.strip() for part in _ENDS.split(message) if part.strip()]
    if len(parts) == 1:
        parts = [part.strip(" ,?") for part in _JOINED.split(parts[0])]
    plain = 1 < len(parts) <= MOST_QUESTIONS and all(map(_is_question, parts))
    return parts if plain and _is_whole(parts[0], parts[1:]) else [message]


def asks(text: str) -> bool:
    """Whether a text has a word that asks: "siapa", "kapan"."""
    return _ASKS.search(spelt_out(text)) is not None


def _is_whole(first: str, others: list[str]) -> bool:
    """Whether the first question needs no region of the others, as "siapa bupati dan siapa camat di Betung" does."""
    placed = regions_in(first) or asked_office(content_words(spelt_out(first)))
    return bool(placed) or not any(map(regions_in, others))


def _is_question(part: str) -> bool:
    """Whether words ask something of something."""
    return asks(part) and bool(content_words(spelt_out(part)))
