"""Read files into articles: clean text, title, outlet, place and date, each only as far as the file says it."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Annotated

import msgspec

from embeddings.indonesian import dates
from embeddings.sources.documents import NOT_READ, is_read, read_stream
from embeddings.sources.ids import id_of_file
from embeddings.sources.origin import Origin
from embeddings.sources.plain_text import UnreadableError, is_printable
from embeddings.sources.refusals import Refusal, Remark, reason_of, refused
from embeddings.types import Article

NOT_REGULAR = "not a file, but a pipe, a socket or a device"


class ArticleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where articles come from, and how large one may be."""

    paths: tuple[str, ...] = ("seeds",)
    max_size_kb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1024
    prune_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    # Pictures and fonts are in it, too.
    max_document_kb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 20_480


# --- finding files --------------------------------------------------------------------------------------------


class Found(msgspec.Struct):
    """The article files under the named files and folders, what cannot be read, and how many others by their ending."""

    files: list[Path] = []
    refused: list[Refusal] = []
    skipped: Counter[str] = msgspec.field(default_factory=Counter)
    folders: dict[Path, Path] = {}
    """By file, the folder that was named to find it."""


def find_files(paths: Sequence[Path]) -> Found:
    """Search the files and folders, in a stable order; hidden files and a README in a folder are not looked at."""
    found = Found()
    for path in paths:
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            missing = isinstance(error, FileNotFoundError)
            found.refused.append(refused(path, "no such file or folder" if missing else reason_of(error)))
            continue
        if stat.S_ISDIR(mode):
            _search(path, found)
        elif not stat.S_ISREG(mode):
            found.refused.append(refused(path, NOT_REGULAR))
        elif not is_read(path.name):
            found.refused.append(refused(path, f"not an article file; {NOT_READ}"))
        else:
            found.files.append(path)
    return found


def _search(folder: Path, found: Found) -> None:
    root = Path(os.path.realpath(folder))
    files: list[Path] = []
    skipped: Counter[str] = Counter()
    refusals: list[Refusal] = []
    todo = [folder]
    while todo:
        inside = todo.pop()
        try:
            entries = list(inside.iterdir())
        except OSError as error:
            refusals.append(refused(inside, reason_of(error)))
            continue
        for entry in entries:
            try:
                if not entry.name.startswith("."):
                    _sort(entry, root, files, todo, skipped)
            except UnreadableError as error:
                refusals.append(refused(entry, str(error)))
    if skipped and not files and not refusals:
        refusals.append(refused(folder, f"no article file is in it; {NOT_READ}"))
    found.files += sorted(files)
    found.folders.update(dict.fromkeys(files, folder))
    found.refused += sorted(refusals, key=lambda refusal: refusal.where)
    found.skipped += skipped


def _sort(entry: Path, root: Path, files: list[Path], todo: list[Path], skipped: Counter[str]) -> None:
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        # A link to nothing, of a kind that is not read anyway.
        if isinstance(error, FileNotFoundError) and not is_read(entry.name):
            skipped[entry.suffix.lower()] += 1
            return
        raise UnreadableError(reason_of(error)) from error
    is_folder = stat.S_ISDIR(mode)
    if not is_folder and entry.stem.upper() == "README":
        return
    if not is_folder and not is_read(entry.name):
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


# --- reading them ---------------------------------------------------------------------------------------------


def read_file(
    path: Path,
    settings: ArticleSettings,
    newsroom: tzinfo = dates.WIB,
    on_position: Callable[[int], None] = lambda position: None,
    folder: Path | None = None,
) -> Iterator[Article | Refusal | Remark]:
    """Read one file's articles, streamed; what cannot be read is refused by name and the rest goes on.

    An article that is given no id gets that of the file's place in the folder (see id_of_file). Timestamps are dated in
    the newsroom's time zone. `on_position` is told how many bytes of the file were read.
    """
    try:
        _check_name(path)
        origin = Origin(
            str(path),
            id_of_file(path, folder),
            path=str(path.resolve()),
            newsroom=newsroom,
            max_size=settings.max_size_kb * 1024,
            max_document_size=settings.max_document_kb * 1024,
        )
        with path.open("rb") as file:
            for found in read_stream(file, path.name, origin):
                yield found
                on_position(file.tell())
    except UnreadableError as error:
        yield refused(path, str(error))
    except OSError as error:
        yield refused(path, reason_of(error))


def _check_name(path: Path) -> None:
    # A link's own name, and that of what it leads to.
    if not (is_printable(str(path)) and is_printable(str(path.resolve()))):
        raise UnreadableError(
            "its name or its folder's is not UTF-8 or has a character that cannot be shown; rename it to read it"
        )
