"""Ask a file of questions and score the answers: right, right@3, span, false answers and silences, per kind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from embeddings.answers.answer import Answer, Certainty, Quote
from embeddings.errors import WartabotError
from embeddings.indonesian.words import words_of
from embeddings.knowledge_base import KnowledgeBase
from embeddings.sources.bulk import numbered_lines
from embeddings.sources.plain_text import UnreadableError
from embeddings.sources.refusals import Refusal

MAX_LINE = 1_000_000


class Question(msgspec.Struct, frozen=True):
    """A question, the id of the article that answers it, and strings of which one must stand in the quote.

    Without an article, a quote from any will do; without strings, none answers.
    """

    id: int | str
    question: str
    article: str | None
    answers: list[str]
    answerable: bool
    kind: str


class Outcome(msgspec.Struct, frozen=True):
    """How one question was answered; `span` is the token F1 of the answer's words, for right answers only."""

    question: Question
    answered: bool
    sure: bool
    confidence: float
    right: bool
    right_at_3: bool
    span: float
    quote: str | None


class Result(msgspec.Struct, frozen=True):
    """All outcomes, in the order asked, and the lines that are no questions or that nothing could be asked of."""

    outcomes: list[Outcome]
    not_verbatim: int
    refused: list[Refusal]

    def table(self) -> RenderableType:
        """The counts per kind, and every miss."""
        columns = ("kind", "asked", "right", "sure", "right@3", "span F1", "silent", "false", "sure")
        table = Table(*columns, title_justify="left")
        kinds = sorted({outcome.question.kind for outcome in self.outcomes})
        for kind in [*kinds, "all"]:
            rows = [outcome for outcome in self.outcomes if kind in ("all", outcome.question.kind)]
            table.add_row(kind, *_counts(rows))
        lines = [Text(f"quotes that are not verbatim: {self.not_verbatim}"), Text()]
        for outcome in self.outcomes:
            verdict = _miss(outcome)
            if verdict:
                lines.append(
                    Text(
                        f"{verdict:13} {outcome.confidence:.2f}  {outcome.question.question}\n"
                        f"{'':19}{(outcome.quote or '-')[:150]}"
                    )
                )
        return Group(table, *lines)


def _counts(rows: Sequence[Outcome]) -> Iterator[str]:
    right = [outcome for outcome in rows if outcome.right]
    spans = [outcome.span for outcome in right]
    yield str(len(rows))
    yield f"{len(right)}/{sum(outcome.question.answerable for outcome in rows)}"
    yield str(sum(outcome.sure for outcome in right))
    yield str(sum(outcome.right_at_3 for outcome in rows))
    yield f"{sum(spans) / len(spans):.2f}" if spans else "-"
    yield str(sum(outcome.question.answerable and not outcome.answered for outcome in rows))
    yield f"{sum(_false(outcome) for outcome in rows)}/{sum(not outcome.question.answerable for outcome in rows)}"
    yield str(sum(_false(outcome) and outcome.sure for outcome in rows))


def evaluate(knowledge: KnowledgeBase, questions: Path) -> Result:
    """Ask every question of a .jsonl file; raises OSError where it cannot be read."""
    outcomes = []
    refused = []
    not_verbatim = 0
    with questions.open("rb") as file:
        lines = list(numbered_lines(file, MAX_LINE))
    for number, line in lines:
        try:
            if line is None:
                raise UnreadableError(f"longer than {MAX_LINE} bytes")
            question = msgspec.json.decode(line, type=Question)
            answer = knowledge.answer(question.question)
        # UnreadableError, bytes that are not UTF-8 and what msgspec raises are all ValueErrors.
        except (ValueError, RecursionError, WartabotError) as error:
            refused.append(Refusal(f"{questions}, line {number}", str(error)))
            continue
        for quote in (*answer.quotes, *answer.near):
            stored = knowledge.store.article(quote.article.id)
            not_verbatim += stored is None or stored.text[quote.start : quote.end] != quote.text
        outcomes.append(_outcome(question, answer))
    return Result(outcomes, not_verbatim, refused)


def _outcome(question: Question, answer: Answer) -> Outcome:
    good = [is_right(quote, question) for quote in answer.quotes]
    first = answer.quotes[0] if answer.quotes else None
    shown = first or (answer.near[0] if answer.near else None)
    return Outcome(
        question=question,
        answered=answer.answered,
        sure=answer.certainty is Certainty.SURE,
        confidence=round(answer.confidence, 3),
        right=any(good[:1]),
        right_at_3=any(good[:3]),
        span=_span_f1(first, question) if first else 0.0,
        quote=f"{shown.article.id}: {shown.text}" if shown else None,
    )


def is_right(quote: Quote, question: Question) -> bool:
    """Whether a quote is of the right article and holds one of the strings.

    An article that is named by the name of its file alone may lie in any folder, which is then part of its id.
    """
    named = question.article is None or f".{quote.article.id}".endswith(f".{question.article}")
    return named and any(answer.casefold() in quote.text.casefold() for answer in question.answers)


def _span_f1(quote: Quote, question: Question) -> float:
    if quote.answer is None:
        return 0.0
    return max((token_f1(quote.article.text[slice(*quote.answer)], answer) for answer in question.answers), default=0.0)


def token_f1(text: str, wanted: str) -> float:
    """Harmonic mean of precision and recall over words, as in SQuAD (Rajpurkar et al. 2016)."""
    found, expected = Counter(words_of(text)), Counter(words_of(wanted))
    common = (found & expected).total()
    return 2 * common / (found.total() + expected.total()) if common else 0.0


def _false(outcome: Outcome) -> bool:
    return outcome.answered and not outcome.question.answerable


def _miss(outcome: Outcome) -> str:
    if _false(outcome):
        return "false answer"
    if outcome.question.answerable and not outcome.answered:
        return "silent"
    if outcome.question.answerable and not outcome.right:
        return "wrong, in 3" if outcome.right_at_3 else "wrong"
    return ""
