"""Read a file, a download or an attachment of any kind into articles: the one door of bytes."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path, PurePosixPath

from embeddings.indonesian import dates
from embeddings.sources.archives import member_origin, members_of, open_archive, open_member
from embeddings.sources.bulk import read_compressed_lines, read_lines
from embeddings.sources.ids import id_of_file, id_of_url
from embeddings.sources.origin import MAX_DOCUMENT_SIZE, MAX_SIZE, Attempt, Origin
from embeddings.sources.pdf import read_pdf
from embeddings.sources.plain_text import UnreadableError, printable
from embeddings.sources.refusals import Refusal, Remark, fault, reason_of
from embeddings.sources.tables import read_table
from embeddings.sources.text_files import read_text_file
from embeddings.sources.web_pages import read_web_page
from embeddings.sources.word_files import read_word_file
from embeddings.sources.wordpress import read_export
from embeddings.types import Article

Reader = Callable[[io.BufferedReader, Origin], Iterator[Attempt]]

READERS: dict[str, Reader] = {
    ".txt": read_text_file,
    ".md": read_text_file,
    ".jsonl": read_lines,
    ".jsonl.gz": read_compressed_lines,
    ".html": read_web_page,
    ".htm": read_web_page,
    ".pdf": read_pdf,
    ".docx": read_word_file,
    ".csv": read_table,
    ".xml": read_export,
}
"""By the ending of its name, what reads a file; an archive of such files is taken apart first."""
ARCHIVE = ".zip"

# A server tells these; what it calls plain text or just bytes may be any of them.
ENDING_OF_MEDIA_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/csv": ".csv",
    "application/zip": ".zip",
}
ENDINGS = (*READERS, ARCHIVE)
NOT_READ = f"these are read: {', '.join(ENDINGS)}"
# So many kinds of files that are not read are named.
MOST_ENDINGS = 8


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

    Its kind is what `media_type` tells ("text/html; charset=utf-8"), else the ending of its name. `id`, else one made
    of the url or the name, is that of an article which names none itself; `url` and `outlet` hold where it tells none.
    """
    origin = Origin(
        printable(name),
        id or (id_of_url(url) if url else id_of_file(Path(name))),
        url=url,
        outlet=outlet,
        newsroom=newsroom,
        max_size=max_size,
        max_document_size=max_document_size,
    )
    try:
        yield from _read(_told_ending(name, media_type or ""), io.BufferedReader(io.BytesIO(content)), origin)
    except UnreadableError as error:
        yield Refusal(origin.where, printable(str(error)))


def read_stream(file: io.BufferedReader, name: str, origin: Origin) -> Iterator[Article | Refusal | Remark]:
    """Read an open file's articles, streamed; raises UnreadableError and OSError where nothing more can be read."""
    yield from _read(_ending(name), file, origin)


def _told_ending(name: str, media_type: str) -> str | None:
    ending = ENDING_OF_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower()) or _ending(name)
    return ".txt" if ending is None and media_type.startswith("text/plain") else ending


def _ending(name: str) -> str | None:
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)


def _read(ending: str | None, file: io.BufferedReader, origin: Origin) -> Iterator[Article | Refusal | Remark]:
    if ending is None:
        raise UnreadableError(f"not an article file; {NOT_READ}")
    if ending == ARCHIVE:
        yield from _read_archive(file, origin)
        return
    for where, read in READERS[ending](file, origin):
        yield from _tried(where, read)


def _read_archive(file: io.BufferedReader, origin: Origin) -> Iterator[Article | Refusal | Remark]:
    skipped: Counter[str] = Counter()
    with open_archive(file, origin) as archive:
        for member in members_of(archive):
            ending = _ending(member.filename)
            of_member = member_origin(member, ending, origin)
            if ending is None:
                skipped[PurePosixPath(member.filename).suffix.lower() or "without ending"] += 1
                continue
            try:
                if ending == ARCHIVE:
                    raise UnreadableError("an archive in an archive; unpack it")
                yield from _read(ending, open_member(archive, member), of_member)
            except UnreadableError as error:
                yield Refusal(of_member.where, printable(str(error)))
    if skipped:
        kinds = ", ".join(f"{ending} {number}" for ending, number in skipped.most_common(MOST_ENDINGS))
        files = "1 file" if skipped.total() == 1 else f"{skipped.total()} files"
        yield Remark(origin.where, printable(f"{files} in it skipped: {kinds}"))


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
