"""The bot as a process of its own, over HTTP to the fake Bot API server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import SEEDS
from tests.telegram_server import PERSON, TOKEN, TelegramServer

SHORT_PAUSES: Mapping[str, float] = {
    "bot.limits.SECONDS_BETWEEN_PRIVATE": 0.1,
    "bot.alerts.matching.LOOK_EVERY_SECONDS": 0.5,
    "bot.alerts.telling.LOOK_EVERY_SECONDS": 0.5,
}
"""What a test need not wait for, by the names of the bot's own constants; what is about a pause keeps it."""
# As bot/__main__.py begins, but for the pauses.
PROGRAM = """
import importlib, json, signal, sys
from bot import __main__ as program
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, program.stop)
for name, seconds in json.loads(sys.argv.pop(1)).items():
    module, _, constant = name.rpartition(".")
    assert type(getattr(importlib.import_module(module), constant)) is float, name
    setattr(sys.modules[module], constant, seconds)
program.main()
"""


class Bot:
    """A running `wartabot run`, its folder, its log, and the server it polls."""

    def __init__(
        self, server: TelegramServer, folder: Path, articles: Path = SEEDS, further: str = "",
        pauses: Mapping[str, float] = SHORT_PAUSES, **telegram: Any,
    ) -> None:  # fmt: skip
        """Start it with these settings of Telegram, and `further` tables of the configuration."""
        self.server = server
        self.folder = folder
        self.pauses = json.dumps(dict(pauses))
        self.log = folder / "log.txt"
        settings = {"api_url": f'"{server.url}"', "questions_a_minute_person": 1000, "questions_a_minute_chat": 1000}
        lines = [f"{key} = {value}" for key, value in {**settings, **telegram}.items()]
        (folder / "config.toml").write_text(
            f'[articles]\npaths = ["{articles}"]\n[telegram]\n' + "\n".join(lines) + f"\n{further}\n"
        )
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as output:
            config = str(self.folder / "config.toml")
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, self.pauses, "run", "--config", config, "--data", str(self.folder)],
                env={**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )  # fmt: skip

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(30)

    def wait_for_log(self, text: str, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        while text not in self.log.read_text():
            assert time.monotonic() < deadline, f"no {text!r} in the log: {self.log.read_text()[-2000:]}"
            time.sleep(0.05)

    def ask(self, text: str | None, person: dict[str, Any] = PERSON, **fields: Any) -> dict[str, Any]:
        """Say something and return the one message that comes back into the same chat."""
        chat = fields.get("chat", person)["id"]
        before = len(self.server.sent(0, chat))
        self.server.say(text, person, **fields)
        return self.server.sent(before + 1, chat)[-1]


def wait_until(condition: Callable[[], object], timeout: float = 60) -> None:
    """Wait for something that the bot or its server does in its own time."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def running_bot(
    folder: Path, articles: Path = SEEDS, further: str = "", telegram_server: TelegramServer | None = None,
    pauses: Mapping[str, float] = SHORT_PAUSES, **telegram: Any,
) -> Iterator[Bot]:  # fmt: skip
    """A bot with a server of its own; afterwards nothing it did may have been against the rules."""
    with (telegram_server or TelegramServer()).running() as server:
        bot = Bot(server, folder, articles, further, pauses, **telegram)
        try:
            server.called("setMyShortDescription", 2, timeout=120)
            yield bot
        finally:
            bot.stop()
        assert not server.problems, server.problems
        assert TOKEN not in bot.log.read_text()
