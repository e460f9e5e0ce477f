"""What both trainings share: the command line, the learning rate over time, checkpoints, and the log."""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WARM_UP_SHARE = 0.06
SAVE_EVERY = 100
LOG_EVERY = 25


def argument_parser(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/, corpus/ and lexicon/")
    parser.add_argument("--into", type=Path, required=True, help="folder for what training makes")
    return parser


class Progress:
    """Runs the steps that are left, each ended by `update`, on a GPU where there is one."""

    def __init__(
        self,
        name: str,
        directory: Path,
        model: "torch.nn.Module",
        optimizer: "torch.optim.Optimizer",
        steps: int,
        learning_rate: float,
    ) -> None:
        """Continue from the newest checkpoint of this name in the folder, if there is one."""
        import torch

        from embeddings.training.network import DEVICE

        self._path = directory / f"{name}.checkpoint"
        self._name, self._model, self._optimizer = name, model, optimizer
        self._total, self._rate = steps, learning_rate
        self._step = 0
        self._sums: dict[str, list[float]] = defaultdict(list)
        self._began = time.monotonic()
        model.to(DEVICE)
        if self._path.exists():
            saved: dict[str, Any] = torch.load(self._path, map_location="cpu")
            model.load_state_dict(saved["model"])
            optimizer.load_state_dict(saved["optimizer"])
            self._step = saved["step"]

    def steps(self) -> Iterator[int]:
        """The numbers of the steps to do, in order."""
        self._model.train()
        while self._step < self._total:
            warm = min(1.0, (self._step + 1) / (WARM_UP_SHARE * self._total))
            left = (self._total - self._step) / self._total
            for group in self._optimizer.param_groups:
                group["lr"] = self._rate * min(warm, left)
            yield self._step
        self._model.eval().cpu()

    def update(self, loss: "torch.Tensor", **measured: "torch.Tensor") -> None:
        """Learn from this step's loss; log and save now and then."""
        import torch

        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._step += 1
        for name, value in {"loss": loss, **measured}.items():
            self._sums[name].append(float(value.detach()))
        if self._step % LOG_EVERY == 0:
            means = "  ".join(f"{name} {sum(values) / len(values):.4f}" for name, values in self._sums.items())
            print(
                f"{self._name} {self._step}/{self._total}  {means}  {time.monotonic() - self._began:.0f} s", flush=True
            )
            self._sums.clear()
        if self._step % SAVE_EVERY == 0 or self._step == self._total:
            unfinished = self._path.with_suffix(".unfinished")
            torch.save(
                {"model": self._model.state_dict(), "optimizer": self._optimizer.state_dict(), "step": self._step},
                unfinished,
            )
            unfinished.replace(self._path)
