"""When articles appeared, and which times they name: stored as ranges of days, so that a filter can be asked for."""

from datetime import date
from typing import NamedTuple

from embeddings.indonesian.periods import days_of, kind_of, times_named
from embeddings.postgresql import Connection
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


def save_times(database: Connection, number: int, times: set[Time]) -> None:
    """Store the times of the article with this number, in place of what it has."""
    database.execute("DELETE FROM times WHERE article = ?", (number,))
    database.executemany("INSERT INTO times VALUES (?, ?, ?, ?)", ((*time, number) for time in times))
