"""The one door of articles: every field of what comes from outside is checked here."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from itertools import pairwise
from urllib.parse import urlsplit

from embeddings.indonesian import dates
from embeddings.sources.cleaning import Cleaned, clean
from embeddings.sources.ids import MAX_ID_LENGTH
from embeddings.sources.page_offsets import moved_offsets
from embeddings.sources.plain_text import UnreadableError, is_printable, one_line, readable
from embeddings.sources.refusals import OnRemark
from embeddings.types import Article

MAX_TITLE_LENGTH = 300
MAX_NAME_LENGTH = 100
MAX_URL_LENGTH = 2048


def build_article(
    raw: str,
    *,
    id: str,
    path: str | None = None,
    title: str | None = None,
    source: str | None = None,
    url: str | None = None,
    published: str | None = None,
    place: str | None = None,
    pages: Sequence[int] = (),
    cleaned: bool = False,
    otherwise_published: str | None = None,
    newsroom: tzinfo = dates.WIB,
    on_remark: OnRemark = lambda remark: None,
) -> Article:
    """Make an article of what came from outside: every field is checked here, and nowhere else.

    What the text says of itself fills what is not given, and `otherwise_published` what neither tells; text that was
    `cleaned` before is kept as it stands. `pages` are offsets into `raw`, which then holds nothing that `readable`
    drops. Raises UnreadableError if no text stays, for an id that is not plain and for a date that is none; another
    field that cannot be kept is left out with a remark.
    """
    source = _bounded("source", one_line(source), MAX_NAME_LENGTH, on_remark)
    title, text = _bounded("title", one_line(title), MAX_TITLE_LENGTH, on_remark), readable(raw)
    found = Cleaned(text, title, None, None, None) if cleaned else clean(text, title, path)
    if not found.text.strip():
        raise UnreadableError("it has no text")
    return Article(
        id=_plain_id(id.strip()),
        text=found.text,
        title=one_line(found.title),
        source=source or _bounded("source", one_line(found.source), MAX_NAME_LENGTH, on_remark),
        url=_web_address(url, on_remark),
        published=_date(published, newsroom) or found.published or _date(otherwise_published, newsroom),
        place=_bounded("place", one_line(place), MAX_NAME_LENGTH, on_remark) or found.place,
        path=path,
        pages=_pages(pages, found.text, on_remark) if cleaned else moved_offsets(raw, pages, found.text),
    )


def _plain_id(id: str) -> str:
    if not 1 <= len(id) <= MAX_ID_LENGTH:
        raise UnreadableError(f"its id has {len(id)} characters; write 1 to {MAX_ID_LENGTH}")
    if not is_printable(id) or "/" in id or "\\" in id:
        raise UnreadableError(
            f"its id {id!r} has a slash or a character that cannot be shown; give it a plain one, such as berita-17"
        )
    return id


def _pages(pages: Sequence[int], text: str, on_remark: OnRemark) -> tuple[int, ...]:
    # A page without text begins where the next one does.
    if all(first <= second for first, second in pairwise((0, *pages, len(text)))):
        return tuple(pages)
    on_remark("its pages do not begin one after the other within its text, and were left out")
    return ()


def _bounded(name: str, value: str | None, most: int, on_remark: OnRemark) -> str | None:
    if value is None or len(value) <= most:
        return value
    on_remark(f"its {name} has {len(value)} characters, more than {most}, and was left out")
    return None


def _web_address(url: str | None, on_remark: OnRemark) -> str | None:
    url = (url or "").strip()
    if not url:
        return None
    if len(url) > MAX_URL_LENGTH:
        on_remark(f"its url has {len(url)} characters, more than {MAX_URL_LENGTH}, and was left out")
    elif not _is_web_address(url):
        on_remark(f"its url {url[:80]!r} is no web address and was left out; write https://…")
    else:
        return url
    return None


def _is_web_address(url: str) -> bool:
    if not is_printable(url) or re.search(r"""[\s<>"\\]""", url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and "@" not in parts.netloc and any(map(str.isalnum, host))
    # Brackets that hold no IPv6 address.
    except ValueError:
        return False


def _date(published: str | None, newsroom: tzinfo) -> str | None:
    if not published or not published.strip():
        return None
    parsed = dates.parse_published(published, newsroom)
    if parsed is None:
        raise UnreadableError(
            f"published: {published.strip()[:80]!r} is not a date of 1900 to 2099; write 2023-07-17, 2023-07 or 2023"
        )
    return parsed
