import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from embeddings import Article, Encoder, IndexMismatch, KnowledgeBase, Outlet, Store, StoreUnusable, article_key
from embeddings.filter import Filter
from embeddings.search.lexical import LexicalIndex
from embeddings.storage import stories
from embeddings.storage.articles import Summary
from embeddings.storage.passages import Watermark
from embeddings.storage.schema import SCHEMA_VERSION
from embeddings.storage.store import FILE_NAME
from embeddings.topics.finding import find_all, find_anew, find_missing
from embeddings.topics.meetings.facts import MEETINGS, meetings
from embeddings.topics.officials.facts import OFFICIALS, officials
from tests.conftest import ROOT, on_both_engines
from tests.old_stores import make_old_store

ARTICLE = Article("satu", "Rapat dibuka. Rapat ditutup.", "Judul", "Kabar", None, "2023-07-17", "OKU", "/a.txt")
SPANS = [(0, 13), (14, 28)]
EMBEDDINGS = np.eye(2, 4, dtype=np.float32)


@on_both_engines
def test_an_article_comes_back_as_it_was_saved_and_its_passages_are_slices_of_it(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    assert store.article("satu") == ARTICLE
    passages = store.passages([1, 2, 99])
    assert [passage.text for passage in passages.values()] == ["Rapat dibuka.", "Rapat ditutup."]
    ((ids, embeddings),) = store.embeddings_after(0)
    assert ids.tolist() == [1, 2]
    assert embeddings == pytest.approx(EMBEDDINGS)


@on_both_engines
def test_a_changed_article_replaces_its_passages_and_the_old_ones_are_remembered_as_removed(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    store.save(Article("satu", "Baru."), [(0, 5)], EMBEDDINGS[:1])
    assert store.summary().passages == 1
    assert store.removed_after(0) == [1, 2]
    assert store.passages([1]) == {}
    assert store.watermark() == Watermark(3, 2)


def counted(store: Store) -> Summary:
    """A summary, by going through everything."""
    articles = list(store.articles())
    dates = [article.published for article in articles if article.published]
    passages = store._database.execute("SELECT count(*) FROM passages").fetchone()[0]
    undated = len(articles) - len(dates)
    return Summary(len(articles), passages, min(dates, default=None), max(dates, default=None), undated)


def test_what_is_counted_as_it_comes_and_goes_is_what_is_there(store: Store) -> None:
    assert store.summary() == counted(store) == Summary(0, 0, None, None)
    changes = [("a", "2023"), ("b", None), ("c", "2024-05-06"), ("a", None), ("b", "2022"), ("c", "2021")]
    for id, published in changes:
        store.save(Article(id, ARTICLE.text, published=published), SPANS, EMBEDDINGS)
        assert store.summary() == counted(store)
    store.rename(Article("b", ARTICLE.text, published="2022"), "d", [])
    assert store.summary() == counted(store) == Summary(3, 6, "2021", "2022", 1)
    with pytest.raises(StoreUnusable):
        store.save(Article("e", "Baru."), [(0, None)], EMBEDDINGS[:1])  # type: ignore[list-item]
    for id in "adc":
        store.remove(id)
        assert store.summary() == counted(store)
    with sqlite3.connect(store.engine.path) as database:
        database.execute("INSERT INTO articles(id, text, content_hash) VALUES ('x', 'Isi.', '')")
        database.execute("UPDATE articles SET published = '2020'")
    database.close()
    assert store.summary() == Summary(1, 0, "2020", "2020")


def test_counts_that_the_disk_has_damaged_are_counted_anew(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    for damaged in ("UPDATE counts SET number = -5 WHERE name = 'passages'", "DELETE FROM counts"):
        with sqlite3.connect(store.engine.path) as database:
            database.execute(damaged)
        database.close()
        assert store.summary() == counted(store) == Summary(1, 2, "2023-07-17", "2023-07-17")


def plan_of(store: Store, ask: Callable[[], object]) -> list[str]:
    """What SQLite does for each statement that is executed while something is asked."""
    statements: list[str] = []
    store._database.set_trace_callback(statements.append)
    ask()
    store._database.set_trace_callback(None)
    plans = [store._database.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall() for statement in statements]
    return [step[3] for plan in plans for step in plan]


YEAR = Filter("2024-01-01", "2024-12-31", ("published", "day", "undated"))
QUESTIONS: dict[str, tuple[Callable[[Store], object], str]] = {
    "newest": (lambda store: store.newest(5), "SCAN articles USING INDEX articles_by_date"),
    "newest of a year": (lambda store: store.newest(5, YEAR), "SCAN articles USING INDEX articles_by_date"),
    "titled": (lambda store: store.titled(["rapat"], 5), "SCAN articles USING INDEX articles_by_date"),
    "summary": (Store.summary, "SEARCH articles USING COVERING INDEX articles_by_date"),
    "article_at": (lambda store: store.article_at("https://a.id/1"), "articles_by_address (address=?)"),
    "article_by_key": (lambda store: store.article_by_key("0" * 16), "articles_by_key (key=?)"),
    "article": (lambda store: store.article("a"), "(id=?)"),
    "ids_at": (lambda store: store.ids_at("a.id/1"), "articles_by_address (address=?)"),
    "outlets": (Store.outlets, "SCAN articles USING COVERING INDEX articles_by_source"),
    "passages of a year": (lambda store: store.passages_within(YEAR), "SEARCH times USING PRIMARY KEY"),
    "which article each passage is of": (Store.article_of_passages, "USING COVERING INDEX passages_by_article"),
}


@pytest.mark.parametrize("asked", QUESTIONS)
def test_what_is_asked_for_often_is_read_from_an_index_and_never_sorted(store: Store, asked: str) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    ask, expected = QUESTIONS[asked]
    plan = plan_of(store, lambda: ask(store))
    assert any(expected in step for step in plan), plan
    assert not any(step.startswith("SCAN articles") and "INDEX" not in step for step in plan), plan
    assert asked == "outlets" or "USE TEMP B-TREE FOR ORDER BY" not in plan, plan


@on_both_engines
def test_an_outlet_is_counted_once_however_it_writes_its_name(store: Store) -> None:
    outlets = [("KABAR", "2023"), ("Kabar", "2024"), (None, None), ("Lain", "2020")]
    for number, (source, published) in enumerate(outlets):
        article = Article(f"a{number}", "Rapat dibuka.", source=source, published=published)
        store.save(article, [(0, 13)], EMBEDDINGS[:1])
    assert store.outlets() == [Outlet("Kabar", 2, "2024"), Outlet(None, 1, None), Outlet("Lain", 1, "2020")]


@on_both_engines
def test_a_passage_id_is_never_given_twice(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    store.remove("satu")
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    assert sorted(store.passages([1, 2, 3, 4])) == [3, 4]


@on_both_engines
def test_a_save_that_fails_half_way_leaves_the_old_article(store: Store) -> None:
    store.save(ARTICLE, SPANS, EMBEDDINGS)
    with pytest.raises(StoreUnusable):
        store.save(Article("satu", "Baru."), [(0, None)], EMBEDDINGS[:1])  # type: ignore[list-item]
    assert store.article("satu") == ARTICLE
    assert store.summary().passages == 2


@on_both_engines
def test_another_encoder_is_refused_by_name_with_the_way_out(store: Store) -> None:
    store.claim("model-a", 384)
    store.claim("model-a", 384)
    with pytest.raises(IndexMismatch, match=r"'model-a'.*'model-b'.*wartabot index --rebuild"):
        store.claim("model-b", 768)


@on_both_engines
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
    other = sqlite3.connect(store.engine.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("embeddings.storage.sqlite.LOCK_TIMEOUT_SECONDS", 0.1)
    with pytest.raises(StoreUnusable, match=r"locked.*Nothing was lost"):
        Store(store.engine.path).save(ARTICLE, SPANS, EMBEDDINGS)
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


# --- what is stored is what was published ---

TOLD = "Camat Rambutan, Dewi Lestari, membuka rapat koordinasi di Kecamatan Rambutan, Senin (17/7/2023)."
TOLD_ARTICLE = Article(
    "satu", TOLD, "Rakor Rambutan", "Kabar", "https://example.org/1", "2023-07-18", "Rambutan", "/satu.md"
)
COPY = Article("dua", TOLD, "Rapat di Rambutan", "Warta", None, "2023-07-19", None, "/dua.md")


def save(store: Store, *articles: Article) -> Store:
    for article in articles:
        store.save(article, [(0, len(article.text))], EMBEDDINGS[:1], find_all(article))
    return store


def shown(store: Store) -> list[Article]:
    """Every article that any way of reading brings up."""
    ways: list[Any] = [
        store.article("satu"),
        store.article_by_key(article_key("satu")),
        *store.articles(),
        *store.newest(5),
        *store.copies("dua"),
        *(passage.article for passage in store.passages([1, 2]).values()),
        *(passage and passage.article for passages in store.passages_after(0) for _, _, passage in passages),
        *(article for article, _ in officials(store, ("camat",))),
        *(article for article, _ in officials(store, region="rambutan")),
        *(article for article, _ in meetings(store, {"rambutan"})),
    ]
    return [article for article in ways if article is not None]


def published(article: Article) -> Article:
    return msgspec.structs.replace(article, path=None)


def facts_of(store: Store) -> list[Any]:
    return [*officials(store), *meetings(store, ())]


def damage(path: Path, statement: str) -> None:
    """Change rows as a disk may, to values that the schema would not take."""
    with sqlite3.connect(path) as database:
        sound = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), ') STRICT', ')')")
    database.close()
    with sqlite3.connect(path) as database:
        assert database.execute(statement).rowcount == 1
        database.execute("PRAGMA writable_schema = ON")
        database.executemany("UPDATE sqlite_master SET sql = ? WHERE name = ?", [(sql, name) for name, sql in sound])
    database.close()


ROTTEN = [
    "text = replace(text, 'Dewi', 'Devi')", "text = NULL", "text = x'00ff'", "text = CAST(x'52617061ff' AS TEXT)",
    "title = 'Rakor Rambutam'", "source = 'Kabat'", "url = 'https://example.org/2'", "published = '2028-07-18'",
    "published = '2023-0p-18'", "published = 5", "place = NULL", "content_hash = NULL",
]  # fmt: skip


@pytest.mark.parametrize("change", ROTTEN)
def test_an_article_of_which_the_disk_has_changed_anything_is_shown_in_no_way_and_named_once(
    store: Store, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    save(store, TOLD_ARTICLE, COPY)
    assert [article.id for article in shown(store)].count("satu") == 10
    damage(store.engine.path, f"UPDATE articles SET {change} WHERE id = 'satu'")
    again = Store(store.engine.path)
    for _ in range(2):
        assert {article.id for article in shown(again)} == {"dua"}
        assert all(outlet.newest is None or outlet.newest[:4].isdigit() for outlet in again.outlets())
        assert str(again.summary().newest)[5:7] in ("07", "")
    (line,) = [record.getMessage() for record in caplog.records]
    assert "'satu'" in line and line.endswith("Index it again from its file: wartabot index '/satu.md'")
    assert list(again.damaged()) == ["satu"]


FINDINGS_ROTTEN = [
    "passages SET start = NULL", "passages SET end = 999", "passages SET start = 'x'",
    *(f"facts SET content = {content} WHERE topic = '{topic}'"
      for topic in ("officials", "meetings") for content in ("NULL", "'{'", "x'ff'", "x''", "CAST(content AS TEXT)")),
    *(f"facts SET content = CAST(replace(CAST(content AS TEXT), {change}) AS BLOB) WHERE topic = '{topic}'"
      for topic, change in (
          ("officials", "'[16,28]', '[16,29]'"), ("officials", "'camat', 'lurah'"), ("officials", "'false', 'true'"),
          ("meetings", """'"rapat', '7rapat'"""), ("meetings", "'2023-07-17', '2023-07-18'"))),
    "fact_keys SET key = 'office:lurah' WHERE key = 'office:camat'",
    "fact_keys SET fact = 99 WHERE key = 'office:camat'",
    "facts SET digest = NULL WHERE topic = 'meetings'",
]  # fmt: skip


@pytest.mark.parametrize("change", FINDINGS_ROTTEN)
def test_what_was_found_in_an_article_and_is_damaged_is_left_out_and_named(
    store: Store, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    save(store, TOLD_ARTICLE)
    damage(store.engine.path, f"UPDATE {change}")
    assert len(shown(store)) in (7, 8)
    assert "'/satu.md'" in caplog.text and len(caplog.records) == 1
    assert list(store.damaged()) == ["satu"] and not store.holds(TOLD_ARTICLE)
    assert list(save(store, TOLD_ARTICLE).damaged()) == [] and store.holds(TOLD_ARTICLE)


@pytest.mark.parametrize(
    "change", ["first = 'x'", "first = '2023-0q-17'", "last = '2023-02-31'", "last = '2023-07-16'"]
)
def test_a_time_of_an_article_that_is_damaged_is_noticed_and_stored_anew(store: Store, change: str) -> None:
    save(store, TOLD_ARTICLE)
    damage(store.engine.path, f"UPDATE times SET {change} WHERE kind = 'day'")
    assert list(store.damaged()) == ["satu"] and not store.holds(TOLD_ARTICLE)
    assert list(save(store, TOLD_ARTICLE).damaged()) == [] and store.holds(TOLD_ARTICLE)


def test_whatever_bytes_change_in_the_file_no_other_article_is_shown_and_no_traceback(store: Store) -> None:
    facts = {(published(article), fact) for article, fact in facts_of(save(store, TOLD_ARTICLE, COPY))}
    assert len(facts) == 4
    store._database.execute("PRAGMA journal_mode = DELETE")
    store.close()
    sound, path = store.engine.path.read_bytes(), store.engine.path.with_name("damaged.db")
    written = [at for at, byte in enumerate(sound) if byte]
    rng = random.Random(15)
    refused = named = 0
    for _ in range(400):
        content = bytearray(sound)
        for _ in range(rng.choice((1, 1, 3, 20))):
            content[rng.choice(written)] ^= rng.randrange(1, 256)
        for file in path.parent.glob("damaged.db*"):
            file.unlink()
        path.write_bytes(content)
        try:
            damaged = Store(path)
            # Where an article lies is not part of what was published.
            assert {published(article) for article in shown(damaged)} <= {published(TOLD_ARTICLE), published(COPY)}
            assert {(published(article), fact) for article, fact in facts_of(damaged)} <= facts
            assert len(list(damaged.embeddings_after(0))) <= 1
            named += any(damaged.damaged())
            damaged.outlets(), damaged.summary(), damaged.check(), damaged.holds(COPY)
            damaged.close()
        except StoreUnusable:
            refused += 1
    assert refused > 20 and named > 20


@pytest.mark.parametrize("embedding", ["x'00'", "CAST(embedding AS TEXT)", "NULL"])
def test_an_embedding_that_is_no_vector_of_the_model_is_refused_by_its_articles_name(
    store: Store, embedding: str
) -> None:
    store.claim("model", 4)
    save(store, TOLD_ARTICLE, COPY)
    damage(store.engine.path, f"UPDATE passages SET embedding = {embedding} WHERE id = 1")
    with pytest.raises(StoreUnusable, match=r"'satu' is damaged.*wartabot index '/satu.md'"):
        list(store.embeddings_after(0))
    assert list(store.damaged()) == ["satu"]
    assert len(list(save(store, TOLD_ARTICLE).embeddings_after(0))) == 1


def test_a_damaged_signature_of_another_article_does_not_stop_the_storing(store: Store) -> None:
    save(store, TOLD_ARTICLE)
    for signature in ("x'00'", "CAST(zeroblob(256) AS TEXT)"):
        damage(store.engine.path, f"UPDATE stories SET signature = {signature}")
        assert save(store, COPY).holds(COPY)
        store.remove("dua")


def test_indexing_a_damaged_article_again_stores_it_anew(encoder: Encoder, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for name in ("satu", "dua"):
        (articles / f"{name}.txt").write_text(f"Rapat desa {name} digelar hari Senin.\n")
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    store = knowledge.store

    def index() -> tuple[int, int, int]:
        report = knowledge.index([articles])
        return report.added, report.updated, report.unchanged

    assert index() == (2, 0, 0)
    damage(store.engine.path, "UPDATE articles SET text = replace(text, 'Senin', 'Selasa') WHERE id = 'satu'")
    assert index() == (0, 1, 1)
    article = store.article("satu")
    assert article and article.text == "Rapat desa satu digelar hari Senin."
    assert index() == (0, 0, 2)


def test_a_rebuild_leaves_a_damaged_article_out_by_name(
    encoder: Encoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    assert knowledge.add([TOLD_ARTICLE, COPY]) == []
    damage(knowledge.store.engine.path, "UPDATE articles SET text = replace(text, 'Dewi', 'Devi') WHERE id = 'satu'")
    knowledge.rebuild()
    assert [article.id for article in knowledge.store.articles()] == ["dua"] and knowledge.summary().articles == 1
    assert "'satu'" in caplog.text


def test_the_words_of_a_damaged_article_are_not_searched_and_the_index_stays_complete(store: Store) -> None:
    save(store, TOLD_ARTICLE, Article("dua", "Jembatan diperbaiki."))
    damage(store.engine.path, "UPDATE articles SET text = replace(text, 'Dewi', 'Devi') WHERE id = 'satu'")
    index = LexicalIndex(store.engine.path.parent / "lexical")
    index.refresh(store)
    assert len(index) == 2 and not index.holds("devi") and index.holds("jembatan")


# --- short names in links ---


def test_a_link_finds_its_article_by_the_index_alone(store: Store) -> None:
    save(store, *(Article(f"a{number}", "Isi.") for number in range(30)))
    statements: list[str] = []
    store._database.set_trace_callback(statements.append)
    found = store.article_by_key(article_key("a7"))
    store._database.set_trace_callback(None)
    (statement,) = statements
    (plan,) = store._database.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert found == Article("a7", "Isi.") and "USING INDEX articles_by_key" in plan[-1]


@on_both_engines
def test_two_articles_with_one_short_name_are_not_taken_for_each_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.storage.store.article_key", lambda article_id: "0" * 16)
    save(store, ARTICLE)
    assert store.article_by_key("0" * 16) == ARTICLE
    save(store, COPY)
    assert store.article_by_key("0" * 16) is None
    store.remove("dua")
    assert store.article_by_key("0" * 16) == ARTICLE


@pytest.mark.parametrize("odd", ["", "0", "\ud800", "a\0b", "x" * 200_000, "0" * 15 + "\n", "٠" * 16])
@on_both_engines
def test_what_is_no_short_name_and_no_id_finds_nothing(store: Store, odd: str) -> None:
    save(store, Article(" ", "Isi."))
    assert store.article_by_key(odd) is None and store.article(odd) is None


# --- finding happens before the transaction ---


def check_that_others_may_write(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[str]:
    """Have each finder write through a connection of its own that does not wait."""
    called: list[str] = []

    def checked(name: str, find: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def find_while_others_write(searched: Any) -> Any:
            other = sqlite3.connect(path, timeout=0, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            other.close()
            called.append(name)
            return find(searched)

        return find_while_others_write

    for topic in (OFFICIALS, MEETINGS):
        monkeypatch.setitem(vars(topic), "finder", checked(topic.name, topic.finder))
    monkeypatch.setattr("embeddings.storage.store.signature", checked("signature", stories.signature))
    return called


def test_nobody_waits_for_the_finders_when_an_article_is_stored(
    store: Store, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = check_that_others_may_write(monkeypatch, store.engine.path)
    (tmp_path / "satu.txt").write_text(TOLD)
    KnowledgeBase(tmp_path, encoder=encoder).index([tmp_path / "satu.txt"])
    assert called == ["officials", "meetings", "signature"]


def test_nobody_waits_for_the_finders_when_an_older_version_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old_store(tmp_path / FILE_NAME, 1, [TOLD_ARTICLE, COPY])
    called = check_that_others_may_write(monkeypatch, tmp_path / FILE_NAME)
    find_missing(Store(tmp_path / FILE_NAME))
    assert sorted(called) == [*["meetings"] * 2, *["officials"] * 2, *["signature"] * 2]


# --- what older versions stored ---


def everything(store: Store) -> dict[str, list[Any]]:
    """The contents, without what differs from store to store."""
    tables = [row[0] for row in store._database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    contents = {
        table: store._database.execute(f"SELECT * FROM {table}").fetchall()
        for table in sorted(tables)
        if table not in ("identity", "sqlite_sequence")
    }
    # Topic by topic or article by article: the numbers of facts differ, and nothing else.
    keys = contents.pop("fact_keys")
    facts = [(*fact[1:], {key for key, of in keys if of == fact[0]}) for fact in contents.pop("facts")]
    return {**contents, "facts": sorted(facts, key=lambda fact: fact[:2])}


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_what_an_older_version_stored_becomes_what_this_one_would_store(tmp_path: Path, version: int) -> None:
    articles = [TOLD_ARTICLE, Article("tiga", "Isi."), COPY]
    make_old_store(tmp_path / "old.db", version, articles)
    old, new = Store(tmp_path / "old.db"), save(Store(tmp_path / "new.db"), *articles)
    find_missing(old)
    assert everything(old) == everything(new) and find_anew(old) == 0
    assert [article.id for article in shown(old)].count("satu") == 10
    assert old._database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert everything(Store(tmp_path / "old.db")) == everything(new)


def test_an_article_that_was_damaged_before_is_not_searched_and_stays_damaged(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    make_old_store(path, 1, [TOLD_ARTICLE, COPY])
    damage(path, "UPDATE articles SET text = CAST(x'52617061ff' AS TEXT) WHERE id = 'satu'")
    store = Store(path)
    find_missing(store)
    assert {article.id for article in shown(store)} == {"dua"} and list(store.damaged()) == ["satu"]
    assert list(save(store, TOLD_ARTICLE).damaged()) == []


def test_killed_while_it_brings_an_older_version_up_to_date_the_next_opening_goes_on(tmp_path: Path) -> None:
    articles = [Article(f"a{number}", f"{TOLD} Nomor {number}.", source=f"m{number}") for number in range(250)]
    make_old_store(tmp_path / "old.db", 2, articles)
    program = f"""
import os, pathlib, signal
from embeddings.storage.store import Store
from embeddings.topics.finding import OFFICIALS, find_missing
find, found = OFFICIALS.finder, []
def find_or_die(article):
    found.append(article)
    if len(found) == 150:
        os.kill(os.getpid(), signal.SIGKILL)
    return find(article)
vars(OFFICIALS)["finder"] = find_or_die
find_missing(Store(pathlib.Path({str(tmp_path / "old.db")!r})))
"""
    killed = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    with sqlite3.connect(tmp_path / "old.db") as database:
        assert database.execute("SELECT count(*) FROM findings").fetchone() == (100,)
    store = Store(tmp_path / "old.db")
    find_missing(store)
    assert everything(store) == everything(save(Store(tmp_path / "new.db"), *articles))


# --- while another program writes ---


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_questions_are_answered_while_another_program_holds_the_lock(store: Store, how: str) -> None:
    save(store, TOLD_ARTICLE)
    other = sqlite3.connect(store.engine.path, isolation_level=None)
    other.execute(f"BEGIN {how}")
    other.execute("UPDATE articles SET title = 'Lain'")
    assert len(shown(store)) == 9 and store.summary().articles == 1
    assert len(shown(Store(store.engine.path))) == 9
    other.execute("ROLLBACK")
    other.close()
