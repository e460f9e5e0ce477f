"""What administrators ask in their private chats: figures, and what people reported."""

import re

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import ContextTypes

from bot.conversations import conversations, texts_of
from bot.operating.digest import DAYS, overview
from bot.operating.reports import check_words, described
from bot.operating.view import reports_text
from bot.worker import Urgency

# A report's number, and behind it what to write to whoever reported.
ARGUMENTS = re.compile(r"/\S+\s+#?([0-9]{1,9})(?:\s+(.+))?", re.DOTALL)


async def stat(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /stat with the figures of the last week."""
    assert update.message is not None
    text = await overview(conversations(context), texts_of(update, context), DAYS)
    await update.message.reply_text(text, ParseMode.HTML)


async def reports(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /laporan with the oldest reports that are open."""
    assert update.message is not None
    state = conversations(context)
    found, store = state.chats.reports.open(), state.answerer.store
    listed = await state.in_worker(lambda: [described(report, store) for report in found], Urgency.DRAWING)
    text, preview = reports_text(listed, texts_of(update, context)), LinkPreviewOptions(is_disabled=True)
    await update.message.reply_text(text, ParseMode.HTML, link_preview_options=preview)


async def answer_report(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /jawab NUMBER WORDS: write to whoever reported, and close the report."""
    assert update.message is not None
    state, texts = conversations(context), texts_of(update, context)
    arguments = ARGUMENTS.fullmatch((update.message.text or "").strip())
    if arguments is None or not arguments[2] or check_words(arguments[2]):
        await update.message.reply_text(texts.report_answer_how)
        return
    answered = await state.write(state.chats.reports.answer, int(arguments[1]), arguments[2].strip())
    line = texts.report_answered if answered else texts.report_unknown
    await update.message.reply_text(line.format(id=arguments[1]))


async def close_report(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /tutup NUMBER: close a report without a word to whoever reported."""
    assert update.message is not None
    state, texts = conversations(context), texts_of(update, context)
    arguments = ARGUMENTS.fullmatch((update.message.text or "").strip())
    if arguments is None or arguments[2]:
        await update.message.reply_text(texts.report_close_how)
        return
    closed = await state.write(state.chats.reports.close, int(arguments[1]))
    line = texts.report_closed if closed else texts.report_unknown
    await update.message.reply_text(line.format(id=arguments[1]))
