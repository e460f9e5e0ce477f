"""Connect to the very address that was checked, and end everything by one deadline."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from embeddings.fetching.failures import FetchFailed
from embeddings.fetching.public import is_loopback, is_public

Resolve = Callable[[str, int], list[str]]
"""The IP addresses of a host and port."""
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses that the system finds for a host; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Looks a host up once, refuses what is not public, and connects to what it has checked."""

    def __init__(self, seconds: float, look_up: Resolve, loopback: bool) -> None:
        self._ends = time.monotonic() + seconds
        self._look_up = look_up
        self._loopback = loopback

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's public addresses that answers; raises FetchFailed where it has none."""
        failed: Exception | None = None
        for address in self._public(host, port):
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, left(self._ends), None, socket_options)
                return _TimedStream(stream, self._ends)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        assert failed is not None
        raise failed

    def _public(self, host: str, port: int) -> list[str]:
        try:
            found = self._look_up(host, port)
        # What is no name of a host is told as UnicodeError.
        except (OSError, UnicodeError) as error:
            raise FetchFailed(f"no such host: {host}") from error
        public = [ip for ip in found if is_public(ip) or (self._loopback and is_loopback(ip))]
        if not public:
            raise FetchFailed(
                f"{host} leads to {', '.join(found[:3]) or 'nowhere'}, which is no public address; nothing is fetched "
                "from networks of one's own",
                lasting=True,
            )
        return public


class _TimedStream(httpcore.NetworkStream):
    """A stream that is read and written until the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream = stream
        self._ends = ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(self._ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(self._ends))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left(self._ends)), self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def left(ends: float) -> float:
    """The seconds until a deadline; raises httpcore.ReadTimeout where it has passed."""
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return seconds
