"""The schema of a PostgreSQL database that everything is stored in, for several processes on several machines."""

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from embeddings.errors import IndexingUnderWay, StoreUnreachable
from embeddings.postgresql import Connection, Cursor, PostgreSQL, Session
from embeddings.storage.schema import POSTGRESQL_SCRIPTS

SCHEMA = "articles"
ROWS_AT_ONCE = 500
# Whoever writes holds the first till the end of the transaction: ids are seen in the order in which they were given,
# so that who has read up to one has read all below it. Whoever indexes holds the second, whoever fills a search server
# the third.
WRITING = int.from_bytes(b"articles")
INDEXING = int.from_bytes(b"indexing")
FILLING = int.from_bytes(b"filling ")
SECONDS_BETWEEN_ATTEMPTS = 0.2
NEW_IDS = (
    "SELECT pg_get_serial_sequence(table_name, column_name), table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND is_identity = 'YES'"
)
IDENTITY = "SELECT value FROM identity"
WATERMARK = "SELECT passage, removal, value FROM watermark, identity"


class InPostgreSQL:
    """One schema of a PostgreSQL database."""

    def __init__(self, url: str, folder: Path, schema: str = SCHEMA) -> None:
        """Connect, and make or update the tables; raises StoreUnusable where that cannot be done."""
        self.url = url
        self._server = PostgreSQL(url, schema)
        self._server.migrate(POSTGRESQL_SCRIPTS)
        self._snapshot: Session | None = None
        self._cursors = count()
        self.name = self._server.name
        self.folder = folder
        self.connection: Connection = self
        self._identity = self.execute(IDENTITY).fetchone()[0]

    def close(self) -> None:
        self._server.close()

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = (), /) -> Cursor:
        if self._snapshot:
            return self._snapshot.execute(statement, values)
        with self._server.connection() as session:
            return session.execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        with self.transaction() as session:
            return session.executemany(statement, rows)

    def errors_explained(self) -> AbstractContextManager[None]:
        return self._server.errors_explained()

    def check(self) -> str | None:
        """Nothing: the server itself finds what its disk has damaged, and fails by name where it is read."""
        return None

    @property
    def in_snapshot(self) -> bool:
        return self._snapshot is not None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        if self._snapshot:
            yield
            return
        with self._server.transaction(snapshot=True) as self._snapshot:
            try:
                yield
            finally:
                self._snapshot = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self._server.transaction() as session:
            session.execute("SELECT pg_advisory_xact_lock(?)", (WRITING,))
            yield session

    def rows(self, query: str, values: Sequence[Any]) -> Iterator[Any]:
        name = f"rows_{next(self._cursors)}"
        with self._reading() as session:
            session.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {query}", values)
            while found := session.execute(f"FETCH {ROWS_AT_ONCE} FROM {name}").fetchall():
                yield from found
            session.execute(f"CLOSE {name}")

    def watermark(self) -> tuple[int, int]:
        passage, removal, identity = self.execute(WATERMARK).fetchone()
        if identity != self._identity:
            # The ids of its passages are others, and perhaps as many.
            raise StoreUnreachable(
                f"{self.name} was rebuilt, or moved there, since this process opened it. Start this process again: "
                "until then it answers nothing, as it would read one store by the indexes of another."
            )
        return passage, removal

    def go_on_after(self, passage: int, removal: int) -> None:
        with self.transaction() as database:
            database.execute("UPDATE watermark SET passage = ?, removal = ?", (passage, removal))
            least = {"passages": passage, "removed_passages": removal}
            for sequence, table, column in database.execute(NEW_IDS).fetchall():
                last = f"SELECT greatest(coalesce(max({column}), 0), CAST(? AS BIGINT)) FROM {table}"
                (taken,) = database.execute(last, (least.get(table, 0),)).fetchone()
                database.execute("SELECT setval(CAST(? AS regclass), ?, false)", (sequence, taken + 1))

    def alone(self, patience_seconds: float = 0.0) -> AbstractContextManager[None]:
        return self._holding(INDEXING, patience_seconds)

    def filling(self) -> AbstractContextManager[None]:
        return self._holding(FILLING, math.inf)

    @contextmanager
    def _holding(self, lock: int, patience_seconds: float) -> Iterator[None]:
        session, deadline = self._server.dedicated(), time.monotonic() + patience_seconds
        try:
            while not session.execute("SELECT pg_try_advisory_lock(?)", (lock,)).fetchone()[0]:
                if time.monotonic() >= deadline:
                    raise IndexingUnderWay(
                        f"Another process, perhaps on another machine, is indexing into {self.name}. Wait for it to "
                        "finish; it loses nothing."
                    )
                time.sleep(SECONDS_BETWEEN_ATTEMPTS)
            yield
        finally:
            # The server lets go of the lock as well.
            session.close()

    def again(self) -> "InPostgreSQL":
        return InPostgreSQL(self.url, self.folder, self._server.schema)

    def beside(self, name: str) -> "InPostgreSQL":
        return InPostgreSQL(self.url, self.folder, f"{SCHEMA}_{name.replace('-', '_')}")

    def replaced_by(self, other: "InPostgreSQL") -> "InPostgreSQL":
        with self.transaction() as database:
            database.execute(f'DROP SCHEMA "{self._server.schema}" CASCADE')
            database.execute(f'ALTER SCHEMA "{other._server.schema}" RENAME TO "{self._server.schema}"')
        self.close()
        other.close()
        return InPostgreSQL(self.url, self.folder, self._server.schema)

    def discard(self) -> None:
        with self.transaction() as database:
            database.execute(f'DROP SCHEMA "{self._server.schema}" CASCADE')
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        if self._snapshot:
            yield self._snapshot
        else:
            with self._server.transaction(snapshot=True) as session:
                yield session
