"""Inline mode and guest mode: complete quoted answers in chats that the bot is not in."""

import logging
import re
from hashlib import blake2b

from msgspec.structs import replace
from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot import replies
from bot.conversations import Conversations, conversations, texts_of
from bot.questions import asker_of
from bot.small_talk import heard
from bot.texts import Texts, texts_for
from bot.worker import Urgency
from embeddings import Article, Certainty, QuestionTooLong, Quote

logger = logging.getLogger(__name__)

RESULTS_PER_PAGE = 10
MOST_RESULTS = 30
CACHE_SECONDS = 60
# How long Telegram does not ask again on behalf of somebody who has typed too much.
SECONDS_TO_WAIT = 10
DESCRIPTION_LENGTH = 200


async def answer_inline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer an inline query with cards; an empty one with the newest articles."""
    query = update.inline_query
    assert query is not None
    state = conversations(context)
    texts = texts_for(query.from_user.language_code)
    if not state.serves(None, query.from_user):
        await query.answer([], cache_time=CACHE_SECONDS, is_personal=True)
        return
    if not state.inline_queries.take(query.from_user.id):
        wait = InlineQueryResultsButton(texts.inline_slow_down, start_parameter="tanya")
        await query.answer([], cache_time=SECONDS_TO_WAIT, is_personal=True, button=wait)
        return
    state.newest_inline[query.from_user.id] = query.id
    try:
        button, results, more = await _results(state, query, texts)
    except _Superseded:
        return
    finally:
        if state.newest_inline.get(query.from_user.id) == query.id:
            del state.newest_inline[query.from_user.id]
    await _answer(query, button, results, str(_start(query) + RESULTS_PER_PAGE) if more else "")


def _start(query: InlineQuery) -> int:
    """The first result of the page that is asked for."""
    return int(query.offset) if re.fullmatch("[0-9]{1,3}", query.offset) else 0


async def _answer(
    query: InlineQuery, button: InlineQueryResultsButton | None, results: list[InlineQueryResultArticle], following: str
) -> None:
    try:
        # The same words get other labels in another language.
        await query.answer(results, cache_time=CACHE_SECONDS, is_personal=True, next_offset=following, button=button)
    except BadRequest as error:
        # Typing on makes Telegram withdraw the query that was being answered.
        if "query is too old" not in error.message.lower():
            raise
        logger.info("An inline query was withdrawn: %s", error)


class _Superseded(Exception):
    """The person has typed on, so that nobody waits for this query any more."""


async def _results(
    state: Conversations, query: InlineQuery, texts: Texts
) -> tuple[InlineQueryResultsButton | None, list[InlineQueryResultArticle], bool]:
    """The button over the results, one page of results, and whether there are more."""
    question, start = query.query.strip(), _start(query)

    def unless_typed_on() -> tuple[Quote, ...] | list[Article]:
        if state.newest_inline.get(query.from_user.id) != query.id:
            raise _Superseded
        if question:
            return state.answerer.search(question, MOST_RESULTS, hurried=state.waiting_questions > 0)
        return state.answerer.store.newest(RESULTS_PER_PAGE)

    try:
        found = await state.in_worker(unless_typed_on, Urgency.TYPING)
    except QuestionTooLong:
        found = ()
    if not question:
        button = InlineQueryResultsButton(texts.inline_empty, start_parameter="tanya")
        return button, [article_result(article, texts) for article in found if isinstance(article, Article)], False
    none = InlineQueryResultsButton(texts.inline_none, start_parameter="tanya") if not found else None
    page = found[start : start + RESULTS_PER_PAGE]
    results = [quote_result(quote, texts) for quote in page if isinstance(quote, Quote)]
    return none, results, len(found) > start + RESULTS_PER_PAGE


async def answer_guest(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a message in a chat that the bot is not in (Bot API 10.0)."""
    message = update.guest_message
    if message is None or message.guest_query_id is None:
        return
    if not conversations(context).serves(None, message.from_user):
        return
    texts = texts_of(update, context)
    text = (message.text or message.caption or "").replace(f"@{context.bot.username}", " ")
    question = " ".join(text.split()).strip(" ,:")
    result = await _guest_result(question, asker_of(message), conversations(context), texts)
    await context.bot.answer_guest_query(message.guest_query_id, result)


async def _guest_result(question: str, asker: int, state: Conversations, texts: Texts) -> InlineQueryResultArticle:
    """The best quote, or a sentence that says why there is none."""
    if not question:
        return _sentence(texts.ask_something)
    said = heard(question, texts)
    if said.reply is not None:
        # A guest query must be answered with something.
        return _sentence(said.reply or texts.thanks)
    question = said.question
    if not state.people.take(asker):
        return _sentence(texts.slow_down.format(seconds=state.people.seconds_left(asker)))
    hurried = state.waiting_questions > state.settings.hurried_above
    try:
        answer = await state.in_worker(lambda: state.answerer.answer(question, 1, hurried=hurried))
    except QuestionTooLong as error:
        return _sentence(texts.question_too_long.format(length=error.length, most=error.most))
    if answer.quotes:
        return quote_result(answer.quotes[0], texts, answer.certainty is Certainty.MAYBE)
    summary = await state.in_worker(state.answerer.summary)
    return _sentence(replies.no_answer_text(summary, texts, answer.unnamed_office))


def _sentence(line: str) -> InlineQueryResultArticle:
    return InlineQueryResultArticle("text", line[:60], InputTextMessageContent(line))


def quote_result(quote: Quote, texts: Texts, maybe: bool = False) -> InlineQueryResultArticle:
    """A card for a quote, which sends the complete quote with its source, and says where it answers only perhaps."""
    if maybe:
        quote = replace(quote, answer=None)
    return _result(
        f"{quote.article.id}:{quote.start}:{quote.end}",
        quote.article.title or texts.untitled,
        f"{replies.source_text(quote.article, texts)}\n{quote.text}",
        replies.fitted([texts.maybe] if maybe else [], [quote], texts),
    )


def article_result(article: Article, texts: Texts) -> InlineQueryResultArticle:
    """A card for an article, which sends its beginning."""
    html, _ = replies.article_page(article, 0, texts)
    title = article.title or texts.untitled
    return _result(article.id, title, f"{replies.source_text(article, texts)}\n{article.text}", html)


def _result(key: str, title: str, description: str, html: str) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        # An id has at most 64 bytes.
        blake2b(key.encode(), digest_size=16).hexdigest(),
        title,
        InputTextMessageContent(html, ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)),
        description=description[:DESCRIPTION_LENGTH],
    )
