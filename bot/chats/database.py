"""What the chats need of a database: reading, changing, and forgetting; SQLite and PostgreSQL give it."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from embeddings import Connection, StoreUnusable


class ChatsLocked(StoreUnusable):
    """Another program holds the database, or its server is away: nothing was changed, and it may be tried again."""


class Database(ABC):
    """Call the methods that change something from one thread at a time; they raise ChatsLocked after some seconds."""

    name: str
    """What the operator knows it by."""
    shared: ClassVar[bool]
    """Whether several processes may be at work on it."""
    clock: ClassVar[str]
    """The seconds since 1970 by the database's own clock, as SQL."""
    lost = False
    """Whether it was away when it was last asked: `reach` finds out whether it is back."""
    traces: bool
    """Whether anything that was deleted may be left in it."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def one(self, statement: str, *values: Any) -> Any:
        """The first row, or None."""

    @abstractmethod
    def all(self, statement: str, *values: Any) -> list[Any]:
        """Every row."""

    @abstractmethod
    def do(self, statement: str, *values: Any, **named: Any) -> int:
        """Run one statement, whose parameters are positional or named; returns how many rows it changed."""

    @abstractmethod
    def transaction(self, alone: bool = False) -> AbstractContextManager[Connection]:
        """All that the block does, or nothing of it; `alone` while no other process changes anything."""

    @abstractmethod
    def forgetting(self) -> AbstractContextManager[Connection]:
        """A transaction that deletes, alone; `leave_no_trace` is due after it."""

    @abstractmethod
    def leave_no_trace(self) -> None:
        """Let nothing of what was deleted be left in the database; raises ChatsLocked while that is not possible."""

    @abstractmethod
    def reach(self) -> None:
        """Find one that was away again, which takes seconds where it still is; raises ChatsLocked then."""
