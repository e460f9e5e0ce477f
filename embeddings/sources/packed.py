"""Archives from outside, opened within bounds: no bomb unfolds, and no name in them is taken for a path."""

import struct
import zipfile
import zlib
from typing import IO

from embeddings.sources.bulk import MOST_UNFOLDED_SIZES, MOST_UNFOLDED_TIMES
from embeddings.sources.plain_text import UnreadableError

MOST_MEMBERS = 10_000
# Beside its own error, whatever the numbers in a damaged archive lead zipfile to.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError, RuntimeError, ValueError, struct.error)


def open_packed(file: IO[bytes], size: int, max_size: int) -> zipfile.ZipFile:
    """Open an archive of `size` bytes; raises UnreadableError where it is damaged, or unfolds to more than its like."""
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise UnreadableError(f"a damaged file, or none of this kind ({error})") from error
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise UnreadableError(f"{len(members)} files are in it; at most {MOST_MEMBERS} are read. Divide it")
    most = max(MOST_UNFOLDED_SIZES * max_size, MOST_UNFOLDED_TIMES * size)
    # A member is never read beyond the size that it tells.
    if (unfolded := sum(member.file_size for member in members)) > most:
        raise UnreadableError(
            f"it unfolds to {unfolded // 1024} kB, more than {most // 1024}, as no documents of its size do; divide it"
        )
    return archive
