"""A filter acts inside both searches: what it lets through is found, however much else there is."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings import Article, Encoder, KnowledgeBase, Store
from embeddings.answers.reader import Reader
from embeddings.filter import Filter
from embeddings.search.dense import DenseIndex
from embeddings.search.lexical import LexicalIndex
from embeddings.storage.store import FILE_NAME
from embeddings.topics.regions.facts import REGIONS

DIMENSION = 16
DAYS = 1000
FIRST = date(2020, 1, 1)
# A Wednesday.
TODAY = date(2026, 5, 20)
# The third is a kecamatan of the first; of the fourth there are several, and the last is on no list.
PLACES = ("Kabupaten Banyuasin", "Kota Palembang", "Kecamatan Rantau Bayur", "Kecamatan Sungai Raya", "Desa Lebung")
QUESTION = "berapa anggaran perbaikan jalan desa lebung"


def day(number: int) -> str:
    return (FIRST + timedelta(number)).isoformat()


def random_embeddings(count: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Searched:
    """Three thousand passages of a thousand articles, one a day, of a few words each, in both indexes."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / FILE_NAME)
        self.store._database.execute("PRAGMA synchronous = OFF")
        embeddings = random_embeddings(3 * DAYS, seed=1)
        chance = np.random.default_rng(2)
        for number in chance.permutation(DAYS).tolist():
            words = [f"kata{word}" for word in chance.zipf(1.5, size=30) % 50]
            sentences = [f"{' '.join(words[start : start + 10])}." for start in (0, 10, 20)]
            ends = np.cumsum([len(sentence) for sentence in sentences]).tolist()
            spans = list(zip([0, *ends], ends, strict=False))
            article = Article(
                str(number),
                "".join(sentences),
                title=f"Rakor di {PLACES[number % len(PLACES)]}",
                source=f"media{number % 7}",
                published=day(number),
            )
            self.store.save(article, spans, embeddings[3 * number : 3 * number + 3], [REGIONS.findings(article)])
        self.dense = DenseIndex(folder / "dense", "model", DIMENSION)
        self.lexical = LexicalIndex(folder / "lexical")
        self.dense.refresh(self.store)
        self.lexical.refresh(self.store)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    return Searched(tmp_path_factory.mktemp("searched"))


def periods(length: int) -> list[Filter]:
    starts = np.random.default_rng(length).integers(0, DAYS - length, 20).tolist()
    return [Filter(day(start), day(start + length - 1), ("published",)) for start in starts]


def let_through(searched: Searched, where: Filter) -> set[str]:
    passages, _ = searched.store.passages_within(where)
    return {passage.article.id for passage in searched.store.passages(passages.tolist()).values()}


@pytest.mark.slow
@pytest.mark.parametrize("kept", [1, 10, 300])
def test_the_filtered_search_is_the_whole_ranking_without_what_the_filter_keeps_out(
    searched: Searched, kept: int
) -> None:
    regions = [Filter(regions=one) for one in (("banyuasin",), ("rantau bayur",), ("palembang", "sungai raya"))]
    for where in periods(kept):
        days = [number for number in range(DAYS) if where.first <= day(number) <= where.last]  # type: ignore[operator]
        assert let_through(searched, where) == set(map(str, days))
    for seed, where in enumerate([*periods(kept), *regions]):
        passages, articles = searched.store.passages_within(where)
        query, stems = random_embeddings(1, seed)[0], ["kata1", "kata2", f"kata{seed}"]
        everything = 3 * DAYS
        for found, ranking in (
            (searched.dense.search(query, 50, passages), searched.dense.search(query, everything)),
            (searched.lexical.search(stems, 50, articles), searched.lexical.search(stems, everything)),
        ):
            allowed = [(id, score) for id, score in ranking if id in set(passages.tolist())][:50]
            assert [score for _, score in found] == pytest.approx([score for _, score in allowed])
            assert set(found) <= {hit for hit in ranking if hit[0] in set(passages.tolist())}


