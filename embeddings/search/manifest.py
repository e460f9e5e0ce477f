"""What a derived index says of itself on disk, so that a stale, foreign or damaged one is rebuilt and never used."""

import os
import zlib
from pathlib import Path

import msgspec

from embeddings.storage.passages import Watermark
from embeddings.storage.store import Store

FILE_NAME = "manifest.json"


class Manifest(msgspec.Struct, frozen=True):
    """The model (or format) and store an index was made for, what it holds, and each file's size and checksum."""

    made_for: str
    store: str
    passages: int
    watermark: Watermark
    files: dict[str, tuple[int, int]]


def read_intact(directory: Path, made_for: str, store: Store) -> Manifest | None:
    """The manifest, where it was made for this model and store and every file is as written; None otherwise."""
    try:
        manifest = msgspec.json.decode((directory / FILE_NAME).read_bytes(), type=Manifest)
        files = {name: _fingerprint(directory / name) for name in manifest.files}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    sound = (manifest.made_for, manifest.store, manifest.files) == (made_for, store.identity, files)
    return manifest if sound else None


def write(directory: Path, made_for: str, store: Store, passages: int, watermark: Watermark, files: list[str]) -> None:
    """Describe the files as they are now; until this returns, the index counts as damaged."""
    fingerprints = {name: _fingerprint(directory / name) for name in files}
    described = Manifest(made_for, store.identity, passages, watermark, fingerprints)
    replace_file(directory / FILE_NAME, msgspec.json.encode(described))


def replace_file(path: Path, content: bytes) -> None:
    """Write a file beside and swap it in, so that it is never seen half-written."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _fingerprint(path: Path) -> tuple[int, int]:
    checksum, size = 0, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
            size += len(block)
    return size, checksum
