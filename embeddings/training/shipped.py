"""Read the shipped reader back into floats, so that it can be exported or trained anew where its training was not kept.

    python -m embeddings.training.shipped --into data/training

Writes reader.pt, exact up to the seven bits of the shipped weights.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from embeddings.models.bundled import MODEL, READER_FILE
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
    state = {name: torch.tensor(weights[name]) for name in network.state_dict() if name in weights}
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
    halves = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast"}
    weights: Arrays = {}
    layer = -1
    linear: Iterator[str] = iter(())
    norms: Iterator[str] = iter(())
    smooth: NDArray[Any] | None = None
    for node in graph.node:
        prefix = f"trunk.encoder.layer.{layer}."
        given = list(node.input)
        match node.op_type:
            case "Slice" if halves.get(given[0]) in tensors:
                positions = tensors[halves[given[0]]].astype(np.float32)
                weights["trunk.embeddings.position_embeddings.weight"] = positions
            case "LayerNormalization":
                name = "trunk.embeddings.LayerNorm" if layer < 0 else prefix + next(norms)
                weights[f"{name}.weight"], weights[f"{name}.bias"] = tensors[given[1]], tensors[given[2]]
            case "QAttention":
                layer += 1
                linear = iter(("attention.output.dense", "intermediate.dense", "output.dense"))
                norms = iter(("attention.output.LayerNorm", "output.LayerNorm"))
                joined = _floats(tensors, given[1], given[4])
                for part, weight, bias in zip(
                    ("query", "key", "value"), np.split(joined, 3), np.split(tensors[given[2]], 3), strict=True
                ):
                    weights[f"trunk.encoder.layer.{layer}.attention.self.{part}.weight"] = weight
                    weights[f"trunk.encoder.layer.{layer}.attention.self.{part}.bias"] = bias
            case "Mul" if layer >= 0 and given[1] in tensors and tensors[given[1]].ndim:
                smooth = tensors[given[1]]
            case "MatMulIntegerToFloat":
                name = prefix + next(linear)
                weight = _floats(tensors, given[1], given[3])
                weights[f"{name}.weight"] = weight if smooth is None else weight * smooth
                smooth = None
                if len(given) == 7:
                    weights[f"{name}.bias"] = tensors[given[6]]
            case "Add" if layer >= 0 and given[1] in tensors and name.endswith("output.dense"):
                weights[f"{name}.bias"] = tensors[given[1]]
            case "MatMul":
                weights["span.weight"] = tensors[given[1]].T
            case "Add" if given[1] in tensors:
                weights["span.bias"] = tensors[given[1]]
            case "Gemm" if given[1] in halves:
                weights["pooled.weight"] = tensors[halves[given[1]]].astype(np.float32)
                weights["pooled.bias"] = tensors[given[2]]
            case "Gemm":
                weights["answers.weight"], weights["answers.bias"] = tensors[given[1]], tensors[given[2]]
    return {name: np.ascontiguousarray(weight) for name, weight in weights.items()}


def _floats(tensors: Arrays, quantized: str, scale: str) -> NDArray[Any]:
    """A matrix of shape (out, in) from its int8 form of shape (in, out)."""
    return (tensors[quantized].astype(np.float32) * tensors[scale]).T


if __name__ == "__main__":
    main()
