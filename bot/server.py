"""The bot's own HTTP server: how it is, what it counts and, where a webhook is set, Telegram's updates."""

import socket
from typing import Any
from urllib.parse import urlsplit

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.conversations import Conversations
from bot.data_folder import last_indexed
from bot.health import Link, look, summary
from bot.webhook import Webhook
from embeddings import SettingsError, WartabotError

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
# An update holds a message of 4,096 characters, and the one that it replies to.
MOST_BYTES = 1 << 20
MOST_HEADER_BYTES = 16_384
BODY_SECONDS = 15.0
IDLE_SECONDS = 120.0


def bind(listen: str) -> list[socket.socket]:
    """Sockets that listen at this address; raises SettingsError where that cannot be done."""
    address = urlsplit(f"//{listen}")
    try:
        return bind_sockets(address.port or 0, address.hostname)
    except OSError as error:
        raise SettingsError(
            f"[server] listen: {listen} cannot be used ({error.strerror}). Is another program using it? Choose "
            "another port, or an address of this machine."
        ) from error


def build_server(state: Conversations, link: Link) -> HTTPServer:
    """A server that listens nowhere yet."""
    parts = {"state": state, "link": link}
    handlers: list[Any] = [
        (r"/healthz", _HealthHandler, {**parts, "of": "ready"}),
        (r"/healthz/live", _HealthHandler, {**parts, "of": "live"}),
        (r"/metrics", _MetricsHandler, {"state": state}),
    ]
    if isinstance(link, Webhook):
        # config.py lets no characters through that a pattern would read otherwise, but for the dot.
        handlers.append((link.path.replace(".", r"\."), _UpdateHandler, {"webhook": link}))
    application = Application(handlers, default_handler_class=_Plain, log_function=lambda handler: None)
    return HTTPServer(
        application, max_body_size=MOST_BYTES, max_buffer_size=2 * MOST_BYTES, max_header_size=MOST_HEADER_BYTES,
        body_timeout=BODY_SECONDS, idle_connection_timeout=IDLE_SECONDS,
    )  # fmt: skip


class _Plain(RequestHandler):
    """Tells nothing but a status; by itself, that there is nothing here."""

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.clear_header("Content-Type")

    def prepare(self) -> None:
        if type(self) is _Plain:
            self.send_error(404)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.finish()


class _HealthHandler(_Plain):
    def initialize(self, state: Conversations, link: Link, of: str) -> None:
        self._state, self._link, self._of = state, link, of

    async def get(self) -> None:
        health = await look(self._state, self._link)
        self.set_status(200 if getattr(health, self._of) else 503)
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(health) + b"\n")


class _MetricsHandler(_Plain):
    def initialize(self, state: Conversations) -> None:
        self._state = state

    async def get(self) -> None:
        state = self._state
        try:
            held = await summary(state)
        # What is counted is wanted most when something is wrong.
        except (TimeoutError, WartabotError):
            held = None
        indexed = last_indexed(state.answerer.folder)
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(state.metrics.read(held, state.waiting_questions, indexed))


class _UpdateHandler(_Plain):
    """Where Telegram brings updates; who does not know the secret is told no more than that."""

    def initialize(self, webhook: Webhook) -> None:
        self._webhook = webhook

    def prepare(self) -> None:
        if not self._webhook.knows(self.request.headers.get(SECRET_HEADER, "")):
            self.send_error(403)

    async def post(self) -> None:
        self.set_status(await self._webhook.take_in(self.request.body))
