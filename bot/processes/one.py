"""A bot of one process: it leads, and counts in memory."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from weakref import WeakValueDictionary

MOST_KEYS = 10_000
SECONDS_A_MINUTE = 60.0


class OneProcess:
    """What concerns no other process."""

    leading = True

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[tuple[int, ...], asyncio.Lock] = WeakValueDictionary()
        self._moments: OrderedDict[str, deque[float]] = OrderedDict()

    async def leads(self) -> bool:
        """There is no other."""
        return True

    async def until_leading(self) -> None:
        """It always does."""

    def turn(self, *key: int) -> AbstractAsyncContextManager[None]:
        """Held while this chat, or this message of a chat, is worked on; whoever comes later waits in line."""
        return self._turns.setdefault(key, asyncio.Lock())

    async def until_next(self, is_next: Callable[[], bool]) -> None:
        """What comes later in a process waits for its turn in line."""

    def allowance(self, name: str, most_a_minute: int) -> "AllowanceInMemory":
        """What each may ask a minute."""
        return AllowanceInMemory(most_a_minute)

    async def reserve(self, key: str, most: int, window: float) -> float:
        """Take the next free moment, of which so many fit into a window of seconds; return the seconds until then."""
        moments = self._moments.setdefault(key, deque())
        self._moments.move_to_end(key)
        if len(self._moments) > MOST_KEYS:
            self._moments.popitem(last=False)
        now = time.monotonic()
        moment = max(now, moments[-most] + window) if len(moments) >= most else now
        moments.append(moment)
        while len(moments) > most:
            moments.popleft()
        return moment - now

    async def keep_on(self) -> None:
        """There is nothing to see to."""

    async def close(self) -> None:
        """Nobody waits."""


class AllowanceInMemory:
    """How much one key (a person, a chat) may ask a minute, with one notice when it is used up."""

    def __init__(self, most_a_minute: int) -> None:
        self.most = most_a_minute
        self._taken: OrderedDict[int, deque[float]] = OrderedDict()
        self._noticed: set[int] = set()

    async def take(self, key: int) -> bool:
        """Use one; False where none is left."""
        now = time.monotonic()
        taken = self._taken.setdefault(key, deque())
        self._taken.move_to_end(key)
        if len(self._taken) > MOST_KEYS:
            self._noticed.discard(self._taken.popitem(last=False)[0])
        while taken and taken[0] < now - SECONDS_A_MINUTE:
            taken.popleft()
        if len(taken) >= self.most:
            return False
        taken.append(now)
        self._noticed.discard(key)
        return True

    async def notice_due(self, key: int) -> bool:
        """True once after the allowance is used up, until it is free again."""
        if key in self._noticed:
            return False
        self._noticed.add(key)
        return True

    async def seconds_left(self, key: int) -> int:
        """Seconds until the next one is free, at least 1."""
        taken = self._taken.get(key)
        return max(1, round(SECONDS_A_MINUTE - (time.monotonic() - taken[0]))) if taken else 1
