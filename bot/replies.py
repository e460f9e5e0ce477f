"""Turn answers into what Telegram shows: pure functions to HTML, without buttons (those are in cards.py)."""

import textwrap
from calendar import monthrange
from collections.abc import Sequence
from html import escape

from bot.config import NewsroomSettings
from bot.texts import Texts
from embeddings import (
    Answer,
    Article,
    Outlet,
    Period,
    Quote,
    Summary,
)

MAX_MESSAGE_LENGTH = 4096
# Longer quotes fold away behind "show more", which shows their first three lines.
EXPANDABLE_FROM = 250
OUTLETS_PER_PAGE = 8
LONGEST_LABEL = 200
# Of a line that only says what was searched for.
LONGEST_LINE = 60
OTHERS_SHOWN = 4
# Words that are nearly the whole quote would only be read twice.
LONGEST_ANSWER_LINE, MOST_OF_QUOTE = 120, 0.6


def answer_message(
    answer: Answer, summary: Summary, texts: Texts, lines: Sequence[str] = (), folded: bool = True
) -> str:
    """An answer as HTML under these lines of HTML, at most 4,096 characters once Telegram has parsed it.

    Long quotes are `folded`, but for what a person has just unfolded.
    """
    above = ["\n".join(lines)] if lines else []
    if answer.answered:
        return fitted(above, answer.quotes, texts, folded=folded)
    no = escape(no_answer_text(summary, texts, answer.unnamed_office))
    if summary.articles == 0:
        return no
    above += [no, *([escape(texts.near)] if answer.near else [])]
    return fitted(above, answer.near, texts, [escape(texts.ways_on)], folded)


def answer_line(quotes: Sequence[Quote]) -> list[str]:
    """The first quote's answering words as a line of HTML; none where they are long, or nearly the whole quote."""
    if not quotes or (span := quotes[0].answer) is None:
        return []
    words = " ".join(quotes[0].article.text[slice(*span)].split())
    short = len(words) <= min(LONGEST_ANSWER_LINE, MOST_OF_QUOTE * len(quotes[0].text))
    return [f"<b>{escape(words)}</b>"] if short else []


def understood(answer: Answer, texts: Texts) -> list[str]:
    """Plain lines that say how the question was read: words taken for misspelt ones, and the period."""
    lines = [_shortened(texts.searched_for.format(words=answer.searched_for))] if answer.searched_for else []
    if answer.period:
        lines.append(texts.period.format(period=period_text(answer.period, texts)))
    return lines


def _shortened(line: str) -> str:
    """As many whole words of a line as it may hold."""
    return textwrap.shorten(line, LONGEST_LINE, placeholder=" …")


def period_text(period: Period, texts: Texts) -> str:
    """A period as people write it: "2023", "Juli 2023", "sejak 17 Juli 2023", "1–15 Juli 2023", "2021 – 2023"."""
    start, end = period.start, period.end
    if start is None or end is None:
        form, day = (texts.period_until, end) if start is None else (texts.period_from, start)
        return form.format(date=date_text(day, texts))
    # Whole months and years are named as such.
    if start.endswith("-01-01") and end.endswith("-12-31"):
        start, end = start[:4], end[:4]
    elif start.endswith("-01") and end == _last_of_month(end):
        start, end = start[:7], end[:7]
    if len(start) == len("2023-07-17") and start < end and start[:7] == end[:7]:
        return f"{start[8:].lstrip('0')}–{date_text(end, texts)}"
    return " – ".join(dict.fromkeys((date_text(start, texts), date_text(end, texts))))


def _last_of_month(day: str) -> str:
    return f"{day[:8]}{monthrange(int(day[:4]), int(day[5:7]))[1]}"


def welcome_text(summary: Summary, texts: Texts, newsroom: NewsroomSettings) -> str:
    """The first message: what the bot does, in the newsroom's words where it has some, and how much it knows."""
    if summary.articles == 0:
        return texts.welcome_empty
    greeting = newsroom.greeting or texts.welcome.format(name=newsroom.name or texts.bot_name)
    articles = number_text(summary.articles, texts)
    return f"{greeting}\n\n{texts.welcome_articles.format(articles=articles, span=_span(summary, texts))}"


def no_answer_text(summary: Summary, texts: Texts, unnamed_office: str | None = None) -> str:
    """The honest no, with how much was searched and, if it was that, the office that has no name in it."""
    if summary.articles == 0:
        return texts.nothing_indexed
    form = texts.not_named if unnamed_office else texts.not_found
    return form.format(office=unnamed_office, articles=number_text(summary.articles, texts), span=_span(summary, texts))


def not_similar_text(summary: Summary, texts: Texts) -> str:
    """That no article tells what somebody's text tells, and how many were searched."""
    return texts.similar_none.format(articles=number_text(summary.articles, texts), span=_span(summary, texts))


