"""Train the reader: the answer's span in a passage, and whether the passage answers at all.

    python -m embeddings.training.reader --data ../shared/data --into data/training --epoch 1

A span head and an answerability head over the base model, fed with `<s> question </s></s> passage </s>` (Devlin et
al. 2019; Rajpurkar et al. 2018 for unanswerable questions). Each epoch draws its passages and the style of its
questions anew; those after the first go on from the reader that is there, with passages that do not answer mined by
meaning too. Stops and resumes at any step.
"""

import random
from collections.abc import Sequence

import msgspec

from embeddings.training.checkpoints import Progress, argument_parser
from embeddings.training.pairs import training_pairs
from embeddings.training.questions import Example

SEED = 20261122
TRAINED_FILE, PAIRS_FILE = "reader.pt", "pairs-{epoch}.json"
BATCH = 16
LEARNING_RATE, LATER_LEARNING_RATE = 1.3e-4, 1e-4
MAX_TOKENS = 256
# The lowest layers read words, which they know; leaving them as they are saves a sixth of the time.
FROZEN_LAYERS = 3
# Batches of like lengths waste less on padding.
BATCHES_SORTED_TOGETHER = 40
ROUGH_SPAN_WEIGHT = 0.3
IGNORED = -100


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--epoch", type=int, required=True, help="1, or a later one that goes on from reader.pt")
    arguments = parser.parse_args()
    import torch
    from torch.nn import functional

    from embeddings.training.network import PAD, ReaderNetwork, as_tensors, half_precision, load_base

    epoch: int = arguments.epoch
    torch.manual_seed(SEED + epoch)
    chance = random.Random(SEED + epoch)
    tokenizer, trunk = load_base(arguments.into / "base")
    for frozen in (trunk.embeddings, *trunk.encoder.layer[:FROZEN_LAYERS]):
        frozen.requires_grad_(False)
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    tokenizer.enable_padding(pad_id=PAD, pad_token="<pad>")
    drawn = arguments.into / PAIRS_FILE.format(epoch=epoch)
    if not drawn.exists():
        drawn.write_bytes(msgspec.json.encode(training_pairs(arguments.data, chance, by_meaning=epoch > 1)))
    batches = make_batches(msgspec.json.decode(drawn.read_bytes(), type=list[Example]), random.Random(SEED + epoch))
    model = ReaderNetwork(trunk)
    if epoch > 1:
        model.load_state_dict(torch.load(arguments.into / TRAINED_FILE))
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    rate = LEARNING_RATE if epoch == 1 else LATER_LEARNING_RATE
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    progress = Progress(f"reader-{epoch}", arguments.into, model, optimizer, len(batches), rate)
    for step in progress.steps():
        batch = batches[step]
        encodings = tokenizer.encode_batch([(pair.question, pair.context + pair.passage) for pair in batch])
        with half_precision():
            start, end, answers = (logits.float() for logits in model(*as_tensors(encodings)))
        labels = torch.tensor([float(pair.answerable) for pair in batch])
        targets = torch.tensor([token_span(encoding, pair) for encoding, pair in zip(encodings, batch, strict=True)])
        weights = torch.tensor([1.0 if pair.known_span else ROUGH_SPAN_WEIGHT for pair in batch])
        spans = weights * sum(
            functional.cross_entropy(logits, targets[:, side], ignore_index=IGNORED, reduction="none")
            for side, logits in enumerate((start, end))
        )
        known = (targets[:, 0] != IGNORED).sum().clamp(min=1)
        span_loss = spans.sum() / (2 * known)
        answer_loss = functional.binary_cross_entropy_with_logits(answers, labels)
        right = ((answers > 0).float() == labels).float().mean()
        progress.update(span_loss + answer_loss, span=span_loss, answers=answer_loss, right=right)
    torch.save(model.state_dict(), arguments.into / TRAINED_FILE)


def token_span(encoding: "object", pair: Example) -> tuple[int, int]:
    """The first and last token of the answer; IGNORED for both where there is none or it was cut off."""
    if pair.answer is None:
        return IGNORED, IGNORED
    first, last = len(pair.context) + pair.answer[0], len(pair.context) + pair.answer[1]
    inside = [
        position
        for position, (sequence, (start, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))  # type: ignore[attr-defined]
        if sequence == 1 and start < last and first < end and start < end
    ]
    return (inside[0], inside[-1]) if inside else (IGNORED, IGNORED)


def make_batches(pairs: Sequence[Example], chance: random.Random) -> list[list[Example]]:
    """Batches of pairs of about one length, in random order."""
    batches: list[list[Example]] = []
    together = BATCH * BATCHES_SORTED_TOGETHER
    for start in range(0, len(pairs), together):
        near = sorted(
            pairs[start : start + together], key=lambda pair: len(pair.question + pair.context + pair.passage)
        )
        found = [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
        chance.shuffle(found)
        batches.extend(batch for batch in found if len(batch) == BATCH)
    return batches


if __name__ == "__main__":
    main()
