"""The archive of any size that scale is measured with."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from embeddings import KnowledgeBase
from embeddings.evaluation.invented_archive import (
    DAYS,
    FIRST,
    PASSAGES_AN_ARTICLE,
    fill,
    invented,
    invented_questions,
    invented_word,
    slipped,
    spans_of,
)
from embeddings.evaluation.scale import nearest, periods, recall
from embeddings.indonesian.spelling import slips_of
from embeddings.search.dense import DenseIndex


def test_an_article_is_always_invented_as_it_was_and_its_passages_are_its_paragraphs() -> None:
    article = invented(7)
    assert article == invented(7) != invented(8)
    passages = [article.text[start:end] for start, end in spans_of(article)]
    assert passages == article.text.split("\n") and len(passages) == PASSAGES_AN_ARTICLE
    assert FIRST <= date.fromisoformat(str(article.published)) < FIRST + timedelta(DAYS)


def test_no_two_ranks_have_one_word_and_a_slip_is_a_slip() -> None:
    words = [invented_word(rank) for rank in range(20_000)]
    assert len(set(words)) == len(words) and min(map(len, words)) > 4
    chance = random.Random(1)
    assert all(slipped(word, chance) in {word, *slips_of(word)} for word in words[:200])
    assert len(set(invented_questions(300))) == 300


def test_a_period_lets_through_the_share_of_days_that_it_is_asked_for() -> None:
    for where in periods(0.01, 10):
        days = date.fromisoformat(str(where.last)) - date.fromisoformat(str(where.first))
        assert days.days + 1 == DAYS // 100


@pytest.mark.slow
def test_an_archive_is_filled_and_filled_on(tmp_path: Path) -> None:
    fill(tmp_path, 100)
    fill(tmp_path, 200)
    knowledge = KnowledgeBase(tmp_path)
    store = knowledge.store
    assert (store.summary().articles, store.summary().passages) == (50, 200)
    assert store.article("49") == invented(49) and list(store.damaged()) == []
    within, _ = store.passages_within(next(iter(periods(0.5, 1))))
    query = store.article_embeddings("3")[0]
    assert len(within) > 20
    (exact,) = nearest(store, query[None], [within])
    assert exact <= set(within.tolist()) and len(exact) == min(len(within), 50)
    index = DenseIndex(tmp_path / "dense", knowledge.encoder.name, knowledge.encoder.dimension)
    index.refresh(store)
    assert recall(store, index, 0.5) == 1