def _span(summary: Summary, texts: Texts) -> str:
    """The years of the articles, and how many have none: " (2022–2023, 1 tanpa tanggal)"."""
    years = sorted({published[:4] for published in (summary.oldest, summary.newest) if published})
    undated = texts.undated.format(number=number_text(summary.undated, texts)) if summary.undated else ""
    parts = ["–".join(years), undated]
    return f" ({', '.join(filter(None, parts))})" if any(parts) else ""


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
            source=(outlet.source or texts.unknown_source.capitalize())[:LONGEST_LABEL],
            articles=number_text(outlet.articles, texts),
            newest=_newest(outlet.newest, texts),
        )
        for outlet in outlets[page * OUTLETS_PER_PAGE : (page + 1) * OUTLETS_PER_PAGE]
    ]
    return "\n".join([head, "", *lines])


def _newest(published: str | None, texts: Texts) -> str:
    return texts.newest.format(date=date_text(published, texts)) if published else ""


def article_page(article: Article, start: int, texts: Texts, older: bool = False) -> tuple[str, int | None]:
    """An article from a character offset on, as HTML, and the offset at which the next page begins, if any."""
    title = (article.title or texts.untitled)[:LONGEST_LABEL]
    head = f"<b>{escape(title)}</b>\n{escape(source_text(article, texts, older))}"
    if article.url:
        head += f' · <a href="{escape(article.url)}">{escape(texts.open_article)}</a>'
    # Title and outlet leave so much room at least; a link's address takes none.
    room = max(MAX_MESSAGE_LENGTH - telegram_length(head) - 100, MAX_MESSAGE_LENGTH // 2)
    end = min(len(article.text), start + MAX_MESSAGE_LENGTH)
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


def source_text(article: Article, texts: Texts, older: bool = False) -> str:
    """The line under a title: outlet and date, and whether it is of an older version of the article."""
    source = (article.source or texts.unknown_source)[:LONGEST_LABEL]
    return " · ".join((source, date_text(article.published, texts), *([texts.older_version] if older else [])))


def quote_source(quote: Quote, texts: Texts) -> str:
    """The line under a quote: as under a title, with the page where it comes from a document that has pages."""
    page = f" · {texts.page.format(number=quote.page)}" if quote.page else ""
    return source_text(quote.article, texts, quote.older) + page


def number_text(number: int, texts: Texts) -> str:
    """A number with its thousands set apart as the language does."""
    return f"{number:,}".replace(",", texts.thousands_separator)


def telegram_length(text: str) -> int:
    """The length that Telegram counts: UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def fitted(
    heads: Sequence[str], quotes: Sequence[Quote], texts: Texts, tails: Sequence[str] = (), folded: bool = True
) -> str:
    """Heads, as many quotes as fit, and tails; the first quote always stands, if need be shortened."""
    # Markup does not count towards Telegram's limit and escapes are longer than what they stand for, so counting the
    # HTML itself is always on the safe side.
    blocks = list(heads)
    room = MAX_MESSAGE_LENGTH - telegram_length("\n\n".join([*heads, *tails])) - 4
    for number, quote in enumerate(quotes):
        block = quote_block(quote, texts, folded=folded)
        if telegram_length(block) + 2 > room:
            if number > 0:
                break
            block = _shortened_block(quote, texts, room - 2)
        blocks.append(block)
        room -= telegram_length(block) + 2
    return "\n\n".join([*blocks, *tails])


def quote_block(quote: Quote, texts: Texts, note: str | None = None, folded: bool = True) -> str:
    """One quote as HTML: a blockquote with the answering words bold, outlet and date under it, a link if known."""
    expandable = " expandable" if folded and len(quote.text) > EXPANDABLE_FROM else ""
    lines = [f"<blockquote{expandable}>{_marked(quote)}</blockquote>"]
    if note:
        lines.append(f"<i>{escape(note)}</i>")
    source = f"— {escape(quote_source(quote, texts))}"
    if quote.article.url:
        source += f' · <a href="{escape(quote.article.url)}">{escape(texts.open_article.lower())}</a>'
    return "\n".join([*lines, source, *([f"<i>{_copies(quote, texts)}</i>"] if quote.copies else [])])


def _copies(quote: Quote, texts: Texts) -> str:
    outlets = ", ".join(
        f'<a href="{escape(copy.url)}">{escape(outlet)}</a>' if copy.url else escape(outlet)
        for copy in quote.copies[:OTHERS_SHOWN]
        for outlet in [(copy.source or texts.unknown_source)[:LONGEST_LABEL]]
    )
    more = ", …" if len(quote.copies) > OTHERS_SHOWN else ""
    return texts.copies.format(number=len(quote.copies), outlets=outlets + more)


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
