"""Quotes that can be read alone: a sentence with those it leans on, none repeated, the newest of equals first."""

from collections.abc import Callable, Iterable

from rapidfuzz import fuzz

from embeddings.answers.answer import Quote
from embeddings.answers.probability import Reading
from embeddings.indonesian.sentences import readable_alone, sentences_around, split_sentences
from embeddings.types import Article, Span

NEIGHBOURS = 2
# Two quotes this near in probability are told apart by their date instead.
SAME_PROBABILITY = 0.05
# The same where the newest is asked for.
SAME_PROBABILITY_OF_NEWS = 0.25
# Sentences of one story's copies that share more than this, in percent, are one sentence.
SAME_WORDING = 80


def choose_quotes(
    readings: list[Reading],
    most: int,
    least: float,
    with_copies: Callable[[Quote], Quote] = lambda quote: quote,
    latest: bool = False,
) -> tuple[Quote, ...]:
    """Up to `most` quotes of a probability from `least` on, best first, of equals the newest first, none repeated.

    Where the latest is asked for, quotes that are further apart in probability are equals.
    """
    same = SAME_PROBABILITY_OF_NEWS if latest else SAME_PROBABILITY
    chosen: list[Quote] = []
    for reading in readings:
        if reading.probability < least or len(chosen) == most:
            break
        article, answer = reading.passage.article, reading.answer
        quote = with_copies(quote_of(article, reading.sentence, answer, reading.probability))
        if not any(_repeats(quote, other) for other in chosen):
            chosen.append(quote)
    # Equals are those close to the best of them, so that recency lifts a quote but never buries a better one.
    newest_first: list[Quote] = []
    while chosen:
        equals = [quote for quote in chosen if chosen[0].score - quote.score <= same]
        newest_first.extend(sorted(equals, key=lambda quote: quote.article.published or "", reverse=True))
        chosen = chosen[len(equals) :]
    return tuple(newest_first)


def quote_of(article: Article, sentence: Span, answer: Span | None, probability: float) -> Quote:
    """A sentence as a quote, together with those before it that it leans on."""
    return Quote(article, *readable_alone(article.text, sentence), answer, probability)


def with_neighbours(quote: Quote) -> Quote:
    """The quote together with a sentence or two on either side of it."""
    sentences = split_sentences(quote.article.text)
    inside = sentences_around(quote.article.text, quote.start, quote.end)
    if not inside:
        return quote
    first, last = max(inside[0] - NEIGHBOURS, 0), min(inside[-1] + NEIGHBOURS, len(sentences) - 1)
    return quote.slice(sentences[first][0], sentences[last][1], quote.answer)


def without_repeats(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """The quotes in their order, none that says what one before has said."""
    once: list[Quote] = []
    for quote in quotes:
        if not any(_repeats(quote, other) for other in once):
            once.append(quote)
    return tuple(once)


def _repeats(quote: Quote, other: Quote) -> bool:
    if quote.text == other.text:
        return True
    if quote.article in other.copies:
        return fuzz.token_set_ratio(quote.text, other.text) >= SAME_WORDING
    return quote.article.id == other.article.id and quote.start < other.end and other.start < quote.end
