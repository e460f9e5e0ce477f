"""How well the right article is found among all that a newsroom has.

    wartabot index --data D ../shared/data/corpus/news.jsonl.gz
    python -m embeddings.evaluation.newsroom --data ../shared/data --index D

The held-out questions of NewsQA25 over the articles of the index; right is the first passage of the right article.
Many stories stand in several articles, so it is also counted where the first passage that is read tells the answer: its
own words, or four fifths of those of the sentence that supports it.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.answers.reader import Reader
from embeddings.evaluation.retrieval import NOT_FOUND, report
from embeddings.indonesian.words import holds_words, words_of
from embeddings.knowledge_base import KnowledgeBase
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.question.correct import spelt_as_indexed
from embeddings.question.query import parse_question
from embeddings.search.retriever import Retriever, RetrieverSettings
from embeddings.settings import KnowledgeSettings
from embeddings.training.questions import is_held_out, rows, tells_support, usable_news

DEPTH = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/")
    parser.add_argument("--index", type=Path, required=True, help="data folder of the indexed articles")
    parser.add_argument("--most", type=int, default=600, help="questions")
    arguments = parser.parse_args()
    encoder, reader = Encoder(EncoderSettings()), Reader()
    store = KnowledgeBase(arguments.index).store
    asked = [
        (row["question"], row["doc_id"], row["answer_text"].strip(" ."), row["support"]["text"])
        for row in rows(arguments.data / "qa" / "newsqa25.train.jsonl")
        if usable_news(row) and is_held_out(row["doc_id"]) and store.article(row["doc_id"])
    ][: arguments.most]
    summary = store.summary()
    print(f"{len(asked)} questions, {summary.articles} articles, {summary.passages} passages", flush=True)
    ranks: dict[str, list[int]] = {}
    for name, weight in (("dense", 1.0), ("lexical", 0.0), ("fused", RetrieverSettings().dense_weight)):
        settings = KnowledgeSettings(retriever=RetrieverSettings(dense_weight=weight))
        knowledge = KnowledgeBase(arguments.index, settings, encoder=encoder, reader=reader)
        ranks[name] = [rank(_found(knowledge.retriever, question), article) for question, article, _, _ in asked]
    read(knowledge, asked, ranks)


def _found(retriever: Retriever, question: str) -> list[str]:
    """The articles of the best passages."""
    query = spelt_as_indexed(parse_question(question), retriever)
    return [hit.passage.article.id for hit in retriever.retrieve(query, DEPTH).hits]


def read(knowledge: KnowledgeBase, asked: Sequence[tuple[str, str, str, str]], ranks: dict[str, list[int]]) -> None:
    """Read what is found for each question, and print the ranks before and after, and how long it took."""
    ranks["after the reader"], seconds, told = [], [], 0
    for question, article, expected, support in asked:
        started = time.perf_counter()
        readings = knowledge.readings(question)
        seconds.append(time.perf_counter() - started)
        ranks["after the reader"].append(rank([reading.passage.article.id for reading in readings], article))
        first = readings[0].passage if readings else None
        told += first is not None and (first.article.id == article or tells(first.text, expected, support))
    report(ranks)
    print(f"the first passage read is of the right article, or tells the answer: {told / len(asked):.3f}")
    print(f"finding and reading: p50 {np.quantile(seconds, 0.5):.3f} s, p95 {np.quantile(seconds, 0.95):.3f} s")


def rank(found: Sequence[str], article: str) -> int:
    """The place of an article among those found, each counted once, from 0."""
    once = list(dict.fromkeys(found))
    return once.index(article) if article in once else NOT_FOUND


def tells(passage: str, answer: str, support: str) -> bool:
    """Whether a passage holds an answer of several words, or four fifths of the supporting sentence's words."""
    return (len(words_of(answer)) > 1 and holds_words(passage, answer)) or tells_support(passage, support)


if __name__ == "__main__":
    main()
