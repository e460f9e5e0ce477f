"""Answer a question with quotes, or with an honest no."""

import re
from pathlib import Path
from typing import Annotated

import msgspec

from embeddings.answers import Answer, Quote
from embeddings.encoder import Encoder
from embeddings.errors import QuestionTooLong
from embeddings.passages import Span, split_sentences
from embeddings.query import parse_question
from embeddings.reader import Reader, Reading
from embeddings.retriever import Retriever, RetrieverSettings
from embeddings.store import Store, Summary

# A sentence that begins so is not understood without the one before it.
_LEANS = re.compile(
    r"[“\"‘'(]*(?:ia|dia|beliau|mereka|keduanya|ketiganya|menurutnya|katanya|ujarnya|hal\s+(?:itu|ini|tersebut)|di\s+antaranya"
    r"|selain\s+itu|karena\s+itu|oleh\s+(?:karena|sebab)\s+itu|untuk\s+itu|maka\s+dari\s+itu|dengan\s+(?:begitu|demikian)"
    r"|sehingga|selanjutnya|kemudian|namun|tetapi|padahal|juga|it|he|she|they)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"(?:\S+\s+){1,3}(?:itu|tersebut)\b", re.IGNORECASE)
_POINTS_NOWHERE = re.compile(r"sementara\s+itu\b", re.IGNORECASE)
MAX_SENTENCES_BEFORE = 2
NEIGHBOURS = 2


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When to answer, and with how much."""

    min_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.3
    max_quotes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    max_question_length: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = 1000
    passages_read: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class Answerer:
    """Retriever and reader together; use it from one thread at a time."""

    def __init__(self, retriever: Retriever, reader: Reader, settings: AnswerSettings) -> None:
        self._retriever = retriever
        self._reader = reader
        self._settings = settings

    @property
    def store(self) -> Store:
        return self._retriever.store

    def summary(self) -> Summary:
        """How much can be searched at this moment."""
        return self.store.summary()

    def answer(self, question: str, most_quotes: int | None = None) -> Answer:
        """Quotes, or none; raises QuestionTooLong. A question without a word in it gets no quotes."""
        readings = self._read(question, self._settings.passages_read)
        if not readings:
            return Answer(question, answered=False, confidence=0.0)
        confidence = readings[0].probability
        least = LEAST_SHARE_OF_FIRST * confidence
        # Marked words claim to be the answer, so a quote that may well be none has none.
        quotes = tuple(
            quote if quote.score >= self._settings.min_confidence else quote.slice(quote.start, quote.end, None)
            for quote in choose_quotes(readings, most_quotes or self._settings.max_quotes, least)
        )
        if confidence < self._settings.min_confidence:
            near = tuple(quote for quote in quotes if quote.score >= LEAST_NEAR)
            return Answer(question, answered=False, confidence=confidence, near=near)
        return Answer(question, answered=True, confidence=confidence, quotes=quotes)

    def search(self, question: str, most: int) -> tuple[Quote, ...]:
        """Up to `most` quotes to browse, down to those that are only near; none where the question is not answered."""
        readings = self._read(question, most)
        if not readings or readings[0].probability < self._settings.min_confidence:
            return ()
        return choose_quotes(readings, most, LEAST_NEAR)

    def _read(self, question: str, passages: int) -> list[Reading]:
        if len(question) > self._settings.max_question_length:
            raise QuestionTooLong(len(question), self._settings.max_question_length)
        query = parse_question(question)
        return self._reader.read(self._retriever.retrieve(query, passages)) if query.words else []


def open_answerer(
    store: Store, encoder: Encoder, data: Path, retriever: RetrieverSettings, answers: AnswerSettings
) -> Answerer:
    """An answerer whose indexes lie in this data folder."""
    return Answerer(Retriever(store, encoder, data, retriever), Reader(), answers)


# Two quotes this near in probability are told apart by their date instead.
SAME_PROBABILITY = 0.05
# A quote far less probable than the first is noise beside it.
LEAST_SHARE_OF_FIRST = 0.25
# Below this, even the nearest passage has nothing to do with the question.
LEAST_NEAR = 0.05


def choose_quotes(readings: list[Reading], most: int, least: float) -> tuple[Quote, ...]:
    """Up to `most` quotes of a probability from `least` on, best first, of equals the newest first, none repeated."""
    chosen: list[Quote] = []
    for reading in readings:
        if reading.probability < least or len(chosen) == most:
            break
        quote = readable_alone(reading)
        if not any(_repeats(quote, other) for other in chosen):
            chosen.append(quote)
    # Equals are those close to the best of them, so that recency lifts a quote but never buries a better one.
    newest_first: list[Quote] = []
    while chosen:
        equals = [quote for quote in chosen if chosen[0].score - quote.score <= SAME_PROBABILITY]
        newest_first.extend(sorted(equals, key=lambda quote: quote.article.published or "", reverse=True))
        chosen = chosen[len(equals) :]
    return tuple(newest_first)


def readable_alone(reading: Reading) -> Quote:
    """The sentence as a quote, together with those before it that it leans on."""
    article = reading.passage.article
    sentences = split_sentences(article.text)
    position = next((n for n, (start, _) in enumerate(sentences) if start >= reading.sentence[0]), 0)
    start = reading.sentence[0]
    for earlier in range(position, max(position - MAX_SENTENCES_BEFORE, 0), -1):
        if not _leans(article.text, sentences[earlier]):
            break
        start = sentences[earlier - 1][0]
    return Quote(article, start, reading.sentence[1], reading.answer, reading.probability)


def with_neighbours(quote: Quote) -> Quote:
    """The quote together with a sentence or two on either side of it."""
    sentences = split_sentences(quote.article.text)
    inside = [n for n, (start, end) in enumerate(sentences) if start < quote.end and quote.start < end]
    if not inside:
        return quote
    first, last = max(inside[0] - NEIGHBOURS, 0), min(inside[-1] + NEIGHBOURS, len(sentences) - 1)
    return quote.slice(sentences[first][0], sentences[last][1], quote.answer)


def _leans(text: str, sentence: Span) -> bool:
    beginning = text[sentence[0] : sentence[1]]
    if _POINTS_NOWHERE.match(beginning):
        return False
    return _LEANS.match(beginning) is not None or _POINTS_BACK.match(beginning) is not None


def _repeats(quote: Quote, other: Quote) -> bool:
    if quote.text == other.text:
        return True
    return quote.article.id == other.article.id and quote.start < other.end and other.start < quote.end
