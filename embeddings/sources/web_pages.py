"""An article from a saved web page: its text as trafilatura finds it, what its head tells, and our own cleaning."""

from collections.abc import Iterator
from typing import IO

from embeddings.indonesian import dates
from embeddings.sources.build import build_article
from embeddings.sources.markup import lines_of, parse_html
from embeddings.sources.origin import Attempt, Origin, read_text
from embeddings.sources.page_body import body_lines
from embeddings.sources.page_metadata import PageMetadata, canonical_url, page_metadata
from embeddings.sources.plain_text import decode, folded
from embeddings.sources.refusals import OnRemark
from embeddings.types import Article

# A date below the headline stands within so many lines of it.
LINES_BELOW_HEADLINE = 25
LONGEST_STAMP = 120


def read_web_page(file: IO[bytes], origin: Origin) -> Iterator[Attempt]:
    """The one article of a saved web page."""

    def read(on_remark: OnRemark) -> Article:
        return page_article(decode(read_text(file, origin)), origin, on_remark)

    yield origin.where, read


def page_article(page: str, origin: Origin, on_remark: OnRemark) -> Article:
    """The article of a page's HTML; raises UnreadableError where there is none."""
    tree = parse_html(page)
    lines = lines_of(tree)
    told = page_metadata(tree, lines, origin.newsroom)
    return build_article(
        "\n".join(body_lines(tree)),
        id=origin.id,
        path=origin.path,
        title=told.title,
        source=origin.outlet or told.source,
        url=canonical_url(told.url, origin.url),
        published=told.published or _stamp(lines_of(tree, apart=True), told) or told.dated,
        newsroom=origin.newsroom,
        on_remark=on_remark,
    )


def _stamp(lines: list[str], told: PageMetadata) -> str | None:
    """The date that a page prints below its headline, or else above it."""
    headline = folded(told.title or "")
    number = next((number for number, line in enumerate(lines) if headline and folded(line) == headline), None)
    if number is None:
        return None
    near = [*lines[number + 1 : number + LINES_BELOW_HEADLINE], *reversed(lines[max(0, number - 3) : number])]
    short = (line for line in near if len(line) <= LONGEST_STAMP)
    return next((date for line in short if (date := dates.find_full_date(line))), None)
