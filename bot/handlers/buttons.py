"""The buttons under an answer: unfold, next source, votes, reports, wishes, show to everyone."""

import logging
import re
from collections.abc import Sequence

import msgspec
from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.ask import ask, draw
from bot.cards import TOKEN, Card, View, deep_link
from bot.chats import SentAnswer, StoredAnswer
from bot.conversations import Conversations, conversations, texts_of
from bot.sending import acknowledge, edit, send
from bot.texts import Texts

logger = logging.getLogger(__name__)

# A kind, an answer's token, and what else the kind takes: the number of a quote, a choice.
DATA = re.compile(rf"([a-z]):({TOKEN})((?::[a-z0-9]{{1,16}})*)")
# What anybody who sees a card in a group may press.
FOR_ALL = frozenset("vury")


class Press(msgspec.Struct, frozen=True):
    """A button pressed under an answer."""

    query: CallbackQuery
    context: ContextTypes.DEFAULT_TYPE
    stored: StoredAnswer
    texts: Texts

    @property
    def state(self) -> Conversations:
        return conversations(self.context)

    @property
    def person(self) -> int:
        return self.query.from_user.id

    @property
    def by_owner(self) -> bool:
        return self.person == self.stored.asker

    @property
    def judged(self) -> int:
        """What is said of a copy is said of the answer that it shows."""
        return self.stored.original or self.stored.id


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
    pressed = Press(query, context, stored, texts)
    if not pressed.by_owner and not (stored.everyone and data[1] in FOR_ALL):
        await acknowledge(query, texts.not_yours)
    else:
        await _do(pressed, data[1], data[3].split(":")[1:])


def _stands_here(query: CallbackQuery, stored: StoredAnswer) -> bool:
    """Whether the button was pressed in the chat that its answer belongs to."""
    return query.message is not None and query.message.chat.id == stored.chat


async def _do(press: Press, kind: str, fields: Sequence[str]) -> None:
    content, stored = press.stored.content, press.stored
    match kind, fields:
        case "v", ["good" | "bad" as vote]:
            await _vote(press, vote)
        case "w", [page] if content.question and not content.of_another:
            await _wish(press, page)
        case "u" | "r", _ if not press.by_owner:
            await _open_in_private(press, "r" if kind == "r" else "a", fields[0] if fields else "0")
        case "u", [page, unfolded]:
            await _turn(press, View(_number(page), unfolded == "1"))
        case "r", [page]:
            await _turn(press, View(_number(page), reporting=True), press.texts.ask_reason)
        case "y", [page, reason] if reason in press.texts.report_reasons:
            await _report(press, page, reason)
        case "b", [page]:
            await _withdraw_report(press, page)
        case "k", [] if content.typed:
            await _answer_again(press, content.typed)
        case "d", [] if content.of_period:
            await _answer_again(press, content.question, any_time=True)
        case "e", [] if not stored.everyone and stored.chat < 0:
            await _show_to_everyone(press)
        case "o", [] if stored.message is None and isinstance(press.query.message, Message):
            await _show_lost_answer(press, press.query.message)
        case _:
            await acknowledge(press.query, press.texts.expired)


async def _vote(press: Press, vote: str) -> None:
    await press.state.write(press.state.chats.feedback.give, press.judged, press.person, vote)
    await acknowledge(press.query, press.texts.thanks_good if vote == "good" else press.texts.thanks_bad)


async def _wish(press: Press, page: str) -> None:
    stored, feedback = press.stored, press.state.chats.feedback
    await press.state.write(feedback.wish, stored.id, press.person, stored.chat, stored.content.question)
    await acknowledge(press.query, press.texts.wish_noted, show_alert=True)
    await _redraw(press, View(_number(page), wished=True))


async def _open_in_private(press: Press, link: str, page: str) -> None:
    """Anybody but the asker gets the card in the private chat, to turn there as they like."""
    payload = f"{link}{press.stored.token}{_number(page)}"
    await acknowledge(press.query, url=deep_link(press.context.bot.username, payload))


async def _turn(press: Press, view: View, line: str | None = None) -> None:
    await acknowledge(press.query, line)
    await _redraw(press, view)


async def _report(press: Press, page: str, reason: str) -> None:
    await press.state.write(press.state.chats.feedback.give, press.judged, press.person, "wrong", reason)
    await acknowledge(press.query, press.texts.thanks_reason)
    if press.by_owner:
        await _redraw(press, View(_number(page)))


async def _withdraw_report(press: Press, page: str) -> None:
    withdrawn = await press.state.write(press.state.chats.feedback.withdraw_report, press.judged, press.person)
    await _turn(press, View(_number(page)), press.texts.report_withdrawn if withdrawn else None)


async def _show_lost_answer(press: Press, message: Message) -> None:
    await _turn(press, View())
    await press.state.write(press.state.chats.answers.note_sent, press.stored.id, message.message_id)


async def _redraw(press: Press, view: View) -> None:
    message = press.query.message
    if message is not None and "ephemeral_message_id" not in message.api_kwargs:
        card = await _card(press, press.stored.content, view)
        await edit(press.context, message.chat.id, message.message_id, *card)


async def _card(press: Press, content: SentAnswer, view: View | None = None) -> Card:
    return await draw(press.state, press.stored.token, content, press.texts, press.context.bot.username, view)


async def _answer_again(press: Press, question: str, any_time: bool = False) -> None:
    """Answer in the same message: what was written, without what was carried over, or without its period."""
    state, stored, message = press.state, press.stored, press.query.message
    if not state.allows(stored.chat, press.person):
        line = press.texts.slow_down.format(seconds=state.people.seconds_left(press.person))
        await acknowledge(press.query, line)
        return
    await acknowledge(press.query)
    if not isinstance(message, Message):
        return
    async with state.turn(stored.chat):
        content = await ask(state, question, message.chat, press.texts, any_time=any_time)
        await state.write(state.chats.answers.replace, stored.id, content)
        await edit(press.context, stored.chat, message.message_id, *await _card(press, content))


async def _show_to_everyone(press: Press) -> None:
    state, stored, message = press.state, press.stored, press.query.message
    await acknowledge(press.query)
    if not isinstance(message, Message):
        return
    card = await _card(press, stored.content)
    # Whoever taps twice gets it shown once.
    if not await state.write(state.chats.answers.show_to_everyone, stored.id):
        return
    try:
        sent = await send(press.context, message, *card, attach_to=message.message_id)
    except TelegramError:
        await state.write(state.chats.answers.hide_again, stored.id)
        raise
    await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)


def _number(text: str) -> int:
    """The number of a quote that a button carries; what is no such number is the first."""
    return int(text) if re.fullmatch("[0-9]{1,3}", text) else 0
