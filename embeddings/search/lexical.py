"""The lexical index: BM25 with tantivy over the words of the store's passages."""

import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from embeddings.indonesian.spelling import one_slip_away
from embeddings.indonesian.words import stem_words, words_of
from embeddings.passages import passage_context
from embeddings.search import manifest
from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store

_WRITER_MEMORY_BYTES = 30_000_000


class LexicalIndex:
    """A tantivy index derived from the store; delete its folder and it is rebuilt."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._made_for = f"Indonesian Snowball stems but for areas, tantivy {version('tantivy')}, format 2"
        self._watermark = Watermark()
        self._index: tantivy.Index | None = None
        self._searcher: tantivy.Searcher | None = None

    def __len__(self) -> int:
        return self._searcher.num_docs if self._searcher else 0

    def refresh(self, store: Store) -> None:
        """Catch up with the store: open what is on disk if it is sound, add and remove what changed since."""
        watermark = store.watermark()
        if self._index is not None and watermark == self._watermark:
            return
        found = manifest.read_intact(self.directory, self._made_for, store)
        if found is None or watermark < found.watermark or not self._open():
            self._start_empty()
        else:
            self._watermark = found.watermark
        if watermark != self._watermark:
            self._catch_up(store, watermark)
        if len(self) != store.summary().passages:
            self._start_empty()
            self._catch_up(store, watermark)

    def search(
        self, stems: Sequence[str], top_k: int, articles: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Passage ids with their BM25 score, best first; only passages that hold one of the stems.

        `articles` are the numbers of those whose passages may be found.
        """
        if self._index is None or self._searcher is None or not stems:
            return []
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(self._index.schema, "stems", stem)) for stem in stems]
        query = tantivy.Query.boolean_query(terms)
        if articles is not None:
            within = tantivy.Query.term_set_query(self._index.schema, "article", np.unique(articles).tolist())
            # What only selects adds nothing to the score.
            query = query.and_must_match(tantivy.Query.const_score_query(within, 0.0))
        found = self._searcher.search(query, limit=top_k, count=False).hits
        ids = self._searcher.fast_field_values("passage", [address for _, address in found])
        return [(int(id), float(score)) for id, (score, _) in zip(ids, found, strict=True) if id is not None]

    def frequency(self, stem: str) -> int:
        """How many passages hold this stem."""
        return self._searcher.doc_freq("stems", stem) if self._searcher else 0

    def holds(self, word: str) -> bool:
        """Whether a passage holds the stem of this word."""
        return any(self.frequency(stem) for stem in stem_words(word))

    def nearest_word(self, word: str) -> str | None:
        """The most frequent indexed word that is one slip of the fingers away from one that no passage holds."""
        if self._searcher is None or self.holds(word):
            return None
        # Holding the first letter keeps the search short.
        return one_slip_away(
            word, ((term, count) for term, count in self._searcher.terms_with_prefix("words", word[0]))
        )

    def _open(self) -> bool:
        try:
            self._index = tantivy.Index.open(str(self.directory))
            self._searcher = self._index.searcher()
        except ValueError:
            return False
        return True

    def _start_empty(self) -> None:
        self._index = self._searcher = None
        self._watermark = Watermark()
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True, exist_ok=True)
        schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("passage", indexed=True, fast=True)
            .add_unsigned_field("article", indexed=True)
            .add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
            .add_text_field("words", tokenizer_name="whitespace", index_option="basic")
            .build()
        )
        self._index = tantivy.Index(schema, path=str(self.directory), reuse=False)
        self._searcher = self._index.searcher()

    def _catch_up(self, store: Store, watermark: Watermark) -> None:
        assert self._index is not None
        (self.directory / manifest.FILE_NAME).unlink(missing_ok=True)
        writer = self._index.writer(heap_size=_WRITER_MEMORY_BYTES, num_threads=1)
        for passage_id in store.removed_after(self._watermark.removal):
            writer.delete_documents_by_term("passage", passage_id)
        for passages in store.passages_after(self._watermark.passage):
            for id, article, passage in passages:
                # A damaged one is counted, lest the index look incomplete, and found by none of its words.
                text = f"{passage_context(passage.article)}{passage.text}" if passage else ""
                document = tantivy.Document()
                document.add_unsigned("passage", id)
                if passage:
                    document.add_unsigned("article", article)
                document.add_text("stems", " ".join(stem_words(text)))
                document.add_text("words", " ".join(words_of(text)))
                writer.add_document(document)
        writer.commit()
        # Merging goes on behind the commit and would change the files that the manifest is about to describe.
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._watermark = watermark
        files = [path.name for path in self.directory.iterdir() if not path.name.endswith(".lock")]
        manifest.write(self.directory, self._made_for, store, len(self), watermark, files)
