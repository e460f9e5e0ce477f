"""Find the passages nearest to a query, by meaning and by words, the two fused."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from embeddings.errors import StoreUnusable
from embeddings.filter import Filter
from embeddings.models.encoder import Encoder
from embeddings.question.query import Query
from embeddings.search.dense import DenseIndex
from embeddings.search.lexical import LexicalIndex, StillMerging
from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store
from embeddings.types import Passage

# Seconds that a question waits for another process that takes in what was indexed.
LONGEST_WAIT = 1.0


class RetrieverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many passages each index offers, and how much meaning weighs against words."""

    candidates: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50
    dense_weight: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.6


class Hit(msgspec.Struct, frozen=True):
    """A passage with its fused score in [0, 1], its cosine, and its BM25 score (0 where it shares no word)."""

    passage: Passage
    score: float
    dense: float
    lexical: float


class Retrieval(msgspec.Struct, frozen=True):
    """What was found for a query: hits, best first, and how telling each of its stems is here."""

    query: Query
    hits: tuple[Hit, ...]
    weights: dict[str, float]
    """Inverse document frequency of each stem of the query (Robertson and Sparck Jones, as in BM25)."""
    searched: int
    """How many passages were searched."""
    most_lexical: float
    """The highest BM25 score among the best hits."""


class _Candidate(NamedTuple):
    """What a Hit will be, before its passage is read."""

    passage: int
    score: float
    dense: float
    lexical: float


class Retriever:
    """Searches both indexes, which it keeps up with the store."""

    def __init__(self, store: Store, encoder: Encoder, directory: Path, settings: RetrieverSettings) -> None:
        """Open or rebuild the indexes in this folder; raises IndexMismatch where the store has another encoder."""
        store.claim(encoder.name, encoder.dimension)
        self.store = store
        self._directory = directory
        self._encoder = encoder
        self._settings = settings
        self._dense = DenseIndex(directory / "dense", encoder.name, encoder.dimension)
        self._lexical = LexicalIndex(directory / "lexical")
        self._lock = FileLock(directory / "indexes.lock")
        self._seen: Watermark | None = None
        self.refresh()

    def refresh(self) -> None:
        """Take in what was indexed since, by this process or another; within a snapshot that was done before it.

        While another process is at the indexes, or much is merged in them, those that were taken in last are searched.
        Nothing but small changes is written: see save.
        """
        if self.store.in_snapshot or self.store.watermark() == self._seen:
            return
        try:
            # Not the other way round: the other process has taken in what it saw, which the snapshot has to hold.
            longest = -1 if self._seen is None else LONGEST_WAIT
            with self._writing_explained(), self._lock.acquire(timeout=longest), self.store.snapshot():
                # First the one that may have to wait: both have taken in the same, or neither has.
                self._lexical.refresh(self.store)
                self._dense.refresh(self.store)
                self._seen = self.store.watermark()
        except (Timeout, StillMerging):
            return

    def save(self) -> None:
        """Take in what was indexed, and write it, so that no other process needs to: for the end of an indexing run."""
        with self._writing_explained(), self._lock:
            self._lexical.finish_merging()
            self.refresh()
            self._lexical.save(self.store)
            self._dense.save(self.store)

    @contextmanager
    def _writing_explained(self) -> Iterator[None]:
        try:
            yield
        except Timeout:
            raise
        # tantivy reports a full disk or a missing permission as ValueError.
        except (OSError, ValueError) as error:
            raise StoreUnusable(
                f"The indexes in {self._directory} cannot be written ({error}). No article is lost; free some space or "
                "mend the folder's permissions, and run the same command again."
            ) from error

    def holds_passage(self, passage: int) -> bool:
        """Whether what is searched holds this passage, which may have been stored a moment ago."""
        return self._seen is not None and passage <= self._seen.passage

    def retrieve(self, query: Query, top_k: int, where: Filter | None = None) -> Retrieval:
        """The `top_k` best passages for a query, of those articles only that the filter lets through."""
        candidates = self._candidates(query, where)
        return self._retrieval(query, candidates, candidates[:top_k], top_k)

    def retrieve_of(self, query: Query, article: str, most: int, top_k: int, where: Filter | None = None) -> Retrieval:
        """At most so many passages of one article, each with the score that it has among those of all articles.

        Only what is a candidate there counts; the evidence beside it is that of the `top_k` best.
        """
        candidates, of_article = self._candidates(query, where), set(self.store.passage_ids(article))
        chosen = [one for one in candidates if one.passage in of_article][:most]
        return self._retrieval(query, candidates, chosen, top_k)

    def embedding(self, query: Query) -> NDArray[np.float32]:
        """What is searched for by meaning, shape (dimension,)."""
        embedding: NDArray[np.float32] = self._encoder.encode_queries([query.text])[0]
        return embedding

    def _candidates(self, query: Query, where: Filter | None) -> list["_Candidate"]:
        """What both indexes offer, best first."""
        self.refresh()
        embedding = self.embedding(query)
        within, articles = self.store.passages_within(where) if where else (None, None)
        dense = dict(self._dense.search(embedding, self._settings.candidates, within))
        lexical = dict(self._lexical.search(query.stems, self._settings.candidates, articles))
        only_lexical = [id for id in lexical if id not in dense]
        dense.update(zip(only_lexical, self._dense.scores(embedding, only_lexical), strict=True))
        scores = fuse(dense, lexical, self._settings.dense_weight)
        best = sorted(scores, key=lambda id: (-scores[id], id))
        return [_Candidate(id, scores[id], dense[id], lexical.get(id, 0.0)) for id in best]

    def _retrieval(
        self, query: Query, candidates: Sequence["_Candidate"], chosen: Sequence["_Candidate"], top_k: int
    ) -> Retrieval:
        passages = self.store.passages([one.passage for one in chosen])
        total = len(self._lexical)
        return Retrieval(
            query,
            tuple(
                Hit(passages[one.passage], one.score, one.dense, one.lexical)
                for one in chosen
                if one.passage in passages
            ),
            {stem: inverse_document_frequency(self._lexical.frequency(stem), total) for stem in query.stems},
            total,
            max((one.lexical for one in candidates[:top_k]), default=0.0),
        )

    # --- the words that are known (question.correct.Vocabulary) ---

    def pieces(self, words: Sequence[str]) -> list[int]:
        """In how many pieces the encoder reads each word; a common word, rightly spelt, is one."""
        return self._encoder.count_tokens(words)

    def holds(self, word: str) -> bool:
        """Whether an article holds the word, or another form of it."""
        return self._lexical.holds(word)

    def nearest(self, word: str) -> str | None:
        """The most frequent word of the articles that is one slip of the fingers away, if any."""
        return self._lexical.nearest_word(word)


def fuse(dense: dict[int, float], lexical: dict[int, float], dense_weight: float) -> dict[int, float]:
    """Weighted sum of the two scores by passage id, each first scaled to [0, 1] over the candidates."""
    if not dense:
        return {}
    low, high = min(dense.values()), max(dense.values())
    most = max(lexical.values(), default=0.0)
    return {
        id: dense_weight * ((score - low) / (high - low) if high > low else 1.0)
        + (1 - dense_weight) * (lexical.get(id, 0.0) / most if most > 0 else 0.0)
        for id, score in dense.items()
    }


def inverse_document_frequency(frequency: int, total: int) -> float:
    """ln(1 + (N - n + 0.5) / (n + 0.5)), as in BM25 (Robertson and Zaragoza 2009)."""
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
