"""What administrators are told of changed articles, as HTML with buttons: functions without side effects."""

from collections.abc import Sequence
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.cards import Card
from bot.operating.editing import Synced
from bot.replies import date_text, number_text
from bot.texts import Texts
from embeddings import Article, Change, Edit, article_key

NAMED = 5
SOURCES_NAMED = 12
LONGEST = 200
LONGEST_REASON = 300
LONGEST_BUTTON = 60


def edit_card(edit: Edit, texts: Texts, undo: str | None, restored: bool = False) -> Card:
    """What was done, with a button that takes it back by this token; `restored` if it was itself taking back."""
    added = [change for change in edit.changes if change.after and (restored or not change.before)]
    updated = [change for change in edit.changes if change.after and change.before and not restored]
    removed = [change.before for change in edit.changes if change.before and not change.after]
    blocks = [
        *_block(texts.edit_restored if restored else texts.edit_added, [_after(one, texts) for one in added], texts),
        *_block(texts.edit_updated, [_after(one, texts) for one in updated], texts),
        *_block(texts.edit_removed, [gone_text(article, texts) for article in removed], texts),
        *_block(texts.edit_unchanged, [gone_text(article, texts) for article in edit.unchanged], texts),
        *_block(texts.edit_refused, [_refused(one.where, one.reason) for one in edit.refused], texts),
    ]
    button = InlineKeyboardButton(texts.edit_undo, callback_data=f"op:undo:{undo}") if undo else None
    return "\n\n".join(blocks) or escape(texts.edit_nothing), InlineKeyboardMarkup([[button]]) if button else None


def _block(head: str, entries: Sequence[str], texts: Texts) -> list[str]:
    if not entries:
        return []
    further = len(entries) - NAMED
    more = [texts.edit_more.format(number=number_text(further, texts))] if further > 0 else []
    return [f"<b>{escape(head)}</b>\n" + "\n".join(map(escape, (*entries[:NAMED], *more)))]


def _after(change: Change, texts: Texts) -> str:
    assert change.after is not None
    passages = number_text(change.passages, texts)
    return texts.edit_article.format(passages=passages, **_fields(change.after, texts))


def gone_text(article: Article, texts: Texts) -> str:
    """An article's title, outlet and date."""
    return texts.edit_gone_article.format(**_fields(article, texts))


def _fields(article: Article, texts: Texts) -> dict[str, str]:
    return {
        "title": (article.title or texts.untitled)[:LONGEST],
        "source": (article.source or texts.unknown_source)[:LONGEST],
        "date": date_text(article.published, texts),
    }


def _refused(where: str, reason: str) -> str:
    return f"{where[:LONGEST]}: {reason[:LONGEST_REASON]}" if where else reason[:LONGEST_REASON]


def removal_card(article: Article, texts: Texts) -> Card:
    """Asks whether to remove an article."""
    lines = [f"<b>{escape(texts.remove_question)}</b>", escape(gone_text(article, texts))]
    if article.path:
        lines.append(escape(texts.remove_file.format(path=article.path[-LONGEST:])))
    key = article_key(article.id)
    row = [
        InlineKeyboardButton(texts.remove_yes, callback_data=f"op:remove:{key}"),
        InlineKeyboardButton(texts.remove_no, callback_data="op:keep"),
    ]
    return "\n".join(lines), InlineKeyboardMarkup([row])


def which_card(articles: Sequence[Article], number: int, texts: Texts) -> Card:
    """Asks which of these articles is meant, of the number that fit."""
    rows = [
        [InlineKeyboardButton((one.title or one.id)[:LONGEST_BUTTON], callback_data=f"op:ask:{article_key(one.id)}")]
        for one in articles
    ]
    return escape(texts.remove_which.format(number=number_text(number, texts))), InlineKeyboardMarkup(rows)


def synced_text(sources: Sequence[Synced], texts: Texts) -> str:
    """How each source fared, as HTML."""
    lines = [
        _refused(one.url, one.error)
        if one.error
        else texts.sync_source.format(url=one.url[:LONGEST], added=one.added, updated=one.updated)
        for one in sources[:SOURCES_NAMED]
    ]
    return "\n".join([f"<b>{escape(texts.sync_done)}</b>", *map(escape, lines)])
