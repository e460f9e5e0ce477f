"""What a derived index says of itself on disk, so that a stale, foreign or damaged one is rebuilt and never used."""

import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store

FILE_NAME = "manifest.json"

Fingerprint = tuple[int, int]
"""A file's size in bytes, and its CRC-32."""


class Manifest(msgspec.Struct, frozen=True):
    """The model (or format) and store an index was made for, what it holds, and its files' fingerprints."""

    made_for: str
    store: str
    passages: int
    watermark: Watermark
    files: dict[str, Fingerprint]
    commit: int = 0
    """Where the files themselves count their changes, the count that this describes."""


def read(directory: Path, made_for: str, store: Store) -> Manifest | None:
    """The manifest, where it was made for this model and store; None otherwise."""
    try:
        manifest = msgspec.json.decode((directory / FILE_NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return manifest if (manifest.made_for, manifest.store) == (made_for, store.identity) else None


def are_intact(directory: Path, files: Mapping[str, Fingerprint]) -> bool:
    """Whether each of these files is as it was written."""
    try:
        return all(fingerprint(directory / name) == written for name, written in files.items())
    except OSError:
        return False


def write(directory: Path, manifest: Manifest) -> None:
    """Describe the index; until this returns, what was changed counts as damaged."""
    replace_file(directory / FILE_NAME, lambda unfinished: unfinished.write_bytes(msgspec.json.encode(manifest)))


def replace_file(path: Path, write_to: Callable[[Path], object]) -> None:
    """Write a file beside and swap it in, so that it is never seen half-written."""
    unfinished = path.with_name(path.name + ".unfinished")
    write_to(unfinished)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def fingerprint(path: Path) -> Fingerprint:
    """Of a file as it is now, read a megabyte at a time."""
    checksum, size = 0, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
            size += len(block)
    return size, checksum
