"""What is fetched from the web, and what never is: against servers that are kind, slow, broken or hostile."""

import gzip
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from embeddings.fetching.connection import resolve
from embeddings.fetching.failures import FetchFailed
from embeddings.fetching.fetcher import Fetched, Fetcher, FetchSettings
from embeddings.fetching.public import is_public
from tests.web_server import WebServer

SETTINGS = FetchSettings(
    contact="https://kabar.example/bot", delay_seconds=0, max_seconds=2, max_fetched_kb=100, loopback_for_tests=True
)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        yield server


def fetch(url: str, settings: FetchSettings = SETTINGS) -> Fetched:
    return Fetcher(settings).fetch(url)


def refused(url: str, settings: FetchSettings = SETTINGS) -> FetchFailed:
    with pytest.raises(FetchFailed) as failed:
        fetch(url, settings)
    assert "\n" not in str(failed.value)
    return failed.value


# --- what is fetched --------------------------------------------------------------------------------------------------


def test_a_page_is_fetched_with_a_name_and_a_contact(web: WebServer) -> None:
    url = web.add("/berita", "<p>Isi</p>", "text/html; charset=utf-8", ETag='"a"', Last_Modified="yesterday")
    fetched = fetch(url + "#komentar")
    assert fetched == Fetched(url, b"<p>Isi</p>", "text/html; charset=utf-8", '"a"', "yesterday")
    agents = {asked.headers["user-agent"] for asked in web.asked}
    assert (
        len(agents) == 1
        and agents.pop().startswith("wartabot")
        and web.asked[-1].headers["user-agent"].endswith(" (+https://kabar.example/bot)")
    )
    assert web.asked[-1].headers["host"] == f"127.0.0.1:{web.port}"


def test_redirects_are_followed_and_the_end_is_told(web: WebServer) -> None:
    end = web.add("/c", "isi")
    web.redirect("/b", end, 301)
    assert fetch(web.redirect("/a", "/b", 307)).url == end


def test_a_page_that_has_not_changed_is_not_sent_again(web: WebServer) -> None:
    url = web.add("/feed", "isi", "application/rss+xml", ETag='"7"')
    first = fetch(url)
    again = Fetcher(SETTINGS).fetch(url, first.etag, first.modified)
    assert (first.content, again.content, again.etag) == (b"isi", None, '"7"')


@pytest.mark.parametrize("parts", [1, 3])
def test_what_is_packed_is_unpacked(web: WebServer, parts: int) -> None:
    packed = b"".join(gzip.compress(f"bagian {number} ".encode()) for number in range(parts))
    url = web.add("/packed", packed, Content_Encoding="gzip")
    assert fetch(url).content == b"".join(f"bagian {number} ".encode() for number in range(parts))


@pytest.mark.parametrize("etag", ["é", "x" * 600])
def test_what_a_server_calls_its_page_is_only_sent_back_where_it_can_be(web: WebServer, etag: str) -> None:
    url = web.add("/feed", "isi", ETag=etag)
    assert fetch(url).etag is None


def test_a_redirect_may_be_written_as_it_is_spoken(web: WebServer) -> None:
    web.add("/caf%C3%A9", "isi")
    location = "/café".encode().decode("latin-1")
    assert fetch(web.redirect("/a", location)).content == b"isi"


