"""What a store needs of the database it lies in; SQLite and PostgreSQL give it."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, Self

from embeddings.postgresql import Connection


class Engine(Protocol):
    """A database with the tables of a store; its errors are StoreUnusable. Use it from one thread at a time."""

    name: str
    """What the operator knows it by."""
    folder: Path
    """The data folder, in which lies what derives from the store."""
    url: str
    """Of the server, by which other machines reach it; empty where there is none."""
    connection: Connection
    """Each statement on it is a transaction of its own, but within a snapshot."""

    @property
    def in_snapshot(self) -> bool:
        """Whether one state is being read (see snapshot)."""

    def errors_explained(self) -> AbstractContextManager[None]:
        """Raise as StoreUnusable what the database raises in the block."""

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is read in the block is of one state, whatever others write; it may write nothing."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """All that the block writes, or nothing of it; one at a time, so that higher ids are never seen first."""

    def rows(self, query: str, values: Sequence[Any]) -> Iterator[Any]:
        """The rows that a query finds, some at a time where there are many."""

    def watermark(self) -> tuple[int, int]:
        """The last passage id and the last number of a removal that were ever given."""

    def go_on_after(self, passage: int, removal: int) -> None:
        """Give neither these nor any lower ids, nor those that rows have."""

    def check(self) -> str | None:
        """What is wrong with the database itself, None where nothing is found."""

    def alone(self, patience_seconds: float = 0.0) -> AbstractContextManager[None]:
        """Hold the lock of the one process that may index; raises IndexingUnderWay where another has it so long."""

    def filling(self) -> AbstractContextManager[None]:
        """Hold the lock of the one process that fills a search server, once no other has it."""

    def again(self) -> Self:
        """The same store, for another thread."""

    def beside(self, name: str) -> Self:
        """An unfinished store beside this one, as it was left or new."""

    def replaced_by(self, other: Self) -> Self:
        """Put one from beside in the place of this one; both are closed."""

    def discard(self) -> None:
        """Close and delete it all."""

    def close(self) -> None: ...
