"""Answer questions: read the update, ask, reply."""

import asyncio
import html
import logging
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from telegram import LinkPreviewOptions, Message, ReplyParameters, Update
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ContextTypes

from bot import replies
from bot.handlers.guidance import texts_of
from embeddings import Answerer, QuestionTooLong

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Telegram shows "typing" for five seconds at a time.
TYPING_SECONDS = 4.5


class Asking:
    """The callbacks that need the answerer, which runs in one worker thread so that the event loop never waits."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answerer")

    async def welcome(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /start."""
        assert update.message is not None
        summary = await self._in_worker(self._answerer.summary)
        await update.message.reply_text(replies.welcome_text(summary, texts_of(update)))

    async def answer_command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /tanya with the question behind it."""
        assert update.message is not None and update.message.text is not None
        _, _, question = update.message.text.partition(" ")
        if question.strip():
            await self._answer(update, question)
        else:
            await update.message.reply_text(texts_of(update).ask_something)

    async def answer_text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer any text, a photo's caption included."""
        assert update.message is not None
        await self._answer(update, update.message.text or update.message.caption or "")

    async def _answer(self, update: Update, question: str) -> None:
        message, texts = update.message, texts_of(update)
        assert message is not None
        async with typing(message):
            try:
                answer = await self._in_worker(lambda: self._answerer.answer(question))
                summary = await self._in_worker(self._answerer.summary)
                reply = replies.answer_message(answer, summary.articles, texts)
            except QuestionTooLong as error:
                reply = html.escape(texts.question_too_long.format(length=error.length, most=error.most))
        await send_reply(message, reply)

    async def _in_worker(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, function)


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show that the bot is typing for as long as the block takes."""

    async def keep_typing() -> None:
        while True:
            try:
                await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING)
            except TelegramError as error:
                logger.info("The typing sign could not be shown: %s", error)
            await asyncio.sleep(TYPING_SECONDS)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()


async def send_reply(message: Message, text: str) -> None:
    """Reply with HTML; where Telegram refuses the markup, with the same words as plain text."""
    to = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    preview = LinkPreviewOptions(is_disabled=True)
    try:
        await message.reply_text(text, parse_mode=ParseMode.HTML, reply_parameters=to, link_preview_options=preview)
    except BadRequest as error:
        if "parse entities" not in error.message.lower():
            raise
        logger.error("Telegram refused the markup of a reply (%s); sent as plain text", error)
        plain = html.unescape(re.sub(r"<[^>]+>", "", text))
        await message.reply_text(plain, reply_parameters=to, link_preview_options=preview)
