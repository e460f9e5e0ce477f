"""Articles from an export of WordPress: its published posts, streamed, so that no file of any size fills the memory."""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from embeddings.indonesian import lexicon
from embeddings.sources.build import build_article
from embeddings.sources.markup import lines_of, parse_html
from embeddings.sources.origin import Attempt, Origin
from embeddings.sources.page_metadata import outlet_name
from embeddings.sources.plain_text import UnreadableError
from embeddings.sources.refusals import OnRemark, too_large
from embeddings.types import Article

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SHORTCODES = lexicon.patterns("embeddings.sources", "shortcodes.toml")
CAPTION = _SHORTCODES["caption"]
SHORTCODE = _SHORTCODES["shortcode"]
PARAGRAPH_END = re.compile(r"\n[ \t\r]*+\n\s*+")
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
# Its namespace has the version of the format in it.
FIELDS = ("status", "post_type", "post_id", "post_date", "post_date_gmt", "post_password")
# A post and what is kept beside it: comments, and what plugins remember.
MOST_SIZES_OF_AN_ITEM = 8


class _Bounded:
    """An export that is read only so far, until it is told that an item was found."""

    def __init__(self, file: io.BufferedReader, most: int) -> None:
        self._file = file
        self._most = most
        self._left = most

    def read(self, size: int = -1) -> bytes:
        # More than is asked for, as expat begins a long tag anew with each piece.
        content = self._file.read(262_144)
        self._left -= len(content)
        if self._left < 0:
            raise UnreadableError(
                f"one item of it takes more than {self._most // 1024} kB; what stood before was read. Raise [articles] "
                "max_size_kb to read it"
            )
        return content

    def found(self) -> None:
        self._left = self._most


def read_export(file: io.BufferedReader, origin: Origin) -> Iterator[Attempt]:
    """Each published post of an export; raises UnreadableError for other XML, and where it is damaged or hostile."""
    site: str | None = None
    number = 0
    for element in _elements(_Bounded(file, MOST_SIZES_OF_AN_ITEM * origin.max_size)):
        if element.tag == "title":
            site = site or outlet_name(element.text)
            continue
        number += 1
        fields = _fields(element)
        if fields.get("status") != "publish" or fields.get("post_type") != "post" or fields.get("post_password"):
            continue

        def read(on_remark: OnRemark, fields: dict[str, str] = fields, site: str | None = site) -> Article:
            return _of_post(fields, site, origin, on_remark)

        yield f"{origin.where}, item {number}", read


def _elements(file: _Bounded) -> "Iterator[Element]":
    """The title of the site and each item, as they end; nothing of them is kept afterwards."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    path: list[Any] = []
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                _check(path)
                continue
            path.pop()
            if len(path) == 2:
                if element.tag in ("title", "item"):
                    yield element
                file.found()
                path[-1].remove(element)
    except DefusedXmlException as error:
        raise UnreadableError("XML that declares entities, as no export of WordPress does") from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableError(f"XML that is damaged; what stood before was read ({error})") from error


def _check(path: "list[Element]") -> None:
    if path[0].tag != "rss" or (len(path) == 2 and path[1].tag != "channel"):
        raise UnreadableError("XML, but no export of WordPress; of others, save the text alone")
    if len(path) > 20:
        raise UnreadableError("XML that is nested more than 20 levels, as no export of WordPress is")


def _fields(item: "Element") -> dict[str, str]:
    told = {"title": item.findtext("title"), "link": item.findtext("link"), "content": item.findtext(CONTENT)}
    told |= {name: item.findtext(f"{{*}}{name}") for name in FIELDS}
    return {name: value.strip() for name, value in told.items() if value and value.strip()}


def _of_post(fields: dict[str, str], site: str | None, origin: Origin, on_remark: OnRemark) -> Article:
    content = fields.get("content", "")
    if len(content) > origin.max_size:
        raise UnreadableError(too_large(origin.max_size))
    return build_article(
        text_of_post(content),
        id=f"{origin.id}.{fields.get('post_id', '')}",
        path=origin.path,
        title=fields.get("title"),
        source=origin.outlet or site,
        url=fields.get("link"),
        published=_published(fields),
        newsroom=origin.newsroom,
        on_remark=on_remark,
    )


def text_of_post(content: str) -> str:
    """The text of a post as WordPress keeps it: HTML whose paragraphs are only blank lines, with shortcodes in it."""
    if not content:
        return ""
    marked = PARAGRAPH_END.sub("<p>", SHORTCODE.sub("", CAPTION.sub("", content)))
    return "\n\n".join(lines_of(parse_html(f"<div>{marked}</div>")))


def _published(fields: dict[str, str]) -> str | None:
    # What was never published has zeros there.
    local, utc = fields.get("post_date", ""), fields.get("post_date_gmt", "")
    return local if local > "1900" else f"{utc} UTC" if utc > "1900" else None
