"""Telegram's limits on what the bot sends, and the bot's own on what it is asked."""

import asyncio
import logging
import time
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Coroutine
from itertools import chain, repeat
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.failures import surely_not_sent

logger = logging.getLogger(__name__)

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
SECONDS_BETWEEN_PRIVATE = 1.0
GROUP_MESSAGES_A_MINUTE = 20
MESSAGES_A_SECOND = 30
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
LONGEST_PAUSE = 30.0
# What counts as a message; the rest (typing, button answers, inline answers) is not held back.
COUNTED = frozenset({"sendMessage", "editMessageText", "editMessageReplyMarkup", "sendRichMessage"})
# Nobody waits for these any more after a few seconds.
PASSING = frozenset({"sendChatAction", "answerCallbackQuery", "answerInlineQuery", "answerGuestQuery"})
PATIENCE_FOR_PASSING = 8.0
MOST_KEYS = 10_000
# Whoever has so many messages on their way has got enough.
MOST_WAITING_IN_A_CHAT = 20

Call = Callable[[], Coroutine[Any, Any, Any]]


class ChatFull(TelegramError):
    """So many messages wait for a chat's turn that no more are taken for it."""


class ChatRateLimiter(BaseRateLimiter[None]):
    """Keeps each chat within Telegram's limits by itself, and calls again what surely was not done.

    One chat's retry_after never holds up another. Once `stop` was called, nothing is waited for any more.
    """

    def __init__(
        self, patience_seconds: float = 600.0, on_call: Callable[[str, bool], object] = lambda endpoint, done: None
    ) -> None:
        """A call is tried again for so long at the most; `on_call` is told of each, and whether it was done."""
        self._patience = patience_seconds
        self._on_call = on_call
        self._turns: dict[Any, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: Counter[Any] = Counter()
        self._slots: OrderedDict[Any, deque[float]] = OrderedDict()
        self._slots_overall: deque[float] = deque(maxlen=MESSAGES_A_SECOND)
        self._stopping = asyncio.Event()

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to tear down."""

    def stop(self) -> None:
        """From now on, what would have to be tried again fails at once."""
        self._stopping.set()

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
        done = False
        try:
            result = await self._within_limits(lambda: callback(*args, **kwargs), endpoint, data)
            done = True
            return result
        finally:
            self._on_call(endpoint, done)

    async def _within_limits(self, call: Call, endpoint: str, data: dict[str, Any]) -> Any:
        chat = data.get("chat_id") or data.get("inline_message_id")
        if chat is None or endpoint not in COUNTED:
            patience = PATIENCE_FOR_PASSING if endpoint in PASSING else self._patience
            return await self._patiently(call, patience)
        if self._waiting[chat] >= MOST_WAITING_IN_A_CHAT:
            raise ChatFull(f"{MOST_WAITING_IN_A_CHAT} messages wait for chat {chat} already")
        self._waiting[chat] += 1
        try:
            return await self._in_turn(chat, call)
        finally:
            self._waiting[chat] -= 1
            if not self._waiting[chat]:
                del self._waiting[chat]

    async def _in_turn(self, chat: Any, call: Call) -> Any:
        async with self._turn(chat):
            return await self._patiently(lambda: self._in_slot(chat, call), self._patience)

    async def _patiently(self, attempt: Call, patience: float) -> Any:
        give_up = time.monotonic() + patience
        for pause in chain(PAUSES, repeat(LONGEST_PAUSE)):
            try:
                return await attempt()
            except TelegramError as error:
                wait = _seconds(error) if isinstance(error, RetryAfter) else pause
                if not surely_not_sent(error) or time.monotonic() + wait > give_up:
                    raise
                logger.warning("Telegram did not take a message (%s); it is sent again.", error)
                if await self._stops_within(wait):
                    raise
        raise AssertionError("unreachable")

    async def _stops_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _turn(self, chat: Any) -> asyncio.Lock:
        if len(self._turns) > MOST_KEYS:
            for key in [key for key, lock in self._turns.items() if not lock.locked()]:
                del self._turns[key]
        return self._turns[chat]

    async def _in_slot(self, chat: Any, call: Call) -> Any:
        is_group = isinstance(chat, int) and chat < 0
        most, window = (GROUP_MESSAGES_A_MINUTE, 60.0) if is_group else (1, SECONDS_BETWEEN_PRIVATE)
        slots = self._slots.setdefault(chat, deque(maxlen=most))
        self._slots.move_to_end(chat)
        if len(self._slots) > MOST_KEYS:
            self._slots.popitem(last=False)
        await asyncio.sleep(_reserve(slots, window))
        # Only now, as a slot taken before a long wait would not be the second in which the message leaves.
        await asyncio.sleep(_reserve(self._slots_overall, 1.0))
        return await call()


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
    """How much one key (a person, a chat) may ask a minute, with one notice when it is used up."""

    def __init__(self, most_a_minute: int) -> None:
        self._most = most_a_minute
        self._taken: OrderedDict[int, deque[float]] = OrderedDict()
        self._noticed: set[int] = set()

    def take(self, key: int) -> bool:
        """Use one; False where none is left."""
        now = time.monotonic()
        taken = self._taken.setdefault(key, deque())
        self._taken.move_to_end(key)
        if len(self._taken) > MOST_KEYS:
            self._noticed.discard(self._taken.popitem(last=False)[0])
        while taken and taken[0] < now - 60:
            taken.popleft()
        if len(taken) >= self._most:
            return False
        taken.append(now)
        self._noticed.discard(key)
        return True

    def notice_due(self, key: int) -> bool:
        """True once after the allowance is used up, until it is free again."""
        if key in self._noticed:
            return False
        self._noticed.add(key)
        return True

    def seconds_left(self, key: int) -> int:
        """Seconds until the next one is free."""
        taken = self._taken.get(key)
        return max(1, round(60 - (time.monotonic() - taken[0]))) if taken else 1
