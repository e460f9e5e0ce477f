"""The villages of Indonesia, by name alone."""

import gzip
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from embeddings.indonesian.regions import canonical

VILLAGES_FILE = "villages.txt.gz"
LONGEST_VILLAGE_NAME = 5


def longest_village(words: Sequence[str]) -> int:
    """How many of these words, from the first on, are the longest name of a village; 0 where none is."""
    for size in range(min(LONGEST_VILLAGE_NAME, len(words)), 0, -1):
        name = " ".join(words[:size]).casefold()
        if name in _villages() or canonical(name) in _villages():
            return size
    return 0


@cache
def _villages() -> frozenset[str]:
    """Every village's name in lower case; loaded only where an article names the head of one."""
    with (files(__package__) / "data" / VILLAGES_FILE).open("rb") as packed:
        return frozenset(gzip.decompress(packed.read()).decode().splitlines())
