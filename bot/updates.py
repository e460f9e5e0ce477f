"""Updates as they come: read or skipped, counted, and known to be safe from a kill or not yet."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.metrics import Metrics

logger = logging.getLogger(__name__)

UPDATES = [
    Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER,
    Update.GUEST_MESSAGE,
]  # fmt: skip
# Each waits for its chat's turn; a few chats must not take all the places.
MOST_AT_ONCE = 4096
MOST_REMEMBERED = 10_000
OTHER = "other"
"""The kind of what could not be read, or was not asked for."""


def readable(update: Any) -> Any:
    """An update as the server sent it; an empty one in the place of one that cannot be read, None without an id.

    Its id stays, so that it counts as fetched and does not come again.
    """
    try:
        Update.de_json(update, None)
    # Whatever a malformed update makes the library raise.
    except Exception as error:
        id = update.get("update_id") if isinstance(update, dict) else None
        known = isinstance(id, int) and not isinstance(id, bool)
        logger.error("Update %s cannot be read and is skipped (%s: %s)", id, type(error).__name__, error)
        return {"update_id": id} if known else None
    return update


def kind_of(update: Update) -> str:
    """Which of UPDATES it is, or OTHER."""
    return next((kind for kind in UPDATES if getattr(update, kind) is not None), OTHER)


class Arrivals:
    """The updates that a webhook has brought lately: each is taken once, and is safe once a kill cannot lose it."""

    def __init__(self) -> None:
        self._safe: OrderedDict[int, asyncio.Event] = OrderedDict()

    def is_new(self, update_id: int) -> bool:
        """Whether it has not come before; from now on it has."""
        if update_id in self._safe:
            return False
        self._safe[update_id] = asyncio.Event()
        if len(self._safe) > MOST_REMEMBERED:
            self._safe.popitem(last=False)
        return True

    def safe(self, update_id: int) -> None:
        """Note that its question is written down, or that all is done for it."""
        if update_id in self._safe:
            self._safe[update_id].set()

    async def is_safe_within(self, update_id: int, seconds: float) -> bool:
        """Wait for that, so long at the most."""
        try:
            await asyncio.wait_for(self._safe[update_id].wait(), seconds)
        except TimeoutError:
            return False
        return True


class CountingProcessor(BaseUpdateProcessor):
    """Handles updates as they come, many at once; counts them, and notes when all is done for one."""

    def __init__(self, metrics: Metrics, arrivals: Arrivals) -> None:
        super().__init__(MOST_AT_ONCE)
        self._metrics = metrics
        self._arrivals = arrivals
        for kind in (*UPDATES, OTHER):
            metrics.updates.labels(kind)

    async def do_process_update(self, update: object, coroutine: "Awaitable[Any]") -> None:
        """Handle one update."""
        assert isinstance(update, Update)
        self._metrics.updates.labels(kind_of(update)).inc()
        try:
            await coroutine
        finally:
            self._arrivals.safe(update.update_id)

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to tear down."""
