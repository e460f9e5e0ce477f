"""Choose what the reader learns from: each question with a passage that answers and with passages that do not.

A question that stands with one label only can give itself away by its style, so nearly every question stands with
both.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import Level, all_regions
from embeddings.training.mining import negatives
from embeddings.training.news import Passage, load_passages
from embeddings.training.questions import Example, cropped, load_examples
from embeddings.training.squad import english_questions, load_squad
from embeddings.training.style import Style
from embeddings.training.templates import make_examples

TEMPLATES = 9_500
UNANSWERABLE = 2_500
"""Questions of IDK-MRC made unanswerable by a small change; they give themselves away, so only some."""
NEGATIVES = 3
"""Passages that do not answer, for each question that has one that does."""
WHOLE_SHARE = 0.5
LOCAL_NEWS, OTHER_NEWS = 6_000, 20_000
FURTHER = {
    "id_squad_mt_itb_trainpart": 2_600,
    "id_qasina": 500,
    "id_tydiqa_extra": 100,
    "en_squad1_dev": 900,
    "en_squad1_du_test": 900,
    "en_squad1_sample": 1_300,
    "en_squad2_dev_half": 800,
    "en_squadshifts_new_wiki": 900,
    "en_nq_qed_dev": 500,
    "en_qamr": 500,
}
"""Questions of each further set that have an answer."""
FURTHER_UNANSWERABLE = 700
REPLAYED = 0.25
"""How much of the other sets is learnt again with the further ones, so that nothing is forgotten."""
_ASKS_FOR_REASON = lexicon.patterns("embeddings.training", "asked.toml")["reason_or_list"]
REASONS_PREFERRED = 3
Group = list[Example]
"""Pairs that share one question; the first answers, where any does."""


def training_groups(data: Path, chance: random.Random, by_meaning: bool, share: float = 1.0) -> list[Group]:
    """All groups, or a share of them, in random order.

    `by_meaning` adds the passages that the shipped encoder finds to those that are found by words.
    """
    human = load_examples(data, "train", chance)
    answerable = [example for example in human if example.answerable]
    answerable = _sample_reasons_first(answerable, round(share * len(answerable)), chance)
    unanswerable = [example for example in human if not example.answerable]
    local, made = news_and_examples(data, chance)
    every = load_passages(data, chance, localgov=0)
    news = [
        passage
        for some, most in ((local, LOCAL_NEWS), (every, OTHER_NEWS))
        for passage in _sample(some, round(share * most), chance)
    ]
    groups = [
        [_sometimes_cropped(example, chance), *wrong]
        for example, wrong in zip(answerable, negatives(answerable, news, chance, NEGATIVES, by_meaning), strict=True)
    ]
    groups += [
        [_sometimes_cropped(example, chance)] for example in _sample(unanswerable, round(share * UNANSWERABLE), chance)
    ]
    groups += [[example] for example in _sample(made, round(share * TEMPLATES), chance)]
    chance.shuffle(groups)
    return groups


def further_groups(data: Path, chance: random.Random) -> list[Group]:
    """Groups of the further sets with about as many pairs of the others, in random order.

    Each further question has one passage that does not answer. Those whose English original is known are asked in
    English too, on the same Indonesian passages.
    """
    human = load_squad(data, "train")
    answerable = [
        example
        for source, most in FURTHER.items()
        for example in _sample_reasons_first(
            [one for one in human if one.source == source and one.answer], most, chance
        )
    ]
    unanswerable = [example for example in human if not example.answerable]
    groups = [
        [_sometimes_cropped(example, chance), *wrong]
        for example, wrong in zip(answerable, negatives(answerable, [], chance), strict=True)
    ]
    english = english_questions(human)
    groups += [_asked(english[group[0].question], group) for group in groups if group[0].question in english]
    groups += [[_sometimes_cropped(example, chance)] for example in _sample(unanswerable, FURTHER_UNANSWERABLE, chance)]
    groups += training_groups(data, chance, by_meaning=True, share=REPLAYED)
    chance.shuffle(groups)
    return groups


def as_people_write(groups: Sequence[Group], data: Path, chance: random.Random) -> list[Group]:
    """The groups, with many of their questions shortened and misspelt."""
    style = Style(data / "lexicon" / "slang_normalization.json")
    return [_asked(style.apply(group[0].question, chance), group) for group in groups]


def news_and_examples(data: Path, chance: random.Random) -> tuple[list[Passage], list[Example]]:
    """The passages of local-government news, and the questions that templates make from them."""
    news = load_passages(data, chance)
    regions = sorted({region.name for region in all_regions() if region.level is not Level.PROVINCE})
    return news, make_examples(news, regions, chance)


def _asked(question: str, group: Group) -> Group:
    return [msgspec.structs.replace(pair, question=question) for pair in group]


def _sometimes_cropped(example: Example, chance: random.Random) -> Example:
    # Articles are far longer than what is searched; the other sets' passages are not.
    whole = example.source not in ("newsqa25", "id_qasina") and chance.random() < WHOLE_SHARE
    return example if whole else cropped(example, chance)


def _sample(some: Sequence[Any], most: int, chance: random.Random) -> list[Any]:
    return chance.sample(some, min(most, len(some)))


def _sample_reasons_first(some: Sequence[Example], most: int, chance: random.Random) -> list[Example]:
    """A sample with questions for reasons and lists, which are few, preferred."""
    weights = [REASONS_PREFERRED if _ASKS_FOR_REASON.search(one.question) else 1 for one in some]
    keys = [chance.random() ** (1 / weight) for weight in weights]
    return [one for _, one in sorted(zip(keys, some, strict=True), key=lambda pair: -pair[0])[:most]]
