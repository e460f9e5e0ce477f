"""A filter as a condition of SQL."""

from collections.abc import Sequence

from embeddings.filter import Filter
from embeddings.storage.times import ANY_TIME


def within(where: Filter) -> tuple[str, list[str]]:
    """The SQL condition on a column `article`, and its values, that a filter is."""
    conditions, values = ["TRUE"], list[str]()
    if where.first or where.last:
        conditions.append(
            f"article IN (SELECT article FROM times WHERE kind IN ({_marks(where.kinds)}) AND first <= ? AND last >= ?)"
        )
        values += [*where.kinds, where.last or ANY_TIME.last, where.first or ANY_TIME.first]
    if where.regions:
        keys = [f"region:{name}" for name in where.regions]
        # Those of any topic: officials and meetings know of villages, which are on no list of regions.
        conditions.append(
            f"article IN (SELECT article FROM fact_keys JOIN facts ON number = fact WHERE key IN ({_marks(keys)}))"
        )
        values += keys
    if where.sources:
        conditions.append(f"article IN (SELECT number FROM articles WHERE source IN ({_marks(where.sources)}))")
        values += where.sources
    return " AND ".join(conditions), values


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
