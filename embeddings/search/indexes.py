"""What a retriever searches: every passage by meaning and by words, wherever its indexes are kept."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.filter import Filter


class Found(NamedTuple):
    """The passages that either index offers: the cosine of each, and the BM25 score of those found by a word."""

    dense: dict[int, float]
    lexical: dict[int, float]


class Indexes(Protocol):
    """The passages of one store, searchable by meaning and by words; each method raises StoreUnusable."""

    @property
    def where(self) -> str:
        """Where they are, for the operator."""

    def refresh(self) -> None:
        """Take notice of what was stored since, without keeping a question waiting; nothing within a snapshot.

        Once somebody takes in what others store, only of what was stored through the same store.
        """

    def take_in(self) -> bool:
        """Have what was stored since searched, beside the questions: to be called from a thread of its own.

        False where that would have to wait for long; it is to be tried again.
        """

    def unchanged(self) -> AbstractContextManager[None]:
        """What is searched in the block is of one state; take_in waits for its end."""

    def catch_up(self) -> None:
        """Have all that was stored since searched, however long that takes."""

    def close(self) -> None:
        """Take in nothing any more."""

    def behind(self) -> int:
        """How many passages are not searched as they are stored."""

    def holds_passage(self, passage: int) -> bool:
        """Whether what is searched holds this passage, which may have been stored a moment ago."""

    def search(
        self, embedding: NDArray[np.float32], stems: Sequence[str], top_k: int, where: Filter | None = None
    ) -> Found:
        """The `top_k` passages nearest to an embedding of shape (dimension,), and as many with the most telling stems.

        Only passages of those articles that the filter lets through.
        """

    def __len__(self) -> int:
        """How many passages are searched."""

    def frequencies(self, stems: Sequence[str]) -> dict[str, int]:
        """How many passages hold each of these stems."""

    def holds(self, word: str) -> bool:
        """Whether a passage holds the word, or another form of it."""

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """How many passages hold each of these words, as it is, of those that are held by any."""

    def nearest_word(self, word: str) -> str | None:
        """The most frequent indexed word that is one slip of the fingers away from one that no passage holds."""
