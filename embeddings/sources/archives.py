"""The files in a .zip, each read within bounds; a name in it is a name, never a path."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from embeddings.sources.ids import id_of_file
from embeddings.sources.origin import Origin
from embeddings.sources.packed import DAMAGE, open_packed
from embeddings.sources.plain_text import UnreadableError, printable
from embeddings.sources.refusals import too_large_document

_ENCRYPTED = 1
# What hides in archives that a Mac makes.
_OF_SYSTEMS = "__MACOSX"


def open_archive(file: io.BufferedReader, origin: Origin) -> zipfile.ZipFile:
    """Open a .zip; raises UnreadableError where it is damaged, too large, or unfolds to more than its like."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > origin.max_document_size:
        raise UnreadableError(too_large_document(origin.max_document_size))
    return open_packed(file, size, origin.max_size)


def members_of(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """The files in an archive but for hidden ones and a README, which are not looked at in folders either."""
    for member in archive.infolist():
        parts = _parts(member)
        hidden = any(part.startswith(".") or part == _OF_SYSTEMS for part in parts)
        if parts and not member.is_dir() and not hidden and parts[-1].partition(".")[0].upper() != "README":
            yield member


def open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> io.BufferedReader:
    """The content of a file in an archive; raises UnreadableError where it is locked, and on reading if damaged."""
    if member.flag_bits & _ENCRYPTED:
        raise UnreadableError("locked with a password; pack it without one")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableError("packed in a way that is not read; pack it with Deflate, as most programs do")
    try:
        return io.BufferedReader(_Unpacked(archive.open(member)))
    except DAMAGE as error:
        raise UnreadableError(f"damaged in the archive ({error})") from error


def member_origin(member: zipfile.ZipInfo, ending: str | None, origin: Origin) -> Origin:
    """Where a file in an archive comes from; its id tells its folders and the archive, as there may be many."""
    id = id_of_file(Path(origin.id, *_parts(member)), Path(), ending or "")
    return msgspec.structs.replace(origin, where=f"{origin.where}, {printable(member.filename)}", id=id, url=None)


def _parts(member: zipfile.ZipInfo) -> list[str]:
    # Some programs write backslashes.
    parts = member.filename.replace("\\", "/").split("/")
    return [part for part in parts if part not in ("", ".", "..")]


class _Unpacked(io.RawIOBase):
    """A file in an archive whose damage is told as what it is."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._member.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            content = self._member.read(len(buffer))
        except DAMAGE as error:
            raise UnreadableError(f"damaged in the archive ({error})") from error
        buffer[: len(content)] = content
        return len(content)
