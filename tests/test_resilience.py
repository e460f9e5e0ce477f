"""Nobody waits for one person, and nothing is lost: floods, kills, and a Telegram that fails in every way."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.chats import Chats
from tests.bot_process import Bot, running_bot, wait_until
from tests.telegram_server import GROUP, OTHER, PERSON, TOKEN, TelegramServer
from tests.test_telegram import QUESTION, buttons, card, press

pytestmark = pytest.mark.slow

Json = dict[str, Any]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    with running_bot(tmp_path_factory.mktemp("resilience"), taps_a_minute_person=1000) as running:
        yield running


def person(number: int) -> Json:
    return {**PERSON, "id": number}


# --- floods ---------------------------------------------------------------------------------------------------


def test_a_hundred_inline_queries_of_one_person_hold_up_nobody_and_only_the_newest_is_computed(bot: Bot) -> None:
    before = len(bot.server.called("answerInlineQuery", 0))
    queries = [bot.server.inline(f"kapan rakor tanjung lago {number}", person=person(9001)) for number in range(100)]
    start = time.monotonic()
    bot.server.say(QUESTION, person(9002))
    assert "Fathul Mushalli" in bot.server.sent(1, chat=9002)[0]["text"]
    assert time.monotonic() - start < 8
    others = bot.server.inline("camat sungai raya", person=person(9003))

    def answers() -> dict[str, list[Json]]:
        calls = bot.server.called("answerInlineQuery", before)[before:]
        return {call["inline_query_id"]: json.loads(call["results"]) for call in calls}

    wait_until(lambda: others in answers())
    assert answers()[others]
    computed = [query for query in queries if answers().get(query)]
    assert len(computed) < 20
    # Those above the allowance are told so at once.
    refused = [query for query in queries if answers().get(query) == []]
    assert len(refused) >= 30


def test_who_presses_and_commands_without_end_is_told_once_and_others_are_served(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path, taps_a_minute_person=5) as bot:
        message = card(bot)
        for _ in range(20):
            bot.server.press(buttons(message)["👍"]["callback_data"], message)
            bot.server.say("/start t0123456789abcdef")
        assert len(bot.server.called("answerCallbackQuery", 20)) == 20
        assert "Contoh:" in bot.ask("/bantuan", OTHER)["text"]
        time.sleep(2)
        texts = [call["text"] for call in bot.server.sent(0, chat=777)]
        assert sum("Pelan-pelan" in text for text in texts) == 1
        assert sum("tidak ada dalam arsip" in text for text in texts) <= 5


def test_an_edit_right_after_asking_gets_one_answer(bot: Bot) -> None:
    asker = person(9010)
    for number in range(3):
        before = len(bot.server.sent(0, chat=9010))
        question = bot.server.say(f"Kapan rakor Tanjung Lago {number}?", asker)
        bot.server.edit(question, f"{QUESTION} {number}", 9010)
        bot.server.sent(before + 1, chat=9010)
        bot.server.message_with("Fathul Mushalli", 9010)
        time.sleep(1.5)
        assert len(bot.server.sent(0, chat=9010)) == before + 1


def test_hundreds_of_photos_or_commands_of_a_few_hold_up_nobody_else(tmp_path: Path, encoder: object) -> None:
    group = {**GROUP, "id": -1900}
    with running_bot(tmp_path, pauses={}, taps_a_minute_person=1000) as bot:
        for _ in range(300):
            bot.server.say(None, person(9020), photo=[{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}])
        for number in range(330):
            bot.server.say("/bantuan", person(9030 + number % 6), group)
        start = time.monotonic()
        bot.server.say(QUESTION, person(9021))
        assert "Fathul Mushalli" in bot.server.sent(1, chat=9021)[0]["text"]
        assert time.monotonic() - start < 15
        # Beyond what may wait for a chat, nothing more is sent to it.
        assert len(bot.server.sent(0, chat=group["id"])) <= 40
        # What still waits for its turn would keep it from ending.
        bot.stop(signal.SIGKILL)


# --- kills ----------------------------------------------------------------------------------------------------


def test_killed_several_times_while_twenty_people_ask_nobody_is_left_without_an_answer_or_a_word(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path, taps_a_minute_person=1000) as bot:
        askers = [person(20_000 + number) for number in range(20)]
        asked = 0
        for kill in range(4):
            for asker in askers[kill::2] if kill < 2 else askers:
                bot.server.say(f"{QUESTION} {asked}", asker)
                asked += 1
            time.sleep(0.35 + 0.3 * kill)
            bot.stop(signal.SIGKILL)
            bot.start()
            bot.server.called("getMe", kill + 2)
        wait_until(lambda: all(len(outcomes(bot, asker)) == len(questions(bot, asker)) for asker in askers), 120)
        time.sleep(2)
        lost = 0
        for asker in askers:
            for question, told in outcomes(bot, asker).items():
                assert len([text for text in told if "Fathul" in text]) <= 1, question
                lost += not any("Fathul" in text for text in told)
        print(f"{asked} asked in 4 kills, {lost} told to look again")
        # Who is told so gets the answer with one tap.
        assert lost <= asked // 4


def questions(bot: Bot, asker: Json) -> list[int]:
    return [id for id, message in bot.server.messages[asker["id"]].items() if message["from"]["id"] == asker["id"]]


def outcomes(bot: Bot, asker: Json) -> dict[int, list[str]]:
    """What each question of a person got, by the number of its message."""
    found: dict[int, list[str]] = {}
    for message in list(bot.server.messages[asker["id"]].values()):
        if "replies_to" in message:
            found.setdefault(message["replies_to"], []).append(message["text"])
    return found


def kill_while_it_sends(bot: Bot, chats: Chats) -> None:
    """Kill the bot once it has released a question, whose answer the server holds, and let the server go on."""
    wait_until(
        lambda: chats.database.all("SELECT 1 FROM questions WHERE released IS NOT NULL AND update_content NOT NULL")
    )
    bot.stop(signal.SIGKILL)
    bot.server.let_go("sendMessage")


def test_a_question_released_but_not_sent_is_offered_again_with_a_button_after_the_restart(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.hold("sendMessage")
        asked = bot.server.say(QUESTION)
        chats = Chats(tmp_path / "chats.db")
        kill_while_it_sends(bot, chats)
        bot.start()
        told = bot.server.message_with("mungkin belum sampai")
        assert told["replies_to"] == asked
        press(bot, "Tampilkan jawaban", told)
        assert bot.server.message_with("Fathul Mushalli")["message_id"] == told["message_id"]
        chats.close()


def test_whoever_asked_for_the_news_is_told_to_ask_again_where_the_card_was_released_but_not_sent(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.hold("sendMessage")
        asked = bot.server.say("/berita Banyuasin")
        chats = Chats(tmp_path / "chats.db")
        kill_while_it_sends(bot, chats)
        bot.start()
        assert bot.server.message_with("Silakan tanyakan lagi")["replies_to"] == asked
        wait_until(lambda: not chats.database.all("SELECT 1 FROM questions WHERE update_content NOT NULL"))
        chats.close()


def test_a_question_left_by_another_process_that_cannot_be_read_is_given_up_once_and_the_others_are_answered(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.stop()
        chats = Chats(tmp_path / "chats.db")
        for number, content in enumerate(("{", "5", '{"update_id": 1, "message": 5}', '{"update_id": 2}')):
            chats.questions.receive(900_000 + number, 777, 777, content)
        bot.server.say(QUESTION)
        bot.start()
        bot.server.message_with("Fathul Mushalli")
        wait_until(lambda: not chats.database.all("SELECT 1 FROM questions WHERE update_content NOT NULL"))
        assert bot.log.read_text().count("cannot be read any more") == 3
        chats.close()


def test_sigterm_while_telegram_asks_for_minutes_of_patience_ends_it_soon_and_the_next_start_answers(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.fail_next("sendMessage", 429, "Too Many Requests: retry after 300", retry_after=300)
        bot.server.say(QUESTION)
        bot.server.sent(1)
        start = time.monotonic()
        assert bot.stop() == 0
        assert time.monotonic() - start < 20
        bot.start()
        assert "Fathul Mushalli" in bot.server.sent(2)[1]["text"]
    assert "Traceback" not in bot.log.read_text()


def test_sigterm_while_it_is_about_to_poll_ends_it_as_at_any_other_time(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        bot.stop()
        bot.server.hold("deleteWebhook")
        begun = len(bot.server.times)
        bot.start()
        wait_until(lambda: any(method == "deleteWebhook" for _, method, _ in bot.server.times[begun:]))
        bot.process.send_signal(signal.SIGTERM)
        bot.server.let_go("deleteWebhook")
        assert bot.stop() == 0
    assert "Not everything was finished" not in bot.log.read_text() and "Traceback" not in bot.log.read_text()


def test_sigterm_while_telegram_asks_the_polling_for_patience_ends_it_soon(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.fail_next("getUpdates", 429, "Too Many Requests: retry after 300", retry_after=300)
        bot.wait_for_log("patience before the next updates")
        start = time.monotonic()
        assert bot.stop() == 0
        assert time.monotonic() - start < 10


def test_an_answer_that_may_have_arrived_is_not_sent_again_even_where_saying_so_fails_and_the_bot_is_stopped(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.drop_next("sendMessage")
        bot.server.fail_next("sendMessage", 429, "Too Many Requests: retry after 300", retry_after=300)
        bot.server.say(QUESTION)
        bot.server.called("sendMessage", 2)
        time.sleep(0.5)
        assert bot.stop() == 0
        bot.start()
        told = bot.server.sent(3)[2]
        assert "mungkin belum sampai" in told["text"] and "Fathul" not in told["text"]


def test_an_edit_that_could_not_be_made_before_the_stop_is_made_after_it(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        asked = bot.server.say(QUESTION)
        bot.server.message_with("Fathul Mushalli")
        time.sleep(0.5)
        bot.server.fail_next("editMessageText", 429, "Too Many Requests: retry after 300", retry_after=300)
        bot.server.edit(asked, "Kapan rakor Tanjung Lago 2023?")
        bot.server.called("editMessageText", 1)
        time.sleep(0.5)
        assert bot.stop() == 0
        bot.start()
        bot.server.message_with("17/7/2023")
        assert len(bot.server.sent(0)) == 1


def test_a_question_of_somebody_who_has_blocked_the_bot_is_not_kept(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.hold("sendMessage")
        bot.server.say(QUESTION)
        chats = Chats(tmp_path / "chats.db")
        kill_while_it_sends(bot, chats)
        bot.server.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
        bot.start()
        bot.wait_for_log("A chat does not let the bot write")
        wait_until(lambda: not chats.database.all("SELECT 1 FROM questions WHERE update_content NOT NULL"))
        chats.close()


def test_telling_telegram_the_commands_holds_up_no_question(tmp_path: Path, encoder: object) -> None:
    with TelegramServer().running() as server:
        server.fail_next("setMyDescription", 429, "Too Many Requests: retry after 60", retry_after=60)
        server.say(QUESTION)
        bot = Bot(server, tmp_path)
        start = time.monotonic()
        assert "Fathul Mushalli" in server.sent(1)[0]["text"]
        assert time.monotonic() - start < 40
        bot.stop()


# --- a Telegram that fails ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "said"), [(502, "Bad Gateway"), (500, "Internal Server Error")])
def test_a_failure_that_the_server_states_is_tried_again_and_the_answer_comes_once(
    bot: Bot, status: int, said: str
) -> None:
    asker = person(9100 + status)
    bot.server.fail_next("sendMessage", status, said)
    bot.server.say(QUESTION, asker)
    bot.server.message_with("Fathul Mushalli", asker["id"])
    assert len(bot.server.sent(0, chat=asker["id"])) == 2


def test_an_answer_that_may_have_arrived_is_not_sent_again_but_offered(bot: Bot) -> None:
    asker = person(9120)
    bot.server.drop_next("sendMessage")
    asked = bot.server.say(QUESTION, asker)
    told = bot.server.message_with("mungkin belum sampai", 9120)
    assert told["replies_to"] == asked and "Fathul" not in told["text"]
    assert press(bot, "Tampilkan jawaban", told, OTHER)["text"] == "Tombol ini hanya untuk penanyanya."
    # What fails may be tried again.
    bot.server.fail_next("editMessageText", 400, "Bad Request: something else")
    press(bot, "Tampilkan jawaban", told, asker)
    time.sleep(1)
    press(bot, "Tampilkan jawaban", told, asker)
    shown = bot.server.message_with("Fathul Mushalli", 9120)
    assert press(bot, "👍", shown, asker)["text"] == "Terima kasih!"


def test_a_group_that_migrates_while_its_answer_is_on_its_way_gets_it_under_its_new_number(bot: Bot) -> None:
    group, moved = {**GROUP, "id": -1100}, -1_001_100
    start = len(bot.log.read_text())
    bot.server.fail_next(
        "sendMessage", 400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=moved
    )
    bot.server.say(f"/tanya {QUESTION}", PERSON, group)
    sent = bot.server.sent(1, chat=moved)[0]
    assert "Fathul Mushalli" in sent["text"] and "reply_parameters" not in sent
    assert press(bot, "👍", bot.server.last_message(moved))["text"] == "Terima kasih!"
    assert "Traceback" not in bot.log.read_text()[start:]


def test_after_a_migration_an_edit_of_an_unrelated_message_rewrites_no_old_answer(bot: Bot) -> None:
    group, moved = {**GROUP, "id": -1101}, {**GROUP, "id": -1_001_101}
    asked = bot.server.say(f"/tanya {QUESTION}", PERSON, group)
    bot.server.sent(1, chat=group["id"])
    answer = bot.server.last_message(group["id"])["message_id"]
    bot.server.say(None, OTHER, group, migrate_to_chat_id=moved["id"], delivered=False)
    bot.server.update("message", {"message_id": 9_100, "date": int(time.time()), "chat": group, "from": OTHER,
                                  "migrate_to_chat_id": moved["id"]})  # fmt: skip
    chats = Chats(bot.folder / "chats.db")
    wait_until(lambda: chats.answers.to_message(group["id"], asked) is None)
    chats.close()
    # In the new chat the same numbers stand for other messages.
    bot.server.messages[moved["id"]][answer] = {**bot.server.messages[group["id"]][answer], "chat": moved}
    bot.server.messages[moved["id"]][asked] = {"message_id": asked, "date": int(time.time()), "chat": moved,
                                               "from": OTHER, "text": "x"}  # fmt: skip
    bot.server.edit(asked, "/tanya kapan rakor Tanjung Lago?", moved["id"])
    wait_until(lambda: bot.server.sent(0, chat=moved["id"]))
    assert not [call for call in bot.server.called("editMessageText", 0) if call["chat_id"] == str(moved["id"])]


@pytest.mark.parametrize(
    "refusal",
    [
        "not enough rights to send text messages to the chat",
        "TOPIC_CLOSED",
        "message thread not found",
        "chat not found",
    ],
)
def test_where_the_bot_may_not_write_it_tries_once_and_logs_one_line(bot: Bot, refusal: str) -> None:
    group = {**GROUP, "id": -1200 - len(refusal)}
    start = len(bot.log.read_text())
    bot.server.fail_next("sendMessage", 400, f"Bad Request: {refusal}")
    bot.server.say(f"/tanya {QUESTION}", PERSON, group)
    wait_until(lambda: f"not let the bot write: {refusal}".lower() in bot.log.read_text()[start:].lower())
    time.sleep(0.5)
    assert len(bot.server.sent(0, chat=group["id"])) == 1
    assert "Traceback" not in bot.log.read_text()[start:]


def test_an_update_that_cannot_be_read_is_skipped_said_once_and_the_next_one_is_answered(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        message = {"message_id": 5, "date": int(time.time()), "chat": {"id": 777, "type": "private"}, "from": PERSON}
        poisons = [
            ("poll", {"id": "1", "question": "?"}),
            ("message", {"message_id": 5}),
            ("message", {**message, "entities": "none", "text": "x"}),
            ("message", 7),
            ("callback_query", {"id": "1"}),
            ("my_chat_member", {"chat": {}}),
            ("message", {**message, "date": 10**30, "text": "x"}),
        ]
        for kind, content in poisons:
            bot.server.update(kind, content)  # type: ignore[arg-type]
        assert "Fathul Mushalli" in bot.ask(QUESTION)["text"]
        polls = bot.server.polls
        time.sleep(2)
        assert bot.server.polls - polls < 20
        bot.stop()
        bot.start()
        bot.wait_for_log("Answering on Telegram")
        assert "Contoh:" in bot.ask("/bantuan")["text"]
    log = bot.log.read_text()
    assert log.count("cannot be read and is skipped") >= 5
    assert len(log) < 20_000


def test_an_answer_to_getupdates_that_is_none_backs_off_and_is_said_at_most_once_a_minute(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.garbage["getUpdates"] = b'{"ok": true, "result": {"not": "a list"}}'
        before = bot.server.polls
        time.sleep(6)
        assert bot.server.polls - before < 12
        del bot.server.garbage["getUpdates"]
        assert "Contoh:" in bot.ask("/bantuan")["text"]
    assert bot.log.read_text().count("something else than updates") <= 2


def test_a_token_that_is_revoked_is_said_once_and_ends_the_bot_with_a_status_that_says_so(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.server.revoked = True
        assert bot.process.wait(60) == 78
    log = bot.log.read_text()
    assert log.count("does not accept the token in TELEGRAM_BOT_TOKEN") == 1
    assert "Traceback" not in log


def test_while_another_program_has_the_chats_locked_nothing_is_lost_and_inline_queries_are_answered(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        assert "Contoh:" in bot.ask("/bantuan")["text"]
        other = sqlite3.connect(tmp_path / "chats.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        bot.server.say(QUESTION)
        bot.server.say("Kapan rakor Tanjung Lago?", OTHER)
        time.sleep(1)
        start = time.monotonic()
        bot.server.inline("camat sungai raya")
        bot.server.called("answerInlineQuery", 1)
        assert time.monotonic() - start < 3
        bot.wait_for_log("is locked by another program")
        other.execute("ROLLBACK")
        other.close()
        assert "Fathul Mushalli" in bot.server.sent(2, chat=777)[1]["text"]
        assert "17/7/2023" in bot.server.sent(1, chat=OTHER["id"])[0]["text"]


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "a",
        "t",
        "a" * 63,
        "t-1",
        "a٣",
        "c²",
        "t0123456789abcdeg",
        "a" + "A" * 16 + "9999",
        "r" + "-" * 16,
        "x" * 200_000,
    ],
)
def test_odd_deep_links_get_a_polite_line(bot: Bot, payload: str) -> None:
    start = len(bot.log.read_text())
    text = bot.ask(f"/start {payload}", person(9300))["text"]
    assert text.startswith(("Halo!", "Tombol ini sudah kedaluwarsa", "Berita ini sudah tidak ada"))
    assert "Traceback" not in bot.log.read_text()[start:]


@pytest.mark.parametrize("token", ["own", "A" * 16])
def test_odd_callbacks_stop_their_spinner_and_leave_no_traceback(bot: Bot, token: str) -> None:
    asker = person(9301)
    message = card(bot, QUESTION, asker)
    if token == "own":
        token = buttons(message)["👍"]["callback_data"].split(":")[1]
    start = len(bot.log.read_text())
    for data in (
        "", ":", "u", f"u:{token}", f"u:{token}:-1:1", f"u:{token}:٣:1", f"u:{token}:²:1", f"u:{token}:{'9' * 40}:1",
        f"v:{token}:huge", f"y:{token}:0:nothing", f"w:{token}:0", f"k:{token}", f"d:{token}",
        f"e:{token}", f"o:{token}",
        "s:-1", "s:٣", "s:999999", "t:0123456789abcdef:-5", "t:0123456789abcdef:999999999", "t:x:0", "g:", "g:nothing",
        "x:", "x:1:yes", f"x:{'9' * 40}:yes", f"v:{token}:good" + ":" * 200_000, "\x00", "u:1:0:1",
    ):  # fmt: skip
        before = len(bot.server.called("answerCallbackQuery", 0))
        bot.server.press(data, message, asker)
        bot.server.called("answerCallbackQuery", before + 1)
    assert "Traceback" not in bot.log.read_text()[start:]
    assert "Contoh:" in bot.ask("/bantuan", asker)["text"]


def test_odd_inline_offsets_are_answered(bot: Bot) -> None:
    for offset in ("-1", "²", "٣", "9" * 60, "x"):
        before = len(bot.server.called("answerInlineQuery", 0))
        bot.server.inline("camat sungai raya", offset, person(9302))
        bot.server.called("answerInlineQuery", before + 1)


# --- the environment ------------------------------------------------------------------------------------------


def run_with(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "config.toml").write_text(f'[telegram]\napi_url = "http://127.0.0.1:{free_port()}"\n')
    return subprocess.run(
        [sys.executable, "-m", "bot", command, "--config", str(folder / "config.toml"), "--data", str(folder)],
        env={"PATH": "/usr/bin", "TELEGRAM_BOT_TOKEN": TOKEN, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("command", ["run", "doctor"])
@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"TELEGRAM_BOT_TOKEN": "123456:secret\npart"}, "TELEGRAM_BOT_TOKEN holds no token"),
        ({"TELEGRAM_BOT_TOKEN": "secret"}, "TELEGRAM_BOT_TOKEN holds no token"),
        ({"NO_PROXY": "[::1]"}, "(NO_PROXY) cannot be used"),
        ({"ALL_PROXY": "quic://name:secret@127.0.0.1:9"}, "(ALL_PROXY) cannot be used"),
    ],
)  # fmt: skip
def test_a_token_or_a_proxy_that_cannot_be_used_is_said_in_a_line_that_tells_what_to_change(
    tmp_path: Path, command: str, environment: dict[str, str], told: str
) -> None:
    done = run_with(tmp_path, command, **environment)
    assert done.returncode == (78 if command == "run" else 1)
    assert told in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr and "secret" not in done.stdout + done.stderr


def test_a_socks_proxy_is_used(tmp_path: Path, encoder: object) -> None:
    seen: list[bytes] = []

    def answer_once(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            seen.append(connection.recv(3))

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=answer_once, args=(listening,), daemon=True)
        thread.start()
        proxy = f"socks5://127.0.0.1:{listening.getsockname()[1]}"
        done = run_with(tmp_path, "doctor", ALL_PROXY=proxy)
        thread.join(10)
    # The greeting of SOCKS version 5.
    assert seen and seen[0][:1] == b"\x05"
    assert "Traceback" not in done.stderr


def test_nothing_is_said_more_than_once_a_minute_while_telegram_is_out_of_reach(
    tmp_path: Path, encoder: object
) -> None:
    server = TelegramServer()
    with server.running():
        bot = Bot(server, tmp_path)
        server.called("setMyShortDescription", 2, timeout=120)
    try:
        time.sleep(6)
        assert bot.log.read_text().count("Telegram cannot be reached") <= 2
    finally:
        assert bot.stop() == 0
    assert "Traceback" not in bot.log.read_text()
