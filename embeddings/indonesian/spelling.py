"""Words that were meant where one was mistyped."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

# Shorter words are too near to each other: "desa" and "dasa".
MIN_LENGTH_TO_CORRECT = 5


def one_slip_away(word: str, known: Iterable[tuple[str, int]]) -> str | None:
    """The most frequent of these words (each with its count) that is one slip of the fingers away from a long one.

    The first letter is seldom mistyped, so that both begin with the same.
    """
    if len(word) < MIN_LENGTH_TO_CORRECT or word.isdigit():
        return None
    near = [
        (count, other)
        for other, count in known
        if other[0] == word[0] and OSA.distance(word, other, score_cutoff=1) <= 1
    ]
    return max(near)[1] if near else None
