"""What was found in articles: facts under the keys that they are looked up by, and which finder went through what."""

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from embeddings.postgresql import Connection


class Fact(msgspec.Struct, frozen=True):
    """Something an article tells: its topic's own struct as JSON, under keys such as "region:banyuasin"."""

    keys: frozenset[str]
    content: bytes


class Findings(msgspec.Struct, frozen=True):
    """The facts of one topic in an article, in order, and the version of the finder that found them."""

    topic: str
    version: str
    facts: tuple[Fact, ...]


# A fact as it was stored, with the digest that it is held against.
FACT_COLUMNS = (
    "facts.topic",
    "content",
    "digest",
    "(SELECT group_concat(key, '\n') FROM (SELECT key FROM fact_keys WHERE fact = facts.number ORDER BY key) AS keys)",
)


def save_findings(database: Connection, number: int, content_hash: str, findings: Findings) -> None:
    """Put the facts in the place of those that the topic has of this article."""
    topic = findings.topic
    database.execute("DELETE FROM facts WHERE article = ? AND topic = ?", (number, topic))
    database.execute(
        "INSERT INTO findings VALUES (?, ?, ?) ON CONFLICT (article, topic) DO UPDATE SET version = excluded.version",
        (number, topic, findings.version),
    )
    for fact in findings.facts:
        digest = _digest(content_hash, topic, fact.content, "\n".join(sorted(fact.keys)) or None)
        row = (number, topic, fact.content, digest)
        statement = "INSERT INTO facts(article, topic, content, digest) VALUES (?, ?, ?, ?) RETURNING number"
        (saved,) = database.execute(statement, row).fetchone()
        database.executemany("INSERT INTO fact_keys VALUES (?, ?)", [(key, saved) for key in fact.keys])


def is_intact(content_hash: str, fields: Sequence[Any]) -> bool:
    """Whether these FACT_COLUMNS are what was stored for the article of this digest."""
    topic, content, digest, keys = fields
    return bool(digest == _digest(content_hash, topic, content, keys))


def matching(keys: Sequence[str | Collection[str]]) -> tuple[str, list[str]]:
    """The SQL condition, and its values, of facts that have all of the keys; of several in a collection, any.

    The first is looked up and the others are looked for in what it finds: the rarest should come first.
    """
    groups = [[key] if isinstance(key, str) else list(key) for key in keys]
    conditions = ["TRUE"]
    for group in groups:
        one_of = f"SELECT fact FROM fact_keys WHERE key IN ({', '.join('?' * len(group)) or 'NULL'})"
        first = len(conditions) == 1
        conditions.append(f"facts.number IN ({one_of})" if first else f"EXISTS ({one_of} AND fact = facts.number)")
    return " AND ".join(conditions), [key for group in groups for key in group]


def _digest(*stored: Any) -> bytes:
    # JSON takes whatever a damaged row may hold.
    return blake2b(msgspec.json.encode(stored), digest_size=8).digest()
