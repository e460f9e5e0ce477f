"""Cards that offer what there is to see: the newest articles, and what is known by a region's or a person's name."""

import textwrap
from collections.abc import Sequence
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import replies
from bot.cards import Card
from bot.heads import heads
from bot.texts import Texts
from embeddings import Answer, Article, Certainty, News, Overview, article_key

# As many headlines as a phone shows at once.
MOST_NEWS = 6
NUMBERS_A_ROW = 6
# What a button's data may hold, in bytes; a longer name is opened by typing it.
MOST_DATA = 64
# What /start tells in a group that somebody has just added the bot to.
ADDED = "grup"


def news_card(news: News, texts: Texts) -> Card:
    """A dated list of headlines with their outlets, and a button for each that opens its first sentences."""
    head = escape(_news_head(news, texts))
    if not news.articles:
        return head, None
    lines = [f"{number}. {_headline(article, texts)}" for number, article in enumerate(news.articles, 1)]
    numbers = [
        InlineKeyboardButton(str(number), callback_data=f"p:{article_key(article.id)}")
        for number, article in enumerate(news.articles, 1)
    ]
    rows = [numbers[start : start + NUMBERS_A_ROW] for start in range(0, len(numbers), NUMBERS_A_ROW)]
    return "\n\n".join([head, *lines, f"<i>{escape(texts.news_hint)}</i>"]), InlineKeyboardMarkup(rows)


def _news_head(news: News, texts: Texts) -> str:
    asked = news.asked
    names = ", ".join(name.title() for name in asked.regions or filter(None, [asked.person]))
    about = texts.news_about.format(name=names) if names else ""
    if not news.articles:
        return texts.news_none.format(about=about)
    if asked.period is None:
        return texts.news.format(about=about)
    when = replies.period_text(asked.period, texts)
    # "hari ini (27 November 2026)"
    when = f"{asked.when} ({when})" if asked.period.relative else when
    return (texts.news_of_other_time if news.of_other_time else texts.news_of_time).format(when=when, about=about)


def _headline(article: Article, texts: Texts) -> str:
    beginning = textwrap.shorten(article.text, replies.LONGEST_LABEL // 2, placeholder=" …")
    title = " ".join((article.title or beginning)[: replies.LONGEST_LABEL].split())
    return f"<b>{escape(title)}</b>\n{escape(replies.source_text(article, texts))}"


def first_buttons(examples: Sequence[str], texts: Texts, bot_name: str | None) -> InlineKeyboardMarkup:
    """Questions that are answered, the newest articles, and, with the bot's name, the way into a group."""
    # A button's label is the question: its data would not hold it.
    rows = [[InlineKeyboardButton(example, callback_data=f"q:e:{n}")] for n, example in enumerate(examples)]
    rows.append([InlineKeyboardButton(texts.overview_news, callback_data="n:a:")])
    if bot_name:
        link = f"https://t.me/{bot_name}?startgroup={ADDED}"
        rows.append([InlineKeyboardButton(texts.add_to_group, url=link)])
    return InlineKeyboardMarkup(rows)


def overview_card(overview: Overview, texts: Texts) -> Card:
    """What there is about a region or a person, each one tap away."""
    name = overview.name.title() if overview.region else overview.name
    if overview.region:
        choices = [
            (texts.overview_officials.format(number=overview.officials), f"q:o:{overview.name}", overview.officials),
            (texts.overview_meetings.format(number=overview.meetings), f"q:m:{overview.name}", overview.meetings),
            (texts.overview_news, f"n:r:{overview.name}", overview.news),
        ]
        return escape(texts.overview.format(name=name)), _choices(choices)
    lines = heads(Answer(name, Certainty.SURE, 1.0, holders=overview.offices), texts)
    choices = [
        (texts.overview_quotes, f"q:w:{name}", True),
        (texts.overview_news_of, f"n:p:{name}", True),
        *((region.title(), f"h:{region}", True) for region in sorted({one.region for one in overview.offices})[:3]),
    ]
    return "\n".join(map(escape, lines)), _choices(choices)


def _choices(choices: Sequence[tuple[str, str, object]]) -> InlineKeyboardMarkup:
    """A button a row for each that there is something behind."""
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(label, callback_data=data)]
            for label, data, there in choices
            if there and len(data.encode()) <= MOST_DATA
        ]
    )
