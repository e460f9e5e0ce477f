"""Notice when polling stalls, and start it again."""

import asyncio
import logging
import time
from typing import Any

from telegram.ext import Application
from telegram.request import HTTPXRequest

logger = logging.getLogger(__name__)


class WatchedRequest(HTTPXRequest):
    """The connection that polls, which remembers when Telegram last answered it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.last_answer = time.monotonic()

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """One request; an answer of any kind counts, silence does not."""
        answer = await super().do_request(*args, **options)
        self.last_answer = time.monotonic()
        return answer


async def keep_polling(
    application: "Application[Any, Any, Any, Any, Any, Any]",
    request: WatchedRequest,
    stalled_after_seconds: float,
    updates: list[str],
) -> None:
    """Watch for as long as the application runs; where Telegram has long not answered, poll anew."""
    updater = application.updater
    assert updater is not None
    while True:
        await asyncio.sleep(stalled_after_seconds / 4)
        silent = time.monotonic() - request.last_answer
        if silent < stalled_after_seconds or not application.running:
            continue
        logger.error("Telegram has not answered for %.0f s; polling is started anew.", silent)
        request.last_answer = time.monotonic()
        try:
            if updater.running:
                await updater.stop()
            await updater.start_polling(allowed_updates=updates, bootstrap_retries=-1)
        # Whatever stands in the way, the next round tries again.
        except Exception as error:
            logger.error("Polling could not be started anew: %s", error)
