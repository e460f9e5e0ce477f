"""Change the articles in a process of its own, which yields to the bot that answers and knows nothing of its token.

What people send is taken apart there: whatever it does to that process, the bot goes on.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from bot.config import TOKEN_VARIABLE
from embeddings import Change, Edit, KnowledgeBase, KnowledgeSettings, Refusal, StoreUnusable, WartabotError

YIELDING = 10
MOST_SECONDS = 300.0
MOST_SECONDS_OF_SYNC = 3600.0
HINDERED = 3

T = TypeVar("T")


class AddDocument(msgspec.Struct, frozen=True, tag=True):
    """Read a document that was sent under this name, and store its articles."""

    name: str
    content: bytes

    def carry_out(self, knowledge: KnowledgeBase) -> Edit:
        return knowledge.add_document(self.name, self.content)


class AddPage(msgspec.Struct, frozen=True, tag=True):
    """Fetch a page of the web, and store its articles."""

    url: str

    def carry_out(self, knowledge: KnowledgeBase) -> Edit:
        return knowledge.add_page(self.url)


class Revert(msgspec.Struct, frozen=True, tag=True):
    """Let articles be as they were before these changes."""

    changes: tuple[Change, ...]

    def carry_out(self, knowledge: KnowledgeBase) -> Edit:
        return knowledge.revert(self.changes)


Order = AddDocument | AddPage | Revert


class Synced(msgspec.Struct, frozen=True):
    """How one source fared: how many articles are new and changed, or why it failed."""

    url: str
    added: int = 0
    updated: int = 0
    error: str | None = None


class Sync(msgspec.Struct, frozen=True, tag=True):
    """Fetch what is new at all sources."""

    def carry_out(self, knowledge: KnowledgeBase) -> list[Synced]:
        reports = knowledge.sync(knowledge.settings.sources)
        return [Synced(one.url, one.changes.added, one.changes.updated, one.error) for one in reports]


class Request(msgspec.Struct, frozen=True):
    """What to do, in which data folder, and how articles are read and encoded there."""

    order: Order | Sync
    folder: str
    settings: KnowledgeSettings
    timezone: str


async def edit(knowledge: KnowledgeBase, timezone: str, order: Order) -> Edit:
    """Have an order carried out; raises TimeoutError where that takes too long, RuntimeError where it breaks off."""
    try:
        return await _have_done(knowledge, timezone, order, Edit, MOST_SECONDS)
    except Hindered as error:
        return Edit(refused=(Refusal("", str(error)),))


async def sync(knowledge: KnowledgeBase, timezone: str) -> list[Synced]:
    """Have all sources synced; raises what `edit` raises."""
    try:
        return await _have_done(knowledge, timezone, Sync(), list[Synced], MOST_SECONDS_OF_SYNC)
    except Hindered as error:
        return [Synced("", error=str(error))]


class Hindered(Exception):
    """What stood in the way, in words for the operator."""


async def _have_done(
    knowledge: KnowledgeBase, timezone: str, order: Order | Sync, result: type[T], most_seconds: float
) -> T:
    request = Request(order, str(knowledge.folder), _gentle(knowledge.settings), timezone)
    environment = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=environment
    )
    try:
        done, _ = await asyncio.wait_for(process.communicate(msgspec.msgpack.encode(request)), most_seconds)
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode == HINDERED:
        raise Hindered(done.decode())
    if process.returncode != 0:
        raise RuntimeError(f"the process that changes articles ended with status {process.returncode}")
    return msgspec.msgpack.decode(done, type=result)


def _gentle(settings: KnowledgeSettings) -> KnowledgeSettings:
    """What concerns articles of the bot's settings, on one core alone."""
    known = {field.name: getattr(settings, field.name) for field in msgspec.structs.fields(KnowledgeSettings)}
    return KnowledgeSettings(**{**known, "encoder": msgspec.structs.replace(settings.encoder, threads=1)})


def main() -> None:
    """Carry out the request on standard input, and tell on standard output what was done or what hindered it."""
    os.nice(YIELDING)
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Request)
    try:
        knowledge = KnowledgeBase(Path(request.folder), request.settings, ZoneInfo(request.timezone))
        done = request.order.carry_out(knowledge)
        _let_be_searched(knowledge)
    except WartabotError as error:
        sys.stdout.write(str(error))
        sys.exit(HINDERED)
    sys.stdout.buffer.write(msgspec.msgpack.encode(done))


def _let_be_searched(knowledge: KnowledgeBase) -> None:
    """Have a search server take in what was done; it is done even where that server is away."""
    try:
        knowledge.catch_up()
    except StoreUnusable as error:
        sys.stderr.write(f"{error}\n")


if __name__ == "__main__":
    main()
