"""When articles appeared, and which times they name: stored as ranges of days, so that a filter can be asked for."""

import sqlite3
from datetime import date
from typing import NamedTuple

from embeddings.filter import Filter
from embeddings.indonesian.periods import days_of, kind_of, times_named
from embeddings.types import Article


class Time(NamedTuple):
    """A time that an article has: one of the kinds of Filter, its first and its last day as ISO 8601."""

    kind: str
    first: str
    last: str


ANY_TIME = Time("undated", date.min.isoformat(), date.max.isoformat())


def times_of(article: Article) -> set[Time]:
    """When an article appeared, and the times that its text names."""
    appeared = Time("published", *days_of(article.published)) if article.published else ANY_TIME
    named = times_named(article.text, article.published)
    return {appeared, *(Time(kind_of(time), *days_of(time)) for time in named)}


def save_times(database: sqlite3.Connection, number: int, times: set[Time]) -> None:
    """Store the times of the article with this number, in place of what it has."""
    database.execute("DELETE FROM times WHERE article = ?", (number,))
    database.executemany("INSERT INTO times VALUES (?, ?, ?, ?)", ((*time, number) for time in times))


def within(where: Filter) -> tuple[str, list[str]]:
    """The SQL condition on a column `article`, and its values, that a filter is."""
    conditions, values = ["TRUE"], list[str]()
    if where.first or where.last:
        kinds = ", ".join("?" * len(where.kinds))
        conditions.append(
            f"article IN (SELECT article FROM times WHERE kind IN ({kinds}) AND first <= ? AND last >= ?)"
        )
        values += [*where.kinds, where.last or ANY_TIME.last, where.first or ANY_TIME.first]
    if where.sources:
        sources = ", ".join("?" * len(where.sources))
        conditions.append(f"article IN (SELECT number FROM articles WHERE source IN ({sources}))")
        values += where.sources
    return " AND ".join(conditions), values
