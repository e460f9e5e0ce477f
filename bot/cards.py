"""Answer cards: the message and the buttons under it, drawn from what is kept of an answer."""

import logging
from collections.abc import Sequence
from html import escape

import msgspec
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import replies
from bot.chats import Judged, SentAnswer
from bot.sharing import article_link, copy_button, key_of, share_buttons
from bot.texts import Texts
from embeddings import Answer, Article, Certainty, Outlet, Quote, Store, Summary, with_neighbours

logger = logging.getLogger(__name__)

Card = tuple[str, InlineKeyboardMarkup | None]
"""HTML, and the buttons under it."""


class View(msgspec.Struct, frozen=True):
    """What of an answer a card shows, and how it was judged; buttons carry the former, so nothing is remembered."""

    page: int = 0
    """The first quote shown."""
    unfolded: bool = False
    reporting: bool = False
    wished: bool = False
    only_for_asker: bool = False
    for_all: bool = False
    """Whether everybody in a group sees the card, so that votes are counted on it."""
    judged: Judged = Judged()


def verified(content: SentAnswer, store: Store) -> list[Quote]:
    """The quotes whose words stand in their articles, as these are or were; others are left out and logged."""
    quotes = []
    for sent in content.quotes:
        article, older = store.quoted(sent.article, sent.start, sent.text, sent.version) or (None, False)
        quote = sent.found_in(article, older)
        if quote is None:
            logger.error(
                "A quote is not sent: no version of article %r holds it at %d to %d",
                sent.article, sent.start, sent.end,
            )  # fmt: skip
        else:
            copies = () if older else tuple(store.copies(quote.article.id))
            quotes.append(msgspec.structs.replace(quote, copies=copies))
    return quotes


def answer_card(
    token: str,
    content: SentAnswer,
    quotes: Sequence[Quote],
    summary: Summary,
    texts: Texts,
    bot_name: str,
    view: View,
) -> Card:
    """The card of an answer as somebody sees it; `quotes` are those that still stand in their articles."""
    if content.quotes and not quotes:
        return texts.gone, None
    # A quote may have left the archive since the button was drawn.
    view = msgspec.structs.replace(view, page=min(view.page, max(0, len(quotes) - 1)))
    html = _html(content, quotes, summary, texts, view)
    if view.reporting:
        return html, InlineKeyboardMarkup(_report_rows(token, view, texts))
    rows = _quote_rows(token, content, quotes, view, texts, bot_name) if quotes else []
    rows += _reaction_rows(token, content, view, texts)
    return html, InlineKeyboardMarkup(rows) if rows else None


def _html(content: SentAnswer, quotes: Sequence[Quote], summary: Summary, texts: Texts, view: View) -> str:
    shown = list(quotes[view.page : view.page + content.per_page])
    if view.unfolded and shown:
        shown[0] = with_neighbours(shown[0])
    # Marked words claim to be the answer.
    if content.maybe:
        shown = [msgspec.structs.replace(quote, answer=None) for quote in shown]
    quotes_shown, near = (tuple(shown), ()) if content.answered else ((), tuple(shown))
    certainty = Certainty.SURE if content.answered else Certainty.NO
    answer = Answer(content.question, certainty, 0.0, quotes_shown, near, unnamed_office=content.unnamed_office)
    html = replies.answer_message(answer, summary, texts, _lines(content, shown, texts), folded=not view.unfolded)
    return f"{html}\n<i>{texts.only_you_see}</i>" if view.only_for_asker else html


def _lines(content: SentAnswer, shown: Sequence[Quote], texts: Texts) -> list[str]:
    """The salam, then the answer where it is sure and one line, else how the question was read; first, why it comes."""
    if content.subscription is not None:
        unasked = msgspec.structs.replace(content, subscription=None)
        return [escape(texts.alert_answer.format(question=content.question)), *_lines(unasked, shown, texts)]
    salam = [escape(content.salam)] if content.salam else []
    understood = [f"<i>{escape(line)}</i>" for line in content.understood]
    if content.maybe or not content.answered:
        return [*salam, *understood, *([escape(texts.maybe)] if content.maybe else []), *map(escape, content.heads)]
    heads = [escape(line) for line in content.heads] or replies.answer_line(shown)
    return [*salam, *heads, *understood] if len(heads) == 1 else [*salam, *understood, *heads]


def _button(label: str, *data: str | int) -> InlineKeyboardButton:
    """A button that carries a kind, an answer's token or another key, and what else the kind takes."""
    return InlineKeyboardButton(label, callback_data=":".join(map(str, data)))


def _quote_rows(
    token: str, content: SentAnswer, quotes: Sequence[Quote], view: View, texts: Texts, bot_name: str
) -> list[list[InlineKeyboardButton]]:
    first = quotes[view.page]
    fold = texts.fold if view.unfolded else texts.unfold
    read_on = [
        _button(fold, "u", token, view.page, 0 if view.unfolded else 1),
        InlineKeyboardButton(texts.open_article, url=article_link(first.article, bot_name, first.older)),
    ]
    rows = [read_on]
    if len(quotes) > content.per_page:
        following = view.page + content.per_page if view.page + content.per_page < len(quotes) else 0
        label = texts.next_source.format(number=following + 1, total=len(quotes)) if following else texts.first_source
        rows.append([_button(label, "u", token, following, 0)])
    # What may be no answer is not offered to be passed on.
    share = share_buttons(first, token, view.page, texts, bot_name) if content.answered else []
    return [*rows, [copy_button(first, token, view.page, texts, bot_name), *share]]


