"""Questions that wait for articles: which of them a new article may answer, told before anything is read."""

from collections.abc import Collection, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.answers.answer import Quote
from embeddings.answers.quotes import quote_of
from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import canonical, lies_in, names_region, regions_named, regions_printed
from embeddings.indonesian.sentences import split_sentences
from embeddings.indonesian.words import stem_words
from embeddings.passages import passage_context
from embeddings.question.question import Question
from embeddings.types import Article

_WORDS_FOR_NEWS = lexicon.words("embeddings.question", "words_for_news.txt")
# Alike in meaning with some of the words, or nearly all of the words: of what the newsrooms A answer for sure, all 60
# are near, and of what the seeds do, 84 of 85.
LEAST_COSINE, LEAST_SHARE = 0.72, 0.5
LEAST_SHARE_ALONE = 0.8


class StandingQuestion(msgspec.Struct, frozen=True):
    """What is kept of a question so that it need not be read again for each article."""

    embedding: bytes
    """Unit-length, of float16."""
    stems: tuple[str, ...]
    """Of its content words; empty where it has none, and no article is near it."""
    regions: tuple[str, ...]
    """The regions that it names, by canonical name."""
    region: str | None
    """The region's canonical name, where its words are nothing but that."""
    from_its_day: bool
    """Whether it names a time that is counted from the day on which it was asked."""


def standing_question(asked: Question, embedding: NDArray[np.float32]) -> StandingQuestion:
    """What is kept of a question with this embedding."""
    relative = asked.period is not None and asked.period.relative
    kept, regions = embedding.astype(np.float16).tobytes(), tuple(sorted(asked.regions))
    return StandingQuestion(kept, asked.query.stems, regions, region_of(asked.query.words), relative)


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
        self._regions = [one.regions for one in questions]
        self._stems = np.array([stem for of_one in stems for stem in of_one], dtype=np.intp)

    def near(self, article: Article, embeddings: NDArray[np.float32]) -> list[int]:
        """The positions of those that the article may answer; its passages' embeddings have shape (n, dimension)."""
        if len(self._sizes) == 0 or len(embeddings) == 0:
            return []
        whole = f"{passage_context(article)}{article.text}"
        held = np.zeros(len(self._columns), dtype=bool)
        for stem in stem_words(whole):
            if stem in self._columns:
                held[self._columns[stem]] = True
        shared = np.bincount(self._rows[held[self._stems]], minlength=len(self._sizes))
        rows = np.flatnonzero((shared > 0) & (shared >= LEAST_SHARE * self._sizes))
        cosines = (self._embeddings[rows] @ embeddings.T).max(axis=1, initial=-1.0)
        by_words = shared[rows] >= LEAST_SHARE_ALONE * self._sizes[rows]
        near = [int(row) for row in rows[by_words | (cosines >= LEAST_COSINE)]]
        printed = regions_printed(whole)
        of_it = {region: _is_of(region, whole, printed) for row in near for region in self._regions[row]}
        return [row for row in near if not self._regions[row] or any(of_it[one] for one in self._regions[row])]


def _is_of(region: str, whole: str, printed: Collection[str]) -> bool:
    """Whether an article names a region, or one that lies in it."""
    return names_region(whole, region) or any(lies_in(inner, region) for inner in printed)


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
