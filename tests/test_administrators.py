"""Administrators in their private chats: figures, reports, and nothing of it for anybody else."""

import json
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.chats import FILE_NAME, Chats
from bot.operating.digest import last_due
from tests.bot_process import Bot, running_bot, wait_until
from tests.telegram_server import GROUP, OTHER, PERSON, parse_html
from tests.test_telegram import QUESTION, buttons, card, press

ADMINISTRATOR = {**PERSON, "id": 700, "first_name": "Rini"}
JAKARTA = ZoneInfo("Asia/Jakarta")

Json = dict[str, Any]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("administrators")
    with running_bot(folder, administrators="[700]", digest_day='"never"') as running:
        yield running


def reported(bot: Bot, person: Json, reason: str = "Sudah usang") -> int:
    """Somebody asks and reports what was answered; returns the report's number."""
    message = card(bot, QUESTION, person)
    press(bot, "Laporkan", message, person)
    reporting = bot.server.message_with("", person["id"])
    wait_until(lambda: "Sudah usang" in buttons(bot.server.last_message(person["id"])))
    press(bot, reason, reporting, person)
    chats = Chats(bot.folder / FILE_NAME)
    number = chats.reports.open()[-1].id
    chats.close()
    return number


@pytest.mark.slow
def test_stat_tells_an_administrator_what_was_asked_and_how_it_was_answered(bot: Bot) -> None:
    card(bot, QUESTION)
    card(bot, "siapa kapolres banyuasin?")
    bot.ask("min, kapolres banyuasin siapa ya")
    bot.ask("halo")
    reply = bot.ask("/stat", ADMINISTRATOR)
    shown = parse_html(reply["text"])
    assert "5 berita dalam 30 bagian, terbaru 17 Juli 2023." in shown
    assert f"{datetime.now(JAKARTA):%d/%m} ▇▇▇▇▇▇▇▇▇▇ 3" in shown
    assert "7 hari terakhir: 3 pertanyaan. Terjawab 33%, mungkin terjawab 0%, belum terjawab 67%." in shown
    assert "• siapa kapolres banyuasin? (2×)" in shown
    assert "Separuhnya dijawab dalam" in shown


@pytest.mark.slow
@pytest.mark.parametrize("command", ["/stat", "/laporan", "/jawab 1 halo", "/tutup 1"])
def test_whoever_is_no_administrator_sees_no_sign_of_their_commands(bot: Bot, command: str) -> None:
    assert bot.ask(command, OTHER)["text"] == bot.ask("/tidakada", OTHER)["text"]
    before = len(bot.server.sent(0, GROUP["id"]))
    bot.server.say(command, ADMINISTRATOR, GROUP)
    bot.ask("halo", OTHER)
    assert len(bot.server.sent(0, GROUP["id"])) == before


@pytest.mark.slow
def test_the_commands_are_shown_in_the_private_chats_of_administrators_alone(bot: Bot) -> None:
    calls = [(json.loads(call["scope"]), call["commands"]) for call in bot.server.called("setMyCommands", 8)]
    shown = [scope for scope, commands in calls if '"stat"' in commands]
    assert shown == [{"type": "chat", "chat_id": 700}] * 2


@pytest.mark.slow
def test_a_report_is_read_and_answered_in_the_chat_and_thanks_whoever_reported(bot: Bot) -> None:
    person = {**PERSON, "id": 7_700_123_456, "first_name": "Wati"}
    number = reported(bot, person)
    listed = parse_html(bot.ask("/laporan", ADMINISTRATOR)["text"])
    assert f"#{number} · Sudah usang · " in listed and f"Ditanyakan: {QUESTION}" in listed
    assert "Sebelum arahan bupati, Camat Sungai Raya" in listed and "— ANTARA News Kalimantan Selatan · 2023" in listed
    assert "Wati" not in listed and "7700123456" not in listed
    assert "Tulis nomor laporan" in bot.ask("/jawab", ADMINISTRATOR)["text"]
    assert "Tidak ada laporan nomor 999" in bot.ask("/jawab 999 Halo", ADMINISTRATOR)["text"]
    before = len(bot.server.sent(0, person["id"]))
    bot.server.say(f"/jawab {number} Terima kasih, sudah kami <perbarui>.", ADMINISTRATOR)
    bot.server.message_with(f"Laporan #{number} selesai.", 700)
    told = bot.server.sent(before + 1, person["id"])[-1]["text"]
    assert parse_html(told).startswith("Terima kasih atas laporan Anda tentang kutipan ini:\nSebelum arahan bupati")
    assert parse_html(told).endswith("Jawaban pengelola:\n\nTerima kasih, sudah kami <perbarui>.")
    assert f"#{number}" not in bot.ask("/laporan", ADMINISTRATOR)["text"]


@pytest.mark.slow
def test_a_report_is_closed_without_a_word(bot: Bot) -> None:
    number = reported(bot, OTHER)
    before = len(bot.server.sent(0, OTHER["id"]))
    assert f"Laporan #{number} ditutup" in bot.ask(f"/tutup {number}", ADMINISTRATOR)["text"]
    assert "Tidak ada laporan nomor" in bot.ask(f"/tutup {number}", ADMINISTRATOR)["text"]
    assert len(bot.server.sent(0, OTHER["id"])) == before


