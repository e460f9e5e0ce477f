"""Send what the operator answers to reports, whoever wrote it and wherever: each once at most."""

import logging
from typing import Any

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import Application

from bot.chats.reports import Reply
from bot.conversations import Conversations
from bot.failures import surely_not_sent
from bot.operating.view import reply_text
from bot.texts import ENGLISH, INDONESIAN

logger = logging.getLogger(__name__)


async def send_replies(application: "Application[Any, Any, Any, Any, Any, Any]", state: Conversations) -> None:
    """Send the answers to reports that nobody has begun to send."""
    for reply in state.chats.reports.to_send():
        await _send(application, state, reply)


async def _send(application: "Application[Any, Any, Any, Any, Any, Any]", state: Conversations, reply: Reply) -> None:
    reports, texts = state.chats.reports, ENGLISH if reply.language == ENGLISH.language else INDONESIAN
    if not await state.write(reports.release, reply.report):
        return
    try:
        await send_html(application, reply.person, reply_text(reply, texts))
    except TelegramError as error:
        if surely_not_sent(error):
            await state.write(reports.take_back, reply.report)
        logger.warning("The answer to report %d could not be sent: %s", reply.report, error)
    else:
        await state.write(reports.note_arrived, reply.report)


async def send_html(application: "Application[Any, Any, Any, Any, Any, Any]", person: int, html: str) -> None:
    """Send something that nobody has asked for just now into a private chat."""
    preview = LinkPreviewOptions(is_disabled=True)
    await application.bot.send_message(person, html, ParseMode.HTML, link_preview_options=preview)
