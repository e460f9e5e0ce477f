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
import zlib
from collections import defaultdict
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.answers.evidence import for_question
from embeddings.answers.probability import WEIGHTS_FILE, Logistic, Weights, probability
from embeddings.answers.settings import AnswerSettings
from embeddings.models.bundled import MODEL
from embeddings.training.memory import Memory, RememberingEncoder, RememberingReader
from embeddings.training.questions import HELD_OUT_SHARE
from embeddings.training.trials import Trial, make_trials

FOLDS = 5


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
