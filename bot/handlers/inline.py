"""Inline mode and guest mode: complete quoted answers in chats that the bot is not in."""

import logging
import re
import textwrap
from collections.abc import Sequence
from hashlib import blake2b

from msgspec.structs import replace
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
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

from bot import cards, replies
from bot.conversations import Conversations, conversations, texts_of
from bot.questions import asker_of
from bot.sharing import SHARED_QUOTE, article_link
from bot.small_talk import heard
from bot.texts import Texts, texts_for
from bot.worker import Urgency
from embeddings import Answer, Article, Certainty, OfficialAnswer, QuestionTooLong, Quote

logger = logging.getLogger(__name__)

RESULTS_PER_PAGE = 10
MOST_RESULTS = 30
CACHE_SECONDS = 60
# How long Telegram does not ask again on behalf of somebody who has typed too much.
SECONDS_TO_WAIT = 10
DESCRIPTION_LENGTH = 200
LONGEST_FACE = 60


async def answer_inline(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer an inline query with cards; an empty one with the newest articles."""
    query = update.inline_query
    assert query is not None
    state = conversations(context)
    texts = texts_for(query.from_user.language_code)
    if not state.serves(None, query.from_user):
        await query.answer([], cache_time=CACHE_SECONDS, is_personal=True)
        return
    if not await state.inline_queries.take(query.from_user.id):
        wait = InlineQueryResultsButton(texts.inline_slow_down, start_parameter="tanya")
        await query.answer([], cache_time=SECONDS_TO_WAIT, is_personal=True, button=wait)
        return
    state.newest_inline[query.from_user.id] = query.id
    try:
        shared = SHARED_QUOTE.fullmatch(query.query.strip())
        if shared:
            button, results, more = None, await _shared(state, query, shared[1], int(shared[2]), texts), False
        else:
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

    def unless_typed_on() -> Answer | list[Article]:
        if state.newest_inline.get(query.from_user.id) != query.id:
            raise _Superseded
        if question:
            return state.answerer.search(question, MOST_RESULTS, hurried=state.waiting_questions > 0)
        return state.answerer.store.newest(RESULTS_PER_PAGE)

    bot_name = query.get_bot().username
    try:
        found = await state.in_worker(unless_typed_on, Urgency.TYPING)
    except QuestionTooLong:
        found = Answer(question, Certainty.NO, 0.0)
    if not isinstance(found, Answer):
        button = InlineQueryResultsButton(texts.inline_empty, start_parameter="tanya")
        return button, [article_result(article, texts, bot_name) for article in found], False
    none = InlineQueryResultsButton(texts.inline_none, start_parameter="tanya") if not found.quotes else None
    maybe = found.certainty is Certainty.MAYBE
    page = found.quotes[start : start + RESULTS_PER_PAGE]
    results = [quote_result(quote, texts, bot_name, maybe, found.holders) for quote in page]
    return none, results, len(found.quotes) > start + RESULTS_PER_PAGE


async def _shared(
    state: Conversations, query: InlineQuery, token: str, number: int, texts: Texts
) -> list[InlineQueryResultArticle]:
    """The quote that a share button names; none of another person's private answer."""
    stored = state.chats.answers.by_token(token)
    if stored is None or not (stored.everyone or stored.asker == query.from_user.id):
        return []
    content = stored.content
    quotes = await state.in_worker(lambda: cards.verified(content, state.answerer.store), Urgency.DRAWING)
    chosen = quotes[number - 1 : number] if number else []
    return [quote_result(quote, texts, query.get_bot().username, content.maybe) for quote in chosen]


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
    bot_name = context.bot.username
    result = await _guest_result(question, asker_of(message), conversations(context), texts, bot_name)
    await context.bot.answer_guest_query(message.guest_query_id, result)


async def _guest_result(
    question: str, asker: int, state: Conversations, texts: Texts, bot_name: str
) -> InlineQueryResultArticle:
    """The best quote, or a sentence that says why there is none."""
    if not question:
        return _sentence(texts.ask_something)
    said = heard(question, texts)
    if said.reply is not None:
        # A guest query must be answered with something.
        return _sentence(said.reply or texts.thanks)
    question = said.question
    if not await state.people.take(asker):
        return _sentence(texts.slow_down.format(seconds=await state.people.seconds_left(asker)))
    hurried = state.waiting_questions > state.settings.hurried_above
    try:
        answer = await state.in_worker(lambda: state.answerer.answer(question, 1, hurried=hurried))
    except QuestionTooLong as error:
        return _sentence(texts.question_too_long.format(length=error.length, most=error.most))
    if answer.quotes:
        maybe = answer.certainty is Certainty.MAYBE
        return quote_result(answer.quotes[0], texts, bot_name, maybe, answer.holders)
    summary = await state.in_worker(state.answerer.summary)
    return _sentence(replies.no_answer_text(summary, texts, answer.unnamed_office))


def _sentence(line: str) -> InlineQueryResultArticle:
    return InlineQueryResultArticle("text", line[:60], InputTextMessageContent(line))


def quote_result(
    quote: Quote, texts: Texts, bot_name: str, maybe: bool = False, holders: Sequence[OfficialAnswer] = ()
) -> InlineQueryResultArticle:
    """A card for a quote, which sends the complete quote with its source, and says where it answers only perhaps."""
    # Of the quotes for an office only those of its holders say who it is; another's marked words would claim to.
    if maybe or (holders and _holder(quote, holders) is None):
        quote = replace(quote, answer=None)
    heads = [texts.maybe] if maybe else replies.answer_line([quote])
    return _result(
        f"{quote.article.id}:{quote.start}:{quote.end}",
        _face(quote, holders),
        f"{replies.quote_source(quote, texts)}\n{quote.text}",
        replies.fitted(heads, [quote], texts),
        _buttons(quote.article, texts, bot_name),
    )


def _face(quote: Quote, holders: Sequence[OfficialAnswer]) -> str:
    """What a result is known by: the holder and the office that it names, else its headline, else its first words."""
    if holder := _holder(quote, holders):
        return f"{holder.name_text}: {holder.office_text[:1].upper()}{holder.office_text[1:]}"
    return quote.article.title or _first_words(quote.text)


def _holder(quote: Quote, holders: Sequence[OfficialAnswer]) -> OfficialAnswer | None:
    """The holder of the office whom a quote names."""
    named = (one for one in holders if one.article.id == quote.article.id and quote.start <= one.name[0] < quote.end)
    return next(named, None)


def article_result(article: Article, texts: Texts, bot_name: str) -> InlineQueryResultArticle:
    """A card for an article, which sends its beginning."""
    html, _ = replies.article_page(article, 0, texts)
    title, description = article.title or _first_words(article.text), replies.source_text(article, texts)
    return _result(article.id, title, f"{description}\n{article.text}", html, _buttons(article, texts, bot_name))


def _first_words(text: str) -> str:
    return textwrap.shorten(text, LONGEST_FACE, placeholder="…")


def _buttons(article: Article, texts: Texts, bot_name: str) -> InlineKeyboardMarkup:
    """What whoever sees a sent card can do: read on, or ask something here."""
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(texts.open_article, url=article_link(article, bot_name)),
                InlineKeyboardButton(texts.ask_here, switch_inline_query_current_chat=""),
            ]
        ]
    )


def _result(
    key: str, title: str, description: str, html: str, buttons: InlineKeyboardMarkup
) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        # An id has at most 64 bytes.
        blake2b(key.encode(), digest_size=16).hexdigest(),
        title,
        InputTextMessageContent(html, ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)),
        buttons,
        description=description[:DESCRIPTION_LENGTH],
    )
