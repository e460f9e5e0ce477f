"""What each host asks of those who fetch: which pages, how far apart, and when to come back."""

import time
from collections.abc import Callable

import httpx
import msgspec
from protego import Protego

from embeddings.fetching.failures import FetchFailed
from embeddings.fetching.request import LONGEST_RETRY_SECONDS

AGENT = "wartabot"
"""The name that robots.txt knows the bot by."""
MOST_ROBOTS_BYTES = 500 * 1024
# A host that wants more than this between two pages is not waited for.
LONGEST_WAIT_SECONDS = 60.0


class _Host(msgspec.Struct):
    rules: Protego
    seconds_apart: float
    next: float = 0.0
    closed_until: float = 0.0


class Hosts:
    """Keeps every host's robots.txt, leaves time between requests, and leaves alone who asks for it."""

    def __init__(
        self,
        read_robots: Callable[[httpx.URL], str],
        seconds_apart: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`read_robots` fetches a robots.txt, "" where there is none; it raises FetchFailed."""
        self._read_robots = read_robots
        self._seconds_apart = seconds_apart
        self._clock = clock
        self._sleep = sleep
        self._known: dict[str, _Host] = {}

    def admit(self, address: httpx.URL) -> None:
        """Wait until this page may be fetched; raises FetchFailed where it may not be."""
        host = self._host(address)
        if (seconds := host.closed_until - self._clock()) > 0:
            raise FetchFailed(f"{address.host} asks to be left alone for {seconds:.0f} s", retry_after=seconds)
        if not host.rules.can_fetch(str(address), AGENT):
            raise FetchFailed(f"the robots.txt of {address.host} forbids it", lasting=True)
        if (wait := host.next - self._clock()) > LONGEST_WAIT_SECONDS:
            raise FetchFailed(f"{address.host} wants {host.seconds_apart:.0f} s between pages", retry_after=wait)
        if wait > 0:
            self._sleep(wait)
        host.next = self._clock() + host.seconds_apart

    def close(self, address: httpx.URL, seconds: float) -> None:
        """Note that a host asks to be left alone for so long."""
        host = self._host(address)
        host.closed_until = max(host.closed_until, self._clock() + seconds)

    def _host(self, address: httpx.URL) -> _Host:
        origin = str(address.copy_with(path="/", query=None, fragment=None))
        if origin not in self._known:
            rules = Protego.parse(_for_us(self._read_robots(address.join("/robots.txt"))))
            asked = min(rules.crawl_delay(AGENT) or 0.0, LONGEST_RETRY_SECONDS)
            seconds_apart = max(self._seconds_apart, asked)
            self._known[origin] = _Host(rules, seconds_apart)
        return self._known[origin]


def _for_us(robots: str) -> str:
    """A robots.txt in which all other agents are one: of thousands, each would be given thousands of rules."""
    return "\n".join(map(_agent_as_we_know_it, robots.splitlines()))


def _agent_as_we_know_it(line: str) -> str:
    if not line.strip().lower().startswith("user"):
        return line
    agent = line.partition("#")[0].strip().lower()
    name = AGENT if AGENT in agent else "*" if agent.endswith("*") and agent.count("*") == 1 else "other"
    return f"User-agent: {name}"