@pytest.mark.slow
def test_a_wide_filter_finds_the_same_words_by_sifting_the_best_of_all(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, articles = searched.store.passages_within(Filter(day(50), day(DAYS - 50), ("published",)))
    stems = ["kata1", "kata2", "kata3"]
    expected = searched.lexical.search(stems, 50, articles)
    monkeypatch.setattr("embeddings.search.lexical.MANY_ARTICLES", 10)
    for looked_at, sifts in (((1,), False), ((1, 3 * DAYS), True)):
        monkeypatch.setattr("embeddings.search.lexical.SIFTED", looked_at)
        sifted = searched.lexical._sifted(searched.lexical._query(stems), 50, np.unique(articles))
        assert (sifted == expected) if sifts else sifted is None
        assert searched.lexical.search(stems, 50, articles) == expected and len(expected) == 50


def test_an_article_that_is_replaced_is_let_through_with_its_new_passages_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / FILE_NAME)
    for id, published in (("a", "2024-05-06"), ("b", "2023"), ("b", "2024-05"), ("c", "2022-05-06")):
        store.save(Article(id, "Rapat.", published=published), [(0, 6)], random_embeddings(1, 0))
        store.passages_within(Filter("2024-05-06", None, ("published",)))
    store.remove("a")
    for again in (store, Store(tmp_path / FILE_NAME)):
        assert [of.tolist() for of in again.passages_within(Filter("2024-05-06", None, ("published",)))] == [[3], [2]]
        assert again.passages_within(Filter(last="2022-05-06", kinds=("published",)))[0].tolist() == [4]


@pytest.mark.slow
def test_only_articles_of_the_outlets_that_a_filter_names_are_let_through(searched: Searched) -> None:
    where = Filter(day(0), day(99), ("published",), sources=("media3", "media5"))
    passages, _ = searched.store.passages_within(where)
    found = {passage.article for passage in searched.store.passages(passages.tolist()).values()}
    assert {article.source for article in found} == {"media3", "media5"}
    assert len(found) == sum(number % 7 in (3, 5) for number in range(100))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("regions", "places"),
    [
        (("banyuasin",), {0, 2}),
        (("rantau bayur",), {2}),
        (("sumatera selatan",), {0, 1, 2}),
        (("palembang", "sungai raya"), {1, 3}),
        (("kubu raya",), set()),
        (("lebung",), set()),
    ],
)
def test_only_articles_that_name_a_region_or_one_within_it_are_let_through(
    searched: Searched, regions: tuple[str, ...], places: set[int]
) -> None:
    expected = {str(number) for number in range(DAYS) if number % len(PLACES) in places}
    assert let_through(searched, Filter(regions=regions)) == expected
    newest = searched.store.newest(DAYS, Filter(regions=regions))
    assert [article.id for article in newest] == sorted(expected, key=int, reverse=True)
    of_2020 = Filter(day(0), day(365), ("published",), regions, ("media1",))
    assert let_through(searched, of_2020) == {id for id in expected if int(id) <= 365 and int(id) % 7 == 1}


@pytest.mark.slow
def test_a_filter_is_answered_by_an_index_of_the_database(searched: Searched) -> None:
    plans: list[str] = []
    statements: list[str] = []
    searched.store._database.set_trace_callback(statements.append)
    searched.store.passages_within(
        Filter(day(3), day(9), ("published", "month", "day", "undated"), ("banyuasin",), ("media1",))
    )
    searched.store._database.set_trace_callback(None)
    for *_, plan in searched.store._database.execute(f"EXPLAIN QUERY PLAN {statements[-1]}"):
        plans.append(plan)
    assert len([plan for plan in plans if plan.startswith("SEARCH")]) == 5
    assert not any(plan.startswith("SCAN") for plan in plans), plans


# --- questions ---