def test_proxies_of_the_environment_are_passed_by(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(web.add("/berita", "isi")).content == b"isi"


def test_a_server_is_held_against_its_certificate_and_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=kabar.example",
         "-addext", "subjectAltName=DNS:kabar.example", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    server = WebServer()
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda socket, name, context: names.append(name)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    with server.running():
        server.add("/berita", "isi")
        url = f"https://kabar.example:{server.port}/berita"

        def at_home(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        with pytest.raises(FetchFailed, match=r"kabar.example cannot be reached .*certificate"):
            Fetcher(SETTINGS, at_home).fetch(url)
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr("httpx.create_ssl_context", lambda trust_env: trusting)
        assert Fetcher(SETTINGS, at_home).fetch(url).content == b"isi"
        assert {*names} == {"kabar.example"}
        assert server.asked[-1].headers["host"] == f"kabar.example:{server.port}"
        with pytest.raises(FetchFailed, match=r"other.example cannot be reached .*certificate"):
            Fetcher(SETTINGS, at_home).fetch(url.replace("kabar", "other"))


# --- what never is: networks of one's own -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
        "fe80::1%2", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "100::1",
    ],
)  # fmt: skip
def test_no_address_of_a_network_of_ones_own_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "103.10.10.10", "2606:4700::1111", "2404:6800:4003::200e"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]",
     "[64:ff9b::7f00:1]", "169.254.169.254", "10.0.0.1", "0", "[fe80::1]"],
)  # fmt: skip
def test_whatever_way_it_is_written_no_private_address_is_connected_to(web: WebServer, host: str) -> None:
    failed = refused(f"http://{host}:{web.port}/", FetchSettings(delay_seconds=0))
    assert "no public address" in str(failed) or "no such host" in str(failed) or "no web address" in str(failed)
    assert web.asked == []


@pytest.mark.parametrize(
    "location", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[fd00::1]/", "//192.168.0.1/"]
)
def test_a_redirect_to_a_private_address_is_not_followed(web: WebServer, location: str) -> None:
    assert "no public address" in str(refused(web.redirect("/a", location)))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://kabar.example/", "gopher://x/", "javascript:1"])
def test_a_redirect_to_another_protocol_is_not_followed(web: WebServer, location: str) -> None:
    assert "only http:// and https://" in str(refused(web.redirect("/a", location)))


def test_redirects_in_a_circle_end(web: WebServer) -> None:
    web.redirect("/b", "/a")
    assert "more than 5 redirects" in str(refused(web.redirect("/a", "/b")))
    assert len(web.paths()) == 6


def test_a_name_is_looked_up_once_for_each_connection_and_what_was_checked_is_connected_to(web: WebServer) -> None:
    web.redirect("/a", f"http://rebinding.example:{web.port}/b")
    web.add("/b", "isi")
    answers = iter([["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]])
    with pytest.raises(FetchFailed, match=r"rebinding.example leads to 10.0.0.1, which is no public address"):
        Fetcher(SETTINGS, lambda host, port: next(answers)).fetch(f"http://rebinding.example:{web.port}/a")
    # For robots.txt, for /a, and for /b, which was not asked for.
    assert [asked.path for asked in web.asked] == ["/robots.txt", "/a"]
    assert next(answers) == ["127.0.0.1"]


def test_of_a_hosts_addresses_only_the_public_ones_are_tried(web: WebServer) -> None:
    web.add("/a", "isi")
    fetcher = Fetcher(SETTINGS, lambda host, port: ["10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1"])
    assert fetcher.fetch(f"http://kabar.example:{web.port}/a").content == b"isi"


def test_over_ipv6_the_same_holds() -> None:
    try:
        server = WebServer("::1")
    except OSError:
        pytest.skip("no IPv6 here")
    with server.running():
        url = server.add("/a", "isi")
        assert fetch(url).content == b"isi"
        assert server.asked[-1].headers["host"] == f"[::1]:{server.port}"
        assert "no public address" in str(refused(url, FetchSettings()))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "only http"),
        ("berita", "only http"),
        ("http://", "only http"),
        ("http://saya:rahasia@kabar.example/", "a name or password"),
        ("http://[::1/", "no web address"),
        ("http://a.example:99999/", "no web address"),
        ("http://xn--a/", "no web address"),
        ("http://xn--/", "no web address"),
        ("http://a.example/\n", "no such host"),
        ("http://a.example/" + "x" * 3000, "more than 2048"),
        ("http://" + "a" * 100 + ".example/", "no"),
    ],
)
def test_an_address_that_is_none_is_refused_without_telling_a_password(url: str, reason: str) -> None:
    failed = refused(url, FetchSettings())
    assert reason in str(failed) and "rahasia" not in str(failed)


def test_a_host_that_does_not_exist_may_exist_another_time() -> None:
    failed = refused("http://kabar.invalid/")
    assert "no such host: kabar.invalid" in str(failed) and not failed.lasting
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]


# --- servers that are slow, broken or hostile -------------------------------------------------------------------------


