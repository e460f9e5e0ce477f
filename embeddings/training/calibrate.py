"""Learn how far the reader can be trusted, from questions that it has not seen, each asked with its article and
without.

    python -m embeddings.training.calibrate --data ../shared/data --model data/training/original

A question that stands with both labels cannot give itself away by its style. Small corpora of near articles imitate a
newsroom's few hundred; the whole corpus imitates thousands. The dev questions of FacQA and TyDi QA and the held-out
ones of NewsQA25 serve; half of them are asked in lower case without a question mark. The bundled encoder finds better
in these sets, on which it was trained, than elsewhere; the model it was trained from finds about as well everywhere, so
that one retrieves here, lest finding be trusted too much. What is reported was measured
with every question held out once (five-fold cross-validation); what is written was fitted to all of them.
"""

import argparse
import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.answers.reader import WEIGHTS_FILE, Candidate, Logistic, Reader, Weights, question_features
from embeddings.indexing import PassageSettings
from embeddings.indonesian.words import stem_words
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.passages import passage_context, split_passages
from embeddings.question.query import parse_question
from embeddings.search.retriever import Hit, Retrieval, RetrieverSettings, fuse, inverse_document_frequency
from embeddings.sources.build import build_article
from embeddings.training.questions import is_held_out, rows, tells_support, usable_news
from embeddings.types import Article, Passage

SEED = 20261122
QUESTIONS_PER_SET = 300
DISTRACTORS = 400
CORPUS_SIZES = (4, 5, 8, 15, 30, 60, 120)
FOLDS = 5
# As many hits as the answerer reads.
HITS = 8


class Example(msgspec.Struct, frozen=True):
    """A question, the article that answers it, and the words of the answer and of the sentence that supports it."""

    source: str
    question: str
    article: str
    answer: str
    support: str = ""


class Corpus:
    """Passages of some articles in memory, scored as the real indexes score them."""

    def __init__(self, passages: list[Passage], stems: list[Counter[str]], embeddings: NDArray[np.float32]) -> None:
        self.passages = passages
        self._embeddings = embeddings
        self._lengths = np.array([counts.total() for counts in stems])
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for position, counts in enumerate(stems):
            for stem, count in counts.items():
                self._postings[stem].append((position, count))

    def retrieve(self, question: str, embedding: NDArray[np.float32], settings: RetrieverSettings) -> Retrieval:
        """What Retriever.retrieve would find."""
        query = parse_question(question)
        cosines = self._embeddings @ embedding
        total = len(self.passages)
        bm25 = np.zeros(total)
        weights: dict[str, float] = {}
        for stem in query.stems:
            postings = self._postings.get(stem, [])
            weights[stem] = inverse_document_frequency(len(postings), total)
            for position, count in postings:
                norm = 1.2 * (0.25 + 0.75 * self._lengths[position] / self._lengths.mean())
                bm25[position] += weights[stem] * count * 2.2 / (count + norm)
        lexical = {int(i): float(bm25[i]) for i in np.argsort(-bm25)[: settings.candidates] if bm25[i] > 0}
        nearest = {int(i) for i in np.argsort(-cosines)[: settings.candidates]}
        dense = {i: float(cosines[i]) for i in nearest | lexical.keys()}
        scores = fuse(dense, lexical, settings.dense_weight)
        best = sorted(scores, key=lambda i: (-scores[i], i))[:HITS]
        hits = tuple(Hit(self.passages[i], scores[i], dense[i], lexical.get(i, 0.0)) for i in best)
        return Retrieval(query, hits, weights, total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and corpus/")
    parser.add_argument(
        "--into", type=Path, default=Path("data/training"), help="folder for embeddings kept between runs"
    )
    parser.add_argument("--model", default=EncoderSettings().model, help="the encoder that finds; default: the bundled")
    parser.add_argument("--plot", type=Path, help="draw the reliability curve into this PNG file")
    arguments = parser.parse_args()
    chance = random.Random(SEED)
    examples, articles = load_examples(arguments.data, chance)
    encoder = Encoder(EncoderSettings(model=arguments.model))
    everything = encode_corpus(articles, encoder, arguments.into)
    chance.shuffle(examples)
    questions = [_as_people_write(example.question, chance) for example in examples]
    embeddings = encoder.encode_queries(questions)
    print(f"{len(examples)} questions, {len(articles)} articles, {len(everything[0])} passages", flush=True)

    trials = list(_trials(examples, questions, embeddings, everything, articles, chance))
    fold_of = {example.question: number % FOLDS for number, example in enumerate(examples)}
    judged: list[tuple[Trial, float, bool]] = []
    for fold in range(FOLDS):
        weights = fit([trial for trial in trials if fold_of[trial[0].question] != fold])
        judged.extend(judge([trial for trial in trials if fold_of[trial[0].question] == fold], weights))
    report(judged)
    if arguments.plot:
        plot([probability for _, probability, _ in judged], [right for _, _, right in judged], arguments.plot)
    weights = fit(trials)
    path = Path(str(files("embeddings.answers"))) / WEIGHTS_FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(weights), indent=1) + b"\n")
    print(f"written: {path.name}")


