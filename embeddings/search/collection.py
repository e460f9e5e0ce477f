"""One store's passages in Qdrant, in the words of its REST API."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from http import HTTPStatus
from typing import Annotated, Any

import msgspec

from embeddings.filter import Filter
from embeddings.search.bm25 import Sparse
from embeddings.search.server import Refused, Server
from embeddings.storage.positions import Labels
from embeddings.storage.times import ANY_TIME

DENSE = "dense"
STEMS = "stems"
# What a passage is made of here; another format is another collection.
_FORMAT = "Indonesian Snowball stems but for areas, format 1"
# Ids that one request may name.
_AT_ONCE = 1000
# Wider than Qdrant's own 16, 100 and 100: a question spends its time on reading, not on searching.
_HNSW = {"m": 32, "ef_construct": 200}
_SEARCH = {"hnsw_ef": 256}
_INDEXED = {"article": "integer", "source": "keyword", "regions": "keyword"} | {
    "times[].kind": "keyword",
    "times[].first": "integer",
    "times[].last": "integer",
}


class Point(msgspec.Struct):
    """A passage as Qdrant has it, under the passage's id."""

    id: int
    vector: dict[str, Any]
    payload: dict[str, Any]


class Scored(msgspec.Struct):
    """A passage that was found."""

    # What the database takes as an id, and no score that is infinite.
    id: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    score: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
    vector: dict[str, Sparse] = {}


class _Found(msgspec.Struct):
    points: list[Scored]


class _Count(msgspec.Struct):
    count: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Existence(msgspec.Struct):
    exists: bool


class _Word(msgspec.Struct):
    word: str


class _WordPoint(msgspec.Struct):
    id: int
    payload: _Word


class Collection:
    """The passages of one store and encoder, and beside them, in a collection of its own, every word of theirs.

    Whatever is asked may be asked twice. Each method raises SearchUnreachable or Refused.
    """

    def __init__(self, server: Server, identity: str, encoder_name: str, dimension: int) -> None:
        self.server = server
        made_for = msgspec.json.encode((encoder_name, dimension, _FORMAT))
        self.name = f"wartabot-{identity}-{blake2b(made_for, digest_size=4).hexdigest()}"
        self._dimension = dimension
        self._path = f"/collections/{self.name}"
        self._words = f"{self._path}-words"

    # --- filled by whoever indexes ---

    def exists(self) -> bool:
        """Whether both collections are there."""
        paths = (self._path, self._words)
        return all(self.server.ask("GET", f"{path}/exists", None, _Existence, patient=True).exists for path in paths)

    def start_anew(self) -> None:
        """Make the collections anew, whatever they held."""
        dense = {"size": self._dimension, "distance": "Dot", "datatype": "float16", "hnsw_config": _HNSW}
        passages = {
            "vectors": {DENSE: dense},
            "sparse_vectors": {STEMS: {"modifier": "idf"}},
            # Each shard counts for itself how rare a word is.
            "shard_number": 1,
        }
        for path, body in ((self._path, passages), (self._words, {"sparse_vectors": {STEMS: {}}})):
            self._ask("DELETE", path)
            self._create(path, body)
        for field, kind in _INDEXED.items():
            self._ask("PUT", f"{self._path}/index?wait=true", {"field_name": field, "field_schema": kind})

    def _create(self, path: str, body: dict[str, Any]) -> None:
        try:
            self._ask("PUT", path, body)
        except Refused as refused:
            # Made by the first of two tries, of which no answer came.
            if refused.status != HTTPStatus.CONFLICT:
                raise

    def add(self, points: Sequence[Point]) -> None:
        """Add passages, each in the place of one with its id, and wait until they are found."""
        self._ask("PUT", f"{self._path}/points?wait=true", {"points": points})

    def remove(self, ids: Sequence[int]) -> None:
        """Remove those of these passages that are there, and wait until they are not found any more."""
        for start in range(0, len(ids), _AT_ONCE):
            self._ask("POST", f"{self._path}/points/delete?wait=true", {"points": ids[start : start + _AT_ONCE]})

    def add_words(self, words: Iterable[str]) -> None:
        """Let these words be known."""
        points = [Point(_id_of(word), {}, {"word": word}) for word in words]
        for start in range(0, len(points), _AT_ONCE):
            body = {"points": points[start : start + _AT_ONCE]}
            self._ask("PUT", f"{self._words}/points?wait=true", body)

    def label(self, payloads: dict[int, dict[str, Any]]) -> None:
        """Say anew what a filter may ask of the passages of these articles, by their number."""
        operations = [
            {
                "overwrite_payload": {
                    "payload": payload,
                    "filter": {"must": [{"key": "article", "match": {"value": number}}]},
                }
            }
            for number, payload in payloads.items()
        ]
        self._ask("POST", f"{self._path}/points/batch?wait=true", {"operations": operations})

    def count(self, patient: bool = True) -> int:
        """How many passages there are."""
        return self.server.ask("POST", f"{self._path}/points/count", {"exact": True}, _Count, patient).count

    def _ask(self, method: str, path: str, body: Any = None) -> None:
        self.server.ask(method, path, body, object, patient=True)

    # --- asked by questions ---

    def search(self, searches: Sequence[dict[str, Any]]) -> list[list[Scored]]:
        """What is found for each of several searches, best first (see nearest, with_stems and of_stem)."""
        if not searches:
            return []
        body = {"searches": searches}
        found = self.server.ask("POST", f"{self._path}/points/query/batch", body, list[_Found])
        if len(found) != len(searches):
            raise self.server.away(f"answers {len(found)} of {len(searches)} searches")
        return [one.points[: search["limit"]] for one, search in zip(found, searches, strict=True)]

    def known(self, words: Iterable[str]) -> set[str]:
        """Those of these words that a passage holds, or held once."""
        asked = set(words)
        body = {"ids": [_id_of(word) for word in asked], "with_payload": ["word"], "with_vector": False}
        found = self.server.ask("POST", f"{self._words}/points", body, list[_WordPoint])
        return {point.payload.word for point in found} & asked


