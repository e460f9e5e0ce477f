"""Carry tables from one database into another, every row compared, on from where a killed run was."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import zip_longest
from typing import Any, NamedTuple, Protocol

from embeddings.errors import StoreUnusable
from embeddings.postgresql import Connection
from embeddings.storage.store import Store

ROWS_AT_ONCE = 500
DAMAGED_NAMED = 5
OnRows = Callable[[int, int], None]


class Table(NamedTuple):
    """A table, and the columns that tell its rows apart, by which they are ordered; none of them may be NULL."""

    name: str
    key: tuple[str, ...]


class Side(Protocol):
    """A database that rows are read from or written to."""

    connection: Connection

    def transaction(self) -> AbstractContextManager[Connection]: ...


ARTICLE_TABLES = (
    Table("encoder", ("only",)),
    Table("articles", ("number",)),
    Table("passages", ("id",)),
    Table("removed_passages", ("number",)),
    Table("stories", ("article",)),
    Table("story_bands", ("band", "article")),
    Table("facts", ("number",)),
    Table("fact_keys", ("key", "fact")),
    Table("findings", ("article", "topic")),
    Table("times", ("kind", "first", "last", "article")),
    Table("versions", ("number",)),
    Table("sources", ("url",)),
    Table("links", ("source", "url")),
    Table("positions", ("name",)),
)
"""Whatever refers to another comes behind it; the identity is carried over by itself, and triggers count."""


def move_store(source: Store, target: Store, on_progress: OnRows = lambda done, total: None) -> Store:
    """Fill an empty store with all that another holds and return it; progress is in rows, each copied and compared.

    Nobody sees the copy before every row is as in the source. A run that was killed is simply run again. Raises
    StoreUnusable where the target holds anything, or the source damaged articles.
    """
    if _state(source) == _state(target):
        # An earlier run has done it.
        return target
    _refuse_used(target)
    with source.alone(), target.alone(), source.snapshot():
        _refuse_damaged(source)
        copy = _copy_begun(source, target)
        if different := copy_tables(source.engine, copy.engine, ARTICLE_TABLES, on_progress):
            copy.discard()
            raise StoreUnusable(
                f"{source.name} was changed since a run that was stopped: its table {different} is another now. "
                "Nothing is lost; give the command again."
            )
        copy.engine.go_on_after(*source.engine.watermark())
        # It took long, and the lock of a connection that was lost keeps nobody out.
        _refuse_used(target)
        return target.replaced_by(copy)


def copy_tables(source: Side, target: Side, tables: Sequence[Table], on_progress: OnRows) -> str | None:
    """Copy the rows behind the last that the target has, then compare all; the first table that differs, else None."""
    total, done = 2 * sum(_count(source, table) for table in tables), 0
    for table in tables:
        done += _count(target, table)
        for rows in _pages(source, table, _last_key(target, table)):
            _insert(target, table, rows)
            on_progress(done := done + len(rows), total)
    for table in tables:
        for rows, copied in zip_longest(_pages(source, table), _pages(target, table), fillvalue=list[Any]()):
            if rows != copied:
                return table.name
            on_progress(done := done + len(rows), total)
    return None


def _refuse_used(target: Store) -> None:
    if target.had_articles() or target.known_sources():
        raise StoreUnusable(
            f"{target.name} holds articles already, and nothing was changed. Name a database or a folder without any."
        )


def _refuse_damaged(source: Store) -> None:
    if damaged := list(source.damaged()):
        named = ", ".join(map(repr, damaged[:DAMAGED_NAMED]))
        raise StoreUnusable(
            f"{source.name} holds {len(damaged)} damaged articles ({named}), and nothing was moved. What mends them: "
            "wartabot doctor"
        )


def _copy_begun(source: Store, target: Store) -> Store:
    """What an earlier run left of the same source beside the target, or a new store with its identity."""
    copy = target.beside("moving")
    if _state(copy) == _state(source):
        return copy
    copy.discard()
    copy = target.beside("moving")
    copy.engine.go_on_after(*source.engine.watermark())
    with copy.engine.transaction() as database:
        database.execute("UPDATE identity SET value = ?", (source.identity,))
    copy.close()
    return target.beside("moving")


def _state(store: Store) -> tuple[str, object]:
    return store.identity, store.watermark()


def _count(side: Side, table: Table) -> int:
    return int(side.connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])


def _last_key(side: Side, table: Table) -> tuple[Any, ...] | None:
    order = ", ".join(f'"{column}" DESC' for column in table.key)
    query = f"SELECT {_columns(table.key)} FROM {table.name} ORDER BY {order} LIMIT 1"
    row = side.connection.execute(query).fetchone()
    return tuple(row) if row else None


def _pages(side: Side, table: Table, after: tuple[Any, ...] | None = None) -> Iterator[list[Any]]:
    """The rows behind a key, in the order of the keys, their columns in the order of their names."""
    columns = _columns_of(side, table)
    places = [columns.index(column) for column in table.key]
    key = _columns(table.key)
    while True:
        behind = f"WHERE ({key}) > ({', '.join('?' * len(table.key))})" if after else ""
        query = f"SELECT {_columns(columns)} FROM {table.name} {behind} ORDER BY {key} LIMIT {ROWS_AT_ONCE}"
        rows = side.connection.execute(query, after or ()).fetchall()
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][place] for place in places)


def _insert(side: Side, table: Table, rows: Sequence[Any]) -> None:
    columns = _columns_of(side, table)
    statement = f"INSERT INTO {table.name}({_columns(columns)}) VALUES ({', '.join('?' * len(columns))})"
    with side.transaction() as database:
        database.executemany(statement, rows)


def _columns_of(side: Side, table: Table) -> list[str]:
    return sorted(column[0] for column in side.connection.execute(f"SELECT * FROM {table.name} LIMIT 0").description)


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
