"""Models of the library sentence-transformers: any of theirs in place of ours, and ours as one of theirs."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Read when the hub's client is first imported.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from embeddings.models.bundled import ENCODER_FILE, Network, load_tokenizer, padded, tokenize

LONGEST = 8192


class SentenceTransformerEncoder:
    """Any sentence-transformers model, behind the same interface as the bundled encoder."""

    def __init__(self, path: str, threads: int = 0) -> None:
        # Their progress bars and reports would stand between the person and the answer.
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        for name in ("sentence_transformers", "huggingface_hub", "httpx"):
            logging.getLogger(name).setLevel(logging.ERROR)
        if threads:
            torch.set_num_threads(threads)
        self._model = SentenceTransformer(path, device="cpu")
        dimension = self._model.get_embedding_dimension()
        assert dimension is not None
        self.dimension: int = dimension
        # A model that reads text of any length says so with infinity.
        self.max_tokens = int(min(self._model.max_seq_length or 512, LONGEST))
        self.prompts = {name: prompt for name, prompt in self._model.prompts.items() if prompt is not None}
        self.name = path

    def encode(self, texts: Sequence[str], batch_size: int) -> NDArray[np.float32]:
        """Unit-length embeddings, shape (len(texts), dimension), float32."""
        embeddings = self._model.encode(
            list(texts), prompt="", batch_size=batch_size, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(embeddings, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, without special tokens and however long it is."""
        tokenizer = self._model.tokenizer
        if isinstance(tokenizer, Tokenizer):
            return [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
        encoded = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]


class OnnxEncoderModule(InputModule):
    """The bundled encoder as a module of sentence-transformers; `modules.json` in its directory names this class."""

    def __init__(self, directory: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tokenizer = self._tokenizer = load_tokenizer(directory)
        self._network = Network(directory / ENCODER_FILE)

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> "OnnxEncoderModule":
        """Load the module from its directory."""
        return cls(Path(model_name_or_path))

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Refuse: the files are made by embeddings.training.export."""
        raise NotImplementedError(f"Copy the model directory to {output_path} instead of saving it anew.")

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, torch.Tensor]:
        """Token ids and attention mask, each of shape (inputs, longest)."""
        ids, mask = padded(tokenize(self._tokenizer, [f"{prompt or ''}{text}" for text in inputs]))
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds `sentence_embedding`, of unit length."""
        (embeddings,) = self._network.outputs(features["input_ids"].numpy(), features["attention_mask"].numpy())
        return {**features, "sentence_embedding": torch.from_numpy(embeddings)}

    def get_embedding_dimension(self) -> int:
        """The length of an embedding."""
        return self._network.dimension
