"""Find the facts of every topic in an article that is new, and anew in those that another version has gone through."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from embeddings.sources.refusals import Refusal, fault
from embeddings.storage.facts import Findings
from embeddings.storage.store import Store
from embeddings.topics.abbreviations.facts import ABBREVIATIONS
from embeddings.topics.meetings.facts import MEETINGS
from embeddings.topics.officials.facts import OFFICIALS
from embeddings.topics.regions.facts import REGIONS
from embeddings.topics.topic import Topic
from embeddings.types import Article

logger = logging.getLogger(__name__)

TOPICS: tuple[Topic[Any], ...] = (OFFICIALS, MEETINGS, ABBREVIATIONS, REGIONS)
# Articles stored together: few enough that a kill loses seconds of work.
ARTICLES_AT_ONCE = 100


def find_all(article: Article) -> list[Findings]:
    """What an article tells of every topic."""
    return [topic.findings(article) for topic in TOPICS]


def find_anew(
    store: Store,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    refused: list[Refusal] | None = None,
) -> int:
    """Go through the stored articles that another version's finders have gone through; how many these were.

    Progress is in articles, once for each topic; `refused` is filled with those in which a finder failed, which keep
    the facts they have. A run that was killed is simply run again.
    """
    for unknown in sorted(store.topics() - {topic.name for topic in TOPICS}):
        store.tell_once(f"facts of {unknown!r} are stored, which this version does not know; they are left alone")
    gone_through: set[str] = set()
    for topic in TOPICS:
        outdated = store.outdated(topic.name, topic.version)
        gone_through |= _go_through(store, topic, outdated, on_progress, [] if refused is None else refused)
    return len(gone_through)


def find_missing(store: Store) -> None:
    """Go through the stored articles that no version's finder of a topic has gone through: after an upgrade, all."""
    refused: list[Refusal] = []
    for topic in TOPICS:
        if missing := store.outdated(topic.name):
            logger.info("Looking for %s in %d stored articles", topic.name, len(missing))
            _go_through(store, topic, missing, lambda done, total: None, refused)
    for refusal in refused:
        logger.error("%s: %s", refusal.where, refusal.reason)


def _go_through(
    store: Store,
    topic: Topic[Any],
    ids: Sequence[str],
    on_progress: Callable[[int, int], None],
    refused: list[Refusal],
) -> set[str]:
    """Find and store the topic's facts, page by page; the ids of the articles that have them now."""
    done: set[str] = set()
    for start in range(0, len(ids), ARTICLES_AT_ONCE):
        on_progress(start, len(ids))
        articles = filter(None, map(store.article, ids[start : start + ARTICLES_AT_ONCE]))
        found = list(_found_in(topic, articles, refused))
        store.renew(found)
        done |= {article.id for article, _ in found}
    return done


def _found_in(
    topic: Topic[Any], articles: Iterable[Article], refused: list[Refusal]
) -> Iterator[tuple[Article, Findings]]:
    for article in articles:
        try:
            yield article, topic.findings(article)
        except Exception as error:
            refused.append(Refusal(f"{article.path or '-'}, article {article.id!r}", fault(error)))
