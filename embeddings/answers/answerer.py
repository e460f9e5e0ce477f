"""Answer a question with quotes, or with an honest no."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import msgspec
from msgspec.structs import replace

from embeddings.answers.answer import Answer, Certainty, Quote
from embeddings.answers.probability import Reading, Weights, learnt_weights, probability, weighed
from embeddings.answers.quotes import (
    SAME_PROBABILITY,
    SAME_PROBABILITY_OF_NEWS,
    choose_quotes,
    quote_of,
    without_repeats,
)
from embeddings.answers.reader import Reader
from embeddings.answers.told import find_told, for_told
from embeddings.errors import QuestionTooLong
from embeddings.question.context import Context, Turn
from embeddings.question.follow_up import stands_alone
from embeddings.question.question import Question
from embeddings.question.understand import understand
from embeddings.search.retriever import Retrieval, Retriever
from embeddings.storage.articles import Summary
from embeddings.storage.store import Store
from embeddings.topics.officials.answer import neighbours, unnamed_office

# Browsing may take longer than answering, but not without end.
MOST_READ = 24
# So many officials of the region are shown where the one asked for is not known.
NEIGHBOURING_OFFICIALS = 2
# A quote far less probable than the first is noise beside it.
LEAST_SHARE_OF_FIRST = 0.25
# Below this, even the nearest passage has nothing to do with the question.
MIN_NEAR_SCORE = 0.015
_Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When to answer, and with how much."""

    sure_from: _Probability = 0.5
    min_confidence: _Probability = 0.2
    max_quotes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    max_question_length: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = 1000
    passages_read: Annotated[int, msgspec.Meta(ge=1, le=100)] = 8
    passages_read_in_a_hurry: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3

    def certainty(self, confidence: float) -> Certainty:
        """How sure an answer of this probability may be called."""
        if confidence < self.min_confidence:
            return Certainty.NO
        return Certainty.SURE if confidence >= self.sure_from else Certainty.MAYBE


