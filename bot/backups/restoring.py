"""Put a backup back into a data folder, once all of it is verified."""

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from bot.backups.manifest import (
    KNOWN_VERSIONS,
    MANIFEST,
    OWNER_ONLY,
    Done,
    Manifest,
    Part,
    blocks,
    check,
    failures_told,
    newer,
    only_backup,
    open_database,
    sync,
    unsound,
    version_of,
    workspace,
)
from embeddings import STORE_FILE, OnProgress, StoreUnusable, printable

DERIVED = ("dense", "lexical")
LONGEST_MANIFEST = 100_000


def restore(file: Path, folder: Path, force: bool, on_progress: OnProgress) -> Manifest:
    """Put a backup's databases into a data folder, which stays as it is unless all of the backup is sound.

    Raises StoreUnusable where it is not, where a newer wartabot made it, where something uses the folder, and, unless
    by `force`, where the folder has articles or chats already. Progress is in bytes.
    """
    with failures_told(file), _opened(file) as archive:
        manifest = _manifest_of(archive, file)
        there = [name for name in (*KNOWN_VERSIONS, *DERIVED) if (folder / name).exists()]
        if there and not force:
            raise StoreUnusable(
                f"{folder} is not empty ({', '.join(there)}) and stays as it is. Restore into another folder (--data), "
                "or write over what is there: wartabot restore --force"
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with only_backup(folder), workspace(folder / "restore.unfinished") as unfinished:
            done = Done(sum(part.size for part in manifest.parts.values()), on_progress)
            for name, part in manifest.parts.items():
                _unpack(archive, name, part, unfinished / name, done)
            for name in KNOWN_VERSIONS:
                _refuse_if_in_use(folder / name)
            _put_in_place(manifest, unfinished, folder)
    return manifest


def _put_in_place(manifest: Manifest, unfinished: Path, folder: Path) -> None:
    # Made from what is replaced; they are made again at the next start.
    for name in DERIVED:
        shutil.rmtree(folder / name, ignore_errors=True)
    # The articles last: without them the bot does not start and says so, and restoring again mends it.
    for name in filter(manifest.parts.__contains__, KNOWN_VERSIONS):
        for leftover in ("-wal", "-shm", "-journal"):
            (folder / f"{name}{leftover}").unlink(missing_ok=True)
        (unfinished / name).replace(folder / name)
    sync(folder)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    with file.open("rb") as content:
        try:
            archive = zipfile.ZipFile(content)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise unsound(file, str(error)) from error
        with archive:
            yield archive


def _manifest_of(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        with archive.open(MANIFEST) as member:
            manifest = msgspec.json.decode(member.read(LONGEST_MANIFEST), type=Manifest)
    except Exception as error:
        raise unsound(file, f"its {MANIFEST} cannot be read") from error
    if not {STORE_FILE} <= set(manifest.parts) <= set(KNOWN_VERSIONS):
        raise unsound(file, f"it holds {printable(', '.join(sorted(manifest.parts)))}")
    for name, part in manifest.parts.items():
        if part.data_version > KNOWN_VERSIONS[name]:
            raise newer(f"{name} in {file}", part.data_version, KNOWN_VERSIONS[name])
    return manifest


def _unpack(archive: zipfile.ZipFile, name: str, part: Part, path: Path, done: Done) -> None:
    """Write a database beside, and hold it against what the manifest says of it."""
    file = Path(str(archive.filename or name))
    if part.size > shutil.disk_usage(path.parent).free:
        raise StoreUnusable(f"{path.parent.parent} has no room for the {part.size // 1_000_000} MB of {name}.")
    digest, size = sha256(), 0
    try:
        with archive.open(name) as member, path.open("xb") as copy:
            path.chmod(OWNER_ONLY)
            for block in blocks(member):
                size += len(block)
                if size > part.size:
                    break
                copy.write(block)
                digest.update(block)
                done.add(len(block))
            copy.flush()
            os.fsync(copy.fileno())
    except OSError:
        raise
    # What a damaged archive makes the library raise is of many kinds.
    except Exception as error:
        raise unsound(file, f"{name} cannot be read: {error}") from error
    if (size, digest.hexdigest()) != (part.size, part.sha256):
        raise unsound(file, f"{name} is not what was backed up")
    with closing(sqlite3.connect(path)) as database:
        if version_of(database, path) != part.data_version:
            raise unsound(file, f"{name} is of another version than it says")
        check(database, path)


def _refuse_if_in_use(path: Path) -> None:
    """Raise StoreUnusable where any process has the database open: none could then change how it is written."""
    if not path.exists():
        return
    with closing(open_database(path, timeout=0)) as database:
        try:
            (mode,) = database.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.DatabaseError as error:
            mode = "wal" if "locked" in str(error) else "damaged"
    if mode == "wal":
        raise StoreUnusable(f"{path} is in use. Stop the bot, and whatever else reads it, and restore then.")
