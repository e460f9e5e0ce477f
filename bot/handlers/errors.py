"""Log what went wrong for the operator, and tell the person politely."""

import logging

from telegram import Update
from telegram.error import Conflict, NetworkError, TelegramError
from telegram.ext import ContextTypes

from bot.handlers.guidance import texts_of

logger = logging.getLogger(__name__)


async def report(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The one error handler: a line for what is known, a traceback for the rest."""
    error = context.error
    if isinstance(error, Conflict):
        logger.error(
            "Another program polls Telegram with this bot's token. Stop the other one, or give this one its own token."
        )
    elif isinstance(error, NetworkError) and update is None:
        logger.warning("Telegram cannot be reached (%s); trying again.", error)
    else:
        logger.error("A message could not be answered", exc_info=error)
    if isinstance(update, Update) and update.effective_message is not None:
        try:
            await update.effective_message.reply_text(texts_of(update).failed)
        except TelegramError as second:
            logger.warning("The apology could not be sent either: %s", second)
