"""Find the passages nearest to a query, by meaning and by words, the two fused."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.filter import Filter
from embeddings.models.encoder import Encoder
from embeddings.question.query import Query
from embeddings.search.indexes import Indexes
from embeddings.search.local import LocalIndexes
from embeddings.search.qdrant import QdrantIndexes
from embeddings.search.server import Server
from embeddings.storage.store import Store
from embeddings.types import Passage


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
    """Searches the indexes, which it keeps up with the store, and fuses what they offer."""

    def __init__(
        self, store: Store, encoder: Encoder, directory: Path, settings: RetrieverSettings, server_url: str = ""
    ) -> None:
        """Open or rebuild the indexes in this folder, or ask a search server instead.

        Raises IndexMismatch where the store has another encoder.
        """
        store.claim(encoder.name, encoder.dimension)
        self.store = store
        self._encoder = encoder
        self._settings = settings
        self._indexes: Indexes = (
            QdrantIndexes(store, Server(server_url), encoder.name, encoder.dimension)
            if server_url
            else LocalIndexes(store, directory, encoder.name, encoder.dimension)
        )
        self.refresh()

    def refresh(self) -> None:
        """Take notice of what was indexed since, by this process or another; raises StoreUnusable."""
        self._indexes.refresh()

    def take_in(self) -> bool:
        """Have what other processes have stored searched, beside the questions (see Indexes); raises StoreUnusable."""
        return self._indexes.take_in()

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """What is read and searched in the block is each of one state, whatever is stored meanwhile."""
        if self.store.in_snapshot:
            yield
            return
        self.refresh()
        with self._indexes.unchanged(), self.store.snapshot():
            yield

    def close(self) -> None:
        self._indexes.close()

    def catch_up(self) -> None:
        """Have all that was indexed searched, and written, so that no other process needs to; raises StoreUnusable.

        For the end of an indexing run: it may take long.
        """
        self._indexes.catch_up()

    def state(self) -> tuple[str, int]:
        """Where it is searched, and how many passages are not searched there as they are stored; raises as above."""
        return self._indexes.where, self._indexes.behind()

    def holds_passage(self, passage: int) -> bool:
        """Whether what is searched holds this passage, which may have been stored a moment ago."""
        return self._indexes.holds_passage(passage)

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
        dense, lexical = self._indexes.search(embedding, query.stems, self._settings.candidates, where)
        scores = fuse(dense, lexical, self._settings.dense_weight)
        best = sorted(scores, key=lambda id: (-scores[id], id))
        return [_Candidate(id, scores[id], dense[id], lexical.get(id, 0.0)) for id in best]

    def _retrieval(
        self, query: Query, candidates: Sequence["_Candidate"], chosen: Sequence["_Candidate"], top_k: int
    ) -> Retrieval:
        passages = self.store.passages([one.passage for one in chosen])
        total, frequencies = len(self._indexes), self._indexes.frequencies(query.stems)
        return Retrieval(
            query,
            tuple(
                Hit(passages[one.passage], one.score, one.dense, one.lexical)
                for one in chosen
                if one.passage in passages
            ),
            {stem: inverse_document_frequency(frequency, total) for stem, frequency in frequencies.items()},
            total,
            max((one.lexical for one in candidates[:top_k]), default=0.0),
        )

    # --- the words that are known (question.correct.Vocabulary) ---

    def pieces(self, words: Sequence[str]) -> list[int]:
        """In how many pieces the encoder reads each word; a common word, rightly spelt, is one."""
        return self._encoder.count_tokens(words)

    def holds(self, word: str) -> bool:
        """Whether an article holds the word, or another form of it."""
        return self._indexes.holds(word)

    def nearest(self, word: str) -> str | None:
        """The most frequent word of the articles that is one slip of the fingers away, if any."""
        return self._indexes.nearest_word(word)

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """In how many passages each of these words stands, as it is, of those that do in any."""
        return self._indexes.counts(words)


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
