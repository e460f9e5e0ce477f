"""The file that everything is stored in: opened, brought to this version's schema, and written in transactions."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from embeddings.addresses import canonical_address
from embeddings.errors import IndexingUnderWay
from embeddings.postgresql import Connection
from embeddings.storage.failures import LOCK_TIMEOUT_SECONDS, errors_explained
from embeddings.storage.schema import SCHEMA_VERSION, article_key, migrate, version_of


class SQLite:
    """One SQLite file, which tells the operator what is wrong with it."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises StoreUnusable where that cannot be done."""
        self.path = path
        self.name = str(path)
        self.folder = path.parent
        self.url = ""
        with self.errors_explained():
            # People's data will lie beside the articles.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Used from one worker thread at a time, not always the one that opened it.
            self._database = sqlite3.connect(
                path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self.connection: Connection = self._database
            # Damaged text must not stop the reading of the rest; it fails its article's digest.
            self._database.text_factory = lambda text: text.decode(errors="replace")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._migrate()

    def close(self) -> None:
        self._database.close()

    def errors_explained(self) -> AbstractContextManager[None]:
        return errors_explained(self.path)

    def check(self) -> str | None:
        """What SQLite finds wrong with the file, None where it finds nothing."""
        with self.errors_explained():
            result = str(self._database.execute("PRAGMA quick_check").fetchone()[0])
            return None if result == "ok" else result

    @property
    def in_snapshot(self) -> bool:
        return self._database.in_transaction

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        if self.in_snapshot:
            yield
            return
        with self.errors_explained():
            self._database.execute("BEGIN")
        try:
            yield
        finally:
            with self.errors_explained():
                self._database.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self.errors_explained():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                # A failed COMMIT on a full disk has rolled back already.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def rows(self, query: str, values: Sequence[Any]) -> Iterator[Any]:
        with self.errors_explained():
            yield from self._database.execute(query, values)

    def watermark(self) -> tuple[int, int]:
        with self.errors_explained():
            passage, removal = self._database.execute(
                "SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'),"
                " (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'removed_passages')"
            ).fetchone()
            return passage, removal

    def go_on_after(self, passage: int, removal: int) -> None:
        # SQLite itself sees to the rows.
        with self.transaction() as database:
            for row in (("passages", passage), ("removed_passages", removal)):
                database.execute("DELETE FROM sqlite_sequence WHERE name = ?", row[:1])
                database.execute("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", row)

    @contextmanager
    def alone(self, patience_seconds: float = 0.0) -> Iterator[None]:
        try:
            lock = FileLock(self.path.with_name("indexing.lock")).acquire(timeout=patience_seconds)
        except Timeout as error:
            raise IndexingUnderWay(
                f"Another `wartabot index` or `wartabot sync` is running on {self.folder}. Wait for it to finish; it "
                "loses nothing."
            ) from error
        with lock:
            yield

    @contextmanager
    def filling(self) -> Iterator[None]:
        with FileLock(self.path.with_name("indexes.lock")):
            yield

    def again(self) -> "SQLite":
        return SQLite(self.path)

    def beside(self, name: str) -> "SQLite":
        return SQLite(self.path.with_suffix(f".{name}.unfinished"))

    def replaced_by(self, other: "SQLite") -> "SQLite":
        self.close()
        other.close()
        self._forget_log()
        other.path.replace(self.path)
        return SQLite(self.path)

    def discard(self) -> None:
        self.close()
        self._forget_log()
        self.path.unlink()

    def _forget_log(self) -> None:
        for leftover in ("-wal", "-shm"):
            self.path.with_name(self.path.name + leftover).unlink(missing_ok=True)

    def _migrate(self) -> None:
        if version_of(self._database, self.path) < SCHEMA_VERSION:
            self._database.create_function("article_key", 1, lambda id: article_key(str(id)))
            self._database.create_function("canonical_address", 1, _address_of)
            with self.transaction():
                # Another process may have done it while this one waited for the lock.
                migrate(self._database, self.path)


def _address_of(url: object) -> str | None:
    # Bytes, as a damaged row may hold what is no text.
    return canonical_address(url.decode(errors="replace")) if isinstance(url, bytes) else None
