"""What it costs to match a day's new articles with ten thousand questions that wait.

    python -m embeddings.evaluation.alerts --into FOLDER

Articles and questions are invented, of the regions of one province, so that many questions are near to many articles.
The folder gets an archive first, which is kept for another run; the day's articles come on top of it.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

from embeddings.answers.answer import Certainty
from embeddings.answers.standing import StandingQuestions, regions_of
from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import all_regions
from embeddings.knowledge_base import KnowledgeBase
from embeddings.types import Article

PROVINCE = "16"
DAY = date(2026, 2, 9)
PARTS = {
    "event": lexicon.lines("embeddings.evaluation", "invented_events.txt"),
    "office": lexicon.lines("embeddings.evaluation", "invented_offices.txt"),
    "counted": lexicon.lines("embeddings.evaluation", "invented_counted.txt"),
    "place": lexicon.lines("embeddings.evaluation", "invented_places.txt"),
}
NAMES = lexicon.lines("embeddings.evaluation", "invented_names.txt")
NEWS = lexicon.lines("embeddings.evaluation", "invented_news.txt")
QUESTIONS = lexicon.lines("embeddings.evaluation", "invented_questions.txt")
P = ParamSpec("P")
T = TypeVar("T")


class Stopwatch:
    """Milliseconds of processor time by what they were spent on: beside other work, the clock would tell more."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}

    def time(self, name: str, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the action gives; its time is noted."""
        begin = time.process_time()
        result = action(*args, **kwargs)
        self.spent.setdefault(name, []).append(1000 * (time.process_time() - begin))
        return result

    def report(self) -> None:
        """Print how often each was done, how long it took, and how long in all."""
        for name, spent in self.spent.items():
            p50, p95 = np.percentile(spent, [50, 95])
            print(f"{name}: {len(spent)} times, p50 {p50:.1f} ms, p95 {p95:.1f} ms, {sum(spent) / 1000:.0f} s in all")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="data folder of the invented archive")
    parser.add_argument("--archive", type=int, default=5_000, help="articles that are there before")
    parser.add_argument("--articles", type=int, default=1_000, help="a day's new articles")
    parser.add_argument("--questions", type=int, default=10_000, help="questions that wait")
    arguments = parser.parse_args()
    knowledge, watch = KnowledgeBase(arguments.into), Stopwatch()
    knowledge.open()
    if not knowledge.store.had_articles():
        knowledge.add(invented(arguments.archive, seed=1))
    before = knowledge.store.watermark().passage
    asked = questions(arguments.questions)
    standing = [watch.time("a question prepared, once", knowledge.standing, question, DAY) for question in asked]
    side_by_side = watch.time("all put side by side, once", StandingQuestions, standing)
    knowledge.add(invented(arguments.articles, seed=before))
    begin = time.process_time()
    match_all(knowledge, before, asked, side_by_side, watch)
    watch.report()
    print(f"a thousand articles matched: {1000 * (time.process_time() - begin) / arguments.articles:.0f} s")


def match_all(
    knowledge: KnowledgeBase, before: int, asked: list[str], side_by_side: StandingQuestions, watch: Stopwatch
) -> None:
    """Match every article that came in since, as the bot does."""
    store, near, sure = knowledge.store, 0, 0
    while (following := store.next_article(before)) is not None:
        before, article_id = following
        article = store.article(article_id)
        assert article is not None
        watch.time("the regions of an article", regions_of, article)
        embeddings = store.article_embeddings(article_id)
        found = watch.time("an article compared with all", side_by_side.near, article, embeddings)
        for position in found:
            answer = watch.time(
                "an article asked one question", knowledge.answer_from, asked[position], article_id, DAY
            )
            sure += answer.certainty is Certainty.SURE
        near += len(found)
    print(f"{store.summary().articles} articles in all, {near} times near, {sure} times a sure answer")


def questions(most: int) -> list[str]:
    """Different questions on the province's regions."""
    chance, regions = random.Random(0), _regions()
    found: dict[str, None] = {}
    while len(found) < most:
        found[_filled(chance.choice(QUESTIONS), chance, regions)] = None
    return list(found)


def invented(most: int, seed: int) -> Iterator[Article]:
    """Articles of the province's regions."""
    chance, regions = random.Random(seed), _regions()
    for number in range(most):
        title, text = _filled(chance.choice(NEWS), chance, regions).split("|")
        yield Article(f"{seed}-{number}", text, title=title, source=f"Kabar {number % 9}", published=DAY.isoformat())


def _filled(form: str, chance: random.Random, regions: list[str]) -> str:
    parts = {name: chance.choice(words) for name, words in PARTS.items()}
    parts |= {"region": chance.choice(regions), "name": " ".join(chance.sample(NAMES, 2))}
    filled = form.format(**parts, day=chance.randint(1, 28), number=chance.randint(11, 900))
    return filled[0].upper() + filled[1:]


def _regions() -> list[str]:
    return sorted({region.name for region in all_regions() if region.code.startswith(f"{PROVINCE}.")})


if __name__ == "__main__":
    main()