@pytest.mark.slow
def test_an_answer_from_another_process_arrives_once_also_over_a_restart(bot: Bot) -> None:
    person = {**PERSON, "id": 791}
    chats = Chats(bot.folder / FILE_NAME)
    first, second = reported(bot, person), reported(bot, {**PERSON, "id": 792})
    chats.reports.answer(first, "Dari baris perintah.")
    wait_until(lambda: "Dari baris perintah." in bot.server.last_message(791)["text"])
    # Telegram asks for patience, and the bot is stopped meanwhile: the next one sends it.
    bot.server.fail_next("sendMessage", 429, "Too Many Requests: retry after 30", retry_after=30)
    chats.reports.answer(second, "Setelah dimulai lagi.")
    wait_until(lambda: not bot.server._failures["sendMessage"])
    assert bot.stop(signal.SIGTERM) == 0
    bot.start()
    wait_until(lambda: "Setelah dimulai lagi." in bot.server.last_message(792)["text"])
    bot.ask("halo", person)
    for number, words in ((791, "Dari baris perintah."), (792, "Setelah dimulai lagi.")):
        texts = [message["text"] for message in bot.server.messages[number].values() if "text" in message]
        assert sum(words in text for text in texts) == 1
    chats.close()


@pytest.mark.slow
def test_an_answer_to_whoever_has_blocked_the_bot_is_given_up_and_named(bot: Bot) -> None:
    number = reported(bot, {**PERSON, "id": 793})
    bot.server.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    chats = Chats(bot.folder / FILE_NAME)
    chats.reports.answer(number, "Tidak akan sampai.")
    bot.wait_for_log(f"The answer to report {number} could not be sent")
    chats.database.do("UPDATE replies SET released = released - 100")
    assert chats.reports.lost() == [number] and chats.reports.to_send() == []
    chats.close()


@pytest.mark.slow
def test_an_answer_on_its_way_while_the_bot_is_killed_is_not_sent_again_and_is_named(bot: Bot) -> None:
    number = reported(bot, {**PERSON, "id": 794})
    chats = Chats(bot.folder / FILE_NAME)
    bot.server.hold("sendMessage")
    chats.reports.answer(number, "Terputus di jalan.")
    wait_until(lambda: any("Terputus di jalan." in fields.get("text", "") for _, _, fields in list(bot.server.times)))
    bot.stop(signal.SIGKILL)
    bot.server.let_go("sendMessage")
    bot.start()
    bot.ask("halo", OTHER)
    sent = [fields for _, method, fields in bot.server.times if "Terputus di jalan." in fields.get("text", "")]
    assert len(sent) == 1 and chats.reports.to_send() == []
    chats.database.do("UPDATE replies SET released = released - 100 WHERE report = ?", number)
    assert number in chats.reports.lost()
    chats.close()


# --- the digest -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2023-07-17T08:00", "2023-07-17T08:00"),
        ("2023-07-17T07:59", "2023-07-10T08:00"),
        ("2023-07-23T23:00", "2023-07-17T08:00"),
    ],
)
def test_a_digest_is_due_on_its_day_at_its_hour(now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=JAKARTA)
    assert last_due(moment, "monday", 8) == datetime.fromisoformat(due).replace(tzinfo=JAKARTA)


@pytest.mark.slow
def test_the_weekly_digest_comes_once_to_each_administrator_also_over_a_restart(tmp_path: Path) -> None:
    # Due an hour ago, so that the test may pass midnight and the full hour.
    due = datetime.now(JAKARTA) - timedelta(hours=1)
    settings = {"digest_day": f'"{due:%A}"'.lower(), "digest_hour": due.hour, "allowed_chats": "[-5]"}
    with running_bot(tmp_path, administrators="[700, 701]", **settings) as bot:
        for administrator in (700, 701):
            (digest,) = bot.server.sent(1, administrator)
            assert digest["text"].startswith("<b>Ringkasan minggu ini</b>\n\n5 berita dalam 30 bagian")
        bot.stop()
        bot.start()
        # Served although their chats are not among those allowed.
        assert "5 berita" in bot.ask("/stat", {**ADMINISTRATOR, "id": 701})["text"]
        time.sleep(1)
        assert len(bot.server.sent(0, 700)) == 1 and len(bot.server.sent(0, 701)) == 2
        assert "hanya melayani" in bot.ask("/stat", OTHER)["text"]


@pytest.mark.slow
def test_of_an_administrator_who_is_forgotten_and_of_digests_long_past_nothing_is_kept(tmp_path: Path) -> None:
    chats = Chats(tmp_path / FILE_NAME)
    token = chats.administration.keep_change(700, b"[]")
    for due in ("2024-01-01", "2099-01-01"):
        chats.administration.begin_digest(700, due)
    chats.forget_old(30)
    assert chats.database.all("SELECT due FROM digests") == [("2099-01-01",)]
    chats.forget_person(700)
    assert chats.administration.change(700, token) is None
    assert chats.database.all("SELECT * FROM digests") == []


def test_whoever_is_no_administrator_any_more_is_no_longer_shown_the_commands(tmp_path: Path) -> None:
    with running_bot(tmp_path, administrators="[700]", digest_day='"never"') as bot:
        bot.stop()
        config = bot.folder / "config.toml"
        config.write_text(config.read_text().replace("[700]", "[]"))
        bot.start()
        deleted = bot.server.called("deleteMyCommands", 2)
        assert [json.loads(call["scope"]) for call in deleted] == [{"type": "chat", "chat_id": 700}] * 2
        chats = Chats(tmp_path / FILE_NAME)
        wait_until(lambda: chats.registered("commands chat 700 en") == "[]")
        chats.close()
        bot.stop()
        bot.start()
        bot.ask("halo")
        assert len(bot.server.called("deleteMyCommands", 2)) == 2
