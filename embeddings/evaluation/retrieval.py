"""How well the right passage is found, on IDK-MRC's dev questions over all its train and dev passages.

python -m embeddings.evaluation.retrieval --data ../shared/data
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.articles import Article
from embeddings.dense import DenseIndex
from embeddings.encoder import Encoder, EncoderSettings
from embeddings.lexical import LexicalIndex
from embeddings.query import parse_question
from embeddings.retriever import RetrieverSettings, fuse
from embeddings.store import Store

RANKS = (1, 5, 20)
WEIGHTS = (0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/")
    parser.add_argument("--into", type=Path, default=Path("data"), help="wartabot's data folder, with the model")
    arguments = parser.parse_args()
    rows = {
        split: [json.loads(line) for line in (arguments.data / "qa" / f"idkmrc.{split}.jsonl").open(encoding="utf-8")]
        for split in ("train", "dev")
    }
    contexts = list(dict.fromkeys(row["context"] for split in rows.values() for row in split))
    asked = [row for row in rows["dev"] if row["answerable"]]
    print(f"{len(asked)} questions, {len(contexts)} passages")
    encoder = Encoder(EncoderSettings(), arguments.into)
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), encoder, contexts, [(row["question"], contexts.index(row["context"])) for row in asked])


def measure(folder: Path, encoder: Encoder, contexts: Sequence[str], asked: Sequence[tuple[str, int]]) -> None:
    """Index the contexts, each whole as one passage, and print recall at each rank for dense, lexical and fused."""
    store = Store(folder / "knowledge.db")
    started = time.perf_counter()
    embeddings = encoder.encode_passages(contexts)
    print(f"{len(contexts) / (time.perf_counter() - started):.1f} passages encoded a second")
    for number, (context, embedding) in enumerate(zip(contexts, embeddings, strict=True)):
        store.save(Article(str(number), context), [(0, len(context))], embedding[None])
    dense, lexical = DenseIndex(folder / "dense", "evaluation", encoder.dimension), LexicalIndex(folder / "lexical")
    dense.refresh(store)
    lexical.refresh(store)

    candidates = RetrieverSettings().candidates
    ranks: dict[str, list[int]] = {"dense": [], "lexical": [], **{f"fused, {w} dense": [] for w in WEIGHTS}}
    for (question, position), embedding in zip(
        asked, encoder.encode_queries([parse_question(question).text for question, _ in asked]), strict=True
    ):
        # Passage ids count from 1, in the order saved.
        right = position + 1
        by_meaning = dict(dense.search(embedding, candidates))
        by_words = dict(lexical.search(parse_question(question).stems, candidates))
        only_words = [id for id in by_words if id not in by_meaning]
        every = by_meaning | dict(zip(only_words, dense.scores(embedding, only_words), strict=True))
        ranks["dense"].append(_rank(by_meaning, right))
        ranks["lexical"].append(_rank(by_words, right))
        for weight in WEIGHTS:
            ranks[f"fused, {weight} dense"].append(_rank(fuse(every, by_words, weight), right))
    for name, found in ranks.items():
        recalls = "  ".join(f"R@{rank} {np.mean([position < rank for position in found]):.3f}" for rank in RANKS)
        print(f"{name:16} {recalls}")


def _rank(scores: dict[int, float], right: int) -> int:
    order = sorted(scores, key=lambda id: -scores[id])
    return order.index(right) if right in scores else len(order) + 1000


if __name__ == "__main__":
    main()
