"""What a process must know of the others that answer for the same bot."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Allowance(Protocol):
    """How much one key (a person, a chat) may ask a minute, with one notice when it is used up."""

    async def take(self, key: int) -> bool:
        """Use one; False where none is left."""

    async def notice_due(self, key: int) -> bool:
        """True once after the allowance is used up, until it is free again."""

    async def seconds_left(self, key: int) -> int:
        """Seconds until the next one is free, at least 1."""


class Processes(Protocol):
    """The processes of one bot, as each of them sees the others: alone, or on one PostgreSQL."""

    @property
    def leading(self) -> bool:
        """Whether this process led when it last looked; for what another one's doing the same would not harm."""

    async def leads(self) -> bool:
        """Whether this process, and no other, does at this moment what only one may."""

    async def until_leading(self) -> None:
        """Return once it does; to be awaited before each pass of such work."""

    def turn(self, *key: int) -> AbstractAsyncContextManager[None]:
        """Held while this chat, or this message of a chat, is worked on; whoever comes later waits in line."""

    async def until_next(self, is_next: Callable[[], bool]) -> None:
        """Wait while another process has what was asked before in the same chat; `is_next` reads whether one has."""

    def allowance(self, name: str, most_a_minute: int) -> Allowance:
        """What each may ask a minute of all processes together."""

    async def reserve(self, key: str, most: int, window: float) -> float:
        """Take the next free moment, of which so many fit into a window of seconds; return the seconds until then."""

    async def keep_on(self) -> None:
        """For as long as the bot runs, see to it that one process leads."""

    async def close(self) -> None:
        """Let the others go on at once."""
