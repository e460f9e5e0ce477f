"""Does it know what it does not know: half of the questions' articles are indexed, and all questions are asked.

    python -m embeddings.evaluation.leave_out --data ../shared/data

The dev questions of FacQA among its train passages, and the held-out ones of NewsQA25. Who guesses from the question
alone scores an AUC of .5. Some questions whose article is left out are answered by another one: those for which the
best sentence holds the very words of the answer are counted, and left out of a second AUC.
"""

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from embeddings.answers.reader import Reader
from embeddings.indonesian.words import holds_words
from embeddings.knowledge_base import KnowledgeBase
from embeddings.models.bundled import MODEL
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.sources.build import build_article
from embeddings.training.questions import is_held_out, rows, usable_news
from embeddings.types import Article

SEED = 1
Asked = tuple[str, str, str, bool]
"""A question, its answer, the id of its article, and whether it is on local government."""


class Found(msgspec.Struct, frozen=True):
    """How a question was answered; `elsewhere` if its article was left out and another one answers."""

    confidence: float
    there: bool
    answered: bool
    elsewhere: bool
    local: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and corpus/")
    parser.add_argument("--reader", type=Path, default=MODEL, help="the model directory whose reader reads")
    arguments = parser.parse_args()
    chance = random.Random(SEED)
    encoder = Encoder(EncoderSettings())
    reader = Reader(directory=arguments.reader)
    for name, (asked, articles, others) in (("facqa", _facqa(arguments.data)), ("newsqa25", _news(arguments.data))):
        ids = sorted(articles)
        chance.shuffle(ids)
        there = set(ids[: len(ids) // 2])
        with tempfile.TemporaryDirectory() as folder:
            knowledge = KnowledgeBase(Path(folder), encoder=encoder, reader=reader)
            for refusal in knowledge.add([*(articles[id] for id in sorted(there)), *others]):
                raise SystemExit(f"{refusal.where}: {refusal.reason}")
            measure(name, knowledge, asked, there)


def measure(name: str, knowledge: KnowledgeBase, asked: Sequence[Asked], there: set[str]) -> None:
    """Print the AUC of the confidence, and what the threshold makes of it."""
    found: list[Found] = []
    for question, expected, article, local in asked:
        answer = knowledge.answer(question)
        shown = next(iter((*answer.quotes, *answer.near)), None)
        elsewhere = article not in there and shown is not None and holds_words(shown.text, expected)
        found.append(Found(answer.confidence, article in there, answer.answered, elsewhere, local))
    for group, chosen in (("all", found), ("local government", [row for row in found if row.local])):
        if not chosen or len({row.there for row in chosen}) < 2:
            continue
        known, unknown = ([row for row in chosen if row.there is label] for label in (True, False))
        sure = [row for row in chosen if not row.elsewhere]
        print(
            f"{name:10} {group}: {len(known)} in, {len(unknown)} out of {knowledge.summary().passages} passages; AUC "
            f"{_auc(chosen):.3f}; answered {_share_answered(known):.3f} of those in, {_share_answered(unknown):.3f} of "
            f"those out; without {len(chosen) - len(sure)} out that another article answers: AUC {_auc(sure):.3f}, "
            f"answered {_share_answered([row for row in unknown if not row.elsewhere]):.3f} of those out",
            flush=True,
        )


def _auc(found: Sequence[Found]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([row.there for row in found], [row.confidence for row in found]))


def _share_answered(found: Sequence[Found]) -> float:
    return sum(row.answered for row in found) / len(found)


def _facqa(data: Path) -> tuple[list[Asked], dict[str, Article], list[Article]]:
    asked: list[Asked] = []
    articles: dict[str, Article] = {}
    ids: dict[str, str] = {}
    for row in rows(data / "qa" / "facqa.dev.jsonl"):
        id = ids.setdefault(row["context"], row["id"])
        articles[id] = Article(id, row["context"])
        asked.append((row["question"], row["answers"][0]["text"], id, False))
    others = {row["context"]: row["id"] for row in rows(data / "qa" / "facqa.train.jsonl") if row["context"] not in ids}
    return asked, articles, [Article(id, context) for context, id in others.items()]


def _news(data: Path) -> tuple[list[Asked], dict[str, Article], list[Article]]:
    asked = [
        (row["question"], row["answer_text"].strip(" ."), row["doc_id"], row["localgov"] >= 1)
        for row in rows(data / "qa" / "newsqa25.train.jsonl")
        if usable_news(row) and is_held_out(row["doc_id"])
    ]
    wanted = {id for _, _, id, _ in asked}
    articles = {
        row["id"]: build_article(
            row["text"], id=row["id"], title=row["title"], source=row["source"], published=row.get("date")
        )
        for row in rows(data / "corpus" / "news.jsonl.gz")
        if row["id"] in wanted
    }
    return [question for question in asked if question[2] in articles], articles, []


if __name__ == "__main__":
    main()
