"""The SQLite file with people's data: opened for its owner alone, its schema, its transactions, and no trace left."""

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.chats.database import ChatsLocked, Database
from embeddings import Connection, StoreUnusable

logger = logging.getLogger(__name__)

MIGRATIONS = files("bot") / "chats" / "migrations"
NAMES = ("001_chats.sql", "002_tokens.sql", "003_subscriptions.sql", "004_operator.sql", "005_workers.sql")
SCRIPTS = [(MIGRATIONS / name).read_text("utf-8") for name in NAMES]
"""What each version of the schema changes in the one before."""
CHATS_VERSION = len(SCRIPTS)
# How long a statement waits for another program that has the file locked, before it is tried again.
LOCK_TIMEOUT_SECONDS = 5.0
CHECKPOINT_TIMEOUT_MS = 200


class SQLiteDatabase(Database):
    """One SQLite file: reading never waits for another program, changing it may.

    Each thread reads over a connection of its own. On one that they shared, what a thread has just stored would be
    missing as long as another goes on reading the state before.
    """

    shared = False
    clock = "unixepoch()"

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises StoreUnusable where that cannot be done."""
        self._path = path
        self.name = str(path)
        self._legible = True
        """Whether deleted rows may still be legible in the file itself; a killed process may have left some."""
        self.traces = True
        """The same in the file or in its log."""
        try:
            _keep_private(path)
            self.changing = self._open_for_changing()
            self._of_thread = threading.local()
            self._all_reading: list[sqlite3.Connection] = []
            self._reading()
        except (sqlite3.DatabaseError, OSError) as error:
            raise StoreUnusable(
                f"{path} cannot be used ({error}). Check that the folder may be written; a damaged file may be moved "
                "away, which forgets the chats' settings."
            ) from error

    def _connect(self, timeout: float) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=timeout, isolation_level=None, check_same_thread=False)

    def _open_for_changing(self) -> sqlite3.Connection:
        connection = self._connect(LOCK_TIMEOUT_SECONDS)
        connection.execute("PRAGMA journal_mode = WAL")
        # Waiting for the disk with every message would hold up all others; a killed process loses nothing.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        # What it writes on the side holds people's words, too.
        os.environ.setdefault("SQLITE_TMPDIR", str(self._path.parent.resolve()))
        self._migrate(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(SCRIPTS):
            raise StoreUnusable(
                f"{self._path} was written by a newer wartabot (version {version}, this one knows {len(SCRIPTS)}). "
                "Update wartabot, or choose another folder with --data."
            )
        if version < len(SCRIPTS):
            steps = "\n".join(SCRIPTS[version:])
            connection.executescript(f"BEGIN; {steps} PRAGMA user_version = {len(SCRIPTS)}; COMMIT;")

    def _reading(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._of_thread, "reading", None)
        if found is None:
            found = self._of_thread.reading = self._connect(timeout=0.5)
            found.execute("PRAGMA query_only = ON")
            self._all_reading.append(found)
        return found

    def close(self) -> None:
        for connection in (*self._all_reading, self.changing):
            connection.close()

    def reach(self) -> None:
        """A file is never away."""

    def one(self, statement: str, *values: Any) -> Any:
        """The first row, or None."""
        return self._reading().execute(statement, values).fetchone()

    def all(self, statement: str, *values: Any) -> list[Any]:
        """Every row."""
        return self._reading().execute(statement, values).fetchall()

    def do(self, statement: str, *values: Any, **named: Any) -> int:
        """Run one statement, whose parameters are positional or named; returns how many rows it changed."""
        with self._errors_told():
            return self.changing.execute(statement, named or values).rowcount

    @contextmanager
    def transaction(self, alone: bool = False) -> Iterator[Connection]:
        """All that the block does, or nothing of it; nobody else ever changes anything meanwhile."""
        with self._errors_told():
            self.changing.execute("BEGIN IMMEDIATE")
            try:
                yield self.changing
                self.changing.execute("COMMIT")
            except BaseException:
                if self.changing.in_transaction:
                    self.changing.execute("ROLLBACK")
                raise

    @contextmanager
    def forgetting(self) -> Iterator[Connection]:
        """A transaction that deletes; `leave_no_trace` is due after it."""
        with self.transaction() as connection:
            before = self.changing.total_changes
            yield connection
            self._legible = self._legible or self.changing.total_changes > before
        self.traces = self.traces or self._legible

    def leave_no_trace(self) -> None:
        """Let no byte of what was deleted be left in the file or beside it; raises ChatsLocked while it is being read.

        `secure_delete` does not reach what SQLite has moved within its pages, so the file is written anew.
        """
        with self._errors_told():
            if self._legible:
                self.changing.execute("VACUUM")
                self._legible = False
            self.changing.execute(f"PRAGMA busy_timeout = {CHECKPOINT_TIMEOUT_MS}")
            try:
                busy, *_ = self.changing.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self.changing.execute(f"PRAGMA busy_timeout = {int(1000 * LOCK_TIMEOUT_SECONDS)}")
        if busy:
            raise ChatsLocked(f"Another program reads {self._path}, whose log still holds what was deleted.")
        self.traces = False

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise ChatsLocked(f"{self._path} is locked by another program; it is tried again.") from error
            raise StoreUnusable(f"{self._path} cannot be written: {error}.") from error


def _keep_private(path: Path) -> None:
    """Make the folder and the file readable by their owner alone, whatever they were before."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    try:
        path.parent.chmod(0o700)
        # SQLite gives the two files beside it the rights of the first one, but only when it makes them.
        for file in path.parent.glob(f"{path.name}*"):
            file.chmod(0o600)
    except PermissionError as error:
        logger.warning("%s belongs to another user, who can read people's questions in it: %s", path.parent, error)
