"""Questions asked of small and of large newsrooms, each with its article and without: what calibrate.py learns from."""

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from embeddings.answers.evidence import for_candidates
from embeddings.answers.reader import Reader
from embeddings.answers.told import find_told, for_told
from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import Level, regions_named, regions_printed, wider_regions
from embeddings.indonesian.words import holds_words
from embeddings.knowledge_base import KnowledgeBase
from embeddings.models.encoder import Encoder
from embeddings.passages import passage_context
from embeddings.question.question import Question
from embeddings.question.understand import understand
from embeddings.search.retriever import Retrieval
from embeddings.sources.build import build_article
from embeddings.topics.meetings.find import find_meetings
from embeddings.topics.officials.find import officials_of
from embeddings.topics.officials.offices import find_offices, office_name
from embeddings.training.questions import is_held_out, rows, tells_support, usable_news
from embeddings.types import Article

PEOPLE = Path(__file__).parent / "people.jsonl"
SEED = 20261122
QUESTIONS_PER_SET = 150
UNLISTED = 60
DISTRACTORS = 400
ROOM_SIZES = (4, 8, 15, 30, 60, 120)
QUESTIONS_PER_ROOM = 12
LONG_ENOUGH = 6
_Any = TypeVar("_Any")
_ASK_WHO = lexicon.lines("embeddings.training", "ask_who.txt")
_ASK_WHICH_MEETINGS = lexicon.lines("embeddings.training", "ask_which_meetings.txt")
_ASK_WHICH_OFFICIALS = lexicon.lines("embeddings.training", "ask_which_officials.txt")
_LISTED = lexicon.lines("embeddings.training", "offices_listed.txt")
_OF_DISTRICTS = lexicon.lines("embeddings.training", "offices_of_districts.txt")
_OF_REGENCIES = lexicon.lines("embeddings.training", "offices_of_regencies.txt")
_AS_TYPED = lexicon.table("embeddings.training", "offices_as_typed.csv")
SUPPORT_LENGTH = 50


class Example(msgspec.Struct, frozen=True):
    """A question, the article that it was written from, and what a sentence of it that answers holds."""

    source: str
    question: str
    article: str
    answers: tuple[str, ...]
    """Words of which one must stand in it; none where no article answers."""
    supports: tuple[str, ...] = ()
    """Whole sentences that answer, or their beginnings."""


class Trial(msgspec.Struct, frozen=True):
    """A question asked of one newsroom, what was found, and what of that is right."""

    example: Example
    room: str
    there: bool
    question: Question
    retrieval: Retrieval | None
    candidates: list[dict[str, float]]
    right: list[bool]
    told: dict[str, float] | None
    told_right: bool


def make_trials(data: Path, encoder: Encoder, reader: Reader) -> Iterator[Trial]:
    """Every question asked of two small newsrooms and of two large ones, each time once with its article."""
    chance = random.Random(SEED)
    examples, articles = load_examples(data, chance)
    questions = {example: _as_people_write(example, chance) for example in examples}
    print(f"{len(examples)} questions, {len(articles)} articles", flush=True)
    ids = sorted(articles)
    chance.shuffle(ids)
    halves = set(ids[::2]), set(ids[1::2])
    written = {example.article for example in examples}
    for half in halves:
        # Articles of which nothing is asked are in both.
        whole = [article for id, article in articles.items() if id in half or id not in written]
        yield from _ask(whole, questions, "large", encoder, reader)
    for room in _rooms(examples, articles, encoder, chance):
        asked = {example: questions[example] for example in room.asked}
        own = sorted({example.article for example in room.asked})
        chance.shuffle(own)
        for half_of_own in (own[::2], own[1::2]):
            yield from _ask([articles[id] for id in (*half_of_own, *room.others)], asked, "small", encoder, reader)


