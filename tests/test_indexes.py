"""Both derived indexes: they follow the store, and survive deletion, truncation and damage."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tantivy

from embeddings import Article, Encoder, KnowledgeBase, Store, StoreUnusable
from embeddings.indonesian.spelling import one_slip_away, slips_of
from embeddings.indonesian.words import stem_words
from embeddings.search.dense import DenseIndex
from embeddings.search.lexical import LexicalIndex
from embeddings.search.manifest import fingerprint

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
        # For as long as one merges, another would leave what is new for later.
        self.lexical.finish_merging()

    def save(self) -> None:
        self.lexical.save(self.store)
        self.dense.save(self.store)

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


def dense_files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """What is written of the dense index: each file's inode, as it is swapped in anew, and its content."""
    return {path.name: (path.stat().st_ino, path.read_bytes()) for path in (folder / "dense").iterdir()}


def test_scores_are_those_of_the_half_precision_that_is_stored(tmp_path: Path, store: Store) -> None:
    (_, stored), *_ = store.embeddings_after(0)
    query = embedding(7)
    found = dict(Indexes(tmp_path, store).dense.search(query, 20))
    assert [found[number] for number in range(1, 21)] == pytest.approx(stored @ query, abs=1e-6)
    reopened = Indexes(tmp_path, store).dense
    assert reopened.scores(query, list(range(1, 21))) == pytest.approx(stored @ query, abs=1e-6)
    assert [reopened.scores(embedding(n), [n])[0] for n in range(1, 21)] == [
        float(stored[n - 1] @ embedding(n)) for n in range(1, 21)
    ]


def test_what_changes_is_added_in_memory_and_written_when_an_indexing_run_ends(tmp_path: Path, store: Store) -> None:
    indexes = Indexes(tmp_path, store)
    written = dense_files(tmp_path)
    for number in range(21, 61):
        save(store, number)
    store.remove("a6")
    indexes.refresh()
    assert indexes.find(60) == ([60], [60]) and dense_files(tmp_path) == written
    indexes.save()
    assert dense_files(tmp_path) != written
    assert Indexes(tmp_path, store).find(60) == ([60], [60])


def test_a_process_that_opens_after_a_crash_adds_again_and_writes_past_a_twentieth(
    tmp_path: Path, store: Store
) -> None:
    for number in range(21, 101):
        save(store, number)
    Indexes(tmp_path, store)
    written = dense_files(tmp_path)
    for number in range(101, 105):
        save(store, number)
    assert Indexes(tmp_path, store).find(104) == ([104], [104]) and dense_files(tmp_path) == written
    for number in range(105, 108):
        save(store, number)
    assert Indexes(tmp_path, store).find(107) == ([107], [107]) and dense_files(tmp_path) != written


def test_what_another_process_has_written_is_not_written_again(tmp_path: Path, store: Store) -> None:
    bot, indexing = Indexes(tmp_path, store), Indexes(tmp_path, store)
    save(store, 21)
    indexing.refresh()
    indexing.save()
    written = dense_files(tmp_path)
    bot.refresh()
    bot.save()
    assert bot.find(21) == ([21], [21]) and dense_files(tmp_path) == written
    save(store, 22)
    bot.refresh()
    bot.save()
    assert dense_files(tmp_path) != written and Indexes(tmp_path, store).find(22) == ([22], [22])