def drip(beginning: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(beginning)
        while True:
            connection.sendall(piece)
            time.sleep(0.1)

    return answer


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Endless: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b""),
    ],
)
def test_a_server_that_drips_is_cut_off_in_time(web: WebServer, beginning: bytes, piece: bytes) -> None:
    web.pages["/slow"] = drip(beginning, piece)
    begin = time.monotonic()
    failed = refused(web.url + "/slow", FetchSettings(delay_seconds=0, max_seconds=1, loopback_for_tests=True))
    assert "did not answer in full within 1 s" in str(failed) and not failed.lasting
    assert time.monotonic() - begin < 1.8


def test_a_tls_server_that_never_shakes_hands_is_cut_off_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # The system shakes hands for TCP, and nobody does for TLS.
        begin = time.monotonic()
        settings = FetchSettings(delay_seconds=0, max_seconds=1, loopback_for_tests=True)
        refused(f"https://127.0.0.1:{silent.getsockname()[1]}/", settings)
        assert time.monotonic() - begin < 1.8


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(web: WebServer) -> None:
    assert "larger than 100 kB" in str(refused(web.add("/large", b"x" * 100 * 1024 + b"y")))
    assert fetch(web.add("/fits", b"x" * 100 * 1024)).content == b"x" * 100 * 1024
    sent = []

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)
            sent.append(1)

    web.pages["/endless"] = endless
    assert "larger than 100 kB" in str(refused(web.url + "/endless"))
    # What lies in the buffers of the connection apart.
    assert len(sent) * 10_000 < 20_000_000


