"""Where bytes come from, and what is known of them beside what they say."""

from collections.abc import Callable
from datetime import tzinfo
from typing import IO

import msgspec

from embeddings.indonesian import dates
from embeddings.sources.plain_text import UnreadableError
from embeddings.sources.refusals import OnRemark, too_large, too_large_document
from embeddings.types import Article

MAX_SIZE = 1024 * 1024
MAX_DOCUMENT_SIZE = 20 * MAX_SIZE


class Origin(msgspec.Struct, frozen=True):
    """A file, a member of an archive or a download: how it is called, and what is known of it beside what it says.

    Sizes are in bytes: `max_size` is that of a text, a page or one row of many, `max_document_size` that of a document
    with pictures and fonts in it.
    """

    where: str
    """What refusals and remarks call it."""
    id: str
    """The id of an article that names none itself."""
    path: str | None = None
    url: str | None = None
    outlet: str | None = None
    newsroom: tzinfo = dates.WIB
    max_size: int = MAX_SIZE
    max_document_size: int = MAX_DOCUMENT_SIZE


Attempt = tuple[str, Callable[[OnRemark], Article]]
"""What may be an article: how refusals call it, and what reads it, or raises UnreadableError where it is none."""


def read_text(file: IO[bytes], origin: Origin) -> bytes:
    """The whole of a text or a page; raises UnreadableError where it is too large."""
    content = file.read(origin.max_size + 1)
    if len(content) > origin.max_size:
        raise UnreadableError(too_large(origin.max_size))
    return content


def read_whole_document(file: IO[bytes], origin: Origin) -> bytes:
    """The whole of a document with pictures and fonts in it; raises UnreadableError where it is too large."""
    content = file.read(origin.max_document_size + 1)
    if len(content) > origin.max_document_size:
        raise UnreadableError(too_large_document(origin.max_document_size))
    return content
