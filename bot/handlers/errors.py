"""Log what went wrong for the operator, and tell the person politely."""

import logging

from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError
from telegram.ext import ContextTypes

from bot.conversations import texts_of
from bot.failures import is_of_network, may_not_write, surely_not_sent
from bot.limits import ChatFull

logger = logging.getLogger(__name__)


async def report(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The one error handler: a line for what is known, a traceback for the rest."""
    error = context.error
    if isinstance(error, Conflict):
        logger.error(
            "Another program polls Telegram with this bot's token. Stop the other one, or give this one its own token."
        )
    elif isinstance(error, InvalidToken):
        logger.error("Telegram does not accept the bot's token.")
    elif isinstance(error, ChatFull):
        logger.info("A message was not sent: %s", error)
    elif error is not None and may_not_write(error):
        logger.info("A chat does not let the bot write: %s", error)
    elif isinstance(error, BadRequest) and "query is too old" in error.message.lower():
        logger.info("A button was answered too late: %s", error)
    elif error is not None and (surely_not_sent(error) or (is_of_network(error) and update is None)):
        logger.warning("Telegram cannot be reached: %s", error)
    else:
        logger.error("A message could not be answered", exc_info=error)
        if isinstance(update, Update):
            await _apologise(update, context)


async def _apologise(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    text = texts_of(update, context).failed
    try:
        if update.callback_query is not None:
            await update.callback_query.answer(text[:200])
        elif update.message is not None:
            await update.message.reply_text(text)
    except TelegramError as second:
        logger.warning("The apology could not be sent either: %s", second)
