"""The meetings that articles tell of, as facts: by region."""

from collections.abc import Collection, Iterator

from embeddings.storage.store import Store
from embeddings.topics.meetings.find import Meeting, find_meetings
from embeddings.topics.topic import Topic
from embeddings.types import Article


def _keys(article: Article, meeting: Meeting) -> Iterator[str]:
    return (f"region:{region}" for region in meeting.regions)


# A headline is recognised as it is for officials.
MEETINGS = Topic("meetings", Meeting, find_meetings, _keys, ("topics/meetings", "topics/officials"))


def meetings(store: Store, regions: Collection[str]) -> list[tuple[Article, Meeting]]:
    """The meetings held in, or by, all of these regions; newest article first."""
    return MEETINGS.facts(store, *(f"region:{region}" for region in regions))
