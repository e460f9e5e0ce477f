"""Articles from .jsonl and .jsonl.gz files, a line each, streamed, so that no file of any size fills the memory."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from embeddings.sources.build import build_article
from embeddings.sources.origin import Attempt, Origin
from embeddings.sources.plain_text import UnreadableError
from embeddings.sources.refusals import OnRemark, too_large
from embeddings.types import Article

# Text unfolds to 3 to 10 times its size; what unfolds to more than both of these was made to fill a memory.
MOST_UNFOLDED_TIMES = 20
MOST_UNFOLDED_SIZES = 64


class BulkLine(msgspec.Struct, frozen=True):
    """One line of a .jsonl file; other keys may stand beside these and are not read."""

    id: str | int
    text: str
    title: str | None = None
    published: str | None = None
    date: str | None = None
    source: str | None = None
    url: str | None = None
    place: str | None = None
    pages: tuple[int, ...] = ()
    cleaned: bool = False
    """Whether the text is that of a stored article, as `wartabot export` writes it: it is taken as it stands."""


def read_lines(file: io.BufferedReader, origin: Origin) -> Iterator[Attempt]:
    """Each line of a .jsonl file."""
    for number, line in numbered_lines(file, origin.max_size):

        def read(on_remark: OnRemark, line: bytes | None = line) -> Article:
            return _of_line(decode_line(line, origin.max_size), origin, on_remark)

        yield f"{origin.where}, line {number}", read


def read_compressed_lines(file: io.BufferedReader, origin: Origin) -> Iterator[Attempt]:
    """Each line of a .jsonl.gz file."""
    yield from read_lines(unfolded(file, origin.max_size), origin)


def _of_line(line: BulkLine, origin: Origin, on_remark: OnRemark) -> Article:
    return build_article(
        line.text,
        id=str(line.id),
        path=origin.path,
        title=line.title,
        source=line.source or origin.outlet,
        url=line.url,
        published=line.published or line.date,
        place=line.place,
        pages=line.pages if line.cleaned else (),
        cleaned=line.cleaned,
        newsroom=origin.newsroom,
        on_remark=on_remark,
    )


def decode_line(line: bytes | None, max_size: int) -> BulkLine:
    """What a line says, None standing for one that is too long; raises UnreadableError if it is no article."""
    if line is None:
        raise UnreadableError(too_large(max_size))
    try:
        return _DECODER.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not an article: it is not UTF-8 ({error.reason})") from error
    except RecursionError as error:
        raise UnreadableError("not an article: nested too deeply") from error
    except msgspec.DecodeError as error:
        raise UnreadableError(f"not an article: {error}") from error


_DECODER = msgspec.json.Decoder(BulkLine)


def open_bulk(path: Path) -> IO[bytes]:
    """The lines of a .jsonl or .jsonl.gz file of our own, as bytes."""
    return io.BufferedReader(gzip.open(path, "rb")) if path.name.endswith(".gz") else path.open("rb")


def unfolded(file: io.BufferedReader, max_size: int) -> io.BufferedReader:
    """What a compressed file holds, unpacked; read too far, it raises UnreadableError."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    most = max(MOST_UNFOLDED_SIZES * max_size, MOST_UNFOLDED_TIMES * size)
    return io.BufferedReader(_Unfolding(file, most))


class _Unfolding(gzip.GzipFile):
    """A compressed file that is read only so far as it may be what it says."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        super().__init__(fileobj=file)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > self._most:
            raise UnreadableError(
                f"it unfolds to more than {self._most // 1024} kB, as no articles of its size do; what stood before "
                "was read. If it is sound, unpack it (gunzip) to read it all"
            )
        return super().read(size)


def numbered_lines(lines: io.BufferedReader, max_size: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are not blank, numbered from 1; None stands for one that is too long."""
    number = 1
    try:
        while buffer := lines.peek():
            # Of nothing but line breaks, a small compressed file may hold millions.
            if not buffer.strip():
                number += lines.read(len(buffer)).count(b"\n")
                continue
            line = read_line(lines, max_size)
            if line is None or line.strip():
                yield number, line
            number += 1
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"the compressed file is damaged; what stood before was read ({error})") from error


def read_line(lines: IO[bytes], max_size: int) -> bytes | None:
    """The next line, empty at the end; None for one of more than `max_size` bytes, which never fills the memory."""
    line = lines.readline(max_size + 1)
    if len(line) <= max_size or line.endswith(b"\n"):
        return line
    while (rest := lines.readline(max_size + 1)) and not rest.endswith(b"\n"):
        pass
    return None
