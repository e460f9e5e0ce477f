"""The PostgreSQL schema with people's data, which several processes read and change at once."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from importlib.resources import files
from typing import Any

from bot.chats.database import ChatsLocked, Database
from embeddings import Connection, PostgreSQL, StoreBusy, StoreUnreachable, StoreUnusable

logger = logging.getLogger(__name__)

SCHEMA = "chats"
SCRIPTS = [(files("bot") / "chats" / "migrations" / "postgresql" / "001_chats.sql").read_text("utf-8")]
OF_PEOPLE = (
    "settings, groups, questions, answers, feedback, replies, unanswered, subscriptions, matches, alerts, digests, "
    "changes"
)
# What changes anything holds this lock with all others who do, or alone.
LOCK = int.from_bytes(b"chats")
HOLD = f"SELECT CAST(pg_current_xact_id() AS TEXT), pg_advisory_xact_lock_shared({LOCK})"
HOLD_ALONE = f"SELECT CAST(pg_current_xact_id() AS TEXT), pg_advisory_xact_lock({LOCK})"
HOW_IT_ENDED = "SELECT pg_xact_status(CAST(CAST(? AS TEXT) AS xid8))"
# The event loop waits for what is read.
READING = ("SET statement_timeout = '5s'", "SET default_transaction_read_only = on")
CHANGING = ("SET lock_timeout = '10s'",)
SECONDS_BETWEEN_ATTEMPTS = 0.5


class PostgreSQLDatabase(Database):
    """Two connections, as SQLite has them: the one that reads, which the event loop may use, never waits for a lock."""

    shared = True
    clock = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"

    def __init__(self, url: str) -> None:
        """Connect, and make the tables; raises StoreUnusable where that cannot be done."""
        self._server = PostgreSQL(url, SCHEMA)
        self._server.migrate(SCRIPTS)
        self.name = self._server.name
        self._connecting = threading.Lock()
        self._reading = self._server.dedicated()
        self._changing = self._server.dedicated()
        _set(self._reading, READING)
        _set(self._changing, CHANGING)
        # A process that was killed may have left some.
        self.traces = True

    def close(self) -> None:
        self._reading.close()
        self._changing.close()
        self._server.close()

    def one(self, statement: str, *values: Any) -> Any:
        """The first row, or None; raises ChatsLocked where the server is away."""
        return next(iter(self.all(statement, *values)), None)

    def all(self, statement: str, *values: Any) -> list[Any]:
        """Every row; raises ChatsLocked where the server is away."""
        if self.lost:
            raise ChatsLocked(f"{self._server.name} is away; it is tried again.")
        session = self._reading
        try:
            return session.execute(statement, values).fetchall()
        except StoreBusy as error:
            # Asked again at once, it would keep the event loop waiting as long again.
            raise ChatsLocked(str(error)) from error
        except StoreUnreachable:
            # Of a server that was restarted, the first statement learns it.
            return self._all_in_place_of(session, statement, values)

    def _all_in_place_of(self, lost: Connection, statement: str, values: Sequence[Any]) -> list[Any]:
        try:
            with _trouble_told():
                self._connect_in_place_of(lost)
                return self._reading.execute(statement, values).fetchall()
        except ChatsLocked:
            self.lost = True
            raise

    def _connect_in_place_of(self, lost: Connection) -> None:
        # Another thread may have lost the same one.
        with self._connecting:
            if self._reading is lost:
                self._reading.close()
                self._reading = self._server.dedicated()
                _set(self._reading, READING)

    def reach(self) -> None:
        """Find a server that was away again, which takes seconds where it still is; raises ChatsLocked then."""
        with _trouble_told():
            if self.lost:
                self._connect_in_place_of(self._reading)
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
            number = self._begin(HOLD_ALONE if alone else HOLD)
            yield self._changing
            ending = True
            self._changing.execute("COMMIT")
        except BaseException as error:
            self._roll_back()
            if not isinstance(error, StoreUnreachable):
                raise
            if not (ending and self._was_committed(number)):
                raise ChatsLocked(str(error)) from error

    def _begin(self, hold: str) -> str:
        """Begin a transaction and take the lock; returns the transaction's number."""
        try:
            self._changing.execute("BEGIN")
        except StoreUnreachable:
            # Of a server that was restarted, the first statement learns it.
            self._connect_for_changing()
            self._changing.execute("BEGIN")
        return str(self._changing.execute(hold).fetchone()[0])

    def _connect_for_changing(self) -> None:
        self._changing.close()
        self._changing = self._server.dedicated()
        _set(self._changing, CHANGING)

    def _roll_back(self) -> None:
        # With a lost connection the server does it itself.
        with suppress(StoreUnusable):
            self._changing.execute("ROLLBACK")

    def _was_committed(self, number: str) -> bool:
        """How a transaction has ended whose end was not confirmed; waits until there is a server that knows."""
        while True:
            try:
                self._connect_for_changing()
                ended = self._changing.execute(HOW_IT_ENDED, (number,)).fetchone()[0]
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
        # Before it begins: what is deleted meanwhile, it may have passed by.
        self.traces = False
        try:
            with _trouble_told(), closing(self._server.dedicated()) as connection:
                connection.execute(f"VACUUM {OF_PEOPLE}")
        except StoreUnusable:
            self.traces = True
            raise


def _set(connection: Connection, settings: Sequence[str]) -> None:
    for setting in settings:
        connection.execute(setting)


@contextmanager
def _trouble_told() -> Iterator[None]:
    try:
        yield
    except StoreUnreachable as error:
        raise ChatsLocked(str(error)) from error