def nearest(embedding: list[float], top_k: int, where: Filter | None) -> dict[str, Any]:
    """A search by meaning."""
    search = {"query": embedding, "using": DENSE, "limit": top_k, "params": _SEARCH, "with_payload": False}
    return search | _filtered(where)


def cosines(embedding: list[float], ids: Sequence[int]) -> dict[str, Any]:
    """A search for the cosines of these passages."""
    only = {"filter": {"must": [{"has_id": ids}]}, "params": {"exact": True}}
    return {"query": embedding, "using": DENSE, "limit": len(ids), "with_payload": False} | only


def with_stems(stems: Sparse, top_k: int, where: Filter | None) -> dict[str, Any]:
    """A search by words."""
    return {"query": stems, "using": STEMS, "limit": top_k, "with_payload": False} | _filtered(where)


def of_stem(dimension: int) -> dict[str, Any]:
    """A search for the passage that is most about one stem, with its weights."""
    return with_stems(Sparse([dimension], [1.0]), 1, None) | {"with_vector": [STEMS]}


def payload(article: int, source: str | None, labels: Labels) -> dict[str, Any]:
    """What a filter may ask of a passage's article."""
    times = [{"kind": kind, "first": _day(first), "last": _day(last)} for kind, first, last in labels.times]
    return {"article": article, "source": source, "regions": labels.regions, "times": times}


def _filtered(where: Filter | None) -> dict[str, Any]:
    """A filter as storage.filtering has it in SQL."""
    if where is None:
        return {}
    conditions: list[dict[str, Any]] = []
    if where.first or where.last:
        time = [
            {"key": "kind", "match": {"any": where.kinds}},
            {"key": "first", "range": {"lte": _day(where.last or ANY_TIME.last)}},
            {"key": "last", "range": {"gte": _day(where.first or ANY_TIME.first)}},
        ]
        conditions.append({"nested": {"key": "times", "filter": {"must": time}}})
    if where.regions:
        conditions.append({"key": "regions", "match": {"any": where.regions}})
    if where.sources:
        conditions.append({"key": "source", "match": {"any": where.sources}})
    return {"filter": {"must": conditions}} if conditions else {}


def _day(iso: str) -> int:
    """A day as a number that grows with it: 2026-05-19 is 20260519; what a damaged row holds is before all days."""
    digits = iso.replace("-", "")
    return int(digits) if digits.isdecimal() and len(digits) == 8 else 0


def _id_of(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big") >> 1
