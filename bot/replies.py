"""Turn answers into what Telegram shows: pure functions to HTML, without buttons (those are in cards.py)."""

from collections.abc import Sequence
from html import escape

from bot.texts import Texts
from embeddings import Answer, Article, Outlet, Quote, Summary

MAX_MESSAGE_LENGTH = 4096
# Longer quotes fold away behind "show more", which hides all but their first lines: only what would fill the screen.
EXPANDABLE_FROM = 600
OUTLETS_PER_PAGE = 8


def answer_message(answer: Answer, summary: Summary, texts: Texts) -> str:
    """An answer as HTML, at most 4,096 characters once Telegram has parsed it."""
    if answer.answered:
        return fitted([], answer.quotes, texts)
    heads = [escape(no_answer_text(summary, texts))]
    if answer.near:
        heads.append(escape(texts.near))
    if summary.articles == 0:
        return heads[0]
    return fitted(heads, answer.near, texts, [escape(texts.ways_on)])


def welcome_text(summary: Summary, texts: Texts) -> str:
    """The first message: what the bot does, and how much it knows."""
    if summary.articles == 0:
        return texts.welcome_empty
    return texts.welcome.format(articles=number_text(summary.articles, texts), span=_span(summary))


def no_answer_text(summary: Summary, texts: Texts) -> str:
    """The honest no, with how much was searched."""
    if summary.articles == 0:
        return texts.nothing_indexed
    return texts.not_found.format(articles=number_text(summary.articles, texts), span=_span(summary))


def _span(summary: Summary) -> str:
    years = sorted({published[:4] for published in (summary.oldest, summary.newest) if published})
    return f" ({'–'.join(years)})" if years else ""


def sources_text(outlets: Sequence[Outlet], page: int, texts: Texts) -> str:
    """What is indexed: totals, and one page of outlets."""
    newest = max((outlet.newest for outlet in outlets if outlet.newest), default=None)
    head = texts.sources.format(
        articles=number_text(sum(outlet.articles for outlet in outlets), texts),
        outlets=number_text(len(outlets), texts),
        newest=_newest(newest, texts),
    )
    lines = [
        "• "
        + texts.source_line.format(
            source=outlet.source or texts.unknown_source.capitalize(),
            articles=number_text(outlet.articles, texts),
            newest=_newest(outlet.newest, texts),
        )
        for outlet in outlets[page * OUTLETS_PER_PAGE : (page + 1) * OUTLETS_PER_PAGE]
    ]
    return "\n".join([head, "", *lines])


def _newest(published: str | None, texts: Texts) -> str:
    return texts.newest.format(date=date_text(published, texts)) if published else ""


def article_page(article: Article, start: int, texts: Texts) -> tuple[str, int | None]:
    """An article from a character offset on, as HTML, and the offset at which the next page begins, if any."""
    head = f"<b>{escape(article.title or texts.untitled)}</b>\n{escape(source_text(article, texts))}"
    if article.url:
        head += f' · <a href="{escape(article.url)}">{escape(texts.open_article)}</a>'
    room = MAX_MESSAGE_LENGTH - telegram_length(head) - 100
    end = len(article.text)
    while telegram_length(escape(article.text[start:end])) > room:
        # A page ends with a paragraph where one ends late enough, else with a word.
        cut = article.text.rfind("\n", start + (end - start) // 2, end)
        end = cut if cut > start else max(article.text.rfind(" ", start, end - 1), start + (end - start) // 2)
    body = escape(article.text[start:end].strip())
    return f"{head}\n\n<blockquote expandable>{body}</blockquote>", end if end < len(article.text) else None


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


def number_text(number: int, texts: Texts) -> str:
    """A number with its thousands set apart as the language does."""
    return f"{number:,}".replace(",", texts.thousands_separator)


def telegram_length(text: str) -> int:
    """The length that Telegram counts: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def fitted(heads: Sequence[str], quotes: Sequence[Quote], texts: Texts, tails: Sequence[str] = ()) -> str:
    """Heads, as many quotes as fit, and tails; the first quote always stands, if need be shortened."""
    # Markup does not count towards Telegram's limit and escapes are longer than what they stand for, so counting the
    # HTML itself is always on the safe side.
    blocks = list(heads)
    room = MAX_MESSAGE_LENGTH - telegram_length("\n\n".join([*heads, *tails])) - 4
    for number, quote in enumerate(quotes):
        block = quote_block(quote, texts)
        if telegram_length(block) + 2 > room:
            if number > 0:
                break
            block = _shortened_block(quote, texts, room - 2)
        blocks.append(block)
        room -= telegram_length(block) + 2
    return "\n\n".join([*blocks, *tails])


def quote_block(quote: Quote, texts: Texts, note: str | None = None) -> str:
    """One quote as HTML: a blockquote with the answering words bold, outlet and date under it, a link if known."""
    expandable = " expandable" if len(quote.text) > EXPANDABLE_FROM else ""
    lines = [f"<blockquote{expandable}>{_marked(quote)}</blockquote>"]
    if note:
        lines.append(f"<i>{escape(note)}</i>")
    source = f"— {escape(source_text(quote.article, texts))}"
    if quote.article.url:
        source += f' · <a href="{escape(quote.article.url)}">{escape(texts.open_article.lower())}</a>'
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
