"""Answer a question with quotes, or with an honest no."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import msgspec
from msgspec.structs import replace

from embeddings.answers.answer import Answer, Quote
from embeddings.answers.evidence import weighed
from embeddings.answers.quotes import (
    SAME_PROBABILITY,
    SAME_PROBABILITY_OF_NEWS,
    choose_quotes,
    quote_of,
    without_repeats,
)
from embeddings.answers.reader import Reader, Reading
from embeddings.errors import QuestionTooLong
from embeddings.question.question import Question
from embeddings.question.understand import understand
from embeddings.search.retriever import Retrieval, Retriever
from embeddings.storage.articles import Summary
from embeddings.storage.store import Store
from embeddings.topics.meetings.answer import MeetingAnswer, find_held
from embeddings.topics.officials.answer import OfficialAnswer, find_holders, neighbours, unnamed_office
from embeddings.topics.officials.asked import AskedOffice

# How often a name found for an office is its holder's, in articles that the rules had not seen (docs/evaluation.md).
OFFICIAL_CONFIDENCE = 0.93
# How often a meeting found is one, and held when it says; the same.
MEETING_CONFIDENCE = 0.8
# Browsing may take longer than answering, but not without end.
MOST_READ = 24
# So many officials of the region are shown where the one asked for is not known.
NEIGHBOURING_OFFICIALS = 2
# A quote far less probable than the first is noise beside it.
LEAST_SHARE_OF_FIRST = 0.25
# Below this, even the nearest passage has nothing to do with the question.
MIN_NEAR_SCORE = 0.015


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When to answer, and with how much."""

    min_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.3
    max_quotes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    max_question_length: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = 1000
    passages_read: Annotated[int, msgspec.Meta(ge=1, le=100)] = 8
    passages_read_in_a_hurry: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3


