"""Whatever the retriever searches finds the same: the indexes of a data folder, and a Qdrant server.

`make conformance QDRANT=http://127.0.0.1:6333` runs this against a real server; otherwise Qdrant's own engine stands in
for one.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from embeddings import Article, Filter, Store
from embeddings.indonesian.spelling import with_vowels
from embeddings.indonesian.words import stem_words
from embeddings.search.indexes import Found, Indexes
from embeddings.search.local import LocalIndexes
from embeddings.search.qdrant import QdrantIndexes
from embeddings.search.server import Server
from embeddings.storage.facts import Fact, Findings
from embeddings.storage.store import FILE_NAME
from tests.qdrant_server import Qdrant

DIMENSION = 16
REAL = os.environ.get("QDRANT", "")
WORDS = [
    "jembatan", "jalan", "anggaran", "bupati", "pasar", "sekolah", "puskesmas", "banjir", "irigasi", "sawah",
    "penduduk", "pelabuhan", "terminal", "lelang", "panen", "pupuk", "listrik", "sungai", "taman", "stadion",
]  # fmt: skip
PLACES = ("banyuasin", "palembang", "rantau bayur")


def embedding(*seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def save(store: Store, number: int, text: str | None = None, version: int = 0) -> None:
    """An article of three passages, whose words, day, outlet and region its number tells."""
    chance = np.random.default_rng((number, version))
    sentences = [" ".join(chance.choice(WORDS, 8 + number % 5)).capitalize() + "." for _ in range(3)]
    text = text or " ".join(sentences)
    ends = [round(len(text) * share) for share in (1 / 3, 2 / 3, 1)]
    spans = list(zip([0, *ends], ends, strict=False))
    day = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}" if number % 7 else None
    article = Article(f"a{number}", text, source=f"Media {number % 4}", published=day)
    region = Fact(frozenset({f"region:{PLACES[number % 3]}"}), b"{}")
    embeddings = np.stack([embedding(number, version, place) for place in range(3)])
    store.save(article, spans, embeddings, [Findings("regions", "1", (region,))])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / FILE_NAME)
    store._database.execute("PRAGMA synchronous = OFF")
    for number in range(60):
        save(store, number)
    return store


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    if REAL:
        yield REAL
        return
    qdrant = Qdrant()
    yield qdrant.url
    qdrant.close()


class Both:
    """A store's passages in both kinds of indexes."""

    def __init__(self, store: Store, url: str) -> None:
        self.store = store
        self.local: Indexes = LocalIndexes(store, store.engine.folder, "model", DIMENSION)
        self.qdrant: Indexes = QdrantIndexes(store, Server(url), "model", DIMENSION)
        self.catch_up()

    def catch_up(self) -> None:
        self.local.catch_up()
        self.qdrant.catch_up()

    def search(self, seed: int, text: str, top_k: int = 20, where: Filter | None = None) -> Found:
        """What both find: the same passages with the same scores, but for what is equally good as the last."""
        local, qdrant = (
            indexes.search(embedding(seed), stem_words(text), top_k, where) for indexes in (self.local, self.qdrant)
        )
        assert_alike(local.lexical, qdrant.lexical)
        shared = local.dense.keys() & qdrant.dense.keys()
        assert {id: qdrant.dense[id] for id in shared} == pytest.approx(
            {id: local.dense[id] for id in shared}, abs=2e-3
        )
        # Beside those that are only found by words.
        assert_alike(nearest(local, top_k), nearest(qdrant, top_k))
        assert qdrant.lexical.keys() <= qdrant.dense.keys()
        return qdrant


def nearest(found: Found, top_k: int) -> dict[int, float]:
    best = sorted(found.dense.items(), key=lambda one: -one[1])[:top_k]
    return dict(best)


def assert_alike(expected: dict[int, float], found: dict[int, float]) -> None:
    """The same in the same order, ties apart; at the end, others may be as good."""
    assert len(found) == len(expected)
    assert sorted(found.values()) == pytest.approx(sorted(expected.values()), rel=5e-3, abs=2e-3)
    last = min(expected.values(), default=0.0)
    clear = {id: score for id, score in expected.items() if score > last * 1.005 + 2e-3}
    assert {id: found.get(id) for id in clear} == pytest.approx(clear, rel=5e-3, abs=2e-3)


Opening = Callable[[Store], Both]


@pytest.fixture
def opened(server_url: str) -> Opening:
    return lambda store: Both(store, server_url)


@pytest.fixture
def both(store: Store, opened: Opening) -> Both:
    return opened(store)


def test_both_find_the_same_by_meaning_and_by_words(both: Both) -> None:
    assert len(both.local) == len(both.qdrant) == 180
    for seed in range(10):
        found = both.search(seed, f"berapa {WORDS[seed]} {WORDS[-seed - 1]} dan anggarannya")
        assert len(found.lexical) == 20 < len(found.dense)


def test_a_stem_asked_twice_counts_twice_in_both(both: Both) -> None:
    both.search(1, "pasar pasar sawah")


@pytest.mark.parametrize(
    "where",
    [
        Filter("2025-03-01", "2025-03-31", ("published",)),
        Filter("2025-03-01", None, ("published",)),
        Filter(None, "2025-06-01", ("published", "undated")),
        Filter("2025-01-01", "2025-12-31", ("undated",)),
        Filter("2025-01-01", "2025-12-31", ()),
        Filter(regions=("banyuasin",)),
        Filter(regions=("palembang", "rantau bayur")),
        Filter(regions=("kubu raya",)),
        Filter(sources=("Media 1", "Media 3")),
        Filter("2025-02-01", "2025-09-30", ("published", "day"), ("banyuasin",), ("Media 2",)),
        Filter(),
    ],
)
def test_both_let_through_the_same(both: Both, where: Filter) -> None:
    allowed = set(both.store.passages_within(where)[0].tolist())
    found = both.search(2, "jembatan pasar sawah", where=where)
    assert found.dense.keys() <= allowed
    assert len(found.dense) >= min(20, len(allowed))


