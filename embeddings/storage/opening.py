"""Where the articles are stored, and the store opened there."""

from pathlib import Path

import msgspec

from embeddings.storage.postgresql import InPostgreSQL
from embeddings.storage.store import FILE_NAME, Store


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where articles and chats are stored."""

    url: str = ""
    """A PostgreSQL database; empty for files in the data folder."""


def open_store(folder: Path, settings: StoreSettings) -> Store:
    """The store of this data folder; raises StoreUnusable where it cannot be opened."""
    return Store(InPostgreSQL(settings.url, folder) if settings.url else folder / FILE_NAME)
