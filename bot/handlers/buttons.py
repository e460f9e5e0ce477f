"""The buttons under an answer: unfold, next source, votes, reports, wishes, show to everyone."""

import logging
import re
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace
from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, Update
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.alerts.messages import subscribed_card
from bot.alone import number_of
from bot.ask import ask, draw
from bot.cards import Card, View, reaction_buttons
from bot.chats import REPORT, Kind, SentAnswer, StoredAnswer, Subscription, SubscriptionsFull
from bot.conversations import Conversations, conversations, texts_of
from bot.rich import is_rich
from bot.sending import (
    Place,
    acknowledge,
    edit,
    edit_buttons,
    edit_for_asker_alone,
    plain,
    send,
    send_to,
    send_to_asker_alone,
)
from bot.sharing import TOKEN, deep_link
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


async def _do(pressed: Press, kind: str, fields: Sequence[str]) -> None:
    content, stored = pressed.stored.content, pressed.stored
    match kind, fields:
        case "v", ["good" | "bad" as vote, page, unfolded]:
            await _vote(pressed, vote, View(_number(page), unfolded == "1"))
        case "w", [page] if content.question and not content.of_another:
            await _wish(pressed, page)
        case "w", [page, "off"] if pressed.by_owner:
            await _drop_wish(pressed, page)
        case "u" | "r", _ if not pressed.by_owner:
            await _open_in_private(pressed, "r" if kind == "r" else "a", fields[0] if fields else "0")
        case "u", [page, unfolded]:
            await _show(pressed, View(_number(page), unfolded == "1"))
        case "r", [page]:
            await _show(pressed, View(_number(page), reporting=True), pressed.texts.ask_reason)
        case "y", [page, reason] if reason in pressed.texts.report_reasons:
            await _report(pressed, page, reason)
        case "b", [page]:
            await _withdraw_report(pressed, page)
        case "k", [] if content.typed:
            await _answer_again(pressed, content.typed)
        case "d", [] if content.of_period:
            await _answer_again(pressed, content.question, any_time=True)
        case "e", [] if not stored.everyone and stored.chat < 0:
            await _show_to_everyone(pressed)
        case "z", [] if not stored.everyone and isinstance(pressed.query.message, Message):
            await _show_to_asker_alone(pressed, pressed.query.message)
        case "o", [] if stored.message is None and isinstance(pressed.query.message, Message):
            await _show_lost_answer(pressed, pressed.query.message)
        case _:
            await acknowledge(pressed.query, pressed.texts.expired)


async def _vote(pressed: Press, vote: str, view: View) -> None:
    """Count a vote, or take it back where the person has given the same before."""
    state, texts = pressed.state, pressed.texts
    if state.chats.feedback.judged(pressed.judged, pressed.person).vote == vote:
        await state.write(state.chats.feedback.withdraw_vote, pressed.judged, pressed.person)
        line = texts.vote_withdrawn
    else:
        await state.write(state.chats.feedback.give, pressed.judged, pressed.person, vote)
        line = texts.thanks_good if vote == "good" else texts.thanks_bad
    await _show(pressed, view, line)


async def _wish(pressed: Press, page: str) -> None:
    """Tell the person when an article answers: in private, whoever pressed in a group."""
    stored, state, texts = pressed.stored, pressed.state, pressed.texts
    most = state.settings.most_subscriptions
    try:
        begun = await state.write(
            state.chats.subscriptions.add, pressed.person, 0, Kind.QUESTION, stored.content.question,
            texts.language, most, answer=stored.id,
        )  # fmt: skip
    except SubscriptionsFull:
        await acknowledge(pressed.query, texts.subscriptions_full.format(most=most), show_alert=True)
        return
    if begun is None:
        await acknowledge(pressed.query, texts.expired)
    elif stored.chat != pressed.person:
        await _confirm_in_private(pressed, begun)
    else:
        await acknowledge(pressed.query, texts.wish_noted, show_alert=True)
        await _redraw(pressed, View(_number(page), wished=True))


async def _confirm_in_private(pressed: Press, begun: Subscription) -> None:
    """Where the person cannot be written to, nothing is begun."""
    texts = pressed.texts
    try:
        await send_to(pressed.context, Place(pressed.person), *subscribed_card(begun, texts))
    except Forbidden:
        await pressed.state.write(pressed.state.chats.subscriptions.end, pressed.person)
        await pressed.state.leave_no_trace()
        line = texts.wish_needs_private.format(bot=pressed.context.bot.username)
        await acknowledge(pressed.query, line, show_alert=True)
    else:
        await acknowledge(pressed.query, texts.wish_noted_in_group, show_alert=True)


async def _drop_wish(pressed: Press, page: str) -> None:
    await pressed.state.write(
        pressed.state.chats.subscriptions.stop_words, pressed.person, pressed.stored.content.question
    )
    await acknowledge(pressed.query, pressed.texts.wish_dropped)
    await _redraw(pressed, View(_number(page)))


async def _open_in_private(pressed: Press, link: str, page: str) -> None:
    """Anybody but the asker gets the card in the private chat, to turn there as they like."""
    payload = f"{link}{pressed.stored.token}{_number(page)}"
    await acknowledge(pressed.query, url=deep_link(pressed.context.bot.username, payload))


