"""Deliver an answer once: to everyone or to its asker alone, and with a word to the asker where it may be lost."""

import html
import logging
from collections.abc import Awaitable
from typing import TypeVar

import msgspec
from telegram import Message
from telegram.constants import ChatType
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import ContextTypes

from bot.alone import number_of
from bot.ask import RichCard, draw
from bot.cards import Card, View, lost_answer_buttons, open_alone_button
from bot.chats import StoredAnswer
from bot.conversations import conversations
from bot.failures import is_of_network, surely_not_sent
from bot.sending import edit_for_asker_alone, send, send_rich, send_to_asker_alone
from bot.texts import Texts

logger = logging.getLogger(__name__)
T = TypeVar("T")


class LeftForLater(Exception):
    """An answer that surely was not sent, or was lost on its way: its question stays as it is for the next start."""


class Delivery(msgspec.Struct, frozen=True):
    """An answer on its way: the message that asked, the one that the card attaches to, and who is to see and hear."""

    stored: StoredAnswer
    message: Message
    attach_to: int
    texts: Texts
    quiet: bool
    alone: bool
    rich: RichCard | None
    """The same as a rich message, where it is a list and the server may know them."""


async def deliver(context: ContextTypes.DEFAULT_TYPE, delivery: Delivery, card: Card, update_id: int) -> None:
    """Send the card of a question that was released; raises LeftForLater where it surely has not arrived."""
    state = conversations(context)
    try:
        await (_send_to_asker_alone if delivery.alone else _send_to_everyone)(context, delivery, card)
    except (NetworkError, RetryAfter) as error:
        if surely_not_sent(error):
            await state.write(state.chats.questions.take_back, update_id)
            raise LeftForLater(str(error)) from error
        if not is_of_network(error):
            raise
        logger.warning("It is not known whether an answer has arrived (%s); its asker is told.", error)
        await offer_lost_answer(delivery.message, context)


async def deliver_after_the_first(
    context: ContextTypes.DEFAULT_TYPE, delivery: Delivery, card: Card, update_id: int
) -> None:
    """Send the card of a further question; left for later, its message would get the first answer again."""
    state = conversations(context)
    try:
        await deliver(context, delivery, card, update_id)
        await state.write(state.chats.counts.add_answer, delivery.stored.content.outcome)
    except LeftForLater as left:
        await state.write(state.chats.questions.release, update_id)
        logger.warning("The answer to a message's second question could not be sent and is given up: %s", left)


async def _send_to_everyone(context: ContextTypes.DEFAULT_TYPE, delivery: Delivery, card: Card) -> None:
    state, message, quiet, rich = conversations(context), delivery.message, delivery.quiet, delivery.rich
    sent = await send_rich(context, message, *rich, attach_to=delivery.attach_to, quiet=quiet) if rich else None
    if sent is None:
        sent = await send(context, message, *card, attach_to=delivery.attach_to, quiet=quiet)
    await state.write(state.chats.answers.note_sent, delivery.stored.id, sent.message_id)


async def _send_to_asker_alone(context: ContextTypes.DEFAULT_TYPE, delivery: Delivery, card: Card) -> None:
    """Send what only the asker sees, or a button that opens it; where the server knows no such thing, to everyone."""
    state, stored, chat = conversations(context), delivery.stored, delivery.message.chat_id
    if chat in state.alone.by_tap:
        await _offer_to_open(context, delivery)
        return
    try:
        sent = await send_to_asker_alone(context, delivery.message, card, stored.asker)
    except BadRequest as error:
        logger.info("Group %d shows answers to their askers alone only after a tap: %s", chat, error)
        state.alone.by_tap.add(chat)
        await _offer_to_open(context, delivery)
        return
    number, was_known = number_of(sent), state.alone.known
    state.alone.known = number is not None
    if number is None:
        # An older server ignores what it does not know. The card made no claim of being for one person.
        logger.warning("The Bot API server knows no answers for the asker alone; they go to everyone.")
        await state.write(state.chats.answers.show_to_everyone, stored.id)
        await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)
    elif not was_known:
        view = View(only_for_asker=True)
        claiming = await draw(state, stored.token, stored.content, delivery.texts, context.bot.username, view)
        await edit_for_asker_alone(context, chat, stored.asker, number, claiming)


async def _offer_to_open(context: ContextTypes.DEFAULT_TYPE, delivery: Delivery) -> None:
    buttons = open_alone_button(delivery.stored.token, delivery.texts)
    text = html.escape(delivery.texts.answer_ready)
    await send(context, delivery.message, text, buttons, attach_to=delivery.attach_to, quiet=delivery.quiet)


async def offer_lost_answer(message: Message, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Tell the asker that the answer may not have arrived; a button shows it, so that nothing comes twice unasked.

    Raises LeftForLater where this has surely not arrived either.
    """
    state = conversations(context)
    texts = state.texts(message.chat, message.from_user)
    stored = state.chats.answers.to_message(message.chat_id, message.message_id)
    if stored is not None and stored.message is not None:
        return
    # A card that is no answer was not stored.
    openly = stored is not None and (stored.everyone or message.chat.type == ChatType.PRIVATE)
    buttons = lost_answer_buttons(stored.token, texts) if stored is not None and openly else None
    text = html.escape(texts.maybe_lost if openly else texts.maybe_lost_ask_again)
    await arrived(send(context, message, text, buttons, attach_to=message.message_id))


async def arrived(sending: Awaitable[T]) -> T:
    """What a sending gives; raises LeftForLater where it surely has not arrived."""
    try:
        return await sending
    except TelegramError as error:
        if surely_not_sent(error):
            raise LeftForLater(str(error)) from error
        raise
