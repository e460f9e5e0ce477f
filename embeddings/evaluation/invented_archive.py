"""An archive of any size, invented, with what is found in it and embeddings near those of a few of its passages."""

import math
import random
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.evaluation.alerts import NAMES, NEWS, PARTS, QUESTIONS
from embeddings.indonesian.regions import all_regions
from embeddings.knowledge_base import KnowledgeBase
from embeddings.storage.facts import Findings
from embeddings.topics.finding import find_all
from embeddings.types import Article, Span

PASSAGES_AN_ARTICLE = 4
WORDS_A_PASSAGE = 60
VOCABULARY = 600_000
SYLLABLES = "ba ca da ga ja ka la ma na pa ra sa ta wa ya bu du gu ku lu mi ni pi ri ti".split()
FIRST, DAYS = date(2016, 1, 1), 3_800
# The news that is invented tells of these; each article puts another month in their place.
MONTHS = ("Februari 2026", "Maret 2026")
ENCODED = 100
# How far an embedding is moved from the one it lies near: about as far as two passages on one subject are apart.
MOVED = 0.04
TELL_EVERY = 5_000


def invented(number: int) -> Article:
    """The article with this number, always the same: a story, and paragraphs of words that are none."""
    chance = random.Random(number)
    published = FIRST + timedelta(chance.randrange(DAYS))
    title, story = _filled(chance.choice(NEWS), chance).split("|")
    for month in MONTHS:
        story, title = (text.replace(month, f"{published:%m/%Y}") for text in (story, title))
    others = [_paragraph(chance) for _ in range(PASSAGES_AN_ARTICLE - 1)]
    return Article(
        str(number), "\n".join([story, *others]), title=title, source=f"Kabar {number % 40}",
        url=f"https://kabar{number % 40}.example/{number}", published=published.isoformat(),
    )  # fmt: skip


def invented_questions(most: int) -> list[str]:
    """Different questions, on some of which there are articles; every third names a year, every fifth has a slip."""
    chance, found = random.Random(0), dict[str, None]()
    while len(found) < most:
        question = _filled(chance.choice(QUESTIONS), chance)
        if len(found) % 3 == 0:
            question = f"{question.rstrip('?')} tahun {FIRST.year + chance.randrange(10)}?"
        found[slipped(question, chance) if len(found) % 5 == 0 else question] = None
    return list(found)


def slipped(text: str, chance: random.Random) -> str:
    """The text with two letters of its longest word in the wrong order."""
    longest = max(text.split(), key=len)
    at = chance.randrange(1, len(longest) - 2)
    wrong = longest[:at] + longest[at + 1] + longest[at] + longest[at + 2 :]
    return text.replace(longest, wrong)


def invented_word(rank: int) -> str:
    """The word of this rank in a vocabulary in which, as in a language, the second is half as frequent as the first."""
    word, rank = "", rank + len(SYLLABLES) ** 2
    while rank:
        rank, syllable = divmod(rank, len(SYLLABLES))
        word += SYLLABLES[syllable]
    return word


def spans_of(article: Article) -> list[Span]:
    """A passage for each paragraph."""
    spans, start = list[Span](), 0
    for paragraph in article.text.split("\n"):
        spans.append((start, start + len(paragraph)))
        start += len(paragraph) + 1
    return spans


def fill(folder: Path, passages: int) -> None:
    """Store so many passages and index them, or go on where an earlier run stopped."""
    knowledge = KnowledgeBase(folder)
    store, encoder = knowledge.store, knowledge.encoder
    store.claim(encoder.name, encoder.dimension)
    # Whatever the machine's end costs is invented again.
    store._database.execute("PRAGMA synchronous = OFF")
    articles = map(invented, range(ENCODED))
    near = encoder.encode_passages([article.text[slice(*spans_of(article)[0])] for article in articles])
    begin, first = time.monotonic(), store.summary().articles
    wanted = range(first, math.ceil(passages / PASSAGES_AN_ARTICLE))
    for number, (article, findings) in zip(wanted, _found_in(wanted), strict=True):
        store.save(article, spans_of(article), _embeddings(number, near), findings)
        if number % TELL_EVERY == 0:
            print(f"{number} articles, {(number - first) / (time.monotonic() - begin):.0f} a second", flush=True)
    begin = time.monotonic()
    knowledge.catch_up()
    print(f"{store.summary().passages} passages; indexes made in {time.monotonic() - begin:.0f} s", flush=True)


def _found_in(numbers: Sequence[int]) -> Iterator[tuple[Article, list[Findings]]]:
    with get_context("spawn").Pool() as pool:
        yield from pool.imap(_found, numbers, chunksize=50)


def _found(number: int) -> tuple[Article, list[Findings]]:
    article = invented(number)
    return article, find_all(article)


def _embeddings(number: int, near: NDArray[np.float32]) -> NDArray[np.float32]:
    generator = np.random.default_rng(number)
    moved = generator.normal(0, MOVED, (PASSAGES_AN_ARTICLE, near.shape[1])).astype(np.float32)
    embeddings: NDArray[np.float32] = near[generator.integers(0, len(near), PASSAGES_AN_ARTICLE)] + moved
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    return embeddings


def _paragraph(chance: random.Random) -> str:
    ranks = [int(VOCABULARY ** chance.random()) for _ in range(WORDS_A_PASSAGE)]
    sentences = [ranks[start : start + 20] for start in range(0, WORDS_A_PASSAGE, 20)]
    return " ".join(" ".join(map(invented_word, sentence)).capitalize() + "." for sentence in sentences)


def _filled(form: str, chance: random.Random) -> str:
    parts = {name: chance.choice(words) for name, words in PARTS.items()}
    name = f"{chance.choice(NAMES)} {invented_word(chance.randrange(VOCABULARY)).capitalize()}"
    filled = form.format(
        **parts, region=chance.choice(_region_names()), name=name, day=chance.randint(1, 28),
        number=chance.randint(11, 900),
    )  # fmt: skip
    return filled[0].upper() + filled[1:]


@cache
def _region_names() -> list[str]:
    return sorted({region.name for region in all_regions()})
