"""Which articles may answer, as plain data: SQLite is asked with it, and a search server could be."""

import msgspec


class Filter(msgspec.Struct, frozen=True):
    """Lets through an article that has a time between two days, both included, is of one of the regions, and is from
    one of the sources."""

    first: str | None = None
    """As ISO 8601, like the last day; None is open."""
    last: str | None = None
    kinds: tuple[str, ...] = ()
    """Which times of an article count: the day it was "published", a "year", "month" or "day" that its text names, and
    any time at all where it is "undated"."""
    regions: tuple[str, ...] = ()
    """By canonical name, like the sources: an article is of a region that it names, or that is around one it names."""
    sources: tuple[str, ...] = ()
    """Outlets; none named is all."""


EVERYTHING = Filter()
