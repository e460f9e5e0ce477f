"""A server that speaks as much of Qdrant's REST API as is asked of it, and has Qdrant's own engine (Edge) do it.

A body that is not as Qdrant's reference has it (qdrant_api.json) is refused, as are vectors of another dimension.
"""

import contextlib
import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import qdrant_edge as edge


class Body(msgspec.Struct, forbid_unknown_fields=True, rename=None):
    """What a request may hold, with Qdrant's names."""


class Hnsw(Body):
    m: int
    ef_construct: Annotated[int, msgspec.Meta(ge=4)]


class Vectors(Body):
    size: Annotated[int, msgspec.Meta(ge=1, le=65536)]
    distance: Literal["Cosine", "Euclid", "Dot", "Manhattan"]
    datatype: Literal["float32", "uint8", "float16"] | None = None
    hnsw_config: Hnsw | None = None


class SparseVectors(Body):
    modifier: Literal["none", "idf"] | None = None


class CreateCollection(Body):
    vectors: dict[str, Vectors] = {}
    sparse_vectors: dict[str, SparseVectors] = {}
    shard_number: Annotated[int, msgspec.Meta(ge=1)] | None = None


class Sparse(Body):
    indices: list[Annotated[int, msgspec.Meta(ge=0, lt=2**32)]]
    values: list[float]


PointId = Annotated[int, msgspec.Meta(ge=0)]


class Point(Body):
    id: PointId
    vector: dict[str, list[float] | Sparse]
    payload: dict[str, Any] | None = None


class Points(Body):
    points: list[Point]


class Ids(Body):
    points: list[PointId]


class Retrieve(Body):
    ids: list[PointId]
    with_payload: list[str] | bool = True
    with_vector: list[str] | bool = False


class CreateIndex(Body):
    field_name: str
    field_schema: Literal["keyword", "integer"]


class Range(Body):
    lte: float | None = None
    gte: float | None = None


class Match(Body):
    any: list[str] | None = None
    value: int | str | None = None


class Nested(Body):
    key: str
    filter: "Filter"


class Condition(Body):
    key: str | None = None
    match: Match | None = None
    range: Range | None = None
    nested: Nested | None = None
    has_id: list[PointId] | None = None

    def of_edge(self) -> Any:
        if self.nested:
            return edge.NestedCondition(self.nested.key, self.nested.filter.of_edge())
        if self.has_id is not None:
            return edge.HasIdCondition(set(self.has_id))
        if self.range:
            return edge.FieldCondition(self.key, range=edge.RangeFloat(gte=self.range.gte, lte=self.range.lte))
        assert self.key and self.match
        match = edge.MatchAny(self.match.any) if self.match.any is not None else edge.MatchValue(self.match.value)
        return edge.FieldCondition(self.key, match=match)


class Filter(Body):
    must: list[Condition]

    def of_edge(self) -> edge.Filter:
        return edge.Filter(must=[condition.of_edge() for condition in self.must])


class Params(Body):
    hnsw_ef: int | None = None
    exact: bool = False


class Query(Body):
    query: list[float] | Sparse
    using: str
    limit: Annotated[int, msgspec.Meta(ge=1)]
    filter: Filter | None = None
    params: Params | None = None
    with_payload: bool | list[str] = False
    with_vector: bool | list[str] = False


class Queries(Body):
    searches: list[Query]


class Count(Body):
    exact: bool = True


class Overwrite(Body):
    payload: dict[str, Any]
    filter: Filter


class Operation(Body):
    overwrite_payload: Overwrite


class Operations(Body):
    operations: list[Operation]


