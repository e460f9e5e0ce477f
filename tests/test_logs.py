"""What the log shows, and that no secret is ever in it."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import quote

import httpx
import pytest

from bot.logs import JsonFormatter, TextFormatter
from bot.redaction import Redaction, webhook_secret
from tests.conftest import ROOT
from tests.telegram_server import TOKEN

PASSWORD = 'p"w:ö\\%d@'
ENVIRONMENT = {"TELEGRAM_BOT_TOKEN": TOKEN, "HTTPS_PROXY": f"http://operator:{quote(PASSWORD, safe='')}@proxy:3128"}
SECRETS = (
    TOKEN, TOKEN.partition(":")[2], quote(TOKEN, safe=""), webhook_secret(TOKEN), PASSWORD, quote(PASSWORD, safe=""),
)  # fmt: skip


def raised_with(secret: str) -> BaseException:
    """An exception with the secret in its text, in that of its cause, and in a note."""
    try:
        try:
            httpx.get(f"foo://127.0.0.1/bot{secret}/getMe")
        except httpx.UnsupportedProtocol as cause:
            cause.add_note(f"sent to https://api.telegram.org/bot{secret}/getMe")
            raise ValueError(f"{secret} was refused") from cause
    except ValueError as error:
        return error
    raise AssertionError("unreachable")


def record_with(secret: str) -> logging.LogRecord:
    error = raised_with(secret)
    exc_info = (type(error), error, error.__traceback__)
    return logging.LogRecord("bot", logging.ERROR, "x.py", 1, "failed: %s", (f"/bot{secret}/",), exc_info)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_in_a_line_nor_in_its_traceback(secret: str) -> None:
    redact = Redaction(ENVIRONMENT)
    for formatter in (TextFormatter(redact), JsonFormatter(redact)):
        shown = formatter.format(record_with(secret))
        assert "ValueError" in shown and "[redacted]" in shown
        assert secret not in shown and json.dumps(secret, ensure_ascii=False)[1:-1] not in shown


def test_an_address_is_shown_without_its_name_and_password_wherever_it_comes_from() -> None:
    shown = Redaction({})("cannot reach socks5://name:word@127.0.0.1:9 and https://token@host/path, mail a@b.id")
    assert shown == "cannot reach socks5://[redacted]@127.0.0.1:9 and https://[redacted]@host/path, mail a@b.id"


@pytest.mark.parametrize("environment", [{}, {"TELEGRAM_BOT_TOKEN": ""}, {"HTTP_PROXY": "http://a:b@host"}])
def test_without_secrets_ordinary_words_stay_as_they_are(environment: Mapping[str, str]) -> None:
    assert Redaction(environment)("a bab about a banana: 12:34") == "a bab about a banana: 12:34"


def test_a_json_line_holds_the_time_the_level_who_says_it_and_the_traceback() -> None:
    said = json.loads(JsonFormatter(Redaction({})).format(record_with('"quoted"')))
    assert (said["level"], said["logger"], said["message"]) == ("ERROR", "bot", 'failed: /bot"quoted"/')
    assert said["time"].endswith("+00:00") and said["traceback"].startswith("Traceback")


PROGRAM = """
import asyncio, logging, os, sys, threading, warnings
from bot.logs import set_up_logging
from bot.console import log_notes, notes
set_up_logging({form!r})
token = os.environ["TELEGRAM_BOT_TOKEN"]
def fail(): raise ValueError(f"https://api.telegram.org/bot{{token}}/getMe")
thread = threading.Thread(target=fail); thread.start(); thread.join()
class Untidy:
    def __del__(self): fail()
del_me = Untidy(); del del_me
async def forgotten():
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0.05)
asyncio.run(forgotten())
warnings.warn(f"old: {{token}}")
if {form!r} == "json":
    log_notes()
    notes.print("a note for a person", style="dim")
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_threads_destructors_loops_and_warnings_tell_no_secret_either(form: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(form=form)],
        cwd=ROOT, env={"TELEGRAM_BOT_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.count("ValueError: https://api.telegram.org/bot[redacted]/getMe") == 3
    assert "old: [redacted]" in finished.stderr
    assert TOKEN not in finished.stderr and TOKEN.partition(":")[2] not in finished.stderr
    if form == "json":
        messages = [json.loads(line)["message"] for line in finished.stderr.splitlines()]
        assert messages[-1] == "a note for a person"


def test_the_webhooks_secret_is_made_of_the_token_and_does_not_tell_it() -> None:
    secret = webhook_secret(TOKEN)
    assert len(secret) == 64 and secret == webhook_secret(TOKEN) != webhook_secret(TOKEN + "x")
    assert TOKEN.partition(":")[2] not in secret
