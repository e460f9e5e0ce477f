"""The lexical index: BM25 with tantivy over the words of the store's passages."""

import contextlib
import shutil
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Thread

import msgspec
import numpy as np
import tantivy
from numpy.typing import NDArray

from embeddings.indonesian.spelling import MIN_LENGTH_TO_CORRECT, one_slip_away, slips_of
from embeddings.indonesian.words import stem_words, words_of
from embeddings.passages import passage_context
from embeddings.search import manifest
from embeddings.search.manifest import Fingerprint, Manifest
from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store
from embeddings.types import Passage

_WRITER_MEMORY_BYTES = 30_000_000
_META = "meta.json"
# Seconds that a change waits for the merging of earlier ones before it is left for the next refresh.
LONGEST_WAIT = 1.0

# A filter that lets through more articles than this costs more than sifting the best passages of all, so many of them.
MANY_ARTICLES = 5_000
SIFTED = (1_000, 20_000)


class StillMerging(Exception):
    """Earlier changes are being merged, by this process or another: for now, those are searched that were taken in."""


class _Deletes(msgspec.Struct):
    opstamp: int


class _Segment(msgspec.Struct):
    segment_id: str
    deletes: _Deletes | None


class _Meta(msgspec.Struct):
    """What tantivy writes of itself: the number of its last commit, which merging keeps, and its segments."""

    opstamp: int
    segments: list[_Segment]

    def names(self, file: str) -> bool:
        """Whether a file is of these segments, and tells of no deletions but their last."""
        segment, _, kind = file.partition(".")
        of = next((one for one in self.segments if one.segment_id.replace("-", "") == segment), None)
        return of is not None and (not kind.endswith("del") or bool(of.deletes and kind == f"{of.deletes.opstamp}.del"))


