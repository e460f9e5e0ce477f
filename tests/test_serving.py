"""The bot's own server and the webhook: real processes, real HTTP on loopback."""

import contextlib
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.redaction import webhook_secret
from tests.bot_process import SHORT_PAUSES, Bot, running_bot, wait_until
from tests.conftest import ROOT
from tests.telegram_server import PERSON, TOKEN, TelegramServer
from tests.telegram_webhook import SECRET_HEADER, BringingServer, request
from tests.test_telegram import QUESTION, card, press

pytestmark = pytest.mark.slow

SECRET = webhook_secret(TOKEN)
URL = '"https://warta.example/telegram"'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A bot whose own server is asked."""

    def __init__(self, bot: Bot, port: int) -> None:
        self.bot = bot
        self.port = port

    def health(self, path: str = "/healthz") -> tuple[int, dict[str, Any]]:
        status, content, _ = request(self.port, path)
        return status, json.loads(content)

    def metrics(self) -> dict[str, float]:
        """Each sample by its name and labels: `wartabot_questions_total{sure}`."""
        families = text_string_to_metric_families(request(self.port, "/metrics")[1].decode())
        return {
            sample.name + "{" + ",".join(sample.labels.values()) + "}" if sample.labels else sample.name: sample.value
            for family in families
            for sample in family.samples
        }


@pytest.fixture(scope="module")
def polling(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Served]:
    port = free_port()
    further = f'[server]\nlisten = "127.0.0.1:{port}"\n[logs]\nformat = "json"'
    with running_bot(tmp_path_factory.mktemp("polling"), further=further, stalled_after_seconds=2) as bot:
        yield Served(bot, port)


@pytest.fixture(scope="module")
def webhook(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Served]:
    yield from with_webhook(tmp_path_factory.mktemp("webhook"))


@pytest.fixture
def stopped_webhook(tmp_path: Path, encoder: object) -> Iterator[Served]:
    """One that a test may stop and kill."""
    yield from with_webhook(tmp_path)


def with_webhook(folder: Path) -> Iterator[Served]:
    port = free_port()
    further = f'[server]\nlisten = "127.0.0.1:{port}"'
    with running_bot(folder, further=further, telegram_server=BringingServer(port), webhook_url=URL) as bot:
        yield Served(bot, port)
    assert SECRET not in bot.log.read_text()


def bringing(served: Served) -> BringingServer:
    assert isinstance(served.bot.server, BringingServer)
    return served.bot.server


# --- health and metrics ---------------------------------------------------------------------------------------


def test_a_bot_that_answers_is_live_and_ready(polling: Served) -> None:
    for path in ("/healthz", "/healthz/live"):
        assert polling.health(path) == (200, {"live": True, "ready": True, "reasons": []})


def test_doctor_asks_the_running_bot_how_it_is(polling: Served) -> None:
    found = doctor(polling.bot)
    assert f"✓ server: http://127.0.0.1:{polling.port}/healthz: live and ready" in found.stdout and not found.returncode
    polling.bot.server.hanging.set()
    try:
        wait_until(lambda: polling.health()[0] == 503, 30)
        assert "✗ server: Telegram has not answered for" in doctor(polling.bot).stdout
    finally:
        polling.bot.server.hanging.clear()
    wait_until(lambda: polling.health()[0] == 200, 30)
    elsewhere = doctor(polling.bot, WARTABOT_LISTEN=f"127.0.0.1:{free_port()}")
    assert "the bot does not run, or was started without it" in elsewhere.stdout and not elsewhere.returncode


def doctor(bot: Bot, **environment: str) -> subprocess.CompletedProcess[str]:
    folder = str(bot.folder)
    return subprocess.run(
        [sys.executable, "-m", "bot", "doctor", "--config", f"{folder}/config.toml", "--data", folder],
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
        capture_output=True, text=True,
    )  # fmt: skip


def test_what_is_asked_pressed_and_failed_is_counted_and_nobody_is_named(polling: Served) -> None:
    before = polling.metrics()
    message = card(polling.bot)
    polling.bot.ask("Bagaimana cara membuat rendang?")
    press(polling.bot, "👍", message)
    polling.bot.server.fail_next("sendMessage", 400, "Bad Request: chat not found")
    polling.bot.server.say("/bantuan")
    polling.bot.server.update("poll", {"id": "1", "question": "?"})
    wait_until(lambda: polling.metrics()["wartabot_updates_total{other}"] == 1)
    wait_until(lambda: polling.metrics()["wartabot_errors_total{chat}"] == 1)
    after = polling.metrics()
    grown = {name: value - before.get(name, 0.0) for name, value in after.items()}
    assert grown["wartabot_questions_total{sure}"] == 1 and grown["wartabot_questions_total{no}"] == 1
    assert grown["wartabot_updates_total{message}"] == 3 and grown["wartabot_updates_total{callback_query}"] == 1
    assert grown["wartabot_calls_total{sendMessage,done}"] == 2
    assert grown["wartabot_calls_total{sendMessage,failed}"] == 1
    assert grown["wartabot_answer_seconds_count"] == 2 and 0 < grown["wartabot_answer_seconds_sum"] < 60
    assert after["wartabot_articles"] == 5 and after["wartabot_passages"] >= 5
    assert after["wartabot_waiting_questions"] == 0
    assert abs(after["wartabot_indexed_timestamp_seconds"] - time.time()) < 600
    assert after["process_resident_memory_bytes"] > 50e6
    shown = request(polling.port, "/metrics")[1].decode()
    assert str(PERSON["id"]) + '"' not in shown and "Sungai Raya" not in shown and len(shown) < 20_000


def test_every_metric_of_the_alert_rules_is_one_that_the_bot_shows(polling: Served) -> None:
    card(polling.bot)
    shown = {name.partition("{")[0] for name in polling.metrics()}
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert rules and all({"alert", "expr", "labels", "annotations"} <= rule.keys() for rule in rules)
    named = {name for rule in rules for name in re.findall(r"\b(?:wartabot|process)_\w+", rule["expr"])}
    assert named and named <= shown


def test_while_telegram_does_not_answer_the_bot_lives_but_is_not_ready_and_says_why(polling: Served) -> None:
    polling.bot.server.hanging.set()
    try:
        wait_until(lambda: polling.health()[0] == 503, 30)
        status, said = polling.health()
        assert (status, said["live"], said["ready"]) == (503, True, False)
        assert said["reasons"][0].startswith("Telegram has not answered for")
        assert polling.health("/healthz/live")[0] == 200
    finally:
        polling.bot.server.hanging.clear()
    wait_until(lambda: polling.health()[0] == 200, 30)


def test_every_line_of_a_json_log_is_json(polling: Served) -> None:
    lines = [json.loads(line) for line in polling.bot.log.read_text().splitlines()]
    assert {"time", "level", "logger", "message"} <= lines[0].keys()
    assert any("Answering on Telegram, by polling" in line["message"] for line in lines)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/telegram", 404), ("GET", "/healthz/../x", 404), ("POST", "/healthz", 405),
     ("DELETE", "/metrics", 405)],
)  # fmt: skip
def test_anything_else_gets_a_status_and_no_more(polling: Served, method: str, path: str, status: int) -> None:
    answered, content, headers = request(polling.port, path, method=method)
    assert (answered, content) == (status, b"")
    assert "Server" not in headers


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken, TelegramServer().running() as server:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        further = f'[server]\nlisten = "127.0.0.1:{taken.getsockname()[1]}"\n[logs]\nformat = "json"'
        bot = Bot(server, tmp_path, further=further)
        assert bot.process.wait(60) == 78
    last = json.loads(bot.log.read_text().splitlines()[-1])
    assert last["level"] == "ERROR" and "Is another program using it?" in last["message"]
    assert "Traceback" not in bot.log.read_text()


# --- the webhook ----------------------------------------------------------------------------------------------


def test_telegram_brings_questions_edits_and_presses_and_the_bot_does_not_poll(webhook: Served) -> None:
    bot, server = webhook.bot, bringing(webhook)
    asked = server.say(QUESTION)
    shown = server.message_with("Fathul Mushalli")
    assert press(bot, "👍", shown)["text"] == "Terima kasih!"
    server.edit(asked, "Kapan rakor Tanjung Lago?")
    server.message_with("17/7/2023")
    assert server.polls == 0 and server.called("setWebhook")[0]["secret_token"] == SECRET
    assert webhook.health() == (200, {"live": True, "ready": True, "reasons": []})


def test_without_the_secret_nothing_is_taken_in_and_nothing_is_told(webhook: Served) -> None:
    update, before = json.dumps({"update_id": 1, "message": {}}).encode(), webhook.metrics()
    for secret in ("", "x", SECRET[:-1], SECRET + "x", "ä", TOKEN):
        for method in ("GET", "POST", "PUT"):
            headers = {SECRET_HEADER: secret.encode().decode("latin-1")} if secret else {}
            status, content, answered = request(webhook.port, "/telegram", update, method, **headers)
            assert (status, content) == (403, b"") and "Server" not in answered
    for name in ("wartabot_updates_total{message}", "wartabot_updates_total{other}"):
        assert webhook.metrics()[name] == before[name]
    assert "cannot be read" not in webhook.bot.log.read_text()


def test_what_cannot_be_read_is_confirmed_said_and_skipped_and_the_next_one_is_answered(webhook: Served) -> None:
    server = bringing(webhook)
    wait_until(lambda: server.webhook)
    for content in (
        b"",
        b"{",
        b"5",
        b"[" * 100_000,
        b'{"update_id": 7, "message": 7}',
        b'{"update_id": true}',
        b"\xff",
    ):
        assert server.bring(content, SECRET) == 200
    too_much = b'{"update_id": 8, "x": "' + b"x" * (2 << 20) + b'"}'
    # The connection may end before all of it is sent.
    with contextlib.suppress(OSError):
        assert server.bring(too_much, SECRET) in (400, 413)
    assert "Fathul Mushalli" in webhook.bot.ask(QUESTION)["text"]
    log = webhook.bot.log.read_text()
    assert "Update 7 cannot be read and is skipped" in log and "Traceback" not in log


def test_an_update_that_is_brought_twice_is_answered_once(webhook: Served) -> None:
    server = bringing(webhook)
    sent, confirmed = len(server.sent(0)), len(server.confirmed)
    server.repeat_confirmed = True
    server.say(QUESTION)
    server.say("/bantuan")
    server.sent(sent + 2)
    wait_until(lambda: len(server.confirmed) == confirmed + 2)
    time.sleep(1)
    server.repeat_confirmed = False
    assert len(server.sent(0)) == sent + 2


def test_killed_again_and_again_the_bot_loses_no_question_that_telegram_brought(stopped_webhook: Served) -> None:
    bot, server = stopped_webhook.bot, bringing(stopped_webhook)
    askers = [{**PERSON, "id": 30_000 + number} for number in range(12)]
    for kill in range(3):
        for asker in askers[kill::3]:
            server.say(f"{QUESTION} {kill}", asker)
        time.sleep(0.1 + 0.2 * kill)
        bot.stop(signal.SIGKILL)
        bot.start()
        server.called("getMe", kill + 2)
    for asker in askers:
        told = server.sent(1, chat=asker["id"], timeout=120)
        assert sum("Fathul Mushalli" in message["text"] for message in told) <= 1


def test_while_its_question_cannot_be_written_down_telegram_is_asked_to_bring_it_again(webhook: Served) -> None:
    server = bringing(webhook)
    wait_until(lambda: server.webhook and len(server.confirmed) == len(server._updates))
    other = sqlite3.connect(webhook.bot.folder / "chats.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    confirmed, attempts = len(server.confirmed), server.attempts
    server.say(QUESTION)
    wait_until(lambda: server.attempts >= attempts + 2)
    assert len(server.confirmed) == confirmed
    other.execute("ROLLBACK")
    other.close()
    wait_until(lambda: len(server.confirmed) == confirmed + 1)
    server.message_with("Fathul Mushalli")


def test_from_the_webhook_to_polling_and_back_no_question_is_lost(stopped_webhook: Served, tmp_path: Path) -> None:
    bot, server = stopped_webhook.bot, bringing(stopped_webhook)
    assert "Fathul Mushalli" in bot.ask(QUESTION)["text"]
    assert bot.stop() == 0
    # Telegram keeps what comes for the next start.
    assert server.webhook is not None
    configured = (tmp_path / "config.toml").read_text()
    (tmp_path / "config.toml").write_text(configured.replace(f"webhook_url = {URL}", ""))
    bot.start()
    assert "17/7/2023" in bot.ask("Kapan rakor Tanjung Lago?")["text"]
    assert server.webhook is None and server.polls > 0
    assert bot.stop() == 0
    (tmp_path / "config.toml").write_text(configured)
    bot.start()
    assert "Contoh:" in bot.ask("/bantuan")["text"]
    assert server.webhook is not None


def test_a_webhook_that_another_program_takes_away_is_set_again(tmp_path: Path, encoder: object) -> None:
    port, pauses = free_port(), {**SHORT_PAUSES, "bot.webhook.SECONDS_BETWEEN_CHECKS": 2.0}
    server = BringingServer(port)
    further = f'[server]\nlisten = "127.0.0.1:{port}"'
    server.fail_next("setWebhook", 400, "Bad Request: bad webhook: Failed to resolve host")
    with running_bot(tmp_path, further=further, telegram_server=server, pauses=pauses, webhook_url=URL) as bot:
        bot.wait_for_log("Telegram did not take the webhook https://warta.example/telegram (Bad webhook")
        status, said = Served(bot, port).health()
        assert status == 503 and said["reasons"][0].startswith("Telegram did not take the webhook")
        wait_until(lambda: Served(bot, port).health()[0] == 200, 30)
        server.webhook = {**server.webhook, "url": "https://other.example/telegram"} if server.webhook else None
        bot.wait_for_log("Another program has taken this bot's webhook away")
        wait_until(lambda: server.webhook and f'"{server.webhook["url"]}"' == URL, 30)
        assert "Fathul Mushalli" in bot.ask(QUESTION)["text"]
        server.revoked = True
        assert bot.process.wait(120) == 78
    assert "does not accept the token" in bot.log.read_text()


def test_a_webhook_without_a_server_is_refused_with_what_to_write(tmp_path: Path) -> None:
    with TelegramServer().running() as server:
        bot = Bot(server, tmp_path, webhook_url=URL)
        assert bot.process.wait(60) == 78
    assert 'listen = "127.0.0.1:8080"' in bot.log.read_text()
