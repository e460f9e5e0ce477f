"""Understand a question, in one place and once."""

from collections.abc import Callable
from datetime import date

from embeddings.indonesian.periods import Period, find_period, wants_latest, without_period
from embeddings.indonesian.regions import regions_in, regions_named
from embeddings.question.context import Context, Turn
from embeddings.question.correct import Vocabulary, spelt_as_indexed
from embeddings.question.expects import expected
from embeddings.question.follow_up import complete
from embeddings.question.query import Query, parse_question
from embeddings.question.question import Question
from embeddings.question.shortened import spelt_out
from embeddings.topics.abbreviations.answer import asked_abbreviation
from embeddings.topics.meetings.answer import asked_meetings
from embeddings.topics.officials.answer import asked_officials
from embeddings.types import Article


def understand(
    typed: str, today: date, vocabulary: Vocabulary, before: Context | None = None, any_time: bool = False
) -> Question:
    """What somebody asks; `before` is what it may follow on, and with `any_time` its period does not count."""
    completed = complete(typed, before, today) if before else None
    text = spelt_out(completed.text if completed else typed)
    period = find_period(text, today)
    plain = without_period(text, period)
    query, words, corrected = _query_and_words(text, plain, None if any_time else period, vocabulary)
    regions = regions_in(query.text)
    officials = asked_officials(plain, words, regions)
    # "Camat Canduang" names a kecamatan, which the one word alone does not.
    if officials and officials.office and regions_named(officials.office.region):
        regions.add(officials.office.region)
    return Question(
        typed=typed,
        completed=completed.text if completed else None,
        article=before.article.id if before and before.article and completed and completed.same else None,
        query=query,
        words=words,
        corrected=corrected,
        regions=frozenset(regions),
        period=None if any_time else period,
        latest=wants_latest(text),
        expects=expected(query.text),
        officials=officials,
        meetings=asked_meetings(plain, words),
        abbreviation=asked_abbreviation(plain),
        today=today,
    )


def context_of(turn: Turn, today: date, vocabulary: Vocabulary, article: Callable[[str], Article | None]) -> Context:
    """What a question may follow on: the one before, understood, and the article that answered it."""
    return Context(understand(turn.question, today, vocabulary), article(turn.article) if turn.article else None)


def _query_and_words(
    text: str, plain: str, period: Period | None, vocabulary: Vocabulary
) -> tuple[Query, tuple[str, ...], bool]:
    """What is looked for, its words without those of the period, and whether one of them was corrected.

    `plain` is the text without its period.
    """
    about = parse_question(plain)
    parsed = parse_question(text) if _may_be_printed(period) else about
    query = spelt_as_indexed(parsed, vocabulary)
    of_period = set(parsed.words) - set(about.words)
    return query, tuple(word for word in query.words if word not in of_period), query.words != parsed.words


def _may_be_printed(period: Period | None) -> bool:
    """Whether an article may hold the words for a period: "Juli 2023", but not "kemarin" or "sebelum 2023"."""
    return period is not None and not period.relative and None not in (period.start, period.end)
