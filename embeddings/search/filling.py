"""Bring a search server up to date with the store, which notes how far that has come."""

import logging
from collections.abc import Sequence
from hashlib import blake2b
from statistics import fmean
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from embeddings.indonesian.words import stem_words, words_of
from embeddings.passages import passage_context
from embeddings.search.bm25 import weighed
from embeddings.search.collection import DENSE, STEMS, Collection, Point, payload
from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store
from embeddings.topics.finding import TOPICS
from embeddings.types import Passage

logger = logging.getLogger(__name__)

Row = tuple[int, int, Passage | None]
"""As Store.passages_after has it."""

_AT_ONCE = 256
_MEASURED = 4096
_TOLD_EVERY = 100_000


class Position(msgspec.Struct, frozen=True):
    """How far a collection is: what it has read, whether it has been whole since it was started, how much it holds.

    `average_length` is how many stems a passage had on average when it was started, and `found_by` which finders had
    been through the articles when it was told of their times and regions.
    """

    read: Watermark = Watermark()
    whole: bool = False
    passages: int = 0
    average_length: float = 1.0
    found_by: str = ""


def position_of(store: Store, collection: Collection) -> Position:
    """How far the collection has come; of a store that never held anything, nothing is missing."""
    try:
        position = msgspec.json.decode(store.position(collection.name) or "", type=Position)
    except msgspec.DecodeError:
        position = Position()
    return position if store.had_articles() else Position(whole=True)


class Filling:
    """One run of filling a collection; what was done may be done again, and a stopped one is gone on with."""

    def __init__(self, store: Store, collection: Collection) -> None:
        self._store = store
        self._collection = collection
        self._position = position_of(store, collection)
        self._known: set[str] = set()

    def fill(self) -> None:
        """Take in all that was stored since; a collection that does not hold what it should is made anew."""
        if not self._store.had_articles():
            return
        if not self._is_there():
            self._start_anew()
        self._catch_up()
        if not self._holds_all():
            logger.warning("%s does not hold what it should, and is filled anew", self._collection.server.url)
            self._start_anew()
            self._catch_up()
        self._relabel()

    def _is_there(self) -> bool:
        # A store that was restored from a backup is behind what was read of it.
        seen = Watermark() < self._position.read <= self._store.watermark()
        return seen and self._collection.exists()

    def _holds_all(self) -> bool:
        held = self._collection.count()
        with self._store.snapshot():
            # Whoever has stored something meanwhile looks after it.
            meanwhile = self._store.watermark() != self._position.read
            return meanwhile or self._store.summary().passages == held

    def _start_anew(self) -> None:
        # From now on until it is whole, nobody takes it for all that there is.
        self._note(Position())
        self._collection.start_anew()
        self._note(Position(average_length=self._average_length(), found_by=self._found_by()))

    def _average_length(self) -> float:
        passages = next(self._store.passages_after(0, _MEASURED), [])
        return fmean([max(len(stem_words(_text(passage))), 1) for _, _, passage in passages] or [1.0])

    def _catch_up(self) -> None:
        while not self._position.whole or self._store.watermark() != self._position.read:
            watermark = self._store.watermark()
            self._add_all()
            self._collection.remove(self._store.removed_after(self._position.read.removal))
            # What was removed meanwhile is removed again the next time.
            read = Watermark(max(watermark.passage, self._position.read.passage), watermark.removal)
            self._move(read=read, whole=True, passages=self._collection.count())

    def _add_all(self) -> None:
        while points := self._next():
            self._collection.add(points)
            before, last = self._position.read, points[-1].id
            self._move(read=Watermark(last, before.removal))
            if last // _TOLD_EVERY > before.passage // _TOLD_EVERY:
                logger.info("%s has taken in the passages up to number %d", self._collection.server.url, last)

    def _next(self) -> list[Point]:
        """The passages that follow, once the words in them are known."""
        after = self._position.read.passage
        # One state, so that the embeddings are those of the passages.
        with self._store.snapshot():
            passages = next(self._store.passages_after(after, _AT_ONCE), [])
            _, embeddings = next(self._store.embeddings_after(after, _AT_ONCE), (None, np.empty((0, 0))))
            payloads = self._payloads(passages)
        words = {word for _, _, passage in passages for word in words_of(_text(passage))} - self._known
        self._collection.add_words(words)
        self._known |= words
        return [
            Point(id, self._vectors(passage, embedding), payloads[article])
            for (id, article, passage), embedding in zip(passages, embeddings.tolist(), strict=True)
        ]

    def _vectors(self, passage: Passage | None, embedding: list[float]) -> dict[str, Any]:
        return {DENSE: embedding, STEMS: weighed(stem_words(_text(passage)), self._position.average_length)}

    def _payloads(self, passages: Sequence[Row]) -> dict[int, dict[str, Any]]:
        """What a filter may ask of these passages' articles, by their number."""
        sources = {article: passage.article.source if passage else None for _, article, passage in passages}
        labels = self._store.labels(list(sources))
        return {number: payload(number, source, labels[number]) for number, source in sources.items()}

    def _relabel(self) -> None:
        """Tell of times and regions anew, where other finders have found them since."""
        found_by = self._found_by()
        if found_by == self._position.found_by:
            return
        for passages in self._store.passages_after(0, _AT_ONCE):
            self._collection.label(self._payloads(passages))
        self._move(found_by=found_by)

    def _found_by(self) -> str:
        """The versions of the finders, and about how many articles they have yet to go through."""
        versions = blake2b(msgspec.json.encode([(topic.name, topic.version) for topic in TOPICS]), digest_size=8)
        nothing_left = f"{versions.hexdigest()} 0"
        # Looked at only after an upgrade: it takes a while among many articles.
        if self._position.found_by == nothing_left:
            return nothing_left
        left = sum(len(self._store.outdated(topic.name, topic.version)) for topic in TOPICS)
        # By its digits alone, lest each article that is replaced have all others told of anew.
        return f"{versions.hexdigest()} {len(str(left))}" if left else nothing_left

    def _move(self, **changes: Any) -> None:
        self._note(replace(self._position, **changes))

    def _note(self, position: Position) -> None:
        self._position = position
        self._store.save_position(self._collection.name, msgspec.json.encode(position).decode())


def _text(passage: Passage | None) -> str:
    """What is searched of a passage; nothing of one whose article is damaged."""
    return f"{passage_context(passage.article)}{passage.text}" if passage else ""
