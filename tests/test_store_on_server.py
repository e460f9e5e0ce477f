"""The articles in PostgreSQL: what two processes, a killed server and a standby do to them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from embeddings import (
    Article,
    Encoder,
    IndexingUnderWay,
    KnowledgeBase,
    KnowledgeSettings,
    Store,
    StoreSettings,
    StoreUnreachable,
    StoreUnusable,
    open_store,
)
from embeddings.answers.reader import Reader
from embeddings.search.dense import DenseIndex
from embeddings.storage.passages import Watermark
from embeddings.storage.sources import KnownLink
from embeddings.storage.times import save_times
from embeddings.topics.finding import find_all
from tests.conftest import SEEDS
from tests.postgresql_server import PASSWORD, Server

EMBEDDINGS = np.eye(2, 4, dtype=np.float32)


@pytest.fixture
def store(postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path, StoreSettings(postgresql_url))
    yield store
    store.close()


@pytest.fixture
def other(store: Store, postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    """The same store as another process has it."""
    other = open_store(tmp_path / "other", StoreSettings(postgresql_url))
    yield other
    other.close()


def save(store: Store, id: str) -> None:
    article = Article(id, f"Rapat {id} dibuka. Rapat ditutup.", source=id, published="2024-03-05")
    store.save(article, [(0, 7), (7, 20)], EMBEDDINGS, find_all(article))


def test_a_late_commit_is_not_lost_by_who_follows_the_store(store: Store, other: Store, tmp_path: Path) -> None:
    index = DenseIndex(tmp_path / "dense", "model", 4)
    with ThreadPoolExecutor(1) as together:
        with store.engine.transaction() as late:
            late.execute("INSERT INTO articles(id, text, key, content_hash) VALUES ('telat', 'a', '', '')")
            late.execute(
                'INSERT INTO passages(article, start, "end", embedding) SELECT number, 0, 1, ? FROM articles',
                (EMBEDDINGS[0].astype(np.float16).tobytes(),),
            )
            # Its ids are higher, and without the lock it would be done first.
            saving = together.submit(save, other, "cepat")
            with pytest.raises(TimeoutError):
                saving.result(timeout=0.5)
            index.refresh(other)
            assert len(index) == 0 and other.watermark() == Watermark()
        saving.result()
    index.refresh(other)
    assert sorted(id for id, _ in index.search(EMBEDDINGS[0], 9)) == [1, 2, 3]
    assert other.watermark() == Watermark(3, 0)


def test_a_watermark_stays_where_the_newest_are_removed(store: Store) -> None:
    save(store, "satu")
    save(store, "dua")
    store.remove("dua")
    assert store.watermark() == Watermark(4, 2)
    save(store, "tiga")
    assert store.watermark() == Watermark(6, 2) and store.removed_after(1) == [4]


def test_a_save_that_was_taken_back_leaves_no_mark(store: Store) -> None:
    with pytest.raises(StoreUnusable):
        store.save(Article("satu", "a\0b"), [(0, 1)], EMBEDDINGS[:1])
    assert not store.had_articles() and store.summary().articles == 0
    save(store, "satu")
    assert store.next_article(0) == (store.watermark().passage, "satu")


def test_who_has_a_store_open_that_is_rebuilt_is_told_to_start_again(store: Store, other: Store) -> None:
    save(store, "satu")
    save(store, "dua")
    rebuilt = store.beside("rebuilt")
    # As many passages, so that no number tells; but the first is another.
    save(rebuilt, "dua")
    save(rebuilt, "satu")
    assert other.watermark() == Watermark(4, 0)
    replaced = store.replaced_by(rebuilt)
    assert replaced.watermark() == Watermark(4, 0)
    with pytest.raises(StoreUnreachable, match=r"postgresql://127.* was rebuilt.*Start this process again"):
        other.watermark()
    replaced.close()


def test_one_process_indexes_at_a_time_and_another_may_when_it_is_gone(store: Store, other: Store) -> None:
    with (
        store.alone(),
        pytest.raises(IndexingUnderWay, match=r"another machine, is indexing into postgresql://127"),
        other.alone(),
    ):
        pass
    with ThreadPoolExecutor(1) as together:
        with store.alone():
            waiting = together.submit(lambda: other.alone(30).__enter__())
        waiting.result()


def test_what_is_read_at_one_moment_stays_as_it_is(store: Store, other: Store) -> None:
    save(store, "satu")
    with store.snapshot():
        assert store.summary().articles == 1
        save(other, "dua")
        assert store.in_snapshot and [article.id for article in store.articles()] == ["satu"]
        assert store.watermark() == Watermark(2, 0)
    assert [article.id for article in store.articles()] == ["dua", "satu"]


def test_many_articles_are_read_some_at_a_time_and_may_be_changed_meanwhile(store: Store) -> None:
    for number in range(5):
        save(store, f"a{number}")
    for article in store.articles():
        store.remove(article.id)
    assert store.summary().articles == 0
    assert len(store.newest(3)) == 0


def test_a_damaged_article_is_shown_in_no_way_and_named(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    save(store, "satu")
    save(store, "dua")
    store._database.execute("UPDATE articles SET text = replace(text, 'dibuka', 'batal') WHERE id = 'satu'")
    assert store.article("satu") is None and [article.id for article in store.articles()] == ["dua"]
    assert list(store.damaged()) == ["satu"]
    assert "'satu' is damaged" in caplog.text


def test_a_link_of_any_length_is_noted_once_and_forgotten(store: Store) -> None:
    feed, url = "https://kabar.example/feed", "https://kabar.example/" + "".join(map(str, range(3000)))
    for failures in (1, 2):
        store.note_link(feed, url, KnownLink("a", False, failures))
    assert store.known_links(feed) == {url: KnownLink("a", False, 2)}
    store.forget_links(feed, [url])
    assert store.known_links(feed) == {}


def test_killed_in_the_middle_of_a_save_an_article_is_there_whole_or_not_at_all(
    postgresql_server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_times_of_a_killed_server(*_: object) -> None:
        postgresql_server.kill()
        monkeypatch.undo()
        save_times(*_)  # type: ignore[arg-type]

    save(store, "sebelum")
    monkeypatch.setattr("embeddings.storage.store.save_times", save_times_of_a_killed_server)
    with pytest.raises(StoreUnreachable, match="cannot be reached") as refused:
        save(store, "tengah")
    assert PASSWORD not in str(refused.value)
    postgresql_server.start()
    assert [article.id for article in store.articles()] == ["sebelum"]
    save(store, "sesudah")
    first, _ = store.passages(store.passage_ids("sesudah")).values()
    assert first.text == "Rapat s"


@pytest.mark.slow
def test_a_promoted_standby_goes_on_where_the_server_was(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    primary = Server()
    standby = primary.standby()
    store = open_store(tmp_path, StoreSettings(primary.url("postgres", standby)))
    try:
        save(store, "satu")
        primary.stop()
        standby.promote()
        assert [article.id for article in store.articles()] == ["satu"]
        save(store, "dua")
        assert store.watermark() == Watermark(store.passage_ids("dua")[-1], 0)
        with store.alone():
            pass
        assert PASSWORD not in caplog.text
    finally:
        store.close()
        standby.close()
        primary.close()


@pytest.mark.slow
def test_seeds_are_indexed_answered_rebuilt_and_pruned(
    encoder: Encoder, reader: Reader, postgresql_url: str, tmp_path: Path
) -> None:
    def opened(name: str) -> KnowledgeBase:
        settings = KnowledgeSettings(store=StoreSettings(postgresql_url))
        return KnowledgeBase(tmp_path / name, settings, today=lambda: date(2026, 5, 20), encoder=encoder, reader=reader)

    indexing, answering = opened("one"), opened("other")
    answering.open()
    assert indexing.index([SEEDS]).refused == []
    answer = answering.answer("siapa camat sungai raya?")
    assert "Fathul Mushalli" in answer.quotes[0].text
    assert indexing.index([SEEDS]).unchanged == indexing.summary().articles
    assert list(indexing.store.damaged()) == []
    before = {article.id for article in indexing.store.articles()}
    assert indexing.rebuild() == []
    assert {article.id for article in answering.store.articles()} == before
    with pytest.raises(StoreUnreachable, match="Start this process again"):
        answering.answer("siapa camat sungai raya?")
    assert "Fathul Mushalli" in opened("third").answer("siapa camat sungai raya?").quotes[0].text
    for article in before:
        indexing.store.remove(article)
    assert indexing.summary().articles == 0 and indexing.store.had_articles()
