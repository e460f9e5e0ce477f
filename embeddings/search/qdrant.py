"""The indexes of a Qdrant server, which any number of bots may ask and whoever stores articles fills."""

import math
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import SearchUnreachable
from embeddings.filter import Filter
from embeddings.indonesian.spelling import MIN_LENGTH_TO_CORRECT, one_slip_away, slips_of
from embeddings.indonesian.words import stem_words
from embeddings.search.bm25 import asked_for, dimension
from embeddings.search.collection import (
    STEMS,
    Collection,
    Scored,
    cosines,
    nearest,
    of_stem,
    with_stems,
)
from embeddings.search.filling import Filling, Position, position_of
from embeddings.search.indexes import Found
from embeddings.search.server import Server
from embeddings.storage.store import Store

_MOST_REMEMBERED = 100_000


class QdrantIndexes:
    """One store's passages in a Qdrant server (see Indexes); raises SearchUnreachable while they are not all there."""

    def __init__(self, store: Store, server: Server, encoder_name: str, dimension: int) -> None:
        self._store = store
        self._collection = Collection(server, store.identity, encoder_name, dimension)
        self._position = Position()
        self._frequencies: dict[str, int] = {}

    @property
    def where(self) -> str:
        return f"{self._collection.server.url}, collection {self._collection.name}"

    def refresh(self) -> None:
        if self._store.in_snapshot:
            return
        position = position_of(self._store, self._collection)
        if position.read != self._position.read or len(self._frequencies) > _MOST_REMEMBERED:
            self._frequencies.clear()
        self._position = position

    def take_in(self) -> bool:
        # Whoever stores an article lets the server take it in.
        return True

    def unchanged(self) -> AbstractContextManager[None]:
        return nullcontext()

    def catch_up(self) -> None:
        with self._store.only_filling():
            Filling(self._store, self._collection).fill()
        self.refresh()

    def close(self) -> None:
        pass

    def behind(self) -> int:
        """As Indexes has it; raises SearchUnreachable where the server does not answer, or has not got all."""
        self.refresh()
        if not len(self):
            return self._store.summary().passages
        # Asked even where the position says that all is well.
        missing = abs(self._store.summary().passages - self._collection.count(patient=False))
        return max(missing, self._store.watermark().passage - self._position.read.passage)

    def holds_passage(self, passage: int) -> bool:
        return self._position.whole and passage <= self._position.read.passage

    def search(
        self, embedding: NDArray[np.float32], stems: Sequence[str], top_k: int, where: Filter | None = None
    ) -> Found:
        if not len(self):
            return Found({}, {})
        vector: list[float] = embedding.tolist()
        by_words = [with_stems(asked_for(stems), top_k, where)] if stems else []
        by_meaning, *found = self._collection.search([nearest(vector, top_k, where), *by_words])
        dense, lexical = _scores([by_meaning]), _scores(found)
        only_lexical = [id for id in lexical if id not in dense]
        if only_lexical:
            dense |= _scores(self._collection.search([cosines(vector, only_lexical)]))
        # One that was removed between the two requests has no cosine any more.
        return Found(dense, {id: score for id, score in lexical.items() if id in dense})

    def __len__(self) -> int:
        if not self._position.whole:
            raise SearchUnreachable(
                f"{self.where}, has taken in the passages up to number {self._position.read.passage} of "
                f"{self._store.watermark().passage}, and answers once it has all. Unless it is being filled now, have "
                "that done: wartabot index"
            )
        return self._position.passages

    def frequencies(self, stems: Sequence[str]) -> dict[str, int]:
        """How many passages hold each of these stems, as the server counts them for BM25: removed ones for a while."""
        total, unknown = len(self), [stem for stem in dict.fromkeys(stems) if stem not in self._frequencies]
        if total and unknown:
            found = self._collection.search([of_stem(dimension(stem)) for stem in unknown])
            try:
                counts = [_frequency(best, dimension(stem), total) for stem, best in zip(unknown, found, strict=True)]
            except (LookupError, ValueError, ArithmeticError) as error:
                raise self._collection.server.away(f"does not say how much a word weighs ({error!r})") from error
            self._frequencies.update(zip(unknown, counts, strict=True))
        return {stem: self._frequencies.get(stem, 0) for stem in stems}

    def holds(self, word: str) -> bool:
        return any(self.frequencies(stem_words(word)).values())

    def nearest_word(self, word: str) -> str | None:
        """As Indexes has it; how frequent a word is, its other forms count for."""
        if len(word) < MIN_LENGTH_TO_CORRECT or not len(self) or self.holds(word):
            return None
        return one_slip_away(word, self.counts(slips_of(word)).items())

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """As Indexes has it; a word's other forms count with it."""
        asked = list(words)
        if not asked or not len(self):
            return {}
        stems = {known: stem_words(known)[0] for known in sorted(self._collection.known(asked))}
        frequencies = self.frequencies(list(stems.values()))
        # Once all passages with it are removed, a word is known and frequent no more.
        return {known: frequencies[stem] for known, stem in stems.items() if frequencies[stem]}


def _scores(found: Sequence[Sequence[Scored]]) -> dict[int, float]:
    return {one.id: one.score for points in found for one in points}


def _frequency(best: Sequence[Scored], dimension: int, total: int) -> int:
    """How many of all passages hold a stem, of which one scores its weight times the inverse document frequency.

    That is ln((N + 1) / (n + 0.5)), as in BM25.
    """
    if not best:
        return 0
    weights = best[0].vector[STEMS]
    weight = weights.values[weights.indices.index(dimension)]
    return min(max(round((total + 1) / math.exp(best[0].score / weight) - 0.5), 1), total)
