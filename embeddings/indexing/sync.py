"""Fetch what is new at a source, and take it into the store; a run that was killed is simply run again."""

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from embeddings.fetching.failures import FetchFailed
from embeddings.fetching.fetcher import Fetched, Fetcher, parse
from embeddings.fetching.listings import Link, feed_links, kind_of, sitemap_links
from embeddings.indexing.due import SourceSettings
from embeddings.indexing.intake import Intake
from embeddings.indexing.report import IndexReport, OnProgress
from embeddings.sources.plain_text import printable
from embeddings.sources.refusals import Refusal
from embeddings.storage.sources import KnownLink, SourceHealth

# A link that failed so often is given up until its entry changes.
MOST_FAILURES = 5
# When so many pages in a row cannot be fetched, it is the server that is ill.
MOST_FAILURES_IN_A_ROW = 3
# Of an index of sitemaps, the newest.
MOST_SITEMAPS = 20
# What a source has beyond this, later runs fetch.
LONGEST_RUN_SECONDS = 900.0


class SourceReport(msgspec.Struct):
    """What was fetched from a source, what is left for later runs, and why it failed, where it did."""

    url: str
    changes: IndexReport
    left: int = 0
    unchanged_since: bool = False
    """Whether its server said that nothing has changed since it was last asked."""
    error: str | None = None


def index_pages(urls: Sequence[str], fetcher: Fetcher, intake: Intake, on_progress: OnProgress) -> IndexReport:
    """Fetch these pages and take them into the store; what cannot be fetched is refused by name."""
    report = IndexReport()
    for number, url in enumerate(urls):
        on_progress(number, len(urls))
        try:
            intake.take(fetcher.fetch(url), None, report)
        except FetchFailed as failed:
            report.refused.append(Refusal(shown(url), str(failed)))
    return report


def sync_source(
    source: SourceSettings,
    fetcher: Fetcher,
    intake: Intake,
    on_progress: OnProgress = lambda done, total: None,
    now: Callable[[], float] = time.time,
) -> SourceReport:
    """Fetch what a source lists and the store lacks, note how it fares, and report; raises what the store raises."""
    return _Run(source, fetcher, intake, on_progress, now).run()


class _Run:
    """One run through a source."""

    def __init__(
        self,
        source: SourceSettings,
        fetcher: Fetcher,
        intake: Intake,
        on_progress: OnProgress,
        now: Callable[[], float],
    ) -> None:
        self._source = source
        self._fetcher = fetcher
        self._intake = intake
        self._store = intake.store
        self._on_progress = on_progress
        self._now = now
        self._ends = now() + LONGEST_RUN_SECONDS
        self._health = self._store.source_health(source.url)
        self._report = SourceReport(shown(source.url), IndexReport())

    def run(self) -> SourceReport:
        health = replace(self._health, tried=int(self._now()))
        try:
            health = self._succeeded(health, self._fetch())
        except FetchFailed as failed:
            health = self._failed(health, failed)
        self._store.note_source(replace(health, added=health.added + self._report.changes.added))
        return self._report

    def _succeeded(self, health: SourceHealth, listing: Fetched) -> SourceHealth:
        # With something left, the listing must be read again even if it stays as it is.
        done = self._report.left == 0
        return replace(
            health,
            succeeded=int(self._now()),
            failures=0,
            not_before=0,
            etag=listing.etag if done else None,
            modified=listing.modified if done else None,
        )

    def _failed(self, health: SourceHealth, failed: FetchFailed) -> SourceHealth:
        self._report.error = printable(str(failed))
        now = int(self._now())
        not_before = now + int(failed.retry_after or 0)
        failures = health.failures + 1
        return replace(health, failed=now, error=self._report.error, failures=failures, not_before=not_before)

    # --- what it lists ---

    def _fetch(self) -> Fetched:
        """Fetch the listing and what it leads to; the listing."""
        fetched = self._fetcher.fetch(self._source.url, self._health.etag, self._health.modified)
        if fetched.content is None:
            self._report.unchanged_since = True
            return fetched
        kind = self._source.kind or kind_of(fetched.content)
        if kind == "page":
            self._intake.take(fetched, self._source.outlet, self._report.changes)
            return fetched
        if kind == "feed":
            self._fetch_links(feed_links(fetched.content, fetched.url))
            return fetched
        links = sitemap_links(fetched.content, fetched.url, self._fetcher.most_bytes)
        if not any(link.is_sitemap for link in links):
            self._fetch_links(links)
            return fetched
        self._fetch_links(list(self._of_sitemaps(links)))
        # An index may stay as it is while its sitemaps change.
        return replace(fetched, etag=None, modified=None)

    def _of_sitemaps(self, sitemaps: Sequence[Link]) -> Iterator[Link]:
        for sitemap in [link for link in sitemaps if link.is_sitemap][:MOST_SITEMAPS]:
            fetched = self._fetcher.fetch(sitemap.url)
            links = sitemap_links(fetched.content or b"", fetched.url, self._fetcher.most_bytes)
            yield from (link for link in links if not link.is_sitemap)

    # --- what its links lead to ---

    def _fetch_links(self, links: Sequence[Link]) -> None:
        known = self._store.known_links(self._source.url)
        allowed = [link for link in links if self._source.allows(link.url)]
        open_links = [link for link in allowed if not _is_settled(link, known.get(link.url))]
        # What was never seen comes before what has changed.
        todo = sorted(open_links, key=lambda link: link.url in known)[: self._source.most]
        self._report.left = len(open_links) - len(todo)
        self._take_all(todo, known)
        listed = {link.url for link in links}
        self._store.forget_links(self._source.url, [url for url in known if url not in listed])

    def _take_all(self, todo: Sequence[Link], known: dict[str, KnownLink]) -> None:
        in_a_row = 0
        for number, link in enumerate(todo):
            self._on_progress(number, len(todo))
            if self._now() > self._ends:
                self._report.left += len(todo) - number
                return
            failed = self._take(link, known.get(link.url))
            in_a_row = in_a_row + 1 if failed and not failed.lasting else 0
            self._report.left += bool(in_a_row)
            if failed and (failed.retry_after or in_a_row >= MOST_FAILURES_IN_A_ROW):
                raise failed
        self._on_progress(len(todo), len(todo))

    def _take(self, link: Link, known: KnownLink | None) -> FetchFailed | None:
        """Fetch one page, and note that it is done with; why it could not be fetched, if so."""
        failures = known.failures if known and known.entry == link.entry else 0
        try:
            self._intake.take(self._fetcher.fetch(link.url), self._source.outlet, self._report.changes)
        except FetchFailed as failed:
            self._report.changes.refused.append(Refusal(shown(link.url), printable(str(failed))))
            settled = failed.lasting or failures + 1 >= MOST_FAILURES
            # A server that is busy says nothing of the page.
            failures += failed.retry_after is None
            self._store.note_link(self._source.url, link.url, KnownLink(link.entry, settled, failures))
            return failed
        self._store.note_link(self._source.url, link.url, KnownLink(link.entry, True))
        return None


def _is_settled(link: Link, known: KnownLink | None) -> bool:
    return known is not None and known.settled and known.entry == link.entry


def shown(url: str) -> str:
    """An address as reports name it, without what should not have been in it."""
    try:
        return printable(str(parse(url)))
    except FetchFailed:
        return printable(url.rpartition("@")[2][:200])
