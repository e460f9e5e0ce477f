"""What an abbreviation stands for, where an article spells it out: "Dokter Masuk Desa (DMD)"."""

import re
from bisect import bisect_left

from embeddings.indonesian import lexicon
from embeddings.types import Span

_ASKED = tuple(lexicon.patterns("embeddings.topics", "abbreviations.toml").values())
MOST_WORDS = 8


def asked_abbreviation(question: str) -> str | None:
    """The one word of which a question asks what it stands for."""
    found = next((match for pattern in _ASKED if (match := pattern.search(question))), None)
    return found["abbreviation"].casefold() if found else None


def spelt_out_in(text: str, abbreviation: str) -> Span | None:
    """Where a text spells an abbreviation out beside it, one of the two in brackets."""
    short = re.escape(abbreviation)
    for found in re.finditer(rf"(?<!\w){short}\s*\(([^()]+)\)", text, re.IGNORECASE):
        if _stands_for(abbreviation, found[1]):
            return found.span(1)
    said = [word.span() for word in re.finditer(r"[^\s(),;:]+", text)]
    for found in re.finditer(rf"\(\s*{short}\s*\)", text, re.IGNORECASE):
        last = bisect_left(said, found.span())
        for first, _ in reversed(said[max(last - MOST_WORDS, 0) : last]):
            words = first, said[last - 1][1]
            if _stands_for(abbreviation, text[slice(*words)]):
                return words
    return None


def _stands_for(abbreviation: str, words: str) -> bool:
    """Whether the letters stand in the words, in order, the first at the beginning of them, of several words."""
    letters = iter(words.casefold())
    return (
        " " in words
        and not re.search(r"[.!?\"“”\n]", words)
        and words[:1].casefold() == abbreviation[0]
        and all(letter in letters for letter in abbreviation)
        # Each word gives a letter at least, but for small ones: "Dinas Pemberdayaan Masyarakat dan Desa (DPMD)".
        and len(words.split()) <= len(abbreviation) + 1
    )
