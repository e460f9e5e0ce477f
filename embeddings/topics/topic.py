"""A topic: something that articles tell of by name, found in each of them once and stored as facts."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Generic, TypeVar

import msgspec

from embeddings.storage.facts import Fact, Findings
from embeddings.storage.store import Store
from embeddings.types import Article

Content = TypeVar("Content", bound=msgspec.Struct)
# What every finder reads; a change here may change what any of them finds.
LANGUAGE = ("indonesian", "types.py")


@dataclass(frozen=True)
class Topic(Generic[Content]):
    """How a topic's facts are found in an article, what they hold, and under which keys they are looked up."""

    name: str
    content: type[Content]
    """The struct that each of its facts holds as JSON."""
    finder: Callable[[Article], Iterable[Content]]
    keys: Callable[[Article, Content], Iterable[str]]
    folders: tuple[str, ...]
    """Where in this package the finder's code and data lie, apart from LANGUAGE."""

    @cached_property
    def version(self) -> str:
        """A digest of the finder's code and data."""
        digest = blake2b(digest_size=8)
        for part in (*self.folders, *LANGUAGE):
            for name, content in _read(files("embeddings").joinpath(part), part):
                digest.update(f"{name} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    def find(self, article: Article) -> Iterator[Fact]:
        """The facts that an article tells, in order."""
        for found in self.finder(article):
            yield Fact(frozenset(self.keys(article, found)), msgspec.json.encode(found))

    def findings(self, article: Article) -> Findings:
        """The facts that an article tells, to be stored."""
        return Findings(self.name, self.version, tuple(self.find(article)))

    def facts(self, store: Store, *keys: str | Collection[str]) -> list[tuple[Article, Content]]:
        """What is stored under all of these keys, of a collection any; newest article first."""
        known: list[tuple[Article, Content]] = []
        for article, content in store.facts(self.name, *keys):
            try:
                known.append((article, msgspec.json.decode(content, type=self.content)))
            except (msgspec.DecodeError, UnicodeDecodeError):
                # Sound, or the store would have left it out; only written by a version with another struct.
                store.tell_once(
                    f"some {self.name} were found by another version and cannot be read; wartabot index finds them anew"
                )
        return known


def _read(source: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    """The names and bytes of a file, or of the files in a folder, in order."""
    if source.is_file():
        yield name, source.read_bytes()
        return
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name):
        # What the interpreter or an editor leaves is no part of it.
        if not entry.name.startswith(("__pycache__", ".")):
            yield from _read(entry, f"{name}/{entry.name}")
