"""Show what there is, where nothing in particular is asked: the newest articles, and what is known by a bare name."""

from collections.abc import Iterable

import msgspec

from embeddings.answers.answer import Quote
from embeddings.filter import Filter
from embeddings.indonesian.sentences import split_sentences
from embeddings.question.news import AskedNews, named_alone, region_alone
from embeddings.storage.store import Store
from embeddings.topics.meetings.answer import AskedMeetings, Aspect, find_held
from embeddings.topics.officials.answer import AskedOfficials, OfficialAnswer, by_office, find_holders
from embeddings.topics.officials.facts import officials
from embeddings.types import Article

# A lead of so many characters needs no second sentence.
LONG_OPENING = 240
# Among so many articles for each that is wanted there are few copies of one story.
LOOKED_AT = 3


class News(msgspec.Struct, frozen=True):
    """The newest articles that were asked for, one of each story; none where there are none of the region."""

    asked: AskedNews
    articles: tuple[Article, ...]
    of_other_time: bool = False
    """Whether there are none of the time asked for, so that these are simply the newest."""


class Overview(msgspec.Struct, frozen=True):
    """What is known by a bare name: of a region its officials, meetings and news, of a person the offices."""

    name: str
    region: bool
    officials: int = 0
    meetings: int = 0
    news: bool = False
    offices: tuple[OfficialAnswer, ...] = ()


def find_news(store: Store, asked: AskedNews, most: int) -> News:
    """Up to `most` articles that were asked for, newest first; where none is of the time asked for, of any time."""
    period = asked.period
    if period is None:
        return News(asked, _one_of_each_story(store, Filter(regions=asked.regions), most))
    within = Filter(period.start, period.end, ("published",), asked.regions)
    if found := _one_of_each_story(store, within, most):
        return News(asked, found)
    return News(asked, _one_of_each_story(store, Filter(regions=asked.regions), most), of_other_time=True)


def _one_of_each_story(store: Store, where: Filter, most: int) -> tuple[Article, ...]:
    return _without_copies(store, store.newest(most * LOOKED_AT, where), most)


def _without_copies(store: Store, articles: Iterable[Article], most: int) -> tuple[Article, ...]:
    listed: list[Article] = []
    told: set[str] = set()
    for article in articles:
        if len(listed) == most:
            break
        if article.id not in told:
            listed.append(article)
            told |= {article.id, *(copy.id for copy in store.copies(article.id))}
    return tuple(listed)


def find_overview(store: Store, question: str) -> Overview | None:
    """What is known by the name that is all that a question says; None where it says more, or nothing is known."""
    words = named_alone(question)
    if not words:
        return None
    if region := region_alone(question):
        found = Overview(
            region,
            True,
            len(by_office(find_holders(store, AskedOfficials(region=region)))),
            len(find_held(store, AskedMeetings(None, frozenset((region,)), Aspect.WHICH), None)),
            bool(store.newest(1, Filter(regions=(region,)))),
        )
        return found if found.officials or found.meetings or found.news else None
    offices = find_holders(store, AskedOfficials(name=words))
    return Overview(offices[0].name_text, False, news=True, offices=offices) if offices else None


def news_of_person(store: Store, name: str, most: int) -> tuple[Article, ...]:
    """Up to `most` articles that name a person in an office, newest first, one of each story."""
    words = named_alone(name)
    named = {article.id: article for article, _ in officials(store, name=words)} if words else {}
    return _without_copies(store, named.values(), most)


def opening(article: Article) -> Quote:
    """The first sentence of an article, and the second behind a short one."""
    first, *others = split_sentences(article.text)[:2]
    long = first[1] - first[0] >= LONG_OPENING or not others
    return Quote(article, first[0], first[1] if long else others[0][1], None, 0.0)
