"""The buttons under an answer: unfold, next source, votes, reports, wishes, show to everyone."""

import logging
import re
from collections.abc import Sequence

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.alerts.messages import subscribed_card
from bot.ask import ask, draw
from bot.cards import View
from bot.chats import REPORT, Kind, StoredAnswer, Subscription, SubscriptionsFull
from bot.conversations import conversations, texts_of
from bot.handlers.press import Press
from bot.sending import Place, acknowledge, send, send_to, send_to_asker_alone
from bot.sharing import TOKEN, deep_link

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
    pressed = Press(query, context, stored, texts)
    if not pressed.by_owner and not (stored.everyone and data[1] in FOR_ALL):
        await acknowledge(query, texts.not_yours)
    else:
        await _do(pressed, data[1], data[3].split(":")[1:])


def _stands_here(query: CallbackQuery, stored: StoredAnswer) -> bool:
    """Whether the button was pressed in the chat that its answer belongs to."""
    return query.message is not None and query.message.chat.id == stored.chat


async def _do(pressed: Press, kind: str, fields: Sequence[str]) -> None:
    content = pressed.stored.content
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
            await pressed.show(View(_number(page), unfolded == "1"))
        case "r", [page]:
            await pressed.show(View(_number(page), reporting=True), pressed.texts.ask_reason)
        case "y", [page, reason] if reason in pressed.texts.report_reasons:
            await _report(pressed, page, reason)
        case "b", [page]:
            await _withdraw_report(pressed, page)
        case "k", [] if content.typed:
            await _answer_again(pressed, content.typed)
        case "d", [] if content.of_period:
            await _answer_again(pressed, content.question, any_time=True)
        case _, []:
            await _show_to_others(pressed, kind)
        case _:
            await acknowledge(pressed.query, pressed.texts.expired)


async def _show_to_others(pressed: Press, kind: str) -> None:
    """Show an answer to those who do not see it yet: everyone, the asker alone, or whoever did not get it."""
    stored, message = pressed.stored, pressed.query.message
    if kind == "e" and not stored.everyone and stored.chat < 0:
        await _show_to_everyone(pressed)
    elif kind == "z" and not stored.everyone and isinstance(message, Message):
        await _show_to_asker_alone(pressed, message)
    elif kind == "o" and stored.message is None and isinstance(message, Message):
        await _show_lost_answer(pressed, message)
    else:
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
    await pressed.show(view, line)


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
        await pressed.redraw(View(_number(page), wished=True))


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
    await pressed.redraw(View(_number(page)))


async def _open_in_private(pressed: Press, link: str, page: str) -> None:
    """Anybody but the asker gets the card in the private chat, to turn there as they like."""
    payload = f"{link}{pressed.stored.token}{_number(page)}"
    await acknowledge(pressed.query, url=deep_link(pressed.context.bot.username, payload))


async def _report(pressed: Press, page: str, reason: str) -> None:
    give = pressed.state.chats.feedback.give
    await pressed.state.write(give, pressed.judged, pressed.person, REPORT, reason, _number(page))
    await acknowledge(pressed.query, pressed.texts.thanks_reason)
    if pressed.by_owner:
        await pressed.redraw(View(_number(page)))


async def _withdraw_report(pressed: Press, page: str) -> None:
    withdrawn = await pressed.state.write(pressed.state.chats.feedback.withdraw_report, pressed.judged, pressed.person)
    await pressed.show(View(_number(page)), pressed.texts.report_withdrawn if withdrawn else None)


async def _show_lost_answer(pressed: Press, message: Message) -> None:
    await pressed.show(View())
    await pressed.state.write(pressed.state.chats.answers.note_sent, pressed.stored.id, message.message_id)


async def _answer_again(pressed: Press, question: str, any_time: bool = False) -> None:
    """Answer in the same message: what was written, without what was carried over, or without its period."""
    state, stored, message = pressed.state, pressed.stored, pressed.query.message
    if not await state.allows(stored.chat, pressed.person):
        line = pressed.texts.slow_down.format(seconds=await state.people.seconds_left(pressed.person))
        await acknowledge(pressed.query, line)
        return
    await acknowledge(pressed.query)
    if not isinstance(message, Message):
        return
    async with state.processes.turn(stored.chat):
        content = await ask(state, question, message.chat, pressed.texts, any_time=any_time)
        await state.write(state.chats.answers.replace, stored.id, content)
        await pressed.put(message, await pressed.card(content))


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
    card = await pressed.card(stored.content, View(only_for_asker=True))
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