Trial = tuple[Example, str, bool, Retrieval, list[Candidate]]
"""An example, the kind of corpus, whether its article was there, what was found, and the sentences of that."""


def load_examples(data: Path, chance: random.Random) -> tuple[list[Example], list[Article]]:
    """Questions of three sets with the articles that answer them, and local-government news as distractors."""
    articles: dict[str, Article] = {}
    examples: list[Example] = []
    news = [
        row for row in rows(data / "qa" / "newsqa25.train.jsonl") if usable_news(row) and is_held_out(row["doc_id"])
    ]
    chance.shuffle(news)
    for row in news[:QUESTIONS_PER_SET]:
        answer = row["answer_text"].strip(" .")
        examples.append(Example("newsqa25", row["question"], row["doc_id"], answer, row["support"]["text"]))
    for name in ("facqa.dev", "tydiqa_id.dev"):
        found = [row for row in rows(data / "qa" / f"{name}.jsonl") if row["answerable"]]
        chance.shuffle(found)
        for row in found[:QUESTIONS_PER_SET]:
            articles[row["id"]] = Article(row["id"], row["context"], row.get("title"))
            examples.append(Example(name.split(".")[0], row["question"], row["id"], row["answers"][0]["text"]))
    wanted = {example.article for example in examples}
    distractors = 0
    for row in rows(data / "corpus" / "news.jsonl.gz"):
        distract = row["localgov"] >= 2 and distractors < DISTRACTORS and chance.random() < 0.15
        if row["id"] in wanted or distract:
            distractors += distract
            articles[row["id"]] = build_article(
                row["text"], id=row["id"], title=row["title"], source=row["source"], published=row.get("date")
            )
    return [example for example in examples if example.article in articles], list(articles.values())


def encode_corpus(
    articles: Sequence[Article], encoder: Encoder, cache: Path
) -> tuple[list[Passage], list[Counter[str]], NDArray[np.float32]]:
    """All passages, the stems of each, and their embeddings."""
    passages: list[Passage] = []
    for article in articles:
        spans = split_passages(
            article, encoder.count_tokens, encoder.max_passage_tokens, PassageSettings().target_tokens
        )
        passages.extend(Passage(len(passages) + n, article, *span) for n, span in enumerate(spans))
    texts = [passage_context(passage.article) + passage.text for passage in passages]
    return passages, [Counter(stem_words(text)) for text in texts], _encode_once(texts, encoder, cache)


def _encode_once(texts: list[str], encoder: Encoder, cache: Path) -> NDArray[np.float32]:
    """Embeddings of these texts, kept in a file between runs: they take longer than all the rest."""
    key = hashlib.blake2b("\0".join([encoder.name, *texts]).encode(), digest_size=8).hexdigest()
    path = cache / f"calibration-{key}.npy"
    if path.exists():
        return np.asarray(np.load(path), dtype=np.float32)
    embeddings = encoder.encode_passages(texts)
    np.save(path, embeddings)
    return embeddings


class CachedReader:
    """Reads each passage once for a question, however many corpora it is found in."""

    def __init__(self) -> None:
        self._reader = Reader(Weights(Logistic((), 0.0), Logistic((), 0.0)))
        self._known: dict[tuple[str, int], Candidate] = {}

    def candidates(self, retrieval: Retrieval) -> list[Candidate]:
        """What Reader.candidates would give."""
        new = [hit for hit in retrieval.hits if (retrieval.query.text, hit.passage.id) not in self._known]
        for candidate in self._reader.candidates(msgspec.structs.replace(retrieval, hits=tuple(new))):
            self._known[retrieval.query.text, candidate.hit.passage.id] = candidate
        most = max((hit.lexical for hit in retrieval.hits), default=0.0)
        found = []
        for hit in retrieval.hits:
            known = self._known[retrieval.query.text, hit.passage.id]
            features = (*known.features[:2], hit.score, hit.lexical / most if most else 0.0, *known.features[4:])
            found.append(msgspec.structs.replace(known, hit=hit, features=features))
        return found


