"""The sources that articles are fetched from, and when each is due."""

from fnmatch import fnmatchcase
from typing import Annotated

import msgspec

from embeddings.fetching.listings import Kind
from embeddings.storage.sources import SourceHealth

SECONDS_A_MINUTE = 60
# A source that fails is tried less and less often, but once a day.
LONGEST_BACK_OFF_SECONDS = 86_400


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page, feed or sitemap that articles are fetched from: of which outlet, how often, which links, and how many."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s@]+$", max_length=2048)]
    kind: Kind | None = None
    outlet: str | None = None
    every: Annotated[int, msgspec.Meta(ge=1, le=525_600)] = 60
    allow: tuple[str, ...] = ()
    most: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 50

    def allows(self, url: str) -> bool:
        """Whether a link is one of those to be fetched."""
        return not self.allow or any(fnmatchcase(url, pattern) for pattern in self.allow)


def due_at(source: SourceSettings, health: SourceHealth) -> int:
    """When a source is to be tried next, in seconds since 1970."""
    if health.tried is None:
        return 0
    seconds = source.every * SECONDS_A_MINUTE
    if health.failures:
        seconds = max(seconds, min(seconds << min(health.failures, 16), LONGEST_BACK_OFF_SECONDS))
    return max(health.tried + seconds, health.not_before)
