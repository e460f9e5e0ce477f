"""A fake Bot API server on loopback: only the wire is fake, the bot that talks to it is real.

It checks every request against the official specification where that lies beside the checkout (the field names and
types of https://core.telegram.org/bots/api, Bot API 10.1), and parses HTML about as strictly as Telegram does.
"""

import contextlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

SPECIFICATION = Path(__file__).parent.parent.parent / "shared" / "telegram" / "bot-api.json"
TOKEN = "123456:fake-token-that-must-never-be-logged"
BOT = {"id": 123456, "is_bot": True, "first_name": "Warta", "username": "wartabot_test_bot"}
PERSON = {"id": 777, "is_bot": False, "first_name": "Budi", "language_code": "id"}
ALLOWED_TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-spoiler"}


class Refused(Exception):
    """What the server answers instead of a result."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class TelegramServer:
    """Updates go in with `say`; what the bot does comes out in `requests`."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.problems: list[str] = []
        self._updates: list[dict[str, Any]] = []
        self._failures: dict[str, list[Refused]] = defaultdict(list)
        self._next_id = 1
        self._changed = threading.Condition()
        self._methods = _specified_methods()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["TelegramServer"]:
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    def say(self, text: str | None, person: dict[str, Any] = PERSON, kind: str = "message", **fields: Any) -> int:
        """A person sends the bot a private message; returns the message's id."""
        with self._changed:
            message_id = self._new_id()
            message: dict[str, Any] = {
                "message_id": message_id,
                "date": int(time.time()),
                "chat": {"id": person["id"], "type": "private", "first_name": person["first_name"]},
                "from": person,
                **fields,
            }
            if text is not None:
                message["text"] = text
                if text.startswith("/"):
                    length = len(text.split()[0])
                    message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
            self._updates.append({"update_id": self._new_id(), kind: message})
            self._changed.notify_all()
            return message_id

    def fail_next(self, method: str, code: int, description: str) -> None:
        """The next call of this method is refused."""
        self._failures[method].append(Refused(code, description))

    def sent(self, count: int, timeout: float = 60) -> list[dict[str, Any]]:
        """Wait until the bot has sent this many messages in all, and return them."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while len(self._sent()) < count:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{len(self._sent())} messages instead of {count}: {self.requests[-5:]}")
            return self._sent()

    def wait_for(self, method: str, count: int = 1, timeout: float = 60) -> None:
        """Wait until the bot has called this method so often."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while sum(name == method for name, _ in self.requests) < count:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{method} was not called {count} times")

    def call(self, method: str, fields: dict[str, Any]) -> Any:
        """Answer one request of the bot."""
        with self._changed:
            if method != "getUpdates":
                self.requests.append((method, fields))
            self._changed.notify_all()
            self._check_against_specification(method, fields)
            if self._failures[method]:
                raise self._failures[method].pop(0)
        match method:
            case "getMe":
                return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False,
                        "supports_inline_queries": False}  # fmt: skip
            case "getUpdates":
                return self._get_updates(int(fields.get("offset", 0)), float(fields.get("timeout", 0)))
            case "sendMessage":
                return self._send_message(fields)
            case _:
                return True

    def _get_updates(self, offset: int, timeout: float) -> list[dict[str, Any]]:
        with self._changed:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            if not self._updates:
                self._changed.wait(min(timeout, 1.0))
            return self._updates[:100]

    def _send_message(self, fields: dict[str, Any]) -> dict[str, Any]:
        text = fields["text"]
        if fields.get("parse_mode") == "HTML":
            text = parse_html(text)
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refused(400, "Bad Request: message is too long")
        with self._changed:
            return {
                "message_id": self._new_id(),
                "date": int(time.time()),
                "chat": {"id": int(fields["chat_id"]), "type": "private"},
                "from": BOT,
                "text": text,
            }

    def _sent(self) -> list[dict[str, Any]]:
        return [fields for method, fields in self.requests if method == "sendMessage"]

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id

    def _check_against_specification(self, method: str, fields: dict[str, Any]) -> None:
        if self._methods is None:
            return
        known = self._methods.get(method)
        if known is None:
            self.problems.append(f"{method} is no method of the Bot API")
            return
        for name in fields:
            if name not in known:
                self.problems.append(f"{method} has no field {name}")
        for name, required in known.items():
            if required and name not in fields:
                self.problems.append(f"{method} lacks {name}")


def parse_html(text: str) -> str:
    """The text without its markup; raises Refused as Telegram does for what it cannot parse."""
    parser = _TelegramHtml()
    parser.feed(text)
    parser.close()
    if parser.open_tags:
        raise Refused(400, f"Bad Request: can't parse entities: can't find end tag for {parser.open_tags[-1]}")
    return "".join(parser.text)


class _TelegramHtml(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open_tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: unsupported start tag "{tag}"')
        if tag == "blockquote" and tag in self.open_tags:
            raise Refused(400, "Bad Request: can't parse entities: blockquote can't be nested")
        self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags or self.open_tags.pop() != tag:
            raise Refused(400, f"Bad Request: can't parse entities: unmatched end tag {tag}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _specified_methods() -> dict[str, dict[str, bool]] | None:
    if not SPECIFICATION.exists():
        return None
    methods = json.loads(SPECIFICATION.read_text())["methods"]
    return {
        name: {field["name"]: field["required"] for field in method.get("fields", [])}
        for name, method in methods.items()
    }


def _handler(server: TelegramServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            fields: dict[str, Any] = dict(parse_qsl(body, keep_blank_values=True))
            self._answer(fields)

        def do_GET(self) -> None:
            self._answer({})

        def _answer(self, fields: dict[str, Any]) -> None:
            prefix, _, method = self.path.rpartition("/")
            try:
                if prefix != f"/bot{TOKEN}":
                    raise Refused(401, "Unauthorized")
                status, content = 200, {"ok": True, "result": server.call(method, fields)}
            except Refused as refused:
                status = refused.code
                content = {"ok": False, "error_code": refused.code, "description": refused.description}
            payload = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            # A bot that was stopped does not wait for its answer.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
