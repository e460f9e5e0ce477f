"""The database that a store lies in, whatever it is: what it was made for, and what the operator is told of it."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Self

from embeddings.errors import IndexMismatch
from embeddings.postgresql import Connection
from embeddings.storage.engine import Engine
from embeddings.storage.sqlite import SQLite

logger = logging.getLogger(__name__)


class Database:
    """A SQLite file, or what another engine keeps; use it from one thread at a time."""

    def __init__(self, place: Path | Engine) -> None:
        """Open or create the file, where it is one; raises StoreUnusable where that cannot be done."""
        self.engine: Engine = SQLite(place) if isinstance(place, Path) else place
        self.name = self.engine.name
        """What the operator knows it by: the file's path, or the server's address."""
        self.changes = 0
        """How often it was changed through this object, and not by another process."""
        self._damaged: set[object] = set()
        self._told: set[str] = set()
        self._database = self.engine.connection
        self._errors_explained = self.engine.errors_explained
        with self._errors_explained():
            # Told apart from another store that happens to have reached the same watermark.
            self.identity: str = self._database.execute("SELECT value FROM identity").fetchone()[0]

    def close(self) -> None:
        self.engine.close()

    def claim(self, encoder_name: str, dimension: int) -> None:
        """Note which encoder the embeddings come from; raises IndexMismatch where it is another."""
        with self._errors_explained():
            row = self._database.execute("SELECT name, dimension FROM encoder").fetchone()
            if row is None:
                statement = "INSERT INTO encoder VALUES (1, ?, ?) ON CONFLICT DO NOTHING"
                self._database.execute(statement, (encoder_name, dimension))
            elif row != (encoder_name, dimension):
                raise IndexMismatch(
                    f"{self.name} was built with the encoder {row[0]!r} ({row[1]} dimensions), but config.toml asks "
                    f"for {encoder_name!r} ({dimension}). Rebuild it: wartabot index --rebuild"
                )

    def check(self) -> str | None:
        """What is wrong with the database itself, None where nothing is found."""
        return self.engine.check()

    def tell_once(self, line: str) -> None:
        """Tell the operator what is wrong with the store, however often it is met."""
        if line not in self._told:
            self._told.add(line)
            logger.warning("%s: %s", self.name, line)

    def again(self) -> Self:
        """The same store for another thread, which closes it."""
        return type(self)(self.engine.again())

    def beside(self, name: str) -> Self:
        """An unfinished store beside this one, as it was left or new."""
        return type(self)(self.engine.beside(name))

    def replaced_by(self, other: Self) -> Self:
        """Put one from beside in the place of this one; both are closed, and what is returned goes on."""
        return type(self)(self.engine.replaced_by(other.engine))

    def discard(self) -> None:
        """Close and delete it all."""
        self.engine.discard()

    def alone(self, patience_seconds: float = 0.0) -> AbstractContextManager[None]:
        """Hold the lock of the one process that may index; raises IndexingUnderWay where another has it so long."""
        return self.engine.alone(patience_seconds)

    @property
    def in_snapshot(self) -> bool:
        """Whether one state of the store is being read (see snapshot)."""
        return self.engine.in_snapshot

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is read in the block is of one state, whatever other processes write; it may write nothing."""
        return self.engine.snapshot()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.engine.transaction() as database:
            yield database
        self.changes += 1

    def _dimension(self) -> int | None:
        row = self._database.execute("SELECT dimension FROM encoder").fetchone()
        return int(row[0]) if row else None

    def _report_damage(self, article_id: object, path: object) -> None:
        """Tell the operator once which article is damaged."""
        if article_id not in self._damaged:
            self._damaged.add(article_id)
            logger.error(
                "%s: the article %r is damaged: it, or what was found in it, is no longer what was stored, and is not "
                "shown. Index it again from its file: wartabot index %r", self.name, article_id, path,
            )  # fmt: skip