class Failed(Exception):
    """What the server answers instead, with HTTP's status."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


class Kept:
    """A collection, in a shard of Edge."""

    def __init__(self, folder: Path, config: CreateCollection) -> None:
        self._sizes = {name: vectors.size for name, vectors in config.vectors.items()}
        datatypes = {"float16": edge.VectorStorageDatatype.Float16, None: edge.VectorStorageDatatype.Float32}
        dense = {
            name: edge.EdgeVectorParams(
                one.size, getattr(edge.Distance, one.distance), datatype=datatypes[one.datatype]
            )
            for name, one in config.vectors.items()
        }
        sparse = {
            name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf if one.modifier == "idf" else None)
            for name, one in config.sparse_vectors.items()
        }
        self.shard = edge.EdgeShard.create(str(folder), edge.EdgeConfig(vectors=dense, sparse_vectors=sparse))

    def create_index(self, body: CreateIndex) -> dict[str, str]:
        kind = getattr(edge.PayloadSchemaType, body.field_schema.capitalize())
        return self._update(edge.UpdateOperation.create_field_index(body.field_name, kind))

    def upsert(self, body: Points) -> dict[str, str]:
        points = [
            edge.Point(point.id, {name: self._vector(name, one) for name, one in point.vector.items()}, point.payload)
            for point in body.points
        ]
        return self._update(edge.UpdateOperation.upsert_points(points))

    def delete(self, body: Ids) -> dict[str, str]:
        return self._update(edge.UpdateOperation.delete_points(body.points))

    def overwrite(self, body: Operations) -> list[dict[str, str]]:
        return [
            self._update(
                edge.UpdateOperation.overwrite_payload_by_filter(
                    one.overwrite_payload.filter.of_edge(), one.overwrite_payload.payload
                )
            )
            for one in body.operations
        ]

    def count(self, body: Count) -> dict[str, int]:
        return {"count": self.shard.count(edge.CountRequest(exact=body.exact))}

    def retrieve(self, body: Retrieve) -> list[dict[str, Any]]:
        found = self.shard.retrieve(body.ids, with_payload=body.with_payload, with_vector=body.with_vector)
        return [{"id": point.id, "payload": point.payload} for point in found]

    def query(self, body: Queries) -> list[dict[str, Any]]:
        return [{"points": [self._scored(point) for point in self._found(one)]} for one in body.searches]

    def _found(self, asked: Query) -> list[Any]:
        params = asked.params or Params()
        return self.shard.query(
            edge.QueryRequest(
                limit=asked.limit,
                query=edge.Query.Nearest(self._vector(asked.using, asked.query), using=asked.using),
                filter=asked.filter.of_edge() if asked.filter else None,
                params=edge.SearchParams(hnsw_ef=params.hnsw_ef, exact=params.exact),
                with_vector=asked.with_vector,
                with_payload=asked.with_payload,
            )
        )

    def _vector(self, name: str, vector: list[float] | Sparse) -> Any:
        if isinstance(vector, Sparse):
            if len(set(vector.indices)) != len(vector.indices) or len(vector.indices) != len(vector.values):
                raise Failed(422, "Validation error: sparse vector indices must be unique, and as many as values")
            return edge.SparseVector(vector.indices, vector.values)
        if len(vector) != self._sizes[name]:
            raise Failed(
                400,
                f"Wrong input: Vector dimension error: expected dim: {self._sizes[name]}, got {len(vector)}",
            )
        return vector

    def _scored(self, point: Any) -> dict[str, Any]:
        scored = {"id": point.id, "version": point.version, "score": point.score}
        vectors = point.vector or {}
        shown = {name: {"indices": one.indices, "values": one.values} for name, one in vectors.items()}
        return scored | ({"vector": shown} if shown else {})

    def _update(self, operation: Any) -> dict[str, str]:
        self.shard.update(operation)
        return {"status": "completed"}


OPERATIONS: dict[tuple[str, str], tuple[type[Body], Callable[[Kept, Any], Any]]] = {
    ("PUT", "/index"): (CreateIndex, Kept.create_index),
    ("PUT", "/points"): (Points, Kept.upsert),
    ("POST", "/points"): (Retrieve, Kept.retrieve),
    ("POST", "/points/delete"): (Ids, Kept.delete),
    ("POST", "/points/batch"): (Operations, Kept.overwrite),
    ("POST", "/points/count"): (Count, Kept.count),
    ("POST", "/points/query/batch"): (Queries, Kept.query),
}

REFERENCE: dict[str, Any] = msgspec.json.decode((Path(__file__).parent / "qdrant_api.json").read_bytes())
TYPES = {"integer": (int,), "number": (int, float), "string": (str,), "boolean": (bool,), "object": (dict,)}

Fault = Callable[["Answering"], bool]
"""Answers a request in the server's place; True where that was all."""


