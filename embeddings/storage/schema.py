"""Bring a knowledge base's file to this version's schema: one script of migrations/ after the other."""

import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from embeddings.errors import StoreUnusable

MIGRATIONS = files("embeddings") / "storage" / "migrations"
SCRIPTS = [
    (MIGRATIONS / name).read_text(encoding="utf-8")
    for name in sorted(entry.name for entry in MIGRATIONS.iterdir())
    if name.endswith(".sql")
]
"""What each version adds to the one before."""
SCHEMA_VERSION = len(SCRIPTS)
POSTGRESQL_SCRIPTS = [(MIGRATIONS / "postgresql" / "001_articles.sql").read_text(encoding="utf-8")]
"""The same for PostgreSQL."""


def article_key(article_id: str) -> str:
    """A short name for an article that fits into a link: 16 hexadecimal digits."""
    return blake2b(article_id.encode(), digest_size=8).hexdigest()


def version_of(database: sqlite3.Connection, path: Path) -> int:
    """The schema's version; raises StoreUnusable where it is newer than this program."""
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise StoreUnusable(
            f"{path} was written by a newer wartabot (data version {version}, this one knows {SCHEMA_VERSION}). "
            "Update wartabot, or choose another folder with --data."
        )
    return version


def migrate(database: sqlite3.Connection, path: Path) -> None:
    """Run the scripts that the file has not seen, inside the transaction that is open."""
    for script in SCRIPTS[version_of(database, path) :]:
        for statement in _statements(script):
            database.execute(statement)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
