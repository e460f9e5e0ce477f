"""The model that comes with the program: an encoder and a reader, run by onnxruntime without torch."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

MODEL = Path(__file__).parent / "model"
ENCODER_FILE, READER_FILE, TOKENIZER_FILE = "encoder.onnx", "reader.onnx", "tokenizer.json"
# As multilingual-e5 was trained with (Wang et al. 2024).
PROMPTS = {"query": "query: ", "document": "passage: "}
PAD_ID, PAD = 1, "<pad>"
MAX_TOKENS = 512
# Memory while reading grows with the tokens read together.
BATCH_TOKENS = 512


def load_tokenizer(directory: Path = MODEL, max_tokens: int = MAX_TOKENS) -> Tokenizer:
    """The tokenizer, which cuts a text, or the second of a pair, at so many tokens."""
    tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
    tokenizer.enable_truncation(max_tokens, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer


class Network:
    """One of the model's two networks."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """Load it, to run on so many threads; 0 takes every core."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
        options.inter_op_num_threads = 1
        # Keeping what a run has allocated for the next costs more memory than it saves time.
        options.enable_cpu_mem_arena = False
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
            ids = np.full((len(batch), longest), PAD_ID, dtype=np.int64)
            mask = np.zeros((len(batch), longest), dtype=np.int64)
            for row, position in enumerate(batch):
                tokens = encodings[position].ids
                ids[row, : len(tokens)] = tokens
                mask[row, : len(tokens)] = 1
            outputs = self.outputs(ids, mask)
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
        for position, (embedding,) in self._network.run(self._tokenizer.encode_batch(list(texts)), batch_size):
            embeddings[position] = embedding
        return embeddings

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, without special tokens and however long it is."""
        self._tokenizer.no_truncation()
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        return [len(encoding.ids) for encoding in encodings]
