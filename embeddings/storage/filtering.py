"""A filter in SQL: which articles it lets through."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from embeddings.filter import Filter
from embeddings.storage.times import ANY_TIME

# A year: no article names a longer time, or may have appeared in one.
LONGEST_TIME = timedelta(days=366)
Selection = tuple[str, list[str]]


def within(where: Filter) -> Selection:
    """The condition on a column `article`, and its values, that a filter is."""
    selections = list(_selections(where))
    conditions = " AND ".join(["TRUE", *(f"article IN ({query})" for query, _ in selections)])
    return conditions, [value for _, values in selections for value in values]


def articles_within(where: Filter) -> Selection:
    """The query for the numbers of the articles that a filter lets through, some more than once, and its values."""
    selections = list(_selections(where)) or [("SELECT number FROM articles", [])]
    return " INTERSECT ".join(query for query, _ in selections), [value for _, values in selections for value in values]


def _selections(where: Filter) -> Iterator[Selection]:
    """The numbers of the articles that satisfy each of the filter's conditions."""
    if where.first or where.last:
        yield _of_time(where)
    if where.regions:
        keys = [f"region:{name}" for name in where.regions]
        # Those of any topic: officials and meetings know of villages, which are on no list of regions.
        yield f"SELECT article FROM fact_keys JOIN facts ON number = fact WHERE key IN ({_marks(keys)})", keys
    if where.sources:
        yield f"SELECT number FROM articles WHERE source IN ({_marks(where.sources)})", [*where.sources]


def _of_time(where: Filter) -> Selection:
    """What began longer before the first day than any time lasts is not read; what is undated is of any time."""
    first, last = where.first or ANY_TIME.first, where.last or ANY_TIME.last
    of_kind = f"SELECT article FROM times WHERE kind IN ({_marks(where.kinds)}) AND first BETWEEN ? AND ? AND last >= ?"
    undated = "SELECT article FROM times WHERE kind = ? AND first <= ? AND last >= ?"
    values = [*where.kinds, _longest_before(first), last, first]
    if ANY_TIME.kind not in where.kinds:
        return of_kind, values
    return f"SELECT article FROM ({of_kind} UNION ALL {undated})", [*values, ANY_TIME.kind, last, first]


def _longest_before(day: str) -> str:
    try:
        return (date.fromisoformat(day) - LONGEST_TIME).isoformat()
    # Earlier than any day, or none.
    except (ValueError, OverflowError):
        return ANY_TIME.first


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
