"""An article that changes: it is answered from as it is, and quotes that were sent of it open as they were."""

import html
import json
import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from bot.cards import View, answer_card, article_card, article_of_key, verified
from bot.chats import SentAnswer, SentQuote
from bot.replies import article_page
from bot.sharing import ARTICLE_KEY
from bot.texts import ENGLISH, INDONESIAN
from embeddings import Article, Encoder, KnowledgeBase, Quote, Store
from embeddings.answers.reader import Reader
from embeddings.storage.store import FILE_NAME
from embeddings.storage.versions import MOST_VERSIONS
from embeddings.topics.finding import find_all
from tests.bot_process import running_bot
from tests.conftest import on_both_engines
from tests.telegram_server import PERSON

FIRST = Article(
    "rakor", "Rapat dibuka pukul delapan. Camat Ali hadir.", "Rakor", "Kabar", "https://kabar.example/rakor"
)
SECOND = replace(FIRST, text="Rapat dibuka pukul sembilan. Camat Ali hadir.")


def save(store: Store, *articles: Article) -> None:
    for article in articles:
        store.save(article, [(0, len(article.text))], np.eye(1, 4, dtype=np.float32), find_all(article))


def sent(article: Article) -> SentQuote:
    return SentQuote.of(Quote(article, 0, article.text.index(".") + 1, None, 0.9))


def shown(store: Store, *quotes: SentQuote) -> list[tuple[str, bool]]:
    found = verified(SentAnswer("Kapan?", True, quotes, "id", 3), store)
    return [(quote.text, quote.older) for quote in found]


@on_both_engines
def test_pages_come_back_as_they_were_saved_and_damaged_ones_are_noticed(store: Store) -> None:
    paged = replace(FIRST, pages=(28, 40))
    save(store, paged)
    assert store.article("rakor") == paged and store.holds(paged) and not store.holds(FIRST)
    for damaged in ("'[28,41]'", "'[28'", "NULL", "'{}'"):
        store._database.execute(f"UPDATE articles SET pages = {damaged}")
        assert list(store.damaged()) == ["rakor"] and store.article("rakor") is None


@on_both_engines
def test_a_quote_of_an_article_that_has_changed_since_opens_as_it_was_and_says_so(store: Store) -> None:
    save(store, FIRST)
    of_first = sent(FIRST)
    assert shown(store, of_first) == [("Rapat dibuka pukul delapan.", False)]
    save(store, SECOND)
    assert shown(store, of_first, sent(SECOND)) == [
        ("Rapat dibuka pukul delapan.", True),
        ("Rapat dibuka pukul sembilan.", False),
    ]
    save(store, FIRST)
    assert shown(store, of_first, sent(SECOND)) == [
        ("Rapat dibuka pukul delapan.", False),
        ("Rapat dibuka pukul sembilan.", True),
    ]


@on_both_engines
def test_the_very_version_that_was_quoted_is_opened_where_several_have_the_words(store: Store) -> None:
    versions = [replace(FIRST, text=f"Rapat dibuka. Yang hadir {number} orang.") for number in range(3)]
    save(store, *versions)
    for version in versions[:2]:
        (quote,) = verified(SentAnswer("?", True, (sent(version),), "id", 3), store)
        assert quote.article == version and quote.older
    (current,) = verified(SentAnswer("?", True, (sent(versions[2]),), "id", 3), store)
    assert current.article == versions[2] and not current.older


@on_both_engines
def test_an_article_that_says_the_same_under_another_headline_has_no_older_version(store: Store) -> None:
    save(store, FIRST, replace(FIRST, title="Rakor Ditunda"))
    (quote,) = verified(SentAnswer("?", True, (sent(FIRST),), "id", 3), store)
    assert quote.article.title == "Rakor Ditunda" and not quote.older


@on_both_engines
def test_quotes_sent_before_versions_were_named_open_too(store: Store) -> None:
    save(store, FIRST, SECOND)
    assert shown(store, replace(sent(FIRST), version=None)) == [("Rapat dibuka pukul delapan.", True)]
    assert shown(store, replace(sent(SECOND), version=None)) == [("Rapat dibuka pukul sembilan.", False)]
    assert shown(store, replace(sent(FIRST), version=None, text="Rapat ditutup pukul delapan")) == []


def test_an_older_version_never_answers_and_goes_with_its_article(store: Store, tmp_path: Path) -> None:
    save(store, FIRST, SECOND)
    assert [article.text for article in store.articles()] == [SECOND.text]
    assert store.summary().passages == 1 and store.newest(5) == [SECOND]
    store.remove("rakor")
    assert shown(store, sent(FIRST)) == [] and store.older_version(FIRST.content_hash()) is None


@on_both_engines
def test_the_last_versions_are_kept_and_no_more(store: Store) -> None:
    versions = [
        replace(FIRST, text=f"Rapat dibuka pukul {number}. Camat hadir.") for number in range(MOST_VERSIONS + 5)
    ]
    save(store, *versions)
    opened = [bool(shown(store, sent(version))) for version in versions]
    assert opened == [False] * 4 + [True] * (MOST_VERSIONS + 1)


