"""The file that everything is stored in: opened, brought to this version's schema, and written in transactions."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from embeddings.addresses import canonical_address
from embeddings.errors import IndexMismatch
from embeddings.storage.failures import LOCK_TIMEOUT_SECONDS, errors_explained
from embeddings.storage.schema import SCHEMA_VERSION, article_key, migrate, version_of

logger = logging.getLogger(__name__)


class Database:
    """One SQLite file, which tells the operator what is wrong with it."""

    def __init__(self, path: Path) -> None:
        """Open or create the database; raises StoreUnusable where that cannot be done."""
        self.path = path
        self._damaged: set[object] = set()
        self._told: set[str] = set()
        self._errors_explained = partial(errors_explained, path)
        with self._errors_explained():
            # People's data will lie beside the articles.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Used from one worker thread at a time, not always the one that opened it.
            self._database = sqlite3.connect(
                path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            # Damaged text must not stop the reading of the rest; it fails its article's digest.
            self._database.text_factory = lambda text: text.decode(errors="replace")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._migrate()
            # Told apart from another store that happens to have reached the same watermark.
            self.identity: str = self._database.execute("SELECT value FROM identity").fetchone()[0]

    def close(self) -> None:
        self._database.close()

    def claim(self, encoder_name: str, dimension: int) -> None:
        """Note which encoder the embeddings come from; raises IndexMismatch where it is another."""
        with self._errors_explained():
            row = self._database.execute("SELECT name, dimension FROM encoder").fetchone()
            if row is None:
                self._database.execute("INSERT OR IGNORE INTO encoder VALUES (1, ?, ?)", (encoder_name, dimension))
            elif row != (encoder_name, dimension):
                raise IndexMismatch(
                    f"{self.path} was built with the encoder {row[0]!r} ({row[1]} dimensions), but config.toml asks "
                    f"for {encoder_name!r} ({dimension}). Rebuild it: wartabot index --rebuild"
                )

    def check(self) -> str | None:
        """What SQLite finds wrong with the file, None where it finds nothing."""
        with self._errors_explained():
            result = str(self._database.execute("PRAGMA quick_check").fetchone()[0])
            return None if result == "ok" else result

    def tell_once(self, line: str) -> None:
        """Tell the operator what is wrong with the store, however often it is met."""
        if line not in self._told:
            self._told.add(line)
            logger.warning("%s: %s", self.path, line)

    def _migrate(self) -> None:
        if version_of(self._database, self.path) < SCHEMA_VERSION:
            self._database.create_function("article_key", 1, lambda id: article_key(str(id)))
            self._database.create_function("canonical_address", 1, _address_of)
            with self._transaction() as database:
                # Another process may have done it while this one waited for the lock.
                migrate(database, self.path)

    def _dimension(self) -> int | None:
        row = self._database.execute("SELECT dimension FROM encoder").fetchone()
        return int(row[0]) if row else None

    def _report_damage(self, article_id: object, path: object) -> None:
        """Tell the operator once which article is damaged."""
        if article_id not in self._damaged:
            self._damaged.add(article_id)
            logger.error(
                "%s: the article %r is damaged: it, or what was found in it, is no longer what was stored, and is not "
                "shown. Index it again from its file: wartabot index %r", self.path, article_id, path,
            )  # fmt: skip

    @property
    def in_snapshot(self) -> bool:
        """Whether one state of the store is being read (see snapshot)."""
        return self._database.in_transaction

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read in the block is of one state, whatever other processes write; it may write nothing."""
        if self.in_snapshot:
            yield
            return
        with self._errors_explained():
            self._database.execute("BEGIN")
        try:
            yield
        finally:
            with self._errors_explained():
                self._database.execute("COMMIT")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._errors_explained():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                # A failed COMMIT on a full disk has rolled back already.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


def _address_of(url: object) -> str | None:
    # Bytes, as a damaged row may hold what is no text.
    return canonical_address(url.decode(errors="replace")) if isinstance(url, bytes) else None
