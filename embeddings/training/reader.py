"""Train the reader: the answer's span in a passage, and whether the passage answers at all.

    python -m embeddings.training.reader --data ../shared/data --into data/training --epoch 1

A span head and an answerability head over the base model, fed with `<s> question </s></s> passage </s>` (Devlin et
al. 2019; Rajpurkar et al. 2018 for unanswerable questions). Whether a passage answers is learnt pair by pair, and
within a question's group by a softmax over its passages, as they are ranked (Cao et al. 2007). Each epoch draws its
passages and the style of its questions anew; those after the first go on from the reader that is there, with passages
that do not answer mined by meaning too. Stops and resumes at any step.
"""

import random
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from embeddings.training.checkpoints import Progress, argument_parser
from embeddings.training.pairs import Group, as_people_write, further_groups, training_groups
from embeddings.training.questions import Example

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding, Tokenizer

    from embeddings.training.network import ReaderNetwork

SEED = 20261122
TRAINED_FILE, PAIRS_FILE = "reader.pt", "pairs-{epoch}.json"
BATCH = 16
LEARNING_RATE, LATER_LEARNING_RATE = 1.3e-4, 1e-4
# How much of a later epoch's change is kept (Wortsman et al. 2022); docs/decisions.md tells why.
LATER_SHARE = 0.5
# Those after these read the further sets too.
OWN_EPOCHS = 3
MAX_TOKENS = 256
# The lowest layers read words, which they know; leaving them as they are saves a sixth of the time.
FROZEN_LAYERS = 3
# Batches of like lengths waste less on padding.
GROUPS_SORTED_TOGETHER = 400
# Ranking the passages of a question against each other weighs half of judging each.
RANK_WEIGHT = 0.5


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--epoch", type=int, required=True, help="1, or a later one that goes on from reader.pt")
    arguments = parser.parse_args()
    import torch

    from embeddings.training.network import partway

    epoch: int = arguments.epoch
    torch.manual_seed(SEED + epoch)
    chance = random.Random(SEED + epoch)
    drawn = arguments.into / PAIRS_FILE.format(epoch=epoch)
    if not drawn.exists():
        groups = (
            training_groups(arguments.data, chance, by_meaning=epoch > 1)
            if epoch <= OWN_EPOCHS
            else further_groups(arguments.data, chance)
        )
        drawn.write_bytes(msgspec.json.encode(as_people_write(groups, arguments.data, chance)))
    batches = make_batches(msgspec.json.decode(drawn.read_bytes(), type=list[Group]), random.Random(SEED + epoch))
    tokenizer, model = load_network(arguments.into)
    if epoch > 1:
        model.load_state_dict(torch.load(arguments.into / TRAINED_FILE))
    began = {name: weight.clone() for name, weight in model.state_dict().items()}
    rate = LEARNING_RATE if epoch == 1 else LATER_LEARNING_RATE
    train(f"reader-{epoch}", arguments.into, tokenizer, model, batches, rate)
    torch.save(partway(began, model, 1.0 if epoch == 1 else LATER_SHARE), arguments.into / TRAINED_FILE)


def load_network(folder: Path) -> tuple["Tokenizer", "ReaderNetwork"]:
    """The base model with heads that have learnt nothing, its lowest layers frozen, and its tokenizer for pairs."""
    from embeddings.training.network import PAD, ReaderNetwork, load_base

    tokenizer, trunk = load_base(folder / "base")
    for frozen in (trunk.embeddings, *trunk.encoder.layer[:FROZEN_LAYERS]):
        frozen.requires_grad_(False)
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    tokenizer.enable_padding(pad_id=PAD, pad_token="<pad>")
    return tokenizer, ReaderNetwork(trunk)