def test_a_version_that_the_disk_has_damaged_is_not_shown(store: Store) -> None:
    save(store, FIRST, SECOND)
    changed = "CAST(replace(CAST(content AS TEXT), 'delapan', 'sebelas') AS BLOB)"
    for damaged in (changed, "x'ff'", "x''", "'[]'"):
        store._database.execute(f"UPDATE versions SET content = CAST({damaged} AS BLOB)")
        assert shown(store, sent(FIRST)) == [] and store.older_version(FIRST.content_hash()) is None


def test_a_rebuild_keeps_the_older_versions(encoder: Encoder, tmp_path: Path) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    knowledge.add([FIRST, Article("dua", "Jembatan rusak.")])
    knowledge.add([SECOND, Article("dua", "Jembatan putus.")])
    knowledge.store._database.execute("UPDATE articles SET title = 'rusak' WHERE id = 'dua'")
    assert knowledge.rebuild() == []
    assert shown(knowledge.store, sent(FIRST)) == [("Rapat dibuka pukul delapan.", True)]
    assert knowledge.store.older_version(Article("dua", "Jembatan rusak.").content_hash()) is None


@pytest.mark.parametrize("texts", [INDONESIAN, ENGLISH])
def test_a_card_of_an_older_version_says_so_and_its_button_opens_that_version(store: Store, texts: object) -> None:
    texts = INDONESIAN if texts is INDONESIAN else ENGLISH
    long = replace(FIRST, text=FIRST.text + " Warga bertanya panjang lebar. " * 300)
    save(store, long, SECOND)
    content = SentAnswer("Kapan?", True, (sent(long),), "id", 3)
    card, markup = answer_card("A" * 16, content, verified(content, store), store.summary(), texts, "b", View(0, True))
    label = {"id": "versi lama", "en": "older version"}[texts.language]
    assert f"— Kabar · {texts.unknown_date} · {label}" in html.unescape(card) and "pukul delapan" in card
    assert markup is not None
    url = next(button.url for row in markup.inline_keyboard for button in row if button.text == texts.open_article)
    key = str(url).partition("?start=t")[2]
    assert re.fullmatch(ARTICLE_KEY, key)
    assert article_of_key(key, store) == (long, True)
    page, rows = article_card(long, 0, texts, older=True)
    assert label in page and rows is not None
    following = str(rows.inline_keyboard[0][-1].callback_data)
    assert following.startswith(f"t:{key}:") and len(following) <= 64
    # What it was, it may be again.
    save(store, long)
    assert article_of_key(key, store) == (long, False) and label not in article_page(long, 0, texts)[0]
    assert article_of_key(key[:16] + "0" * 32, store) is None and article_of_key("0" * 16, store) is None


@pytest.mark.slow
def test_a_card_opens_as_it_was_after_its_article_was_indexed_anew_while_the_bot_ran(
    tmp_path: Path, encoder: Encoder, reader: Reader
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    article = articles / "rakor.md"
    article.write_text(
        "Camat Rambutan, Dewi Lestari, membuka rapat koordinasi di Rambutan, Senin (17/7/2023).\n\nAcara usai.\n"
    )
    with running_bot(tmp_path, articles) as bot:
        assert "Dewi Lestari" in bot.ask("Siapa camat Rambutan?")["text"]
        message = bot.server.last_message(int(PERSON["id"]))
        article.write_text("Camat Rambutan, Rina Wati, membuka rapat koordinasi di Rambutan, Senin (17/7/2023).\n")
        knowledge = KnowledgeBase(tmp_path, encoder=encoder)
        assert knowledge.index([articles]).updated == 1
        knowledge.close()
        unfold = next(button for row in keyboard(message) for button in row if button["text"] == "Selengkapnya")
        bot.server.press(unfold["callback_data"], message, PERSON)
        unfolded = bot.server.message_with("Acara usai")
        assert "Dewi Lestari" in unfolded["text"] and "versi lama" in unfolded["text"]
        (link,) = [button["url"] for row in keyboard(unfolded) for button in row if button["text"] == "Buka berita"]
        opened = bot.ask(f"/start {link.partition('?start=')[2]}")["text"]
        assert "Dewi Lestari" in opened and "versi lama" in opened
        answer = bot.ask("Siapa camat Rambutan?")["text"]
        assert "Rina Wati" in answer and "Dewi" not in answer and "versi lama" not in answer


def keyboard(message: dict[str, object]) -> list[list[dict[str, str]]]:
    markup = message["reply_markup"]
    rows: list[list[dict[str, str]]] = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]  # type: ignore[index]
    return rows


def test_a_damaged_url_does_not_stop_an_upgrade(tmp_path: Path) -> None:
    from tests.old_stores import make_old_store

    make_old_store(tmp_path / FILE_NAME, 4, [FIRST])
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("UPDATE articles SET url = CAST(x'68747470733a2f2fff2f61' AS TEXT)")
    store = Store(tmp_path / FILE_NAME)
    assert list(store.damaged()) == ["rakor"]
