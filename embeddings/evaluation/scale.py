"""How a question fares among a million passages: its time, the memory, the start, what is new, and filters.

    python -m embeddings.evaluation.scale --into FOLDER --passages 1000000

The folder is filled with an invented archive first, in processes of their own; what an earlier run has left is kept.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec

import numpy as np
from numpy.typing import NDArray

from embeddings.evaluation.invented_archive import (
    DAYS,
    FIRST,
    VOCABULARY,
    fill,
    invented,
    invented_questions,
    invented_word,
    slipped,
    spans_of,
)
from embeddings.filter import Filter
from embeddings.knowledge_base import KnowledgeBase
from embeddings.search.dense import DenseIndex
from embeddings.storage.store import FILE_NAME, Store
from embeddings.topics.finding import find_all

TODAY = date(2026, 11, 27)
MOST_FOUND = 50
P = ParamSpec("P")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="the data folder, which is kept for another run")
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=200)
    arguments = parser.parse_args()
    # In a process of its own, so that its memory does not count.
    filling = get_context("spawn").Process(target=fill, args=(arguments.into, arguments.passages))
    filling.start()
    filling.join()
    if filling.exitcode:
        raise SystemExit(filling.exitcode)
    knowledge = KnowledgeBase(arguments.into, today=lambda: TODAY)
    tell("start", [milliseconds(knowledge.open)])
    ask(knowledge, invented_questions(arguments.questions))
    take_in(knowledge, arguments.into)
    look_up(knowledge)
    # Linux counts ru_maxrss in kilobytes.
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    index = DenseIndex(arguments.into / "dense", knowledge.encoder.name, knowledge.encoder.dimension)
    index.refresh(knowledge.store)
    for share in (0.01, 0.001):
        print(f"of what a filter lets through, {share:.1%} of all: recall {recall(knowledge.store, index, share):.3f}")


def ask(knowledge: KnowledgeBase, questions: Sequence[str]) -> None:
    """Print how long whole questions take, reader and all."""
    knowledge.answer(questions[0])
    tell("a question", [milliseconds(knowledge.answer, question) for question in questions])


def take_in(knowledge: KnowledgeBase, folder: Path) -> None:
    """Print how long it takes until articles are found that another process stores, one at a time."""
    other, begin = Store(folder / FILE_NAME), knowledge.store.watermark().passage
    times = []
    knowledge.take_in()
    for number in range(20):
        article = invented(number)
        store_again(other, article.id)
        times.append(milliseconds(knowledge.take_in))
        assert knowledge.retriever.holds_passage(begin + 1)
    tell("a new article taken in", times)


def store_again(store: Store, article_id: str) -> None:
    """Store an article anew, as when it has been changed."""
    article = store.article(article_id)
    assert article is not None
    store.save(article, spans_of(article), store.article_embeddings(article_id), find_all(article))


def look_up(knowledge: KnowledgeBase) -> None:
    """Print how long each thing takes that answering or drawing a card asks of the store and the words."""
    store, chance = knowledge.store, random.Random(1)
    wrong = [slipped(invented_word(chance.randrange(VOCABULARY)), chance) for _ in range(200)]
    tell("a word that no article holds", [milliseconds(knowledge.retriever.nearest, word) for word in wrong])
    tell("summary", [milliseconds(store.summary) for _ in range(20)])
    tell("newest", [milliseconds(store.newest, 5) for _ in range(20)])
    tell("titled", [milliseconds(store.titled, ["rapat", "bupati"], 5) for _ in range(20)])
    for share in (0.5, 0.1, 0.01, 0.001):
        filters = list(periods(share, 10))
        tell(f"newest of {share:.1%}", [milliseconds(store.newest, 5, one) for one in filters])
        tell(f"passages of {share:.1%}", [milliseconds(store.passages_within, one) for one in filters])


def periods(share: float, most: int) -> Iterator[Filter]:
    """Filters by day of publication that let through this share of all articles."""
    chance, days = random.Random(1), round(share * DAYS)
    for _ in range(most):
        first = FIRST + timedelta(chance.randrange(DAYS - days))
        yield Filter(first.isoformat(), (first + timedelta(days - 1)).isoformat(), ("published",))


def recall(store: Store, index: DenseIndex, share: float) -> float:
    """How many of the truly nearest passages that filters let through the dense search finds."""
    filters = list(periods(share, 10))
    within = [store.passages_within(where)[0] for where in filters]
    queries = np.concatenate([store.article_embeddings(str(number))[:1] for number in range(len(filters))])
    exact = nearest(store, queries, within)
    found = [{id for id, _ in index.search(query, MOST_FOUND, ids)} for query, ids in zip(queries, within, strict=True)]
    return sum(len(some & best) for some, best in zip(found, exact, strict=True)) / sum(map(len, exact))


def nearest(store: Store, queries: NDArray[np.float32], within: Sequence[NDArray[np.int64]]) -> list[set[int]]:
    """The nearest passages to each query of those that its filter lets through, by comparing all that are stored."""
    scores: list[dict[int, float]] = [{} for _ in queries]
    for ids, embeddings in store.embeddings_after(0):
        for query, let_through, of_query in zip(queries, within, scores, strict=True):
            kept = np.isin(ids, let_through)
            of_query.update(zip(ids[kept].tolist(), (embeddings[kept] @ query).tolist(), strict=True))
    return [set(sorted(of_query, key=lambda id: -of_query[id])[:MOST_FOUND]) for of_query in scores]


def milliseconds(action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    begin = time.perf_counter()
    action(*args, **kwargs)
    return 1000 * (time.perf_counter() - begin)


def tell(name: str, times: Sequence[float]) -> None:
    """Print how long something takes, half of the time and but for one time in twenty."""
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms", flush=True)


if __name__ == "__main__":
    main()
