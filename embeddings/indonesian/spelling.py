"""Words that were meant where one was mistyped."""

import itertools
import math
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

# Shorter words are too near to each other: "desa" and "dasa".
MIN_LENGTH_TO_CORRECT = 5
# Words that are no longer than this are mostly other words where a letter differs: "macet" is no slip of "Maret".
MAX_LENGTH_OF_SHORT = 5
# Longer ones are no words.
MAX_LENGTH_TO_CORRECT = 60
_LETTERS = string.ascii_lowercase + string.digits
# Of fewer letters too many words may be left: "msk" is "masuk", "masak" and "musik".
MIN_LENGTH_TO_FILL = 4
# What would be more to look up has lost too many vowels.
MOST_FILLED = 1_000
# Where there are more already, no two vowels are put in at one place.
MOST_FILLED_WITH_ONE = 250
# So many times as often as the next one must a word be held that is meant by its consonants.
PLAINLY_MORE = 5
_VOWELS = ("a", "e", "i", "o", "u")
_TWO_VOWELS = ("ua", "ia", "ai", "au", "aa", "ea")
# What is one sound, and other letters.
_SOUND = re.compile("ng|ny|sy|kh|[a-z]")


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


def with_vowels(word: str) -> set[str]:
    """What a word may be that was typed without some of its vowels: "pnduduk", "klrga", "mslh"; its letters all stay.

    At most some thousand, so that whoever can look up a word need not go through all that there are. Empty for a word
    that can be spoken as it is, and for one that has lost too many.
    """
    sounds = _SOUND.findall(word)
    if not MIN_LENGTH_TO_FILL <= len(word) <= MAX_LENGTH_TO_CORRECT or "".join(sounds) != word:
        return set()
    bare = [one not in _VOWELS and other not in _VOWELS for one, other in itertools.pairwise(sounds)]
    if not (bare and (bare[0] or bare[-1] or any(one and other for one, other in itertools.pairwise(bare)))):
        return set()
    put = [_may_be_put(bare, at) for at in range(len(bare))]
    found = _filled(sounds, put)
    if len(found) > MOST_FILLED_WITH_ONE:
        return set(found)
    for at, vowels in enumerate(put):
        if len(vowels) > 1:
            found += _filled(sounds, [*put[:at], _TWO_VOWELS, *put[at + 1 :]])
    return set(found) - {word}


def _may_be_put(bare: Sequence[bool], at: int) -> tuple[str, ...]:
    """What may stand between two sounds: a vowel, where both are consonants; no word begins or ends with two."""
    if not bare[at]:
        return ("",)
    return _VOWELS if at in (0, len(bare) - 1) else ("", *_VOWELS)


def _filled(sounds: Sequence[str], put: Sequence[Sequence[str]]) -> list[str]:
    """The sounds with each choice of what may stand between them; none where these are too many."""
    if math.prod(map(len, put)) > MOST_FILLED:
        return []
    return ["".join(itertools.chain(*zip(sounds, (*chosen, ""), strict=True))) for chosen in itertools.product(*put)]


def plainly_meant(counts: Mapping[str, int]) -> str | None:
    """The word that stands in far more passages than any other of these; None where it cannot be told."""
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    plain = len(ranked) == 1 or (len(ranked) > 1 and counts[ranked[0]] >= PLAINLY_MORE * counts[ranked[1]])
    return ranked[0] if plain else None
