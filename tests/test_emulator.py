"""The same bot against an independent emulator of the Bot API, lo-bot-api-emulator, as far as that models Telegram.

A shim between the two leaves out what the emulator does not model: link previews, topics, the button over inline
results, buttons that copy or send into another chat, and the bot's descriptions.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.bot_process import wait_until
from tests.conftest import SEEDS
from tests.telegram_server import PERSON

pytestmark = pytest.mark.slow

TOKEN = "123456:synthetic-token-for-the-emulator"
UNMODELLED_METHODS = {"setMyDescription", "setMyShortDescription"}
UNMODELLED_FIELDS = {"link_preview_options", "message_thread_id", "button"}
UNMODELLED_BUTTONS = {"copy_text", "switch_inline_query_chosen_chat"}
MODELLED_UPDATES = {"message", "callback_query", "inline_query", "edited_message", "my_chat_member"}


class Shim:
    """Hands requests on to the emulator without what it does not model, and notes what was asked and answered."""

    def __init__(self, emulator: str) -> None:
        self.emulator = emulator
        self.calls: list[tuple[str, dict[str, str], int]] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def hand_on(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        method = path.rpartition("/")[2]
        if method in UNMODELLED_METHODS:
            return 200, b'{"ok": true, "result": true}'
        kept = {name: value for name, value in fields.items() if name not in UNMODELLED_FIELDS}
        if "allowed_updates" in kept:
            kept["allowed_updates"] = json.dumps(
                [kind for kind in json.loads(kept["allowed_updates"]) if kind in MODELLED_UPDATES]
            )
        if "reply_markup" in kept:
            kept["reply_markup"] = json.dumps(_without_copying(json.loads(kept["reply_markup"])))
        if "results" in kept:
            kept["results"] = json.dumps([_without_preview(result) for result in json.loads(kept["results"])])
        request = urllib.request.Request(self.emulator + path, urlencode(kept).encode() if kept else None)
        request.method = "POST"
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, content = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, content = error.code, error.read()
        if method != "getUpdates":
            self.calls.append((method, fields, status))
        return status, content

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shim = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                status, content = shim.hand_on(self.path, dict(parse_qsl(body, keep_blank_values=True)))
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def _without_copying(markup: dict[str, Any]) -> dict[str, Any]:
    rows = [[button for button in row if not UNMODELLED_BUTTONS & button.keys()] for row in markup["inline_keyboard"]]
    return {"inline_keyboard": [row for row in rows if row]}


def _without_preview(result: dict[str, Any]) -> dict[str, Any]:
    content = {key: value for key, value in result["input_message_content"].items() if key != "link_preview_options"}
    return {**result, "input_message_content": content}


@contextmanager
def emulator(journal: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("lo-bot-api-emulator")
    process = subprocess.Popen(
        [program, "--port", str(port), "--enable-control", "--journal", journal],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _listens(port))
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def queue(url: str, update: dict[str, Any]) -> None:
    content = json.dumps({"token": TOKEN, "update": update}).encode()
    request = urllib.request.Request(f"{url}/__fixture/updates", content, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def test_an_independent_emulator_accepts_what_the_bot_sends(tmp_path: Path, encoder: object) -> None:
    journal = tmp_path / "journal.jsonl"
    with emulator(journal) as url:
        shim = Shim(url)
        threading.Thread(target=shim.http.serve_forever, daemon=True).start()
        (tmp_path / "config.toml").write_text(f'[articles]\npaths = ["{SEEDS}"]\n[telegram]\napi_url = "{shim.url}"\n')
        with (tmp_path / "log.txt").open("wb") as log:
            bot = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--config", tmp_path / "config.toml", "--data", tmp_path],
                env={**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            wait_until(lambda: any(method == "setMyCommands" for method, _, _ in shim.calls), timeout=120)
            chat = {"id": 777, "type": "private", "first_name": "Budi"}
            message = {"message_id": 10, "date": int(time.time()), "chat": chat, "from": PERSON}
            queue(url, {"message": {**message, "text": "Siapa camat Sungai Raya?"}})
            wait_until(lambda: sent(shim))
            text, markup = sent(shim)[0]["text"], json.loads(sent(shim)[0]["reply_markup"])
            assert "<b>Fathul Mushalli</b>" in text
            unfold = markup["inline_keyboard"][0][0]["callback_data"]
            answer = {**message, "message_id": 11, "text": "x"}
            queue(
                url,
                {
                    "callback_query": {
                        "id": "1",
                        "from": PERSON,
                        "chat_instance": "1",
                        "data": unfold,
                        "message": answer,
                    }
                },
            )
            wait_until(lambda: any(method == "editMessageText" for method, _, _ in shim.calls))
            queue(url, {"inline_query": {"id": "2", "from": PERSON, "query": "camat sungai raya", "offset": ""}})
            wait_until(lambda: any(method == "answerInlineQuery" for method, _, _ in shim.calls))
        finally:
            bot.send_signal(signal.SIGTERM)
            bot.wait(30)
            shim.http.shutdown()
            shim.http.server_close()
    assert [call for call in shim.calls if call[2] != 200] == []
    program = Path(sys.executable).with_name("lo-bot-api-emulator")
    verdict = subprocess.run(
        [program, "verdict", journal, "--require-response", "--require-method", "answerCallbackQuery",
         "--require-method", "answerInlineQuery", "--require-method", "editMessageText",
         # Stopping, the bot confirms what it has read while its last poll is still open in the shim.
         "--allow-refusal", "getUpdates:409"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def sent(shim: Shim) -> list[dict[str, str]]:
    return [fields for method, fields, _ in shim.calls if method == "sendMessage"]
