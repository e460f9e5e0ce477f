"""Telegram's limits on what the bot sends, and the bot's own on what it is asked."""

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
from telegram.error import NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

logger = logging.getLogger(__name__)

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
SECONDS_BETWEEN_PRIVATE = 1.0
GROUP_MESSAGES_A_MINUTE = 20
MESSAGES_A_SECOND = 30
MOST_RETRIES = 5
# A call that found no connection never reached Telegram, so that trying again cannot do anything twice.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
PAUSES_WITHOUT_CONNECTION = (1.0, 2.0, 4.0)
# What counts as a message; the rest (typing, button answers, inline answers) is not held back.
COUNTED = frozenset({"sendMessage", "editMessageText", "editMessageReplyMarkup"})


class ChatRateLimiter(BaseRateLimiter[None]):
    """Keeps each chat within Telegram's limits by itself, and calls again what found no connection.

    One chat's retry_after never holds up another.
    """

    def __init__(self) -> None:
        self._turns: dict[Any, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._slots: dict[Any, deque[float]] = {}
        self._slots_overall: deque[float] = deque(maxlen=MESSAGES_A_SECOND)

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to tear down."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Wait for this chat's turn, then call; where Telegram asks for patience, this chat alone waits."""
        chat = data.get("chat_id") or data.get("inline_message_id")
        if chat is None or endpoint not in COUNTED:
            return await _call(callback, args, kwargs)
        async with self._turns[chat]:
            for attempt in range(MOST_RETRIES + 1):
                await self._wait(chat)
                try:
                    return await _call(callback, args, kwargs)
                except RetryAfter as error:
                    if attempt == MOST_RETRIES:
                        raise
                    seconds = _seconds(error)
                    logger.warning("Telegram asks for %.0f s of patience with chat %s", seconds, chat)
                    await asyncio.sleep(seconds)
        raise AssertionError("unreachable")

    async def _wait(self, chat: Any) -> None:
        is_group = isinstance(chat, int) and chat < 0
        most, window = (GROUP_MESSAGES_A_MINUTE, 60.0) if is_group else (1, SECONDS_BETWEEN_PRIVATE)
        slots = self._slots.setdefault(chat, deque(maxlen=most))
        await asyncio.sleep(_reserve(slots, window))
        # Only now, as a slot taken before a long wait would not be the second in which the message leaves.
        await asyncio.sleep(_reserve(self._slots_overall, 1.0))


async def _call(callback: Callable[..., Coroutine[Any, Any, Any]], args: Any, kwargs: dict[str, Any]) -> Any:
    for pause in PAUSES_WITHOUT_CONNECTION:
        try:
            return await callback(*args, **kwargs)
        except NetworkError as error:
            if not isinstance(error.__cause__, NEVER_LEFT):
                raise
            logger.info("No connection to Telegram (%s); again in %.0f s", error, pause)
            await asyncio.sleep(pause)
    return await callback(*args, **kwargs)


def _reserve(slots: deque[float], window: float) -> float:
    """Take the next free moment, of which `slots.maxlen` fit into a window; return the seconds until then."""
    now = time.monotonic()
    slot = max(now, slots[0] + window) if len(slots) == slots.maxlen else now
    slots.append(slot)
    return slot - now


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait if isinstance(wait, int | float) else wait.total_seconds())


class Allowance:
    """How many questions one key (a person, a chat) may ask a minute, with one notice when it is used up."""

    def __init__(self, most_a_minute: int) -> None:
        self._most = most_a_minute
        self._asked: dict[int, deque[float]] = defaultdict(deque)
        self._noticed: set[int] = set()

    def take(self, key: int) -> bool:
        """Use one question; False where none is left."""
        now = time.monotonic()
        asked = self._asked[key]
        while asked and asked[0] < now - 60:
            asked.popleft()
        if len(asked) >= self._most:
            return False
        asked.append(now)
        self._noticed.discard(key)
        return True

    def notice_due(self, key: int) -> bool:
        """True once after the allowance is used up, until it is free again."""
        if key in self._noticed:
            return False
        self._noticed.add(key)
        return True

    def seconds_left(self, key: int) -> int:
        """Seconds until the next question is free."""
        asked = self._asked[key]
        return max(1, round(60 - (time.monotonic() - asked[0]))) if asked else 1
