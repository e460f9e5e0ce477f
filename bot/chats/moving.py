"""Carry what is kept of people from a file into PostgreSQL, or back: all of it, or nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from bot.chats.chats import Chats
from embeddings import Connection, StoreUnusable, Table, copy_tables

TABLES = (
    Table("settings", ("chat",)),
    Table("groups", ("chat",)),
    Table("registered", ("name",)),
    Table("questions", ("update_id",)),
    Table("answers", ("id",)),
    Table("feedback", ("id",)),
    Table("replies", ("report",)),
    Table("unanswered", ("asker", "question")),
    Table("subscriptions", ("id",)),
    Table("matches", ("id",)),
    Table("alerts", ("id",)),
    Table("matched", ("store",)),
    Table("counts", ("day", "kind", "value")),
    Table("digests", ("administrator", "due")),
    Table("changes", ("token",)),
)
"""Whatever refers to another comes behind it; which processes are at work is left behind."""
NUMBERED = tuple(table.name for table in TABLES if table.key == ("id",))


class _Side:
    """One end of the move, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def transaction(self) -> AbstractContextManager[Connection]:
        return nullcontext(self.connection)


def move_chats(source: Chats, target: Chats, on_progress: Callable[[int, int], None]) -> None:
    """Copy and compare every row; progress is in rows. Raises StoreUnusable where the target holds other chats."""
    with source.database.transaction() as reading, target.database.transaction(alone=True) as writing:
        if different := copy_tables(_Side(reading), _Side(writing), TABLES, on_progress):
            raise StoreUnusable(
                f"What is kept of people was not moved: in the table {different}, the target holds rows of its own. "
                "Nothing was changed. Name a database or a folder without any."
            )
        if target.database.shared:
            last = {} if source.database.shared else dict(reading.execute("SELECT name, seq FROM sqlite_sequence"))
            for table in NUMBERED:
                # Behind the last that was ever given, as ids are found in old messages.
                writing.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                    f"greatest((SELECT coalesce(max(id), 0) FROM {table}), CAST(? AS BIGINT)) + 1, false)",
                    (last.get(table, 0),),
                )
