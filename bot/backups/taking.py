"""Take a backup of a data folder, also while the bot runs."""

import os
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
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
    only_backup,
    open_database,
    sync,
    version_of,
    workspace,
)
from bot.chats import FILE_NAME as CHATS_FILE
from embeddings import STORE_FILE, OnProgress, StoreUnusable

PAGES_AT_ONCE = 1024


def back_up(folder: Path, file: Path, with_chats: bool, on_progress: OnProgress) -> Manifest:
    """Put a data folder's databases, each as it is at one moment, into one file that only its owner can read.

    The file is there whole or, after a kill, as it was before. Raises StoreUnusable. Progress is in bytes.
    """
    names = [name for name in KNOWN_VERSIONS if (folder / name).exists() and (with_chats or name != CHATS_FILE)]
    if STORE_FILE not in names:
        raise StoreUnusable(f"{folder} holds no {STORE_FILE}, so there is nothing to back up. Name the folder: --data")
    if file.exists() and not zipfile.is_zipfile(file):
        raise StoreUnusable(f"{file} is no backup and is not written over. Name another file.")
    with (
        failures_told(file),
        only_backup(folder),
        workspace(file.with_name(f"{file.name}.unfinished")) as unfinished,
    ):
        done = Done(2 * sum((folder / name).stat().st_size for name in names), on_progress)
        versions = {name: _copy(folder / name, unfinished / name, done) for name in names}
        packed = unfinished / "backup"
        manifest = _pack(packed, unfinished, versions, done)
        packed.replace(file)
        sync(file.parent)
    return manifest


def _copy(source: Path, copy: Path, done: Done) -> int:
    """Copy a database as it is now, whoever writes it meanwhile, and return the version of its schema."""
    with closing(open_database(source)) as reading, closing(sqlite3.connect(copy)) as writing:
        # A transaction that has begun to read sees one state to its end.
        reading.execute("BEGIN")
        data_version = version_of(reading, source)
        size = reading.execute("PRAGMA page_size").fetchone()[0]
        reading.backup(writing, pages=PAGES_AT_ONCE, progress=lambda *_: done.add(PAGES_AT_ONCE * size))
        # So that all of it is in the one file.
        writing.execute("PRAGMA journal_mode = DELETE")
        check(writing, source)
    return data_version


def _pack(packed: Path, folder: Path, versions: dict[str, int], done: Done) -> Manifest:
    parts: dict[str, Part] = {}
    descriptor = os.open(packed, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, data_version in versions.items():
                digest, size = sha256(), 0
                with (folder / name).open("rb") as copy, archive.open(name, "w", force_zip64=True) as member:
                    for block in blocks(copy):
                        member.write(block)
                        digest.update(block)
                        size += len(block)
                        done.add(len(block))
                parts[name] = Part(size, digest.hexdigest(), data_version)
            manifest = Manifest(version("wartabot"), datetime.now(UTC).isoformat(timespec="seconds"), parts)
            archive.writestr(MANIFEST, msgspec.json.encode(manifest))
        file.flush()
        os.fsync(file.fileno())
    return manifest
