"""Articles from a .csv table, a row each, streamed, so that no file of any size fills the memory."""

import csv
import io
from collections.abc import Iterator, Sequence

from embeddings.sources.build import build_article
from embeddings.sources.bulk import read_line
from embeddings.sources.origin import Attempt, Origin
from embeddings.sources.plain_text import UnreadableError, decode
from embeddings.sources.refusals import OnRemark, too_large
from embeddings.types import Article

KEYS = ("id", "title", "text", "published", "date", "source", "url", "place")
DELIMITERS = (",", ";", "\t", "|")


def read_table(file: io.BufferedReader, origin: Origin) -> Iterator[Attempt]:
    """Each row of a .csv table under a header row that names the keys of a .jsonl file.

    Raises UnreadableError where no header row is there.
    """
    # The module's own bound is 131,072 characters a field; the rows are bounded below.
    csv.field_size_limit(max(csv.field_size_limit(), origin.max_size))
    records = _records(file, origin.max_size)
    keys, delimiter = _header(next(records, (0, b""))[1])
    for number, record in records:

        def read(on_remark: OnRemark, record: bytes | None = record) -> Article:
            return _of_row(_row(record, keys, delimiter, origin.max_size), origin, on_remark)

        yield f"{origin.where}, line {number}", read


def _header(record: bytes | None) -> tuple[list[str], str]:
    """The keys that the header row names, and what stands between them."""
    line = decode(record).strip() if record else ""
    for delimiter in DELIMITERS:
        keys = [key.strip(' "').casefold() for key in line.split(delimiter)]
        if {"id", "text"} <= set(keys):
            return keys, delimiter
    raise UnreadableError(
        f"its first row does not name the columns `id` and `text`; name them as these: {', '.join(KEYS)}"
    )


def _row(record: bytes | None, keys: Sequence[str], delimiter: str, max_size: int) -> dict[str, str]:
    if record is None:
        raise UnreadableError(f"{too_large(max_size)}, or close a quotation mark")
    try:
        rows = list(csv.reader(io.StringIO(decode(record), newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableError(f"no row of a table: {error}") from error
    cells = rows[0] if rows else []
    if len(cells) > len(keys):
        raise UnreadableError(f"it has {len(cells)} cells, more than the {len(keys)} columns of the first row")
    return {key: cell for key, cell in zip(keys, cells, strict=False) if key in KEYS and cell.strip()}


def _of_row(row: dict[str, str], origin: Origin, on_remark: OnRemark) -> Article:
    return build_article(
        row.get("text", ""),
        id=row.get("id", ""),
        path=origin.path,
        title=row.get("title"),
        source=row.get("source") or origin.outlet,
        url=row.get("url"),
        published=row.get("published") or row.get("date"),
        place=row.get("place"),
        newsroom=origin.newsroom,
        on_remark=on_remark,
    )


def _records(file: io.BufferedReader, max_size: int) -> Iterator[tuple[int, bytes | None]]:
    """The records that are not blank with the line on which each begins; None stands for one that is too long.

    A record goes on in the next line while a quotation mark is open. Raises UnreadableError for UTF-16.
    """
    if file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableError("a table in UTF-16; save it as CSV in UTF-8")
    first = number = 1
    parts: list[bytes] = []
    size = quotes = 0
    while (line := read_line(file, max_size)) != b"":
        size += len(line or b"")
        quotes += (line or b"").count(b'"')
        if line is None or size > max_size:
            yield first, None
            parts, size, quotes = [], 0, 0
        else:
            parts.append(line)
        number += 1
        if quotes % 2 == 0:
            if any(part.strip() for part in parts):
                yield first, b"".join(parts)
            parts, size, first = [], 0, number
    if parts:
        yield first, b"".join(parts)
