"""What a web page tells machines of its article: JSON-LD, OpenGraph and other marks in its head."""

import html
import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import msgspec

from embeddings.addresses import site_of
from embeddings.indonesian import dates, lexicon
from embeddings.sources.outlets import find_copyright
from embeddings.sources.plain_text import folded

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What software calls itself or an author where the outlet should stand.
NO_OUTLETS = lexicon.words("embeddings.sources", "no_outlets.txt")
SEPARATOR = lexicon.patterns("embeddings.sources", "page_titles.toml")["separator"]
SLOGAN = lexicon.patterns("embeddings.sources", "page_titles.toml")["slogan"]
# Objects in the JSON-LD of a page; more is no page of one article.
MOST_OBJECTS = 2_000
MOST_HEADINGS = 50
AROUND_NAMES = " -|–—:»«·•~/"
_DATES = (
    "//meta[@property='article:published_time' or @property='og:published_time' or @property='datePublished']/@content",
    "//*[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//meta[contains('|pubdate|publishdate|publish-date|publish_date|content_publisheddate|article:published_time|"
    "date|dc.date|dc.date.issued|dcterms.created|dcterms.date|datepublished|originalpublicationdate|', "
    "concat('|', translate(@name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), '|'))]/@content",
    "//time[contains(concat(' ', @class, ' '), ' published ') or contains(@class, 'entry-date')]/@datetime",
    "//abbr[contains(concat(' ', @class, ' '), ' published ')]/@title",
)


class PageMetadata(msgspec.Struct, frozen=True):
    """What a page's head tells of its article, as it stands there; what it does not tell is None."""

    title: str | None
    source: str | None
    url: str | None
    published: str | None
    """A date that can be read, with its time where it has one."""
    dated: str | None
    """The first moment that the page marks as one, which may be that of something else on it."""


def page_metadata(tree: "HtmlElement", lines: Sequence[str], newsroom: tzinfo) -> PageMetadata:
    """Read what a page tells of its article; of several things that tell the same, the one meant for it.

    `lines` are those that the page shows.
    """
    article = _linked_article(tree)
    told = [_text(article.get("headline")), *_contents(tree, "og:title", "twitter:title")]
    titles = [title for title in map(_line, told) if title]
    window = _line(next(iter(tree.xpath("//title/text()")), None)) or ""
    owner, _ = find_copyright(lines)
    sites = _sites(tree, article)
    title = _headline(tree, [*titles, window], [*sites, owner or ""])
    title = title or (without_site(titles[0], sites) if titles else _shown(window, lines))
    beside = _beside(title, window)
    # Of several names, the one that stands beside the headline, too.
    twice = next((site for site in sites if folded(site) == folded(beside or "")), None)
    return PageMetadata(
        title=title,
        source=twice or next(iter(sites), beside or owner),
        url=_first(
            tree.xpath("//link[@rel='canonical']/@href"), _contents(tree, "og:url"), [_text(article.get("url"))]
        ),
        published=_first_date([article.get("datePublished"), article.get("dateCreated"), *_marked(tree)], newsroom),
        dated=_first_date(tree.xpath("//time/@datetime"), newsroom),
    )


def canonical_url(told: str | None, fetched: str | None) -> str | None:
    """The address that a page gives itself, unless it was fetched from another site than that."""
    if not told or not fetched:
        return told or fetched
    try:
        told = urljoin(fetched, told)
    except ValueError:
        return fetched
    return told if site_of(told) == site_of(fetched) else fetched


# --- headline -------------------------------------------------------------------------------------------------


def _headline(tree: "HtmlElement", titles: Sequence[str], names: Sequence[str]) -> str | None:
    """The heading of the page that its titles hold, as readers see it; the longest, as the outlet may be one."""
    headings = [line for heading in tree.iter("h1", "h2", "h3") if (line := _line(heading.text_content()))]
    whole, of_site = [folded(title) for title in titles], {folded(name) for name in names}
    likely = [line for line in headings[:MOST_HEADINGS] if len(line.split()) > 2 and folded(line) not in of_site]
    held = [line for line in likely if any(folded(line) in title for title in whole)]
    return max(held, key=len, default=None)


def _shown(window: str, lines: Sequence[str]) -> str | None:
    """The part of a window's title that the page shows, too; a site may call all its windows the same."""
    shown = {folded(line) for line in lines}
    return next((part for part in SEPARATOR.split(window) if len(part.split()) > 2 and folded(part) in shown), None)


