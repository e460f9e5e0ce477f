"""ONNX graphs of the trained networks, built node by node from onnxruntime's fused operators for BERT.

The operators (com.microsoft) are QAttention, MatMulIntegerToFloat and Gelu. Weights are int8 with one scale a column,
of seven bits only: on processors without VNNI the product of a full int8 with a uint8 saturates. Activations are uint8,
with one scale for all texts, which spans what some texts of the training data need, but for the products of the Gelu:
there single tokens are ten times larger than the rest, so each has a scale of its own. Thus an embedding depends on
nothing but its text. The few channels of the feed-forward layers that are far larger than the rest are made smaller
first, and their weights larger (SmoothQuant, Xiao et al. 2023).

Each tensor has the name that its weights have in the trained network, so that they can be read back by name. Matrices
stand as (in, out); an int8 one is called `.int8` and has its `.scale` and, where channels were made smaller, the factor
`.smoothing` beside it.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
OPSET = 17
WEIGHT_LIMIT = 63
UNSIGNED_LIMIT, MIDDLE = 255, 128
SMOOTHING = 0.75
"""How much of the difference between channels goes over to the weights."""
PARTS, JOINED = ("query", "key", "value"), "joined"
"""The parts of an attention's first layer, and what they are called together."""
TRUNK = "trunk."
"""What stands before the names of a reader's weights that an encoder has too, and is left out in the graphs."""
Weights = dict[str, NDArray[np.float32]]


