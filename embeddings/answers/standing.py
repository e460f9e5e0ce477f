"""Questions that wait for articles: which of them a new article may answer, told before anything is read."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.answers.answer import Quote
from embeddings.answers.quotes import quote_of
from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import canonical, regions_named, regions_printed
from embeddings.indonesian.sentences import split_sentences
from embeddings.indonesian.words import stem_words
from embeddings.passages import passage_context
from embeddings.types import Article

_WORDS_FOR_NEWS = lexicon.words("embeddings.question", "words_for_news.txt")
# Of 3,636 pairs of the newsrooms A, every one that was answered for sure has a cosine from .729 on and .57 of the
# question's stems in the article; 1 in 22 of the others passes.
LEAST_COSINE = 0.72
LEAST_SHARE = 0.5


class StandingQuestion(msgspec.Struct, frozen=True):
    """What is kept of a question so that it need not be read again for each article."""

    embedding: bytes
    """Unit-length, of float16."""
    stems: tuple[str, ...]
    """Of its content words; empty where it has none, and no article is near it."""
    region: str | None
    """The region's canonical name, where its words are nothing but that."""
    from_its_day: bool
    """Whether it names a time that is counted from the day on which it was asked."""


class StandingQuestions:
    """Many of them side by side."""

    def __init__(self, questions: Sequence[StandingQuestion]) -> None:
        self._embeddings = np.array(
            [np.frombuffer(one.embedding, dtype=np.float16) for one in questions], dtype=np.float32
        )
        self._columns: dict[str, int] = {}
        stems = [[self._columns.setdefault(stem, len(self._columns)) for stem in one.stems] for one in questions]
        self._sizes = np.array([len(of_one) for of_one in stems], dtype=np.intp)
        self._rows = np.repeat(np.arange(len(questions)), self._sizes)
        self._stems = np.array([stem for of_one in stems for stem in of_one], dtype=np.intp)

    def near(self, article: Article, embeddings: NDArray[np.float32]) -> list[int]:
        """The positions of those that the article may answer; its passages' embeddings have shape (n, dimension)."""
        if len(self._sizes) == 0 or len(embeddings) == 0:
            return []
        held = np.zeros(len(self._columns), dtype=bool)
        for stem in stem_words(f"{passage_context(article)}{article.text}"):
            if stem in self._columns:
                held[self._columns[stem]] = True
        shared = np.bincount(self._rows[held[self._stems]], minlength=len(self._sizes))
        rows = np.flatnonzero((shared > 0) & (shared >= LEAST_SHARE * self._sizes))
        cosines = (self._embeddings[rows] @ embeddings.T).max(axis=1, initial=-1.0)
        return [int(row) for row in rows[cosines >= LEAST_COSINE]]


def region_of(words: Sequence[str]) -> str | None:
    """The canonical name of the region that words name, where they say nothing else but that news is wanted."""
    name = canonical(" ".join(word for word in words if word not in _WORDS_FOR_NEWS))
    return name if name and regions_named(name) else None


def regions_of(article: Article) -> set[str]:
    """The regions that an article names, by canonical name."""
    return regions_printed("\n".join(filter(None, (article.title, article.place, article.text))))


def naming(article: Article, region: str) -> Quote:
    """The first sentence of an article that names a region; the first of all where only its headline does."""
    sentences = split_sentences(article.text)
    first = next((one for one in sentences if region in regions_printed(article.text[slice(*one)])), sentences[0])
    return quote_of(article, first, None, 1.0)
