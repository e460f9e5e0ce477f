"""A passage's words as a sparse vector: BM25 but for how rare a word is, which the search server multiplies in."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec

# As tantivy has them (Robertson and Zaragoza 2009).
K1 = 1.2
B = 0.75


class Sparse(msgspec.Struct, frozen=True):
    """Dimensions, each once, and the weight in each."""

    indices: list[int]
    values: list[float]


def weighed(stems: Sequence[str], average_length: float) -> Sparse:
    """How much a passage is about each of its stems, given how many stems a passage has on average."""
    norm = K1 * (1 - B + B * len(stems) / average_length)
    counts = Counter(map(dimension, stems))
    return Sparse(list(counts), [round(count * (K1 + 1) / (count + norm), 6) for count in counts.values()])


def asked_for(stems: Sequence[str]) -> Sparse:
    """What is to be looked for: each stem as often as the question has it."""
    counts = Counter(map(dimension, stems))
    return Sparse(list(counts), [float(count) for count in counts.values()])


@lru_cache(200_000)
def dimension(stem: str) -> int:
    """The stem's dimension, of 4,294,967,296: among a million stems, some hundred share theirs with another."""
    return int.from_bytes(blake2b(stem.encode(), digest_size=4).digest(), "big")
