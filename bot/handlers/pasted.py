"""Answer longer texts by what they are for: a complaint, a link, a forwarded article or claim."""

import re
from collections.abc import Sequence
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.cards import Card
from bot.conversations import Conversations
from bot.replies import fitted, not_similar_text
from bot.small_talk import is_complaint
from bot.texts import Texts
from embeddings import Quote, article_key, asks, opening

MOST_QUOTES = 3
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{4,2000}", re.IGNORECASE)
# More beside a link is a text with a link in it.
MOST_WORDS_BESIDE_LINK = 8
# A question is shorter than a text that somebody passes on, and a text of fewer words tells nothing to compare.
LONG_TEXT, LONGEST_QUESTION, LEAST_WORDS = 300, 500, 12


async def pasted(message: Message, text: str, state: Conversations, texts: Texts) -> Card | None:
    """The card for a text that is no question to the news; None for others."""
    if is_complaint(text):
        related = await state.in_worker(lambda: state.answerer.related(text, MOST_QUOTES))
        heads = [escape(texts.complaint), *([escape(texts.complaint_related)] if related else [])]
        return _card(heads, related, texts)
    if link := _link_alone(text):
        return await _of_link(link, state, texts)
    if not _is_passed_on(text, message, state.answerer.settings.answers.max_question_length):
        return None
    found = await state.in_worker(lambda: state.answerer.similar(text, MOST_QUOTES))
    if found:
        return _card([escape(texts.similar)], found, texts)
    return escape(not_similar_text(await state.in_worker(state.answerer.summary), texts)), None


def _link_alone(text: str) -> str | None:
    """The link that a message is about."""
    link = LINK.search(text)
    return link[0].rstrip(".,;:!?)") if link and len(LINK.sub(" ", text).split()) <= MOST_WORDS_BESIDE_LINK else None


async def _of_link(link: str, state: Conversations, texts: Texts) -> Card:
    article = await state.in_worker(lambda: state.answerer.store.article_at(link))
    if article is None:
        return escape(texts.link_unknown), None
    title = [f"<b>{escape(article.title)}</b>"] if article.title else []
    return _card(["\n".join([escape(texts.link_found), *title])], [opening(article)], texts)


def _is_passed_on(text: str, message: Message, longest: int) -> bool:
    """Whether somebody passes a text on, so that what it tells is to be found, and not what it asks."""
    if len(text.split()) < LEAST_WORDS:
        return False
    if len(text) > longest:
        return True
    asked = "?" in text or (asks(text) and len(text) <= LONGEST_QUESTION)
    return not asked and (message.forward_origin is not None or len(text) > LONG_TEXT)


def _card(heads: Sequence[str], quotes: Sequence[Quote], texts: Texts) -> Card:
    """Heads as HTML over quotes with their outlets, and a button for each that opens its article's beginning."""
    several = len(quotes) > 1
    buttons = [
        InlineKeyboardButton(
            f"{texts.open_article} {number}" if several else texts.open_article,
            callback_data=f"p:{article_key(quote.article.id)}",
        )
        for number, quote in enumerate(quotes, 1)
    ]
    return fitted(heads, quotes, texts), InlineKeyboardMarkup([[button] for button in buttons]) if buttons else None
