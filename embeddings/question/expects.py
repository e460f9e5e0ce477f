"""What must stand in a sentence that answers: a number for "berapa", a time for "kapan"."""

import re
from enum import StrEnum

from embeddings.indonesian import lexicon
from embeddings.indonesian.dates import MONTHS

_NUMBERS = lexicon.alternatives("embeddings.indonesian", "numbers.txt")
_NUMBER = re.compile(rf"\d|\b(?:{_NUMBERS})\b", re.IGNORECASE)
_TIMES = lexicon.alternatives("embeddings.indonesian", "times.txt")
_TIME = re.compile(
    rf"\d{{1,2}}\s*[/.-]\s*\d{{1,2}}|\d\s*SM\b|\b[1-9]\d\d\b(?!\s+[a-z])|\b(?:1\d|20)\d\d\b|\b(?:{'|'.join(MONTHS)})\b"
    rf"|\b(?:{_TIMES})\b",
    re.IGNORECASE,
)
_PATTERNS = lexicon.patterns("embeddings.question", "told.toml")
_DIGITS = re.compile(r"(?:\d[ .-]?){5}")


class Expects(StrEnum):
    """What kind of thing an answer must hold."""

    DIGITS = "digits"
    """A telephone number or the like."""
    CLOCK = "clock"
    TIME = "time"
    MONEY = "money"
    """Numbers of what they count, like those of the next kinds; NUMBER is of anything."""
    PERCENT = "percent"
    AREA = "area"
    LENGTH = "length"
    PEOPLE = "people"
    NUMBER = "number"
    YES = "yes"
    """That something is so, or not, for which no word stands."""
    PERSON = "person"
    """Or a body."""
    PLACE = "place"
    REASON = "reason"
    """Which is told in any words."""


COUNTED = frozenset((Expects.MONEY, Expects.PERCENT, Expects.AREA, Expects.LENGTH, Expects.PEOPLE, Expects.NUMBER))
"""The kinds that are numbers."""
_ASKED = tuple((Expects(kind), asked) for kind, asked in lexicon.patterns("embeddings.question", "asked.toml").items())
_TOLD = {
    **{Expects(kind): told for kind, told in _PATTERNS.items() if kind != Expects.REASON},
    Expects.DIGITS: _DIGITS,
    Expects.TIME: _TIME,
    Expects.NUMBER: _NUMBER,
}


def expected(question: str) -> Expects | None:
    """What must stand in a sentence that answers a question; None where that cannot be told."""
    return next((kind for kind, asked in _ASKED if asked.search(question)), None)


def lacks(sentence: str, expects: Expects | None) -> bool:
    """Whether a sentence has nothing of the kind that is asked for, and so cannot answer."""
    if expects in COUNTED and _NUMBER.search(sentence) is None:
        return True
    return expects in _TOLD and _TOLD[expects].search(sentence) is None


def tells_reason(sentence: str) -> bool:
    """Whether a sentence has a word for why something is so; many a reason is told without."""
    return _PATTERNS["reason"].search(sentence) is not None
