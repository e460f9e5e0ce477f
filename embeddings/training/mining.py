"""Find passages that do not answer a question though they look as if they did.

They are those found for the question, by words or by meaning, that lack its answer, or its own passage without the
sentences that answer.
"""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.indonesian.words import stem_words
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.training.news import Passage
from embeddings.training.questions import Example, cropped, without_answer

FROM_OWN_PASSAGE = 0.4
CANDIDATES = 24
NEAREST = 8
MOST_OF_SUPPORT = 0.5
LONG_ANSWER = 60


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
    nearest = _mine_both_ways(questions, texts) if by_meaning else mine(questions, texts)
    stems: dict[str, set[str]] = {}
    found: list[list[Example]] = []
    for example, candidates in zip(examples, nearest, strict=True):
        usable = [
            Example(example.source, example.question, head, text, None, False)
            for head, text in (others[candidate] for candidate in candidates)
            if not _may_answer(example, head, text, stems)
        ]
        chosen = chance.sample(usable[:NEAREST], min(count, len(usable[:NEAREST])))
        own = without_answer(example)
        if own is not None and chance.random() < FROM_OWN_PASSAGE:
            chosen = [cropped(own, chance), *chosen][:count]
        found.append(chosen)
    return found


def _may_answer(example: Example, head: str, text: str, stems: dict[str, set[str]]) -> bool:
    answer = example.passage[slice(*example.answer)].casefold() if example.answer else ""
    if answer in (head + text).casefold() or text in example.passage:
        return True
    if example.known_span and len(answer) < LONG_ANSWER:
        return False
    # Without the exact words of an answer, or with many, what says most of its sentence may well answer too.
    supporting = set(stem_words(answer))
    if head + text not in stems:
        stems[head + text] = set(stem_words(head + text))
    return len(supporting & stems[head + text]) > MOST_OF_SUPPORT * len(supporting)


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


def _mine_both_ways(questions: Sequence[str], passages: Sequence[str]) -> list[list[int]]:
    """The rows found by words and by meaning in turn."""
    meant, _ = mine_by_meaning(questions, passages)
    return [
        list(dict.fromkeys(row for pair in zip(*both, strict=True) for row in pair))
        for both in zip(mine(questions, passages), meant, strict=True)
    ]


def _nearest(scores: NDArray[np.floating[Any]]) -> list[list[int]]:
    """The best columns of each row, best first."""
    most = min(CANDIDATES, scores.shape[1])
    nearest = np.argpartition(-scores, most - 1, axis=1)[:, :most]
    return [
        [int(column) for column in columns[np.argsort(-row[columns])]]
        for row, columns in zip(scores, nearest, strict=True)
    ]