def without_site(title: str, names: Sequence[str]) -> str:
    """A page's title without the name of its site behind it or before it: "Rapat Digelar - Kabar Musi"."""
    of_site = {folded(name) for name in names}
    parts = SEPARATOR.split(title)
    if len(parts) > 1 and folded(parts[-1]) in of_site:
        return title[: -len(parts[-1])].rstrip(AROUND_NAMES)
    if len(parts) > 1 and folded(parts[0]) in of_site:
        return title[len(parts[0]) :].lstrip(AROUND_NAMES)
    return title


# --- outlet ---------------------------------------------------------------------------------------------------


def _sites(tree: "HtmlElement", article: dict[str, Any]) -> list[str]:
    """What a page calls its outlet, in several places."""
    publisher = article.get("publisher")
    names = [
        *_contents(tree, "og:site_name"),
        *(_name(one) for one in _listed(publisher)),
        *_contents(tree, "application-name"),
    ]
    return [name for told in names if (name := outlet_name(told))]


def outlet_name(told: str | None) -> str | None:
    """A site's name without its slogan; None for what is the name of software or of nobody."""
    name = _line(told) or ""
    name = SLOGAN.sub("", name).strip()
    return name if name and name.casefold() not in NO_OUTLETS else None


def _beside(title: str | None, whole: str) -> str | None:
    """The outlet in the title of the window beside the headline."""
    if not title or title not in whole or title == whole:
        return None
    before, _, behind = whole.partition(title)
    parts = [part for part in SEPARATOR.split(f"{before} - {behind}") if part.strip(AROUND_NAMES)]
    return outlet_name(parts[-1].strip(AROUND_NAMES)) if parts else None


# --- date -----------------------------------------------------------------------------------------------------


def _marked(tree: "HtmlElement") -> Iterator[str]:
    """What the marks of a page give as the date of its article, the surest first."""
    for path in _DATES:
        yield from tree.xpath(path)


def _first_date(told: Iterable[object], newsroom: tzinfo) -> str | None:
    """The first of these that can be read as a date."""
    written = (text.strip() for one in told if (text := _text(one)))
    return next((text for text in written if dates.parse_published(text, newsroom)), None)


# --- JSON-LD --------------------------------------------------------------------------------------------------


def _linked_article(tree: "HtmlElement") -> dict[str, Any]:
    """The article among the objects of a page's JSON-LD, its publisher in it; empty where there is none."""
    objects = [
        one for script in tree.xpath("//script[@type='application/ld+json']") for one in linked(script.text or "")
    ]
    named = {one["@id"]: one for one in objects if isinstance(one.get("@id"), str) and one.get("name")}
    articles = [one for one in objects if any(map(_is_article, _listed(one.get("@type"))))]
    article = next((one for one in articles if one.get("headline")), next(iter(articles), {}))
    publisher = article.get("publisher")
    if isinstance(publisher, dict) and not publisher.get("name"):
        return article | {"publisher": named.get(publisher.get("@id", ""))}
    return article


def linked(text: str) -> list[dict[str, Any]]:
    """Every object in a piece of JSON-LD, the outer before the inner; none where it cannot be read."""
    try:
        # Line breaks in strings are common.
        todo: deque[Any] = deque([json.loads(text, strict=False)])
    except (ValueError, RecursionError):
        return []
    found: list[dict[str, Any]] = []
    while todo and len(found) < MOST_OBJECTS:
        one = todo.popleft()
        if isinstance(one, dict):
            found.append(one)
            todo += one.values()
        elif isinstance(one, list):
            todo += one
    return found


def _is_article(kind: object) -> bool:
    return isinstance(kind, str) and kind.endswith(("Article", "BlogPosting"))


def _name(of: object) -> str | None:
    return _text(of.get("name")) if isinstance(of, dict) else _text(of)


# --- values ---------------------------------------------------------------------------------------------------


def _contents(tree: "HtmlElement", *names: str) -> Iterator[str]:
    for name in names:
        yield from tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)


def _first(*told: Iterable[str | None]) -> str | None:
    return next((text.strip() for some in told for text in some if text and text.strip()), None)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _line(text: str | None) -> str | None:
    # In JSON-LD, entities stand as such.
    return " ".join(html.unescape(text).split()) or None if text else None
