"""The connection that polls Telegram: skips what cannot be read, notices when it stalls, and starts it again."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from telegram import Bot
from telegram.error import TelegramError
from telegram.ext import Application, Updater
from telegram.request import HTTPXRequest

from bot.conversations import Conversations
from bot.processes import Processes
from bot.updates import UPDATES, readable

logger = logging.getLogger(__name__)

# What the server answers once the token is no longer valid, or never was.
TOKEN_REFUSED = (401, 404)
TOO_MANY_REQUESTS = 429
# Where the process that polled is gone, another one begins within this time.
LOOK_EVERY_SECONDS = 1.0


class WatchedRequest(HTTPXRequest):
    """The connection that polls, which remembers when Telegram last answered it."""

    def __init__(self, stalled_after_seconds: float, on_refused: Callable[[], None], **options: Any) -> None:
        """`on_refused` is called once the server does not accept the token any more."""
        super().__init__(**options)
        self.stalled_after_seconds = stalled_after_seconds
        self.last_answer = time.monotonic()
        self.refused = False
        self._on_refused = on_refused

    def silent_seconds(self) -> float:
        """How long Telegram has not answered; below 0 where it has asked for patience."""
        return time.monotonic() - self.last_answer

    def trouble(self) -> str | None:
        """Why no updates come, as far as it is known."""
        if self.silent_seconds() < self.stalled_after_seconds:
            return None
        return f"Telegram has not answered for {self.silent_seconds():.0f} s"

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """One request; an answer of any kind counts, silence does not."""
        status, payload = await super().do_request(*args, **options)
        self.last_answer = time.monotonic()
        if status in TOKEN_REFUSED and not self.refused:
            self.refused = True
            self._on_refused()
        if status == TOO_MANY_REQUESTS:
            # Waited for here, where stopping the bot cuts it short.
            seconds = _retry_after(payload)
            logger.warning("Telegram asks for %.0f s of patience before the next updates", seconds)
            self.last_answer += seconds
            await asyncio.sleep(seconds)
            return 200, b'{"ok": true, "result": []}'
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The server's answer, in which an update that cannot be read has become an empty one.

        Its id stays, so that it counts as fetched and does not come again.
        """
        answer = HTTPXRequest.parse_json_payload(payload)
        updates = answer.get("result") if isinstance(answer, dict) else None
        if isinstance(answer, dict) and answer.get("ok") and not isinstance(updates, list):
            raise TelegramError(f"Telegram answered something else than updates: {payload[:200]!r}")
        if isinstance(updates, list):
            answer["result"] = [read for update in updates if (read := readable(update)) is not None]
        return answer


def _retry_after(payload: bytes) -> float:
    try:
        return max(1.0, float(json.loads(payload)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 5.0


class ElectedUpdater(Updater):
    """Polls where this process is the one that does; Telegram gives each update to whoever asks."""

    def __init__(self, bot: Bot, updates: "asyncio.Queue[object]", processes: Processes) -> None:
        super().__init__(bot, updates)
        self._processes = processes

    async def start_polling(self, *args: Any, **options: Any) -> "asyncio.Queue[object]":
        """Poll, unless another process does; `keep_polling` begins where that one ends."""
        if await self._processes.leads():
            return await super().start_polling(*args, **options)
        return self.update_queue


async def keep_polling(
    application: "Application[Any, Any, Any, Any, Any, Any]", request: WatchedRequest, state: Conversations
) -> None:
    """For as long as the application runs, poll where this process leads, anew where Telegram has long been silent."""
    updater = application.updater
    assert updater is not None
    begun = time.monotonic()
    while not request.refused:
        await asyncio.sleep(min(LOOK_EVERY_SECONDS, request.stalled_after_seconds / 4))
        if not application.running or state.stopping:
            continue
        leads = await state.processes.leads()
        if not leads:
            # Nor is silence any trouble then.
            request.last_answer = begun = time.monotonic()
        stalled = min(request.silent_seconds(), time.monotonic() - begun) >= request.stalled_after_seconds
        if stalled:
            logger.error("Telegram has not answered for %.0f s; polling is started anew.", request.silent_seconds())
            begun = time.monotonic()
        try:
            if updater.running and (stalled or not leads):
                await updater.stop()
            if leads and not updater.running:
                await updater.start_polling(allowed_updates=UPDATES, bootstrap_retries=-1)
        # Whatever stands in the way, the next round tries again.
        except Exception as error:
            logger.error("Polling could not be started anew: %s", error)
