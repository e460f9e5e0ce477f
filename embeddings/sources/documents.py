"""Read a file, a download or an attachment of any kind into articles: the one door of bytes."""

import io
from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import PurePath

from embeddings.indonesian import dates
from embeddings.sources.bulk import read_compressed_lines, read_lines
from embeddings.sources.origin import MAX_DOCUMENT_SIZE, MAX_SIZE, Attempt, Origin
from embeddings.sources.plain_text import UnreadableError, printable
from embeddings.sources.refusals import Refusal, Remark, fault, reason_of
from embeddings.sources.text_files import read_text_file
from embeddings.sources.web_pages import read_web_page
from embeddings.types import Article

Reader = Callable[[io.BufferedReader, Origin], Iterator[Attempt]]

READERS: dict[str, Reader] = {
    ".txt": read_text_file,
    ".md": read_text_file,
    ".jsonl": read_lines,
    ".jsonl.gz": read_compressed_lines,
    ".html": read_web_page,
    ".htm": read_web_page,
}
"""By the ending of its name, what reads a file."""

# A server tells these; what it calls plain text or just bytes may be any of them.
ENDING_OF_MEDIA_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
}
NOT_READ = f"these are read: {', '.join(READERS)}"


def is_read(name: str) -> bool:
    """Whether files of this name are read, as its ending tells."""
    return _ending(name) is not None


def read_document(
    name: str,
    content: bytes,
    *,
    id: str | None = None,
    url: str | None = None,
    media_type: str | None = None,
    outlet: str | None = None,
    newsroom: tzinfo = dates.WIB,
    max_size: int = MAX_SIZE,
    max_document_size: int = MAX_DOCUMENT_SIZE,
) -> Iterator[Article | Refusal | Remark]:
    """Read the articles of what was downloaded or sent; what cannot be read is refused by name and the rest goes on.

    Its kind is what `media_type` tells ("text/html; charset=utf-8"), else the ending of its name. `id` is that of an
    article which names none itself, otherwise it is made of the name. `url` and `outlet` hold where the document does
    not tell its own. Sizes are in bytes, of a text and of a document with pictures in it.
    """
    origin = Origin(
        printable(name),
        id or PurePath(name).stem or name,
        url=url,
        outlet=outlet,
        newsroom=newsroom,
        max_size=max_size,
        max_document_size=max_document_size,
    )
    ending = ENDING_OF_MEDIA_TYPE.get((media_type or "").partition(";")[0].strip().lower()) or _ending(name)
    if ending is None and (media_type or "").startswith("text/plain"):
        ending = ".txt"
    try:
        yield from _read(ending, io.BufferedReader(io.BytesIO(content)), origin)
    except UnreadableError as error:
        yield Refusal(origin.where, printable(str(error)))


def read_stream(name: str, file: io.BufferedReader, origin: Origin) -> Iterator[Article | Refusal | Remark]:
    """Read an open file's articles, streamed; raises UnreadableError and OSError where nothing more can be read."""
    yield from _read(_ending(name), file, origin)


def _ending(name: str) -> str | None:
    return next((ending for ending in READERS if name.lower().endswith(ending)), None)


def _read(ending: str | None, file: io.BufferedReader, origin: Origin) -> Iterator[Article | Refusal | Remark]:
    if ending is None:
        raise UnreadableError(f"not an article file; {NOT_READ}")
    for where, read in READERS[ending](file, origin):
        yield from _tried(where, read)


def _tried(where: str, read: Callable[[Callable[[str], None]], Article]) -> Iterator[Article | Refusal | Remark]:
    remarks: list[str] = []
    try:
        article = read(remarks.append)
    except OSError as error:
        yield Refusal(where, reason_of(error))
    except UnreadableError as error:
        yield Refusal(where, printable(str(error)))
    # A fault of the program's own costs this article, not those after it.
    except Exception as error:
        yield Refusal(where, fault(error))
    else:
        yield from (Remark(where, printable(remark)) for remark in remarks)
        yield article
