"""The PostgreSQL schema with people's data, which several processes read and change at once."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from bot.chats.database import ChatsLocked, Database
from embeddings import Connection, PostgreSQL, StoreUnreachable, StoreUnusable

logger = logging.getLogger(__name__)

SCHEMA = "chats"
SCRIPTS = [(files("bot") / "chats" / "migrations" / "postgresql" / "001_chats.sql").read_text("utf-8")]
OF_PEOPLE = (
    "settings, groups, questions, answers, feedback, replies, unanswered, subscriptions, matches, alerts, digests, "
    "changes"
)
# What changes anything holds this lock with all others who do, or alone.
LOCK = int.from_bytes(b"chats")
BEGIN = f"SELECT CAST(pg_current_xact_id() AS TEXT), pg_advisory_xact_lock_shared({LOCK})"
BEGIN_ALONE = f"SELECT CAST(pg_current_xact_id() AS TEXT), pg_advisory_xact_lock({LOCK})"
HOW_IT_ENDED = "SELECT pg_xact_status(CAST(CAST(? AS TEXT) AS xid8))"
# The event loop waits for what is read.
READING = ("SET statement_timeout = '5s'", "SET default_transaction_read_only = on")
SECONDS_BETWEEN_ATTEMPTS = 0.5


class PostgreSQLDatabase(Database):
    """Connections that change, and one that reads, which the event loop may use: it never waits for a lock."""

    shared = True
    clock = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"

    def __init__(self, url: str) -> None:
        """Connect, and make the tables; raises StoreUnusable where that cannot be done."""
        self._server = PostgreSQL(url, SCHEMA)
        self._server.migrate(SCRIPTS)
        self._connecting = threading.Lock()
        self._connect()
        # A process that was killed may have left some.
        self.traces = True

    def _connect(self) -> None:
        self._reading = self._server.dedicated()
        for setting in READING:
            self._reading.execute(setting)

    def close(self) -> None:
        self._reading.close()
        self._server.close()

    def one(self, statement: str, *values: Any) -> Any:
        """The first row, or None; raises ChatsLocked where the server is away."""
        return next(iter(self.all(statement, *values)), None)

    def all(self, statement: str, *values: Any) -> list[Any]:
        """Every row; raises ChatsLocked where the server is away."""
        if self.lost:
            raise ChatsLocked(f"{self._server.name} is away; it is tried again.")
        try:
            return self._reading.execute(statement, values).fetchall()
        except StoreUnreachable:
            # Of a server that was restarted, the first statement learns it.
            return self._all_over_a_new_connection(statement, values)

    def _all_over_a_new_connection(self, statement: str, values: Sequence[Any]) -> list[Any]:
        try:
            with _trouble_told():
                self.reach()
                return self._reading.execute(statement, values).fetchall()
        except ChatsLocked:
            self.lost = True
            raise

    def reach(self) -> None:
        """Connect anew for reading, which takes seconds where the server is away; raises ChatsLocked then."""
        with self._connecting, _trouble_told():
            self._reading.close()
            self._connect()
            self.lost = False

    def do(self, statement: str, *values: Any, **named: Any) -> int:
        """Run one statement, whose parameters are positional or named; returns how many rows it changed."""
        with self.transaction() as connection:
            return connection.execute(statement, named or values).rowcount

    @contextmanager
    def transaction(self, alone: bool = False) -> Iterator[Connection]:
        """All that the block does, or nothing of it; `alone` while no other process changes anything.

        It is known which of both where the server went away in between: what was done is not tried again.
        """
        if self.lost:
            self.reach()
        number, ending = "", False
        try:
            with self._server.transaction() as connection:
                number, _ = connection.execute(BEGIN_ALONE if alone else BEGIN).fetchone()
                yield connection
                ending = True
        except StoreUnreachable as error:
            if not (ending and self._was_committed(number)):
                raise ChatsLocked(str(error)) from error

    def _was_committed(self, number: str) -> bool:
        """How a transaction has ended whose end was not confirmed; waits until there is a server that knows."""
        while True:
            try:
                with self._server.connection() as connection:
                    ended = connection.execute(HOW_IT_ENDED, (number,)).fetchone()[0]
                if ended != "in progress":
                    return bool(ended == "committed")
            except StoreUnreachable as error:
                logger.error("It is not known yet whether something was written: %s", error)
            except StoreUnusable:
                # A standby that has taken over has not heard of it.
                return False
            time.sleep(SECONDS_BETWEEN_ATTEMPTS)

    @contextmanager
    def forgetting(self) -> Iterator[Connection]:
        """A transaction that deletes, alone: what others write meanwhile of whom it forgets would stay."""
        with self.transaction(alone=True) as connection:
            yield connection
        self.traces = True

    def leave_no_trace(self) -> None:
        """Give free where deleted rows stood; nobody can read them since they were deleted."""
        with _trouble_told(), self._server.connection() as connection:
            connection.execute(f"VACUUM {OF_PEOPLE}")
        self.traces = False


@contextmanager
def _trouble_told() -> Iterator[None]:
    try:
        yield
    except StoreUnreachable as error:
        raise ChatsLocked(str(error)) from error
