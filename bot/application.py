"""Build the Telegram application; read it as a table of contents of what the bot reacts to."""

import logging

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, CommandHandler, MessageHandler, filters

from bot.config import TelegramSettings
from bot.handlers import errors, guidance
from bot.handlers.asking import Asking
from bot.texts import ENGLISH, INDONESIAN
from embeddings import Answerer

logger = logging.getLogger(__name__)

NEW_PRIVATE_MESSAGE = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
UPDATES = [Update.MESSAGE]


def build_application(token: str, settings: TelegramSettings, answerer: Answerer) -> Application:  # type: ignore[type-arg]
    """An application that polls with this token and answers private messages; not started."""
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{settings.api_url.rstrip('/')}/bot")
        .base_file_url(f"{settings.api_url.rstrip('/')}/file/bot")
        .concurrent_updates(True)
        .post_init(register_commands)
        .build()
    )
    asking = Asking(answerer)
    application.add_handler(CommandHandler("start", asking.welcome, NEW_PRIVATE_MESSAGE))
    application.add_handler(CommandHandler(["bantuan", "help"], guidance.explain, NEW_PRIVATE_MESSAGE))
    application.add_handler(CommandHandler("tanya", asking.answer_command, NEW_PRIVATE_MESSAGE))
    application.add_handler(MessageHandler(NEW_PRIVATE_MESSAGE & filters.COMMAND, guidance.explain))
    application.add_handler(MessageHandler(NEW_PRIVATE_MESSAGE & (filters.TEXT | filters.CAPTION), asking.answer_text))
    application.add_handler(MessageHandler(NEW_PRIVATE_MESSAGE & ~filters.StatusUpdate.ALL, guidance.ask_for_text))
    application.add_error_handler(errors.report)
    return application


async def register_commands(application: Application) -> None:  # type: ignore[type-arg]
    """Show the commands in Telegram's menu; the bot works without it."""
    from telegram.error import TelegramError

    try:
        for texts, language, help_command in ((INDONESIAN, None, "bantuan"), (ENGLISH, "en", "help")):
            await application.bot.set_my_commands(
                [("tanya", texts.command_ask), (help_command, texts.command_help), ("start", texts.command_start)],
                language_code=language,
            )
    except TelegramError as error:
        logger.warning("Telegram did not take the list of commands: %s", error)
