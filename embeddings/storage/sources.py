"""How the sources fare that articles are fetched from, and which of their links are done with."""

from collections.abc import Collection

import msgspec

from embeddings.storage.database import Database

_COLUMNS = "url, tried, succeeded, failed, error, failures, not_before, added, etag, modified"
_LINK_COLUMNS = "source, url, entry, settled, failures"
_NEW_SOURCE = (
    f"INSERT INTO sources({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS.split(", "))
)
_NEW_LINK = f"INSERT INTO links({_LINK_COLUMNS}) VALUES (?, ?, ?, ?, ?)"


class SourceHealth(msgspec.Struct, frozen=True):
    """How a source fares; times are seconds since 1970."""

    url: str
    tried: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    error: str | None = None
    """Why it failed last, kept when it goes well again."""
    failures: int = 0
    """How often in a row it has failed."""
    not_before: int = 0
    """When its server lets itself be asked again."""
    added: int = 0
    """How many new articles came from it."""
    etag: str | None = None
    modified: str | None = None


class KnownLink(msgspec.Struct, frozen=True):
    """A link as it was last listed: whether it is done with, or how often it has failed."""

    entry: str
    settled: bool
    failures: int = 0


class Sources(Database):
    """The sources in a database."""

    def source_health(self, url: str) -> SourceHealth:
        """How a source fares, one that was never tried included."""
        with self._errors_explained():
            row = self._database.execute(f"SELECT {_COLUMNS} FROM sources WHERE url = ?", (url,)).fetchone()
            return SourceHealth(*row) if row else SourceHealth(url)

    def note_source(self, health: SourceHealth) -> None:
        with self._transaction() as database:
            database.execute(_NEW_SOURCE, msgspec.structs.astuple(health))

    def known_sources(self) -> list[str]:
        """The URLs of all sources that were ever tried."""
        with self._errors_explained():
            return [row[0] for row in self._database.execute("SELECT url FROM sources ORDER BY url")]

    def known_links(self, source: str) -> dict[str, KnownLink]:
        """What a source has listed so far, by URL."""
        with self._errors_explained():
            rows = self._database.execute("SELECT url, entry, settled, failures FROM links WHERE source = ?", (source,))
            return {url: KnownLink(entry, bool(settled), failures) for url, entry, settled, failures in rows}

    def note_link(self, source: str, url: str, link: KnownLink) -> None:
        with self._transaction() as database:
            # Not ON CONFLICT: PostgreSQL's trees have no room for the longest addresses.
            database.execute("DELETE FROM links WHERE source = ? AND url = ?", (source, url))
            database.execute(_NEW_LINK, (source, url, link.entry, int(link.settled), link.failures))

    def forget_links(self, source: str, urls: Collection[str]) -> None:
        """Forget what a source does not list any more."""
        with self._transaction() as database:
            rows = [(source, url) for url in urls]
            database.executemany("DELETE FROM links WHERE source = ? AND url = ?", rows)

    def take_sources(self, other: "Sources") -> None:
        """Know of the sources what another database knows."""
        with other._errors_explained():
            sources = other._database.execute(f"SELECT {_COLUMNS} FROM sources").fetchall()
            links = other._database.execute(f"SELECT {_LINK_COLUMNS} FROM links").fetchall()
        with self._transaction() as database:
            database.execute("DELETE FROM sources")
            database.execute("DELETE FROM links")
            database.executemany(_NEW_SOURCE, sources)
            database.executemany(_NEW_LINK, links)