class Newsroom:
    """A bot at work on a thousand articles that share their words, and on others that a test adds."""

    def __init__(self, folder: Path, encoder: Encoder, reader: Reader) -> None:
        store = self.written = Store(folder / FILE_NAME)
        store._database.execute("PRAGMA synchronous = OFF")
        texts = [f"Anggaran perbaikan jalan Desa Lebung tahap {n} sebesar Rp{n} juta." for n in range(1, 1001)]
        published = [(date(2021, 1, 1) + timedelta(n)).isoformat() for n in range(1000)]
        embeddings = encoder.encode_passages(texts)
        for number, (text, day) in enumerate(zip(texts, published, strict=True)):
            store.save(
                Article(f"baru{number}", text, source="Warta", published=day),
                [(0, len(text))],
                embeddings[number : number + 1],
            )
        self._encoder = encoder
        self.knowledge = KnowledgeBase(folder, today=lambda: TODAY, encoder=encoder, reader=reader)

    def add(self, id: str, text: str, published: str | None) -> None:
        """As another process does it."""
        self.written.save(
            Article(id, text, source="Warta", published=published),
            [(0, len(text))],
            self._encoder.encode_passages([text]),
        )

    def found(self, question: str) -> set[str]:
        answer = self.knowledge.answer(question)
        return {quote.article.id for quote in (*answer.quotes, *answer.near)}


@pytest.fixture(scope="module")
def thousand(encoder: Encoder, reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    return Newsroom(tmp_path_factory.mktemp("newsroom"), encoder, reader)


@pytest.fixture
def newsroom(thousand: Newsroom) -> Newsroom:
    for id in ("lama", "kemarin", "entah"):
        thousand.written.remove(id)
    return thousand


OTHERWISE_TOLD = (
    "Sebesar Rp700 juta dianggarkan DPRD Banyuasin dalam rapat paripurna untuk memperbaiki jalan di Desa Lebung."
)


@pytest.mark.slow
def test_the_one_older_article_is_found_among_a_thousand_newer_ones_that_share_its_words(newsroom: Newsroom) -> None:
    newsroom.add("lama", OTHERWISE_TOLD, "2018-05-19")
    assert "lama" not in newsroom.found(QUESTION)
    answer = newsroom.knowledge.answer(f"{QUESTION} sebelum 2020?")
    assert answer.answered and [quote.article.id for quote in answer.quotes] == ["lama"]
    assert answer.quotes[0].text == OTHERWISE_TOLD


@pytest.mark.slow
def test_yesterdays_article_is_found_by_the_day_it_appeared_alone(newsroom: Newsroom) -> None:
    newsroom.add("kemarin", OTHERWISE_TOLD, "2026-05-19")
    newsroom.add("lama", f"Pada 19 Mei 2026 nanti: {OTHERWISE_TOLD}", "2020-05-19")
    newsroom.add("entah", f"Selasa (19/5/2026): {OTHERWISE_TOLD}", None)
    assert newsroom.found(f"{QUESTION} kemarin?") == {"kemarin"}


@pytest.mark.slow
def test_an_article_of_nobody_knows_when_may_be_of_any_time_but_yesterday(newsroom: Newsroom) -> None:
    newsroom.add("entah", OTHERWISE_TOLD, None)
    assert newsroom.found(f"{QUESTION} sebelum 2020?") == {"entah"}
    assert newsroom.found(f"{QUESTION} kemarin?") == set()


@pytest.mark.slow
def test_where_a_filter_lets_nothing_through_nothing_is_near(newsroom: Newsroom) -> None:
    assert newsroom.found(f"{QUESTION} sebelum 2020?") == set()
    assert newsroom.found(f"{QUESTION} 2022?") != set()


@pytest.mark.slow
def test_what_is_added_changed_and_removed_while_the_bot_runs_is_followed(newsroom: Newsroom) -> None:
    question = f"{QUESTION} sebelum 2020?"
    assert newsroom.found(question) == set()
    newsroom.add("lama", OTHERWISE_TOLD, "2018-05-19")
    assert newsroom.found(question) == {"lama"}
    newsroom.add("lama", OTHERWISE_TOLD, "2023-05-19")
    assert newsroom.found(question) == set()
    newsroom.add("lama", OTHERWISE_TOLD, "2017")
    assert newsroom.found(question) == {"lama"}
    newsroom.written.remove("lama")
    assert newsroom.found(question) == set()
