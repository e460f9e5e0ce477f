"""Answer a question with quotes, or with an honest no."""

from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from embeddings.answers.answer import Answer, honest_no
from embeddings.answers.decider import Decider
from embeddings.answers.probability import Reading, learnt_weights, weighed
from embeddings.answers.reader import Reader
from embeddings.answers.settings import AnswerSettings
from embeddings.answers.standing import StandingQuestion, standing_question
from embeddings.answers.told import find_told
from embeddings.errors import QuestionTooLong
from embeddings.question.context import Turn
from embeddings.question.follow_up import stands_alone
from embeddings.question.question import Question
from embeddings.question.understand import context_of, understand
from embeddings.search.retriever import Retriever

# Browsing may take longer than answering, but not without end.
MOST_READ = 24


class Answerer:
    """Takes a question from its words to an `Answer`; use it from one thread at a time."""

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
        self._decider = Decider(retriever.store, settings, self._weights.told)

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
        told = find_told(self._store, asked)
        if (answer := self._decider.from_facts(asked, told, most)).answered:
            return answer
        read = self._settings.passages_read_in_a_hurry if hurried else self._settings.passages_read
        return self._decider.from_passages(asked, self._read(asked, read), most)

    def standing(self, question: str, asked_on: date) -> StandingQuestion:
        """What is to be kept of a question that waits for articles; raises QuestionTooLong."""
        asked = self._understood(question, today=asked_on)
        return standing_question(asked, self._retriever.embedding(asked.query))

    def answer_from(self, question: str, article: str, asked_on: date) -> Answer:
        """What one article answers to a question: judged as among all articles, and no if it is not among the nearest.

        `asked_on` is the day that the times in the question are counted from. Raises QuestionTooLong.
        """
        asked, settings = self._understood(question, today=asked_on), self._settings
        told = find_told(self._store, asked)
        if (answer := self._decider.from_facts(asked, told, 1, article)).answered:
            return answer if answer.quotes else honest_no(asked)
        return self._decider.from_passages(asked, self._read(asked, settings.passages_read, article), 1)

    def search(self, question: str, most: int, hurried: bool = False) -> Answer:
        """An answer with up to `most` quotes to browse, down to those that are only near; none where it is a no.

        `hurried`, fewer passages are read.
        """
        asked, settings = self._understood(question), self._settings
        read = settings.passages_read_in_a_hurry if hurried else min(max(most, settings.passages_read), MOST_READ)
        told = self._decider.from_facts(asked, find_told(self._store, asked), most)
        return self._decider.to_browse(asked, told, self._read(asked, read), most)

    def readings(self, question: str) -> list[Reading]:
        """The sentences found for a question as they are judged, most probable first."""
        return self._read(self._understood(question), self._settings.passages_read)

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
