"""/setelan: each button shows a setting and changes it to the next value."""

from html import escape
from typing import Any

from telegram import Chat, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import ContextTypes

from bot.chats import ChatSettings
from bot.conversations import Conversations, conversations, texts_of
from bot.sending import acknowledge, edit
from bot.texts import ENGLISH, INDONESIAN, Texts

QUIET_HOURS = ((None, None), (21, 5), (22, 6), (0, 6))
MOST_QUOTES = 3


async def show(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /setelan: in private to anyone, in groups to administrators."""
    message = update.message
    assert message is not None
    texts = texts_of(update, context)
    if not await may_change(message, context):
        await message.reply_text(texts.settings_only_admins)
        return
    text, buttons = settings_card(conversations(context), message.chat, texts)
    await message.reply_text(text, reply_markup=buttons)


async def change(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Change one setting and show them all again."""
    query = update.callback_query
    assert query is not None and query.data is not None
    message = query.message
    if not isinstance(message, Message):
        await acknowledge(query, texts_of(update, context).expired)
        return
    state = conversations(context)
    if message.chat.type != ChatType.PRIVATE and not await is_administrator(message.chat, query.from_user.id, context):
        await acknowledge(query, texts_of(update, context).settings_only_admins, show_alert=True)
        return
    changes = _next_value(query.data.removeprefix("g:"), state, message.chat, texts_of(update, context))
    if changes:
        await state.write(state.chats.settings.change, message.chat_id, **changes)
    text, buttons = settings_card(state, message.chat, texts_of(update, context))
    new_value = [button.text for row in buttons.inline_keyboard for button in row if button.callback_data == query.data]
    await acknowledge(query, " ".join(new_value))
    if changes:
        await edit(context, message.chat_id, message.message_id, escape(text), buttons)


def _next_value(key: str, state: Conversations, chat: Chat, texts: Texts) -> dict[str, Any]:
    """What changes when a setting's button is pressed; nothing for a setting that does not exist."""
    settings = state.chats.settings.of(chat.id)
    match key:
        case "language":
            other = ENGLISH if texts.language == INDONESIAN.language else INDONESIAN
            return {"language": other.language}
        case "quotes":
            return {"quotes": settings.per_page % MOST_QUOTES + 1}
        case "mention":
            return {"on_mention": not settings.on_mention}
        case "private":
            return {"only_asker_sees": not settings.only_asker_sees}
        case "quiet":
            now = (settings.quiet_from, settings.quiet_until)
            start, end = QUIET_HOURS[(QUIET_HOURS.index(now) + 1 if now in QUIET_HOURS else 0) % len(QUIET_HOURS)]
            return {"quiet_from": start, "quiet_until": end}
    return {}


def settings_card(state: Conversations, chat: Chat, texts: Texts) -> tuple[str, InlineKeyboardMarkup]:
    """The settings of a chat, one button each."""
    settings = state.chats.settings.of(chat.id)
    labels = {
        "language": texts.setting_language.format(language=texts.language_name),
        "quotes": texts.setting_quotes.format(number=settings.per_page),
        "quiet": _quiet_label(settings, texts),
    }
    if chat.type != ChatType.PRIVATE:
        labels["mention"] = texts.setting_mention_on if settings.on_mention else texts.setting_mention_off
        labels["private"] = texts.setting_private_on if settings.only_asker_sees else texts.setting_private_off
    rows = [[InlineKeyboardButton(label, callback_data=f"g:{key}")] for key, label in labels.items()]
    private = chat.type == ChatType.PRIVATE
    return texts.settings_private if private else texts.settings_group, InlineKeyboardMarkup(rows)


def _quiet_label(settings: ChatSettings, texts: Texts) -> str:
    if settings.quiet_from is None or settings.quiet_until is None:
        return texts.setting_quiet_off
    return texts.setting_quiet_on.format(start=settings.quiet_from, end=settings.quiet_until)


async def may_change(message: Message, context: ContextTypes.DEFAULT_TYPE) -> bool:
    """Whether whoever wrote this message may decide for its chat: in private anyone, in groups administrators."""
    if message.chat.type == ChatType.PRIVATE:
        return True
    if message.sender_chat is not None and message.sender_chat.id == message.chat_id:
        # An anonymous administrator speaks as the group itself.
        return True
    return message.from_user is not None and await is_administrator(message.chat, message.from_user.id, context)


async def is_administrator(chat: Chat, person: int, context: ContextTypes.DEFAULT_TYPE) -> bool:
    """Whether a person is an administrator of a group."""
    member = await context.bot.get_chat_member(chat.id, person)
    return member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
