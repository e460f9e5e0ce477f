"""The bot as a process of its own, talking over HTTP to a fake Bot API server."""

import html
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATA, SEEDS
from tests.telegram_server import PERSON, TOKEN, TelegramServer, parse_html

pytestmark = pytest.mark.slow

ENGLISH_PERSON = {**PERSON, "id": 888, "first_name": "Ann", "language_code": "en"}


class Bot:
    """A running `wartabot run` and the server it polls."""

    def __init__(self, server: TelegramServer, process: subprocess.Popen[bytes], log: Path) -> None:
        self.server = server
        self.process = process
        self.log = log

    def ask(self, text: str | None, person: dict[str, Any] = PERSON, **fields: Any) -> dict[str, Any]:
        """Say something and return the one message that comes back."""
        before = len(self.server.sent(0))
        self.server.say(text, person, **fields)
        return self.server.sent(before + 1)[-1]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("bot")
    with TelegramServer().running() as server:
        running = start_bot(folder, server)
        try:
            server.wait_for("setMyCommands", 2)
            yield running
        finally:
            running.process.terminate()
            running.process.wait(20)
        assert server.problems == []
        assert TOKEN not in running.log.read_text()


def start_bot(folder: Path, server: TelegramServer) -> Bot:
    (folder / "models").symlink_to(DATA / "models")
    config = folder / "config.toml"
    config.write_text(f'[articles]\npaths = ["{SEEDS}"]\n[telegram]\napi_url = "{server.url}"\n')
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--config", str(config), "--data", str(folder)],
            env={**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Bot(server, process, log)


def test_a_question_is_answered_with_a_verbatim_quote_its_source_and_date(bot: Bot) -> None:
    message_id = bot.server._next_id + 1
    reply = bot.ask("Siapa camat Sungai Raya?")
    assert reply["parse_mode"] == "HTML"
    assert f'"message_id": {message_id}' in reply["reply_parameters"]
    quote = re.search(r"<blockquote(?: expandable)?>(.*?)</blockquote>", reply["text"], re.DOTALL)
    assert quote is not None
    assert parse_html(quote[1]) in (SEEDS / "antara-rakor-sungai-raya.md").read_text()
    assert "<b>Fathul Mushalli</b>" in quote[1]
    assert "— ANTARA News Kalimantan Selatan · 2023" in reply["text"]


def test_typing_is_shown_before_the_answer(bot: Bot) -> None:
    start = len(bot.server.requests)
    bot.ask("Kapan rakor Rantau Bayur?")
    done = [method for method, _ in bot.server.requests[start:] if method.startswith("send")]
    assert done[0] == "sendChatAction" and done[-1] == "sendMessage"


def test_tanya_answers_the_question_behind_it_and_asks_for_one_where_there_is_none(bot: Bot) -> None:
    assert "Fathul Mushalli" in bot.ask("/tanya siapa camat Sungai Raya?")["text"]
    assert "Silakan tulis pertanyaannya" in bot.ask("/tanya")["text"]


def test_start_and_help_explain_in_the_persons_language(bot: Bot) -> None:
    assert "5 berita (2022–2023)" in bot.ask("/start")["text"]
    assert "5 articles (2022–2023)" in bot.ask("/start", ENGLISH_PERSON)["text"]
    assert "Contoh:" in bot.ask("/bantuan")["text"]
    assert "For example:" in bot.ask("/help", ENGLISH_PERSON)["text"]
    assert "Contoh:" in bot.ask("/tidakada")["text"]


def test_a_question_that_no_article_answers_gets_an_honest_no(bot: Bot) -> None:
    assert "tidak ada jawabannya dalam 5 berita" in bot.ask("Bagaimana cara membuat rendang?")["text"]
    assert "none of the 5 articles" in bot.ask("How do I cook rendang?", ENGLISH_PERSON)["text"]


def test_html_in_a_question_does_no_harm(bot: Bot) -> None:
    assert "Fathul Mushalli" in bot.ask("siapa <b>camat & Sungai Raya</blockquote>?")["text"]


def test_a_question_that_is_too_long_is_answered_politely(bot: Bot) -> None:
    assert "terlalu panjang (4096 huruf)" in bot.ask("a" * 4096)["text"]


def test_stickers_photos_and_edits_do_not_crash_it(bot: Bot) -> None:
    sticker = {"file_id": "x", "file_unique_id": "x", "type": "regular", "width": 1, "height": 1,
               "is_animated": False, "is_video": False}  # fmt: skip
    assert "hanya bisa membaca tulisan" in bot.ask(None, sticker=sticker)["text"]
    photo = [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]
    assert "hanya bisa membaca tulisan" in bot.ask(None, photo=photo)["text"]
    assert "Fathul Mushalli" in bot.ask(None, photo=photo, caption="siapa camat sungai raya")["text"]
    before = len(bot.server.sent(0))
    bot.server.say("Siapa camat Sungai Raya?", kind="edited_message")
    assert "Contoh:" in bot.ask("/bantuan")["text"]
    assert len(bot.server.sent(0)) == before + 1


def test_an_answer_whose_markup_telegram_refuses_arrives_as_plain_text(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    bot.server.fail_next("sendMessage", 400, "Bad Request: can't parse entities: unsupported start tag")
    bot.server.say("Siapa camat Sungai Raya?")
    refused, plain = bot.server.sent(before + 2)[-2:]
    assert "parse_mode" not in plain
    assert plain["text"] == html.unescape(re.sub("<[^>]*>", "", refused["text"]))


def test_a_failure_is_logged_and_the_person_gets_a_polite_sentence(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    bot.server.fail_next("sendMessage", 400, "Bad Request: something else")
    bot.server.say("Siapa camat Sungai Raya?")
    apology = bot.server.sent(before + 2)[-1]
    assert (
        apology["text"]
        == "Maaf, ada gangguan sehingga pertanyaan Anda belum terjawab. Silakan coba lagi sebentar lagi."
    )
    assert "Traceback" in bot.log.read_text()
    assert "Traceback" not in apology["text"]


def test_a_second_poller_is_named_in_one_line_of_the_log(bot: Bot) -> None:
    bot.server.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    deadline = time.monotonic() + 20
    while "Another program polls" not in bot.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "Contoh:" in bot.ask("/bantuan")["text"]


def test_ten_people_at_once_are_all_answered(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    people = [{**PERSON, "id": 1000 + number} for number in range(10)]
    for person in people:
        bot.server.say("Siapa camat Sungai Raya?", person)
    answers = bot.server.sent(before + 10)[before:]
    assert {int(answer["chat_id"]) for answer in answers} == {person["id"] for person in people}
    assert all("Fathul Mushalli" in answer["text"] for answer in answers)


def test_a_wrong_token_is_said_in_one_line_and_not_shown(tmp_path: Path, encoder: object) -> None:
    with TelegramServer().running() as server:
        server.fail_next("getMe", 401, "Unauthorized")
        running = start_bot(tmp_path, server)
        assert running.process.wait(90) == 1
    log = running.log.read_text()
    assert "Telegram does not accept the token in TELEGRAM_BOT_TOKEN" in log
    assert TOKEN not in log and "Traceback" not in log


def test_sigterm_ends_the_bot_cleanly(tmp_path: Path, encoder: object) -> None:
    with TelegramServer().running() as server:
        running = start_bot(tmp_path, server)
        server.wait_for("setMyCommands", 2, timeout=90)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
    assert "Traceback" not in running.log.read_text()
