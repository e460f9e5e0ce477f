"""A web server on loopback whose pages a test sets, which remembers what was asked of it and how."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Raw = Callable[[socket.socket], None]
"""Answers with bytes of its own, over the bare connection."""


class Asked:
    """One request: its path and headers, and when it came."""

    def __init__(self, path: str, headers: Mapping[str, str]) -> None:
        self.path = path
        self.headers = headers
        self.at = time.monotonic()


class _Handler(BaseHTTPRequestHandler):
    """Answers with the pages of the WebServer that its server belongs to."""

    def do_GET(self) -> None:
        web: WebServer = self.server.web  # type: ignore[attr-defined]
        web.asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
        page = web.pages.get(self.path, (404, {}, b""))
        if callable(page):
            # Whoever asked may have gone.
            with suppress(OSError):
                page(self.connection)
            return
        status, headers, body = page
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class _Server6(_Server):
    address_family = socket.AF_INET6


class WebServer:
    """Pages by path, each a body with status and headers, or a function that answers over the bare connection."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes] | Raw] = {}
        self.asked: list[Asked] = []
        self.server = (_Server6 if ":" in host else _Server)((host, 0), _Handler)
        self.server.web = self  # type: ignore[attr-defined]
        self.port: int = self.server.server_address[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @contextmanager
    def running(self) -> Iterator["WebServer"]:
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()

    def paths(self) -> list[str]:
        """What was asked for, robots.txt apart."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def add(
        self, path: str, body: str | bytes, media_type: str = "text/html", status: int = 200, **headers: str
    ) -> str:
        """Put a page there; its address. Headers are written with _ for -."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": media_type, **named}, content)
        return self.url + path

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        """Redirect from there; its address."""
        self.pages[path] = (status, {"Location": location}, b"")
        return self.url + path


def feed(*items: tuple[str, str, str]) -> str:
    """An RSS feed of these links, titles and dates."""
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
        for link, title, date in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Kabar</title>{entries}</channel></rss>'


def sitemap(*links: tuple[str, str], of: str = "url") -> str:
    """A sitemap of these links and dates of change, or an index of sitemaps."""
    root = "urlset" if of == "url" else "sitemapindex"
    entries = "".join(f"<{of}><loc>{link}</loc><lastmod>{date}</lastmod></{of}>" for link, date in links)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'


def article_page(title: str, *sentences: str, date: str = "2026-05-20") -> str:
    """A page of a newsroom."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f"<!doctype html><html><head><title>{title} - Kabar Musi</title>"
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="Kabar Musi">'
        f'<meta property="article:published_time" content="{date}T08:00:00+07:00"></head>'
        f"<body><nav>Beranda Daerah</nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
