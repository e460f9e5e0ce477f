"""How well the right passage is found: the dev questions of each set over all its passages.

    python -m embeddings.evaluation.retrieval --data ../shared/data

Of NewsQA25, the held-out questions over the passages of their articles; of Lampung, one-line summaries over the short
texts that they sum up, before the reader only, as they are no questions.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from embeddings.knowledge_base import KnowledgeBase
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.passages import PassageSettings, split_passages
from embeddings.question.query import parse_question
from embeddings.search.dense import DenseIndex
from embeddings.search.lexical import LexicalIndex
from embeddings.search.retriever import RetrieverSettings, fuse
from embeddings.training.questions import is_held_out, rows, usable_news
from embeddings.types import Article

RANKS = (1, 5, 20)
WEIGHTS = (0.5, 0.6, 0.7, 0.8, 0.9)
MOST_QUESTIONS = 1000
NOT_FOUND = 10**6
Asked = tuple[str, int]
"""A question and the position of its passage."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and corpus/")
    parser.add_argument("--only", help="one of the sets")
    arguments = parser.parse_args()
    encoder = Encoder(EncoderSettings())
    for name, passages, asked in sets(arguments.data, encoder):
        if arguments.only in (None, name):
            print(f"{name}: {len(asked)} questions, {len(passages)} passages", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                measure(Path(folder), encoder, passages, asked, with_reader=name != "lampung")


def sets(data: Path, encoder: Encoder) -> Iterator[tuple[str, list[str], list[Asked]]]:
    """Each set's name, passages and questions."""
    for name in ("idkmrc", "tydiqa_id", "facqa"):
        found = {split: list(rows(data / "qa" / f"{name}.{split}.jsonl")) for split in ("train", "dev")}
        passages = list(dict.fromkeys(row["context"] for split in found.values() for row in split))
        position = {passage: number for number, passage in enumerate(passages)}
        yield name, passages, [(row["question"], position[row["context"]]) for row in found["dev"] if row["answerable"]]
    passages, asked = [], []
    starts: dict[str, list[tuple[int, int]]] = {}
    for row in rows(data / "qa" / "newsqa25.train.jsonl"):
        if not (usable_news(row) and is_held_out(row["doc_id"])):
            continue
        text = row["context"]
        if text not in starts:
            spans = split_passages(
                Article(row["doc_id"], text),
                encoder.count_tokens,
                encoder.max_passage_tokens,
                PassageSettings().target_tokens,
            )
            starts[text] = [(start, len(passages) + number) for number, (start, _) in enumerate(spans)]
            passages.extend(text[start:end] for start, end in spans)
        asked.append(
            (row["question"], max(number for start, number in starts[text] if start <= row["support"]["start"]))
        )
    yield "newsqa25", passages, asked
    texts = {row["id"]: row["text"] for row in rows(data / "corpus" / "lampung_fenomena.jsonl")}
    position = {id: number for number, id in enumerate(texts)}
    known = [(row["query"], position[row["doc_id"]]) for row in rows(data / "corpus" / "lampung_known_item.jsonl")]
    yield "lampung", list(texts.values()), known[:MOST_QUESTIONS]


def measure(folder: Path, encoder: Encoder, contexts: Sequence[str], asked: Sequence[Asked], with_reader: bool) -> None:
    """Index the passages, each whole, and print recall at each rank and nDCG, before the reader and after."""
    knowledge = KnowledgeBase(folder, encoder=encoder)
    store = knowledge.store
    started = time.perf_counter()
    embeddings = encoder.encode_passages(contexts)
    print(f"{len(contexts) / (time.perf_counter() - started):.1f} passages encoded a second")
    for number, (context, embedding) in enumerate(zip(contexts, embeddings, strict=True)):
        store.save(Article(str(number), context), [(0, len(context))], embedding[None])
    dense, lexical = DenseIndex(folder / "dense", encoder.name, encoder.dimension), LexicalIndex(folder / "lexical")
    dense.refresh(store)
    lexical.refresh(store)
    ranks = _ranks_before_reading(dense, lexical, encoder, asked)
    if with_reader:
        ranks["after the reader"] = _ranks_after_reading(knowledge, asked)
    report(ranks)


def _ranks_before_reading(
    dense: DenseIndex, lexical: LexicalIndex, encoder: Encoder, asked: Sequence[Asked]
) -> dict[str, list[int]]:
    candidates = RetrieverSettings().candidates
    ranks: dict[str, list[int]] = {name: [] for name in ("dense", "lexical", *(f"fused, {w} dense" for w in WEIGHTS))}
    queries = [parse_question(question) for question, _ in asked]
    embeddings = encoder.encode_queries([query.text for query in queries])
    for query, (_, position), embedding in zip(queries, asked, embeddings, strict=True):
        # Passage ids count from 1, in the order saved.
        right = position + 1
        by_meaning = dict(dense.search(embedding, candidates))
        by_words = dict(lexical.search(query.stems, candidates))
        only_words = [id for id in by_words if id not in by_meaning]
        every = by_meaning | dict(zip(only_words, dense.scores(embedding, only_words), strict=True))
        ranks["dense"].append(_rank(by_meaning, right))
        ranks["lexical"].append(_rank(by_words, right))
        for weight in WEIGHTS:
            ranks[f"fused, {weight} dense"].append(_rank(fuse(every, by_words, weight), right))
    return ranks


def report(ranks: dict[str, list[int]]) -> None:
    """Print recall at each rank and nDCG of each way of finding, from the places (from 0) of what was right."""
    for name, found in ranks.items():
        figures = [f"R@{rank} {np.mean([position < rank for position in found]):.3f}" for rank in RANKS]
        gains = [1 / math.log2(position + 2) if position < 10 else 0.0 for position in found]
        print(f"{name:16} {'  '.join(figures)}  nDCG@10 {np.mean(gains):.3f}", flush=True)


def _ranks_after_reading(knowledge: KnowledgeBase, asked: Sequence[Asked]) -> list[int]:
    ranks = []
    for question, position in asked:
        # Each passage is an article here, of which several sentences may be read.
        order = list(dict.fromkeys(reading.passage.article.id for reading in knowledge.readings(question)))
        ranks.append(order.index(str(position)) if str(position) in order else NOT_FOUND)
    return ranks


def _rank(scores: dict[int, float], right: int) -> int:
    order = sorted(scores, key=lambda id: -scores[id])
    return order.index(right) if right in scores else NOT_FOUND


if __name__ == "__main__":
    main()