@pytest.mark.parametrize("size", [101 * 1024, 100_000_000])
def test_what_unfolds_to_too_much_is_not_unfolded(web: WebServer, size: int) -> None:
    packing = zlib.compressobj(9, wbits=31)
    packed = b"".join(packing.compress(bytes(1_000_000)) for _ in range(size // 1_000_000))
    packed += packing.compress(bytes(size % 1_000_000)) + packing.flush()
    url = web.add("/bomb", packed[: 99 * 1024], Content_Encoding="gzip")
    begin = time.monotonic()
    assert "larger than 100 kB" in str(refused(url))
    assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", gzip.compress(b"isi" * 1000)[:-20], "breaks off"),
        ("gzip", b"isi", "damaged"),
        ("br", b"isi", "was not asked for"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(web: WebServer, encoding: str, body: bytes, reason: str) -> None:
    assert reason in str(refused(web.add("/packed", body, Content_Encoding=encoding)))


@pytest.mark.parametrize("media_type", ["image/jpeg", "video/mp4", "application/x-msdownload", "font/woff2"])
def test_what_is_no_article_is_not_read(web: WebServer, media_type: str) -> None:
    failed = refused(web.add("/picture", b"x" * 1000, media_type))
    assert f"it is '{media_type}'" in str(failed) and failed.lasting


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
        b"",
    ],
)
def test_an_answer_that_breaks_off_is_no_answer(web: WebServer, answer: bytes) -> None:
    web.pages["/broken"] = lambda connection: connection.sendall(answer)
    failed = refused(web.url + "/broken")
    assert "broke off its answer" in str(failed) and not failed.lasting


def test_a_server_that_is_not_there_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "127.0.0.1 cannot be reached (" in str(refused(f"http://127.0.0.1:{port}/"))


@pytest.mark.parametrize(
    ("status", "lasting"),
    [(404, True), (410, True), (403, True), (400, True), (408, False), (500, False), (204, False)],
)
def test_what_a_server_refuses_is_told_with_its_number(web: WebServer, status: int, lasting: bool) -> None:
    failed = refused(web.add("/gone", b"", status=status))
    assert (str(failed), failed.lasting) == (f"127.0.0.1 answered {status}", lasting)


# --- manners ----------------------------------------------------------------------------------------------------------


def test_robots_txt_is_obeyed_and_read_once(web: WebServer) -> None:
    web.add("/robots.txt", "User-agent: *\nDisallow: /admin\nUser-agent: wartabot\nDisallow: /rahasia\n", "text/plain")
    web.add("/rahasia/1", "isi")
    fetcher = Fetcher(SETTINGS)
    with pytest.raises(FetchFailed, match=r"the robots.txt of 127.0.0.1 forbids it") as failed:
        fetcher.fetch(web.url + "/rahasia/1")
    assert failed.value.lasting
    for path in ("/admin/1", "/berita"):
        assert fetcher.fetch(web.add(path, "isi")).content == b"isi"
    assert [asked.path for asked in web.asked] == ["/robots.txt", "/admin/1", "/berita"]


def test_a_redirect_leads_past_no_robots_txt(web: WebServer) -> None:
    web.add("/robots.txt", "User-agent: *\nDisallow: /rahasia\n", "text/plain")
    web.add("/rahasia", "isi")
    assert "robots.txt" in str(refused(web.redirect("/a", "/rahasia")))
    assert web.paths() == ["/a"]


@pytest.mark.parametrize(("status", "fetched"), [(404, True), (403, True), (500, False), (503, False), (429, False)])
def test_without_a_robots_txt_all_may_be_fetched_and_nothing_while_it_cannot_be_read(
    web: WebServer, status: int, fetched: bool
) -> None:
    url = web.add("/berita", "isi")
    web.add("/robots.txt", b"", status=status)
    if fetched:
        assert fetch(url).content == b"isi"
    else:
        failed = refused(url)
        assert f"answered {status} for its robots.txt" in str(failed) and not failed.lasting
        assert web.paths() == []


def test_a_robots_txt_made_to_fill_a_memory_takes_no_time(web: WebServer) -> None:
    agents = "".join(f"User-agent: robot{number}\n" for number in range(10_000))
    rules = "".join(f"Disallow: /{number}*a*a*a*a\n" for number in range(10_000))
    web.add("/robots.txt", f"{agents}User-agent: *\n{rules}Disallow: /*a*a*a*a*a*a*b$", "text/plain")
    begin = time.monotonic()
    assert fetch(web.add("/" + "a" * 2000, "isi")).content == b"isi"
    assert time.monotonic() - begin < 2


class Clock:
    """A clock that only goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(("robots", "apart"), [("", 2.0), ("User-agent: *\nCrawl-delay: 7\n", 7.0)])
def test_between_two_pages_of_a_host_there_is_time(web: WebServer, robots: str, apart: float) -> None:
    web.add("/robots.txt", robots, "text/plain")
    clock = Clock()
    fetcher = Fetcher(FetchSettings(loopback_for_tests=True), resolve, clock, clock.sleep)
    for _ in range(3):
        fetcher.fetch(web.add("/berita", "isi"))
    assert clock.slept == [apart, apart]
    # Another host does not wait for this one.
    with WebServer().running() as other:
        fetcher.fetch(other.add("/berita", "isi"))
    assert clock.slept == [apart, apart]


def test_a_host_that_wants_an_hour_between_pages_is_not_waited_for(web: WebServer) -> None:
    web.add("/robots.txt", "User-agent: *\nCrawl-delay: 3600\n", "text/plain")
    fetcher = Fetcher(SETTINGS)
    fetcher.fetch(web.add("/berita", "isi"))
    with pytest.raises(FetchFailed, match="wants 3600 s between pages") as failed:
        fetcher.fetch(web.url + "/berita")
    assert failed.value.retry_after == pytest.approx(3600, abs=5)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120.0),
        ("in two hours", 7200.0),
        ("99999999999999999999", 604_800.0),
        ("-5", None),
        ("soon", None),
        ("Mon, 99 Foo 2026", None),
    ],
)
def test_a_host_that_asks_for_patience_gets_it(web: WebServer, asked: str, seconds: float | None) -> None:
    if asked == "in two hours":
        asked = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    url = web.add("/busy", b"", status=429, Retry_After=asked)
    fetcher = Fetcher(SETTINGS)
    with pytest.raises(FetchFailed, match="answered 429") as failed:
        fetcher.fetch(url)
    assert failed.value.retry_after == (None if seconds is None else pytest.approx(seconds, abs=120))
    assert not failed.value.lasting
    web.add("/berita", "isi")
    if seconds is not None:
        with pytest.raises(FetchFailed, match="asks to be left alone"):
            fetcher.fetch(web.url + "/berita")
        assert web.paths() == ["/busy"]
