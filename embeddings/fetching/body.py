"""The body of an answer, read and unpacked so far as it may be large."""

import zlib
from collections.abc import Iterable, Iterator

from embeddings.fetching.failures import FetchFailed

GZIP_START = b"\x1f\x8b"
# Tells zlib that it is gzip.
_GZIP = 31
# Where one packed file ends, what is left of a piece is copied: of a long one, that takes minutes.
_PIECE_BYTES = 1 << 16


def read_body(chunks: Iterable[bytes], encoding: str, most: int) -> bytes:
    """The body, unpacked if `encoding` is gzip; raises FetchFailed for one of more than `most` bytes, either way."""
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchFailed(f"it comes packed as {encoding[:40]!r}, which was not asked for")
    return unpack(chunks, most) if "gzip" in encoding else _joined(chunks, most)


def unpack(chunks: Iterable[bytes], most: int) -> bytes:
    """What is packed as gzip; raises FetchFailed where it is damaged or unfolds to more than `most` bytes."""
    content, received = bytearray(), 0
    unpacking = zlib.decompressobj(_GZIP)
    try:
        for chunk in _in_pieces(chunks):
            received += len(chunk)
            while chunk:
                if unpacking.eof:
                    # One packed file may follow on another.
                    unpacking = zlib.decompressobj(_GZIP)
                content += unpacking.decompress(chunk, most + 1 - len(content))
                _refuse_large(max(len(content), received), most)
                chunk = unpacking.unconsumed_tail or unpacking.unused_data
    except zlib.error as error:
        raise FetchFailed("what was packed as gzip is damaged") from error
    if received and not unpacking.eof:
        raise FetchFailed("what was packed as gzip breaks off")
    return bytes(content)


def _in_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE_BYTES):
            yield chunk[start : start + _PIECE_BYTES]


def _joined(chunks: Iterable[bytes], most: int) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        _refuse_large(len(content), most)
    return bytes(content)


def _refuse_large(size: int, most: int) -> None:
    if size > most:
        raise FetchFailed(f"larger than {most // 1024} kB; raise [fetching] max_fetched_kb to read it", lasting=True)
