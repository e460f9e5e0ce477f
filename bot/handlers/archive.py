"""Administrators change the articles from their private chats: add files and pages, remove articles, take it back."""

import contextlib
import logging
import math
import re

import msgspec
from telegram import CallbackQuery, Document, Message, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.cards import Card
from bot.conversations import Conversations, conversations, texts_of
from bot.operating.edit_view import edit_card, removal_card, synced_text, which_card
from bot.operating.editing import AddDocument, AddPage, Order, Revert, edit, sync
from bot.sending import acknowledge
from bot.sending import edit as edit_message
from bot.sharing import ARTICLE_KEY, TOKEN
from bot.texts import Texts
from bot.worker import Urgency
from embeddings import Article, Change, Edit, StoreUnusable

logger = logging.getLogger(__name__)

# Of the process that changes articles; what an article or a page does wrong is told as a refusal.
FAILURES = (TimeoutError, RuntimeError, msgspec.DecodeError, OSError)
BYTES_A_MB = 1024 * 1024
MOST_OFFERED = 5
# More than fit are counted, not shown.
MOST_COUNTED = 1000
BUTTON = re.compile(f"op:(?:(undo):({TOKEN})|(ask|remove):({ARTICLE_KEY})|(keep))")
OWN_LINK = re.compile(rf"https?://t\.me/\w+\?start=t({ARTICLE_KEY})")
WEB_LINK = re.compile(r"https?://\S+")


async def add(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Add the file or the link that an administrator sent, or that the message has which /tambah replies to."""
    message = update.message
    assert message is not None
    replied, texts = message.reply_to_message, texts_of(update, context)
    for one in (message, replied) if replied else (message,):
        if one.document is not None:
            await _add_file(one.document, message, texts, context)
            return
        if link := WEB_LINK.search(one.text or one.caption or ""):
            shown = await message.reply_text(texts.edit_reading)
            await _carry_out(AddPage(link[0]), shown, texts, context)
            return
    await message.reply_text(texts.add_how)


async def _add_file(document: Document, message: Message, texts: Texts, context: ContextTypes.DEFAULT_TYPE) -> None:
    most = conversations(context).settings.max_file_mb
    if (size := (document.file_size or 0) / BYTES_A_MB) > most:
        await message.reply_text(texts.edit_too_large.format(size=math.ceil(size), most=most))
        return
    shown = await message.reply_text(texts.edit_reading)
    content = await _download(document, most, context)
    if content is None:
        await edit_message(context, shown.chat_id, shown.message_id, texts.edit_not_downloaded, None)
        return
    await _carry_out(AddDocument(document.file_name or document.file_id, content), shown, texts, context)


async def _download(document: Document, most_mb: int, context: ContextTypes.DEFAULT_TYPE) -> bytes | None:
    try:
        file = await context.bot.get_file(document.file_id)
        if (file.file_size or 0) > most_mb * BYTES_A_MB:
            return None
        content = bytes(await file.download_as_bytearray())
    except TelegramError as error:
        logger.warning("A file that an administrator sent could not be downloaded: %s", error)
        return None
    return content if len(content) <= most_mb * BYTES_A_MB else None


async def remove(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /hapus LINK or /hapus WORDS OF A TITLE: show which article that is, and ask once."""
    message = update.message
    assert message is not None
    state, texts = conversations(context), texts_of(update, context)
    named = (message.text or "").partition(" ")[2].strip()
    if not named:
        await message.reply_text(texts.remove_how)
        return
    found = await state.in_worker(lambda: _found(named, state), Urgency.DRAWING)
    if not found:
        await message.reply_text(texts.remove_none)
        return
    only = len(found) == 1
    text, buttons = removal_card(found[0], texts) if only else which_card(found[:MOST_OFFERED], len(found), texts)
    await message.reply_text(text, ParseMode.HTML, reply_markup=buttons)


def _found(named: str, state: Conversations) -> list[Article]:
    store = state.answerer.store
    if own := OWN_LINK.fullmatch(named):
        article = store.article_by_key(own[1][:16])
    elif WEB_LINK.fullmatch(named):
        article = store.article_at(named)
    else:
        return store.titled(named.split(), MOST_COUNTED)
    return [article] if article else []


async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Do what a button under an edit says: take it back, remove an article, or not."""
    query = update.callback_query
    assert query is not None
    state, texts = conversations(context), texts_of(update, context)
    data, message = BUTTON.fullmatch(query.data or ""), query.message
    may = query.from_user.id in state.settings.administrators
    if data is None or not may or not isinstance(message, Message) or message.chat_id != query.from_user.id:
        await acknowledge(query, texts.expired)
    elif data[1]:
        await _undo(data[2], query, message, texts, context)
    elif data[5]:
        await acknowledge(query)
        await edit_message(context, message.chat_id, message.message_id, texts.removal_dropped, None)
    else:
        await _ask_or_remove(data[3], data[4], query, message, texts, context)


async def _undo(
    token: str, query: CallbackQuery, message: Message, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> None:
    content = conversations(context).chats.administration.change(query.from_user.id, token)
    if content is None:
        await acknowledge(query, texts.edit_expired)
        return
    await acknowledge(query)
    changes = msgspec.json.decode(content, type=tuple[Change, ...])
    await _carry_out(Revert(changes), message, texts, context, restored=True)


async def _ask_or_remove(
    kind: str, key: str, query: CallbackQuery, message: Message, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> None:
    state = conversations(context)
    article = await state.in_worker(lambda: state.answerer.store.article_by_key(key), Urgency.DRAWING)
    if article is None:
        await acknowledge(query, texts.article_gone)
        return
    await acknowledge(query)
    if kind == "ask":
        await edit_message(context, message.chat_id, message.message_id, *removal_card(article, texts))
    else:
        await _carry_out(Revert((Change(None, article),)), message, texts, context)


async def _carry_out(
    order: Order, shown: Message, texts: Texts, context: ContextTypes.DEFAULT_TYPE, restored: bool = False
) -> None:
    """Have an order carried out, and tell in this message what was done."""
    state = conversations(context)
    try:
        async with state.changing_articles:
            done = await edit(state.answerer, state.settings.timezone, order)
        card = await _kept(done, shown.chat_id, texts, state, restored)
        # So that the next question is answered from it; where that fails now, the bot tells why and goes on trying.
        with contextlib.suppress(StoreUnusable):
            await state.take_in()
    except FAILURES:
        logger.error("What an administrator asked for could not be done", exc_info=True)
        card = texts.edit_failed, None
    await edit_message(context, shown.chat_id, shown.message_id, *card)


async def _kept(done: Edit, administrator: int, texts: Texts, state: Conversations, restored: bool) -> Card:
    """The card of an edit, which is kept so that its button can take it back."""
    token = None
    if done.changes:
        content = msgspec.json.encode(done.changes)
        token = await state.write(state.chats.administration.keep_change, administrator, content)
    return edit_card(done, texts, token, restored)


async def sync_sources(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /sinkron: fetch what is new at all sources, and tell how each fared."""
    message = update.message
    assert message is not None
    state, texts = conversations(context), texts_of(update, context)
    if not state.answerer.settings.sources:
        await message.reply_text(texts.sync_no_sources)
        return
    shown = await message.reply_text(texts.sync_running)
    try:
        text = synced_text(await sync(state.answerer, state.settings.timezone), texts)
    except FAILURES:
        logger.error("Sources could not be synced", exc_info=True)
        text = texts.edit_failed
    await edit_message(context, shown.chat_id, shown.message_id, text, None)
