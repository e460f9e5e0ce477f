"""Answer cards: the message and the buttons under it, drawn from what chats.py keeps of an answer."""

import logging
from collections.abc import Callable, Sequence

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot import replies
from bot.chats import SentAnswer
from bot.texts import Texts
from embeddings import Answer, Article, Outlet, Quote, Summary, article_key, with_neighbours

logger = logging.getLogger(__name__)

MAX_COPY_LENGTH = 256

Card = tuple[str, InlineKeyboardMarkup | None]
"""HTML, and the buttons under it."""


def verified(content: SentAnswer, find_article: Callable[[str], Article | None]) -> list[Quote]:
    """The quotes whose words still stand in their articles; any other is left out and logged as an error."""
    quotes = []
    for sent in content.quotes:
        quote = sent.found_in(find_article(sent.article))
        if quote is None:
            logger.error(
                "A quote is not sent: article %r no longer holds it at %d to %d", sent.article, sent.start, sent.end
            )
        else:
            quotes.append(quote)
    return quotes


def answer_card(
    id: int,
    content: SentAnswer,
    quotes: Sequence[Quote],
    summary: Summary,
    texts: Texts,
    bot_name: str,
    *,
    page: int = 0,
    unfolded: bool = False,
    reporting: bool = False,
    wished: bool = False,
    only_for_asker: bool = False,
) -> Card:
    """The card of an answer at one of its pages; `quotes` are those that still stand in their articles."""
    if content.quotes and not quotes:
        return texts.gone, None
    shown = list(quotes[page : page + content.per_page])
    if unfolded and shown:
        shown[0] = with_neighbours(shown[0])
    answer = Answer(
        content.question, content.answered, 0.0, *((tuple(shown), ()) if content.answered else ((), tuple(shown)))
    )
    html = replies.answer_message(answer, summary, texts, 0, content.per_page)
    if only_for_asker:
        html += f"\n<i>{texts.only_you_see}</i>"
    if reporting:
        return html, InlineKeyboardMarkup(_report_rows(id, page, texts))
    rows = _quote_rows(id, content, quotes, page, unfolded, texts, bot_name)
    if content.answered:
        rows.append(
            [
                InlineKeyboardButton(texts.good, callback_data=f"v:{id}:good"),
                InlineKeyboardButton(texts.bad, callback_data=f"v:{id}:bad"),
                InlineKeyboardButton(texts.report, callback_data=f"r:{id}:{page}"),
            ]
        )
    else:
        rows.append([InlineKeyboardButton(texts.noted if wished else texts.notify_me, callback_data=f"w:{id}:{page}")])
    if only_for_asker:
        rows.append([InlineKeyboardButton(texts.show_all, callback_data=f"e:{id}")])
    return html, InlineKeyboardMarkup(rows)


def _quote_rows(
    id: int, content: SentAnswer, quotes: Sequence[Quote], page: int, unfolded: bool, texts: Texts, bot_name: str
) -> list[list[InlineKeyboardButton]]:
    if not quotes:
        return []
    first = quotes[min(page, len(quotes) - 1)]
    navigation = [
        InlineKeyboardButton(
            texts.fold if unfolded else texts.unfold, callback_data=f"u:{id}:{page}:{0 if unfolded else 1}"
        )
    ]
    if len(quotes) > content.per_page:
        following = page + content.per_page if page + content.per_page < len(quotes) else 0
        label = texts.next_source.format(number=following + 1, total=len(quotes))
        navigation.append(InlineKeyboardButton(label, callback_data=f"u:{id}:{following}:0"))
    use = [copy_button(first, id, page, texts, bot_name)]
    if first.article.url:
        use.append(InlineKeyboardButton(texts.open_article, url=first.article.url))
    else:
        use.append(
            InlineKeyboardButton(texts.open_article, url=deep_link(bot_name, f"t{article_key(first.article.id)}"))
        )
    return [navigation, use]


def copy_button(quote: Quote, id: int, page: int, texts: Texts, bot_name: str) -> InlineKeyboardButton:
    """A button that copies the quote, or where it is too long for Telegram's, shows it to copy in the private chat."""
    if replies.telegram_length(quote.text) <= MAX_COPY_LENGTH:
        return InlineKeyboardButton(texts.copy, copy_text=CopyTextButton(quote.text))
    return InlineKeyboardButton(texts.copy, url=deep_link(bot_name, f"c{id}_{page}"))


def _report_rows(id: int, page: int, texts: Texts) -> list[list[InlineKeyboardButton]]:
    reasons = [
        InlineKeyboardButton(label, callback_data=f"y:{id}:{page}:{reason}")
        for reason, label in texts.report_reasons.items()
    ]
    back = InlineKeyboardButton(texts.report_back, callback_data=f"u:{id}:{page}:0")
    return [reasons[:2], reasons[2:], [back]]


def deep_link(bot_name: str, payload: str) -> str:
    """A link that opens the private chat at something; the payload has at most 64 characters of A-Z a-z 0-9 _ -."""
    return f"https://t.me/{bot_name}?start={payload}"


def sources_card(outlets: Sequence[Outlet], page: int, texts: Texts) -> Card:
    """One page of what is indexed."""
    row = []
    if page > 0:
        row.append(InlineKeyboardButton(texts.previous_page, callback_data=f"s:{page - 1}"))
    if (page + 1) * replies.OUTLETS_PER_PAGE < len(outlets):
        row.append(InlineKeyboardButton(texts.next_page, callback_data=f"s:{page + 1}"))
    return replies.sources_text(outlets, page, texts), InlineKeyboardMarkup([row]) if row else None


def article_card(article: Article, start: int, texts: Texts) -> Card:
    """One page of an article."""
    html, following = replies.article_page(article, start, texts)
    row = []
    if start > 0:
        row.append(InlineKeyboardButton(texts.previous_page, callback_data=f"t:{article_key(article.id)}:0"))
    if following is not None:
        row.append(InlineKeyboardButton(texts.next_page, callback_data=f"t:{article_key(article.id)}:{following}"))
    return html, InlineKeyboardMarkup([row]) if row else None
