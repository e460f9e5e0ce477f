"""Read the passages found for a question: which words answer, in which sentence, and how probably."""

import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

from embeddings.indonesian.sentences import split_sentences
from embeddings.indonesian.words import stem_words
from embeddings.models.bundled import MODEL, READER_FILE, Network, load_tokenizer, tokenize_pairs
from embeddings.passages import passage_context
from embeddings.search.retriever import Hit, Retrieval
from embeddings.types import Passage, Span

WEIGHTS_FILE = "reader.json"
MAX_PAIR_TOKENS = 384
MAX_ANSWER_TOKENS = 60
# Read in twos, pairs of like length waste little on padding: p95 of a question 194 ms, against 257 in eights.
READ_TOGETHER = 2
NO_ANSWER = -20.0


class Reading(msgspec.Struct, frozen=True):
    """A sentence (offsets into the article), the words in it that answer, and the probability that they do."""

    passage: Passage
    sentence: Span
    answer: Span
    probability: float

    @property
    def text(self) -> str:
        """The sentence."""
        return self.passage.article.text[slice(*self.sentence)]


class Candidate(msgspec.Struct, frozen=True):
    """The best answer of one hit, and what tells whether it is one: each feature in about [-1, 1]."""

    hit: Hit
    sentence: Span
    answer: Span
    features: tuple[float, ...]


class Logistic(msgspec.Struct, frozen=True):
    """A logistic regression."""

    coefficients: tuple[float, ...]
    intercept: float

    def logits(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds, shape (n,), of features of shape (n, number of coefficients)."""
        return np.asarray(features @ np.array(self.coefficients) + self.intercept)


class Weights(msgspec.Struct, frozen=True):
    """What `python -m embeddings.training.calibrate` has learnt."""

    candidate: Logistic
    answered: Logistic


class Reader:
    """The bundled model's reader, its judgement weighed together with how the passage was found."""

    def __init__(self, weights: Weights | None = None, directory: Path = MODEL, threads: int = 0) -> None:
        self._weights = weights or load_weights()
        self._network = Network(directory / READER_FILE, threads)
        self._tokenizer = load_tokenizer(directory)

    def read(self, retrieval: Retrieval) -> list[Reading]:
        """The best answer of each hit, most probable first."""
        found = self.candidates(retrieval)
        if not found:
            return []
        logits = self._weights.candidate.logits(np.array([candidate.features for candidate in found]))
        order = np.argsort(-logits, kind="stable")
        confidence = self._weights.answered.logits(np.array([question_features(retrieval, found, logits)]))[0]
        # The first has the calibrated probability; those behind it lose the odds they lack as candidates.
        odds = confidence + logits - logits[order[0]]
        return [
            Reading(
                found[index].hit.passage,
                found[index].sentence,
                found[index].answer,
                float(1 / (1 + np.exp(-odds[index]))),
            )
            for index in order
        ]

    def candidates(self, retrieval: Retrieval) -> list[Candidate]:
        """The best answer of each hit, in the order of the hits."""
        contexts = [passage_context(hit.passage.article) for hit in retrieval.hits]
        question = retrieval.query.text
        judgements = self.judge(
            [(question, context, hit.passage.text) for context, hit in zip(contexts, retrieval.hits, strict=True)]
        )
        most = max((hit.lexical for hit in retrieval.hits), default=0.0)
        found: list[Candidate] = []
        for hit, context, judgement in zip(retrieval.hits, contexts, judgements, strict=True):
            sentence, answer = _in_one_sentence(hit.passage.text, judgement.answer)
            features = (
                judgement.answers / 4,
                judgement.certainty / 4,
                hit.score,
                hit.lexical / most if most else 0.0,
                _coverage(retrieval, context + hit.passage.text),
                _coverage(retrieval, hit.passage.text[slice(*sentence)]),
            )
            found.append(Candidate(hit, _shifted(sentence, hit), _shifted(answer, hit), features))
        return found

    def judge(self, pairs: Sequence[tuple[str, str, str]]) -> list["Judgement"]:
        """For each question, context and passage, the likeliest answer in the passage and whether it is one."""
        read = [(question, context + passage) for question, context, passage in pairs]
        encodings = tokenize_pairs(self._tokenizer, read, MAX_PAIR_TOKENS)
        found: dict[int, Judgement] = {}
        for position, (span, answers) in self._network.run(encodings, READ_TOGETHER):
            answer, certainty = _best_span(encodings[position], span, len(pairs[position][1]))
            found[position] = Judgement(answer, certainty, float(answers[0]))
        return [found[position] for position in range(len(pairs))]


class Judgement(msgspec.Struct, frozen=True):
    """What the network makes of a pair: offsets into the passage, their log-probability, the logit that they answer."""

    answer: Span
    certainty: float
    answers: float


def load_weights() -> Weights:
    """The weights that stand beside this module."""
    return msgspec.json.decode((files(__package__) / WEIGHTS_FILE).read_bytes(), type=Weights)


def question_features(
    retrieval: Retrieval, found: Sequence[Candidate], logits: NDArray[np.float64]
) -> tuple[float, ...]:
    """What tells whether the best candidate answers at all: its own features, and among how many it was found."""
    best = found[int(np.argmax(logits))]
    return (float(logits.max()) / 4, *best.features, math.log10(max(retrieval.searched, 1)) / 5)


def _best_span(encoding: Encoding, logits: NDArray[np.float32], context: int) -> tuple[Span, float]:
    """The likeliest answer in the passage (offsets into it) and its log-probability among all that are possible."""
    inside = np.array(
        [
            sequence == 1 and start >= context and start < end
            for sequence, (start, end) in zip(encoding.sequence_ids, encoding.offsets, strict=True)
        ]
    )
    positions = np.flatnonzero(inside)
    # The context took all the room, or the passage is empty.
    if len(positions) == 0:
        return (0, 0), NO_ANSWER
    starts, ends = (_log_softmax(logits[positions, side].astype(np.float64)) for side in (0, 1))
    scores = starts[:, None] + ends[None, :]
    length = np.arange(len(positions))[None, :] - np.arange(len(positions))[:, None]
    scores[(length < 0) | (length >= MAX_ANSWER_TOKENS)] = -np.inf
    first, last = np.unravel_index(int(np.argmax(scores)), scores.shape)
    start = encoding.offsets[positions[first]][0] - context
    end = encoding.offsets[positions[last]][1] - context
    return (start, end), float(scores[first, last])


def _in_one_sentence(text: str, answer: Span) -> tuple[Span, Span]:
    """The sentence in which an answer begins, and what of the answer stands in it, without marks around it."""
    # A token may begin with the space before it.
    begin = answer[0] + len(text[slice(*answer)]) - len(text[slice(*answer)].lstrip())
    sentences = split_sentences(text)
    sentence = next((found for found in sentences if begin < found[1]), sentences[-1])
    begin = max(begin, sentence[0])
    printed = text[begin : min(answer[1], sentence[1])]
    return sentence, (begin, begin + max(len(printed.rstrip(" ,;:.")), 1))


def _shifted(span: Span, hit: Hit) -> Span:
    return hit.passage.start + span[0], hit.passage.start + span[1]


def _log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def _coverage(retrieval: Retrieval, text: str) -> float:
    """The share of the query's words that are in a text, each weighing as much as it tells."""
    stems = set(stem_words(text))
    total = sum(retrieval.weights.values())
    return sum(weight for stem, weight in retrieval.weights.items() if stem in stems) / total if total else 0.0
