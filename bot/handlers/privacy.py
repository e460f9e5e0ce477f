"""What is kept of people, and how they have it deleted."""

import re

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.cards import forget_buttons
from bot.conversations import conversations, texts_of
from bot.questions import asker_of
from bot.sending import acknowledge, edit


async def explain(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /privasi."""
    assert update.message is not None
    days = conversations(context).settings.keep_days
    await update.message.reply_text(texts_of(update, context).privacy.format(days=days))


async def ask_to_forget(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /hapusdata: ask once more before what is kept of this person is deleted."""
    assert update.message is not None
    texts, person = texts_of(update, context), asker_of(update.message)
    if person < 0:
        await update.message.reply_text(texts.forget_anonymous)
    else:
        await update.message.reply_text(texts.forget_question, reply_markup=forget_buttons(person, texts))


async def forget(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Delete at once what is kept of whoever sent /hapusdata and confirms it."""
    query = update.callback_query
    assert query is not None
    state, texts = conversations(context), texts_of(update, context)
    data = re.fullmatch("x:([0-9]{1,19}):(yes|no)", query.data or "")
    if data is None or int(data[1]) != query.from_user.id:
        await acknowledge(query, texts.expired if data is None else texts.not_yours)
        return
    if data[2] == "yes":
        await state.write(state.chats.forget_person, query.from_user.id)
        await state.leave_no_trace()
    await acknowledge(query)
    if isinstance(query.message, Message):
        line = texts.forgotten if data[2] == "yes" else texts.not_forgotten
        await edit(context, query.message.chat_id, query.message.message_id, line, None)
