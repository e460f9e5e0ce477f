"""How well the reader reads: spans, answerability, and what it would say without reading.

    python -m embeddings.evaluation.reader --data ../shared/data

Dev questions only, and the held-out ones of NewsQA25 and of the further sets. For answerability each question stands
once with a passage that answers and once with one that was found for it and does not, so that a guess from the question
alone scores .5; the same questions with an empty and with a shuffled passage must score so.
"""

import argparse
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from embeddings.answers.reader import Reader
from embeddings.evaluation.questions import token_f1
from embeddings.indonesian.words import words_of
from embeddings.models.bundled import MODEL
from embeddings.training.mining import negatives
from embeddings.training.news import load_passages
from embeddings.training.pairs import LOCAL_NEWS
from embeddings.training.questions import Example, cropped, load_examples
from embeddings.training.squad import load_squad

SEED = 1
# Whose span is known only roughly, and whose passages are longer than what is read.
ROUGH, LONG = "newsqa25", "id_qasina"
BY_WORD = "facqa"
_QUESTION_WORD = re.compile(r"\b(?:siapa|kapan|berapa|di ?mana|mengapa|bagaimana|apa)(?:kah)?\b", re.IGNORECASE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/, qa_more/ and corpus/")
    parser.add_argument("--most", type=int, default=400, help="questions of each set")
    parser.add_argument("--only", help="sets whose names begin with this")
    parser.add_argument("--model", type=Path, default=MODEL, help="the model directory to measure")
    arguments = parser.parse_args()
    chance = random.Random(SEED)
    reader = Reader(directory=arguments.model)
    examples = [*load_examples(arguments.data, "dev", chance), *load_squad(arguments.data, "dev")]
    news = load_passages(arguments.data, chance, localgov=2)
    for source, found in by_source(examples, arguments.most).items():
        if arguments.only and not source.startswith(arguments.only):
            continue
        if source != ROUGH:
            report_spans(source, [cropped(one, chance) for one in found] if source == LONG else found, reader)
        wrong = negatives(found, chance.sample(news, min(LOCAL_NEWS, len(news))), chance)
        pairs = [(cropped(one, chance), others[0]) for one, others in zip(found, wrong, strict=True) if others]
        report_answerability(source, pairs, reader, chance)


def by_source(examples: Iterable[Example], most: int) -> dict[str, list[Example]]:
    """The first so many examples with an answer of each set."""
    found: dict[str, list[Example]] = {}
    for example in examples:
        if example.answerable:
            found.setdefault(example.source, []).append(example)
    return {source: of_one[:most] for source, of_one in found.items()}


def report_spans(source: str, examples: Sequence[Example], reader: Reader) -> None:
    """Print exact match and token F1 of the answer, its own whole passage given."""
    judgements = reader.judge([(example.question, example.context, example.passage) for example in examples])
    words: dict[str, list[tuple[bool, float]]] = {}
    for example, judgement in zip(examples, judgements, strict=True):
        assert example.answer is not None
        answer, _ = judgement.best(example.passage)
        given, wanted = example.passage[slice(*answer)], example.passage[slice(*example.answer)]
        asked = _QUESTION_WORD.search(example.question) if source == BY_WORD else None
        right = (words_of(given) == words_of(wanted), token_f1(given, wanted))
        words.setdefault(asked[0].casefold() if asked else "", []).append(right)
    figures = np.array([right for of_one in words.values() for right in of_one])
    exact, overlap = figures.mean(axis=0)
    print(f"{source:10} spans: {len(examples)} questions, EM {exact:.3f}, F1 {overlap:.3f}")
    if source == BY_WORD:
        for word, of_one in sorted(words.items()):
            print(f"{source:10}   {word or 'other':10} {len(of_one)} questions, F1 {np.mean(of_one, axis=0)[1]:.3f}")


def report_answerability(
    source: str, pairs: Sequence[tuple[Example, Example]], reader: Reader, chance: random.Random
) -> None:
    """Print the AUC of telling passages that answer from those that do not, by reading and by not reading."""
    from sklearn.metrics import roc_auc_score

    examples = [example for pair in pairs for example in pair]
    labels = [example.answerable for example in examples]
    others = chance.sample(examples, len(examples))
    ways = {
        "AUC": [(example.question, example.context, example.passage) for example in examples],
        "empty passage": [(example.question, "", ".") for example in examples],
        "shuffled passage": [
            (example.question, other.context, other.passage) for example, other in zip(examples, others, strict=True)
        ],
    }
    figures = []
    for name, asked in ways.items():
        scores = [judgement.answers for judgement in reader.judge(asked)]
        figures.append(f"{name} {roc_auc_score(labels, scores):.3f}")
    print(f"{source:10} answerability: {len(pairs)} questions with both labels, {', '.join(figures)}", flush=True)


if __name__ == "__main__":
    main()