class LexicalIndex:
    """A tantivy index derived from the store; delete its folder and it is rebuilt."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._made_for = f"Indonesian Snowball stems but for areas, tantivy {version('tantivy')}, format 3"
        self._watermark = Watermark()
        self._index: tantivy.Index | None = None
        self._searcher: tantivy.Searcher | None = None
        # tantivy writes a file of a segment once: what was read is not read again.
        self._known: dict[str, Fingerprint] = {}
        self._merging: Thread | None = None

    def __len__(self) -> int:
        return self._searcher.num_docs if self._searcher else 0

    def refresh(self, store: Store) -> None:
        """Catch up with the store (see prepare), and search that."""
        self.adopt(self.prepare(store))

    def adopt(self, prepared: tuple[tantivy.Index, Watermark] | None) -> None:
        """From now on, search what was prepared."""
        if prepared is not None:
            self._index, self._watermark, self._searcher = *prepared, prepared[0].searcher()

    def prepare(self, store: Store) -> tuple[tantivy.Index, Watermark] | None:
        """Catch up with the store: open what is on disk if it is sound, add and remove what changed since.

        Meanwhile what was adopted last can be searched. None where nothing has changed. Raises StillMerging, and leaves
        everything as it was, where that would have to wait for long.
        """
        watermark = store.watermark()
        if self._index is not None and watermark == self._watermark:
            return None
        self.finish_merging(None if self._index is None else LONGEST_WAIT)
        found = self._found(store)
        index = self._opened() if found and found.watermark <= watermark else None
        if found is None or index is None:
            index, seen = self._made_anew(), Watermark()
        else:
            seen = found.watermark
        index = self._caught_up(index, store, seen, watermark)
        if index.searcher().num_docs != store.summary().passages:
            index = self._caught_up(self._made_anew(), store, Watermark(), watermark)
        return index, watermark

    def save(self, store: Store) -> None:
        """Wait for what is being merged, and describe that too."""
        self.finish_merging()
        if self._index is not None:
            self._describe(store, self._watermark, len(self))

    def finish_merging(self, longest: float | None = None) -> None:
        """Wait for what this process is merging; raises StillMerging where that takes longer than so many seconds."""
        if (merging := self._merging) is not None:
            merging.join(longest)
            if merging.is_alive():
                raise StillMerging

    def search(
        self, stems: Sequence[str], top_k: int, articles: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Passage ids with their BM25 score, best first; only passages that hold one of the stems.

        `articles` are the numbers of those whose passages may be found.
        """
        if self._index is None or self._searcher is None or not stems:
            return []
        query = self._query(stems)
        if articles is None:
            return self._found_by(query, top_k)
        selected = np.unique(articles)
        if len(selected) > MANY_ARTICLES and (found := self._sifted(query, top_k, selected)) is not None:
            return found
        within = tantivy.Query.term_set_query(self._index.schema, "article", selected.tolist())
        # What only selects adds nothing to the score.
        return self._found_by(query.and_must_match(tantivy.Query.const_score_query(within, 0.0)), top_k)

    def _query(self, stems: Sequence[str]) -> tantivy.Query:
        assert self._index is not None
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(self._index.schema, "stems", stem)) for stem in stems]
        return tantivy.Query.boolean_query(terms)

    def _sifted(self, query: tantivy.Query, top_k: int, articles: NDArray[np.int64]) -> list[tuple[int, float]] | None:
        """The best of these articles' passages, out of the best of all; None where they are too few among those."""
        assert self._searcher is not None
        for looked_at in SIFTED:
            found = self._searcher.search(query, limit=looked_at, count=False).hits
            of_article = self._searcher.fast_field_values("article", [address for _, address in found])
            # A damaged passage has none.
            of_articles = np.isin(np.array([number or 0 for number in of_article], dtype=np.int64), articles)
            kept = [hit for hit, is_kept in zip(found, of_articles.tolist(), strict=True) if is_kept]
            if len(kept) >= top_k or len(found) < looked_at:
                return self._ids(kept[:top_k])
        return None

    def _found_by(self, query: tantivy.Query, top_k: int) -> list[tuple[int, float]]:
        assert self._searcher is not None
        return self._ids(self._searcher.search(query, limit=top_k, count=False).hits)

    def _ids(self, found: Sequence[tuple[float, tantivy.DocAddress]]) -> list[tuple[int, float]]:
        assert self._searcher is not None
        ids = self._searcher.fast_field_values("passage", [address for _, address in found])
        return [(int(id), float(score)) for id, (score, _) in zip(ids, found, strict=True) if id is not None]

    def frequency(self, stem: str) -> int:
        """How many passages hold this stem; some that were removed count until tantivy merges."""
        return min(self._searcher.doc_freq("stems", stem), len(self)) if self._searcher else 0

    def holds(self, word: str) -> bool:
        """Whether a passage holds the stem of this word."""
        return any(self._is_found("stems", stem) for stem in stem_words(word))

    def nearest_word(self, word: str) -> str | None:
        """The most frequent indexed word that is one slip of the fingers away from one that no passage holds."""
        if len(word) < MIN_LENGTH_TO_CORRECT or self.holds(word):
            return None
        return one_slip_away(word, self.counts(slips_of(word)).items())

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """How many passages hold each of these words, as it is, of those that are held by any."""
        if self._searcher is None:
            return {}
        counts = ((word, self._searcher.doc_freq("words", word)) for word in words)
        return {word: count for word, count in counts if count and self._is_found("words", word)}

    def _is_found(self, field: str, term: str) -> bool:
        if self._index is None or self._searcher is None or not self._searcher.doc_freq(field, term):
            return False
        query = tantivy.Query.term_query(self._index.schema, field, term, index_option="basic")
        return bool(self._searcher.search(query, limit=1, count=False).hits)

    def _opened(self) -> tantivy.Index | None:
        try:
            return tantivy.Index.open(str(self.directory))
        except ValueError:
            return None

    def _made_anew(self) -> tantivy.Index:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._known = {}
        schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("passage", indexed=True, fast=True)
            .add_unsigned_field("article", indexed=True, fast=True)
            .add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
            .add_text_field("words", tokenizer_name="whitespace", index_option="basic")
            .build()
        )
        return tantivy.Index(schema, path=str(self.directory), reuse=False)

    def _caught_up(self, index: tantivy.Index, store: Store, seen: Watermark, watermark: Watermark) -> tantivy.Index:
        """The index with what changed in the store, committed and described, while its segments are being merged."""
        if seen == watermark:
            return index
        writer = self._writer(index)
        if removed := store.removed_after(seen.removal):
            # By a query: its deletion by term takes a number for one with a sign, and deletes nothing.
            writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "passage", removed))
        for passages in store.passages_after(seen.passage):
            for id, article, passage in passages:
                writer.add_document(_document(id, article, passage))
        writer.commit()
        index.reload()
        self._describe(store, watermark, index.searcher().num_docs)
        # Merging may take many seconds, which no question is to wait for.
        self._merging = Thread(target=self._merge, args=(writer,), name="merging", daemon=True)
        self._merging.start()
        return index

    def _writer(self, index: tantivy.Index) -> tantivy.IndexWriter:
        while True:
            try:
                return index.writer(heap_size=_WRITER_MEMORY_BYTES, num_threads=1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise
                # Another process has committed and is merging.
                if self._index is not None:
                    raise StillMerging from error
                time.sleep(LONGEST_WAIT / 10)

    def _merge(self, writer: tantivy.IndexWriter) -> None:
        """Wait until tantivy has merged, and read the new files, which the next description will tell of."""
        # What could not be merged, or is gone, is as sound as it was: the next catching up meets what is wrong.
        with contextlib.suppress(OSError, ValueError):
            writer.wait_merging_threads()
            self._known = self._fingerprints()

    # --- what is on disk ---

    def _found(self, store: Store) -> Manifest | None:
        """The manifest, where tantivy has committed nothing since and each file that it tells of is sound.

        What was merged since is taken as it is: it was written a moment before the process ended.
        """
        found = manifest.read(self.directory, self._made_for, store)
        try:
            meta = self._meta()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        if found is None or found.commit != meta.opstamp:
            return None
        described = {name: written for name, written in found.files.items() if meta.names(name)}
        unknown = {name: written for name, written in described.items() if self._known.get(name) != written}
        if not manifest.are_intact(self.directory, unknown):
            return None
        self._known |= described
        return found

    def _describe(self, store: Store, watermark: Watermark, passages: int) -> None:
        commit = self._meta().opstamp
        self._known = self._fingerprints()
        described = Manifest(self._made_for, store.identity, passages, watermark, self._known, commit)
        manifest.write(self.directory, described)

    def _meta(self) -> "_Meta":
        return msgspec.json.decode((self.directory / _META).read_bytes(), type=_Meta)

    def _fingerprints(self) -> dict[str, Fingerprint]:
        """Of the files of the segments that are searched."""
        meta, found = self._meta(), dict[str, Fingerprint]()
        for name in [path.name for path in self.directory.iterdir() if meta.names(path.name)]:
            # Merged meanwhile, it is gone.
            with contextlib.suppress(FileNotFoundError):
                found[name] = self._known.get(name) or manifest.fingerprint(self.directory / name)
        return found


def _document(id: int, article: int, passage: Passage | None) -> tantivy.Document:
    """A damaged passage is counted, lest the index look incomplete, and found by none of its words."""
    text = f"{passage_context(passage.article)}{passage.text}" if passage else ""
    document = tantivy.Document()
    document.add_unsigned("passage", id)
    if passage:
        document.add_unsigned("article", article)
    document.add_text("stems", " ".join(stem_words(text)))
    document.add_text("words", " ".join(words_of(text)))
    return document
