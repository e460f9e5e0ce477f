"""A bot of several processes on one PostgreSQL: turns and the lead are locks there, and what is allowed rows."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import chain, repeat

from bot.processes.counting import Counting, SharedAllowance
from bot.processes.locks import Locks
from bot.processes.one import OneProcess
from embeddings import PostgreSQL, StoreUnusable

logger = logging.getLogger(__name__)

SCHEMA = "processes"
LOOK_EVERY_SECONDS = 1.0
# Who leads stops within this time of losing its connection; the server needs longer to let another one lead.
CHECK_SECONDS = 2.0
LED_LATELY_SECONDS = 4.0
FORGET_EVERY_SECONDS = 60.0
# Most turns are free at once; whoever waits for an answer in the making asks ten times a second.
PAUSES = (0.005, 0.01, 0.02, 0.05)
LONGEST_PAUSE = 0.1
AFTER_A_LOSS_SECONDS = 0.5
# A question whose process was killed is taken up by another one; what comes after it does not wait for ever.
MOST_WAITING_SECONDS = 60.0


class SeveralProcesses:
    """What this process and the others of the same database agree on."""

    def __init__(self, url: str, token: str = "") -> None:
        """Connect, as a process of the bot with this token; raises StoreUnusable where that cannot be done."""
        database = PostgreSQL(url, SCHEMA)
        self._locks = Locks(database)
        self._counting = Counting(database, token)
        self._here = OneProcess()
        self._led_at = -LED_LATELY_SECONDS
        self.reserve = self._counting.reserve

    @property
    def leading(self) -> bool:
        """Whether this process led when it last looked."""
        return self._locks.leading and time.monotonic() - self._led_at < LED_LATELY_SECONDS

    async def leads(self) -> bool:
        """Whether this process leads at this moment, asked on the connection that holds the lock."""
        asked = time.monotonic()
        try:
            leads = await asyncio.wait_for(self._locks.lead(), CHECK_SECONDS)
        except (TimeoutError, StoreUnusable):
            return False
        if leads:
            self._led_at = asked
        return leads

    async def until_leading(self) -> None:
        """Return once this process leads."""
        while True:
            if self.leading and await self.leads():
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    @asynccontextmanager
    async def turn(self, *key: int) -> AsyncIterator[None]:
        """Held while this chat, or this message of a chat, is worked on, by whichever process."""
        name = " ".join(map(str, ("turn", *key)))
        async with self._here.turn(*key):
            await self._lock(name)
            try:
                yield
            finally:
                await asyncio.shield(self._unlock(name))

    async def _lock(self, name: str) -> None:
        # A process that is frozen holds its locks for ever; only the order of a chat depends on them.
        until = time.monotonic() + MOST_WAITING_SECONDS
        for pause in chain(PAUSES, repeat(LONGEST_PAUSE)):
            try:
                if await self._locks.try_lock(name) or time.monotonic() > until:
                    return
            except StoreUnusable as error:
                logger.warning("A chat's turn waits for the database: %s", error)
                await asyncio.sleep(AFTER_A_LOSS_SECONDS)
            await asyncio.sleep(pause)

    async def _unlock(self, name: str) -> None:
        try:
            await self._locks.unlock(name)
        except StoreUnusable as error:
            logger.info("The turns that this process held are free: %s", error)

    async def until_next(self, is_next: Callable[[], bool]) -> None:
        """Wait while another process answers what was asked before in the same chat."""
        until = time.monotonic() + MOST_WAITING_SECONDS
        for pause in chain(PAUSES, repeat(LONGEST_PAUSE)):
            try:
                if time.monotonic() > until or await asyncio.to_thread(is_next):
                    return
            except StoreUnusable as error:
                logger.warning("The order of a chat waits for the database: %s", error)
                await asyncio.sleep(AFTER_A_LOSS_SECONDS)
            await asyncio.sleep(pause)

    def allowance(self, name: str, most_a_minute: int) -> SharedAllowance:
        """What each may ask a minute of all processes together."""
        return SharedAllowance(self._counting, name, most_a_minute)

    async def keep_on(self) -> None:
        """For as long as the bot runs, lead where nobody does, and know how many processes there are."""
        forgotten, in_sight = time.monotonic(), True
        while True:
            leads = await self.leads()
            try:
                self._counting.processes = await self._locks.count()
                if leads and time.monotonic() - forgotten > FORGET_EVERY_SECONDS:
                    await self._counting.forget()
                    forgotten = time.monotonic()
                in_sight = True
            except StoreUnusable as error:
                if in_sight:
                    logger.warning("The other processes are out of sight: %s", error)
                in_sight = False
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def close(self) -> None:
        """Let the others take turns and lead at once."""
        await self._locks.close()
        await self._counting.close()
