"""Send and edit messages so that they arrive: in the right chat and topic, as plain text where need be, never twice."""

import asyncio
import html
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import msgspec
from telegram import CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, NetworkError, RetryAfter, TelegramError
from telegram.ext import ContextTypes

from bot.cards import Card
from bot.conversations import conversations

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Telegram shows "typing" for five seconds at a time.
TYPING_SECONDS = 4.5
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

Attempt = Callable[[str, str | None, InlineKeyboardMarkup | None], Awaitable[T]]


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show that the bot is typing for as long as the block takes."""

    async def keep_typing() -> None:
        thread = message.message_thread_id if message.is_topic_message else None
        while True:
            try:
                await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING, thread)
            except TelegramError as error:
                logger.info("The typing sign could not be shown: %s", error)
            await asyncio.sleep(TYPING_SECONDS)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()


async def reply(context: ContextTypes.DEFAULT_TYPE, message: Message, text: str) -> None:
    """Reply with a plain sentence."""
    await send(context, message, html.escape(text), None, attach_to=message.message_id)


class Place(msgspec.Struct, frozen=True):
    """Where a message goes: a chat, a topic of it, and the message that it attaches to."""

    chat: int
    topic: int | None = None
    attach_to: int | None = None

    @classmethod
    def beside(cls, message: Message, attach_to: int | None = None) -> "Place":
        return cls(message.chat_id, message.message_thread_id if message.is_topic_message else None, attach_to)

    def options(self) -> dict[str, Any]:
        """What `send_message` is told of it."""
        reply = ReplyParameters(self.attach_to, allow_sending_without_reply=True) if self.attach_to else None
        return {"chat_id": self.chat, "message_thread_id": self.topic, "reply_parameters": reply}


async def _where_the_group_is(
    context: ContextTypes.DEFAULT_TYPE, place: Place, send_there: Callable[[Place], Awaitable[T]]
) -> T:
    """Send to a place, or where its group has become another chat meanwhile, into that one."""
    try:
        return await send_there(place)
    except ChatMigrated as error:
        state = conversations(context)
        await state.write(state.chats.migrate, place.chat, error.new_chat_id)
        # Numbers of messages and topics mean others in the new chat, so nothing is replied to there.
        return await send_there(Place(error.new_chat_id))


async def send(
    context: ContextTypes.DEFAULT_TYPE,
    message: Message,
    text: str,
    buttons: InlineKeyboardMarkup | None,
    *,
    attach_to: int,
    quiet: bool = False,
) -> Message:
    """Send HTML into the message's chat and topic."""
    return await send_to(context, Place.beside(message, attach_to), text, buttons, quiet=quiet)


async def send_to(
    context: ContextTypes.DEFAULT_TYPE,
    place: Place,
    text: str,
    buttons: InlineKeyboardMarkup | None,
    *,
    quiet: bool = False,
) -> Message:
    """Send HTML to a place."""

    async def attempt(place: Place, words: str, mode: str | None, markup: InlineKeyboardMarkup | None) -> Message:
        return await context.bot.send_message(
            text=words,
            parse_mode=mode,
            reply_markup=markup,
            disable_notification=quiet,
            link_preview_options=NO_PREVIEW,
            **place.options(),
        )

    return await _where_the_group_is(context, place, lambda there: _arriving(partial(attempt, there), text, buttons))


async def send_rich(
    context: ContextTypes.DEFAULT_TYPE,
    message: Message,
    rich: dict[str, Any],
    buttons: InlineKeyboardMarkup,
    *,
    attach_to: int,
    quiet: bool = False,
) -> Message | None:
    """Send a rich message into the message's chat and topic; None where the server does not know or take it."""
    state = conversations(context)

    async def send_there(place: Place) -> Any:
        content = {"rich_message": rich, "reply_markup": buttons, "disable_notification": quiet, **place.options()}
        fields = {name: value for name, value in content.items() if value is not None}
        return await context.bot.do_api_request("sendRichMessage", fields, return_type=Message)

    try:
        sent: Message = await _where_the_group_is(context, Place.beside(message, attach_to), send_there)
    except (BadRequest, EndPointNotFound) as error:
        state.knows_rich = False
        logger.info("Lists are sent as they were before there were rich messages: %s", error)
        return None
    state.knows_rich = True
    return sent


