"""Tell people how to ask."""

from telegram import Update
from telegram.ext import ContextTypes

from bot.texts import Texts, texts_for


async def explain(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /bantuan, and any command that is not known."""
    assert update.message is not None
    await update.message.reply_text(texts_of(update).help)


async def ask_for_text(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer what is not text: a sticker, a photo, a voice message."""
    assert update.message is not None
    await update.message.reply_text(texts_of(update).text_only)


def texts_of(update: Update) -> Texts:
    """The texts in the person's language."""
    user = update.effective_user
    return texts_for(user.language_code if user else None)
