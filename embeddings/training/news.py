"""Passages of local-government news, and the questions with one answer or none that stand on them."""

import random
import re
from pathlib import Path

import msgspec

from embeddings.indonesian.sentences import split_sentences
from embeddings.training.questions import Example, rows
from embeddings.types import Span

SOURCE = "localgov"
SHORTEST, LONGEST = 100, 600


class Passage(msgspec.Struct, frozen=True):
    """A piece of an article: what stands before it, and its text."""

    context: str
    text: str


def load_passages(data: Path, chance: random.Random, localgov: int = 1) -> list[Passage]:
    """Passages of local-government news, about as long as those that are searched."""
    found: list[Passage] = []
    for row in rows(data / "corpus" / "news.jsonl.gz"):
        if row["localgov"] < localgov:
            continue
        head = "".join(
            f"{part}\n"
            for part, share in ((row["title"], 0.75), (row.get("date"), 0.5))
            if part and chance.random() < share
        )
        start, wanted, end = 0, chance.randint(SHORTEST, LONGEST), 0
        for sentence in split_sentences(row["text"]):
            if sentence[1] - start > wanted and end > start:
                found.append(Passage(head, row["text"][start:end]))
                start, wanted = sentence[0], chance.randint(SHORTEST, LONGEST)
            end = sentence[1]
        if SHORTEST <= end - start <= 2 * LONGEST:
            found.append(Passage(head, row["text"][start:end]))
    return found


def answered(question: str, passage: Passage, answer: Span) -> Example:
    return Example(SOURCE, question, passage.context, passage.text, answer, True)


def unanswered(question: str, passage: Passage) -> Example:
    return Example(SOURCE, question, passage.context, passage.text, None, False)


def replaced(passage: Passage, at: Span, new: str = "") -> Passage | None:
    """The passage without the words there, nor anywhere else; None where its context gives them too."""
    old = passage.text[slice(*at)]
    if old.casefold() in passage.context.casefold():
        return None
    text = passage.text[: at[0]] + new + passage.text[at[1] :]
    text = text.replace(old, new) if len(old) > 4 else text
    return None if len(old) <= 4 and old in text else Passage(passage.context, re.sub(r" {2,}", " ", text))
