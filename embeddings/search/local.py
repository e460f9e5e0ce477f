"""The indexes of a data folder: FAISS by meaning and tantivy by words, in this process."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from embeddings.errors import StoreUnusable
from embeddings.filter import Filter
from embeddings.search.dense import DenseIndex
from embeddings.search.indexes import Found
from embeddings.search.lexical import LexicalIndex, StillMerging
from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store

# Seconds that another process is waited for while it takes in what was indexed.
LONGEST_WAIT = 1.0


class LocalIndexes:
    """Both indexes of a folder, kept up with the store (see Indexes)."""

    def __init__(self, store: Store, directory: Path, encoder_name: str, dimension: int) -> None:
        self._store = store
        self._directory = directory
        self._dense = DenseIndex(directory / "dense", encoder_name, dimension)
        self._lexical = LexicalIndex(directory / "lexical")
        self._lock = FileLock(directory / "indexes.lock")
        self._seen: Watermark | None = None
        self._own_changes = 0
        # Of the thread that takes in, once there is one.
        self._beside: Store | None = None
        self._asked, self._turn = Lock(), Lock()

    @property
    def where(self) -> str:
        return str(self._directory)

    def refresh(self) -> None:
        """Take in what was indexed since; within a snapshot that was done before it.

        While another process is at the indexes, or much is merged in them, those that were taken in last are searched.
        Nothing but small changes is written: see catch_up.
        """
        if not self._store.in_snapshot and (self._beside is None or self._store.changes != self._own_changes):
            own_changes = self._store.changes
            if self._take_in(self._store):
                self._own_changes = own_changes

    def take_in(self) -> bool:
        if self._beside is None:
            self._beside = self._store.again()
        return self._take_in(self._beside)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        # Whoever takes in waits with the turn in hand, lest one question after the other be before it.
        with self._turn:
            self._asked.acquire()
        try:
            yield
        finally:
            self._asked.release()

    def close(self) -> None:
        if self._beside is not None:
            self._beside.close()

    def _take_in(self, store: Store) -> bool:
        """Take in all that the store holds; False where that would have to wait for long."""
        if store.watermark() == self._seen:
            return True
        try:
            # Not the other way round: the other process has taken in what it saw, which the snapshot has to hold.
            longest = -1 if self._seen is None else LONGEST_WAIT
            with self._writing_explained(), self._lock.acquire(timeout=longest), store.snapshot():
                # Both have taken in the same, or neither has.
                words = self._lexical.prepare(store)
                self._dense.prepare(store)
                with self._turn, self._asked:
                    self._lexical.adopt(words)
                    self._dense.refresh(store)
                    self._seen = store.watermark()
        except (Timeout, StillMerging):
            return False
        return True

    def catch_up(self) -> None:
        """Take in what was indexed, and write it, so that no other process needs to."""
        self.refresh()
        # First without the lock, for which others wait.
        self._lexical.finish_merging()
        with self._writing_explained(), self._lock:
            self.refresh()
            self._lexical.save(self._store)
            self._dense.save(self._store)

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

    def behind(self) -> int:
        return abs(self._store.summary().passages - len(self))

    def holds_passage(self, passage: int) -> bool:
        return self._seen is not None and passage <= self._seen.passage

    def search(
        self, embedding: NDArray[np.float32], stems: Sequence[str], top_k: int, where: Filter | None = None
    ) -> Found:
        within, articles = self._store.passages_within(where) if where else (None, None)
        dense = dict(self._dense.search(embedding, top_k, within))
        lexical = dict(self._lexical.search(stems, top_k, articles))
        only_lexical = [id for id in lexical if id not in dense]
        dense.update(zip(only_lexical, self._dense.scores(embedding, only_lexical), strict=True))
        return Found(dense, lexical)

    def __len__(self) -> int:
        return len(self._lexical)

    def frequencies(self, stems: Sequence[str]) -> dict[str, int]:
        return {stem: self._lexical.frequency(stem) for stem in stems}

    def holds(self, word: str) -> bool:
        return self._lexical.holds(word)

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        return self._lexical.counts(words)

    def nearest_word(self, word: str) -> str | None:
        return self._lexical.nearest_word(word)
