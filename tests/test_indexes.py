"""Both derived indexes: they follow the store, and survive deletion, truncation and damage."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embeddings import Article, Encoder, KnowledgeBase, Store, StoreUnusable
from embeddings.indonesian.spelling import one_slip_away
from embeddings.indonesian.words import stem_words
from embeddings.search.dense import INDEX_FILE, DenseIndex
from embeddings.search.lexical import LexicalIndex

DIMENSION = 8
Search = Callable[[], list[int]]


def embedding(number: int) -> np.ndarray:
    vector = np.random.default_rng(number).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def save(store: Store, number: int, word: str | None = None) -> None:
    text = f"Rapat {word or f'desa{number}'} digelar."
    store.save(Article(f"a{number}", text), [(0, len(text))], embedding(number)[None])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "knowledge.db")
    for number in range(1, 21):
        save(store, number)
    return store


class Indexes:
    """The two indexes of one folder, opened anew."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.dense = DenseIndex(folder / "dense", "model", DIMENSION)
        self.lexical = LexicalIndex(folder / "lexical")
        self.store = store
        self.refresh()

    def refresh(self) -> None:
        self.dense.refresh(self.store)
        self.lexical.refresh(self.store)

    def find(self, number: int) -> tuple[list[int], list[int]]:
        """Passage ids that the dense and the lexical index find for an article's own embedding and word."""
        dense = [id for id, score in self.dense.search(embedding(number), 3) if score > 0.99]
        return dense, [id for id, _ in self.lexical.search(stem_words(f"desa{number}"), 3)]


def test_each_article_is_found_by_its_embedding_and_by_its_word(tmp_path: Path, store: Store) -> None:
    indexes = Indexes(tmp_path, store)
    assert [indexes.find(number) for number in range(1, 21)] == [([n], [n]) for n in range(1, 21)]


def test_scores_are_cosines_best_first_and_never_padded(tmp_path: Path, store: Store) -> None:
    found = Indexes(tmp_path, store).dense.search(embedding(7), 500)
    assert len(found) == 20
    assert found[0] == (7, pytest.approx(1, abs=1e-3))
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_a_small_change_of_a_large_index_waits_to_be_written_and_is_not_lost(tmp_path: Path, store: Store) -> None:
    for number in range(21, 301):
        save(store, number)
    indexes = Indexes(tmp_path, store)
    written = (tmp_path / "dense" / INDEX_FILE).read_bytes()
    save(store, 301)
    store.remove("a6")
    indexes.refresh()
    assert (tmp_path / "dense" / INDEX_FILE).read_bytes() == written
    for opened in (indexes, Indexes(tmp_path, store)):
        assert opened.find(301) == ([301], [301]) and opened.find(6) == ([], [])
    for number in range(302, 305):
        save(store, number)
    indexes.refresh()
    assert (tmp_path / "dense" / INDEX_FILE).read_bytes() != written
    assert Indexes(tmp_path, store).find(304) == ([304], [304])


def test_added_changed_and_removed_articles_are_followed(tmp_path: Path, store: Store) -> None:
    indexes = Indexes(tmp_path, store)
    save(store, 21)
    save(store, 5, "kota")
    store.remove("a6")
    for opened in (indexes, Indexes(tmp_path, store)):
        opened.refresh()
        assert opened.find(21) == ([21], [21])
        assert opened.find(5) == ([22], [])
        assert opened.find(6) == ([], [])
        assert (len(opened.dense), len(opened.lexical)) == (20, 20)


def damage_nothing(folder: Path) -> None:
    pass


def delete_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def delete_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def truncate_files(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def truncate_largest(folder: Path) -> None:
    path = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[:-10])


def flip_a_bit(folder: Path) -> None:
    path = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty_files(folder: Path) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage",
    [damage_nothing, delete_folder, delete_manifest, truncate_files, truncate_largest, flip_a_bit, empty_files],
)
def test_a_missing_or_damaged_index_is_rebuilt_from_the_store(
    tmp_path: Path, store: Store, damage: Callable[[Path], None]
) -> None:
    Indexes(tmp_path, store)
    for name in ("dense", "lexical"):
        damage(tmp_path / name)
    indexes = Indexes(tmp_path, store)
    assert [indexes.find(number) for number in range(1, 21)] == [([n], [n]) for n in range(1, 21)]


def test_an_index_of_another_store_with_the_same_watermark_is_not_used(tmp_path: Path, store: Store) -> None:
    Indexes(tmp_path, store)
    other = Store(tmp_path / "other.db")
    for number in range(101, 121):
        save(other, number)
    assert other.watermark() == store.watermark()
    assert Indexes(tmp_path, other).find(101) == ([1], [1])


def test_an_index_of_another_encoder_is_not_used(tmp_path: Path, store: Store) -> None:
    Indexes(tmp_path, store)
    other = DenseIndex(tmp_path / "dense", "another model", DIMENSION)
    other._load(store)
    assert len(other) == 0


def test_a_lexical_index_of_an_older_format_is_built_again(tmp_path: Path, store: Store) -> None:
    Indexes(tmp_path, store)
    described = tmp_path / "lexical" / "manifest.json"
    described.write_text(described.read_text().replace("format 2", "format 1"))
    older = {path.name for path in described.parent.glob("*.term")}
    assert Indexes(tmp_path, store).find(3) == ([3], [3])
    assert older and older.isdisjoint(path.name for path in described.parent.iterdir())


def test_a_second_process_takes_over_what_the_first_has_indexed(tmp_path: Path, store: Store) -> None:
    first, second = Indexes(tmp_path, store), Indexes(tmp_path, store)
    save(store, 21)
    first.refresh()
    second.refresh()
    assert second.find(21) == ([21], [21])


def test_indexes_that_cannot_be_written_say_so_and_lose_nothing(tmp_path: Path, encoder: Encoder) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    (tmp_path / "dense").write_text("a file where a folder should be")
    assert knowledge.add([Article("a", "Rapat digelar.")]) == []
    with pytest.raises(StoreUnusable, match=r"cannot be written.*No article is lost"):
        knowledge.retriever.refresh()
    assert knowledge.summary().articles == 1


def test_a_word_that_no_passage_holds_is_corrected_by_one_slip_only(tmp_path: Path, store: Store) -> None:
    save(store, 30, "sungai")
    lexical = Indexes(tmp_path, store).lexical
    assert lexical.nearest_word("sungei") == "sungai"
    assert lexical.nearest_word("sugnai") == "sungai"
    assert lexical.nearest_word("sungai") is None
    assert lexical.nearest_word("songei") is None
    assert lexical.nearest_word("rpat") is None


def test_a_short_word_with_another_letter_is_another_word() -> None:
    known = [("maret", 9), ("kantor", 5), ("bupati", 7), ("pasar", 3), ("lolo", 1), ("kecamatan", 8)]
    assert one_slip_away("bupti", known) == "bupati"
    assert one_slip_away("pasra", known) == "pasar"
    assert one_slip_away("kecamaten", known) == "kecamatan"
    assert one_slip_away("macet", known) is one_slip_away("lolos", known) is None


def test_words_are_cut_to_their_indonesian_stems_but_an_area_is_not_its_office() -> None:
    assert stem_words("Diselenggarakan di KECAMATAN, pembangunan (13/7)") == [
        "selenggara", "di", "kecamatan", "bangun", "13", "7",
    ]  # fmt: skip
