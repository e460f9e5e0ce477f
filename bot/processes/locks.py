"""The locks that a process holds on one connection of its own: they go with it, whatever ends it."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from typing import Any, TypeVar

from embeddings import PostgreSQL, StoreUnusable

logger = logging.getLogger(__name__)
T = TypeVar("T")

# A process that vanishes without a word, as with its machine, is given up by the server after these 11 seconds.
NOTICE_THE_VANISHED = (
    "SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false), "
    "set_config('tcp_keepalives_count', '3', false)"
)
# A number of 64 bits is shown as two halves.
COUNT = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid = ? AND objid = ? AND objsubid = 1"
)


def number_of(name: str, secret: str = "") -> int:
    """The number by which PostgreSQL knows a lock; with a secret, one that tells nobody else what it stands for."""
    key = secret.encode()[: blake2b.MAX_KEY_SIZE]
    return int.from_bytes(blake2b(name.encode(), digest_size=8, key=key).digest(), "big", signed=True)


LEAD = number_of("the one process that leads")
PRESENT = number_of("a process that is there")


class Locks:
    """Locks across processes. Every call raises StoreUnusable where the connection is lost, and all locks with it."""

    def __init__(self, database: PostgreSQL) -> None:
        self.leading = False
        self._database = database
        self._session: Any = None
        self._closed = False
        # So that the event loop waits for no server, and no statement for another one's answer on the connection.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="locks")

    async def lead(self) -> bool:
        """Whether this process leads: it did and is still connected, or nobody does and it begins to."""
        return await self._run(self._lead)

    async def try_lock(self, name: str) -> bool:
        """Take a lock that nobody holds."""
        return bool(await self._run(lambda: self._ask("SELECT pg_try_advisory_lock(?)", number_of(name))))

    async def unlock(self, name: str) -> None:
        """Let others have it; one that was lost with its connection they may have already."""
        if self._closed:
            return
        await self._run(lambda: self._session and self._ask("SELECT pg_advisory_unlock(?)", number_of(name)))

    async def count(self) -> int:
        """How many processes are connected, this one included."""
        unsigned = PRESENT % (1 << 64)
        return int(await self._run(lambda: self._ask(COUNT, unsigned >> 32, unsigned & 0xFFFFFFFF)))

    async def close(self) -> None:
        """Let all of them go."""
        self._closed = True
        await self._run(self._let_go)
        self._thread.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _lead(self) -> bool:
        if self.leading:
            # The server keeps the lock as long as this connection answers.
            self._ask("SELECT 1")
        elif self._ask("SELECT pg_try_advisory_lock(?)", LEAD):
            self.leading = True
            logger.info("This process leads now: it does what only one may.")
        return self.leading

    def _ask(self, statement: str, *values: Any) -> Any:
        try:
            if self._session is None:
                self._session = self._database.dedicated()
                self._session.execute(NOTICE_THE_VANISHED)
                self._session.execute("SELECT pg_advisory_lock_shared(?)", (PRESENT,))
            return self._session.execute(statement, values).fetchone()[0]
        except StoreUnusable:
            self._lose()
            raise

    def _let_go(self) -> None:
        if self._session is not None:
            # The server finds out a moment later that a connection has ended.
            with suppress(StoreUnusable):
                self._ask("SELECT pg_advisory_unlock_all()")
        self._lose()

    def _lose(self) -> None:
        if self.leading:
            logger.info("This process leads no more.")
        self.leading = False
        if self._session is not None:
            self._session.close()
            self._session = None
