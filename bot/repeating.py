"""Do something again and again for as long as the bot runs, whatever goes wrong once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


async def repeat(action: Callable[[], Awaitable[None]], seconds: float, failure: str) -> None:
    """Do it, and so many seconds later again; what it raises is logged under the line that says what failed."""
    while True:
        try:
            await action()
        # Whatever it is now, next time it is tried again.
        except Exception:
            logger.exception(failure)
        await asyncio.sleep(seconds)
