"""What could not be read or kept, in words for the person who can mend it."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from embeddings.sources.plain_text import printable


class Refusal(msgspec.Struct, frozen=True):
    """What could not be read, and why, for the person who can mend it."""

    where: str
    reason: str


class Remark(msgspec.Struct, frozen=True):
    """What was left out of an article that was read, for the person who can mend it."""

    where: str
    note: str


OnRemark = Callable[[str], None]
"""Told what is left out of an article."""


def fault(error: Exception) -> str:
    """The reason of a refusal for which the operator can do nothing."""
    return f"wartabot fails on it, please report this: {type(error).__name__}: {printable(str(error))}"


def refused(path: Path, reason: str) -> Refusal:
    """The refusal of a file or a folder, whose name may hold anything."""
    return Refusal(printable(str(path)), reason)


def reason_of(error: OSError | ValueError) -> str:
    """The reason of a refusal for what the operating system says."""
    return f"cannot be read: {(isinstance(error, OSError) and error.strerror) or error}"


def too_large(max_size: int) -> str:
    """The reason of a refusal for a file or a line of more than `max_size` bytes."""
    return f"larger than {max_size // 1024} kB; raise [articles] max_size_kb to read it"


def too_large_document(max_size: int) -> str:
    """The reason of a refusal for a document of more than `max_size` bytes."""
    return f"larger than {max_size // 1024} kB; raise [articles] max_document_kb to read it"
