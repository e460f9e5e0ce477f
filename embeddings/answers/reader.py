"""Read the passages found for a question: which words may answer, and in which sentence."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from tokenizers import Encoding

from embeddings.indonesian.sentences import split_sentences
from embeddings.models.bundled import MODEL, READER_FILE, Network, load_tokenizer, tokenize_pairs
from embeddings.passages import passage_context
from embeddings.search.retriever import Hit, Retrieval
from embeddings.types import Span

MAX_PAIR_TOKENS = 384
MAX_ANSWER_TOKENS = 60
# Read in twos, pairs of like length waste little on padding: p95 of a question 194 ms, against 257 in eights.
READ_TOGETHER = 2
NO_ANSWER = -20.0
# Words that fit are looked for among so many.
LIKELIEST = 30


class Candidate(msgspec.Struct, frozen=True):
    """A sentence of a hit, and what the network makes of it: the likeliest answer in it, and whether it is one."""

    hit: Hit
    sentence: Span
    """Offsets into the article, like those of the answer."""
    answer: Span
    answers: float
    """The log-odds that the passage answers."""
    certainty: float
    """The log-probability of the answer's words among all in the passage."""
    behind: float
    """How much more certain the likeliest words of the passage are."""

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.passage.article.text[slice(*self.sentence)]

    @property
    def answer_text(self) -> str:
        """The words that answer."""
        return self.hit.passage.article.text[slice(*self.answer)]


class Reader:
    """The bundled model's reader; use it from one thread at a time."""

    def __init__(self, directory: Path = MODEL, threads: int = 0) -> None:
        self._network = Network(directory / READER_FILE, threads)
        self._tokenizer = load_tokenizer(directory)

    def read(self, retrieval: Retrieval, fits: Callable[[str], bool] | None = None) -> list[Candidate]:
        """The likeliest answer in each sentence of each hit, in the order of the hits and of their text.

        Where words that fit are likely enough in a sentence, they are taken. An English question is read as it was
        typed, too, and each sentence has the better of the two.
        """
        query = retrieval.query
        found = self._candidates(retrieval.hits, query.text, fits)
        if not query.english:
            return found
        # The network knows English; which of the two it reads better differs from question to question.
        return list(map(_surer, found, self._candidates(retrieval.hits, query.english, fits)))

    def _candidates(self, hits: Sequence[Hit], question: str, fits: Callable[[str], bool] | None) -> list[Candidate]:
        pairs = [(question, passage_context(hit.passage.article), hit.passage.text) for hit in hits]
        found: list[Candidate] = []
        for hit, judgement in zip(hits, self.judge(pairs), strict=True):
            text = hit.passage.text
            read = [(sentence, judgement.best(text, sentence, fits)) for sentence in split_sentences(text)]
            most = max((certainty for _, (_, certainty) in read), default=0.0)
            found.extend(
                Candidate(
                    hit, _shifted(sentence, hit), _shifted(answer, hit), judgement.answers, certainty, most - certainty
                )
                for sentence, (answer, certainty) in read
            )
        return found

    def judge(self, pairs: Sequence[tuple[str, str, str]]) -> list["Judgement"]:
        """What the network makes of each question, context and passage."""
        read = [(question, context + passage) for question, context, passage in pairs]
        encodings = tokenize_pairs(self._tokenizer, read, MAX_PAIR_TOKENS)
        found: dict[int, Judgement] = {}
        for position, (logits, answers) in self._network.run(encodings, READ_TOGETHER):
            found[position] = _judgement(encodings[position], logits, len(pairs[position][1]), float(answers[0]))
        return [found[position] for position in range(len(pairs))]


class Judgement(msgspec.Struct, frozen=True):
    """What the network makes of a pair: how probably each token of the passage begins or ends the answer."""

    tokens: NDArray[np.int32]
    """Offsets into the passage, shape (n, 2)."""
    starts: NDArray[np.float32]
    """Log-probabilities among the tokens of the passage, shape (n,), like those of the ends."""
    ends: NDArray[np.float32]
    answers: float
    """The log-odds that the passage answers."""

    def best(
        self, passage: str, within: Span | None = None, fits: Callable[[str], bool] | None = None
    ) -> tuple[Span, float]:
        """The likeliest answer within a span of the passage, offsets into it, and its log-probability.

        If words that fit are among the likeliest, the first of these.
        """
        start, end = within or (0, len(passage))
        first, last = (int(np.searchsorted(self.tokens[:, 1], offset, side="right")) for offset in (start, end - 1))
        rows = slice(first, last + 1)
        tokens = self.tokens[rows]
        # What stands before the passage took all the room, or the span is behind it.
        if len(tokens) == 0:
            return (start, min(start + 1, len(passage))), NO_ANSWER
        scores = self.starts[rows][:, None] + self.ends[rows][None, :]
        length = np.arange(len(tokens))[None, :] - np.arange(len(tokens))[:, None]
        scores[(length < 0) | (length >= MAX_ANSWER_TOKENS)] = -np.inf
        likeliest = _likeliest(scores.ravel(), 1 if fits is None else LIKELIEST)
        spans = [
            _printed(passage, max(start, int(tokens[row, 0])), min(end, int(tokens[column, 1])))
            for row, column in (divmod(int(one), len(tokens)) for one in likeliest)
        ]
        chosen = 0 if fits is None else next((n for n, (a, b) in enumerate(spans) if fits(passage[a:b])), 0)
        return spans[chosen], float(scores.ravel()[likeliest[chosen]])


def _surer(one: Candidate, other: Candidate) -> Candidate:
    """A sentence as it was read twice: the words that are more certain, and what speaks most for it."""
    certain = max(one, other, key=lambda candidate: candidate.certainty)
    return replace(certain, answers=max(one.answers, other.answers), behind=min(one.behind, other.behind))


def _judgement(encoding: Encoding, logits: NDArray[np.float32], context: int, answers: float) -> Judgement:
    inside = [
        position
        for position, (sequence, (start, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
        if sequence == 1 and start >= context and start < end
    ]
    tokens = np.array([encoding.offsets[position] for position in inside], dtype=np.int32).reshape(-1, 2) - context
    starts, ends = (_log_softmax(logits[inside, side].astype(np.float64)).astype(np.float32) for side in (0, 1))
    return Judgement(tokens, starts, ends, answers)


def _likeliest(scores: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """The positions of the highest finite scores, highest first."""
    chosen = np.argpartition(-scores, most)[:most] if most < len(scores) else np.arange(len(scores))
    chosen = chosen[np.isfinite(scores[chosen])]
    return chosen[np.argsort(-scores[chosen], kind="stable")]


def _printed(text: str, start: int, end: int) -> Span:
    """The span without the space before it, which a token may begin with, and without the marks behind it."""
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return start, start + max(len(text[start:end].rstrip(" ,;:.")), 1)


def _shifted(span: Span, hit: Hit) -> Span:
    return hit.passage.start + span[0], hit.passage.start + span[1]


def _log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(logits) == 0:
        return logits
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))
