"""Find the articles that tell what a longer text tells: a forwarded article, a claim, a letter."""

from collections.abc import Collection

from embeddings.answers.answer import Quote
from embeddings.answers.quotes import quote_of
from embeddings.indonesian.sentences import split_sentences
from embeddings.indonesian.words import stem_words
from embeddings.question.query import parse_question
from embeddings.search.retriever import Retriever
from embeddings.types import Article, Span

# The news tell what they are about where they begin, and the encoder reads no more.
MOST_READ = 800
CANDIDATES = 24
# Of the weight of a text's words, what an article has that tells the same, and one that is about something near. Of
# 41 articles held against the others, one had more than the first, a report on the same bupati's next meeting.
LEAST_SIMILAR, LEAST_RELATED = 0.45, 0.25
# Far less than the likest has is chance.
LEAST_SHARE_OF_FIRST = 0.75


def find_similar(retriever: Retriever, text: str, most: int, least: float = LEAST_SIMILAR) -> tuple[Quote, ...]:
    """Up to `most` quotes of articles that have at least this share of what a text says, the likest first."""
    query = parse_question(text[:MOST_READ])
    if not query.words:
        return ()
    found = retriever.retrieve(query, CANDIDATES)
    total = sum(found.weights.values()) or 1.0
    articles = {hit.passage.article.id: hit.passage.article for hit in found.hits}.values()
    shared = {article.id: _weight(_stems(article), found.weights) / total for article in articles}
    least = max(least, LEAST_SHARE_OF_FIRST * max(shared.values(), default=0.0))
    alike = sorted(articles, key=lambda article: -shared[article.id])[:most]
    return tuple(
        _likest(article, found.weights, shared[article.id]) for article in alike if shared[article.id] >= least
    )


def _stems(article: Article) -> set[str]:
    return set(stem_words(f"{article.title or ''} {article.text}"))


def _weight(stems: Collection[str], weights: dict[str, float]) -> float:
    """What the words that both have weigh: rare ones most."""
    return sum(weight for stem, weight in weights.items() if stem in stems)


def _likest(article: Article, weights: dict[str, float], share: float) -> Quote:
    def likeness(sentence: Span) -> float:
        return _weight(set(stem_words(article.text[slice(*sentence)])), weights)

    return quote_of(article, max(split_sentences(article.text), key=likeness), None, min(share, 1.0))
