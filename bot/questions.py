"""What in a message is a question to the bot: a pure function of the message."""

import msgspec
from telegram import Message, MessageEntity
from telegram.constants import ChatType

ASK, OFFICIALS, MEETINGS, NEWS = "tanya", "pejabat", "rapat", "berita"


class AddressedQuestion(msgspec.Struct, frozen=True):
    """A question put to the bot, and the message that the answer attaches to; without text it is a bare command."""

    text: str
    attach_to: int
    command: str = ""
    salam: str | None = None
    """What the answer begins with, where the message did."""


def find_question(message: Message, bot_id: int, bot_name: str, on_mention: bool) -> AddressedQuestion | None:
    """The question that a message puts to the bot, or None where it is not addressed.

    In private any text is a question. In groups: /tanya, /pejabat or /rapat with a region, /berita with one or without,
    a reply to one of the bot's messages, or where `on_mention` a mention. `/tanya` alone as a reply asks the message
    replied to, or the part of it that is quoted.
    """
    if not is_from_a_person(message, bot_id):
        return None
    text = message.text or message.caption or ""
    command, rest = _split_command(message, text, bot_name)
    if command in (OFFICIALS, MEETINGS):
        return AddressedQuestion(f"{command} {rest}" if rest else "", message.message_id, command)
    if command == NEWS:
        return AddressedQuestion(f"{command} {rest}".strip(), message.message_id, command)
    if command:
        return _typed_or_replied_to(message, rest)
    private = message.chat.type == ChatType.PRIVATE
    mention = _mention(message, bot_id, bot_name) if on_mention and not private else None
    if mention is not None:
        return _typed_or_replied_to(message, _without(text, mention))
    if text.strip() and (private or _is_reply_to(message, bot_id)):
        return AddressedQuestion(text.strip(), message.message_id)
    return None


def _typed_or_replied_to(message: Message, typed: str) -> AddressedQuestion:
    """What stands beside a command or a mention; where that is nothing, the message that it replies to."""
    other = message.reply_to_message
    if typed or other is None or _is_topic_root(message):
        return AddressedQuestion(typed, message.message_id)
    quoted = message.quote.text if message.quote else other.text or other.caption or ""
    return AddressedQuestion(quoted.strip(), other.message_id)


def asker_of(message: Message) -> int:
    """Who asks: a person, or the group itself, in whose name an anonymous administrator speaks."""
    if message.sender_chat is not None or message.from_user is None:
        return message.chat_id
    return message.from_user.id


def is_from_a_person(message: Message, bot_id: int) -> bool:
    """Not from another bot, not forwarded by itself from a channel, and not sent through this bot's inline mode."""
    if message.is_automatic_forward or (message.via_bot and message.via_bot.id == bot_id):
        return False
    # An anonymous administrator speaks as the group, through a bot of Telegram's own.
    anonymous_administrator = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    return anonymous_administrator or (message.from_user is not None and not message.from_user.is_bot)


def _split_command(message: Message, text: str, bot_name: str) -> tuple[str, str]:
    for entity in message.entities or message.caption_entities:
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            command, _, name = text[: entity.length].removeprefix("/").partition("@")
            if command.casefold() in (ASK, OFFICIALS, MEETINGS, NEWS) and name.casefold() in ("", bot_name.casefold()):
                return command.casefold(), text[entity.length :].strip()
    return "", ""


def _mention(message: Message, bot_id: int, bot_name: str) -> MessageEntity | None:
    for entities in (message.parse_entities(), message.parse_caption_entities()):
        for entity, words in entities.items():
            named = entity.type == MessageEntity.MENTION and words.casefold() == f"@{bot_name.casefold()}"
            linked = entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == bot_id
            if named or linked:
                return entity
    return None


def _without(text: str, entity: MessageEntity) -> str:
    # Telegram counts in UTF-16 units.
    units = text.encode("utf-16-le")
    rest = units[: 2 * entity.offset] + units[2 * (entity.offset + entity.length) :]
    return " ".join(rest.decode("utf-16-le").split()).strip(" ,:")


def _is_topic_root(message: Message) -> bool:
    # In a forum every message looks like a reply to its topic's first one.
    other = message.reply_to_message
    return bool(message.is_topic_message and other is not None and other.message_id == message.message_thread_id)


def _is_reply_to(message: Message, bot_id: int) -> bool:
    other = message.reply_to_message
    if other is None or other.from_user is None or _is_topic_root(message):
        return False
    return other.from_user.id == bot_id
