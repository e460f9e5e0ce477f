"""The ids of articles that were given none: of the place of a file in its folder, or of a page's address."""

import re
from hashlib import blake2b
from pathlib import Path, PurePath

from embeddings.addresses import canonical_address

MAX_ID_LENGTH = 200
_LONGEST_NAME = 100
_DIGITS = 12


def id_of_file(file: Path, folder: Path | None = None, ending: str | None = None) -> str:
    """The file's place in the folder that was named, without its ending: "2024.01.rakor" for 2024/01/rakor.txt.

    A point parts the folders: it needs no quoting in a shell or a link, and unlike a slash it leads nowhere. What is
    too long keeps its end, behind a digest of the whole.
    """
    ending = file.suffix if ending is None else ending
    inside = file.relative_to(folder) if folder is not None and file.is_relative_to(folder) else Path(file.name)
    whole = ".".join((*inside.parts[:-1], inside.name.removesuffix(ending)))
    if len(whole) <= MAX_ID_LENGTH:
        return whole
    return f"{_digest(whole)}.{whole[-(MAX_ID_LENGTH - _DIGITS - 1) :]}"


def id_of_url(url: str) -> str:
    """The id of an article that comes from the web: host, last part of the path, and a digest of the whole address.

    All links to one article give one id: with https or http, with or without what counts readers.
    """
    address = canonical_address(url) or url.strip()
    host, _, path = address.partition("://")[2].partition("/")
    name = re.sub(r"[^a-z0-9]+", "-", path.partition("?")[0].rpartition("/")[2].lower()).strip("-")[:_LONGEST_NAME]
    host = re.sub(r"[^a-z0-9.-]+", "-", host)[: MAX_ID_LENGTH - _LONGEST_NAME - _DIGITS - 2]
    return ".".join(part for part in (host, name, _digest(address)) if part)


def id_of_content(name: str, content: bytes) -> str:
    """The id of an article that was sent under this name: many a document is called "surat.pdf"."""
    stem = re.sub(r"[^a-z0-9]+", "-", PurePath(name).stem.lower()).strip("-")[:_LONGEST_NAME]
    return ".".join(part for part in (stem, _digest(content)) if part)


def _digest(content: str | bytes) -> str:
    content = content.encode() if isinstance(content, str) else content
    return blake2b(content, digest_size=_DIGITS // 2).hexdigest()
