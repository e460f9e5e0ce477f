"""The links in feeds and sitemaps, with what tells whether an entry has changed."""

import io
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import urljoin
from xml.etree.ElementTree import ParseError

import msgspec

from embeddings.fetching.body import GZIP_START, unpack
from embeddings.fetching.failures import FetchFailed

Kind = Literal["page", "feed", "sitemap"]
# As many as a sitemap may have.
MOST_LINKS = 50_000
# The parser of feeds takes hundreds of times their size; one of 50 whole articles has 500 kB.
MOST_FEED_BYTES = 4_000_000
# What a feed or a sitemap begins with, behind comments and declarations.
_ROOTS = {"rss": "feed", "feed": "feed", "RDF": "feed", "urlset": "sitemap", "sitemapindex": "sitemap"}
_BEGINNING = 4096
_FIRST_TAG = re.compile(r"<(?:[A-Za-z]++:)?+([A-Za-z]++)[\s>]")


class Link(msgspec.Struct, frozen=True):
    """A link to an article or a further sitemap; `entry` is another one when what is told of the link has changed."""

    url: str
    entry: str
    changed: str = ""
    """When it was changed, as the listing has it."""
    is_sitemap: bool = False


def kind_of(content: bytes) -> Kind:
    """What a source turns out to be: a feed or a sitemap by its first tag, else a page."""
    beginning = content[:_BEGINNING].decode(errors="replace")
    found = _FIRST_TAG.search(beginning)
    kind = _ROOTS.get(found[1] if found else "")
    if content.startswith(GZIP_START) or kind == "sitemap":
        return "sitemap"
    return "feed" if kind == "feed" else "page"


def feed_links(content: bytes, url: str) -> list[Link]:
    """The links of an RSS or Atom feed, in its order; raises FetchFailed where it is none."""
    if len(content) > MOST_FEED_BYTES:
        raise FetchFailed(f"a feed of more than {MOST_FEED_BYTES // 1000} kB; name a shorter one, or the sitemap")
    try:
        version, entries = _parsed(content)
    # Whatever a damaged feed makes the library stumble over, such as an impossible hour.
    except Exception as error:
        raise FetchFailed(f"a feed that is damaged ({type(error).__name__}); its server must mend it") from error
    if not version:
        raise FetchFailed("it is neither RSS nor Atom; name its kind, or the address of the feed")
    links = (_of_entry(entry, url) for entry in entries[:MOST_LINKS])
    return _distinct(link for link in links if link)


def _parsed(content: bytes) -> tuple[str, list[Any]]:
    """The kind of a feed, "" where it is none, and its entries."""
    import feedparser

    # A file, so that it is never taken for the address of one.
    feed = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    return feed.get("version") or "", feed.entries


def sitemap_links(content: bytes, url: str, most_bytes: int) -> list[Link]:
    """The links of a sitemap or of an index of sitemaps, newest first; raises FetchFailed where it is none."""
    if content.startswith(GZIP_START):
        content = unpack([content], most_bytes)
    if kind_of(content) != "sitemap":
        raise FetchFailed("it is no sitemap; leave its kind out, or name the address of the sitemap")
    try:
        links = _distinct(_of_sitemap(content, url))
    except (ParseError, ValueError, LookupError) as error:
        raise FetchFailed(f"it is no sitemap ({' '.join(str(error).split())[:120]})") from error
    return sorted(links, key=lambda link: link.changed, reverse=True)


def _of_entry(entry: Any, base: str) -> Link | None:
    link = entry.get("link") or entry.get("id") or ""
    url = _absolute(base, str(link))
    # Asked itself, it would warn that it takes the one date for the other.
    changed = str(dict.get(entry, "updated") or entry.get("published") or "")
    return Link(url, _digest(str(entry.get("title", "")), changed), changed) if url else None


def _of_sitemap(content: bytes, base: str) -> Iterator[Link]:
    from defusedxml.ElementTree import iterparse

    number = 0
    for _, element in iterparse(io.BytesIO(content), forbid_dtd=True):
        name = _local(element.tag)
        if name not in ("url", "sitemap"):
            continue
        told = {_local(child.tag): (child.text or "").strip() for child in element.iter()}
        element.clear()
        if url := _absolute(base, told.get("loc", "")):
            entry = _digest(told.get("lastmod", ""), told.get("title", ""), told.get("publication_date", ""))
            changed = told.get("lastmod") or told.get("publication_date") or ""
            yield Link(url, entry, changed, is_sitemap=name == "sitemap")
        number += 1
        if number >= MOST_LINKS:
            return


def _absolute(base: str, url: str) -> str | None:
    try:
        joined = urljoin(base, url.strip()) if url.strip() else ""
    # Brackets that hold no IPv6 address.
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) else None


def _distinct(links: Iterator[Link]) -> list[Link]:
    return list({link.url: link for link in links}.values())


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(errors="replace"), digest_size=8).hexdigest()
