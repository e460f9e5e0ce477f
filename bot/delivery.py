"""Deliver an answer once: to everyone or to its asker alone, and with a word to the asker where it may be lost."""

import html
import logging
from collections.abc import Awaitable
from typing import TypeVar

import msgspec
from telegram import Message
from telegram.constants import ChatType
from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.ext import ContextTypes

from bot.ask import draw
from bot.cards import Card, lost_answer_buttons
from bot.chats import StoredAnswer
from bot.conversations import conversations
from bot.failures import is_of_network, surely_not_sent
from bot.sending import edit, send, send_to_asker_alone
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


async def _send_to_everyone(context: ContextTypes.DEFAULT_TYPE, delivery: Delivery, card: Card) -> None:
    state = conversations(context)
    sent = await send(context, delivery.message, *card, attach_to=delivery.attach_to, quiet=delivery.quiet)
    await state.write(state.chats.answers.note_sent, delivery.stored.id, sent.message_id)


async def _send_to_asker_alone(context: ContextTypes.DEFAULT_TYPE, delivery: Delivery, card: Card) -> None:
    """Send what only the asker sees; where the server refuses or does not know it, what everyone sees."""
    state, stored = conversations(context), delivery.stored
    sent = await send_to_asker_alone(context, delivery.message, card, stored.asker)
    if sent is not None and "ephemeral_message_id" in sent.api_kwargs:
        return
    await state.write(state.chats.answers.show_to_everyone, stored.id)
    public = await draw(state, stored.token, stored.content, delivery.texts, context.bot.username)
    if sent is None:
        await _send_to_everyone(context, delivery, public)
        return
    # An older server ignores what it does not know, and has sent it to everyone.
    await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)
    try:
        await edit(context, sent.chat_id, sent.message_id, *public)
    except TelegramError as error:
        logger.warning("A card still says that only its asker sees it: %s", error)


async def offer_lost_answer(message: Message, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Tell the asker that the answer may not have arrived; a button shows it, so that nothing comes twice unasked.

    Raises LeftForLater where this has surely not arrived either.
    """
    state = conversations(context)
    texts = state.texts(message.chat, message.from_user)
    stored = state.chats.answers.to_message(message.chat_id, message.message_id)
    if stored is not None and stored.message is None:
        openly = stored.everyone or message.chat.type == ChatType.PRIVATE
        buttons = lost_answer_buttons(stored.token, texts) if openly else None
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
