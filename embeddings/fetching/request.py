"""One request: what a server answers to it, within limits of size, time and type."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx
import msgspec

from embeddings.fetching.body import read_body
from embeddings.fetching.connection import CheckedBackend, Resolve
from embeddings.fetching.failures import FetchFailed

# Of a page that tells no type, its content does.
READABLE_TYPES = (
    "text/", "application/xhtml", "application/xml", "application/rss", "application/atom", "application/rdf",
    "application/pdf", "application/json", "application/x-ndjson", "application/jsonl", "application/zip",
    "application/x-zip", "application/gzip", "application/x-gzip", "application/octet-stream", "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml", "binary/octet-stream",
)  # fmt: skip
# Longer than this nobody is obeyed: a slip of the pen would end a source for ever.
LONGEST_RETRY_SECONDS = 7 * 86_400.0


class Limits(msgspec.Struct, frozen=True):
    """How long an answer may take, how many bytes its body may have, packed and unpacked.

    Loopback is for tests. `only_beginning` reads the beginning of whatever is sent, however large and of any type.
    """

    seconds: float
    size: int
    loopback: bool = False
    only_beginning: bool = False


class Response(msgspec.Struct, frozen=True):
    """What a server answered; only a 200 has content."""

    status: int
    headers: Mapping[str, str]
    """By name in small letters."""
    content: bytes = b""

    def retry_after(self) -> float | None:
        """For how many seconds the server asks to be left alone."""
        asked = self.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdigit():
            seconds = float(asked[:9])
        else:
            try:
                seconds = (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
            # No date, or one without a zone.
            except (ValueError, TypeError, OverflowError):
                return None
        return min(max(seconds, 0.0), LONGEST_RETRY_SECONDS)


def get(
    address: httpx.URL, headers: Mapping[str, str], limits: Limits, look_up: Resolve, tls: ssl.SSLContext
) -> Response:
    """Ask a server for a page; raises FetchFailed in words for the operator."""
    backend = CheckedBackend(limits.seconds, look_up, limits.loopback)
    url = httpcore.URL(scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path)
    try:
        with httpcore.HTTPConnection(url.origin, ssl_context=tls, network_backend=backend) as connection:
            sent = {"Host": address.netloc.decode("ascii"), **headers}
            with connection.stream("GET", url, headers=list(sent.items())) as answer:
                return _read(answer, limits)
    except httpcore.TimeoutException as error:
        raise FetchFailed(f"{address.host} did not answer in full within {limits.seconds:g} s") from error
    except httpcore.ConnectError as error:
        raise FetchFailed(f"{address.host} cannot be reached ({_one_line(error)})") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchFailed(f"{address.host} broke off its answer ({_one_line(error)})") from error


def _read(answer: httpcore.Response, limits: Limits) -> Response:
    headers = {name.decode("latin-1").lower(): value.decode(errors="replace") for name, value in answer.headers}
    if answer.status != 200:
        return Response(answer.status, headers)
    if limits.only_beginning:
        return Response(answer.status, headers, _beginning(answer, limits.size))
    media_type = headers.get("content-type", "").strip().lower()
    if media_type and not media_type.startswith(READABLE_TYPES):
        raise FetchFailed(f"it is {media_type[:60]!r}, which is no article", lasting=True)
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:15]) > limits.size:
        raise FetchFailed(
            f"larger than {limits.size // 1024} kB; raise [fetching] max_fetched_kb to read it", lasting=True
        )
    encoding = headers.get("content-encoding", "").strip().lower()
    return Response(answer.status, headers, read_body(answer.iter_stream(), encoding, limits.size))


def _beginning(answer: httpcore.Response, most: int) -> bytes:
    content = bytearray()
    for chunk in answer.iter_stream():
        content += chunk
        if len(content) >= most:
            break
    return bytes(content[:most])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
