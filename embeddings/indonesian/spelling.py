"""Words that were meant where one was mistyped."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

# Shorter words are too near to each other: "desa" and "dasa".
MIN_LENGTH_TO_CORRECT = 5
# Words that are no longer than this are mostly other words where a letter differs: "macet" is no slip of "Maret".
MAX_LENGTH_OF_SHORT = 5


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