def train(
    name: str,
    folder: Path,
    tokenizer: "Tokenizer",
    model: "ReaderNetwork",
    batches: Sequence[Sequence[Group]],
    rate: float,
    rank_weight: float = RANK_WEIGHT,
) -> None:
    """Teach the network all batches, from the newest checkpoint of this name in the folder on."""
    import torch

    from embeddings.training.network import as_tensors, half_precision

    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    progress = Progress(name, folder, model, optimizer, len(batches), rate)
    for step in progress.steps():
        batch = [pair for group in batches[step] for pair in group]
        encodings = tokenizer.encode_batch([(pair.question, pair.context + pair.passage) for pair in batch])
        with half_precision():
            start, end, answers = (logits.float().cpu() for logits in model(*as_tensors(encodings)))
        losses = {
            "span": span_loss(start, end, encodings, batch),
            "answers": answer_loss(answers, batch),
            "ranks": rank_loss(answers, batches[step]),
        }
        right = ((answers > 0) == torch.tensor([pair.answerable for pair in batch])).float().mean()
        loss = losses["span"] + losses["answers"] + rank_weight * losses["ranks"]
        progress.update(loss, **losses, right=right)


def span_loss(
    start: "torch.Tensor", end: "torch.Tensor", encodings: Sequence["Encoding"], batch: Sequence[Example]
) -> "torch.Tensor":
    """How improbable the answers' starts and ends are, from logits of shape (pairs, tokens)."""
    return _mean(
        [
            probability_lost(logits[row], targets)
            for row, (encoding, pair) in enumerate(zip(encodings, batch, strict=True))
            for logits, targets in zip((start, end), answer_tokens(encoding, pair), strict=True)
            if targets
        ]
    )


def answer_loss(answers: "torch.Tensor", batch: Sequence[Example]) -> "torch.Tensor":
    """How improbable it is which passages answer, each judged by itself, from logits of shape (pairs,)."""
    import torch
    from torch.nn import functional

    labels = torch.tensor([float(pair.answerable) for pair in batch])
    return functional.binary_cross_entropy_with_logits(answers, labels)


def rank_loss(answers: "torch.Tensor", groups: Sequence[Group]) -> "torch.Tensor":
    """How improbable it is which passage of a group answers, from logits of shape (pairs,)."""
    return _mean(
        [
            probability_lost(answers[first : first + len(group)], [0])
            for group, first in zip(groups, accumulate(map(len, groups), initial=0), strict=False)
            if group[0].answerable and len(group) > 1
        ]
    )


def _mean(losses: Sequence["torch.Tensor"]) -> "torch.Tensor":
    import torch

    return torch.stack([*losses]).mean() if losses else torch.zeros(())


def probability_lost(logits: "torch.Tensor", targets: Sequence[int]) -> "torch.Tensor":
    """-ln of the probability that a softmax gives to the targets together."""
    return logits.logsumexp(dim=0) - logits[list(targets)].logsumexp(dim=0)


def answer_tokens(encoding: "Encoding", pair: Example) -> tuple[list[int], list[int]]:
    """The tokens at which the answer may start, and end: every one of it where its words are known only roughly.

    Both are empty where there is no answer or it was cut off.
    """
    if pair.answer is None:
        return [], []
    first, last = len(pair.context) + pair.answer[0], len(pair.context) + pair.answer[1]
    inside = [
        position
        for position, (sequence, (start, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
        if sequence == 1 and start < last and first < end and start < end
    ]
    return (inside[:1], inside[-1:]) if pair.known_span else (inside, inside)


def make_batches(groups: Sequence[Group], chance: random.Random) -> list[list[Group]]:
    """Batches of whole groups of about one length, in random order."""
    batches: list[list[Group]] = []
    for start in range(0, len(groups), GROUPS_SORTED_TOGETHER):
        near = sorted(groups[start : start + GROUPS_SORTED_TOGETHER], key=_longest)
        found: list[list[Group]] = [[]]
        for group in near:
            if sum(map(len, found[-1])) + len(group) > BATCH:
                found.append([])
            found[-1].append(group)
        batches.extend(found)
    chance.shuffle(batches)
    return batches


def _longest(group: Group) -> int:
    return max(len(pair.question + pair.context + pair.passage) for pair in group)


if __name__ == "__main__":
    main()
