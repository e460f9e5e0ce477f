"""Turn an answer into what Telegram shows: pure functions from Answer to HTML."""

from collections.abc import Sequence
from html import escape

from bot.texts import Texts
from embeddings import Answer, Article, Quote, Summary

MAX_MESSAGE_LENGTH = 4096
# Longer quotes fold away behind "show more"; about six lines on a phone.
EXPANDABLE_FROM = 300


def answer_message(answer: Answer, articles: int, texts: Texts) -> str:
    """The whole answer as HTML, at most 4,096 characters once Telegram has parsed it."""
    if answer.answered:
        return _fitted([], answer.quotes, texts)
    heads = [escape(no_answer_text(articles, texts))]
    if answer.near:
        heads.append(escape(texts.near))
    return _fitted(heads, answer.near, texts)


def welcome_text(summary: Summary, texts: Texts) -> str:
    """The first message: what the bot does, and how much it knows."""
    if summary.articles == 0:
        return texts.welcome_empty
    years = sorted({published[:4] for published in (summary.oldest, summary.newest) if published})
    span = f" ({'–'.join(years)})" if years else ""
    return texts.welcome.format(articles=_number(summary.articles, texts), span=span)


def no_answer_text(articles: int, texts: Texts) -> str:
    """The honest no."""
    return texts.not_found.format(articles=_number(articles, texts)) if articles else texts.nothing_indexed


def date_text(published: str | None, texts: Texts) -> str:
    """A date as people write it, only as exact as it is known: "17 Juli 2023", "Juli 2023", "2023"."""
    if published is None:
        return texts.unknown_date
    year, month, day = [*published.split("-"), "", ""][:3]
    name = texts.months[int(month) - 1] if month else ""
    return " ".join(part for part in (day.lstrip("0"), name, year) if part)


def source_text(article: Article, texts: Texts) -> str:
    """The line under a quote: outlet and date."""
    return f"{article.source or texts.unknown_source} · {date_text(article.published, texts)}"


def telegram_length(text: str) -> int:
    """The length that Telegram counts: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _fitted(heads: list[str], quotes: Sequence[Quote], texts: Texts) -> str:
    """Heads and as many quotes as fit; the first quote always stands, if need be shortened around its answer."""
    # Markup does not count towards Telegram's limit but escapes are shorter than what they stand for, so counting the
    # HTML itself is always on the safe side.
    blocks = list(heads)
    room = MAX_MESSAGE_LENGTH - telegram_length("\n\n".join(blocks))
    for number, quote in enumerate(quotes):
        block = quote_block(quote, texts)
        if telegram_length(block) + 2 > room:
            if number > 0:
                break
            block = _shortened_block(quote, texts, room - 2)
        blocks.append(block)
        room -= telegram_length(block) + 2
    return "\n\n".join(blocks)


def quote_block(quote: Quote, texts: Texts, note: str | None = None) -> str:
    """One quote as HTML: a blockquote with the answering words bold, outlet and date under it, a link if known."""
    expandable = " expandable" if len(quote.text) > EXPANDABLE_FROM else ""
    lines = [f"<blockquote{expandable}>{_marked(quote)}</blockquote>"]
    if note:
        lines.append(f"<i>{escape(note)}</i>")
    source = f"— {escape(source_text(quote.article, texts))}"
    if quote.article.url:
        source += f' · <a href="{escape(quote.article.url)}">{escape(texts.open_article)}</a>'
    return "\n".join([*lines, source])


def _marked(quote: Quote) -> str:
    if quote.answer is None:
        return escape(quote.text)
    text, (start, end) = quote.article.text, quote.answer
    before, answer, after = text[quote.start : start], text[start:end], text[end : quote.end]
    return f"{escape(before)}<b>{escape(answer)}</b>{escape(after)}"


def _shortened_block(quote: Quote, texts: Texts, room: int) -> str:
    """The longest whole-word slice around the answer, or from the start, that fits."""
    text = quote.article.text
    length = room
    while True:
        length -= 200
        middle = quote.answer[0] if quote.answer else quote.start
        start = max(quote.start, min(middle - length // 2, quote.end - length))
        end = min(quote.end, start + length)
        while quote.start < start < middle and not text[start - 1].isspace():
            start += 1
        while end < quote.end and end > start + 1 and not text[end].isspace():
            end -= 1
        answer = quote.answer if quote.answer and start <= quote.answer[0] and quote.answer[1] <= end else None
        block = quote_block(quote.slice(start, end, answer), texts, texts.shortened)
        if telegram_length(block) <= room or length <= 400:
            return block


def _number(number: int, texts: Texts) -> str:
    # Indonesian groups thousands with points.
    return f"{number:,}" if texts.months[0] == "January" else f"{number:,}".replace(",", ".")
