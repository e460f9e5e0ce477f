"""Human questions with the passages that answer them, from the published sets, as training reads them."""

import json
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.sentences import split_sentences
from embeddings.indonesian.words import stem_words, words_of
from embeddings.sources.bulk import open_bulk
from embeddings.types import Span

# Questions that point at something said before are no questions to a search.
DANGLING = re.compile(r"\b(?:tersebut|itu|ini|ia|dia|beliau|mereka)\b", re.IGNORECASE)
# One article of NewsQA25 in so many is kept out of training, to measure on.
HELD_OUT_SHARE = 7
SHORTEST, LONGEST = 100, 600
_WORD = re.compile(r"\w+(?:[.,/-]\w+)*")
MOST_OF_ANSWER = 0.7
_FACT = lexicon.patterns("embeddings.training", "asked.toml")["fact"]


class Example(msgspec.Struct, frozen=True):
    """A question, a passage with what stands before it (title, place, date), and where in the passage the answer is."""

    source: str
    question: str
    context: str
    passage: str
    answer: Span | None
    answerable: bool
    known_span: bool = True
    """False where the passage answers, but the words that do are only known roughly."""


def load_examples(data: Path, split: str, chance: random.Random) -> list[Example]:
    """Every question of the sets with its own passage; `split` is train or dev, NewsQA25's dev being held out."""
    return [*_wikipedia(data, split), *_facqa(data, split), *_news(data, split, chance)]


def is_held_out(article_id: str) -> bool:
    """Whether this article, and every question on it, is kept for measuring."""
    return zlib.crc32(article_id.encode()) % HELD_OUT_SHARE == 0


def cropped(example: Example, chance: random.Random) -> Example:
    """The example with a passage as long as those that are searched: whole sentences around the answer."""
    sentences = split_sentences(example.passage)
    if len(example.passage) <= SHORTEST or not sentences:
        return example
    inside = [n for n, (_, end) in enumerate(sentences) if example.answer and end > example.answer[0]]
    first = last = inside[0] if inside else chance.randrange(len(sentences))
    while example.answer and last + 1 < len(sentences) and sentences[last][1] < example.answer[1]:
        last += 1
    wanted = chance.randint(SHORTEST, LONGEST)
    while sentences[last][1] - sentences[first][0] < wanted:
        grown = [
            (n, m)
            for n, m in ((first - 1, last), (first, last + 1))
            if n >= 0 and m < len(sentences) and sentences[m][1] - sentences[n][0] <= LONGEST
        ]
        if not grown:
            break
        first, last = chance.choice(grown)
    start, end = sentences[first][0], sentences[last][1]
    answer = (example.answer[0] - start, example.answer[1] - start) if example.answer else None
    return msgspec.structs.replace(example, passage=example.passage[start:end], answer=answer)


def without_answer(example: Example) -> Example | None:
    """The same passage with the sentences that hold the answer left out; None where nothing would be left."""
    if example.answer is None:
        return None
    words = example.passage[slice(*example.answer)].casefold()
    rest = [
        example.passage[start:end]
        for start, end in split_sentences(example.passage)
        if words not in example.passage[start:end].casefold()
        and not (start < example.answer[1] and example.answer[0] < end)
    ]
    if sum(map(len, rest)) < SHORTEST or words in example.context.casefold():
        return None
    return msgspec.structs.replace(example, passage=" ".join(rest), answer=None, answerable=False)


def _wikipedia(data: Path, split: str) -> Iterator[Example]:
    seen: set[tuple[str, bool]] = set()
    for name in ("idkmrc", "tydiqa_id"):
        for row in rows(data / "qa" / f"{name}.{split}.jsonl"):
            question = " ".join(row["question"].split())
            if (question, row["answerable"]) in seen:
                continue
            seen.add((question, row["answerable"]))
            title = row.get("title")
            yield Example(
                name, question, f"{title}\n" if title else "", row["context"], _span(row["answers"]), row["answerable"]
            )


def _facqa(data: Path, split: str) -> Iterator[Example]:
    for row in rows(data / "qa" / f"facqa.{split}.jsonl"):
        yield Example("facqa", row["question"], "", row["context"], _span(row["answers"]), True)


def _news(data: Path, split: str, chance: random.Random) -> Iterator[Example]:
    usable = [
        row
        for row in rows(data / "qa" / "newsqa25.train.jsonl")
        if usable_news(row) and is_held_out(row["doc_id"]) == (split == "dev")
    ]
    wanted = {row["doc_id"] for row in usable}
    titles = {row["id"]: row["title"] for row in rows(data / "corpus" / "news.jsonl.gz") if row["id"] in wanted}
    for row in usable:
        context = row["context"]
        answer = row["answer_text"].strip(" .")
        start = context.find(answer) if answer else -1
        known = start >= 0
        if not known:
            start, answer = row["support"]["start"], row["support"]["text"]
            told = told_stretch(answer, row["question"], row["answer_text"])
            if told is not None:
                known, start, answer = True, start + told[0], answer[slice(*told)]
        title = titles.get(row["doc_id"])
        head = f"{title}\n" if title and chance.random() < 0.7 else ""
        yield Example("newsqa25", row["question"], head, context, (start, start + len(answer)), True, known)


def tells_support(text: str, support: str) -> bool:
    """Whether a text has four fifths of the words of the sentence that supports an answer."""
    wanted = set(words_of(support))
    return bool(wanted) and len(wanted & set(words_of(text))) >= 0.8 * len(wanted)


def told_stretch(support: str, question: str, answer: str) -> Span | None:
    """The stretch of a sentence that tells what an answer in other words adds to its question, if it tells most of it.

    Only for reasons, lists and the like: of a fact the stretch would hold too much.
    """
    if _FACT.search(question):
        return None
    wanted = set(stem_words(answer)) - set(stem_words(question))
    found = [
        (match.span(), stems & wanted)
        for match in _WORD.finditer(support)
        if (stems := set(stem_words(match[0]))) & wanted
    ]
    told = set().union(*(stems for _, stems in found))
    if not wanted or len(told) < MOST_OF_ANSWER * len(wanted):
        return None
    return found[0][0][0], found[-1][0][1]


def usable_news(row: dict[str, Any]) -> bool:
    """Whether a question of NewsQA25 stands alone and its article holds the answer."""
    support = row.get("support")
    return bool(
        row.get("grounded")
        and row["doc_id"]
        and support
        and support["recall"] >= 0.6
        and not DANGLING.search(row["question"])
    )


def _span(answers: Sequence[dict[str, Any]]) -> Span | None:
    return (answers[0]["start"], answers[0]["start"] + len(answers[0]["text"])) if answers else None


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with open_bulk(path) as lines:
        for line in lines:
            yield json.loads(line)