def load_examples(data: Path, chance: random.Random) -> tuple[list[Example], dict[str, Article]]:
    """Questions of four sets with the articles they were written from, and local-government news beside them."""
    articles: dict[str, Article] = {}
    examples: list[Example] = []
    news = [row for row in rows(data / "qa" / "newsqa25.train.jsonl") if usable_news(row)]
    for row in _sample([row for row in news if is_held_out(row["doc_id"])], chance):
        answer, support = row["answer_text"].strip(" ."), row["support"]["text"]
        examples.append(Example("newsqa25", row["question"], row["doc_id"], (answer,), (support,)))
    for name in ("facqa.dev", "tydiqa_id.dev"):
        for row in _sample([row for row in rows(data / "qa" / f"{name}.jsonl") if row["answerable"]], chance):
            articles[row["id"]] = Article(row["id"], row["context"], row.get("title"))
            examples.append(Example(name.split(".")[0], row["question"], row["id"], (row["answers"][0]["text"],)))
    wanted, distractors, texts = {example.article for example in examples}, 0, {}
    asked = {row["article"] for row in rows(PEOPLE)}
    for row in rows(data / "corpus" / "news.jsonl.gz"):
        distract = row["localgov"] >= 2 and distractors < DISTRACTORS and chance.random() < 0.15
        if row["id"] in asked:
            texts[row["id"]] = row["text"]
        if row["id"] in wanted or row["id"] in asked or distract:
            distractors += distract
            articles[row["id"]] = build_article(
                row["text"], id=row["id"], title=row["title"], source=row["source"], published=row.get("date")
            )
    examples = [example for example in examples if example.article in articles]
    examples += [*_people(texts), *_unnamed_offices(articles, chance), *_untold_lists(articles, chance)]
    # A chance of its own leaves the other sets, and what was read for them, as they are.
    return [*examples, *_unlisted_officials(articles, random.Random(SEED))], articles


def _unnamed_offices(articles: dict[str, Article], chance: random.Random) -> Iterator[Example]:
    """Questions for the holders of offices that no article names anybody in.

    Half of these offices are named in an article without a holder, half in none, though others of the region are.
    """
    named: set[tuple[str, str]] = set()
    without: dict[tuple[str, str], str] = {}
    regions: dict[str, str] = {}
    for article in articles.values():
        officials = officials_of(article.text)
        named |= {(one.office, one.region) for one in officials}
        regions |= {one.region: article.id for one in officials if regions_named(one.region)}
        without |= {(one.office, one.region): article.id for one in find_offices(article.text) if one.region}
    nobody = {key: article for key, article in without.items() if key not in named and regions_named(key[1])}
    other = {
        (office_name(chance.choice(_OF_DISTRICTS if _is_district(region) else _OF_REGENCIES)), region): id
        for region, id in regions.items()
    }
    other = {key: article for key, article in other.items() if key not in named and key not in without}
    for some in (nobody, other):
        for (office, region), id in _sample(sorted(some.items()), chance):
            form = chance.choice(_ASK_WHO)
            yield Example("offices", form.format(o=_AS_TYPED.get(office, office), r=region), id, ())


def _untold_lists(articles: dict[str, Article], chance: random.Random) -> Iterator[Example]:
    """Questions for the meetings of regions that are named, but in which no article tells of any."""
    told = {region for article in articles.values() for one in find_meetings(article) for region in one.regions}
    named = {(region, id) for id, article in articles.items() for region in regions_printed(article.text) - told}
    for region, id in _sample(sorted(named), chance):
        yield Example("meetings", chance.choice(_ASK_WHICH_MEETINGS).format(r=region), id, ())


def _unlisted_officials(articles: dict[str, Article], chance: random.Random) -> Iterator[Example]:
    """Questions for all holders of an office in a kabupaten that is named, but in which no article names one."""
    named = {(one.office, one.region) for article in articles.values() for one in officials_of(article.text)}
    held = {(office, wider) for office, region in named for wider in (region, *wider_regions(region))}
    printed = {region: id for id, article in articles.items() for region in regions_printed(article.text)}
    regencies = sorted(
        (region, id)
        for region, id in printed.items()
        if all(one.level is Level.REGENCY for one in regions_named(region))
    )
    for region, id in chance.sample(regencies, min(UNLISTED, len(regencies))):
        if untold := [office for office in _LISTED if (office_name(office), region) not in held]:
            form = chance.choice(_ASK_WHICH_OFFICIALS)
            yield Example("unlisted", form.format(o=chance.choice(untold), r=region), id, ())


def _is_district(region: str) -> bool:
    return all(one.level is Level.DISTRICT for one in regions_named(region))


