"""The words of a text, and their stems."""

import re
from functools import cache

import Stemmer

_WORD = re.compile(r"[^\W_]+")
# Their stems are the offices camat and lurah, and who holds an office is not who is in the area.
AREAS = frozenset({"kecamatan", "kelurahan"})


def stem_words(text: str) -> list[str]:
    """The text's words, folded to lower case and cut to their Indonesian Snowball stems, in order."""
    found = words_of(text)
    stems = _stemmer().stemWords(found)
    return [word if word in AREAS else stem for word, stem in zip(found, stems, strict=True)]


def words_of(text: str) -> list[str]:
    """The text's words in lower case, in order."""
    return _WORD.findall(text.casefold())


def holds_words(text: str, expected: str) -> bool:
    """Whether the words of an answer stand in a text, side by side and in order."""
    wanted, given = words_of(expected), words_of(text)
    return any(given[start : start + len(wanted)] == wanted for start in range(len(given) - len(wanted) + 1))


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("indonesian")
