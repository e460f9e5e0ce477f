import sqlite3
from pathlib import Path

import numpy as np
import pytest

from embeddings import Article, IndexMismatch, Store, StoreUnusable
from embeddings.store import Watermark

ARTICLE = Article("satu", "Rapat dibuka. Rapat ditutup.", "Judul", "Kabar", None, "2023-07-17", "OKU", "/a.txt")
SPANS = [(0, 13), (14, 28)]
EMBEDDINGS = np.eye(2, 4, dtype=np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "knowledge.db")


def test_an_article_comes_back_as_it_was_saved_and_its_passages_are_slices_of_it(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    assert store.article("satu") == ARTICLE
    passages = store.passages([1, 2, 99])
    assert [passage.text for passage in passages.values()] == ["Rapat dibuka.", "Rapat ditutup."]
    ((ids, embeddings),) = store.embeddings_after(0)
    assert ids.tolist() == [1, 2]
    assert embeddings == pytest.approx(EMBEDDINGS)


def test_a_changed_article_replaces_its_passages_and_the_old_ones_are_remembered_as_removed(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    store.save(Article("satu", "Baru."), [(0, 5)], EMBEDDINGS[:1])
    assert store.summary().passages == 1
    assert store.removed_after(0) == [1, 2]
    assert store.passages([1]) == {}
    assert store.watermark() == Watermark(3, 2)


def test_a_passage_id_is_never_given_twice(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    store.remove("satu")
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    assert sorted(store.passages([1, 2, 3, 4])) == [3, 4]


def test_a_save_that_fails_half_way_leaves_the_old_article(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    with pytest.raises(StoreUnusable):
        store.save(Article("satu", "Baru."), [(0, None)], EMBEDDINGS[:1])  # type: ignore[list-item]
    assert store.article("satu") == ARTICLE
    assert store.summary().passages == 2


def test_another_encoder_is_refused_by_name_with_the_way_out(store: Store) -> None:
    store.claim("model-a", 384)
    store.claim("model-a", 384)
    with pytest.raises(IndexMismatch, match=r"'model-a'.*'model-b'.*wartabot index --rebuild"):
        store.claim("model-b", 768)


def test_articles_are_listed_newest_first_and_the_undated_last(store: Store) -> None:
    for id, published in (("a", "2022"), ("b", None), ("c", "2023-07-17"), ("d", "2023-07")):
        store.save(Article(id, "Isi.", published=published), [(0, 4)], EMBEDDINGS[:1])
    assert [article.id for article in store.articles()] == ["c", "d", "a", "b"]
    assert (store.summary().oldest, store.summary().newest) == ("2022", "2023-07-17")


def test_a_data_folder_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "knowledge.db"
    Store(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreUnusable, match="written by a newer wartabot"):
        Store(path)


def test_a_locked_database_says_to_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("embeddings.store.LOCK_TIMEOUT_SECONDS", 0.1)
    with pytest.raises(StoreUnusable, match=r"locked.*Nothing was lost"):
        Store(store.path).save(ARTICLE, SPANS, EMBEDDINGS)
    other.close()


def test_a_full_disk_says_so_and_loses_nothing(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    (pages,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnusable, match=r"disk is full.*Nothing was lost"):
        store.save(Article("besar", "x" * 1_000_000), SPANS, EMBEDDINGS)
    assert [article.id for article in store.articles()] == ["satu"]
    assert store.check() is None


@pytest.mark.parametrize("content", [b"this is not a database, it only looks like a file" * 100])
def test_a_damaged_database_says_how_to_build_it_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "knowledge.db"
    path.write_bytes(content)
    with pytest.raises(StoreUnusable, match=r"damaged.*wartabot index"):
        Store(path)


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnusable, match="--data"):
        Store(tmp_path / "file" / "knowledge.db")
