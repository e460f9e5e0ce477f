"""Tell people how to ask, what there is, and open what a link points to."""

import re
from html import escape

from telegram import LinkPreviewOptions, Message, Update
from telegram.constants import ChatType, ParseMode
from telegram.ext import ContextTypes

from bot import cards, replies
from bot.ask import draw
from bot.conversations import conversations, texts_of
from bot.offers import ADDED, first_buttons
from bot.sending import acknowledge, edit
from bot.sharing import ARTICLE_KEY, TOKEN, quote_with_source
from bot.worker import Urgency

# What a link into the private chat may point to: an article, or a quote of an answer to see, copy or report.
ARTICLE_LINK = re.compile(f"t({ARTICLE_KEY})")
ANSWER_LINK = re.compile(f"([acr])({TOKEN})([0-9]{{0,3}})")
# A page of /sumber, or an article from a character on.
PAGES = re.compile(f"s:([0-9]{{1,6}})|t:({ARTICLE_KEY}):([0-9]{{1,9}})")


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /start, or open what the link behind it points to; in a group, show what may be asked."""
    assert update.message is not None
    payload, private = context.args[0] if context.args else "", update.message.chat.type == ChatType.PRIVATE
    # Whoever adds the bot to a group with the button has it greeted already.
    if payload and (await _open_link(update, context, payload) if private else payload == ADDED):
        return
    state, texts, bot_name = conversations(context), texts_of(update, context), context.bot.username
    summary, examples = await state.in_worker(state.answerer.summary), await state.examples()
    text = (
        replies.welcome_text(summary, texts, state.newsroom) if private else texts.greeting_group.format(bot=bot_name)
    )
    if examples:
        text = f"{text}\n\n{texts.welcome_try}"
    await update.message.reply_text(text, reply_markup=first_buttons(examples, texts, bot_name if private else None))


async def explain(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /bantuan, and in private any command that is not known."""
    assert update.message is not None
    texts = texts_of(update, context)
    if update.message.chat.type != ChatType.PRIVATE:
        await update.message.reply_text(texts.help_group.format(bot=context.bot.username))
        return
    examples = await conversations(context).examples() or texts.help_examples
    await update.message.reply_text(texts.help.format(examples="\n".join(f"• {example}" for example in examples)))


async def ask_for_text(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer what is not text: a sticker, a photo, a voice message."""
    assert update.message is not None
    texts, message = texts_of(update, context), update.message
    spoken = message.voice or message.audio or message.video_note
    await message.reply_text(texts.voice if spoken else texts.text_only)


async def refuse(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Tell a person in private that the operator serves others only."""
    if update.message is not None and update.message.chat.type == ChatType.PRIVATE:
        await update.message.reply_text(texts_of(update, context).not_allowed)


async def sources(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /sumber with the first page of what is indexed."""
    assert update.message is not None
    state = conversations(context)
    outlets = await state.in_worker(state.answerer.store.outlets, Urgency.DRAWING)
    text, buttons = cards.sources_card(outlets, 0, texts_of(update, context))
    await update.message.reply_text(text, reply_markup=buttons)


async def turn_page(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Another page of /sumber or of an article."""
    query = update.callback_query
    assert query is not None
    state, texts = conversations(context), texts_of(update, context)
    page = PAGES.fullmatch(query.data or "")
    if page is None or not isinstance(query.message, Message):
        await acknowledge(query, texts.expired)
        return
    if page[1]:
        outlets = await state.in_worker(state.answerer.store.outlets, Urgency.DRAWING)
        text, buttons = cards.sources_card(outlets, int(page[1]), texts)
        text = escape(text)
    else:
        found = await state.in_worker(lambda: cards.article_of_key(page[2], state.answerer.store), Urgency.DRAWING)
        if found is None:
            await acknowledge(query, texts.article_gone, show_alert=True)
            return
        text, buttons = cards.article_card(found[0], int(page[3]), texts, older=found[1])
    await acknowledge(query)
    await edit(context, query.message.chat_id, query.message.message_id, text, buttons)


async def _open_link(update: Update, context: ContextTypes.DEFAULT_TYPE, payload: str) -> bool:
    """Open what a link points to; False where there is nothing behind it."""
    assert update.message is not None
    if article := ARTICLE_LINK.fullmatch(payload):
        card = await _article(article[1], update, context)
    elif answer := ANSWER_LINK.fullmatch(payload):
        card = await _answer(answer[1], answer[2], int(answer[3] or 0), update, context)
    else:
        return False
    preview = LinkPreviewOptions(is_disabled=True)
    await update.message.reply_text(card[0], ParseMode.HTML, reply_markup=card[1], link_preview_options=preview)
    return True


async def _article(key: str, update: Update, context: ContextTypes.DEFAULT_TYPE) -> cards.Card:
    state, texts = conversations(context), texts_of(update, context)
    found = await state.in_worker(lambda: cards.article_of_key(key, state.answerer.store), Urgency.DRAWING)
    return cards.article_card(found[0], 0, texts, older=found[1]) if found else (texts.article_gone, None)


async def _answer(
    kind: str, token: str, position: int, update: Update, context: ContextTypes.DEFAULT_TYPE
) -> cards.Card:
    """A copy of an answer, whose buttons are whoever's who opened it; others' private answers stay closed."""
    assert update.effective_user is not None
    state, texts, person = conversations(context), texts_of(update, context), update.effective_user.id
    stored = state.chats.answers.by_token(token)
    if stored is None or not (stored.everyone or stored.asker == person):
        return texts.expired, None
    if kind == "c":
        quotes = await state.in_worker(lambda: cards.verified(stored.content, state.answerer.store), Urgency.DRAWING)
        if position >= len(quotes):
            return texts.gone, None
        return f"{texts.copy_here}\n<code>{escape(quote_with_source(quotes[position], texts))}</code>", None
    content = stored.content if stored.asker == person else stored.content.without_question()
    copy = await state.write(state.chats.answers.save_copy, person, stored, content)
    if copy is None:
        return texts.expired, None
    view = cards.View(position, unfolded=kind == "a", reporting=kind == "r")
    return await draw(state, copy.token, content, texts, context.bot.username, view)
