"""Write the trained networks as int8 ONNX files, with the model directory around them.

    python -m embeddings.training.export --into data/training

The graphs are built node by node from onnxruntime's fused operators for BERT (com.microsoft: QAttention,
MatMulIntegerToFloat, Gelu). Weights are int8 with one scale a column, of seven bits only: on processors without VNNI
the product of a full int8 with a uint8 saturates. Activations are uint8, with one scale for all texts, which spans what
some texts of the training data need, but for the products of the Gelu: there single tokens are ten times larger than
the rest, so each has a scale of its own. Thus an embedding depends on nothing but its text. The few channels of the
feed-forward layers that are far larger than the rest are made smaller first, and their weights larger (SmoothQuant,
Xiao et al. 2023). Both graphs read the one table of word embeddings, a file of its own, int8 with one scale a row.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

from embeddings.models.bundled import ENCODER_FILE, MODEL, PROMPTS, READER_FILE, TOKENIZER_FILE
from embeddings.training.encoder import TRIPLES_FILE, Triple
from embeddings.training.pairs import Group
from embeddings.training.reader import PAIRS_FILE, TRAINED_FILE

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding
    from transformers import BertModel

WORDS_FILE = "words.bin"
MICROSOFT = "com.microsoft"
OPSET = 17
WEIGHT_LIMIT = 63
TABLE_LIMIT = 127
UNSIGNED_LIMIT, MIDDLE = 255, 128
SMOOTHING = 0.75
"""How much of the difference between channels goes over to the weights."""
MEASURED_TEXTS, MEASURED_TOKENS = 256, 256
Weights = dict[str, NDArray[np.float32]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True, help="folder with what training has made")
    parser.add_argument("--model", type=Path, default=MODEL, help="the model directory to write")
    arguments = parser.parse_args()
    export(arguments.into, arguments.model)
    for path in sorted(arguments.model.iterdir()):
        print(f"{path.stat().st_size / 1e6:6.1f} MB  {path.name}")


def export(trained: Path, directory: Path) -> None:
    """Write word embeddings, tokenizer and each network that was trained into a model directory.

    A network whose training has left nothing in the folder stays as it is.
    """
    import torch

    from embeddings.training.network import ReaderNetwork, load_base

    directory.mkdir(parents=True, exist_ok=True)
    config = json.loads((trained / "base" / "config.json").read_bytes())
    shutil.copyfile(trained / "base" / "tokenizer.json", directory / TOKENIZER_FILE)
    tokenizer, model = load_base(trained / "base")
    table = model.embeddings.word_embeddings.weight.detach().numpy()
    words = _write_words(table, directory / WORDS_FILE)
    sentence_transformer = {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "embeddings.models.sentence_transformer.OnnxEncoderModule"}
        ],
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
    }
    for name, content in sentence_transformer.items():
        (directory / name).write_text(json.dumps(content, indent=1) + "\n")
    tokenizer.enable_truncation(MEASURED_TOKENS)

    if (trained / "encoder.pt").exists():
        triples = msgspec.json.decode((trained / TRIPLES_FILE).read_bytes(), type=list[Triple])[:MEASURED_TEXTS]
        model.load_state_dict(torch.load(trained / "encoder.pt"))
        texts = [PROMPTS["document"] + triple.passage for triple in triples]
        texts += [PROMPTS["query"] + triple.question for triple in triples]
        ranges = activation_ranges(model, tokenizer.encode_batch(texts))
        graph = Graph(_weights_of(model, table), config, words, ranges)
        graph.pooled(graph.states())
        graph.save(directory / ENCODER_FILE, {"embedding": ["texts", config["hidden_size"]]})

    # Whatever the last epoch, what it read will do.
    drawn = sorted(trained.glob(PAIRS_FILE.format(epoch="*")))
    if (trained / TRAINED_FILE).exists() and drawn:
        network = ReaderNetwork(model)
        network.load_state_dict(torch.load(trained / TRAINED_FILE))
        groups = msgspec.json.decode(drawn[-1].read_bytes(), type=list[Group])
        pairs = [pair for group in groups for pair in group][:MEASURED_TEXTS]
        read = tokenizer.encode_batch([(pair.question, pair.context + pair.passage) for pair in pairs])
        ranges = activation_ranges(network.trunk, read)
        graph = Graph(_weights_of(network.trunk, table), config, words, ranges)
        states = graph.states()
        graph.span(states, network.span.weight.detach().numpy(), network.span.bias.detach().numpy())
        graph.answers(states, {name: value.numpy() for name, value in network.state_dict().items()})
        graph.save(directory / READER_FILE, {"span": ["texts", "tokens", 2], "answers": ["texts", 1]})


def _weights_of(model: "BertModel", table: NDArray[np.float32]) -> Weights:
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    if not np.array_equal(table, weights["embeddings.word_embeddings.weight"]):
        raise ValueError("a network has other word embeddings than the base: train it again from this base.")
    return weights


def activation_ranges(model: "BertModel", texts: Sequence["Encoding"]) -> Weights:
    """The least and the largest activation of each channel that goes into a linear layer, shape (2, channels), by the
    layer's name; query, key and value have one input.
    """
    import torch

    from embeddings.training.network import as_tensors

    ranges: Weights = {}

    def note(name: str, given: "torch.Tensor") -> None:
        tokens = given.detach().flatten(0, 1)
        found = torch.stack([tokens.amin(dim=0), tokens.amax(dim=0)]).numpy()
        known = ranges.get(name, found)
        ranges[name] = np.stack([np.minimum(known[0], found[0]), np.maximum(known[1], found[1])])

    hooks = [
        layer.register_forward_pre_hook(lambda _, given, name=name: note(name, given[0]))
        for name, layer in model.named_modules()
        if name.endswith(("self.query", "dense"))
    ]
    with torch.no_grad():
        for encoding in texts:
            ids, mask = as_tensors([encoding])
            model(input_ids=ids, attention_mask=mask)
    for hook in hooks:
        hook.remove()
    return ranges


def _write_words(table: NDArray[np.float32], path: Path) -> list[TensorProto]:
    """The table and its scales in one file, and the tensors that refer to it."""
    scales = (np.abs(table).max(axis=1, keepdims=True) / TABLE_LIMIT).astype(np.float32)
    scales[scales == 0] = 1
    quantized = np.rint(table / scales).astype(np.int8)
    path.write_bytes(quantized.tobytes() + scales.tobytes())
    tensors = []
    for name, array, kind, offset in (
        ("words", quantized, TensorProto.INT8, 0),
        ("words_scale", scales, TensorProto.FLOAT, quantized.nbytes),
    ):
        tensor = TensorProto(name=name, data_type=kind, dims=array.shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", path.name), ("offset", offset), ("length", array.nbytes)):
            tensor.external_data.add(key=key, value=str(value))
        tensors.append(tensor)
    return tensors


class Graph:
    """An ONNX graph under construction; each method adds nodes and returns the name of what they give."""

    def __init__(self, weights: Weights, config: dict[str, Any], words: list[TensorProto], ranges: Weights) -> None:
        """`ranges` is what `activation_ranges` gives."""
        self._weights, self._config, self._ranges = weights, config, ranges
        self._nodes: list[Any] = []
        self._tensors = list(words)
        self._count = 0

    def states(self) -> str:
        """The last layer's states, (texts, tokens, hidden)."""
        weights = self._weights
        # Every token is of type 0, so its type's embedding can stand in the positions' table.
        positions = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        pieces = self._node("Cast", [self._node("Gather", ["words", "input_ids"])], to=TensorProto.FLOAT)
        pieces = self._node("Mul", [pieces, self._node("Gather", ["words_scale", "input_ids"])])
        length = self._node("Slice", [self._node("Shape", ["input_ids"]), *self._integers([1], [2])])
        starts, axes = self._integers([0], [0])
        states = self._node("Slice", [self._half(positions), starts, length, axes])
        states = self._normalized(self._node("Add", [pieces, states]), "embeddings.LayerNorm")
        self._mask = self._node("Cast", ["attention_mask"], to=TensorProto.INT32)
        (hidden,) = self._integers([self._config["hidden_size"]])
        self._shape = self._node("Concat", [self._node("Shape", ["input_ids"]), hidden], axis=0)
        for layer in range(self._config["num_hidden_layers"]):
            states = self._layer(states, f"encoder.layer.{layer}.")
        return states

    def pooled(self, states: str) -> None:
        """Adds `embedding`: the mean of the states over each text's tokens, of unit length."""
        mask = self._node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
        (last,) = self._integers([2])
        summed = self._node(
            "ReduceSum",
            [self._node("Mul", [states, self._node("Unsqueeze", [mask, last])]), *self._integers([1])],
            keepdims=0,
        )
        # The length of a mean is that of its sum once both are of unit length.
        self._node("LpNormalization", [summed], name="embedding", axis=1, p=2)

    def span(self, states: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        """Adds `span`: start and end logits of each token."""
        product = self._node("MatMul", [states, self._tensor(weight.T)])
        self._node("Add", [product, self._tensor(bias)], name="span")

    def answers(self, states: str, weights: Weights) -> None:
        """Adds `answers`: the logit that the passage answers."""
        first = self._node("Gather", [states, self._tensor(np.array(0, dtype=np.int64))], axis=1)
        pooled = self._node(
            "Gemm", [first, self._half(weights["pooled.weight"]), self._tensor(weights["pooled.bias"])], transB=1
        )
        head = [self._tensor(weights["answers.weight"]), self._tensor(weights["answers.bias"])]
        self._node("Gemm", [self._node("Tanh", [pooled]), *head], name="answers", transB=1)

    def save(self, path: Path, outputs: dict[str, list[Any]]) -> None:
        """Write the graph; the word embeddings stay in their own file."""
        graph = helper.make_graph(
            self._nodes,
            path.stem,
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
                for name in ("input_ids", "attention_mask")
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
            self._tensors,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)],
            producer_name="wartabot",
        )
        model.ir_version = 9
        # Stored embeddings belong to one encoder: its name tells it from any other.
        digest = hashlib.blake2b(model.SerializeToString(), digest_size=4).hexdigest()
        helper.set_model_props(model, {"name": f"wartabot-{path.stem}-{digest}"})
        path.write_bytes(model.SerializeToString())

    def _layer(self, states: str, name: str) -> str:
        weights, attention = self._weights, f"{name}attention.self."
        joined = np.concatenate([weights[f"{attention}{part}.weight"].T for part in ("query", "key", "value")], axis=1)
        bias = np.concatenate([weights[f"{attention}{part}.bias"] for part in ("query", "key", "value")])
        quantized, scale, zero = self._quantized(joined)
        given, given_scale, given_zero = self._given(states, self._ranges[f"{attention}query"])
        attended = self._node(
            "QAttention",
            [given, quantized, self._tensor(bias), given_scale, scale, self._mask, given_zero, zero],
            domain=MICROSOFT,
            num_heads=self._config["num_attention_heads"],
        )
        states = self._normalized_sum(
            self._linear(attended, f"{name}attention.output.dense"), states, f"{name}attention.output.LayerNorm"
        )
        inner = self._linear(states, f"{name}intermediate.dense", smoothed=True)
        inner = self._node("Gelu", [inner], domain=MICROSOFT)
        return self._normalized_sum(
            self._linear_by_token(inner, f"{name}output.dense"), states, f"{name}output.LayerNorm"
        )

    def _linear(self, states: str, name: str, smoothed: bool = False) -> str:
        """One scale for all tokens."""
        weight, ranges = self._weights[f"{name}.weight"].T, self._ranges[name]
        if smoothed:
            states, weight, ranges = self._smoothed(states, weight, ranges)
        given, given_scale, given_zero = self._given(states, ranges)
        quantized, scale, zero = self._quantized(weight)
        bias = self._tensor(self._weights[f"{name}.bias"])
        inputs = [given, quantized, given_scale, scale, given_zero, zero, bias]
        return self._node("MatMulIntegerToFloat", inputs, domain=MICROSOFT)

    def _linear_by_token(self, states: str, name: str) -> str:
        """A scale of its own for each token."""
        weight = self._weights[f"{name}.weight"].T
        states, weight, _ = self._smoothed(states, weight, self._ranges[name])
        # QuantizeLinear takes a scale a row of a matrix.
        rows = self._node("Reshape", [states, *self._integers([-1, weight.shape[0]])])
        largest = self._node("ReduceMax", [self._node("Abs", [rows])], axes=[1], keepdims=0)
        given_scale = self._node("Mul", [largest, self._tensor(np.float32(1 / (MIDDLE - 1)))])
        middles = self._node(
            "ConstantOfShape",
            [self._node("Shape", [given_scale])],
            value=numpy_helper.from_array(np.array([MIDDLE], dtype=np.uint8)),
        )
        given = self._node("QuantizeLinear", [rows, given_scale, middles], axis=0)
        quantized, scale, zero = self._quantized(weight)
        one, middle = self._tensor(np.float32(1)), self._tensor(np.uint8(MIDDLE))
        product = self._node("MatMulIntegerToFloat", [given, quantized, one, scale, middle, zero], domain=MICROSOFT)
        by_row = self._node("Unsqueeze", [given_scale, *self._integers([1])])
        product = self._node("Add", [self._node("Mul", [product, by_row]), self._tensor(self._weights[f"{name}.bias"])])
        return self._node("Reshape", [product, self._shape])

    def _smoothed(
        self, states: str, weight: NDArray[np.float32], ranges: NDArray[np.float32]
    ) -> tuple[str, NDArray[np.float32], NDArray[np.float32]]:
        """The same product with large channels made smaller, and their weights larger."""
        largest = np.maximum(np.abs(ranges).max(axis=0), 1e-5)
        smooth = (largest**SMOOTHING / np.abs(weight).max(axis=1) ** (1 - SMOOTHING)).astype(np.float32)
        return self._node("Mul", [states, self._tensor(1 / smooth)]), weight * smooth[:, None], ranges / smooth

    def _given(self, states: str, ranges: NDArray[np.float32]) -> tuple[str, str, str]:
        """Activations as uint8, with their scale and zero point."""
        low, high = min(float(ranges.min()), 0.0), max(float(ranges.max()), 0.0)
        step = np.float32(max(high - low, 1e-5) / UNSIGNED_LIMIT)
        scale, zero = self._tensor(step), self._tensor(np.uint8(round(-low / step)))
        return self._node("QuantizeLinear", [states, scale, zero]), scale, zero

    def _quantized(self, weight: NDArray[np.float32]) -> tuple[str, str, str]:
        """A matrix of shape (in, out) as int8, with a scale and a zero point for each column."""
        scale = (np.abs(weight).max(axis=0) / WEIGHT_LIMIT).astype(np.float32)
        quantized = np.rint(weight / scale).astype(np.int8)
        return self._tensor(quantized), self._tensor(scale), self._tensor(np.zeros(len(scale), dtype=np.int8))

    def _normalized(self, states: str, name: str) -> str:
        return self._node(
            "LayerNormalization", [states, *self._norm(name)], axis=-1, epsilon=self._config["layer_norm_eps"]
        )

    def _normalized_sum(self, states: str, skipped: str, name: str) -> str:
        # The fused SkipLayerNormalization takes six times as long as these two.
        return self._normalized(self._node("Add", [states, skipped]), name)

    def _norm(self, name: str) -> list[str]:
        return [self._tensor(self._weights[f"{name}.{part}"]) for part in ("weight", "bias")]

    def _node(self, operator: str, inputs: list[str], name: str | None = None, **attributes: Any) -> str:
        output = name or self._new_name()
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def _tensor(self, array: ArrayLike) -> str:
        name = self._new_name()
        self._tensors.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def _half(self, array: NDArray[np.float32]) -> str:
        """A tensor kept in half precision."""
        return self._node("Cast", [self._tensor(array.astype(np.float16))], to=TensorProto.FLOAT)

    def _integers(self, *values: list[int]) -> list[str]:
        return [self._tensor(np.array(value, dtype=np.int64)) for value in values]

    def _new_name(self) -> str:
        self._count += 1
        return f"t{self._count}"


if __name__ == "__main__":
    main()
