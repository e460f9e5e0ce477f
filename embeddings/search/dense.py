"""The dense index: exact inner-product search with FAISS over the store's embeddings."""

import contextlib
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.search import manifest
from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store

INDEX_FILE = "passages.faiss"
UNSAVED_SHARE = 0.01


class DenseIndex:
    """A FAISS index derived from the store; delete its folder and it is rebuilt without encoding anything."""

    def __init__(self, directory: Path, encoder_name: str, dimension: int) -> None:
        self.directory = directory
        self._made_for = f"{encoder_name}, {dimension} dimensions, format 1"
        self._dimension = dimension
        self._start_empty()

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def refresh(self, store: Store) -> None:
        """Catch up with the store: load what is on disk if it is sound, add and remove what changed since."""
        if self._watermark == Watermark():
            self._load(store)
        watermark = store.watermark()
        if watermark < self._watermark:
            self._start_empty()
        if watermark == self._watermark:
            return
        self._catch_up(store, watermark)
        if len(self) != store.summary().passages:
            self._start_empty()
            self._catch_up(store, watermark)
        # Writing it all anew takes seconds where there is much; a little is caught up with at the next start.
        if self._unsaved > UNSAVED_SHARE * len(self):
            self._save(store)

    def search(
        self, query: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Passage ids with their cosine to the query of shape (dimension,), best first; of those `within` only."""
        selected = None if within is None else self._selecting(within)
        scores, ids = self._index.search(query[None, :], top_k, params=selected)
        # Asked for more than there are, FAISS pads its answer with id -1.
        return [(int(id), float(score)) for id, score in zip(ids[0], scores[0], strict=True) if id >= 0]

    def scores(self, query: NDArray[np.float32], passage_ids: list[int]) -> list[float]:
        """The cosine of each of these passages to the query of shape (dimension,)."""
        return [float(self._index.reconstruct(id) @ query) for id in passage_ids]

    def _selecting(self, ids: NDArray[np.int64]) -> faiss.SearchParameters:
        last = self._watermark.passage
        selected = np.zeros(last + 1, dtype=bool)
        # There may be newer ones by now, and a damaged row may hold any number.
        selected[ids[(ids >= 0) & (ids <= last)]] = True
        bitmap = faiss.IDSelectorBitmap(np.packbits(selected, bitorder="little"))  # type: ignore[call-arg, arg-type]
        return faiss.SearchParameters(sel=bitmap)  # type: ignore[call-arg]

    def _start_empty(self) -> None:
        # IDMap2 keeps the way back from id to row, which reconstruct() needs.
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(self._dimension))
        self._watermark = Watermark()
        self._unsaved = 0

    def _catch_up(self, store: Store, watermark: Watermark) -> None:
        if removed := store.removed_after(self._watermark.removal):
            self._unsaved += self._index.remove_ids(faiss.IDSelectorBatch(np.array(removed, dtype=np.int64)))
        for ids, embeddings in store.embeddings_after(self._watermark.passage):
            self._index.add_with_ids(embeddings, ids)
            self._unsaved += len(ids)
        self._watermark = watermark

    def _load(self, store: Store) -> None:
        found = manifest.read_intact(self.directory, self._made_for, store)
        if found is None:
            return
        # An index that FAISS cannot read is rebuilt like one that is missing.
        with contextlib.suppress(RuntimeError):
            index = faiss.read_index(str(self.directory / INDEX_FILE))
            if not isinstance(index, faiss.IndexIDMap2):
                return
            if index.ntotal == found.passages and index.d == self._dimension:
                self._index, self._watermark = index, found.watermark

    def _save(self, store: Store) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        manifest.replace_file(self.directory / INDEX_FILE, faiss.serialize_index(self._index).tobytes())
        manifest.write(self.directory, self._made_for, store, len(self), self._watermark, [INDEX_FILE])
        self._unsaved = 0