async def _show(pressed: Press, view: View, line: str | None = None) -> None:
    await acknowledge(pressed.query, line)
    await _redraw(pressed, view)


async def _report(pressed: Press, page: str, reason: str) -> None:
    give = pressed.state.chats.feedback.give
    await pressed.state.write(give, pressed.judged, pressed.person, REPORT, reason, _number(page))
    await acknowledge(pressed.query, pressed.texts.thanks_reason)
    if pressed.by_owner:
        await _redraw(pressed, View(_number(page)))


async def _withdraw_report(pressed: Press, page: str) -> None:
    withdrawn = await pressed.state.write(pressed.state.chats.feedback.withdraw_report, pressed.judged, pressed.person)
    await _show(pressed, View(_number(page)), pressed.texts.report_withdrawn if withdrawn else None)


async def _show_lost_answer(pressed: Press, message: Message) -> None:
    await _show(pressed, View())
    await pressed.state.write(pressed.state.chats.answers.note_sent, pressed.stored.id, message.message_id)


async def _redraw(pressed: Press, view: View) -> None:
    message = pressed.query.message
    if is_rich(message):
        if isinstance(message, Message):
            content, view = pressed.stored.content, _as_seen(pressed, view)
            buttons = reaction_buttons(pressed.stored.token, content, view, pressed.texts)
            await edit_buttons(pressed.context, message, buttons)
    elif message is not None:
        card = await _card(pressed, pressed.stored.content, view)
        if not _looks_so(message, card):
            await _put(pressed, message, card)


async def _put(pressed: Press, message: MaybeInaccessibleMessage, card: Card) -> None:
    """Put a card into the message whose button was pressed."""
    if (number := number_of(message)) is not None:
        await edit_for_asker_alone(pressed.context, message.chat.id, pressed.person, number, card)
    else:
        await edit(pressed.context, message.chat.id, message.message_id, *card)


def _looks_so(message: MaybeInaccessibleMessage, card: Card) -> bool:
    """Whether a message shows this card already, so that there is nothing to change."""
    html, buttons = card
    return isinstance(message, Message) and message.text == plain(html).strip() and message.reply_markup == buttons


async def _card(pressed: Press, content: SentAnswer, view: View | None = None) -> Card:
    view = _as_seen(pressed, view or View())
    return await draw(pressed.state, pressed.stored.token, content, pressed.texts, pressed.context.bot.username, view)


def _as_seen(pressed: Press, view: View) -> View:
    """A view with what was said of the answer, as whoever pressed sees it."""
    judged = pressed.state.chats.feedback.judged(pressed.judged, pressed.person)
    alone = view.only_for_asker or number_of(pressed.query.message) is not None
    return replace(view, only_for_asker=alone, for_all=pressed.stored.everyone, judged=judged)


async def _answer_again(pressed: Press, question: str, any_time: bool = False) -> None:
    """Answer in the same message: what was written, without what was carried over, or without its period."""
    state, stored, message = pressed.state, pressed.stored, pressed.query.message
    if not state.allows(stored.chat, pressed.person):
        line = pressed.texts.slow_down.format(seconds=state.people.seconds_left(pressed.person))
        await acknowledge(pressed.query, line)
        return
    await acknowledge(pressed.query)
    if not isinstance(message, Message):
        return
    async with state.turn(stored.chat):
        content = await ask(state, question, message.chat, pressed.texts, any_time=any_time)
        await state.write(state.chats.answers.replace, stored.id, content)
        await _put(pressed, message, await _card(pressed, content))


async def _show_to_everyone(pressed: Press) -> None:
    state, stored, message = pressed.state, pressed.stored, pressed.query.message
    await acknowledge(pressed.query)
    if not isinstance(message, Message):
        return
    username = pressed.context.bot.username
    card = await draw(state, stored.token, stored.content, pressed.texts, username, View(for_all=True))
    # Whoever taps twice gets it shown once.
    if not await state.write(state.chats.answers.show_to_everyone, stored.id):
        return
    try:
        sent = await send(pressed.context, message, *card, attach_to=message.message_id)
    except TelegramError:
        await state.write(state.chats.answers.hide_again, stored.id)
        raise
    await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)


async def _show_to_asker_alone(pressed: Press, message: Message) -> None:
    """Show an answer to its asker alone; where that is refused, to everyone in the place of the button."""
    state, stored = pressed.state, pressed.stored
    card = await _card(pressed, stored.content, View(only_for_asker=True))
    try:
        await send_to_asker_alone(pressed.context, message, card, stored.asker, pressed.query)
        await acknowledge(pressed.query)
    except BadRequest as error:
        logger.warning("Answers for the asker alone are refused in group %d (%s); all see them.", stored.chat, error)
        state.alone.refused.add(stored.chat)
        if await state.write(state.chats.answers.show_to_everyone, stored.id):
            await _show_lost_answer(pressed, message)


def _number(text: str) -> int:
    """The number of a quote that a button carries; what is no such number is the first."""
    return int(text) if re.fullmatch("[0-9]{1,3}", text) else 0
