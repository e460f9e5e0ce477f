"""Send and edit messages so that they arrive: in the right chat and topic, as plain text where need be, never twice."""

import asyncio
import html
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from telegram import CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError
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


async def send(
    context: ContextTypes.DEFAULT_TYPE,
    message: Message,
    text: str,
    buttons: InlineKeyboardMarkup | None,
    *,
    attach_to: int,
    quiet: bool = False,
) -> Message:
    """Send HTML into the message's chat and topic, or where the group has moved meanwhile, into the new one."""

    async def attempt(words: str, mode: str | None, markup: InlineKeyboardMarkup | None) -> Message:
        return await context.bot.send_message(
            message.chat_id,
            words,
            parse_mode=mode,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            reply_parameters=ReplyParameters(attach_to, allow_sending_without_reply=True),
            link_preview_options=NO_PREVIEW,
            disable_notification=quiet,
            reply_markup=markup,
        )

    try:
        return await _arriving(attempt, text, buttons)
    except ChatMigrated as error:
        return await _send_after_migration(context, message.chat_id, error.new_chat_id, text, buttons, quiet)


async def _send_after_migration(
    context: ContextTypes.DEFAULT_TYPE,
    old: int,
    new: int,
    text: str,
    buttons: InlineKeyboardMarkup | None,
    quiet: bool,
) -> Message:
    state = conversations(context)
    await state.write(state.chats.migrate, old, new)

    # Numbers of messages and topics mean others in the new chat, so nothing is replied to there.
    async def attempt(words: str, mode: str | None, markup: InlineKeyboardMarkup | None) -> Message:
        return await context.bot.send_message(
            new,
            words,
            parse_mode=mode,
            link_preview_options=NO_PREVIEW,
            disable_notification=quiet,
            reply_markup=markup,
        )

    return await _arriving(attempt, text, buttons)


async def send_to_asker_alone(
    context: ContextTypes.DEFAULT_TYPE, message: Message, card: Card, asker: int
) -> Message | None:
    """Send what only the asker sees (Bot API 10.2), where the group has moved into the new one; None where refused."""
    state = conversations(context)

    async def attempt(chat: int) -> Message:
        return await context.bot.send_message(
            chat,
            card[0],
            parse_mode=ParseMode.HTML,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            link_preview_options=NO_PREVIEW,
            reply_markup=card[1],
            api_kwargs={"receiver_user_id": asker},
        )

    try:
        return await attempt(message.chat_id)
    except ChatMigrated as error:
        await state.write(state.chats.migrate, message.chat_id, error.new_chat_id)
        return await attempt(error.new_chat_id)
    except BadRequest as error:
        logger.warning("An answer for the asker alone was refused (%s); it is sent to everyone", error)
        return None


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
        if not re.search(r"not modified|message to edit not found|can't be edited", error.message, re.IGNORECASE):
            raise
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
