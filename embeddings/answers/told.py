"""What the facts of the topics tell: holders of offices, meetings, and what abbreviations stand for."""

import math
from collections.abc import Sequence
from typing import Protocol

import msgspec

from embeddings.question.question import Question
from embeddings.storage.store import Store
from embeddings.topics.abbreviations.answer import AbbreviationAnswer, find_meanings
from embeddings.topics.meetings.answer import MeetingAnswer, find_held
from embeddings.topics.officials.answer import (
    OfficialAnswer,
    by_office,
    disagree,
    find_holders,
    neighbours,
    unnamed_office,
)
from embeddings.types import Article, Span

# So many officials of the region are shown where the one asked for is not known.
NEIGHBOURING_OFFICIALS = 2


class TopicAnswer(Protocol):
    """What one fact tells: the article, the sentence to quote, and the words in it that answer."""

    @property
    def article(self) -> Article: ...

    @property
    def evidence(self) -> Span: ...

    @property
    def answer(self) -> Span | None: ...

    @property
    def outlets(self) -> int: ...


class Told(msgspec.Struct, frozen=True):
    """What the facts of one topic tell, best first; all empty where no topic is asked for or none tells."""

    holders: tuple[OfficialAnswer, ...] = ()
    meetings: tuple[MeetingAnswer, ...] = ()
    meanings: tuple[AbbreviationAnswer, ...] = ()

    @property
    def answers(self) -> Sequence[TopicAnswer]:
        return self.holders or self.meetings or self.meanings

    def of(self, article: str) -> "Told":
        """What one article tells of it."""
        return Told(
            tuple(one for one in self.holders if one.article.id == article),
            tuple(one for one in self.meetings if one.article.id == article),
            tuple(one for one in self.meanings if one.article.id == article),
        )


def find_told(store: Store, question: Question) -> Told:
    """What the first topic tells that a question asks about."""
    if holders := find_holders(store, question.officials, question.period):
        return Told(holders=holders)
    if meetings := find_held(store, question.meetings, question.period):
        return Told(meetings=meetings)
    return Told(meanings=find_meanings(store, question.abbreviation))


def others_of_region(store: Store, question: Question) -> tuple[OfficialAnswer, ...]:
    """Other officials of the region in which an office's holder is asked for."""
    office = question.officials.office if question.officials else None
    return neighbours(store, office)[:NEIGHBOURING_OFFICIALS] if office else ()


def unnamed(store: Store, question: Question) -> str | None:
    """The office whose holder is asked for, where no article names anybody in it."""
    office = question.officials.office if question.officials else None
    return unnamed_office(store, office) if office else None


def for_told(question: Question, told: Told) -> dict[str, float]:
    """What tells whether the facts answer, as features by name, each in about [-1, 1]."""
    holder = told.holders[0] if told.holders else None
    first = told.answers[0]
    published = first.article.published
    years = question.today.year - int(published[:4]) if published else 0
    # In a list of offices, who else is named for one of them says nothing of the list.
    offices = by_office(told.holders)
    listed = len(offices) > 1
    return {
        "official": float(bool(told.holders)),
        "meeting": float(bool(told.meetings)),
        "years old": min(max(years, 0), 10) / 10,
        "undated": float(published is None),
        "former": float(holder is not None and holder.former),
        "acting": float(holder is not None and holder.acting),
        "several": math.log10(len(offices if listed else told.answers)),
        "disputed": float(not listed and disagree(told.holders)),
        "outlets that agree": math.log10(first.outlets),
    }
