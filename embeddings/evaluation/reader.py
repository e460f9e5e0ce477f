"""How well the reader reads: spans, answerability, and what it would say without reading.

    python -m embeddings.evaluation.reader --data ../shared/data

Dev questions only, and the held-out ones of NewsQA25. For answerability each question stands once with a passage that
answers and once with one that was found for it and does not, so that a guess from the question alone scores .5; the
same questions with an empty and with a shuffled passage must score so.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

from embeddings.answers.reader import Reader
from embeddings.evaluation.questions import token_f1
from embeddings.indonesian.words import words_of
from embeddings.models.bundled import MODEL
from embeddings.training.news import load_passages
from embeddings.training.pairs import LOCAL_NEWS, negatives
from embeddings.training.questions import Example, cropped, load_examples

SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and corpus/")
    parser.add_argument("--most", type=int, default=400, help="questions of each set")
    parser.add_argument("--model", type=Path, default=MODEL, help="the model directory to measure")
    arguments = parser.parse_args()
    chance = random.Random(SEED)
    reader = Reader(directory=arguments.model)
    examples = [example for example in load_examples(arguments.data, "dev", chance) if example.answerable]
    by_source: dict[str, list[Example]] = {}
    for example in examples:
        found = by_source.setdefault(example.source, [])
        if len(found) < arguments.most:
            found.append(example)
    news = load_passages(arguments.data, chance, localgov=2)
    for source, found in by_source.items():
        if source != "newsqa25":
            report_spans(source, found, reader)
        wrong = negatives(found, chance.sample(news, min(LOCAL_NEWS, len(news))), chance)
        pairs = [(cropped(one, chance), others[0]) for one, others in zip(found, wrong, strict=True) if others]
        report_answerability(source, pairs, reader, chance)


def report_spans(source: str, examples: Sequence[Example], reader: Reader) -> None:
    """Print exact match and token F1 of the answer, its own whole passage given."""
    exact, overlap = 0, 0.0
    judgements = reader.judge([(example.question, example.context, example.passage) for example in examples])
    for example, judgement in zip(examples, judgements, strict=True):
        assert example.answer is not None
        given, wanted = example.passage[slice(*judgement.answer)], example.passage[slice(*example.answer)]
        exact += words_of(given) == words_of(wanted)
        overlap += token_f1(given, wanted)
    print(
        f"{source:10} spans: {len(examples)} questions, "
        f"EM {exact / len(examples):.3f}, F1 {overlap / len(examples):.3f}"
    )


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