def _people(texts: dict[str, str]) -> Iterator[Example]:
    """The questions of people.jsonl on articles with these texts; their sentences are offsets into them."""
    for row in rows(PEOPLE):
        if (text := texts.get(row["article"])) is not None:
            supports = tuple(text[start : start + SUPPORT_LENGTH] for start in row["sentences"])
            yield Example("people", row["question"], row["article"], tuple(row["answers"]), supports)


def _sample(some: list[_Any], chance: random.Random) -> list[_Any]:
    return chance.sample(some, min(QUESTIONS_PER_SET, len(some)))


def _as_people_write(example: Example, chance: random.Random) -> str:
    lower = example.source not in ("people", "unlisted") and chance.random() < 0.5
    return example.question.lower().rstrip(" ?") if lower else example.question


def _beginning(article: Article) -> str:
    return passage_context(article) + article.text[:600]


def _asked_on(article: Article | None) -> date:
    """A week after the article, as far as its date is known."""
    published = (article and article.published) or "2025-12-31"
    return date.fromisoformat(published) + timedelta(days=7) if len(published) == 10 else date(2025, 12, 31)


class _Room(msgspec.Struct, frozen=True):
    asked: list[Example]
    others: list[str]


def _rooms(
    examples: Sequence[Example], articles: dict[str, Article], encoder: Encoder, chance: random.Random
) -> Iterator[_Room]:
    """Small newsrooms: some questions of one set, and other articles, most of which are near the questions."""
    ids = list(articles)
    embeddings = encoder.encode_passages([_beginning(articles[id]) for id in ids])
    by_source: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_source[example.source].append(example)
    for source in sorted(by_source):
        some = by_source[source]
        for start in range(0, len(some), QUESTIONS_PER_ROOM):
            asked = some[start : start + QUESTIONS_PER_ROOM]
            own = {example.article for example in asked}
            size = chance.choice(ROOM_SIZES)
            order: list[str] = []
            if chance.random() < 0.7:
                cosines = encoder.encode_queries([example.question for example in asked]) @ embeddings.T
                order = [ids[column] for column in np.argsort(-cosines.max(axis=0))[: 2 * size + len(own)]]
            others = [id for id in order or chance.sample(ids, min(size, len(ids))) if id not in own]
            yield _Room(asked, chance.sample(others, min(size, len(others))))


def _ask(
    articles: Sequence[Article], asked: dict[Example, str], room: str, encoder: Encoder, reader: Reader
) -> Iterator[Trial]:
    there = {article.id: article for article in articles}
    with tempfile.TemporaryDirectory() as folder:
        knowledge = KnowledgeBase(Path(folder), encoder=encoder, reader=reader)
        knowledge.add(articles)
        for example, question in asked.items():
            understood = understand(question, _asked_on(there.get(example.article)), knowledge.retriever)
            yield _trial(example, room, example.article in there, understood, knowledge, reader)
        knowledge.close()


def _trial(
    example: Example, room: str, there: bool, question: Question, knowledge: KnowledgeBase, reader: Reader
) -> Trial:
    where = question.period.filter() if question.period else None
    most = knowledge.settings.answers.passages_read
    retrieval = knowledge.retriever.retrieve(question.query, most, where) if question.query.words else None
    found = reader.read(retrieval, question.fits) if retrieval else []
    told = find_told(knowledge.store, question)
    first = told.answers[0] if told.answers else None
    return Trial(
        example,
        room,
        there and bool(example.answers),
        question,
        retrieval,
        for_candidates(question, retrieval, found) if retrieval else [],
        [is_right(example, one.hit.passage.article, one.text) for one in found],
        for_told(question, told) if first else None,
        first is not None and is_right(example, first.article, first.article.text[slice(*first.evidence)]),
    )


def is_right(example: Example, article: Article, sentence: str) -> bool:
    """Whether a sentence of an article answers: of its own, or of another that holds the very words of the answer."""
    if article.id != example.article:
        # A short answer stands in many sentences by chance.
        return any(len(answer) >= LONG_ENOUGH and holds_words(sentence, answer) for answer in example.answers)
    return any(answer.casefold() in sentence.casefold() for answer in example.answers) or any(
        support in sentence or tells_support(sentence, support) for support in example.supports
    )
