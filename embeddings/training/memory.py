"""An encoder and a reader that compute nothing twice, however often a recipe is run."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.answers.reader import Judgement, Reader
from embeddings.models.bundled import MODEL, READER_FILE
from embeddings.models.encoder import Encoder, EncoderSettings

SAVED_EVERY = 3_000


class Memory:
    """What was computed, by a digest of what it was computed of, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[bytes, bytes] = msgspec.msgpack.decode(path.read_bytes()) if path.exists() else {}
        self._unsaved = 0

    def recall(self, keys: Sequence[object], compute: Callable[[list[int]], Sequence[bytes]]) -> list[bytes]:
        """What belongs to each key; `compute` is given the positions of those that are not known."""
        digests = [blake2b(msgspec.msgpack.encode(key), digest_size=12).digest() for key in keys]
        new = [position for position, digest in enumerate(digests) if digest not in self._known]
        if new:
            for position, value in zip(new, compute(new), strict=True):
                self._known[digests[position]] = value
            self._unsaved += len(new)
        if self._unsaved > SAVED_EVERY:
            self.save()
        return [self._known[digest] for digest in digests]

    def save(self) -> None:
        """Keep it for the next run."""
        self._unsaved = 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(msgspec.msgpack.encode(self._known))


class RememberingEncoder(Encoder):
    """An encoder that encodes each text once."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(EncoderSettings())
        self._memory = memory

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        def encode(new: list[int]) -> list[bytes]:
            encoded = Encoder._encode(self, [texts[position] for position in new], prompt)
            return [embedding.tobytes() for embedding in encoded.astype(np.float16)]

        known = self._memory.recall([(self.name, prompt, text) for text in texts], encode)
        return np.frombuffer(b"".join(known), dtype=np.float16).reshape(len(texts), self.dimension).astype(np.float32)


class RememberingReader(Reader):
    """A reader that reads each pair once."""

    def __init__(self, memory: Memory, directory: Path = MODEL) -> None:
        super().__init__(directory)
        self._memory = memory
        self._name = blake2b((directory / READER_FILE).read_bytes(), digest_size=8).hexdigest()

    def judge(self, pairs: Sequence[tuple[str, str, str]]) -> list[Judgement]:
        def judge(new: list[int]) -> list[bytes]:
            return [_packed(one) for one in Reader.judge(self, [pairs[position] for position in new])]

        return [
            _unpacked(known) for known in self._memory.recall([(self._name, "tokens", *pair) for pair in pairs], judge)
        ]


def _packed(judgement: Judgement) -> bytes:
    arrays = judgement.tokens.astype(np.int16), judgement.starts.astype(np.float16), judgement.ends.astype(np.float16)
    return msgspec.msgpack.encode([*(array.tobytes() for array in arrays), judgement.answers])


def _unpacked(packed: bytes) -> Judgement:
    tokens, starts, ends, answers = msgspec.msgpack.decode(packed, type=tuple[bytes, bytes, bytes, float])
    return Judgement(
        np.frombuffer(tokens, dtype=np.int16).reshape(-1, 2).astype(np.int32),
        np.frombuffer(starts, dtype=np.float16).astype(np.float32),
        np.frombuffer(ends, dtype=np.float16).astype(np.float32),
        answers,
    )
