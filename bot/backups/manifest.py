"""What a backup holds and which versions are known, and what taking one and putting it back share."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import msgspec
from filelock import FileLock, Timeout

from bot.chats import CHATS_VERSION
from bot.chats import FILE_NAME as CHATS_FILE
from embeddings import STORE_FILE, STORE_VERSION, OnProgress, StoreUnusable

# People's answers first: what they quote is then among the articles, which are copied after them.
KNOWN_VERSIONS = {CHATS_FILE: CHATS_VERSION, STORE_FILE: STORE_VERSION}
MANIFEST = "manifest.json"
BLOCK_BYTES = 1 << 20
OWNER_ONLY = 0o600


class Part(msgspec.Struct, frozen=True):
    """A database in a backup: its size in bytes, its checksum, and the version of its schema."""

    size: int
    sha256: str
    data_version: int


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds, by name of the file, and which wartabot made it when (ISO 8601, UTC)."""

    wartabot: str
    made: str
    parts: dict[str, Part]


class Done:
    """Tells how many bytes are done, of about how many."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self._total, self._on_progress = total, on_progress
        self._done = 0

    def add(self, size: int) -> None:
        self._done += size
        self._on_progress(min(self._done, self._total), self._total)


def open_database(path: Path, timeout: float = 10) -> sqlite3.Connection:
    """A database as it is, of whatever version."""
    # mode=rw: what is not there is not made.
    uri = f"file:{quote(str(path))}?mode=rw"
    return sqlite3.connect(uri, timeout=timeout, isolation_level=None, uri=True)


def version_of(database: sqlite3.Connection, path: Path) -> int:
    """The version of its schema; raises StoreUnusable where this wartabot does not know it."""
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found > KNOWN_VERSIONS[path.name]:
        raise newer(str(path), found, KNOWN_VERSIONS[path.name])
    return int(found)


def newer(what: str, found: int, known: int) -> StoreUnusable:
    """That something is of a version that this wartabot does not know."""
    return StoreUnusable(
        f"{what} was written by a newer wartabot (data version {found}, this one knows {known}). Update wartabot first."
    )


def check(database: sqlite3.Connection, path: Path) -> None:
    """Raise StoreUnusable where SQLite finds something wrong with the database."""
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreUnusable(f"{path} is damaged ({found}). Ask wartabot doctor what to do.")


def unsound(file: Path, why: str) -> StoreUnusable:
    """That a file is not to be restored from."""
    return StoreUnusable(f"{file} is no backup, or is damaged: {why}. Nothing was changed; take another backup.")


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """What is left of a file, piece by piece."""
    while block := file.read(BLOCK_BYTES):
        yield block


def sync(folder: Path) -> None:
    """Let the disk know which files are in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def workspace(path: Path) -> Iterator[Path]:
    """A folder that only its owner may enter; what a killed process left of it is removed, and so is it in the end."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def only_backup(folder: Path) -> Iterator[None]:
    """Hold the lock of the one process that takes or restores a backup of this data folder."""
    try:
        lock = FileLock(folder / "backup.lock").acquire(timeout=0)
    except Timeout as error:
        raise StoreUnusable(f"Another backup of {folder} is being made or restored. Wait for it to finish.") from error
    with lock:
        yield


@contextmanager
def failures_told(file: Path) -> Iterator[None]:
    """Raise what the disk and SQLite raise as StoreUnusable."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreUnusable(f"The backup {file} was not finished: {error}. Ask wartabot doctor what to do.") from error
    except FileNotFoundError as error:
        missing = file if file.parent.is_dir() else file.parent
        raise StoreUnusable(f"There is no {missing}. Name a file, and a folder, that is there.") from error
    except OSError as error:
        where = error.filename or file
        raise StoreUnusable(
            f"The backup {file} was not finished: {where}: {error.strerror or error}. Make room or mend the folder's "
            "permissions, and run the same command again."
        ) from error
