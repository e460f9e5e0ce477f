"""Choose what the reader learns from: each question with a passage that answers and with passages that do not.

A question that stands with one label only can give itself away by its style, so nearly every question stands with
both. Passages that do not answer are those found for the question that lack its answer, or its own passage without the
sentences that answer.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.indonesian.regions import Level, all_regions
from embeddings.indonesian.words import stem_words
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.training.news import Passage, load_passages
from embeddings.training.questions import Example, cropped, load_examples, without_answer
from embeddings.training.style import Style
from embeddings.training.templates import make_examples

TEMPLATES = 9_500
UNANSWERABLE = 2_500
"""Questions of IDK-MRC made unanswerable by a small change; they give themselves away, so only some."""
NEGATIVES = 3
"""Passages that do not answer, for each question that has one that does."""
FROM_OWN_PASSAGE = 0.4
WHOLE_SHARE = 0.5
LOCAL_NEWS, OTHER_NEWS = 6_000, 20_000
CANDIDATES = 24
NEAREST = 8
MOST_OF_SUPPORT = 0.5
Group = list[Example]
"""Pairs that share one question; the first answers, where any does."""


def training_groups(data: Path, chance: random.Random, by_meaning: bool) -> list[Group]:
    """All groups in random order.

    `by_meaning` adds the passages that the shipped encoder finds to those that are found by words.
    """
    human = load_examples(data, "train", chance)
    answerable = [example for example in human if example.answerable]
    unanswerable = [example for example in human if not example.answerable]
    local, made = news_and_examples(data, chance)
    every = load_passages(data, chance, localgov=0)
    news = [
        passage for some, most in ((local, LOCAL_NEWS), (every, OTHER_NEWS)) for passage in _sample(some, most, chance)
    ]
    groups = [
        [_sometimes_cropped(example, chance), *wrong]
        for example, wrong in zip(answerable, negatives(answerable, news, chance, NEGATIVES, by_meaning), strict=True)
    ]
    groups += [[_sometimes_cropped(example, chance)] for example in _sample(unanswerable, UNANSWERABLE, chance)]
    groups += [[example] for example in _sample(made, TEMPLATES, chance)]
    chance.shuffle(groups)
    return groups


def as_people_write(groups: Sequence[Group], data: Path, chance: random.Random) -> list[Group]:
    """The groups, with many of their questions shortened and misspelt."""
    style = Style(data / "lexicon" / "slang_normalization.json")
    return [_asked(style.apply(group[0].question, chance), group) for group in groups]


def news_and_examples(data: Path, chance: random.Random) -> tuple[list[Passage], list[Example]]:
    """The passages of local-government news, and the questions that templates make from them."""
    news = load_passages(data, chance)
    regions = sorted({region.name for region in all_regions() if region.level is not Level.PROVINCE})
    return news, make_examples(news, regions, chance)


def negatives(
    examples: Sequence[Example],
    news: Sequence[Passage],
    chance: random.Random,
    count: int = 1,
    by_meaning: bool = False,
) -> list[list[Example]]:
    """For each question up to `count` passages that do not answer it."""
    others = list(dict.fromkeys(
        (example.context, example.passage) for example in (cropped(example, chance) for example in examples)
    ))  # fmt: skip
    others += [(passage.context, passage.text) for passage in news]
    questions, texts = [example.question for example in examples], [head + text for head, text in others]
    nearest = mine(questions, texts)
    if by_meaning:
        meant, _ = mine_by_meaning(questions, texts)
        nearest = [_alternate(*both) for both in zip(nearest, meant, strict=True)]
    stems: dict[int, set[str]] = {}
    found: list[list[Example]] = []
    for example, candidates in zip(examples, nearest, strict=True):
        answer = example.passage[slice(*example.answer)].casefold() if example.answer else ""
        supporting = set() if example.known_span else set(stem_words(answer))
        usable: list[Example] = []
        for candidate in candidates:
            head, text = others[candidate]
            if answer in (head + text).casefold() or text in example.passage:
                continue
            # Without the exact words of an answer, what says most of the supporting sentence may well answer too.
            if supporting:
                said = stems.setdefault(candidate, set(stem_words(head + text)))
                if len(supporting & said) > MOST_OF_SUPPORT * len(supporting):
                    continue
            usable.append(Example(example.source, example.question, head, text, None, False))
        chosen = _sample(usable[:NEAREST], count, chance)
        own = without_answer(example)
        if own is not None and chance.random() < FROM_OWN_PASSAGE:
            chosen = [cropped(own, chance), *chosen][:count]
        found.append(chosen)
    return found


def _asked(question: str, group: Group) -> Group:
    return [msgspec.structs.replace(pair, question=question) for pair in group]


def _sometimes_cropped(example: Example, chance: random.Random) -> Example:
    # Articles are far longer than what is searched; the other sets' passages are not.
    whole = example.source != "newsqa25" and chance.random() < WHOLE_SHARE
    return example if whole else cropped(example, chance)


def _sample(some: Sequence[Any], most: int, chance: random.Random) -> list[Any]:
    return chance.sample(some, min(most, len(some)))


def _alternate(first: Sequence[int], second: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(row for pair in zip(first, second, strict=True) for row in pair))


def mine(questions: Sequence[str], passages: Sequence[str]) -> list[list[int]]:
    """The rows of the passages that share most words with each question, by TF-IDF, nearest first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=stem_words, sublinear_tf=True, dtype=np.float32)
    known = vectorizer.fit_transform(passages)
    asked = vectorizer.transform(questions)
    found: list[list[int]] = []
    for start in range(0, asked.shape[0], 500):
        found.extend(_nearest((asked[start : start + 500] @ known.T).toarray()))
    return found


def mine_by_meaning(questions: Sequence[str], passages: Sequence[str]) -> tuple[list[list[int]], NDArray[np.float16]]:
    """The rows of the passages nearest to each question by the shipped encoder, nearest first, and all cosines."""
    encoder = Encoder(EncoderSettings())
    embeddings = encoder.encode_passages(passages)
    cosines = (encoder.encode_queries(questions) @ embeddings.T).astype(np.float16)
    return _nearest(cosines), cosines


def _nearest(scores: NDArray[np.floating[Any]]) -> list[list[int]]:
    """The best columns of each row, best first."""
    most = min(CANDIDATES, scores.shape[1])
    nearest = np.argpartition(-scores, most - 1, axis=1)[:, :most]
    return [
        [int(column) for column in columns[np.argsort(-row[columns])]]
        for row, columns in zip(scores, nearest, strict=True)
    ]
