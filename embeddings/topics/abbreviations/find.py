"""Find the abbreviations that an article spells out: "Dokter Masuk Desa (DMD)"."""

import re
from bisect import bisect_left

import msgspec

from embeddings.types import Span

_BEFORE = re.compile(r"(?<!\w)([^\W\d_]{2,14})\s*\(([^()]{1,120})\)")
_BEHIND = re.compile(r"\(\s*([^\W\d_]{2,14})\s*\)")
_SAID = re.compile(r"[^\s(),;:]+")
_SENTENCE_ENDS = re.compile(r"[.!?\"“”\n]")
MOST_WORDS = 8
# A text that spells out more has been made to.
MOST_ABBREVIATIONS = 300


class Abbreviation(msgspec.Struct, frozen=True):
    """An abbreviation in lower case, and where the words that it stands for are in the text."""

    short: str
    words: Span


def find_abbreviations(text: str) -> list[Abbreviation]:
    """Every abbreviation that a text spells out beside it, one of the two in brackets, in order."""
    found = [
        Abbreviation(match[1].casefold(), match.span(2))
        for match in _BEFORE.finditer(text)
        if _stands_for(match[1].casefold(), match[2])
    ]
    said = [word.span() for word in _SAID.finditer(text)]
    for match in _BEHIND.finditer(text):
        short, last = match[1].casefold(), bisect_left(said, match.span())
        for first, _ in reversed(said[max(last - MOST_WORDS, 0) : last]):
            words = first, said[last - 1][1]
            if _stands_for(short, text[slice(*words)]):
                found.append(Abbreviation(short, words))
                break
    return sorted(found, key=lambda one: one.words)[:MOST_ABBREVIATIONS]


def _stands_for(abbreviation: str, words: str) -> bool:
    """Whether the letters stand in the words, in order, the first at the beginning of them, of several words."""
    letters = iter(words.casefold())
    return (
        " " in words
        and not _SENTENCE_ENDS.search(words)
        and words[:1].casefold() == abbreviation[0]
        and all(letter in letters for letter in abbreviation)
        # Each word gives a letter at least, but for small ones: "Dinas Pemberdayaan Masyarakat dan Desa (DPMD)".
        and len(words.split()) <= len(abbreviation) + 1
    )