class Graph:
    """An ONNX graph under construction; each method adds nodes and returns the name of what they give."""

    def __init__(self, weights: Weights, config: dict[str, Any], words: list[TensorProto], ranges: Weights) -> None:
        """`weights` by their names in ReaderNetwork without "trunk."; `ranges` is what `activation_ranges` gives."""
        self._weights, self._config, self._ranges = weights, config, ranges
        self._nodes: list[Any] = []
        self._tensors = list(words)
        self._count = 0

    def states(self) -> str:
        """The last layer's states, (texts, tokens, hidden)."""
        weights = self._weights
        # Every token is of type 0, so its type's embedding can stand in the positions' table.
        name = "embeddings.position_embeddings.weight"
        positions = weights[name] + weights["embeddings.token_type_embeddings.weight"][0]
        pieces = self._node("Cast", [self._node("Gather", ["words", "input_ids"])], to=TensorProto.FLOAT)
        pieces = self._node("Mul", [pieces, self._node("Gather", ["words_scale", "input_ids"])])
        length = self._node("Slice", [self._node("Shape", ["input_ids"]), *self._integers([1], [2])])
        starts, axes = self._integers([0], [0])
        states = self._node("Slice", [self._half(positions, name), starts, length, axes])
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

    def span(self, states: str) -> None:
        """Adds `span`: start and end logits of each token."""
        product = self._node("MatMul", [states, self._tensor(self._weights["span.weight"].T, "span.weight")])
        self._node("Add", [product, self._weight("span.bias")], name="span")

    def answers(self, states: str) -> None:
        """Adds `answers`: the logit that the passage answers."""
        first = self._node("Gather", [states, self._tensor(np.array(0, dtype=np.int64))], axis=1)
        pooled = self._half(self._weights["pooled.weight"].T, "pooled.weight")
        pooled = self._node("Tanh", [self._node("Gemm", [first, pooled, self._weight("pooled.bias")])])
        weight = self._tensor(self._weights["answers.weight"].T, "answers.weight")
        self._node("Gemm", [pooled, weight, self._weight("answers.bias")], name="answers")

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
        states = self._normalized_sum(
            self._linear(self._attended(states, f"{name}attention.self."), f"{name}attention.output.dense"),
            states,
            f"{name}attention.output.LayerNorm",
        )
        inner = self._linear(states, f"{name}intermediate.dense", smoothed=True)
        inner = self._node("Gelu", [inner], domain=MICROSOFT)
        return self._normalized_sum(
            self._linear_by_token(inner, f"{name}output.dense"), states, f"{name}output.LayerNorm"
        )

    def _attended(self, states: str, name: str) -> str:
        """Query, key and value in one product."""
        joined, bias = (
            np.concatenate([self._weights[f"{name}{part}.{kind}"].T for part in PARTS], axis=-1)
            for kind in ("weight", "bias")
        )
        quantized, scale, zero = self._quantized(joined, f"{name}{JOINED}.weight")
        shift = self._tensor(bias, f"{name}{JOINED}.bias")
        given, given_scale, given_zero = self._given(states, self._ranges[f"{name}query"])
        return self._node(
            "QAttention",
            [given, quantized, shift, given_scale, scale, self._mask, given_zero, zero],
            domain=MICROSOFT,
            num_heads=self._config["num_attention_heads"],
        )

    def _linear(self, states: str, name: str, smoothed: bool = False) -> str:
        """One scale for all tokens."""
        weight, ranges = self._weights[f"{name}.weight"].T, self._ranges[name]
        if smoothed:
            states, weight, ranges = self._smoothed(states, weight, ranges, f"{name}.weight")
        given, given_scale, given_zero = self._given(states, ranges)
        quantized, scale, zero = self._quantized(weight, f"{name}.weight")
        inputs = [given, quantized, given_scale, scale, given_zero, zero, self._weight(f"{name}.bias")]
        return self._node("MatMulIntegerToFloat", inputs, domain=MICROSOFT)

    def _linear_by_token(self, states: str, name: str) -> str:
        """A scale of its own for each token."""
        weight = self._weights[f"{name}.weight"].T
        states, weight, _ = self._smoothed(states, weight, self._ranges[name], f"{name}.weight")
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
        quantized, scale, zero = self._quantized(weight, f"{name}.weight")
        one, middle = self._tensor(np.float32(1)), self._tensor(np.uint8(MIDDLE))
        product = self._node("MatMulIntegerToFloat", [given, quantized, one, scale, middle, zero], domain=MICROSOFT)
        by_row = self._node("Unsqueeze", [given_scale, *self._integers([1])])
        product = self._node("Add", [self._node("Mul", [product, by_row]), self._weight(f"{name}.bias")])
        return self._node("Reshape", [product, self._shape])

    def _smoothed(
        self, states: str, weight: NDArray[np.float32], ranges: NDArray[np.float32], name: str
    ) -> tuple[str, NDArray[np.float32], NDArray[np.float32]]:
        """The same product with large channels made smaller, and their weights larger."""
        largest = np.maximum(np.abs(ranges).max(axis=0), 1e-5)
        smooth = (largest**SMOOTHING / np.abs(weight).max(axis=1) ** (1 - SMOOTHING)).astype(np.float32)
        factors = self._tensor(1 / smooth, f"{name}.smoothing")
        return self._node("Mul", [states, factors]), weight * smooth[:, None], ranges / smooth

    def _given(self, states: str, ranges: NDArray[np.float32]) -> tuple[str, str, str]:
        """Activations as uint8, with their scale and zero point."""
        low, high = min(float(ranges.min()), 0.0), max(float(ranges.max()), 0.0)
        step = np.float32(max(high - low, 1e-5) / UNSIGNED_LIMIT)
        scale, zero = self._tensor(step), self._tensor(np.uint8(round(-low / step)))
        return self._node("QuantizeLinear", [states, scale, zero]), scale, zero

    def _quantized(self, weight: NDArray[np.float32], name: str) -> tuple[str, str, str]:
        """A matrix of shape (in, out) as int8, with a scale and a zero point for each column."""
        scale = (np.abs(weight).max(axis=0) / WEIGHT_LIMIT).astype(np.float32)
        quantized = np.rint(weight / scale).astype(np.int8)
        zero = self._tensor(np.zeros(len(scale), dtype=np.int8))
        return self._tensor(quantized, f"{name}.int8"), self._tensor(scale, f"{name}.scale"), zero

    def _normalized(self, states: str, name: str) -> str:
        return self._node(
            "LayerNormalization", [states, *self._norm(name)], axis=-1, epsilon=self._config["layer_norm_eps"]
        )

    def _normalized_sum(self, states: str, skipped: str, name: str) -> str:
        # The fused SkipLayerNormalization takes six times as long as these two.
        return self._normalized(self._node("Add", [states, skipped]), name)

    def _norm(self, name: str) -> list[str]:
        return [self._weight(f"{name}.{part}") for part in ("weight", "bias")]

    def _weight(self, name: str) -> str:
        return self._tensor(self._weights[name], name)

    def _node(self, operator: str, inputs: list[str], name: str | None = None, **attributes: Any) -> str:
        output = name or self._new_name()
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def _tensor(self, array: ArrayLike, name: str | None = None) -> str:
        name = name or self._new_name()
        self._tensors.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def _half(self, array: NDArray[np.float32], name: str) -> str:
        """A tensor kept in half precision."""
        return self._node("Cast", [self._tensor(array.astype(np.float16), name)], to=TensorProto.FLOAT)

    def _integers(self, *values: list[int]) -> list[str]:
        return [self._tensor(np.array(value, dtype=np.int64)) for value in values]

    def _new_name(self) -> str:
        self._count += 1
        return f"t{self._count}"
