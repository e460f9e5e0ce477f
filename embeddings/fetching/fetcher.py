"""Fetch a page of the public web: by its robots.txt, with pauses, and within limits of size, time and redirects."""

import ssl
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import httpx
import msgspec

from embeddings.fetching.connection import Resolve, resolve
from embeddings.fetching.failures import FetchFailed
from embeddings.fetching.hosts import AGENT, MOST_ROBOTS_BYTES, Hosts
from embeddings.fetching.request import Limits, Response, get

MOST_REDIRECTS = 5
MAX_URL_LENGTH = 2048
LONGEST_NAME_OF_VERSION = 500
NOT_MODIFIED = 304
REDIRECTS = (301, 302, 303, 307, 308)
# Too early, too often: another time it may go well.
PASSING = (408, 425, 429)


class FetchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who fetches from the web, how gently, and how much."""

    contact: str = ""
    delay_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 2.0
    max_seconds: Annotated[float, msgspec.Meta(ge=1, le=600)] = 30.0
    max_fetched_kb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 20_480
    loopback_for_tests: bool = False


class Fetched(msgspec.Struct, frozen=True):
    """What was fetched, and from where in the end; without content where it has not changed since it was last."""

    url: str
    content: bytes | None
    media_type: str | None = None
    etag: str | None = None
    modified: str | None = None


class Fetcher:
    """Fetches for one run: what hosts ask for is remembered as long as it lives."""

    def __init__(
        self,
        settings: FetchSettings,
        look_up: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = Limits(settings.max_seconds, settings.max_fetched_kb * 1024, settings.loopback_for_tests)
        self._robots_limits = msgspec.structs.replace(self._limits, size=MOST_ROBOTS_BYTES, only_beginning=True)
        self._headers = {"User-Agent": user_agent(settings.contact), "Accept-Encoding": "gzip", "Connection": "close"}
        self._look_up = look_up
        # Whatever proxies and certificates the environment names: what was checked is what is connected to.
        self._tls: ssl.SSLContext = httpx.create_ssl_context(trust_env=False)
        self._hosts = Hosts(self._read_robots, settings.delay_seconds, clock, sleep)

    @property
    def most_bytes(self) -> int:
        """How large what is fetched may be, also when it is unpacked."""
        return self._limits.size

    def fetch(self, url: str, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetch a page, only if it has changed where its etag or date of change is known; raises FetchFailed."""
        known = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = self._headers | {name: value for name, value in known.items() if value}
        address, response = self._follow(parse(url), headers, self._limits, self._hosts.admit)
        if response.status == NOT_MODIFIED and (etag or modified):
            return Fetched(str(address), None, etag=etag, modified=modified)
        if response.status != 200:
            raise self._refused(address, response)
        found = response.headers
        return Fetched(
            str(address),
            response.content,
            found.get("content-type"),
            _sendable(found.get("etag")),
            _sendable(found.get("last-modified")),
        )

    def _follow(
        self, address: httpx.URL, headers: dict[str, str], limits: Limits, admit: Callable[[httpx.URL], None]
    ) -> tuple[httpx.URL, Response]:
        """The answer at the end of the redirects, each of which is checked like the first address."""
        for _ in range(MOST_REDIRECTS + 1):
            admit(address)
            response = get(address, headers, limits, self._look_up, self._tls)
            location = response.headers.get("location")
            if response.status not in REDIRECTS or not location:
                return address, response
            address = parse(location, address)
        raise FetchFailed(f"more than {MOST_REDIRECTS} redirects", lasting=True)

    def _refused(self, address: httpx.URL, response: Response) -> FetchFailed:
        lasting = 400 <= response.status < 500 and response.status not in PASSING
        retry_after = response.retry_after()
        if retry_after is not None and not lasting:
            self._hosts.close(address, retry_after)
        return FetchFailed(f"{address.host} answered {response.status}", lasting, retry_after)

    def _read_robots(self, address: httpx.URL) -> str:
        """A host's rules; where they cannot be read for now, nothing may be (RFC 9309)."""
        headers = self._headers | {"Accept-Encoding": "identity"}
        end, response = self._follow(address, headers, self._robots_limits, lambda address: None)
        if response.status >= 500 or response.status in PASSING:
            raise FetchFailed(
                f"{end.host} answered {response.status} for its robots.txt", False, response.retry_after()
            )
        return response.content.decode(errors="replace") if response.status == 200 else ""


def parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """An address that may be fetched, relative to another if given; raises FetchFailed, which shows no password."""
    try:
        address = base.join(url.strip()) if base else httpx.URL(url.strip())
        host = address.host
    # Beside its own error: what is no text, no number of a port, or no name of a host, which is read when asked for.
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchFailed("this is no web address; write https://…", lasting=True) from error
    if address.scheme not in ("http", "https") or not host:
        raise FetchFailed("only http:// and https:// are fetched", lasting=True)
    if (address.port or 0) >= 1 << 16:
        raise FetchFailed("this is no web address; write https://…", lasting=True)
    if address.userinfo:
        raise FetchFailed("a name or password stands in the address; leave it out", lasting=True)
    if len(str(address)) > MAX_URL_LENGTH:
        raise FetchFailed(f"the address has more than {MAX_URL_LENGTH} characters", lasting=True)
    return address.copy_with(fragment=None)


def _sendable(value: str | None) -> str | None:
    """What a server calls a version of its page, where it can be sent back."""
    return (
        value if value and len(value) <= LONGEST_NAME_OF_VERSION and value.isascii() and value.isprintable() else None
    )


def user_agent(contact: str) -> str:
    """How the bot names itself, and where its operator can be reached."""
    try:
        program = f"{AGENT}/{version('wartabot')}"
    # Run from a checkout that was not installed.
    except PackageNotFoundError:
        program = AGENT
    return f"{program} (+{contact})" if contact else program
