"""Write the trained networks as int8 ONNX files, with the model directory around them.

    python -m embeddings.training.export --into data/training

Both networks read the one table of word embeddings, a file of its own, int8 with one scale a row.
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from embeddings.models.bundled import ENCODER_FILE, MODEL, PROMPTS, READER_FILE, TOKENIZER_FILE
from embeddings.training.encoder import TRIPLES_FILE, Triple
from embeddings.training.graph import TRUNK, Graph, Weights
from embeddings.training.pairs import Group
from embeddings.training.reader import PAIRS_FILE, TRAINED_FILE

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding, Tokenizer
    from transformers import BertModel

WORDS_FILE = "words.bin"
TABLE_LIMIT = 127
MEASURED_TEXTS, MEASURED_TOKENS = 256, 256
SENTENCE_TRANSFORMER = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": "embeddings.models.sentence_transformer.OnnxEncoderModule"}
    ],
    "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
}


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
    from embeddings.training.network import load_base

    directory.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained / "base" / "tokenizer.json", directory / TOKENIZER_FILE)
    tokenizer, model = load_base(trained / "base")
    words = _write_words(_table(model), directory / WORDS_FILE)
    for name, content in SENTENCE_TRANSFORMER.items():
        (directory / name).write_text(json.dumps(content, indent=1) + "\n")
    tokenizer.enable_truncation(MEASURED_TOKENS)
    if (trained / "encoder.pt").exists():
        _export_encoder(trained, directory, tokenizer, model, words)
    # Whatever the last epoch, what it read will do.
    drawn = sorted(trained.glob(PAIRS_FILE.format(epoch="*")))
    if (trained / TRAINED_FILE).exists() and drawn:
        pairs = [pair for group in msgspec.json.decode(drawn[-1].read_bytes(), type=list[Group]) for pair in group]
        texts = [(pair.question, pair.context + pair.passage) for pair in pairs[:MEASURED_TEXTS]]
        _export_reader(trained, directory, tokenizer.encode_batch(texts), model, words)


def _export_encoder(
    trained: Path, directory: Path, tokenizer: "Tokenizer", model: "BertModel", words: list[TensorProto]
) -> None:
    import torch

    triples = msgspec.json.decode((trained / TRIPLES_FILE).read_bytes(), type=list[Triple])[:MEASURED_TEXTS]
    texts = [PROMPTS["document"] + triple.passage for triple in triples]
    texts += [PROMPTS["query"] + triple.question for triple in triples]
    table = _table(model)
    model.load_state_dict(torch.load(trained / "encoder.pt"))
    ranges = activation_ranges(model, tokenizer.encode_batch(texts))
    graph = Graph(_weights(model, table), model.config.to_dict(), words, ranges)
    graph.pooled(graph.states())
    graph.save(directory / ENCODER_FILE, {"embedding": ["texts", model.config.hidden_size]})


def _export_reader(
    trained: Path, directory: Path, texts: Sequence["Encoding"], model: "BertModel", words: list[TensorProto]
) -> None:
    import torch

    from embeddings.training.network import ReaderNetwork

    table = _table(model)
    network = ReaderNetwork(model)
    network.load_state_dict(torch.load(trained / TRAINED_FILE))
    ranges = activation_ranges(network.trunk, texts)
    graph = Graph(_weights(network, table), model.config.to_dict(), words, ranges)
    states = graph.states()
    graph.span(states)
    graph.answers(states)
    graph.save(directory / READER_FILE, {"span": ["texts", "tokens", 2], "answers": ["texts", 1]})


def _table(model: "BertModel") -> NDArray[np.float32]:
    """A copy of the word embeddings."""
    return np.array(model.embeddings.word_embeddings.weight.detach().numpy())


def _weights(network: "torch.nn.Module", table: NDArray[np.float32]) -> Weights:
    """The weights by name; raises ValueError where the word embeddings are not those of the table."""
    weights = {name.removeprefix(TRUNK): value.numpy() for name, value in network.state_dict().items()}
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


if __name__ == "__main__":
    main()
