"""Train short readers that lack one ingredient of the recipe each, to see what it brings.

    python -m embeddings.training.ablation --data ../shared/data --into data/training

First a reader learns Wikipedia and FacQA alone, with passages of other questions as wrong ones. From there one goes on
for half as many steps with all ingredients, one with the same in another order, which tells what is chance, one with
nothing new, and one without each ingredient. The model directories in `ablation/` of the folder are to be measured by
`embeddings.evaluation.reader` and `embeddings.evaluation.leave_out`. Stops and resumes at any step.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from embeddings.training.checkpoints import argument_parser
from embeddings.training.export import export
from embeddings.training.news import SOURCE as TEMPLATES
from embeddings.training.pairs import NEGATIVES, Group, as_people_write, training_groups
from embeddings.training.reader import (
    LATER_LEARNING_RATE,
    LEARNING_RATE,
    PAIRS_FILE,
    RANK_WEIGHT,
    SEED,
    TRAINED_FILE,
    load_network,
    make_batches,
    train,
)

if TYPE_CHECKING:
    import torch

START_STEPS, STEPS = 600, 300
MEASURED_GROUPS = 300
GROUPS_FILE = "ablation.json"
Change = Callable[[list[Group]], list[Group]]


def main() -> None:
    arguments = argument_parser(__doc__).parse_args()
    data: Path = arguments.data
    folder: Path = arguments.into
    drawn = folder / GROUPS_FILE
    if not drawn.exists():
        drawn.write_bytes(msgspec.json.encode(training_groups(data, random.Random(SEED), by_meaning=True)))
    groups = msgspec.json.decode(drawn.read_bytes(), type=list[Group])

    def styled(chosen: list[Group]) -> list[Group]:
        return as_people_write(chosen, data, random.Random(SEED))

    def plain(chosen: list[Group]) -> list[Group]:
        return with_others_passages([group for group in chosen if group[0].source not in (TEMPLATES, "newsqa25")])

    def without(source: str) -> Change:
        return lambda chosen: styled([group for group in chosen if group[0].source != source])

    start = run(folder, "start", groups, plain, None)
    run(folder, "nothing new", groups, plain, start)
    run(folder, "all", groups, styled, start)
    run(folder, "all, another order", groups, styled, start, seed=1)
    run(folder, "no templates", groups, without(TEMPLATES), start)
    run(folder, "no NewsQA25", groups, without("newsqa25"), start)
    run(folder, "no mined passages", groups, lambda chosen: styled(with_others_passages(chosen)), start)
    run(folder, "one wrong passage", groups, lambda chosen: styled([group[:2] for group in chosen]), start)
    run(folder, "no style", groups, lambda chosen: chosen, start)
    run(folder, "no ranking", groups, styled, start, rank_weight=0.0)


def run(
    folder: Path,
    name: str,
    groups: Sequence[Group],
    change: Change,
    start: "dict[str, torch.Tensor] | None",
    seed: int = 0,
    rank_weight: float = RANK_WEIGHT,
) -> "dict[str, torch.Tensor]":
    """The weights after a training on these groups, changed; the folder ablation/NAME/model is what it exports."""
    import torch

    own = folder / "ablation" / name.replace(",", "").replace(" ", "-")
    trained = own / TRAINED_FILE
    if trained.exists():
        return dict(torch.load(trained))
    own.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED + seed)
    tokenizer, model = load_network(folder)
    if start:
        model.load_state_dict(start)
    chance = random.Random(SEED + seed)
    batches = make_batches(change(chance.sample(groups, len(groups))), chance)[: STEPS if start else START_STEPS]
    train(own.name, own, tokenizer, model, batches, LATER_LEARNING_RATE if start else LEARNING_RATE, rank_weight)
    weights = model.state_dict()
    torch.save(weights, trained)
    _export(folder, own, [group for batch in batches for group in batch])
    return weights


def _export(folder: Path, own: Path, groups: Sequence[Group]) -> None:
    """With what an export needs: the base, what was trained, and pairs to measure activations on."""
    if not (own / "base").exists():
        (own / "base").symlink_to((folder / "base").resolve())
    (own / PAIRS_FILE.format(epoch=1)).write_bytes(msgspec.json.encode(groups[:MEASURED_GROUPS]))
    export(own, own / "model")


def with_others_passages(groups: Sequence[Group]) -> list[Group]:
    """The groups with the passages of other questions for those that were mined; templates' pairs stay as they are."""
    chance = random.Random(SEED)
    others = [group[0] for group in groups if group[0].answerable and group[0].source != TEMPLATES]
    found: list[Group] = []
    for group in groups:
        first = group[0]
        if len(group) == 1:
            found.append(group)
            continue
        answer = first.passage[slice(*first.answer)].casefold() if first.answer else ""
        wrong = [
            msgspec.structs.replace(other, source=first.source, question=first.question, answer=None, answerable=False)
            for other in chance.sample(others, NEGATIVES)
            if answer not in (other.context + other.passage).casefold()
        ]
        found.append([first, *wrong])
    return found


if __name__ == "__main__":
    main()
