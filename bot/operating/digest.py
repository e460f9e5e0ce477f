"""The weekly digest to administrators: how the bot did, what it lacks, what is reported; sent once at most."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from telegram import Chat
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import Application

from bot.config import DigestDay
from bot.conversations import Conversations
from bot.failures import surely_not_sent
from bot.operating.replies import send_html
from bot.operating.stats import figures
from bot.operating.unanswered import gaps
from bot.operating.view import figures_text
from bot.texts import Texts
from bot.worker import Urgency
from embeddings import KnowledgeBase

logger = logging.getLogger(__name__)

DAYS = 7
# After downtime, a digest is still worth reading for so long.
STILL_DUE = timedelta(hours=24)


def last_due(now: datetime, day: DigestDay, hour: int) -> datetime:
    """The last moment at which a digest was due, in the time zone of `now`."""
    due = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    due -= timedelta(days=(now.weekday() - get_args(DigestDay).index(day)) % DAYS)
    return due if due <= now else due - timedelta(days=DAYS)


async def send_digests(application: "Application[Any, Any, Any, Any, Any, Any]", state: Conversations) -> None:
    """Send the digest that is due to those administrators who have not got it."""
    settings = state.settings
    if settings.digest_day == "never":
        return
    now = datetime.now(ZoneInfo(settings.timezone))
    due = last_due(now, settings.digest_day, settings.digest_hour)
    for administrator in settings.administrators if now - due < STILL_DUE else ():
        await _send(application, state, administrator, due.date().isoformat())


async def _send(
    application: "Application[Any, Any, Any, Any, Any, Any]", state: Conversations, administrator: int, due: str
) -> None:
    administration = state.chats.administration
    if not await state.write(administration.begin_digest, administrator, due):
        return
    texts = state.texts(Chat(administrator, ChatType.PRIVATE), None)
    try:
        await send_html(application, administrator, await overview(state, texts, DAYS, texts.digest_head))
    except TelegramError as error:
        if surely_not_sent(error):
            await state.write(administration.take_back_digest, administrator, due)
        logger.warning("The weekly digest could not be sent to %d: %s", administrator, error)


def _failing_sources(knowledge: KnowledgeBase) -> dict[str, str]:
    """The error of each source whose last attempt failed."""
    health = {source: knowledge.store.source_health(source.url) for source in knowledge.settings.sources}
    return {source.outlet or source.url: one.error or "" for source, one in health.items() if one.failures}


async def overview(state: Conversations, texts: Texts, days: int, head: str | None = None) -> str:
    """The figures of the last days and what went unanswered, as HTML."""
    summary = await state.in_worker(state.answerer.summary, Urgency.DRAWING)
    failing = await state.in_worker(lambda: _failing_sources(state.answerer), Urgency.DRAWING)
    asked = state.chats.questions.unanswered()
    # Where many ask much, grouping takes seconds.
    unanswered = await asyncio.to_thread(gaps, asked)
    return figures_text(figures(state.chats, summary, days), unanswered, failing, texts, head)
