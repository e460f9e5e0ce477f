"""Whether the bot lives and is ready to answer, and if not, why."""

import asyncio
import sqlite3
from typing import Protocol

import msgspec

from bot.conversations import Conversations
from bot.worker import Urgency
from embeddings import Summary, WartabotError

# The piece of work that is in hand is finished first.
WORKER_SECONDS = 10.0


class Link(Protocol):
    """How updates come from Telegram."""

    def trouble(self) -> str | None:
        """Why none come, as far as it is known."""


class Health(msgspec.Struct, frozen=True):
    """What /healthz says: whether the process does its work at all, whether it can answer, and why it cannot."""

    live: bool
    ready: bool
    reasons: list[str]


async def look(state: Conversations, link: Link) -> Health:
    """The bot's health at this moment; takes at most WORKER_SECONDS."""
    reasons = [reason for reason in (link.trouble(), _chats_trouble(state)) if reason]
    if state.stopping:
        reasons.append("The bot is being stopped")
    live = True
    try:
        # The worker opened the models and indexes before it took anything else.
        if not (await summary(state)).articles:
            reasons.append("There are no articles. Add some: wartabot index FILES")
        # One that was rebuilt since it was opened is not read any more, and a search server may be away.
        await asyncio.wait_for(state.in_worker(state.answerer.store.watermark, Urgency.DRAWING), WORKER_SECONDS)
        await asyncio.wait_for(state.in_worker(state.answerer.retriever.state, Urgency.DRAWING), WORKER_SECONDS)
    except TimeoutError:
        live = False
        reasons.append(f"The thread that answers has not come back for {WORKER_SECONDS:.0f} s")
    except WartabotError as error:
        reasons.append(str(error))
    return Health(live, not reasons, reasons)


async def summary(state: Conversations) -> Summary:
    """How much can be searched; raises TimeoutError where the worker is stuck, and StoreUnusable."""
    return await asyncio.wait_for(state.in_worker(state.answerer.summary, Urgency.DRAWING), WORKER_SECONDS)


def _chats_trouble(state: Conversations) -> str | None:
    try:
        state.chats.database.one("SELECT 1 FROM settings LIMIT 1")
    except (sqlite3.Error, WartabotError) as error:
        return f"The chats cannot be read: {error}"
    return None
