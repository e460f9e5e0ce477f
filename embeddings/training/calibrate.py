"""Learn how far an answer can be trusted, from questions asked of small and of large newsrooms, with their articles
and without.

    python -m embeddings.training.calibrate --data ../shared/data

A question that stands with both labels cannot give itself away by its style. The dev questions of FacQA and TyDi QA,
the held-out ones of NewsQA25 and those of people.jsonl serve; of the sets, half are asked in lower case without a
question mark. Newsrooms of a few articles near the questions imitate a young one, all articles together one of
thousands. What is reported is the answer that would be served, every question judged by weights fitted to the others
(five-fold cross-validation); what is written was fitted to all of them.
"""

import argparse
import random
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.answers.answerer import AnswerSettings
from embeddings.answers.evidence import for_candidates, for_question
from embeddings.answers.probability import WEIGHTS_FILE, Logistic, Weights, probability
from embeddings.answers.reader import Reader
from embeddings.answers.told import find_told, for_told
from embeddings.indonesian.words import holds_words
from embeddings.knowledge_base import KnowledgeBase
from embeddings.models.bundled import MODEL
from embeddings.models.encoder import Encoder
from embeddings.passages import passage_context
from embeddings.question.question import Question
from embeddings.question.understand import understand
from embeddings.search.retriever import Retrieval
from embeddings.sources.build import build_article
from embeddings.training.memory import Memory, RememberingEncoder, RememberingReader
from embeddings.training.questions import HELD_OUT_SHARE, is_held_out, rows, tells_support, usable_news
from embeddings.types import Article

PEOPLE = Path(__file__).parent / "people.jsonl"
SEED = 20261122
QUESTIONS_PER_SET = 150
DISTRACTORS = 400
ROOM_SIZES = (4, 8, 15, 30, 60, 120)
QUESTIONS_PER_ROOM = 12
FOLDS = 5
LONG_ENOUGH = 6
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


class Judged(msgspec.Struct, frozen=True):
    """The answer that would be served for a trial: its probability, and whether it is right."""

    trial: Trial
    from_facts: bool
    probability: float
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and corpus/")
    parser.add_argument("--into", type=Path, default=Path("data/training"), help="folder for what is kept between runs")
    parser.add_argument("--reader", type=Path, default=MODEL, help="the model directory whose reader reads")
    parser.add_argument("--plot", type=Path, help="draw the reliability curve into this PNG file")
    arguments = parser.parse_args()
    memory = Memory(arguments.into / "calibration.msgpack")
    try:
        trials = list(
            make_trials(arguments.data, RememberingEncoder(memory), RememberingReader(memory, arguments.reader))
        )
    finally:
        memory.save()
    judged = cross_validated(trials)
    report(judged)
    if arguments.plot:
        plot([one.probability for one in judged], [one.right for one in judged], arguments.plot)
    path = Path(str(files("embeddings.answers"))) / WEIGHTS_FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(fit(trials)), indent=1) + b"\n")
    print(f"written: {path.name}")


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
    return [*(example for example in examples if example.article in articles), *_people(texts)], articles


def _people(texts: dict[str, str]) -> Iterator[Example]:
    """The questions of people.jsonl on articles with these texts; their sentences are offsets into them."""
    for row in rows(PEOPLE):
        if (text := texts.get(row["article"])) is not None:
            supports = tuple(text[start : start + SUPPORT_LENGTH] for start in row["sentences"])
            yield Example("people", row["question"], row["article"], tuple(row["answers"]), supports)


