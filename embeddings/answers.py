"""What a question gets: quotes that are slices of articles, or an honest no."""

from typing import Any

import msgspec

from embeddings.articles import Article
from embeddings.passages import Span


class Quote(msgspec.Struct, frozen=True):
    """Words of an article: character offsets into its text, and those of the words in it that answer."""

    article: Article
    start: int
    end: int
    answer: Span | None
    score: float
    """The probability that this quote answers."""

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    def slice(self, start: int, end: int, answer: Span | None) -> "Quote":
        """A part of this quote."""
        return msgspec.structs.replace(self, start=start, end=end, answer=answer)


class Answer(msgspec.Struct, frozen=True):
    """Quotes, best first, where `answered`; otherwise none, and perhaps some that are near."""

    question: str
    answered: bool
    confidence: float
    quotes: tuple[Quote, ...] = ()
    near: tuple[Quote, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer in the form that `wartabot ask --json` prints."""
        return {
            "question": self.question,
            "answered": self.answered,
            "confidence": round(self.confidence, 4),
            "quotes": [_quote_to_json(quote) for quote in self.quotes],
            "near": [_quote_to_json(quote) for quote in self.near],
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
        "answer": answer,
        "score": round(quote.score, 4),
        "article": {key: getattr(article, key) for key in ("id", "title", "source", "published", "url", "path")},
    }
