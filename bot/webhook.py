"""Updates that Telegram brings: known by their secret, taken in, and confirmed once a kill cannot lose them."""

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Updater

from bot.conversations import Conversations
from bot.updates import UPDATES, readable

logger = logging.getLogger(__name__)

# A question is written down within milliseconds; what takes longer Telegram brings once more.
SAFE_WITHIN_SECONDS = 5.0
SECONDS_BETWEEN_CHECKS = 30.0
SECONDS_AFTER_FAILURE = 5.0
# Calls are repeated for minutes where Telegram is out of reach.
SILENT_AFTER_SECONDS = 4 * SECONDS_BETWEEN_CHECKS


class Webhook(Updater):
    """Stands where the library's own updater would: its server's comparison of secrets tells by its time how far one
    was right, and it confirms updates that a kill would lose.
    """

    def __init__(
        self, bot: Bot, updates: "asyncio.Queue[object]", url: str, secret: str, state: Conversations,
        on_refused: Callable[[], None],
    ) -> None:  # fmt: skip
        """`on_refused` is called once the server does not accept the token any more."""
        super().__init__(bot, updates)
        self.url = url
        self.refused = False
        self._secret = secret
        self._arrivals = state.arrivals
        self._leads = state.processes.leads
        self._on_refused = on_refused
        self._open = False
        self._trouble: str | None = "Telegram does not know of the webhook yet"
        self._last_answer = time.monotonic()

    @property
    def path(self) -> str:
        """Where on the server the updates arrive."""
        return urlsplit(self.url).path

    @property
    def running(self) -> bool:
        """Whether updates are taken in."""
        return self._open

    async def start_webhook(self, *_: Any, **__: Any) -> "asyncio.Queue[object]":
        """Take updates in; `keep` tells Telegram."""
        self._open = True
        return self.update_queue

    async def stop(self) -> None:
        """Take none in any more; Telegram keeps them for the next start."""
        self._open = False

    def trouble(self) -> str | None:
        """Why no updates come, as far as it is known."""
        silent = time.monotonic() - self._last_answer
        return f"Telegram has not answered for {silent:.0f} s" if silent > SILENT_AFTER_SECONDS else self._trouble

    def knows(self, secret: str) -> bool:
        """Whether this is what Telegram sends along; how long the answer takes tells nothing of it."""
        return hmac.compare_digest(secret.encode("utf-8", "surrogateescape"), self._secret.encode())

    async def take_in(self, content: bytes) -> HTTPStatus:
        """Take an update in and confirm it; what may still be lost Telegram is to bring once more."""
        if not self._open:
            return HTTPStatus.SERVICE_UNAVAILABLE
        try:
            sent = json.loads(content)
        except (ValueError, RecursionError):
            sent = None
        # Once confirmed, what cannot be read does not come again.
        if (read := readable(sent)) is None:
            return HTTPStatus.OK
        update = Update.de_json(read, self.bot)
        if self._arrivals.is_new(update.update_id):
            await self.update_queue.put(update)
        # Whoever pressed a button sees that nothing happens, and may press again.
        if (update.message or update.edited_message) is None:
            return HTTPStatus.OK
        safe = await self._arrivals.is_safe_within(update.update_id, SAFE_WITHIN_SECONDS)
        return HTTPStatus.OK if safe else HTTPStatus.SERVICE_UNAVAILABLE

    async def keep(self) -> None:
        """For as long as the bot runs, see to it that Telegram brings the updates here."""
        known = False
        while not self.refused:
            try:
                if not known and await self._leads():
                    await self._tell_telegram()
                await self._look()
                known = self._trouble is None
            except InvalidToken:
                self.refused = True
                self._on_refused()
            except TelegramError as error:
                known, self._trouble = False, f"Telegram did not take the webhook: {error}"
                logger.error("Telegram did not take the webhook %s (%s); it is tried again.", self.url, error)
            await asyncio.sleep(SECONDS_BETWEEN_CHECKS if known else SECONDS_AFTER_FAILURE)

    async def _tell_telegram(self) -> None:
        await self.bot.set_webhook(self.url, allowed_updates=UPDATES, secret_token=self._secret)

    async def _look(self) -> None:
        info = await self.bot.get_webhook_info()
        self._last_answer = time.monotonic()
        if info.url != self.url:
            self._not_brought_here(info.url)
            return
        self._trouble = None
        if info.last_error_message and info.pending_update_count:
            logger.warning(
                "Telegram could not bring an update (%s); %d wait.", info.last_error_message, info.pending_update_count
            )

    def _not_brought_here(self, url: str) -> None:
        if not url:
            # Of several processes, the one that leads tells Telegram.
            self._trouble = "Telegram does not know of the webhook yet"
            return
        self._trouble = "Another program has taken this bot's webhook away"
        logger.error("Another program has taken this bot's webhook away; it is set again. Stop the other one.")
