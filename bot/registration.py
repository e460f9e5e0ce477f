"""Tell Telegram the bot's commands and descriptions, in each language, and only when they have changed."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from telegram import (
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError
from telegram.ext import Application

from bot.chats import Chats
from bot.conversations import Conversations
from bot.texts import ENGLISH, INDONESIAN, Texts

logger = logging.getLogger(__name__)

Commands = list[tuple[str, str]]


def commands(texts: Texts, administrators: Sequence[int]) -> list[tuple[BotCommandScope, Commands]]:
    """The commands that each kind of chat is shown, and the private chat of each administrator."""
    english = texts is ENGLISH
    ask = ("tanya", texts.command_ask)
    officials = ("pejabat", texts.command_officials)
    meetings = ("rapat", texts.command_meetings)
    news = ("berita", texts.command_news)
    subscriptions = ("langganan", texts.command_subscriptions)
    sources = ("sumber", texts.command_sources)
    settings = ("settings" if english else "setelan", texts.command_settings)
    privacy = ("privacy" if english else "privasi", texts.command_privacy)
    help_ = ("help" if english else "bantuan", texts.command_help)
    forget = ("hapusdata", texts.command_forget)
    private = [ask, news, officials, meetings, subscriptions, sources, settings, help_, privacy, forget]
    operating = _operating_commands(texts)
    return [
        (BotCommandScopeAllPrivateChats(), private),
        (BotCommandScopeAllGroupChats(), [ask, news, officials, meetings, sources, help_, privacy]),
        (
            BotCommandScopeAllChatAdministrators(),
            [ask, news, officials, meetings, subscriptions, sources, settings, help_, privacy],
        ),
        *((BotCommandScopeChat(administrator), [*private, *operating]) for administrator in administrators),
    ]


def _operating_commands(texts: Texts) -> Commands:
    """Those that only administrators are shown."""
    return [
        ("stat", texts.command_stat),
        ("laporan", texts.command_reports),
        ("tambah", texts.command_add),
        ("hapus", texts.command_remove),
        ("sinkron", texts.command_sync),
    ]


async def register(application: "Application[Any, Any, Any, Any, Any, Any]", state: Conversations) -> None:
    """Register what has changed since last time; the bot works without it."""
    await state.processes.until_leading()
    for texts, language in ((INDONESIAN, None), (ENGLISH, ENGLISH.language)):
        for scope, listed in commands(texts, state.settings.administrators):
            name = f"commands {_place(scope)} {language or 'default'}"
            if _is_new(state.chats, name, listed):
                await _try(application.bot.set_my_commands(listed, scope, language), state, name, listed)
        for former in _former_administrators(state):
            name = f"commands chat {former} {language or 'default'}"
            if _is_new(state.chats, name, []):
                scope = BotCommandScopeChat(former)
                await _try(application.bot.delete_my_commands(scope, language), state, name, [])
        for name, text, method in (
            ("description", texts.description, application.bot.set_my_description),
            ("short description", texts.short_description, application.bot.set_my_short_description),
        ):
            name = f"{name} {language or 'default'}"
            if _is_new(state.chats, name, text):
                await _try(method(text, language_code=language), state, name, text)


def _place(scope: BotCommandScope) -> str:
    return f"{scope.type} {scope.chat_id}" if isinstance(scope, BotCommandScopeChat) else scope.type


def _former_administrators(state: Conversations) -> set[int]:
    """Those whose chats were once shown the commands of administrators, and are none any more."""
    known = {int(name.split()[2]) for name in state.chats.registered_names("commands chat ")}
    return known - set(state.settings.administrators)


def _is_new(chats: Chats, name: str, content: object) -> bool:
    return chats.registered(name) != json.dumps(content)


async def _try(call: Any, state: Conversations, name: str, content: object) -> None:
    try:
        await call
    except TelegramError as error:
        logger.warning("Telegram did not take the %s: %s", name, error)
    else:
        await state.write(state.chats.register, name, json.dumps(content))
