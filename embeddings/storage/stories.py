"""Recognise one story in several outlets: near-duplicate texts by MinHash (Broder 1997) and banding."""

import re
import struct
from collections.abc import Iterator
from hashlib import blake2b

from rensa import RMinHash

PERMUTATIONS = 64
ROWS_A_BAND = 4
BYTES_A_BAND = 4 * ROWS_A_BAND
SHINGLE = 3
_NUMBERS = struct.Struct(f"<{PERMUTATIONS}I")
# Copies of a wire story under a new title and lead share more than this; two reports of one event share less.
LEAST_ALIKE = 0.7
SEED = 20261124


def signature(text: str) -> bytes:
    """The text's MinHash over its shingles of three words: PERMUTATIONS numbers of 32 bits."""
    found = re.findall(r"[^\W_]+", text.casefold())
    shingles = {" ".join(found[at : at + SHINGLE]) for at in range(max(len(found) - SHINGLE + 1, 1))}
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    # In order, so that nothing depends on how a set is laid out.
    minhash.update(sorted(shingles))
    return _NUMBERS.pack(*minhash.digest())


def bands(of: bytes) -> Iterator[int]:
    """One number a band, which fits a signed integer of 64 bits; texts that share one are worth comparing."""
    for start in range(0, len(of), BYTES_A_BAND):
        band = start.to_bytes(2) + of[start : start + BYTES_A_BAND]
        yield int.from_bytes(blake2b(band, digest_size=8).digest(), signed=True)


def likeness(one: bytes, other: bytes) -> float:
    """The estimated share of shingles that two texts have in common (Jaccard)."""
    pairs = zip(_NUMBERS.unpack(one), _NUMBERS.unpack(other), strict=True)
    return sum(1 for number, another in pairs if number == another) / PERMUTATIONS
