"""Do something again and again for as long as the bot runs, whatever goes wrong once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from embeddings import StoreUnusable

logger = logging.getLogger(__name__)


async def at_once() -> None:
    """Whoever awaits this waits for nothing."""


async def repeat(
    action: Callable[[], Awaitable[None]],
    seconds: float,
    failure: str,
    until_allowed: Callable[[], Awaitable[None]] = at_once,
    pause: float = 0.0,
) -> None:
    """Do it, and so many seconds later again; what it raises is logged under the line that says what failed.

    What is awaited before each time returns once this process may. After a failure it waits for so many seconds more.
    """
    while True:
        await until_allowed()
        left = seconds + pause
        try:
            await action()
            left = seconds
        except StoreUnusable as error:
            logger.error("%s: %s", failure, error)
        # Whatever it is now, next time it is tried again.
        except Exception:
            logger.exception(failure)
        await asyncio.sleep(left)