async def send_to_asker_alone(
    context: ContextTypes.DEFAULT_TYPE, message: Message, card: Card, asker: int, tapped: CallbackQuery | None = None
) -> Message:
    """Send what only the asker sees, in the place of the message whose button they have tapped, if one; unless the
    message that comes back has a number for it (see alone.number_of), everyone sees it.

    Raises BadRequest where that is refused.
    """
    parameters: dict[str, Any] = {"receiver_user_id": asker}
    if tapped is not None:
        parameters |= {"callback_query_id": tapped.id, "replace_callback_query_message": True}

    async def send_there(place: Place) -> Message:
        return await context.bot.send_message(
            text=card[0],
            parse_mode=ParseMode.HTML,
            reply_markup=card[1],
            link_preview_options=NO_PREVIEW,
            api_kwargs={"ephemeral_message_parameters": parameters},
            **place.options(),
        )

    return await _where_the_group_is(context, Place.beside(message), send_there)


async def edit_for_asker_alone(
    context: ContextTypes.DEFAULT_TYPE, chat: int, asker: int, number: int, card: Card
) -> None:
    """Change what only the asker sees; what they have closed in the meantime stays so."""
    text, buttons = card
    content = {"text": text, "parse_mode": ParseMode.HTML, "reply_markup": buttons, "link_preview_options": NO_PREVIEW}
    where = {"chat_id": chat, "receiver_user_id": asker, "ephemeral_message_id": number}
    try:
        await context.bot.do_api_request("editEphemeralMessageText", {**where, **content})
    except (BadRequest, EndPointNotFound) as error:
        logger.info("A message that only its asker sees was left as it is: %s", error)


async def acknowledge(query: CallbackQuery, text: str | None = None, **options: Any) -> None:
    """Stop a button's spinner, with a line of text or none; it may be too late for that, and nothing depends on it."""
    try:
        await query.answer(text, **options)
    except (BadRequest, NetworkError, RetryAfter) as error:
        logger.info("A button's press could not be answered: %s", error)


async def edit(
    context: ContextTypes.DEFAULT_TYPE, chat: int, message: int, text: str, buttons: InlineKeyboardMarkup | None
) -> None:
    """Change a message of the bot's; one that is gone or the same already is no error."""

    async def attempt(words: str, mode: str | None, markup: InlineKeyboardMarkup | None) -> None:
        await context.bot.edit_message_text(
            words, chat, message, parse_mode=mode, link_preview_options=NO_PREVIEW, reply_markup=markup
        )

    try:
        await _arriving(attempt, text, buttons)
    except BadRequest as error:
        _left_as_it_is(error)


async def edit_buttons(context: ContextTypes.DEFAULT_TYPE, message: Message, buttons: InlineKeyboardMarkup) -> None:
    """Change the buttons under a message of the bot's; one that is gone or has them already is no error."""
    try:
        await context.bot.edit_message_reply_markup(message.chat_id, message.message_id, reply_markup=buttons)
    except BadRequest as error:
        _left_as_it_is(error)


def _left_as_it_is(error: BadRequest) -> None:
    if not re.search(r"not modified|message to edit not found|can't be edited", error.message, re.IGNORECASE):
        raise error
    logger.info("A message was left as it is: %s", error)


async def _arriving(attempt: Attempt[T], text: str, buttons: InlineKeyboardMarkup | None) -> T:
    """As HTML with its buttons; where Telegram refuses the markup as plain text, where the buttons without them."""
    try:
        return await attempt(text, ParseMode.HTML, buttons)
    except BadRequest as error:
        if "parse entities" in error.message.lower():
            logger.error("Telegram refused the markup of a message (%s); sent as plain text", error)
            return await attempt(plain(text), None, buttons)
        if buttons is not None and re.search("button|keyboard", error.message, re.IGNORECASE):
            logger.error("Telegram refused the buttons of a message (%s); sent without them", error)
            return await attempt(text, ParseMode.HTML, None)
        raise


def plain(text: str) -> str:
    """The words of an HTML message."""
    return html.unescape(re.sub(r"<[^<>]+>", "", text))
