"""Train the encoder: questions near the passages that answer them, far from those that only look alike.

    python -m embeddings.training.encoder --data ../shared/data --into data/training

InfoNCE (van den Oord et al. 2018) over the passages of a batch and one mined passage for each question. What is kept
lies between the base model and the trained one, weight by weight (Wortsman et al. 2022), so that other text is not
forgotten. Stops and resumes at any step.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from embeddings.models.bundled import PROMPTS
from embeddings.training.checkpoints import Progress, argument_parser
from embeddings.training.mining import mine, mine_by_meaning
from embeddings.training.pairs import news_and_examples
from embeddings.training.questions import Example, cropped, load_examples
from embeddings.training.style import Style

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import BertModel

SEED = 20261124
TRIPLES_FILE = "triples.json"
BATCH = 16
LEARNING_RATE = 5e-5
TEMPERATURE = 0.02
QUESTION_TOKENS, PASSAGE_TOKENS = 48, 144
# As in the reader.
FROZEN_LAYERS = 3
TEMPLATES = 2_000
NEWS = 3_000
WHOLE_SHARE = 0.5
# How much of the trained weights is kept, the rest being the base model's; docs/decisions.md tells why.
TRAINED_SHARE = 0.5


class Triple(msgspec.Struct, frozen=True):
    """A question with the passage that answers it and one that does not, both as they are encoded."""

    source: str
    question: str
    answer: str
    passage: str
    negative: str


def main() -> None:
    arguments = argument_parser(__doc__).parse_args()
    import torch
    from torch.nn import functional

    from embeddings.training.network import load_base, partway

    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    mined = arguments.into / TRIPLES_FILE
    if not mined.exists():
        found = load_triples(arguments.data, chance)
        mined.write_bytes(msgspec.json.encode(found))
    triples = msgspec.json.decode(mined.read_bytes(), type=list[Triple])
    batches = make_batches(triples, random.Random(SEED))
    tokenizer, model = load_base(arguments.into / "base")
    for frozen in (model.embeddings, *model.encoder.layer[:FROZEN_LAYERS]):
        frozen.requires_grad_(False)
    base = {name: weight.clone() for name, weight in model.state_dict().items()}
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0.01)
    progress = Progress("encoder", arguments.into, model, optimizer, len(batches), LEARNING_RATE)
    for step in progress.steps():
        scores = similarities(model, tokenizer, batches[step])
        targets = torch.arange(len(scores))
        right = (scores.argmax(dim=1) == targets).float().mean()
        progress.update(functional.cross_entropy(scores, targets), right=right)
    torch.save(partway(base, model, TRAINED_SHARE), arguments.into / "encoder.pt")


def similarities(model: "BertModel", tokenizer: "Tokenizer", batch: Sequence[Triple]) -> "torch.Tensor":
    """Of each question to the batch's passages and then to those mined, by the temperature, shape (n, 2n).

    Passages that may answer a question, other than its own, are infinitely far from it.
    """
    import torch

    from embeddings.training.network import half_precision, mean_pooled, tokenize

    passages = [triple.passage for triple in batch] + [triple.negative for triple in batch]
    questions = [PROMPTS["query"] + triple.question for triple in batch]
    documents = [PROMPTS["document"] + passage for passage in passages]
    with half_precision():
        asked = mean_pooled(model, tokenize(tokenizer, questions, QUESTION_TOKENS))
        answering = mean_pooled(model, tokenize(tokenizer, documents, PASSAGE_TOKENS))
    scores = (asked @ answering.T / TEMPERATURE).cpu()
    return scores.masked_fill(torch.tensor(may_answer(batch, passages)), -torch.inf)


def may_answer(batch: Sequence[Triple], passages: Sequence[str]) -> list[list[bool]]:
    """Which passages, other than its own, may answer a question too: those that hold its answer."""
    lowered = [passage.casefold() for passage in passages]
    return [
        [position != row and triple.answer in passage for position, passage in enumerate(lowered)]
        for row, triple in enumerate(batch)
    ]


def load_triples(data: Path, chance: random.Random) -> list[Triple]:
    """Every answerable question, written as people write, with its passage and one of those mined for it."""
    news, examples_made = news_and_examples(data, chance)
    made = [example for example in examples_made if example.answerable]
    human = [example for example in load_examples(data, "train", chance) if example.answerable]
    examples = [*human, *chance.sample(made, min(TEMPLATES, len(made)))]
    texts = [_encoded(example if chance.random() < WHOLE_SHARE else cropped(example, chance)) for example in examples]
    others = list(dict.fromkeys([*texts, *(p.context + p.text for p in chance.sample(list(news), NEWS))]))
    print(f"{len(examples)} questions, {len(others)} passages to mine from", flush=True)
    questions = [example.question for example in examples]
    by_words = mine(questions, others)
    by_meaning, cosines = mine_by_meaning(questions, others)
    style = Style(data / "lexicon" / "slang_normalization.json")
    position = {text: row for row, text in enumerate(others)}
    triples: list[Triple] = []
    for row, (example, text) in enumerate(zip(examples, texts, strict=True)):
        answer = example.passage[slice(*example.answer)].casefold() if example.answer else ""
        own = cosines[row][position[text]]
        usable = [
            candidate
            for candidate in dict.fromkeys([*by_meaning[row][:6], *by_words[row][:6]])
            if candidate != position[text]
            and answer not in others[candidate].casefold()
            # Without the exact words of an answer, only what lies farther than the right passage is surely wrong.
            and (example.known_span or cosines[row][candidate] < own)
        ]
        if usable and answer:
            question = style.apply(example.question, chance)
            triples.append(Triple(example.source, question, answer, text, others[chance.choice(usable)]))
    return triples


def make_batches(triples: Sequence[Triple], chance: random.Random) -> list[list[Triple]]:
    """Batches of questions from one source, which are harder to tell apart, in random order."""
    batches: list[list[Triple]] = []
    for source in sorted({triple.source for triple in triples}):
        of_source = [triple for triple in triples if triple.source == source]
        chance.shuffle(of_source)
        batches.extend(of_source[start : start + BATCH] for start in range(0, len(of_source) - BATCH + 1, BATCH))
    chance.shuffle(batches)
    return batches


def _encoded(example: Example) -> str:
    return example.context + example.passage


if __name__ == "__main__":
    main()
