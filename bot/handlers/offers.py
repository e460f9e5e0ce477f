"""News and overviews: answer /berita and whatever asks for no more, and open what their buttons offer."""

import re

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.ask import ask, draw
from bot.cards import Card
from bot.chats import SentAnswer, SentQuote, is_quiet
from bot.conversations import Conversations, conversations, texts_of
from bot.offers import MOST_NEWS, news_card, overview_card
from bot.sending import acknowledge, send
from bot.sharing import ARTICLE_KEY
from bot.texts import Texts
from bot.worker import Urgency
from embeddings import News, Overview, opening

# An article's opening; news of a region, of a person, or all; what is known by a name; a question about one.
DATA = re.compile(rf"p:({ARTICLE_KEY})|n:([arp]):([^\n]{{0,60}})|h:([^\n]{{1,60}})|q:([omwe]):([^\n]{{1,60}})")
# Whoever asks for no more than the news needs no more words.
LONGEST = 120
QUESTIONS = {"o": "pejabat {name}", "m": "rapat {name}", "w": "siapa {name}"}


async def offered(state: Conversations, question: str, texts: Texts) -> Card | None:
    """The card for a question that asks for the news as a whole, or says a name and nothing else; None for others."""
    if len(question) > LONGEST:
        return None
    found = await state.in_worker(lambda: state.answerer.news(question, MOST_NEWS) or state.answerer.overview(question))
    return None if found is None else _card(found, texts)


def _card(found: News | Overview, texts: Texts) -> Card:
    return news_card(found, texts) if isinstance(found, News) else overview_card(found, texts)


async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Open what a button offers, as a message of its own; each costs one of the questions that a person may ask."""
    query = update.callback_query
    assert query is not None
    state, texts = conversations(context), texts_of(update, context)
    data, message = DATA.fullmatch(query.data or ""), query.message
    if data is None or not isinstance(message, Message):
        await acknowledge(query, texts.expired)
    elif not await state.allows(message.chat_id, query.from_user.id):
        seconds = await state.people.seconds_left(query.from_user.id)
        await acknowledge(query, texts.slow_down.format(seconds=seconds))
    else:
        async with state.processes.turn(message.chat_id):
            await _open(data, query, message, context, texts)


async def _open(
    data: re.Match[str], query: CallbackQuery, message: Message, context: ContextTypes.DEFAULT_TYPE, texts: Texts
) -> None:
    state = conversations(context)
    article, news, name, region, kind, about = data.groups()
    if kind:
        question = _label(query, message) if kind == "e" else QUESTIONS[kind].format(name=about)
        await acknowledge(query, None if question else texts.expired)
        if question:
            await _answer(question, query.from_user.id, message, context, texts)
        return
    if article:
        content = await _opening(article, state, texts)
        await acknowledge(query, None if content else texts.article_gone)
        if content:
            await _send_answer(content, query.from_user.id, message, context, texts)
        return
    found = await state.in_worker(lambda: _found(state, news, name, region))
    await acknowledge(query, None if found else texts.expired)
    if found:
        await send(context, message, *_card(found, texts), attach_to=message.message_id)


def _label(query: CallbackQuery, message: Message) -> str | None:
    """The question on the button that was pressed."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == query.data), None)


def _found(state: Conversations, news: str | None, name: str | None, region: str | None) -> News | Overview | None:
    if region:
        return state.answerer.overview(region)
    if news == "p":
        return state.answerer.news_of_person(name or "", MOST_NEWS)
    return state.answerer.news(f"berita {name}", MOST_NEWS)


async def _opening(key: str, state: Conversations, texts: Texts) -> SentAnswer | None:
    """The first sentences of an article as an answer, which its headline asks for; None where it is gone."""
    article = await state.in_worker(lambda: state.answerer.store.article_by_key(key), Urgency.DRAWING)
    if article is None:
        return None
    headline = article.title or texts.untitled
    quotes = (SentQuote.of(opening(article)),)
    return SentAnswer(headline, True, quotes, texts.language, 1, (headline,) if article.title else ())


async def _answer(
    question: str, asker: int, message: Message, context: ContextTypes.DEFAULT_TYPE, texts: Texts
) -> None:
    """Ask a question that a button holds, and reply with its answer to the message that holds the button."""
    content = await ask(conversations(context), question, message.chat, texts)
    await _send_answer(content, asker, message, context, texts)


async def _send_answer(
    content: SentAnswer, asker: int, message: Message, context: ContextTypes.DEFAULT_TYPE, texts: Texts
) -> None:
    state = conversations(context)
    quiet = is_quiet(state.chats.settings.of(message.chat_id), state.settings.timezone)
    everyone = message.chat.type != ChatType.PRIVATE
    stored = await state.write(state.chats.answers.save, message.chat_id, asker, None, content, everyone=everyone)
    if stored is None:
        return
    card = await draw(state, stored.token, content, texts, context.bot.username)
    sent = await send(context, message, *card, attach_to=message.message_id, quiet=quiet)
    await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)
