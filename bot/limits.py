"""Telegram's limits on what the bot sends."""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from itertools import chain, repeat
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.failures import surely_not_sent
from bot.processes import OneProcess, Processes

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
        self,
        patience_seconds: float = 600.0,
        on_call: Callable[[str, bool], object] = lambda endpoint, done: None,
        processes: Processes | None = None,
    ) -> None:
        """A call is tried again for so long at the most; `on_call` is told of each, and whether it was done."""
        self._processes = processes or OneProcess()
        self._patience = patience_seconds
        self._on_call = on_call
        self._turns: dict[Any, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: Counter[Any] = Counter()
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
        await asyncio.sleep(await self._processes.reserve(f"chat {chat}", most, window))
        # Only now, as a slot taken before a long wait would not be the second in which the message leaves.
        await asyncio.sleep(await self._processes.reserve("all chats", MESSAGES_A_SECOND, 1.0))
        return await call()


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait if isinstance(wait, int | float) else wait.total_seconds())
