"""Tell people how to ask, what there is, and open what a link points to."""

from html import escape

from telegram import LinkPreviewOptions, Update
from telegram.constants import ChatType, ParseMode
from telegram.ext import ContextTypes

from bot import cards, replies
from bot.conversations import conversations, texts_of
from bot.handlers.asking import draw


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /start, or open what the link behind it points to."""
    assert update.message is not None
    payload = context.args[0] if context.args else ""
    if not (payload and await _open_link(update, context, payload)):
        state = conversations(context)
        summary = await state.in_worker(state.answerer.summary)
        await update.message.reply_text(replies.welcome_text(summary, texts_of(update, context)))


async def explain(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /bantuan, and in private any command that is not known."""
    assert update.message is not None
    texts = texts_of(update, context)
    private = update.message.chat.type == ChatType.PRIVATE
    await update.message.reply_text(texts.help if private else texts.help_group.format(bot=context.bot.username))


async def ask_for_text(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer what is not text: a sticker, a photo, a voice message."""
    assert update.message is not None
    await update.message.reply_text(texts_of(update, context).text_only)


async def refuse(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Tell a person in private that the operator serves others only."""
    if update.message is not None and update.message.chat.type == ChatType.PRIVATE:
        await update.message.reply_text(texts_of(update, context).not_allowed)


async def sources(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /sumber with the first page of what is indexed."""
    assert update.message is not None
    state = conversations(context)
    outlets = await state.in_worker(state.answerer.store.outlets)
    text, buttons = cards.sources_card(outlets, 0, texts_of(update, context))
    await update.message.reply_text(text, reply_markup=buttons)


async def turn_page(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Another page of /sumber or of an article."""
    query = update.callback_query
    assert query is not None and query.data is not None
    state, texts = conversations(context), texts_of(update, context)
    kind, *fields = query.data.split(":")
    try:
        if kind == "s":
            outlets = await state.in_worker(state.answerer.store.outlets)
            text, buttons = cards.sources_card(outlets, int(fields[0]), texts)
            text = escape(text)
        else:
            article = await state.in_worker(lambda: state.answerer.store.article_by_key(fields[0]))
            if article is None:
                await query.answer(texts.article_gone, show_alert=True)
                return
            text, buttons = cards.article_card(article, int(fields[1]), texts)
    except (ValueError, IndexError):
        await query.answer(texts.expired)
        return
    await query.answer()
    await query.edit_message_text(
        text, ParseMode.HTML, reply_markup=buttons, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )


async def _open_link(update: Update, context: ContextTypes.DEFAULT_TYPE, payload: str) -> bool:
    """Open an answer (a…), a quote to copy (c…) or an article (t…); False where there is nothing behind the link."""
    assert update.message is not None and update.effective_user is not None
    state, texts = conversations(context), texts_of(update, context)
    kind, rest = payload[0], payload[1:]
    if kind == "t":
        article = await state.in_worker(lambda: state.answerer.store.article_by_key(rest))
        text, buttons = cards.article_card(article, 0, texts) if article else (texts.article_gone, None)
    elif kind in "ac":
        number, _, page = rest.partition("_")
        stored = state.chats.answer(int(number)) if number.isdigit() else None
        if stored is None:
            text, buttons = texts.expired, None
        elif kind == "c":
            quotes = await state.in_worker(lambda: cards.verified(stored.content, state.answerer.store))
            position = int(page) if page.isdigit() else 0
            quote = quotes[position].text if position < len(quotes) else None
            text = f"{texts.copy_here}\n<code>{escape(quote)}</code>" if quote else texts.gone
            buttons = None
        else:
            # A card of their own, so that its buttons are theirs.
            id = state.chats.save_answer(update.effective_user.id, update.effective_user.id, None, stored.content)
            first = int(page) if page.isdigit() else 0
            view = cards.View(first, unfolded=True)
            text, buttons = await draw(state, id, stored.content, texts, context.bot.username, view)
    else:
        return False
    preview = LinkPreviewOptions(is_disabled=True)
    await update.message.reply_text(text, ParseMode.HTML, reply_markup=buttons, link_preview_options=preview)
    return True
