"""Build the Telegram application; read it as a table of contents of what the bot reacts to."""

import asyncio
import json
import logging
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import registration
from bot.chats import Chats
from bot.config import TelegramSettings
from bot.conversations import KEY, Conversations, conversations
from bot.handlers import asking, buttons, errors, groups, guidance, inline, privacy, settings
from bot.limits import ChatRateLimiter
from bot.polling import WatchedRequest, keep_polling
from embeddings import Answerer

logger = logging.getLogger(__name__)

UPDATES = [
    Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER,
    Update.GUEST_MESSAGE,
]  # fmt: skip

# An answer that Telegram took but was slow to confirm would be followed by an apology.
CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0

NEW = filters.UpdateType.MESSAGE
PRIVATE = NEW & filters.ChatType.PRIVATE
WORDS = filters.TEXT | filters.CAPTION

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def build_application(token: str, telegram: TelegramSettings, answerer: Answerer, chats: Chats) -> AnyApplication:
    """An application that polls with this token; not started."""
    polling = WatchedRequest(connection_pool_size=1)
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{telegram.api_url.rstrip('/')}/bot")
        .base_file_url(f"{telegram.api_url.rstrip('/')}/file/bot")
        .get_updates_request(polling)
        .connect_timeout(CONNECT_SECONDS)
        .read_timeout(READ_SECONDS)
        .rate_limiter(ChatRateLimiter())
        .concurrent_updates(True)
        .post_init(_begin)
        .post_stop(_end)
        .build()
    )
    application.bot_data[KEY] = Conversations(answerer, chats, telegram)
    application.bot_data["polling"] = polling

    application.add_handler(TypeHandler(Update, _only_those_served), group=-1)

    application.add_handler(CommandHandler("start", guidance.start, PRIVATE))
    application.add_handler(CommandHandler(["bantuan", "help"], guidance.explain, NEW))
    application.add_handler(CommandHandler("sumber", guidance.sources, NEW))
    application.add_handler(CommandHandler(["setelan", "settings"], settings.show, NEW))
    application.add_handler(CommandHandler(["privasi", "privacy"], privacy.explain, NEW))
    application.add_handler(CommandHandler("hapusdata", privacy.forget, NEW))
    application.add_handler(CommandHandler(["tanya", "pejabat", "rapat"], asking.answer_message, NEW))
    application.add_handler(MessageHandler(PRIVATE & filters.COMMAND, guidance.explain))
    application.add_handler(MessageHandler(NEW & filters.StatusUpdate.MIGRATE, groups.migration))
    application.add_handler(MessageHandler(NEW & WORDS, asking.answer_message))
    application.add_handler(MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, guidance.ask_for_text))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE & WORDS, asking.answer_edited_message))

    application.add_handler(CallbackQueryHandler(settings.change, "^g:"))
    application.add_handler(CallbackQueryHandler(guidance.turn_page, "^[st]:"))
    application.add_handler(CallbackQueryHandler(buttons.press))
    application.add_handler(InlineQueryHandler(inline.answer_inline))
    application.add_handler(ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(TypeHandler(Update, inline.answer_guest))
    application.add_error_handler(errors.report)
    return application


async def _only_those_served(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Stop here for chats and people that the operator does not serve; leaving and joining are still noted."""
    if update.my_chat_member is not None or update.inline_query is not None or update.guest_message is not None:
        return
    if not conversations(context).serves(update.effective_chat, update.effective_user):
        await guidance.refuse(update, context)
        raise ApplicationHandlerStop


async def _begin(application: AnyApplication) -> None:
    """Register commands, forget what is old, watch the polling, and take up what a killed process left."""
    state: Conversations = application.bot_data[KEY]
    await registration.register(application, state.chats)
    state.chats.forget_old(state.settings.keep_days)
    application.bot_data["watch"] = asyncio.create_task(
        keep_polling(application, application.bot_data["polling"], state.settings.stalled_after_seconds, UPDATES)
    )
    for _, content in state.chats.unreleased():
        await application.update_queue.put(Update.de_json(json.loads(content), application.bot))


async def _end(application: AnyApplication) -> None:
    if watch := application.bot_data.get("watch"):
        watch.cancel()
