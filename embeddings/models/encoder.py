"""Turn text into embeddings, with the bundled model or any sentence-transformers model."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EncoderUnavailable
from embeddings.models.bundled import BundledEncoder

BUNDLED = "bundled"


class EncoderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which model turns questions and passages into embeddings."""

    model: str = BUNDLED
    query_prompt: str | None = None
    passage_prompt: str | None = None
    batch_size: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 32
    threads: Annotated[int, msgspec.Meta(ge=0, le=256)] = 0


class Model(Protocol):
    """What the encoder needs of a model: its own and those of sentence-transformers have it alike."""

    name: str
    dimension: int
    max_tokens: int
    prompts: dict[str, str]

    def encode(self, texts: Sequence[str], batch_size: int) -> NDArray[np.float32]:
        """Unit-length embeddings, shape (len(texts), dimension), float32."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, without special tokens and however long it is."""


class Encoder:
    """A model with the prompts it expects before questions and passages."""

    def __init__(self, settings: EncoderSettings) -> None:
        """Load the model; raises EncoderUnavailable where it cannot be had."""
        self.settings = settings
        try:
            self._model = _load(settings)
        except EncoderUnavailable:
            raise
        # Whatever the hub client, the tokenizer, onnxruntime or torch raises here, the operator's way out is the same.
        except Exception as error:
            raise EncoderUnavailable(
                f"The encoder {settings.model!r} could not be loaded ({_first_line(error)}). Check the name or path "
                f'under [encoder] model in config.toml, or set it to "{BUNDLED}", which needs no download.'
            ) from error
        self._query_prompt = self._prompt(settings.query_prompt, "query")
        self._passage_prompt = self._prompt(settings.passage_prompt, "document", "passage")
        self.name = self._model.name
        self.dimension = self._model.dimension
        # Special tokens and the prompt take their share of what the model reads.
        self.max_passage_tokens = self._model.max_tokens - sum(self.count_tokens([self._passage_prompt])) - 2

    @property
    def recipe(self) -> str:
        """What encoders have in common that make the same numbers of the same passages, encoded together."""
        return repr((self.name, self.dimension, self._passage_prompt, self.settings.batch_size))

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return unit-length embeddings, shape (len(queries), dimension), float32."""
        return self._encode(queries, self._query_prompt)

    def encode_passages(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return unit-length embeddings, shape (len(passages), dimension), float32."""
        return self._encode(passages, self._passage_prompt)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count each text's tokens, without prompt and special tokens."""
        return self._model.count_tokens(texts) if texts else []

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return self._model.encode([prompt + text for text in texts], self.settings.batch_size)

    def _prompt(self, configured: str | None, *names: str) -> str:
        if configured is not None:
            return configured
        return next((prompt for name in names if (prompt := self._model.prompts.get(name))), "")


def _load(settings: EncoderSettings) -> Model:
    if settings.model == BUNDLED:
        return BundledEncoder(threads=settings.threads)
    try:
        # Takes seconds and a gigabyte, which the bundled model does not need.
        from embeddings.models.sentence_transformer import SentenceTransformerEncoder
    except ModuleNotFoundError as error:
        raise EncoderUnavailable(
            f"The encoder {settings.model!r} needs sentence-transformers, of which {error.name} is missing here. "
            "Bring it with `make encoders` or pip install 'wartabot[encoders]', or set [encoder] model in config.toml "
            f'to "{BUNDLED}", which needs neither.'
        ) from error
    return SentenceTransformerEncoder(settings.model, settings.threads)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
