"""Words that were meant where one was mistyped."""

import string
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

# Shorter words are too near to each other: "desa" and "dasa".
MIN_LENGTH_TO_CORRECT = 5
# Words that are no longer than this are mostly other words where a letter differs: "macet" is no slip of "Maret".
MAX_LENGTH_OF_SHORT = 5
# Longer ones are no words.
MAX_LENGTH_TO_CORRECT = 60
_LETTERS = string.ascii_lowercase + string.digits


def one_slip_away(word: str, known: Iterable[tuple[str, int]]) -> str | None:
    """The most frequent of these words (each with its count) that is one slip of the fingers away from a long one.

    The first letter is seldom mistyped, so that both begin with the same. In a short word a letter may be missing, or
    two may stand in the wrong order.
    """
    if len(word) < MIN_LENGTH_TO_CORRECT or word.isdigit():
        return None
    near = [
        (count, other)
        for other, count in known
        if other[0] == word[0] and OSA.distance(word, other, score_cutoff=1) <= 1 and _may_be_slip(word, other)
    ]
    return max(near)[1] if near else None


def _may_be_slip(word: str, other: str) -> bool:
    return len(word) > MAX_LENGTH_OF_SHORT or len(other) > len(word) or sorted(other) == sorted(word)


def slips_of(word: str) -> set[str]:
    """All that is one slip of the fingers away from a word, whether it is one or not, and begins with its letter.

    Some hundreds, so that whoever can look up a word need not go through all that there are.
    """
    return set(_slips(word)) - {word} if len(word) <= MAX_LENGTH_TO_CORRECT else set()


def _slips(word: str) -> Iterator[str]:
    for at in range(1, len(word) + 1):
        before, rest = word[:at], word[at:]
        yield from (before + letter + rest for letter in _LETTERS)
        if rest:
            yield before + rest[1:]
            yield from (before + letter + rest[1:] for letter in _LETTERS)
        if len(rest) > 1:
            yield before + rest[1] + rest[0] + rest[2:]
