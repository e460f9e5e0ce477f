"""Log what went wrong for the operator, and tell the person politely."""

import logging

from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError
from telegram.ext import ContextTypes

from bot.conversations import conversations, texts_of
from bot.failures import is_of_network, may_not_write, surely_not_sent
from bot.limits import ChatFull
from embeddings import StoreUnreachable

logger = logging.getLogger(__name__)

UNEXPECTED = ("unexpected", logging.ERROR, "A message could not be answered")


async def report(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The one error handler: a line for what is known, a traceback for the rest."""
    error = context.error
    kind, level, line = _known(error, update) if error is not None else UNEXPECTED
    conversations(context).metrics.errors.labels(kind).inc()
    logger.log(level, "%s", line, exc_info=error if kind == "unexpected" else None)
    if kind in ("unexpected", "store") and isinstance(update, Update):
        await _apologise(update, context)


def _known(error: Exception, update: object) -> tuple[str, int, str]:
    """Of which kind an error is (see ERROR_KINDS), how bad, and what to say of it."""
    if isinstance(error, Conflict):
        return "conflict", logging.ERROR, (
            "Another program polls Telegram with this bot's token. Stop the other one, or give this one its own token."
        )  # fmt: skip
    if isinstance(error, InvalidToken):
        return "token", logging.ERROR, "Telegram does not accept the bot's token."
    if isinstance(error, StoreUnreachable):
        return "store", logging.ERROR, str(error)
    if isinstance(error, ChatFull):
        return "chat", logging.INFO, f"A message was not sent: {error}"
    if may_not_write(error):
        return "chat", logging.INFO, f"A chat does not let the bot write: {error}"
    if isinstance(error, BadRequest) and "query is too old" in error.message.lower():
        return "late", logging.INFO, f"A button was answered too late: {error}"
    if surely_not_sent(error) or (is_of_network(error) and update is None):
        return "network", logging.WARNING, f"Telegram cannot be reached: {error}"
    return UNEXPECTED


async def _apologise(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    await conversations(context).until_chats_are_there()
    text = texts_of(update, context).failed
    try:
        if update.callback_query is not None:
            await update.callback_query.answer(text[:200])
        elif update.message is not None:
            await update.message.reply_text(text)
    except TelegramError as second:
        logger.warning("The apology could not be sent either: %s", second)