def _trials(
    examples: Sequence[Example],
    questions: Sequence[str],
    query_embeddings: NDArray[np.float32],
    everything: tuple[list[Passage], list[Counter[str]], NDArray[np.float32]],
    articles: Sequence[Article],
    chance: random.Random,
) -> Iterator[Trial]:
    passages, stems, embeddings = everything
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        rows_of[passage.article.id].append(row)
    texts = {article.id: article.text.casefold() for article in articles}
    settings = RetrieverSettings()
    read = CachedReader()

    def trial(kind: str, chosen: list[str], example: Example, number: int, there: bool) -> Trial:
        rows = [row for article in chosen for row in rows_of[article]]
        corpus = Corpus([passages[row] for row in rows], [stems[row] for row in rows], embeddings[rows])
        retrieval = corpus.retrieve(questions[number], query_embeddings[number], settings)
        return example, kind, there, retrieval, read.candidates(retrieval)

    whole = Corpus(passages, stems, embeddings)
    for number, example in enumerate(examples):
        # Another article that holds the answer's words may answer as well; it is no sure negative.
        short = example.source != "newsqa25"
        others = [
            article
            for article in rows_of
            if article != example.article and not (short and example.answer.casefold() in texts[article])
        ]
        if chance.random() < 0.6:
            order = np.argsort(-(embeddings @ query_embeddings[number]))
            near = list(dict.fromkeys(passages[row].article.id for row in order[:1500]))
            others = [article for article in near if article in set(others)]
        size = min(chance.choice(CORPUS_SIZES), len(others))
        chosen = others[:size] if chance.random() < 0.3 else chance.sample(others[: 4 * size], size)
        yield trial("small", [*chosen, example.article], example, number, True)
        yield trial("small", chosen, example, number, False)
        retrieval = whole.retrieve(questions[number], query_embeddings[number], settings)
        yield example, "whole", True, retrieval, read.candidates(retrieval)
        if number % 4 == 0:
            yield trial(
                "whole", [a for a in rows_of if a in set(others) or a != example.article], example, number, False
            )


def fit(trials: Sequence[Trial]) -> Weights:
    """Logistic regressions: does a candidate answer, and is the best one right."""
    features: list[tuple[float, ...]] = []
    labels: list[bool] = []
    for example, _, _, _, found in trials:
        features.extend(candidate.features for candidate in found)
        labels.extend(_answers(candidate, example) for candidate in found)
    candidate = _logistic(np.array(features), np.array(labels))
    answered = [_answered(trial, candidate) for trial in trials if trial[4]]
    return Weights(candidate, _logistic(np.array([x for x, _ in answered]), np.array([y for _, y in answered])))


def judge(trials: Sequence[Trial], weights: Weights) -> Iterator[tuple[Trial, float, bool]]:
    """Each trial with the probability that its best candidate answers, and whether it does."""
    for trial in trials:
        if trial[4]:
            x, right = _answered(trial, weights.candidate)
            odds = float(np.exp(weights.answered.logits(np.array([x]))[0]))
            yield trial, odds / (1 + odds), right


def report(judged: Sequence[tuple[Trial, float, bool]]) -> None:
    """Print how often the best candidate is right, and how well the probability tells."""
    from sklearn.metrics import roc_auc_score

    groups: dict[tuple[str, str], list[tuple[float, bool, bool]]] = defaultdict(list)
    for trial, probability, right in judged:
        for key in ((trial[0].source, trial[1]), ("all", "all")):
            groups[key].append((probability, right, trial[2]))
    for (source, kind), found in sorted(groups.items()):
        probabilities = np.array([row[0] for row in found])
        correct = np.array([row[1] for row in found])
        there = np.array([row[2] for row in found])
        print(
            f"{source:10} {kind:6} n {len(found):5}  right where there {correct[there].mean():.3f}  "
            f"AUC right {roc_auc_score(correct, probabilities):.3f}  "
            f"AUC there {roc_auc_score(there, probabilities):.3f}  "
            f"calibration error {calibration_error(probabilities, correct):.3f}"
        )
    probabilities, correct = np.array([p for _, p, _ in judged]), np.array([right for _, _, right in judged])
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        shown = probabilities >= least
        print(
            f"answered from {least}: {shown.mean():.3f} of the questions, {correct[shown].mean():.3f} of them right, "
            f"{(correct & shown).sum() / correct.sum():.3f} of the right answers kept"
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


def _answered(trial: Trial, candidate: Logistic) -> tuple[tuple[float, ...], bool]:
    example, _, _, retrieval, found = trial
    logits = candidate.logits(np.array([one.features for one in found]))
    return question_features(retrieval, found, logits), _answers(found[int(np.argmax(logits))], example)


def _answers(candidate: Candidate, example: Example) -> bool:
    article = candidate.hit.passage.article
    if article.id != example.article:
        return False
    text = article.text[slice(*candidate.sentence)]
    return example.answer.casefold() in text.casefold() or tells_support(text, example.support)


def _logistic(features: NDArray[np.float64], labels: NDArray[np.bool_]) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10, max_iter=5000).fit(features, labels)
    return Logistic(tuple(round(float(x), 4) for x in model.coef_[0]), round(float(model.intercept_[0]), 4))


def _as_people_write(question: str, chance: random.Random) -> str:
    return question.lower().rstrip(" ?") if chance.random() < 0.5 else question


if __name__ == "__main__":
    main()