class Answerer:
    """Retriever and reader together; use it from one thread at a time."""

    def __init__(
        self,
        retriever: Retriever,
        reader: Reader,
        settings: AnswerSettings,
        today: Callable[[], date] = date.today,
    ) -> None:
        """`today` tells what day "kemarin" is counted from."""
        self._today = today
        self._retriever = retriever
        self._reader = reader
        self._settings = settings

    @property
    def store(self) -> Store:
        return self._retriever.store

    def summary(self) -> Summary:
        """How much can be searched at this moment."""
        return self.store.summary()

    def answer(
        self,
        question: str,
        most_quotes: int | None = None,
        any_time: bool = False,
        hurried: bool = False,
        before: str | None = None,
    ) -> Answer:
        """Quotes, or none; raises QuestionTooLong. A question without a word in it gets no quotes.

        With `any_time`, a period that the question names does not count; `hurried`, fewer passages are read.
        `before` is the question that this one may follow on.
        """
        asked, settings = self._understood(question, any_time, before), self._settings
        most = most_quotes or settings.max_quotes
        retrieval = self._retrieve(asked, settings.passages_read_in_a_hurry if hurried else settings.passages_read)
        no = Answer(
            asked.text,
            answered=False,
            confidence=0.0,
            typed=asked.typed if asked.completed else None,
            searched_for=" ".join(asked.query.words) if asked.corrected and retrieval else None,
            period=asked.period,
        )
        if (holders := self._holders(asked)) and settings.min_confidence <= OFFICIAL_CONFIDENCE:
            quotes = tuple(self._with_copies(_evidence(holder)) for holder in holders[:most])
            return replace(no, answered=True, confidence=OFFICIAL_CONFIDENCE, quotes=quotes, holders=holders)
        if (meetings := self._meetings(asked)) and settings.min_confidence <= MEETING_CONFIDENCE:
            quotes = tuple(self._with_copies(_evidence_of(held)) for held in meetings[:most])
            return replace(no, answered=True, confidence=MEETING_CONFIDENCE, quotes=quotes, meetings=meetings)
        return self._answer_from_passages(asked, retrieval, most, no) if retrieval else no

    def _answer_from_passages(self, asked: Question, retrieval: Retrieval, most: int, no: Answer) -> Answer:
        readings = weighed(asked, retrieval, self._reader.read(retrieval))
        confidence, least = readings[0].probability, self._settings.min_confidence
        # Marked words claim to be the answer, so a quote that may well be none has none.
        quotes = tuple(
            quote if quote.score >= least else quote.slice(quote.start, quote.end, None)
            for quote in self._chosen(asked, readings, most, LEAST_SHARE_OF_FIRST * confidence)
        )
        if confidence >= least:
            return replace(no, answered=True, confidence=confidence, quotes=quotes)
        office = asked.officials.office if asked.officials else None
        near = (quote for quote in quotes if quote.score >= MIN_NEAR_SCORE)
        return replace(
            no,
            confidence=confidence,
            near=without_repeats((*self._beside(office), *near))[:most],
            unnamed_office=unnamed_office(self.store, office) if office else None,
        )

    def _beside(self, office: AskedOffice | None) -> list[Quote]:
        """Other officials of the region; who holds another office is no answer, and is not marked as one."""
        beside = neighbours(self.store, office)[:NEIGHBOURING_OFFICIALS] if office else ()
        return [self._with_copies(replace(_evidence(holder), answer=None, score=0.0)) for holder in beside]

    def search(self, question: str, most: int, hurried: bool = False) -> tuple[Quote, ...]:
        """Up to `most` quotes to browse, down to those that are only near; none where the question is not answered.

        `hurried`, fewer passages are read.
        """
        asked, settings = self._understood(question), self._settings
        passages = max(settings.passages_read, min(most, MOST_READ))
        retrieval = self._retrieve(asked, settings.passages_read_in_a_hurry if hurried else passages)
        evidence = [self._with_copies(_evidence(holder)) for holder in self._holders(asked)]
        evidence = evidence or [self._with_copies(_evidence_of(held)) for held in self._meetings(asked)]
        readings = weighed(asked, retrieval, self._reader.read(retrieval)) if retrieval else []
        if not evidence and (not readings or readings[0].probability < settings.min_confidence):
            return ()
        return without_repeats((*evidence, *self._chosen(asked, readings, most, MIN_NEAR_SCORE)))[:most]

    def _understood(self, question: str, any_time: bool = False, before: str | None = None) -> Question:
        if len(question) > self._settings.max_question_length:
            raise QuestionTooLong(len(question), self._settings.max_question_length)
        self._retriever.refresh()
        return understand(question, self._today(), self._retriever, before, any_time)

    def _retrieve(self, asked: Question, passages: int) -> Retrieval | None:
        where = asked.period.filter() if asked.period else None
        retrieval = self._retriever.retrieve(asked.query, passages, where) if asked.query.words else None
        return retrieval if retrieval and retrieval.hits else None

    def _holders(self, asked: Question) -> tuple[OfficialAnswer, ...]:
        return find_holders(self.store, asked.officials, asked.period)

    def _meetings(self, asked: Question) -> tuple[MeetingAnswer, ...]:
        return find_held(self.store, asked.meetings, asked.period) if asked.meetings else ()

    def _chosen(self, asked: Question, readings: list[Reading], most: int, least: float) -> tuple[Quote, ...]:
        same = SAME_PROBABILITY_OF_NEWS if asked.latest else SAME_PROBABILITY
        return choose_quotes(readings, most, least, self._with_copies, same)

    def _with_copies(self, quote: Quote) -> Quote:
        return replace(quote, copies=tuple(self.store.copies(quote.article.id)))


def _evidence(holder: OfficialAnswer) -> Quote:
    return quote_of(holder.article, holder.sentence, holder.name, OFFICIAL_CONFIDENCE)


def _evidence_of(held: MeetingAnswer) -> Quote:
    return quote_of(held.article, held.evidence, held.answer, MEETING_CONFIDENCE)