class Answerer:
    """Retriever and reader together; use it from one thread at a time."""

    def __init__(
        self,
        retriever: Retriever,
        reader: Reader,
        settings: AnswerSettings,
        today: Callable[[], date] = date.today,
        weights: Weights | None = None,
    ) -> None:
        """`today` tells what day "kemarin" is counted from."""
        self._today = today
        self._retriever = retriever
        self._reader = reader
        self._settings = settings
        self._weights = weights or learnt_weights()

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
        before: Turn | None = None,
    ) -> Answer:
        """Quotes, or none; raises QuestionTooLong. A question without a word in it gets no quotes.

        With `any_time`, a period that the question names does not count; `hurried`, fewer passages are read.
        `before` is what this one may follow on; where what it takes from there finds nothing, it is asked without.
        """
        most = most_quotes or self._settings.max_quotes
        asked = self._understood(question, any_time, before)
        found = self._answer(asked, most, hurried)
        if found.answered or not asked.completed:
            return found
        alone = self._answer(replace(self._understood(question, any_time), article=asked.article), most, hurried)
        # "Kenapa dipindah?" alone is answered by what was told before, or by chance.
        of_it = alone.answered and alone.quotes[0].article.id == asked.article
        return alone if of_it or (alone.answered and stands_alone(question)) else found

    def _answer(self, asked: Question, most: int, hurried: bool) -> Answer:
        settings = self._settings
        if (told := self._answer_from_facts(asked, most)).answered:
            return told
        read = settings.passages_read_in_a_hurry if hurried else settings.passages_read
        return self._answer_from_passages(asked, self._retrieve(asked, read), most)

    def search(self, question: str, most: int, hurried: bool = False) -> tuple[Quote, ...]:
        """Up to `most` quotes to browse, down to those that are only near; none where the question is not answered.

        `hurried`, fewer passages are read.
        """
        asked, settings = self._understood(question), self._settings
        read = settings.passages_read_in_a_hurry if hurried else min(max(most, settings.passages_read), MOST_READ)
        told = self._answer_from_facts(asked, most)
        readings = self._read(asked, self._retrieve(asked, read))
        if not told.answered and (not readings or readings[0].probability < settings.min_confidence):
            return ()
        return without_repeats((*told.quotes, *self._chosen(asked, readings, most, MIN_NEAR_SCORE)))[:most]

    def readings(self, question: str) -> list[Reading]:
        """The sentences found for a question as they are judged, most probable first."""
        asked = self._understood(question)
        return self._read(asked, self._retrieve(asked, self._settings.passages_read))

    def _answer_from_facts(self, asked: Question, most: int) -> Answer:
        told = find_told(self.store, asked)
        if not told.answers:
            return self._no(asked)
        confidence = probability(self._weights.told.log_odds(for_told(asked, told)))
        quotes = (quote_of(one.article, one.evidence, one.answer, confidence) for one in told.answers[:most])
        return replace(
            self._no(asked),
            certainty=self._settings.certainty(confidence),
            confidence=confidence,
            quotes=tuple(map(self._with_copies, quotes)),
            holders=told.holders,
            meetings=told.meetings,
        )

    def _answer_from_passages(self, asked: Question, retrieval: Retrieval | None, most: int) -> Answer:
        no = self._no(asked)
        settings = self._settings
        if not (readings := self._read(asked, retrieval)):
            return no
        # "Kenapa dipindah?" is asked of what was just told, even where another article tells more.
        told = [one for one in readings if one.passage.article.id == asked.article]
        if told and told[0].probability >= settings.min_confidence:
            readings = told
        confidence = readings[0].probability
        # Marked words claim to be the answer, so a quote that may well be none has none.
        quotes = tuple(
            quote if quote.score >= settings.sure_from else quote.slice(quote.start, quote.end, None)
            for quote in self._chosen(asked, readings, most, LEAST_SHARE_OF_FIRST * confidence)
        )
        certainty = settings.certainty(confidence)
        if certainty is not Certainty.NO:
            return replace(no, certainty=certainty, confidence=confidence, quotes=quotes)
        office = asked.officials.office if asked.officials else None
        near = (quote for quote in quotes if quote.score >= MIN_NEAR_SCORE)
        return replace(
            no,
            confidence=confidence,
            near=without_repeats((*self._beside(asked), *near))[:most],
            unnamed_office=unnamed_office(self.store, office) if office else None,
        )

    def _no(self, asked: Question) -> Answer:
        return Answer(
            asked.text,
            Certainty.NO,
            confidence=0.0,
            typed=asked.typed if asked.completed else None,
            searched_for=" ".join(asked.query.words) if asked.corrected else None,
            period=asked.period,
        )

    def _beside(self, asked: Question) -> list[Quote]:
        """Other officials of the region; who holds another office is no answer, and is not marked as one."""
        office = asked.officials.office if asked.officials else None
        beside = neighbours(self.store, office)[:NEIGHBOURING_OFFICIALS] if office else ()
        return [self._with_copies(quote_of(one.article, one.evidence, None, 0.0)) for one in beside]

    def _understood(self, question: str, any_time: bool = False, before: Turn | None = None) -> Question:
        if len(question) > self._settings.max_question_length:
            raise QuestionTooLong(len(question), self._settings.max_question_length)
        self._retriever.refresh()
        context = self._context(before) if before else None
        return understand(question, self._today(), self._retriever, context, any_time)

    def _context(self, before: Turn) -> Context:
        article = self.store.article(before.article) if before.article else None
        return Context(understand(before.question, self._today(), self._retriever), article)

    def _retrieve(self, asked: Question, passages: int) -> Retrieval | None:
        where = asked.period.filter() if asked.period else None
        return self._retriever.retrieve(asked.query, passages, where) if asked.query.words else None

    def _read(self, asked: Question, retrieval: Retrieval | None) -> list[Reading]:
        return weighed(asked, retrieval, self._reader.read(retrieval, asked.fits), self._weights) if retrieval else []

    def _chosen(self, asked: Question, readings: list[Reading], most: int, least: float) -> tuple[Quote, ...]:
        same = SAME_PROBABILITY_OF_NEWS if asked.latest else SAME_PROBABILITY
        return choose_quotes(readings, most, least, self._with_copies, same)

    def _with_copies(self, quote: Quote) -> Quote:
        return replace(quote, copies=tuple(self.store.copies(quote.article.id)))
