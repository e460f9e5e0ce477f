"""What is kept of people, and how they have it deleted."""

from telegram import Update
from telegram.ext import ContextTypes

from bot.conversations import conversations, texts_of


async def explain(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /privasi."""
    assert update.message is not None
    days = conversations(context).settings.keep_days
    await update.message.reply_text(texts_of(update, context).privacy.format(days=days))


async def forget(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /hapusdata: delete at once what is kept of this person."""
    assert update.message is not None
    texts = texts_of(update, context)
    if update.message.from_user is not None:
        conversations(context).chats.forget_person(update.message.from_user.id)
    await update.message.reply_text(texts.forgotten)
