"""Questions that a store can answer, for people to see what may be asked: made of its newest facts, and asked first."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from embeddings.answers.answer import Answer, Certainty
from embeddings.storage.store import Store
from embeddings.topics.meetings.facts import MEETINGS
from embeddings.topics.officials.asked import AskedOffice
from embeddings.topics.officials.facts import OFFICIALS
from embeddings.types import Article

MOST_EXAMPLES = 3
# As many characters as a button shows.
LONGEST_EXAMPLE = 64
# The newest articles tell what people ask about now.
ARTICLES_LOOKED_AT = 12
# Of one kind so many are asked before it is given up.
TRIES = 4


def find_examples(store: Store, ask: Callable[[str], Answer], wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """Up to three questions that are surely answered: those that are wanted, or of officials and meetings in turn.

    Where one of these kinds has too few, the other has more.
    """
    if found := tuple(islice((question for question in wanted if _is_answered(ask, question)), MOST_EXAMPLES)):
        return found
    articles = store.newest(ARTICLES_LOOKED_AT)
    kinds = [
        list(islice((question for question in islice(made, TRIES) if _is_answered(ask, question)), MOST_EXAMPLES))
        for made in (_of_officials(articles), _of_meetings(articles))
    ]
    # The first of each kind, then the second of each.
    mixed = (kind[place] for place in range(MOST_EXAMPLES) for kind in kinds if place < len(kind))
    return tuple(islice(dict.fromkeys(mixed), MOST_EXAMPLES))


def _is_answered(ask: Callable[[str], Answer], question: str) -> bool:
    return ask(question).certainty is Certainty.SURE


def _of_officials(articles: Iterable[Article]) -> Iterator[str]:
    named = {
        AskedOffice(one.office, one.region, False, False).text
        for article in articles
        for one in OFFICIALS.finder(article)
        if one.region and not one.former
    }
    return _short_enough(f"Siapa {office}?" for office in sorted(named, key=len))


def _of_meetings(articles: Iterable[Article]) -> Iterator[str]:
    held = (
        f"Kapan {meeting.kind} di {meeting.regions[-1].title()}?"
        for article in articles
        for meeting in MEETINGS.finder(article)
        if meeting.day and meeting.regions
    )
    return _short_enough(dict.fromkeys(held))


def _short_enough(questions: Iterable[str]) -> Iterator[str]:
    return (question for question in questions if len(question) <= LONGEST_EXAMPLE)