def test_only_the_parts_that_changed_are_written(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.search.dense.PASSAGES_A_PART", 16)
    indexes = Indexes(tmp_path, store)
    for number in range(21, 61):
        save(store, number)
        indexes.dense.refresh(store)
    indexes.save()
    before = dense_files(tmp_path)
    assert len([name for name in before if name.endswith(".faiss")]) == 4
    save(store, 61)
    store.remove("a58")
    indexes.refresh()
    indexes.save()
    after = dense_files(tmp_path)
    assert {name for name in after if after[name] != before.get(name)} == {"passages-3.faiss", "manifest.json"}
    for opened in (indexes, Indexes(tmp_path, store)):
        assert [opened.find(n) for n in (1, 30, 61)] == [([1], [1]), ([30], [30]), ([61], [61])]
        assert opened.find(58) == ([], []) and len(opened.dense) == 60
    assert [id for id, _ in indexes.dense.search(embedding(30), 3, np.array([1, 59]))] in ([1, 59], [59, 1])


def test_a_part_that_nothing_is_left_of_is_forgotten(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.search.dense.PASSAGES_A_PART", 8)
    Indexes(tmp_path, store)
    for number in range(21, 31):
        save(store, number)
    indexes = Indexes(tmp_path, store)
    for number in range(1, 21):
        store.remove(f"a{number}")
    indexes.refresh()
    indexes.save()
    assert sorted(dense_files(tmp_path)) == ["manifest.json", "passages-0.faiss"]
    for opened in (indexes, Indexes(tmp_path, store)):
        assert [opened.find(n) for n in (20, 21, 30)] == [([], []), ([21], [21]), ([30], [30])]
    for number in range(21, 31):
        store.remove(f"a{number}")
    indexes.refresh()
    assert indexes.dense.search(embedding(21), 3) == []


def test_an_index_in_full_precision_of_an_older_version_is_built_again(tmp_path: Path, store: Store) -> None:
    Indexes(tmp_path, store)
    described = tmp_path / "dense" / "manifest.json"
    described.write_text(described.read_text().replace("format 2", "format 1"))
    (described.parent / "passages-0.faiss").rename(described.parent / "passages.faiss")
    assert Indexes(tmp_path, store).find(3) == ([3], [3])
    assert sorted(dense_files(tmp_path)) == ["manifest.json", "passages-0.faiss"]


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
    described.write_text(described.read_text().replace("format 3", "format 1"))
    older = {path.name for path in described.parent.glob("*.term")}
    assert Indexes(tmp_path, store).find(3) == ([3], [3])
    assert older and older.isdisjoint(path.name for path in described.parent.iterdir())


def test_a_second_process_takes_over_what_the_first_has_indexed(tmp_path: Path, store: Store) -> None:
    first, second = Indexes(tmp_path, store), Indexes(tmp_path, store)
    save(store, 21)
    first.refresh()
    second.refresh()
    assert second.find(21) == ([21], [21])


def segments(folder: Path) -> int:
    return len({path.name.partition(".")[0] for path in (folder / "lexical").glob("*.term")})


def test_many_small_changes_are_found_one_by_one_and_merged_behind(tmp_path: Path, store: Store) -> None:
    indexes = Indexes(tmp_path, store)
    for number in range(21, 51):
        save(store, number)
        # On a slow disk even this may take longer than a question waits.
        indexes.lexical.finish_merging()
        indexes.refresh()
        assert indexes.find(number) == ([number], [number])
    indexes.save()
    assert segments(tmp_path) <= 8
    described = json.loads((tmp_path / "lexical" / "manifest.json").read_text())
    assert {name.partition(".")[0] for name in described["files"]} >= {
        path.name.partition(".")[0] for path in (tmp_path / "lexical").glob("*.term")
    }
    opened = Indexes(tmp_path, store)
    assert [opened.find(number) for number in range(1, 51)] == [([n], [n]) for n in range(1, 51)]


def test_merged_files_that_no_manifest_tells_of_yet_are_searched_and_not_rebuilt(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = Indexes(tmp_path, store)
    for number in range(21, 41):
        save(store, number)
        indexes.lexical.refresh(store)
        indexes.lexical.finish_merging()
    monkeypatch.setattr(LexicalIndex, "_made_anew", lambda self: pytest.fail("rebuilt"))
    opened = Indexes(tmp_path, store)
    assert [opened.find(number) for number in range(1, 41)] == [([n], [n]) for n in range(1, 41)]


def test_removed_passages_are_taken_out_of_the_words_without_rebuilding(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, 30, "sungai")
    indexes = Indexes(tmp_path, store)
    monkeypatch.setattr(LexicalIndex, "_made_anew", lambda self: pytest.fail("rebuilt"))
    assert indexes.lexical.holds("sungai") and indexes.lexical.nearest_word("sungei") == "sungai"
    save(store, 5, "kota")
    for number in (6, 30):
        store.remove(f"a{number}")
    for opened in (indexes, Indexes(tmp_path, store)):
        opened.refresh()
        assert [opened.find(number)[1] for number in (5, 6, 7)] == [[], [], [7]] and len(opened.lexical) == 19
        assert [id for id, _ in opened.lexical.search(stem_words("kota"), 3)] == [22]
        assert not opened.lexical.holds("sungai") and opened.lexical.nearest_word("sungei") is None
        assert opened.lexical.frequency("rapat") <= 19


def test_a_file_of_words_is_read_once_by_each_process(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Indexes(tmp_path, store), Indexes(tmp_path, store)
    before = {path.name for path in (tmp_path / "lexical").iterdir()}
    read: list[str] = []

    def reading(path: Path) -> tuple[int, int]:
        read.append(path.name)
        return fingerprint(path)

    monkeypatch.setattr("embeddings.search.manifest.fingerprint", reading)
    save(store, 21)
    first.lexical.refresh(store)
    assert read and before.isdisjoint(read)
    written = sorted(read)
    read.clear()
    second.lexical.refresh(store)
    assert sorted(read) == written and second.find(21)[1] == [21]


def test_a_change_that_was_committed_and_never_described_is_made_again(tmp_path: Path, store: Store) -> None:
    Indexes(tmp_path, store).save()
    index = tantivy.Index.open(str(tmp_path / "lexical"))
    writer = index.writer(num_threads=1)
    writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "passage", 3))
    writer.commit()
    writer.wait_merging_threads()
    assert Indexes(tmp_path, store).find(3) == ([3], [3])


def test_while_another_process_merges_what_was_taken_in_last_is_searched(tmp_path: Path, encoder: Encoder) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    knowledge.add([Article("a", "Rapat digelar.")])
    knowledge.retriever.catch_up()
    merging = tantivy.Index.open(str(tmp_path / "lexical")).writer(num_threads=1)
    knowledge.add([Article("b", "Jalan diperbaiki.")])
    knowledge.retriever.refresh()
    assert not knowledge.retriever.holds_passage(2) and knowledge.retriever.nearest("perbiki") is None
    merging.wait_merging_threads()
    knowledge.retriever.refresh()
    assert knowledge.retriever.holds_passage(2) and knowledge.retriever.nearest("diperbaikj") == "diperbaiki"


def test_indexes_that_cannot_be_written_say_so_and_lose_nothing(tmp_path: Path, encoder: Encoder) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    (tmp_path / "dense").write_text("a file where a folder should be")
    assert knowledge.add([Article("a", "Rapat digelar.")]) == []
    with pytest.raises(StoreUnusable, match=r"cannot be written.*No article is lost"):
        knowledge.retriever.refresh()
    assert knowledge.summary().articles == 1


def test_what_is_new_can_be_taken_in_before_anybody_asks(tmp_path: Path, encoder: Encoder) -> None:
    knowledge, other = KnowledgeBase(tmp_path, encoder=encoder), KnowledgeBase(tmp_path, encoder=encoder)
    assert knowledge.take_in()
    other.add([Article("a", "Rapat digelar.")])
    assert not knowledge.retriever.holds_passage(1)
    assert knowledge.take_in() and knowledge.retriever.holds_passage(1)


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


def test_a_word_one_slip_away_is_found_without_going_through_all_words() -> None:
    random = np.random.default_rng(20261127)
    letters = list("aeiknstx")
    known = {"".join(random.choice(letters, random.integers(5, 8))): int(random.integers(1, 9)) for _ in range(20_000)}
    for word in ["".join(random.choice(letters, random.integers(5, 9))) for _ in range(200)]:
        looked_up = [(slip, known[slip]) for slip in slips_of(word) if slip in known]
        everything = [(other, count) for other, count in known.items() if other != word]
        assert one_slip_away(word, looked_up) == one_slip_away(word, everything)


def test_words_are_cut_to_their_indonesian_stems_but_an_area_is_not_its_office() -> None:
    assert stem_words("Diselenggarakan di KECAMATAN, pembangunan (13/7)") == [
        "selenggara", "di", "kecamatan", "bangun", "13", "7",
    ]  # fmt: skip


def test_what_was_read_ahead_is_added_and_what_came_since_is_read_anew(tmp_path: Path, store: Store) -> None:
    index = Indexes(tmp_path, store).dense
    for number in (21, 22):
        save(store, number)
        store.remove(f"a{number - 20}")
        index.prepare(store)
    save(store, 23)
    index.refresh(store)
    found = [index.search(embedding(number), 1)[0] for number in (1, 2, 21, 22, 23)]
    assert [id for id, score in found if score > 0.99] == [21, 22, 23]
    index.prepare(store)
    index.refresh(store)
    assert len(index) == 21