def reaction_buttons(token: str, content: SentAnswer, view: View, texts: Texts) -> InlineKeyboardMarkup:
    """The buttons under a list that shows all of its quotes."""
    rows = _report_rows(token, view, texts) if view.reporting else _reaction_rows(token, content, view, texts)
    return InlineKeyboardMarkup(rows)


def _reaction_rows(token: str, content: SentAnswer, view: View, texts: Texts) -> list[list[InlineKeyboardButton]]:
    """What can be said of the answer, and how else the question can be answered."""
    rows = []
    if content.answered:
        where, judged = (view.page, int(view.unfolded)), view.judged
        votes = [
            _button(_judged(label, count, judged.vote == vote, view), "v", token, vote, *where)
            for vote, label, count in (("good", texts.good, judged.good), ("bad", texts.bad, judged.bad))
        ]
        report = _judged(texts.report, 0, judged.reason is not None, view)
        rows.append([*votes, _button(report, "r", token, view.page)])
    elif content.question and not content.of_another:
        rows.append([_wish_button(token, view, texts)])
    if content.subscription is not None:
        rows.append([_button(texts.stop, "l", "stop", content.subscription)])
    if content.of_period:
        rows.append([_button(texts.drop_period, "d", token)])
    if content.typed:
        rows.append([_button(texts.drop_context, "k", token)])
    if view.only_for_asker:
        rows.append([_button(texts.show_all, "e", token)])
    return rows


def _judged(label: str, count: int, own: bool, view: View) -> str:
    """A label with what was said: all votes on a card that all see, else the person's own."""
    if view.for_all:
        return f"{label} {count}" if count else label
    return f"{label} ✓" if own else label


def _wish_button(token: str, view: View, texts: Texts) -> InlineKeyboardButton:
    if view.wished:
        return _button(texts.noted, "w", token, view.page, "off")
    return _button(texts.notify_me, "w", token, view.page)


def _report_rows(token: str, view: View, texts: Texts) -> list[list[InlineKeyboardButton]]:
    chosen = None if view.for_all else view.judged.reason
    reasons = [
        _button(f"{label} ✓" if reason == chosen else label, "y", token, view.page, reason)
        for reason, label in texts.report_reasons.items()
    ]
    ways_back = [_button(texts.report_back, "u", token, view.page, 0)]
    if view.judged.reason is not None:
        ways_back.insert(0, _button(texts.report_withdraw, "b", token, view.page))
    return [reasons[:2], reasons[2:], ways_back]


def lost_answer_buttons(token: str, texts: Texts) -> InlineKeyboardMarkup:
    """The button that shows an answer of which it is not known whether it has arrived."""
    return InlineKeyboardMarkup([[_button(texts.show_answer, "o", token)]])


def open_alone_button(token: str, texts: Texts) -> InlineKeyboardMarkup:
    """The button that shows an answer to its asker alone."""
    return InlineKeyboardMarkup([[_button(texts.show_answer, "z", token)]])


def forget_buttons(person: int, texts: Texts) -> InlineKeyboardMarkup:
    """Whether to delete all data; only this person's press counts."""
    yes, no = _button(texts.forget_yes, "x", person, "yes"), _button(texts.forget_no, "x", person, "no")
    return InlineKeyboardMarkup([[yes], [no]])


def sources_card(outlets: Sequence[Outlet], page: int, texts: Texts) -> Card:
    """One page of what is indexed; past the last one, the last."""
    page = min(page, max(0, len(outlets) - 1) // replies.OUTLETS_PER_PAGE)
    row = []
    if page > 0:
        row.append(_button(texts.previous_page, "s", page - 1))
    if (page + 1) * replies.OUTLETS_PER_PAGE < len(outlets):
        row.append(_button(texts.next_page, "s", page + 1))
    return replies.sources_text(outlets, page, texts), InlineKeyboardMarkup([row]) if row else None


def article_of_key(key: str, store: Store) -> tuple[Article, bool] | None:
    """The article or the older version that a key names (see key_of), and which of the two it is."""
    article, version = store.article_by_key(key[:16]), key[16:]
    if version and (article is None or article.content_hash() != version):
        older = store.older_version(version)
        return (older, True) if older else None
    return (article, False) if article else None


def article_card(article: Article, start: int, texts: Texts, older: bool = False) -> Card:
    """One page of an article, or of an older version of it."""
    # Changed since, the article may have become shorter.
    start = min(start, len(article.text) - 1)
    html, following = replies.article_page(article, start, texts, older)
    row = []
    if start > 0:
        row.append(_button(texts.previous_page, "t", key_of(article, older), 0))
    if following is not None:
        row.append(_button(texts.next_page, "t", key_of(article, older), following))
    return html, InlineKeyboardMarkup([row]) if row else None
