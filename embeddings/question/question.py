"""What a question means: made once by `understand`, and read by everything below."""

from datetime import date

import msgspec

from embeddings.indonesian.periods import Period
from embeddings.question.expects import Expects, lacks
from embeddings.question.query import Query
from embeddings.topics.meetings.answer import AskedMeetings
from embeddings.topics.officials.answer import AskedOfficials
from embeddings.types import Span


class Question(msgspec.Struct, frozen=True):
    """A question as it is understood."""

    typed: str
    """What the person wrote."""
    completed: str | None
    """With what it leaves out, taken from the question before; None where it stands alone."""
    article: str | None
    """The article that told of the thing of which it asks more."""
    query: Query
    """What is looked for, by meaning and by words, spelt as the articles have it."""
    words: tuple[str, ...]
    """What it is about: the query's words without those of its period."""
    corrected: bool
    """Whether a word was taken for another that the articles hold."""
    regions: frozenset[str]
    """The regions it names, by canonical name."""
    period: Period | None
    latest: bool
    """Whether the newest is asked for."""
    expects: Expects | None
    """What kind of thing an answer must hold."""
    officials: AskedOfficials | None
    meetings: AskedMeetings | None
    abbreviation: str | None
    """The one word of which it asks what that stands for."""
    today: date
    """The day it was asked."""

    @property
    def text(self) -> str:
        """The question as written, or as completed."""
        return self.completed or self.typed

    def fits(self, words: str) -> bool:
        """Whether words are of the kind that the question asks for."""
        return not lacks(words, self.expects)

    def marked(self, words: Span | None) -> Span | None:
        """The words that answer, where there are words that can: none say yes or no."""
        return None if self.expects is Expects.YES else words
