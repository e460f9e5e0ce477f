"""Choose what the reader learns from: each question with a passage that answers and with passages that do not.

A question that stands with one label only can give itself away by its style, so nearly every question stands with
both. Passages that do not answer are those found for the question that lack its answer, or its own passage without the
sentences that answer.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, EncoderSettings
from embeddings.lexical import stem_words
from embeddings.regions import Level, all_regions
from embeddings.training.questions import Example, cropped, load_examples, without_answer
from embeddings.training.style import Style
from embeddings.training.templates import Passage, load_passages, make_examples

TEMPLATES = 9_500
UNANSWERABLE = 2_500
"""Questions of IDK-MRC made unanswerable by a small change; they give themselves away, so only some."""
NEGATIVE_SHARES = {"idkmrc": 0.7, "tydiqa_id": 0.7, "facqa": 1.0, "newsqa25": 1.1}
FROM_OWN_PASSAGE = 0.3
CANDIDATES = 12


def training_pairs(data: Path, chance: random.Random, by_meaning: bool) -> list[Example]:
    """All pairs in random order, questions written as people write.

    `by_meaning` adds the passages that the shipped encoder finds to those that are found by words.
    """
    human = load_examples(data, "train", chance)
    answerable = [example for example in human if example.answerable]
    unanswerable = [example for example in human if not example.answerable]
    news, made = news_and_examples(data, chance)
    pairs = [
        *(cropped(example, chance) for example in answerable),
        *negatives(answerable, news, chance, by_meaning),
        *(cropped(example, chance) for example in chance.sample(unanswerable, min(UNANSWERABLE, len(unanswerable)))),
        *chance.sample(made, min(TEMPLATES, len(made))),
    ]
    style = Style(data / "lexicon" / "slang_normalization.json")
    chance.shuffle(pairs)
    return [msgspec.structs.replace(pair, question=style.apply(pair.question, chance)) for pair in pairs]


def news_and_examples(data: Path, chance: random.Random) -> tuple[list[Passage], list[Example]]:
    """The passages of local-government news, and the questions that templates make from them."""
    news = load_passages(data, chance)
    regions = sorted({region.name for region in all_regions() if region.level is not Level.PROVINCE})
    return news, make_examples(news, regions, chance)


def negatives(
    examples: Sequence[Example], news: Sequence[Passage], chance: random.Random, by_meaning: bool = False
) -> list[Example]:
    """For each question passages that do not answer it."""
    pool = [cropped(example, chance) for example in examples]
    others = [(example.context, example.passage) for example in pool]
    others += [(passage.context, passage.text) for passage in chance.sample(list(news), min(6000, len(news)))]
    questions, texts = [example.question for example in examples], [head + text for head, text in others]
    nearest = mine(questions, texts)
    if by_meaning:
        # Without the exact words of an answer, what is nearest by meaning may well answer too.
        nearest = [
            _alternate(by_words, meant) if example.known_span else by_words
            for example, by_words, meant in zip(examples, nearest, mine_by_meaning(questions, texts)[0], strict=True)
        ]
    found: list[Example] = []
    for example, candidates in zip(examples, nearest, strict=True):
        share = NEGATIVE_SHARES[example.source]
        while chance.random() < share:
            share -= 1
            own = without_answer(example) if chance.random() < FROM_OWN_PASSAGE else None
            if own is not None:
                found.append(cropped(own, chance))
                continue
            answer = example.passage[slice(*example.answer)].casefold() if example.answer else ""
            usable = [
                others[candidate]
                for candidate in candidates
                if answer not in (others[candidate][0] + others[candidate][1]).casefold()
                and others[candidate][1] not in example.passage
            ]
            if usable:
                head, text = usable[min(int(chance.expovariate(0.4)), len(usable) - 1)]
                found.append(Example(example.source, example.question, head, text, None, False))
    return found


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
        scores = (asked[start : start + 500] @ known.T).toarray()
        nearest = np.argpartition(-scores, CANDIDATES, axis=1)[:, :CANDIDATES]
        for row, columns in zip(scores, nearest, strict=True):
            found.append([int(column) for column in columns[np.argsort(-row[columns])]])
    return found


def mine_by_meaning(questions: Sequence[str], passages: Sequence[str]) -> tuple[list[list[int]], NDArray[np.float16]]:
    """The rows of the passages nearest to each question by the shipped encoder, nearest first, and all cosines."""
    encoder = Encoder(EncoderSettings())
    embeddings = encoder.encode_passages(passages)
    cosines = (encoder.encode_queries(questions) @ embeddings.T).astype(np.float16)
    nearest = np.argpartition(-cosines, CANDIDATES, axis=1)[:, :CANDIDATES]
    return [
        [int(column) for column in columns[np.argsort(-row[columns])]]
        for row, columns in zip(cosines, nearest, strict=True)
    ], cosines
