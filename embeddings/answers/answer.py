"""What a question gets: quotes that are slices of articles, or an honest no."""

from bisect import bisect_right
from enum import StrEnum
from typing import Any

import msgspec

from embeddings.indonesian.periods import Period
from embeddings.question.context import Turn
from embeddings.question.question import Question
from embeddings.topics.meetings.answer import MeetingAnswer
from embeddings.topics.officials.answer import OfficialAnswer
from embeddings.types import Article, Span


class Quote(msgspec.Struct, frozen=True):
    """Words of an article: character offsets into its text, and those of the words in it that answer."""

    article: Article
    start: int
    end: int
    answer: Span | None
    score: float
    """The probability that this quote answers."""
    copies: tuple[Article, ...] = ()
    """The same story in other outlets."""
    older: bool = False
    """Whether the article's text has been changed since this was quoted and sent."""

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def page(self) -> int | None:
        """The page on which it begins, from 1; None where its article has no pages."""
        return bisect_right(self.article.pages, self.start) + 1 if self.article.pages else None

    def slice(self, start: int, end: int, answer: Span | None) -> "Quote":
        """A part of this quote."""
        return msgspec.structs.replace(self, start=start, end=end, answer=answer)


class Certainty(StrEnum):
    """What may be said of an answer's probability: that it answers, that it may, or that no article answers."""

    SURE = "sure"
    MAYBE = "maybe"
    NO = "no"


class Answer(msgspec.Struct, frozen=True):
    """Quotes, best first, where `answered`; otherwise none, and perhaps some that are near."""

    question: str
    certainty: Certainty
    confidence: float
    quotes: tuple[Quote, ...] = ()
    near: tuple[Quote, ...] = ()
    holders: tuple[OfficialAnswer, ...] = ()
    """Where the question asks for officials: everybody named; the quotes are the evidence, in the same order."""
    typed: str | None = None
    """What the person wrote, where `question` was completed from the one before."""
    searched_for: str | None = None
    """The words searched for, where the question's own seemed misspelt."""
    meetings: tuple[MeetingAnswer, ...] = ()
    """Where the question asks for meetings: each of them; the quotes are the evidence, in the same order."""
    unnamed_office: str | None = None
    """Where the question asks for the holder of an office in which no article names anybody: that office."""
    period: Period | None = None
    """The time that the question names, to which the quotes were held."""

    @property
    def answered(self) -> bool:
        """Whether there is an answer, sure or not."""
        return self.certainty is not Certainty.NO

    @property
    def turn(self) -> Turn:
        """What a question after this one may follow on."""
        return Turn(self.question, self.quotes[0].article.id if self.quotes else None)

    def to_json(self) -> dict[str, Any]:
        """The answer in the form that `wartabot ask --json` prints."""
        return {
            "question": self.question,
            "answered": self.answered,
            "certainty": self.certainty,
            "confidence": round(self.confidence, 4),
            "quotes": [_quote_to_json(quote) for quote in self.quotes],
            "near": [_quote_to_json(quote) for quote in self.near],
            "searched_for": self.searched_for,
            "officials": [_holder_to_json(holder) for holder in self.holders],
            "meetings": [_held_to_json(held) for held in self.meetings],
            "unnamed_office": self.unnamed_office,
            "period": {"start": self.period.start, "end": self.period.end} if self.period else None,
        }


def honest_no(question: Question) -> Answer:
    """That no article answers, with how the question was understood."""
    return Answer(
        question.text,
        Certainty.NO,
        confidence=0.0,
        typed=question.typed if question.completed else None,
        searched_for=" ".join(question.query.words) if question.corrected else None,
        period=question.period,
    )


def _holder_to_json(holder: OfficialAnswer) -> dict[str, Any]:
    return {
        "name": holder.name_text,
        "office": holder.office_text,
        "acting": holder.acting,
        "former": holder.former,
        "article": holder.article.id,
        "published": holder.article.published,
    }


def _held_to_json(held: MeetingAnswer) -> dict[str, Any]:
    meeting = held.meeting
    return {
        "kind": meeting.kind,
        "what": held.text(meeting.what),
        "held": meeting.held,
        **{
            name: held.text(span) if span else None
            for name, span in (("day", meeting.day), ("place", meeting.place), ("host", meeting.host))
        },
        "present": [held.text(span) for span in meeting.present],
        "article": held.article.id,
        "published": held.article.published,
    }


def _quote_to_json(quote: Quote) -> dict[str, Any]:
    article = quote.article
    answer = None
    if quote.answer is not None:
        start, end = quote.answer
        answer = {"text": article.text[start:end], "start": start, "end": end}
    return {
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
        "page": quote.page,
        "answer": answer,
        "score": round(quote.score, 4),
        "article": {key: getattr(article, key) for key in ("id", "title", "source", "published", "url", "path")},
        "copies": [{key: getattr(copy, key) for key in ("id", "source", "published", "url")} for copy in quote.copies],
    }