class Qdrant:
    """The server: started and stopped on one port of this machine, with whatever is to go wrong next."""

    def __init__(self, key: str | None = None) -> None:
        self.key = key
        self.collections: dict[str, Kept] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.before: Callable[[str, str], None] = lambda method, path: None
        """Called before a request is carried out."""
        self._folder = Path(tempfile.mkdtemp())
        self._lock = threading.Lock()
        self.connections: set[socket.socket] = set()
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        server = self
        handler = type("Handler", (Answering,), {"qdrant": server})
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """From now on connections are refused; what is stored stays."""
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.stop()
        for kept in self.collections.values():
            kept.shard.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def carry_out(self, method: str, path: str, content: bytes) -> Any:
        _, _, name, *rest = path.split("/", 3)
        what = "".join(f"/{part}" for part in rest)
        if what == "/exists":
            return {"exists": name in self.collections}
        if not what:
            return self._collection(method, name, content)
        if name not in self.collections:
            raise Failed(404, f"Not found: Collection `{name}` doesn't exist!")
        if (method, what) not in OPERATIONS:
            raise Failed(404, "")
        kind, carry_out = OPERATIONS[method, what]
        return carry_out(self.collections[name], _body(method, what, content, kind))

    def _collection(self, method: str, name: str, content: bytes) -> bool:
        if method == "DELETE":
            kept = self.collections.pop(name, None)
            if kept:
                kept.shard.close()
            return kept is not None
        if name in self.collections:
            raise Failed(409, f"Wrong input: Collection `{name}` already exists!")
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        self.collections[name] = Kept(folder, _body(method, "", content, CreateCollection))
        return True

    def answer(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        try:
            with self._lock:
                self.before(method, path)
                return 200, json.dumps({"result": self.carry_out(method, path, content), "status": "ok"}).encode()
        except Exception as error:
            failed = error if isinstance(error, Failed) else Failed(400, f"Wrong input: {error}")
            return failed.status, json.dumps({"status": {"error": str(failed)}, "time": 0.0}).encode()


def conforms(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is as this part of the reference has it; what it does not name is not allowed."""
    if "$ref" in schema:
        return conforms(value, REFERENCE["types"][schema["$ref"]])
    if "anyOf" in schema:
        return any(conforms(value, one) for one in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if "items" in schema:
        return isinstance(value, list) and all(conforms(one, schema["items"]) for one in value)
    if "values" in schema:
        return isinstance(value, dict) and all(conforms(one, schema["values"]) for one in value.values())
    if "properties" in schema:
        properties = schema["properties"]
        return (
            isinstance(value, dict)
            and value.keys() >= set(schema.get("required", ()))
            and all(name in properties and conforms(one, properties[name]) for name, one in value.items())
        )
    return type(value) in TYPES[schema["type"]]


def _body(method: str, what: str, content: bytes, kind: type[Body]) -> Any:
    if not conforms(msgspec.json.decode(content), REFERENCE["requests"][f"{method} {what}".strip()]):
        raise Failed(400, f"Format error in JSON body: not as the reference has {method} {what}: {content[:300]!r}")
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise Failed(400, f"Format error in JSON body: {error}") from error


class Answering(BaseHTTPRequestHandler):
    """One connection."""

    qdrant: Qdrant
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.qdrant.connections.add(self.connection)

    def finish(self) -> None:
        self.qdrant.connections.discard(self.connection)
        super().finish()

    def _handle(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.partition("?")[0]
        self.qdrant.requests.append((self.command, path))
        if self.qdrant.key is not None and self.headers.get("api-key") != self.qdrant.key:
            self.send(401, b"Invalid API key or JWT")
        elif not (self.qdrant.faults and self.qdrant.faults.pop(0)(self)):
            self.send(*self.qdrant.answer(self.command, path, content))

    do_GET = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815

    def send(self, status: int, content: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def failing(status: int) -> Fault:
    def fault(answering: Answering) -> bool:
        answering.send(status, b'{"status": {"error": "Service internal error: disk is full"}}')
        return True

    return fault


def slow(seconds: float) -> Fault:
    def fault(answering: Answering) -> bool:
        time.sleep(seconds)
        return False

    return fault


def half_a_body(answering: Answering) -> bool:
    answering.send(200, b'{"result": [{"poi', length=1000)
    answering.close_connection = True
    return True


def no_json(answering: Answering) -> bool:
    answering.send(200, b"<html>Welcome to nginx!</html>")
    return True
