"""Recognise one story in several outlets: near-duplicate texts by MinHash (Broder 1997) and banding."""

import re
import struct
from collections.abc import Iterator
from hashlib import blake2b

from rensa import RMinHash

from embeddings.postgresql import Connection

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


def has_story(database: Connection, article_id: str) -> bool:
    """Whether the article's story is noted; versions before the third did not."""
    query = "SELECT 1 FROM stories JOIN articles ON number = article WHERE id = ?"
    return database.execute(query, (article_id,)).fetchone() is not None


def save_story(database: Connection, number: int, source: str | None, own: bytes) -> None:
    """Note the article's signature, and the story of the most alike article of another outlet, or a new one."""
    own_bands = list(bands(own))
    candidates = database.execute(
        "SELECT DISTINCT story, signature FROM story_bands JOIN stories USING (article) "
        f"JOIN articles ON number = article WHERE band IN ({', '.join('?' * len(own_bands))}) "
        "AND source IS DISTINCT FROM ?",
        (*own_bands, source),
    )
    # A damaged row may hold anything.
    sound = ((story, other) for story, other in candidates if isinstance(other, bytes) and len(other) == len(own))
    alike = max(((likeness(own, other), -story) for story, other in sound), default=(0.0, 0))
    story = -alike[1] if alike[0] >= LEAST_ALIKE else number
    database.execute("INSERT INTO stories VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (number, story, own))
    statement = "INSERT INTO story_bands VALUES (?, ?) ON CONFLICT DO NOTHING"
    database.executemany(statement, ((band, number) for band in set(own_bands)))
