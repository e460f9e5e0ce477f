"""What fails in a knowledge base's file, said for the person who must act."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import StoreUnusable

LOCK_TIMEOUT_SECONDS = 10.0
DAMAGED = (
    "the database is damaged ({message}). Move the file away and run wartabot index: it is built again from the "
    "articles' files."
)


@contextmanager
def errors_explained(path: Path) -> Iterator[None]:
    """Raise what SQLite raises as StoreUnusable."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreUnusable(f"{path}: {_advice(error)}") from error
    # SQLite's own message holds what it found, which here is no text.
    except UnicodeDecodeError as error:
        raise StoreUnusable(f"{path}: {DAMAGED.format(message='its schema is no text')}") from error
    except OSError as error:
        raise StoreUnusable(
            f"{path} cannot be opened ({error.strerror or error}). Check that the folder exists and may be "
            "written, or choose another with --data."
        ) from error


def _advice(error: sqlite3.DatabaseError) -> str:
    message = str(error)
    if "locked" in message:
        return (
            f"another process has held the database locked for {LOCK_TIMEOUT_SECONDS:.0f} s. Nothing was lost; wait "
            "for it to finish and try again."
        )
    if "full" in message:
        return "the disk is full. Nothing was lost; free some space and run the same command again."
    if "unable to open" in message or "readonly" in message:
        return f"{message}. Check that the folder exists and may be written, or choose another with --data."
    if "not a database" in message or "malformed" in message:
        return DAMAGED.format(message=message)
    return message
