"""Read files into articles: clean text, title, outlet, place and date, each only as far as the file says it."""

import gzip
import io
import os
import re
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import IO, Annotated
from urllib.parse import urlsplit

import msgspec

from embeddings.indonesian import dates
from embeddings.sources.cleaning import clean
from embeddings.sources.headers import split_header
from embeddings.sources.plain_text import UnreadableError, decode, is_printable, one_line, printable, readable
from embeddings.types import Article

ENDINGS = (".txt", ".md", ".jsonl", ".jsonl.gz")
NOT_READ = f"these are read: {', '.join(ENDINGS)}"
NOT_REGULAR = "not a file, but a pipe, a socket or a device"
MAX_ID_LENGTH = 200
MAX_TITLE_LENGTH = 300
MAX_NAME_LENGTH = 100
MAX_URL_LENGTH = 2048
# Text unfolds to 3 to 10 times its size; what unfolds to more than both of these was made to fill a memory.
MOST_UNFOLDED_TIMES = 20
MOST_UNFOLDED_SIZES = 64


class ArticleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where articles come from, and how large one may be."""

    paths: tuple[str, ...] = ("seeds",)
    max_size_kb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1024


class Refusal(msgspec.Struct, frozen=True):
    """What could not be read, and why, for the person who can mend it."""

    where: str
    reason: str


class Remark(msgspec.Struct, frozen=True):
    """What was left out of an article that was read, for the person who can mend it."""

    where: str
    note: str


class BulkLine(msgspec.Struct, frozen=True):
    """One line of a .jsonl file; other keys may stand beside these and are not read."""

    id: str | int
    text: str
    title: str | None = None
    date: str | None = None
    source: str | None = None
    url: str | None = None
    place: str | None = None


OnRemark = Callable[[str], None]
"""Told what is left out of an article."""


# --- finding files --------------------------------------------------------------------------------------------


class Found(msgspec.Struct):
    """The article files under the named files and folders, what cannot be read, and how many others by their ending."""

    files: list[Path] = []
    refused: list[Refusal] = []
    skipped: Counter[str] = msgspec.field(default_factory=Counter)


def find_files(paths: Sequence[Path]) -> Found:
    """Search the files and folders, in a stable order; hidden files and a README in a folder are not looked at."""
    found = Found()
    for path in paths:
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            missing = isinstance(error, FileNotFoundError)
            found.refused.append(_unreadable(path, "no such file or folder" if missing else _reason(error)))
            continue
        if stat.S_ISDIR(mode):
            _search(path, found)
        elif not stat.S_ISREG(mode):
            found.refused.append(_unreadable(path, NOT_REGULAR))
        elif not _is_article(path):
            found.refused.append(_unreadable(path, f"not an article file; {NOT_READ}"))
        else:
            found.files.append(path)
    return found


def _search(folder: Path, found: Found) -> None:
    root = Path(os.path.realpath(folder))
    files: list[Path] = []
    skipped: Counter[str] = Counter()
    refused: list[Refusal] = []
    todo = [folder]
    while todo:
        inside = todo.pop()
        try:
            entries = list(inside.iterdir())
        except OSError as error:
            refused.append(_unreadable(inside, _reason(error)))
            continue
        for entry in entries:
            try:
                if not entry.name.startswith("."):
                    _sort(entry, root, files, todo, skipped)
            except UnreadableError as error:
                refused.append(_unreadable(entry, str(error)))
    if skipped and not files and not refused:
        refused.append(_unreadable(folder, f"no article file is in it; {NOT_READ}"))
    found.files += sorted(files)
    found.refused += sorted(refused, key=lambda refusal: refusal.where)
    found.skipped += skipped


def _sort(entry: Path, root: Path, files: list[Path], todo: list[Path], skipped: Counter[str]) -> None:
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        # A link to nothing, of a kind that is not read anyway.
        if isinstance(error, FileNotFoundError) and not _is_article(entry):
            skipped[entry.suffix.lower()] += 1
            return
        raise UnreadableError(_reason(error)) from error
    is_folder = stat.S_ISDIR(mode)
    if not is_folder and entry.stem.upper() == "README":
        return
    if not is_folder and not _is_article(entry):
        skipped[entry.suffix.lower()] += 1
    elif entry.is_symlink() and not Path(os.path.realpath(entry)).is_relative_to(root):
        raise UnreadableError("a link that leads out of the folder; name what it leads to, if it is to be read")
    elif not is_folder and not stat.S_ISREG(mode):
        raise UnreadableError(NOT_REGULAR)
    elif not is_folder:
        files.append(entry)
    # What a link leads to within the folder is read where it lies.
    elif not entry.is_symlink():
        todo.append(entry)


def _is_article(path: Path) -> bool:
    return path.name.lower().endswith(ENDINGS)


def _unreadable(path: Path, reason: str) -> Refusal:
    return Refusal(printable(str(path)), reason)


def _reason(error: OSError | ValueError) -> str:
    return f"cannot be read: {(isinstance(error, OSError) and error.strerror) or error}"


# --- reading them ---------------------------------------------------------------------------------------------


def read_file(
    path: Path,
    settings: ArticleSettings,
    newsroom: tzinfo = dates.WIB,
    on_position: Callable[[int], None] = lambda position: None,
) -> Iterator[Article | Refusal | Remark]:
    """Read one file's articles, streamed; what cannot be read is refused by name and the rest goes on.

    Timestamps are dated in the newsroom's time zone. `on_position` is told how many bytes of the file were read.
    """
    max_size = settings.max_size_kb * 1024
    try:
        _check_name(path)
        if path.name.lower().endswith((".jsonl", ".jsonl.gz")):
            yield from _read_bulk(path, max_size, newsroom, on_position)
        else:
            yield from _read_one(str(path), lambda on_remark: _read_single(path, max_size, newsroom, on_remark))
    except UnreadableError as error:
        yield _unreadable(path, str(error))
    except OSError as error:
        yield _unreadable(path, _reason(error))


def _check_name(path: Path) -> None:
    # A link's own name, and that of what it leads to.
    if not (is_printable(str(path)) and is_printable(str(path.resolve()))):
        raise UnreadableError(
            "its name or its folder's is not UTF-8 or has a character that cannot be shown; rename it to read it"
        )


def _read_one(where: str, read: Callable[[OnRemark], Article]) -> Iterator[Article | Refusal | Remark]:
    remarks: list[str] = []
    try:
        article = read(remarks.append)
    except OSError as error:
        yield Refusal(where, _reason(error))
    except UnreadableError as error:
        yield Refusal(where, printable(str(error)))
    # A fault of the program's own costs this article, not those after it.
    except Exception as error:
        yield Refusal(where, fault(error))
    else:
        yield from (Remark(where, printable(remark)) for remark in remarks)
        yield article


def fault(error: Exception) -> str:
    """The reason of a refusal for which the operator can do nothing."""
    return f"wartabot fails on it, please report this: {type(error).__name__}: {printable(str(error))}"


def _read_single(path: Path, max_size: int, newsroom: tzinfo, on_remark: OnRemark) -> Article:
    with path.open("rb") as file:
        content = file.read(max_size + 1)
    if len(content) > max_size:
        raise UnreadableError(_too_large(max_size))
    header, body = split_header(decode(content))
    return build_article(
        body,
        id=header.get("id") or path.stem,
        path=str(path.resolve()),
        title=header.get("title"),
        source=header.get("source"),
        url=header.get("url"),
        published=header.get("published") or header.get("date"),
        place=header.get("place"),
        newsroom=newsroom,
        on_remark=on_remark,
    )


def _too_large(max_size: int) -> str:
    return f"larger than {max_size // 1024} kB; raise [articles] max_size_kb to read it"


def _read_bulk(
    path: Path, max_size: int, newsroom: tzinfo, on_position: Callable[[int], None]
) -> Iterator[Article | Refusal | Remark]:
    decoder = msgspec.json.Decoder(BulkLine)
    resolved = str(path.resolve())
    with path.open("rb") as file:
        for number, line in numbered_lines(_unfolded(file, max_size), max_size):

            def read(on_remark: OnRemark, line: bytes | None = line) -> Article:
                return _read_bulk_line(line, decoder, resolved, max_size, newsroom, on_remark)

            yield from _read_one(f"{path}, line {number}", read)
            on_position(file.tell())


def _read_bulk_line(
    line: bytes | None,
    decoder: msgspec.json.Decoder[BulkLine],
    path: str,
    max_size: int,
    newsroom: tzinfo,
    on_remark: OnRemark,
) -> Article:
    if line is None:
        raise UnreadableError(_too_large(max_size))
    try:
        content = decoder.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not an article: it is not UTF-8 ({error.reason})") from error
    except RecursionError as error:
        raise UnreadableError("not an article: nested too deeply") from error
    except msgspec.DecodeError as error:
        raise UnreadableError(f"not an article: {error}") from error
    return build_article(
        content.text,
        id=str(content.id),
        path=path,
        title=content.title,
        source=content.source,
        url=content.url,
        published=content.date,
        place=content.place,
        newsroom=newsroom,
        on_remark=on_remark,
    )


def open_bulk(path: Path) -> IO[bytes]:
    """The lines of a .jsonl or .jsonl.gz file of our own, as bytes."""
    return io.BufferedReader(gzip.open(path, "rb")) if path.name.endswith(".gz") else path.open("rb")


def _unfolded(file: io.BufferedReader, max_size: int) -> io.BufferedReader:
    if not file.name.lower().endswith(".gz"):
        return file
    most = max(MOST_UNFOLDED_SIZES * max_size, MOST_UNFOLDED_TIMES * os.fstat(file.fileno()).st_size)
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


# --- the door -------------------------------------------------------------------------------------------------


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
    newsroom: tzinfo = dates.WIB,
    on_remark: OnRemark = lambda remark: None,
) -> Article:
    """Make an article of what came from outside: every field is checked here, and nowhere else.

    What the text says of itself fills what is not given. Raises UnreadableError if no text stays, for an id that is not
    plain and for a date that is none; another field that cannot be kept is left out with a remark.
    """
    title = _bounded("title", one_line(title), MAX_TITLE_LENGTH, on_remark)
    source = _bounded("source", one_line(source), MAX_NAME_LENGTH, on_remark)
    place = _bounded("place", one_line(place), MAX_NAME_LENGTH, on_remark)
    cleaned = clean(readable(raw), title)
    return Article(
        id=_plain_id(id.strip()),
        text=cleaned.text,
        title=one_line(cleaned.title),
        source=source or _bounded("source", one_line(cleaned.source), MAX_NAME_LENGTH, on_remark),
        url=_web_address(url, on_remark),
        published=_date(published, newsroom) or cleaned.published,
        place=place or cleaned.place,
        path=path,
    )


def _plain_id(id: str) -> str:
    if not 1 <= len(id) <= MAX_ID_LENGTH:
        raise UnreadableError(f"its id has {len(id)} characters; write 1 to {MAX_ID_LENGTH}")
    if not is_printable(id) or "/" in id or "\\" in id:
        raise UnreadableError(
            f"its id {id!r} has a slash or a character that cannot be shown; give it a plain one, such as berita-17"
        )
    return id


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
