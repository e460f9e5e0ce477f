"""How well questions that follow on from one another are answered.

    wartabot index --data D tests/newsrooms/A
    python -m embeddings.evaluation.dialogues --data D tests/newsrooms/A_dialogues.jsonl

The turns of each dialogue are asked in order, each with the one before, as the bot does. A turn is right if its first
quote is, or if none is given where no article answers; a dialogue, if all its turns are.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import msgspec

from embeddings.answers.answer import Answer
from embeddings.evaluation.questions import Question, is_right
from embeddings.knowledge_base import KnowledgeBase
from embeddings.question.context import Turn as Before
from embeddings.question.several import split_questions


class Wanted(msgspec.Struct, frozen=True):
    """An article, and strings of which one must stand in the quote."""

    article: str
    answers: list[str]


class Turn(msgspec.Struct, frozen=True):
    """What a person says, and what answers it."""

    say: str
    article: str | None
    answers: list[str]
    answerable: bool
    also: dict[str, list[str]] = {}
    """Other articles that answer as well, with their strings."""
    both: list[Wanted] = []
    """Of two questions in one message, what must answer each; `answers` is empty then."""

    def is_right(self, answers: list[Answer]) -> bool:
        """Whether these answers, one to each question of the turn, are right."""
        if not self.answerable:
            return not any(answer.answered for answer in answers)
        if self.both:
            return all(_among(answers, one.article, one.answers) for one in self.both)
        good = [(self.article, self.answers), *self.also.items()]
        return any(_among(answers, article, strings) for article, strings in good)


class Dialogue(msgspec.Struct, frozen=True):
    """Turns of one person, in order."""

    id: str
    turns: list[Turn]


def _among(answers: list[Answer], article: str | None, strings: list[str]) -> bool:
    wanted = Question(0, "", article, strings, True, "turn")
    return any(is_right(answer.quotes[0], wanted) for answer in answers if answer.quotes)


def converse(knowledge: KnowledgeBase, dialogue: Dialogue) -> Iterator[tuple[Turn, list[Answer]]]:
    """Each turn with its answers."""
    before: Before | None = None
    for turn in dialogue.turns:
        answers = []
        for question in split_questions(turn.say):
            answers.append(knowledge.answer(question, before=before))
            before = answers[-1].turn
        yield turn, answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder of the indexed articles")
    parser.add_argument("--totals", action="store_true", help="print no single turn")
    parser.add_argument("dialogues", type=Path, help="JSON lines: an id, and the turns")
    arguments = parser.parse_args()
    knowledge = KnowledgeBase(arguments.data)
    turns = right_turns = right_dialogues = 0
    dialogues = [msgspec.json.decode(line, type=Dialogue) for line in arguments.dialogues.read_bytes().splitlines()]
    for dialogue in dialogues:
        asked = list(converse(knowledge, dialogue))
        right = [turn.is_right(answers) for turn, answers in asked]
        turns, right_turns = turns + len(right), right_turns + sum(right)
        right_dialogues += all(right)
        if not arguments.totals and not all(right):
            print(*_report(dialogue, asked), sep="\n")
    print(f"{right_turns} of {turns} turns and {right_dialogues} of {len(dialogues)} whole dialogues are right")


def _report(dialogue: Dialogue, asked: list[tuple[Turn, list[Answer]]]) -> Iterator[str]:
    yield dialogue.id
    for turn, answers in asked:
        yield f"  {'right' if turn.is_right(answers) else 'WRONG'}  {turn.say!r}"
        for answer in answers:
            shown = (answer.quotes or answer.near)[:1]
            quote = f"{shown[0].article.id}: {shown[0].text[:120]!r}" if shown else "-"
            yield f"      {answer.certainty:5} {answer.confidence:.2f} {answer.question!r}  {quote}"


if __name__ == "__main__":
    main()
