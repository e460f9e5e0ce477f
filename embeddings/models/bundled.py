"""The model that comes with the program: an encoder and a reader, run by onnxruntime without torch."""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

# Else onnxruntime gives this machine a number, and tells its maker of every start. Read when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

MODEL = Path(__file__).parent / "weights"
ENCODER_FILE, READER_FILE, TOKENIZER_FILE = "encoder.onnx", "reader.onnx", "tokenizer.json"
# As multilingual-e5 was trained with (Wang et al. 2024).
PROMPTS = {"query": "query: ", "document": "passage: "}
PAD_ID = 1
MAX_TOKENS = 512
# Memory while reading grows with the tokens read together.
BATCH_TOKENS = 512


@cache
def load_tokenizer(directory: Path = MODEL) -> Tokenizer:
    """The tokenizer of a model directory, one for all who use it (20 MB): to be left as it is."""
    tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def tokenize(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Encoding]:
    """The tokens of each text, cut at MAX_TOKENS, with the special ones around them."""
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    for encoding in encodings:
        encoding.truncate(MAX_TOKENS - tokenizer.num_special_tokens_to_add(is_pair=False))
    return [tokenizer.post_process(encoding) for encoding in encodings]


def tokenize_pairs(tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], most: int) -> list[Encoding]:
    """The tokens of both texts of each pair, `most` of them with the special ones; only the second text is cut."""
    room = most - tokenizer.num_special_tokens_to_add(is_pair=True)
    firsts, seconds = (
        tokenizer.encode_batch([pair[side] for pair in pairs], add_special_tokens=False) for side in (0, 1)
    )
    for first, second in zip(firsts, seconds, strict=True):
        second.truncate(max(room - len(first.ids), 0))
    return [tokenizer.post_process(*both) for both in zip(firsts, seconds, strict=True)]


def padded(encodings: Sequence[Encoding]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and attention mask, each of shape (texts, longest)."""
    longest = max(len(encoding.ids) for encoding in encodings)
    ids = np.full((len(encodings), longest), PAD_ID, dtype=np.int64)
    mask = np.zeros((len(encodings), longest), dtype=np.int64)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    return ids, mask


class Network:
    """One of the model's two networks."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Load it, to run on so many threads; 0 takes every core."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
        options.inter_op_num_threads = 1
        # Keeping what a run has allocated for the next, or allocating at once all that a shape will need, costs more
        # memory than it saves time.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.name: str = self._session.get_modelmeta().custom_metadata_map["name"]
        # Of the encoder's embeddings; the reader's first output is as wide as its tokens have logits.
        self.dimension: int = self._session.get_outputs()[0].shape[-1]

    def run(self, encodings: Sequence[Encoding], batch_size: int) -> Iterator[tuple[int, list[NDArray[np.float32]]]]:
        """The position of each text and its row of every output; texts of like length are read together."""
        order = sorted(range(len(encodings)), key=lambda position: len(encodings[position].ids))
        while order:
            longest = len(encodings[order[-1]].ids)
            count = max(1, min(batch_size, BATCH_TOKENS // longest))
            batch, order = order[-count:], order[:-count]
            outputs = self.outputs(*padded([encodings[position] for position in batch]))
            for row, position in enumerate(batch):
                yield position, [output[row] for output in outputs]

    def outputs(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        """Every output for token ids and attention mask, each of shape (texts, tokens)."""
        return list(self._session.run(None, {"input_ids": ids, "attention_mask": mask}))


class BundledEncoder:
    """Turns text into embeddings."""

    def __init__(self, directory: Path = MODEL, threads: int = 0) -> None:
        self._tokenizer = load_tokenizer(directory)
        self._network = Network(directory / ENCODER_FILE, threads)
        self.name = self._network.name
        self.dimension = self._network.dimension
        self.max_tokens = MAX_TOKENS
        self.prompts = PROMPTS

    def encode(self, texts: Sequence[str], batch_size: int = 32) -> NDArray[np.float32]:
        """Unit-length embeddings, shape (len(texts), dimension), float32."""
        embeddings = np.empty((len(texts), self.dimension), dtype=np.float32)
        for position, (embedding,) in self._network.run(tokenize(self._tokenizer, texts), batch_size):
            embeddings[position] = embedding
        return embeddings

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, without special tokens and however long it is."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]
