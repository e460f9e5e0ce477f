"""Coming into a group, leaving it, and following it when its id changes."""

import logging

from telegram import Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.conversations import conversations, texts_of

logger = logging.getLogger(__name__)

ABSENT = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


async def membership(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Greet a group once when added; forget a chat when removed or blocked."""
    change = update.my_chat_member
    assert change is not None
    state = conversations(context)
    if change.new_chat_member.status in ABSENT:
        await state.write(state.chats.forget_chat, change.chat.id)
        await state.leave_no_trace()
        return
    if change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return
    if not state.serves(change.chat, None):
        await context.bot.leave_chat(change.chat.id)
        return
    restricted = change.new_chat_member.status == ChatMemberStatus.RESTRICTED
    if not restricted and await state.write(state.chats.greet, change.chat.id):
        text = texts_of(update, context).greeting_group.format(bot=context.bot.username)
        try:
            await context.bot.send_message(change.chat.id, text)
        except TelegramError as error:
            logger.info("A group could not be greeted: %s", error)


async def migration(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Take a group's settings along to the supergroup it has become."""
    message, state = update.message, conversations(context)
    assert message is not None
    if message.migrate_to_chat_id is not None:
        await state.write(state.chats.migrate, message.chat_id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await state.write(state.chats.migrate, message.migrate_from_chat_id, message.chat_id)
