"""Read the shipped reader back into floats, so that it can be exported or trained anew where its training was not kept.

    python -m embeddings.training.shipped --into data/training

Writes reader.pt, exact up to the seven bits of the shipped weights.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from embeddings.models.bundled import MODEL, READER_FILE
from embeddings.training.graph import JOINED, PARTS, TRUNK
from embeddings.training.reader import TRAINED_FILE

Arrays = dict[str, NDArray[Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="folder for what training makes, with base/")
    parser.add_argument("--model", type=Path, default=MODEL, help="the model directory to read")
    arguments = parser.parse_args()
    import torch

    from embeddings.training.network import ReaderNetwork, load_base

    _, trunk = load_base(arguments.into / "base")
    network = ReaderNetwork(trunk)
    weights = read_weights(arguments.model / READER_FILE)
    # Exported graphs keep the one token type's embedding within the positions'.
    weights["trunk.embeddings.token_type_embeddings.weight"] = np.zeros_like(
        trunk.embeddings.token_type_embeddings.weight.detach().numpy()
    )
    state = {
        name: torch.tensor(np.ascontiguousarray(weights[name])) for name in network.state_dict() if name in weights
    }
    state["trunk.embeddings.word_embeddings.weight"] = trunk.embeddings.word_embeddings.weight.detach()
    network.load_state_dict(state)
    torch.save(network.state_dict(), arguments.into / TRAINED_FILE)
    print(f"written: {arguments.into / TRAINED_FILE}")


def read_weights(path: Path) -> Arrays:
    """The weights of an exported reader by the names they have in ReaderNetwork, but for the word embeddings."""
    graph = onnx.load(str(path), load_external_data=False).graph
    tensors = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in graph.initializer
        if tensor.data_location != onnx.TensorProto.EXTERNAL
    }
    weights: Arrays = {}
    for stored in tensors:
        name = stored.removesuffix(".int8")
        if name.endswith((".weight", ".bias")):
            weights |= _parted(name, _whole(name, tensors))
    return {(TRUNK if name.startswith(("embeddings.", "encoder.")) else "") + name: weights[name] for name in weights}


def _whole(name: str, tensors: Arrays) -> NDArray[np.float32]:
    """A weight in floats; a matrix of a linear layer has shape (out, in), as torch has it, not (in, out)."""
    if name in tensors:
        weight = tensors[name].astype(np.float32)
        return weight.T if weight.ndim == 2 and not name.startswith("embeddings.") else weight
    weight = tensors[f"{name}.int8"].astype(np.float32) * tensors[f"{name}.scale"]
    if f"{name}.smoothing" in tensors:
        weight *= tensors[f"{name}.smoothing"][:, None]
    return weight.T


def _parted(name: str, weight: NDArray[np.float32]) -> Arrays:
    """Query, key and value each by their own name; any other weight as it is."""
    before, joined, kind = name.rpartition(JOINED)
    if not joined:
        return {name: weight}
    return {f"{before}{own}{kind}": part for own, part in zip(PARTS, np.split(weight, len(PARTS)), strict=True)}


if __name__ == "__main__":
    main()
