"""How probably an answer is right: what speaks for and against it, weighed as calibrate.py has learnt."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from embeddings.answers.evidence import for_candidates, for_question
from embeddings.answers.reader import Candidate
from embeddings.question.question import Question
from embeddings.search.retriever import Retrieval
from embeddings.types import Passage, Span

WEIGHTS_FILE = "weights.json"


class Reading(msgspec.Struct, frozen=True):
    """A sentence (offsets into the article), the words in it that answer, and the probability that it does."""

    passage: Passage
    sentence: Span
    answer: Span | None
    """None where no words are of the kind that is asked for."""
    probability: float


class Logistic(msgspec.Struct, frozen=True):
    """A logistic regression: the weight of each feature by its name, and the intercept."""

    weights: dict[str, float]
    intercept: float

    def log_odds(self, features: Mapping[str, float]) -> float:
        """The log-odds of features by name; a weight whose feature is missing counts as 0."""
        return self.intercept + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())


class Weights(msgspec.Struct, frozen=True):
    """What `python -m embeddings.training.calibrate` has learnt."""

    candidate: Logistic
    """Whether one candidate of several answers."""
    best: Logistic
    """Whether the best candidate answers."""
    told: Logistic
    """Whether what a topic's facts tell answers."""


@cache
def learnt_weights() -> Weights:
    """The weights that stand beside this module."""
    return msgspec.json.decode((files(__package__) / WEIGHTS_FILE).read_bytes(), type=Weights)


def weighed(
    question: Question, retrieval: Retrieval, candidates: Sequence[Candidate], weights: Weights
) -> list[Reading]:
    """The candidates as readings, most probable first.

    The first has the calibrated probability; those behind it lose the odds they lack as candidates.
    """
    evidence = for_candidates(question, retrieval, candidates)
    odds = [weights.candidate.log_odds(features) for features in evidence]
    order = sorted(range(len(odds)), key=lambda row: -odds[row])
    if not order:
        return []
    best = order[0]
    sure = weights.best.log_odds(for_question(question, retrieval, evidence[best], odds[best]))
    return [_reading(question, candidates[row], sure + odds[row] - odds[best]) for row in order]


def _reading(question: Question, candidate: Candidate, log_odds: float) -> Reading:
    answer = question.marked(candidate.answer) if question.fits(candidate.answer_text) else None
    return Reading(candidate.hit.passage, candidate.sentence, answer, probability(log_odds))


def probability(log_odds: float) -> float:
    """The probability with these log-odds."""
    return 1 / (1 + math.exp(-max(min(log_odds, 500.0), -500.0)))
