"""The buttons under an answer: unfold, next source, votes, reports, wishes, show to everyone."""

import logging
import re
from collections.abc import Sequence

from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.cards import TOKEN, View, deep_link
from bot.chats import StoredAnswer
from bot.conversations import conversations, texts_of
from bot.handlers.asking import allowed, answer_question, draw
from bot.sending import acknowledge, edit, send
from bot.texts import Texts

logger = logging.getLogger(__name__)

# A kind, an answer's token, and what else the kind takes: the number of a quote, a choice.
DATA = re.compile(rf"([a-z]):({TOKEN})((?::[a-z0-9]{{1,16}})*)")
# What anybody who sees a card in a group may press.
FOR_ALL = frozenset("vury")


async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Do what a button says; every press is answered, so that no spinner keeps turning."""
    query = update.callback_query
    assert query is not None
    texts = texts_of(update, context)
    data = DATA.fullmatch(query.data or "")
    stored = conversations(context).chats.answers.by_token(data[2]) if data else None
    if data is None or stored is None or not _stands_here(query, stored):
        await acknowledge(query, texts.expired)
        return
    owner = query.from_user.id == stored.asker
    if not owner and not (stored.everyone and data[1] in FOR_ALL):
        await acknowledge(query, texts.not_yours)
    else:
        await _do(query, context, stored, data[1], data[3].split(":")[1:], texts)


def _stands_here(query: CallbackQuery, stored: StoredAnswer) -> bool:
    """Whether the button was pressed in the chat that its answer belongs to."""
    return query.message is not None and query.message.chat.id == stored.chat


async def _do(
    query: CallbackQuery,
    context: ContextTypes.DEFAULT_TYPE,
    stored: StoredAnswer,
    kind: str,
    fields: Sequence[str],
    texts: Texts,
) -> None:
    state = conversations(context)
    chats, person = state.chats, query.from_user.id
    owner = person == stored.asker
    # What is said of a copy is said of the answer that it shows.
    judged = stored.original or stored.id
    match kind, fields:
        case "v", ["good" | "bad" as vote]:
            await state.write(chats.feedback.give, judged, person, vote)
            await acknowledge(query, texts.thanks_good if vote == "good" else texts.thanks_bad)
        case "w", [page] if stored.content.question and not stored.content.of_another:
            await state.write(chats.feedback.wish, stored.id, person, stored.chat, stored.content.question)
            await acknowledge(query, texts.wish_noted, show_alert=True)
            await _redraw(query, context, stored, texts, View(_number(page), wished=True))
        case "u" | "r", _ if not owner:
            # Anybody but the asker gets the card in the private chat, to turn there as they like.
            link = "r" if kind == "r" else "a"
            first = _number(fields[0]) if fields else 0
            await acknowledge(query, url=deep_link(context.bot.username, f"{link}{stored.token}{first}"))
        case "u", [page, unfolded]:
            await acknowledge(query)
            await _redraw(query, context, stored, texts, View(_number(page), unfolded == "1"))
        case "r", [page]:
            await acknowledge(query, texts.ask_reason)
            await _redraw(query, context, stored, texts, View(_number(page), reporting=True))
        case "y", [page, reason] if reason in texts.report_reasons:
            await state.write(chats.feedback.give, judged, person, "wrong", reason)
            await acknowledge(query, texts.thanks_reason)
            if owner:
                await _redraw(query, context, stored, texts, View(_number(page)))
        case "b", [page]:
            withdrawn = await state.write(chats.feedback.withdraw_report, judged, person)
            await acknowledge(query, texts.report_withdrawn if withdrawn else None)
            await _redraw(query, context, stored, texts, View(_number(page)))
        case "k", [] if stored.content.typed:
            await _answer_again(query, context, stored, stored.content.typed, texts)
        case "d", [] if stored.content.of_period:
            await _answer_again(query, context, stored, stored.content.question, texts, any_time=True)
        case "e", [] if not stored.everyone and stored.chat < 0:
            await acknowledge(query)
            await _show_to_everyone(query, context, stored, texts)
        case "o", [] if stored.message is None and isinstance(query.message, Message):
            await acknowledge(query)
            await _redraw(query, context, stored, texts, View())
            await state.write(chats.answers.note_sent, stored.id, query.message.message_id)
        case _:
            await acknowledge(query, texts.expired)


async def _redraw(
    query: CallbackQuery, context: ContextTypes.DEFAULT_TYPE, stored: StoredAnswer, texts: Texts, view: View
) -> None:
    message = query.message
    if message is None or "ephemeral_message_id" in message.api_kwargs:
        return
    card = await draw(conversations(context), stored.token, stored.content, texts, context.bot.username, view)
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
    if not allowed(state, stored.chat, query.from_user.id):
        await acknowledge(query, texts.slow_down.format(seconds=state.people.seconds_left(query.from_user.id)))
        return
    await acknowledge(query)
    if not isinstance(query.message, Message):
        return
    async with state.turn(stored.chat):
        content, _ = await answer_question(state, question, query.message, texts, any_time=any_time)
        await state.write(state.chats.answers.replace, stored.id, content)
        card = await draw(state, stored.token, content, texts, context.bot.username)
        await edit(context, stored.chat, query.message.message_id, *card)


async def _show_to_everyone(
    query: CallbackQuery, context: ContextTypes.DEFAULT_TYPE, stored: StoredAnswer, texts: Texts
) -> None:
    message, state = query.message, conversations(context)
    if not isinstance(message, Message):
        return
    card = await draw(state, stored.token, stored.content, texts, context.bot.username)
    # Whoever taps twice gets it shown once.
    if not await state.write(state.chats.answers.show_to_everyone, stored.id):
        return
    try:
        sent = await send(context, message, *card, attach_to=message.message_id)
    except TelegramError:
        await state.write(state.chats.answers.hide_again, stored.id)
        raise
    await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)


def _number(text: str) -> int:
    """The number of a quote that a button carries; what is no such number is the first."""
    return int(text) if re.fullmatch("[0-9]{1,3}", text) else 0
