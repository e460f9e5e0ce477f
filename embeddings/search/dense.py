"""The dense index: exact inner-product search with FAISS over the store's embeddings, in half precision as stored."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeGuard

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.search import manifest
from embeddings.search.manifest import Manifest
from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store

# A part is filled up to this, and then the next is begun: what is added or removed moves the bytes of one part (50 MB)
# and never those of all.
PASSAGES_A_PART = 65_536
_Changes = tuple[NDArray[np.int64], Iterable[tuple[NDArray[np.int64], NDArray[np.float32]]]]
"""The ids of removed passages; those of added ones with their embeddings, in batches."""
# What is caught up with at every start, before it is written at one.
UNSAVED_SHARE = 0.05


class DenseIndex:
    """FAISS indexes derived from the store; delete their folder and they are rebuilt without encoding anything.

    What is added and removed is so in memory until it is saved: a crash costs nothing but adding it again.
    """

    def __init__(self, directory: Path, encoder_name: str, dimension: int) -> None:
        self.directory = directory
        self._made_for = f"{encoder_name}, {dimension} dimensions, format 2"
        self._dimension = dimension
        self._saved: Manifest | None = None
        self._parts: list[faiss.IndexIDMap2] = []
        # Positions of the parts that are not on disk as they are.
        self._changed: set[int] = set()
        self._watermark = Watermark()
        self._unsaved = 0
        # FAISS compares one query on one core; parts are compared side by side (26 ms in place of 39 for a million).
        self._threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)), "dense")
        self._read_ahead: tuple[Watermark, _Changes] | None = None

    def __len__(self) -> int:
        return sum(int(part.ntotal) for part in self._parts)

    def prepare(self, store: Store) -> None:
        """Read what has changed in the store, so that refreshing, within the same snapshot, takes a moment."""
        if self._watermark != Watermark():
            removed, added = self._changes(store)
            self._read_ahead = store.watermark(), (removed, list(added))

    def refresh(self, store: Store) -> None:
        """Catch up with the store in memory; when it is opened, load what is on disk if it is sound.

        Where much has changed since that was written, opening writes it anew.
        """
        opening = self._watermark == Watermark()
        if opening:
            self._load(store)
        watermark = store.watermark()
        if watermark < self._watermark:
            self._start_empty()
        if watermark != self._watermark:
            self._catch_up(store, watermark)
            if len(self) != store.summary().passages:
                self._start_empty()
                self._catch_up(store, watermark)
        if opening and self._unsaved > UNSAVED_SHARE * len(self):
            self.save(store)

    def save(self, store: Store) -> None:
        """Write the parts that have changed, unless another process has written as much."""
        found = manifest.read(self.directory, self._made_for, store)
        if found and found.watermark >= self._watermark:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        # What another process has written need not have been cut into the same parts.
        known = found.files if found and found == self._saved else {}
        files = {}
        for number, part in enumerate(self._parts):
            name = f"passages-{number}.faiss"
            kept = None if number in self._changed else known.get(name)
            files[name] = kept or self._write(name, part)
        self._saved = Manifest(self._made_for, store.identity, len(self), self._watermark, files)
        manifest.write(self.directory, self._saved)
        self._forget_other_files()
        self._unsaved, self._changed = 0, set()

    def search(
        self, query: NDArray[np.float32], top_k: int, within: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """Passage ids with their cosine to the query of shape (dimension,), best first; of those `within` only."""
        selector = None if within is None else self._selecting(within)

        def search(part: faiss.IndexIDMap2) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
            # Each its own: FAISS changes them for as long as it searches.
            selected = None if selector is None else faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            return part.search(query[None, :], top_k, params=selected)

        found = list(self._threads.map(search, self._parts))
        scores = np.concatenate([of_part[0] for of_part, _ in found] or [np.empty(0, np.float32)])
        ids = np.concatenate([of_part[0] for _, of_part in found] or [np.empty(0, np.int64)])
        best = np.argsort(-scores, kind="stable")[:top_k]
        # Asked for more than there are, FAISS pads its answer with id -1.
        return [(int(ids[at]), float(scores[at])) for at in best if ids[at] >= 0]

    def scores(self, query: NDArray[np.float32], passage_ids: list[int]) -> list[float]:
        """The cosine of each of these passages to the query of shape (dimension,)."""
        return [float(self._part_of(id).reconstruct(id) @ query) for id in passage_ids]

    def _part_of(self, passage: int) -> faiss.IndexIDMap2:
        return next(part for part in reversed(self._parts) if part.id_map.at(0) <= passage)

    def _selecting(self, ids: NDArray[np.int64]) -> faiss.IDSelector:
        last = self._watermark.passage
        selected = np.zeros(last + 1, dtype=bool)
        # There may be newer ones by now, and a damaged row may hold any number.
        selected[ids[(ids >= 0) & (ids <= last)]] = True
        return faiss.IDSelectorBitmap(np.packbits(selected, bitorder="little"))  # type: ignore[call-arg, arg-type]

    def _start_empty(self) -> None:
        self._parts, self._changed, self._saved = [], set(), None
        self._watermark, self._unsaved, self._read_ahead = Watermark(), 0, None

    def _catch_up(self, store: Store, watermark: Watermark) -> None:
        ahead, self._read_ahead = self._read_ahead, None
        removed, added = ahead[1] if ahead and ahead[0] == watermark else self._changes(store)
        self._remove(removed)
        for ids, embeddings in added:
            if not self._parts or self._parts[-1].ntotal >= PASSAGES_A_PART:
                self._parts.append(self._empty_part())
            self._parts[-1].add_with_ids(embeddings, ids)
            self._changed.add(len(self._parts) - 1)
            self._unsaved += len(ids)
        self._watermark = watermark

    def _changes(self, store: Store) -> _Changes:
        removed = np.unique(np.array(store.removed_after(self._watermark.removal), dtype=np.int64))
        return removed, store.embeddings_after(self._watermark.passage)

    def _remove(self, ids: NDArray[np.int64]) -> None:
        for number, part in enumerate(self._parts):
            first, last = part.id_map.at(0), part.id_map.at(part.ntotal - 1)
            of_part = ids[np.searchsorted(ids, first) : np.searchsorted(ids, last, "right")]
            if len(of_part) and (removed := part.remove_ids(faiss.IDSelectorBatch(of_part))):
                self._unsaved += removed
                self._changed.add(number)
        if not all(part.ntotal for part in self._parts):
            self._parts = [part for part in self._parts if part.ntotal]
            self._changed = set(range(len(self._parts)))

    def _empty_part(self) -> faiss.IndexIDMap2:
        half = faiss.IndexScalarQuantizer(
            self._dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )  # fmt: skip
        # IDMap2 keeps the way back from id to row, which reconstruct() needs.
        return faiss.IndexIDMap2(half)

    def _load(self, store: Store) -> None:
        found = manifest.read(self.directory, self._made_for, store)
        if found is None or not manifest.are_intact(self.directory, found.files):
            return
        try:
            parts = [part for part in self._read(found) if self._is_ours(part)]
        # An index that FAISS cannot read is rebuilt like one that is missing.
        except RuntimeError:
            return
        if sum(part.ntotal for part in parts) == found.passages:
            self._parts, self._watermark, self._saved = parts, found.watermark, found

    def _read(self, found: Manifest) -> Iterator[faiss.Index]:
        for number in range(len(found.files)):
            yield faiss.read_index(str(self.directory / f"passages-{number}.faiss"))

    def _is_ours(self, part: faiss.Index) -> TypeGuard[faiss.IndexIDMap2]:
        return isinstance(part, faiss.IndexIDMap2) and part.d == self._dimension and part.ntotal > 0

    def _write(self, name: str, part: faiss.IndexIDMap2) -> manifest.Fingerprint:
        try:
            manifest.replace_file(self.directory / name, lambda unfinished: faiss.write_index(part, str(unfinished)))
        except RuntimeError as error:
            # As FAISS reports a full disk.
            raise OSError(str(error).strip().splitlines()[-1]) from error
        return manifest.fingerprint(self.directory / name)

    def _forget_other_files(self) -> None:
        """Delete what older versions and parts that are no more have left."""
        assert self._saved is not None
        for path in self.directory.iterdir():
            if path.name not in {manifest.FILE_NAME, *self._saved.files}:
                path.unlink()
