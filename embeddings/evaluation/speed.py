"""How fast and how large: passages encoded a second, milliseconds a question, peak memory.

    python -m embeddings.evaluation.speed --into FOLDER --questions FILE [--model MODEL]

The folder is a data folder that `wartabot index` has filled; the questions are a .jsonl file with `question` in it.
"""

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from embeddings.knowledge_base import KnowledgeBase
from embeddings.models.encoder import BUNDLED, Encoder, EncoderSettings
from embeddings.passages import passage_context
from embeddings.settings import KnowledgeSettings
from embeddings.types import Passage

PASSAGES_TO_ENCODE = 512
QUOTES = 12
T = TypeVar("T")


def main() -> None:
    started = time.perf_counter()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="a filled data folder")
    parser.add_argument("--questions", type=Path, required=True, help="a .jsonl file")
    parser.add_argument("--model", default=BUNDLED, help="the encoder that filled it, as in config.toml")
    parser.add_argument("--most", type=int, default=400, help="ask at most so many questions")
    arguments = parser.parse_args()
    questions = [json.loads(line)["question"] for line in arguments.questions.open(encoding="utf-8")][: arguments.most]

    knowledge = KnowledgeBase(arguments.into, KnowledgeSettings(encoder=EncoderSettings(model=arguments.model)))
    knowledge.answer(questions[0])
    store, encoder = knowledge.store, knowledge.encoder
    summary = store.summary()
    print(f"{summary.articles} articles, {summary.passages} passages")
    print(f"start to first answer: {time.perf_counter() - started:.1f} s, without the interpreter's own start")

    p50, p95 = np.percentile([_milliseconds(knowledge.answer, question) for question in questions], [50, 95])
    print(f"{len(questions)} questions: p50 {p50:.0f} ms, p95 {p95:.0f} ms")

    ids = range(1, store.watermark().passage + 1)
    quoted = [random.sample(ids, min(QUOTES, len(ids))) for _ in range(200)]
    p50, p95 = np.percentile([_milliseconds(store.passages, some) for some in quoted], [50, 95])
    print(f"{QUOTES} passages with their articles: p50 {p50:.2f} ms, p95 {p95:.2f} ms")

    encode(list(store.passages(list(ids)[:PASSAGES_TO_ENCODE]).values()), encoder)
    # Linux counts ru_maxrss in kilobytes.
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def encode(passages: Sequence[Passage], encoder: Encoder) -> None:
    """Print how many of these passages are encoded a second."""
    texts = [passage_context(passage.article) + passage.text for passage in passages]
    tokens = sum(encoder.count_tokens(texts))
    started = time.perf_counter()
    encoder.encode_passages(texts)
    seconds = time.perf_counter() - started
    print(f"{len(texts) / seconds:.1f} passages encoded a second ({tokens / len(texts):.0f} tokens each)")


def _milliseconds(action: Callable[[T], object], argument: T) -> float:
    started = time.perf_counter()
    action(argument)
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