def _sample(some: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    return chance.sample(some, min(QUESTIONS_PER_SET, len(some)))


def _as_people_write(example: Example, chance: random.Random) -> str:
    lower = example.source != "people" and chance.random() < 0.5
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


def fit(trials: Sequence[Trial]) -> Weights:
    """Logistic regressions: does a candidate answer, is the best one right, and are the facts."""
    features = [one for trial in trials for one in trial.candidates]
    candidate = _logistic(features, [right for trial in trials for right in trial.right])
    best = [_best(trial, candidate) for trial in trials if trial.candidates]
    told = [(trial.told, trial.told_right) for trial in trials if trial.told is not None]
    return Weights(candidate, _logistic(*zip(*best, strict=True)), _logistic(*zip(*told, strict=True)))


def cross_validated(trials: Sequence[Trial]) -> list[Judged]:
    """What would be served for each trial by weights that were fitted to questions on other articles."""
    judged: list[Judged] = []
    for fold in range(FOLDS):
        inside = [_fold(trial) == fold for trial in trials]
        weights = fit([trial for trial, is_in in zip(trials, inside, strict=True) if not is_in])
        judged.extend(judge(trial, weights) for trial, is_in in zip(trials, inside, strict=True) if is_in)
    return judged


def judge(trial: Trial, weights: Weights) -> Judged:
    """What the answerer would serve: what the facts tell, or else the best candidate."""
    if trial.told is not None:
        told = probability(weights.told.log_odds(trial.told))
        if told >= AnswerSettings().min_confidence:
            return Judged(trial, True, told, trial.told_right)
    if not trial.candidates:
        return Judged(trial, False, 0.0, False)
    features, right = _best(trial, weights.candidate)
    return Judged(trial, False, probability(weights.best.log_odds(features)), right)


def _best(trial: Trial, candidate: Logistic) -> tuple[dict[str, float], bool]:
    odds = [candidate.log_odds(features) for features in trial.candidates]
    best = max(range(len(odds)), key=odds.__getitem__)
    assert trial.retrieval is not None
    features = for_question(trial.question, trial.retrieval, trial.candidates[best], odds[best])
    return features, trial.right[best]


def _logistic(features: Sequence[dict[str, float]], labels: Sequence[bool]) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    names = sorted(features[0])
    model = LogisticRegression(C=1, max_iter=5000).fit([[one[name] for name in names] for one in features], labels)
    weights = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    return Logistic(weights, round(float(model.intercept_[0]), 4))


def _fold(trial: Trial) -> int:
    return zlib.crc32(trial.example.article.encode()) // HELD_OUT_SHARE % FOLDS


def report(judged: Sequence[Judged]) -> None:
    """Print how often what is served is right, and how well the probability tells."""
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        source = "facts" if one.from_facts else one.trial.example.source
        for key in ((source, one.trial.room), ("all", one.trial.room), ("all", "all")):
            groups[key].append(one)
    for (source, room), found in sorted(groups.items()):
        print(f"{source:10} {room:6} {_reliability(found)}")
    for least in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        print(f"from {least:.2f}", *(f"{room} {_threshold(groups['all', room], least)}" for room in ("small", "large")))


def _reliability(found: Sequence[Judged]) -> str:
    from sklearn.metrics import roc_auc_score

    given, right = np.array([one.probability for one in found]), np.array([one.right for one in found])
    there = np.array([one.trial.there for one in found])
    auc = roc_auc_score(right, given) if 0 < right.sum() < len(right) else float("nan")
    shown = right[there].mean() if there.any() else float("nan")
    return f"n {len(found):5} right where there {shown:.3f} AUC {auc:.3f} error {calibration_error(given, right):.3f}"


def _threshold(found: Sequence[Judged], least: float) -> str:
    answered = [one for one in found if one.probability >= least]
    nothing = [one for one in found if not one.trial.there]
    false = sum(one.probability >= least and not one.right for one in nothing)
    right = sum(one.right for one in answered)
    return (
        f"answers {len(answered)}, {right / max(len(answered), 1):.3f} of them right, "
        f"{right / sum(one.right for one in found):.3f} of the right kept, false {false / len(nothing):.3f};"
    )


def calibration_error(probabilities: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015)."""
    bins = np.minimum((probabilities * 10).astype(int), 9)
    return float(
        sum((bins == b).mean() * abs(probabilities[bins == b].mean() - correct[bins == b].mean()) for b in set(bins))
    )


def plot(probabilities: Sequence[float], correct: Sequence[bool], path: Path) -> None:
    """Draw the reliability curve, and how many answers stand behind each of its points."""
    import matplotlib.pyplot as plt

    edges = np.linspace(0, 1, 11)
    bins = np.minimum((np.array(probabilities) * 10).astype(int), 9)
    shown = sorted(set(bins))
    figure, (curve, counts) = plt.subplots(
        2, 1, figsize=(5, 6), height_ratios=(3, 1), sharex=True, layout="constrained"
    )
    curve.plot((0, 1), (0, 1), color="0.7", linestyle="--", label="perfect")
    curve.plot(
        [np.array(probabilities)[bins == b].mean() for b in shown],
        [np.array(correct)[bins == b].mean() for b in shown],
        marker="o",
        label="measured",
    )
    curve.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1), title="What a probability is worth")
    curve.legend()
    counts.hist(probabilities, bins=edges, color="0.6")
    counts.set(xlabel="probability given", ylabel="answers")
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
