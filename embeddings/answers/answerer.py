"""Answer a question with quotes, or with an honest no."""

from collections.abc import Callable
from datetime import date

import numpy as np
from msgspec.structs import replace

from embeddings.answers.answer import Answer, Certainty, Quote, honest_no
from embeddings.answers.probability import Reading, learnt_weights, probability, weighed
from embeddings.answers.quotes import choose_quotes, quote_of, without_repeats
from embeddings.answers.reader import Reader
from embeddings.answers.settings import AnswerSettings
from embeddings.answers.standing import StandingQuestion, region_of
from embeddings.answers.told import Told, find_told, for_told, others_of_region, unnamed
from embeddings.errors import QuestionTooLong
from embeddings.question.context import Turn
from embeddings.question.follow_up import stands_alone
from embeddings.question.question import Question
from embeddings.question.understand import context_of, understand
from embeddings.search.retriever import Retriever

# Browsing may take longer than answering, but not without end.
MOST_READ = 24
# A quote far less probable than the first is noise beside it.
LEAST_SHARE_OF_FIRST = 0.25
# Below this, even the nearest passage has nothing to do with the question.
MIN_NEAR_SCORE = 0.01


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
        self._store = retriever.store
        self._retriever = retriever
        self._reader = reader
        self._settings = settings
        self._weights = learnt_weights()

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
        if (told := self._answer_from_facts(asked, find_told(self._store, asked), most)).answered:
            return told
        read = self._settings.passages_read_in_a_hurry if hurried else self._settings.passages_read
        return self._answer_from_passages(asked, self._read(asked, read), most)

    def standing(self, question: str, asked_on: date) -> StandingQuestion:
        """What is to be kept of a question that waits for articles; raises QuestionTooLong."""
        asked = self._understood(question, today=asked_on)
        embedding = self._retriever.embedding(asked.query).astype(np.float16).tobytes()
        relative = asked.period is not None and asked.period.relative
        regions, region = tuple(sorted(asked.regions)), region_of(asked.query.words)
        return StandingQuestion(embedding, asked.query.stems, regions, region, relative)

    def answer_from(self, question: str, article: str, asked_on: date) -> Answer:
        """What one article answers to a question: judged as among all articles, and no if it is not among the nearest.

        `asked_on` is the day that the times in the question are counted from. Raises QuestionTooLong.
        """
        asked, settings = self._understood(question, today=asked_on), self._settings
        told = find_told(self._store, asked)
        if told.answers and (answer := self._answer_from_facts(asked, told, 1, article)).answered:
            return answer if answer.quotes else honest_no(asked)
        readings = self._read(asked, settings.passages_read, article)
        return self._answer_from_passages(asked, readings, 1)

    def search(self, question: str, most: int, hurried: bool = False) -> Answer:
        """An answer with up to `most` quotes to browse, down to those that are only near; none where it is a no.

        `hurried`, fewer passages are read.
        """
        asked, settings = self._understood(question), self._settings
        read = settings.passages_read_in_a_hurry if hurried else min(max(most, settings.passages_read), MOST_READ)
        told = self._answer_from_facts(asked, find_told(self._store, asked), most)
        readings = self._read(asked, read)
        if not told.answered and (not readings or readings[0].probability < settings.min_confidence):
            return told
        found = choose_quotes(readings, most, MIN_NEAR_SCORE, self._shown, asked.latest)
        certainty = told.certainty if told.answered else settings.certainty(readings[0].probability)
        return replace(told, certainty=certainty, quotes=without_repeats((*told.quotes, *found))[:most])

    def readings(self, question: str) -> list[Reading]:
        """The sentences found for a question as they are judged, most probable first."""
        return self._read(self._understood(question), self._settings.passages_read)

    def _answer_from_facts(self, asked: Question, told: Told, most: int, article: str | None = None) -> Answer:
        """What the facts tell, or of all that they tell what this article does."""
        if not told.answers:
            return honest_no(asked)
        confidence = probability(self._weights.told.log_odds(for_told(asked, told)))
        shown = told.of(article) if article else told
        quotes = (
            quote_of(one.article, one.evidence, asked.marked(one.answer), confidence) for one in shown.answers[:most]
        )
        return replace(
            honest_no(asked),
            certainty=self._settings.certainty(confidence),
            confidence=confidence,
            quotes=tuple(map(self._shown, quotes)),
            holders=shown.holders,
            meetings=shown.meetings,
        )

    def _answer_from_passages(self, asked: Question, readings: list[Reading], most: int) -> Answer:
        no, settings = honest_no(asked), self._settings
        if not readings:
            return no
        # "Kenapa dipindah?" is asked of what was just told, even where another article tells more.
        told = [one for one in readings if one.passage.article.id == asked.article]
        if told and told[0].probability >= settings.min_confidence:
            readings = told
        confidence = readings[0].probability
        quotes = choose_quotes(readings, most, LEAST_SHARE_OF_FIRST * confidence, self._shown, asked.latest)
        if (certainty := settings.certainty(confidence)) is not Certainty.NO:
            return replace(no, certainty=certainty, confidence=confidence, quotes=quotes)
        # Who holds another office is no answer, and is not marked as one.
        others = (quote_of(one.article, one.evidence, None, 0.0) for one in others_of_region(self._store, asked))
        near = (quote for quote in quotes if quote.score >= MIN_NEAR_SCORE)
        return replace(
            no,
            confidence=confidence,
            near=without_repeats((*map(self._shown, others), *near))[:most],
            unnamed_office=unnamed(self._store, asked),
        )

    def _understood(
        self, question: str, any_time: bool = False, before: Turn | None = None, today: date | None = None
    ) -> Question:
        if len(question) > self._settings.max_question_length:
            raise QuestionTooLong(len(question), self._settings.max_question_length)
        self._retriever.refresh()
        today = today or self._today()
        context = context_of(before, today, self._retriever, self._store.article) if before else None
        return understand(question, today, self._retriever, context, any_time)

    def _read(self, asked: Question, passages: int, article: str | None = None) -> list[Reading]:
        """The sentences of so many passages, most probable first, or of a few passages of one article."""
        if not asked.query.words:
            return []
        where = asked.period.filter() if asked.period else None
        if article is None:
            retrieval = self._retriever.retrieve(asked.query, passages, where)
        else:
            few = self._settings.passages_read_in_a_hurry
            retrieval = self._retriever.retrieve_of(asked.query, article, few, passages, where)
        return weighed(asked, retrieval, self._reader.read(retrieval, asked.fits), self._weights)

    def _shown(self, quote: Quote) -> Quote:
        """The quote with its copies. Marked words claim to be the answer, so one that may well be none has none."""
        answer = quote.answer if quote.score >= self._settings.sure_from else None
        return replace(quote, answer=answer, copies=tuple(self._store.copies(quote.article.id)))
