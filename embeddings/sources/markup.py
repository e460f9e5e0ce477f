"""HTML from outside, parsed within bounds, and the lines that a browser would show of it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from embeddings.sources.plain_text import UnreadableError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# The largest page seen of a newsroom has 6,000 elements. Time grows with their number and with how deep each lies.
MOST_ELEMENTS = 30_000
MOST_DEPTH = 600_000
# libxml2 compares each attribute of a tag with all others.
MOST_ATTRIBUTES = 3_000
LONGEST_CLASS = 200
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/=>]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>"'][^\s>]*+)?+)?+"""
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?P<attributes>(?:{_ATTRIBUTE})*+)")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_BLOCKS = frozenset(
    "address article aside blockquote body br button center dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p pre section select summary table tbody td tfoot th "
    "thead title tr ul".split()
)
_INLINE = frozenset("a abbr b em font i small span strong time".split())
_UNSEEN = frozenset("head script style noscript template iframe object svg textarea amp-ad amp-analytics".split())


def parse_html(text: str) -> "HtmlElement":
    """The tree of a page or of a piece of one; raises UnreadableError for what is none, or made to be slow."""
    # Nothing else needs these 0.2 s.
    from lxml import etree, html

    check_tags(text)
    parser = html.HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise UnreadableError(f"a web page of which nothing can be read ({error})") from error
    _check_size(tree)
    return tree


def check_tags(text: str) -> None:
    """Raise UnreadableError for a tag with so many attributes that parsing it would take minutes."""
    for tag in _TAG.finditer(text):
        attributes = tag["attributes"]
        if len(attributes) > MOST_ATTRIBUTES and len(_ONE_ATTRIBUTE.findall(attributes)) > MOST_ATTRIBUTES:
            raise UnreadableError(f"a web page with a tag of more than {MOST_ATTRIBUTES} attributes, as none has")


def _check_size(tree: "HtmlElement") -> None:
    from lxml import etree

    elements = depth = summed = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        summed += depth if event == "start" else 0
        if elements > MOST_ELEMENTS or summed > MOST_DEPTH:
            raise UnreadableError(
                f"a web page of more than {MOST_ELEMENTS} elements, or too deeply nested, as no article is; save its "
                "text alone"
            )


def lines_of(tree: "HtmlElement", besides: re.Pattern[str] | None = None, apart: bool = False) -> list[str]:
    """What a browser would show, a line for each block, without blank lines.

    What lies in an element whose class `besides` finds is left out. `apart` gives a line to each element within a
    line, too, as style sheets set apart what has no space between it: an author, a date, a section.
    """
    pieces = _pieces(tree, besides, _BLOCKS | _INLINE if apart else _BLOCKS)
    return [line for parts in pieces if (line := " ".join("".join(parts).split()))]


def _pieces(tree: "HtmlElement", besides: re.Pattern[str] | None, blocks: frozenset[str]) -> Iterator[list[str]]:
    """The pieces of text of each line, in order."""
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag in blocks:
            yield parts
            parts = []
        if event == "start" and (element.tag in _UNSEEN or _is_beside(element, besides)):
            walk.skip_subtree()
        elif event == "start":
            parts.append(element.text or "")
        if event == "end" and element is not tree:
            parts.append(element.tail or "")
    yield parts


def _is_beside(element: "HtmlElement", besides: re.Pattern[str] | None) -> bool:
    return besides is not None and besides.search(element.get("class", "")[:LONGEST_CLASS]) is not None
