"""The buttons under an answer: unfold, next source, votes, reports, wishes, show to everyone."""

import logging

from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from bot.cards import View, deep_link
from bot.chats import StoredAnswer
from bot.conversations import conversations, texts_of
from bot.handlers.asking import answer_question, draw, edit, send
from bot.texts import Texts

logger = logging.getLogger(__name__)


async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Do what a button says; every press is answered, so that no spinner keeps turning."""
    query = update.callback_query
    assert query is not None
    texts = texts_of(update, context)
    kind, *fields = (query.data or "").split(":")
    stored = conversations(context).chats.answer(int(fields[0])) if fields and fields[0].isdigit() else None
    if stored is None:
        await query.answer(texts.expired)
        return
    match kind, fields[1:]:
        case "v", ["good" | "bad" as vote]:
            conversations(context).chats.give_feedback(stored.id, query.from_user.id, vote)
            await query.answer(texts.thanks_good if vote == "good" else texts.thanks_bad)
        case "w", [page]:
            conversations(context).chats.wish(query.from_user.id, stored.chat, stored.content.question)
            await query.answer(texts.wish_noted, show_alert=True)
            if query.from_user.id == stored.asker:
                await _redraw(query, context, stored, texts, View(_number(page), wished=True))
        case "u", [page, unfolded]:
            if await _may_change(query, stored, _number(page), context):
                await query.answer()
                await _redraw(query, context, stored, texts, View(_number(page), unfolded == "1"))
        case "r", [page]:
            conversations(context).chats.give_feedback(stored.id, query.from_user.id, "wrong")
            if query.from_user.id == stored.asker:
                await query.answer(texts.thanks_report)
                await _redraw(query, context, stored, texts, View(_number(page), reporting=True))
            else:
                await query.answer(texts.thanks_reason)
        case "y", [page, reason] if reason in texts.report_reasons:
            conversations(context).chats.give_feedback(stored.id, query.from_user.id, "wrong", reason)
            await query.answer(texts.thanks_reason)
            if query.from_user.id == stored.asker:
                await _redraw(query, context, stored, texts, View(_number(page)))
        case "k", [] if query.from_user.id == stored.asker and stored.content.typed:
            await query.answer()
            await _answer_again(query, context, stored, stored.content.typed, texts)
        case "d", [] if query.from_user.id == stored.asker and stored.content.of_period:
            await query.answer()
            await _answer_again(query, context, stored, stored.content.question, texts, any_time=True)
        case "e", [] if query.from_user.id == stored.asker:
            await query.answer()
            await _show_to_everyone(query, context, stored, texts)
        case _:
            await query.answer(texts.expired)


async def _may_change(
    query: CallbackQuery, stored: StoredAnswer, page: int, context: ContextTypes.DEFAULT_TYPE
) -> bool:
    """The asker changes the card; anybody else gets it in the private chat."""
    if query.from_user.id == stored.asker or stored.chat > 0:
        return True
    await query.answer(url=deep_link(context.bot.username, f"a{stored.id}_{page}"))
    return False


async def _redraw(
    query: CallbackQuery, context: ContextTypes.DEFAULT_TYPE, stored: StoredAnswer, texts: Texts, view: View
) -> None:
    message = query.message
    if message is None or "ephemeral_message_id" in message.api_kwargs:
        return
    card = await draw(conversations(context), stored.id, stored.content, texts, context.bot.username, view)
    await edit(context, message.chat.id, message.message_id, *card)


async def _answer_again(
    query: CallbackQuery,
    context: ContextTypes.DEFAULT_TYPE,
    stored: StoredAnswer,
    question: str,
    texts: Texts,
    any_time: bool = False,
) -> None:
    """Answer in the same message: what was written, without what was carried over, or without its period."""
    state = conversations(context)
    if not isinstance(query.message, Message):
        return
    async with state.turns[stored.chat]:
        content, _ = await answer_question(state, question, query.message, texts, any_time=any_time)
        state.chats.replace_answer(stored.id, content)
        card = await draw(state, stored.id, content, texts, context.bot.username)
        await edit(context, stored.chat, query.message.message_id, *card)


async def _show_to_everyone(
    query: CallbackQuery, context: ContextTypes.DEFAULT_TYPE, stored: StoredAnswer, texts: Texts
) -> None:
    message = query.message
    if not isinstance(message, Message):
        return
    card = await draw(conversations(context), stored.id, stored.content, texts, context.bot.username)
    sent = await send(context, message, *card, attach_to=message.message_id)
    conversations(context).chats.answer_sent(stored.id, sent.message_id)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