def test_a_time_is_one_of_an_articles_times_and_not_made_of_two(store: Store, opened: Opening) -> None:
    text = "Rapat itu digelar pada 3 Maret 2024, dan dilanjutkan pada 9 Juli 2024 di kantor bupati."
    save(store, 61, text)
    both = opened(store)
    found = {
        month: both.search(3, "rapat", where=Filter(f"2024-{month}-01", f"2024-{month}-28", ("day",))).dense.keys()
        for month in ("03", "05", "07")
    }
    assert found["03"] == found["07"] == set(store.passage_ids("a61")) and not found["05"]


def test_both_follow_what_is_added_replaced_and_removed(both: Both) -> None:
    store = both.store
    save(store, 60)
    save(store, 5, version=1)
    store.remove("a6")
    gone = {*range(16, 22)}
    both.catch_up()
    assert len(both.local) == len(both.qdrant) == 180
    for number, version in ((60, 0), (5, 1)):
        best = both.qdrant.search(embedding(number, version, 0), [], 1)
        assert list(best.dense) == store.passage_ids(f"a{number}")[:1]
    for seed in range(5):
        found = both.qdrant.search(embedding(seed), stem_words("pasar jalan"), 180)
        assert not found.dense.keys() & gone and len(found.dense) == 180


def test_what_is_read_again_changes_nothing(both: Both) -> None:
    before = both.search(4, "listrik taman stadion")
    both.store._database.execute("DELETE FROM positions")
    both.catch_up()
    after = both.search(4, "listrik taman stadion")
    assert len(both.qdrant) == 180 and both.qdrant.behind() == 0
    assert_alike(before.dense, after.dense)
    assert_alike(before.lexical, after.lexical)


def test_both_count_alike_how_many_passages_hold_a_stem(both: Both) -> None:
    stems = [*stem_words(" ".join(WORDS)), "takada"]
    assert both.qdrant.frequencies(stems) == both.local.frequencies(stems)
    assert both.qdrant.frequencies(stems)["takada"] == 0


def test_both_know_the_same_words_and_set_slips_right(store: Store, opened: Opening) -> None:
    save(store, 62, "Kecamatan Muara Padang menerima ambulans. Pengadaan itu selesai. Warga Talang Kelapa gembira.")
    both = opened(store)
    for word in ("jembatan", "ambulans", "penerimaan", "xyzzy", "anggaran"):
        assert both.qdrant.holds(word) == both.local.holds(word), word
    slips = {
        "jembtan": "jembatan", "jemabtan": "jembatan", "jembattan": "jembatan", "jembaton": "jembatan",
        "ambulanns": "ambulans", "puskesms": "puskesmas", "zembatan": None, "jmbtan": None, "jembatan": None,
        "12345": None, "pasr": None,
    }  # fmt: skip
    assert {word: both.qdrant.nearest_word(word) for word in slips} == slips
    assert {word: both.local.nearest_word(word) for word in slips} == slips
    for short in ("jmbatan", "jmbtn", "pskesmas", "anggrn"):
        counted = both.local.counts(with_vowels(short))
        assert counted and both.qdrant.counts(with_vowels(short)).keys() == counted.keys(), short
    assert both.qdrant.counts([]) == both.local.counts([]) == {}
    store.remove("a62")
    both.catch_up()
    assert both.local.nearest_word("ambulanns") is None and both.local.counts(["ambulans"]) == {}


def test_any_letters_are_found(store: Store, opened: Opening) -> None:
    save(store, 63, "Café Ñandú 東京 Ünïted 🙂 İstanbul ﬁnal ١٢٣ ditutup. Kedua. Ketiga.")
    both = opened(store)
    for text in ("café", "東京", "ünïted", "stanbul", "final", "🙂", "\x00"):
        found = both.search(5, text)
        assert set(found.lexical) <= set(store.passage_ids("a63"))
        assert bool(found.lexical) == bool(stem_words(text))


def test_where_nothing_is_stored_nothing_is_found(tmp_path: Path, opened: Opening) -> None:
    both = opened(Store(tmp_path / "empty.db"))
    assert both.search(1, "pasar") == Found({}, {})
    assert len(both.qdrant) == len(both.local) == 0
    assert both.qdrant.frequencies(["pasar"]) == {"pasar": 0}
    assert not both.qdrant.holds("pasar") and both.qdrant.nearest_word("pasarr") is None
    assert not both.qdrant.holds_passage(1) and not both.local.holds_passage(1)


def test_once_everything_is_removed_nothing_is_found(both: Both) -> None:
    for number in range(60):
        both.store.remove(f"a{number}")
    both.catch_up()
    assert both.search(1, "pasar") == Found({}, {}) and len(both.qdrant) == len(both.local) == 0
    save(both.store, 1)
    both.catch_up()
    # The server counts what was removed among the passages that hold a word until it has tidied up.
    assert set(both.qdrant.search(embedding(1), stem_words("pasar"), 9).dense) == set(both.store.passage_ids("a1"))


def test_both_know_which_passages_they_hold(both: Both) -> None:
    last = both.store.watermark().passage
    assert both.local.holds_passage(last) and both.qdrant.holds_passage(last)
    assert not both.local.holds_passage(last + 1) and not both.qdrant.holds_passage(last + 1)
    assert both.local.behind() == both.qdrant.behind() == 0
    save(both.store, 60)
    assert both.qdrant.behind() == 3
