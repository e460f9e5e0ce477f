"""What people say besides questions, and what the bot offers of itself, as they see it through the fake server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.chats import Chats
from tests.bot_process import Bot, running_bot
from tests.conftest import SEEDS
from tests.telegram_server import MENTION, PERSON

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    with running_bot(tmp_path_factory.mktemp("bot")) as running:
        yield running


def labels(message: dict[str, Any]) -> list[str]:
    """The labels of the buttons under a message, in order."""
    return [button["text"] for button in buttons(message)]


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    markup = message["reply_markup"]
    rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return [button for row in rows for button in row]


def shown(bot: Bot, said: str) -> dict[str, Any]:
    """Say something, and return the message that comes, as the server keeps it."""
    bot.ask(said)
    return dict(bot.server.last_message())


def press(bot: Bot, label: str, message: dict[str, Any]) -> dict[str, Any]:
    """Press a button under a message, and return the message that comes."""
    before = len(bot.server.sent(0))
    data = next(button["callback_data"] for button in buttons(message) if button["text"] == label)
    bot.server.press(data, message)
    return bot.server.sent(before + 1)[-1]


# --- courtesies and small talk --------------------------------------------------------------------------------


def test_a_salam_is_returned_in_the_first_line_of_the_answer(bot: Bot) -> None:
    answer = bot.ask("Assalamualaikum min, mau nanya dong, kapan rakor tanjung lago? Makasih 🙏")["text"]
    assert answer.startswith("Waalaikumsalam.\n")
    assert "17/7/2023" in answer


def test_small_talk_is_no_unanswered_question_and_has_no_bell(bot: Bot) -> None:
    for said in ("bot goblok", "tes", "?", "👍", "kamu bisa apa?", "gimana cara pakainya?"):
        assert "reply_markup" not in bot.ask(said)
    chats = Chats(bot.folder / "chats.db")
    assert chats.questions.unanswered() == []
    chats.close()


def test_a_yes_is_left_without_a_reply(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    bot.server.say("ok")
    bot.server.say("sip 👍")
    bot.ask("halo")
    assert len(bot.server.sent(0)) == before + 1


# --- news -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["ada berita apa?", "/berita", "Assalamualaikum, berita terbaru dong"])
def test_news_are_a_dated_list_whose_numbers_open_the_beginning(bot: Bot, asked: str) -> None:
    news = shown(bot, asked)
    assert "Berita terbaru:" in news["text"]
    assert "MERAHPUTIHNEWS.CO.ID · 17 Juli 2023" in news["text"]
    assert labels(news) == ["1", "2", "3", "4", "5"]
    opened = press(bot, "1", news)
    assert "<blockquote" in opened["text"] and "— MERAHPUTIHNEWS.CO.ID · 17 Juli 2023" in opened["text"]
    assert "Selengkapnya" in labels(opened)


def test_news_of_a_day_without_any_say_so_and_offer_the_newest(bot: Bot) -> None:
    text = bot.ask("berita hari ini")["text"]
    assert text.startswith("Belum ada berita hari ini (") and "Ini yang terbaru:" in text
    assert "17 Juli 2023" in text


def test_news_of_a_region_are_of_that_region(bot: Bot) -> None:
    news = shown(bot, "/berita sungai raya")
    assert news["text"].startswith("Berita terbaru tentang Sungai Raya:")
    assert "ANTARA" in news["text"] and "MERAHPUTIH" not in news["text"]
    assert bot.ask("berita terbaru kota bandung")["text"] == "Maaf, belum ada berita tentang Bandung."


def test_news_of_an_official_name_that_official(bot: Bot) -> None:
    news = shown(bot, "/berita askolani")
    assert news["text"].startswith("Berita terbaru tentang Askolani:")
    assert "MERAHPUTIH" in news["text"] and "ANTARA" not in news["text"]


def test_the_bare_name_of_a_region_offers_what_there_is(bot: Bot) -> None:
    overview = shown(bot, "banyuasin")
    assert overview["text"] == "Banyuasin: mau lihat apa?"
    officials, meetings, news = labels(overview)
    assert officials.startswith("Pejabat (") and meetings.startswith("Rapat dan kegiatan (")
    assert "Bupati Banyuasin" in press(bot, officials, overview)["text"]
    assert "17 Juli 2023" in press(bot, meetings, overview)["text"]
    assert press(bot, news, overview)["text"].startswith("Berita terbaru tentang Banyuasin:")


def test_the_bare_name_of_an_official_offers_what_there_is(bot: Bot) -> None:
    overview = shown(bot, "Fathul Mushalli")
    assert overview["text"].startswith("Camat Sungai Raya: Fathul Mushalli (")
    quotes, news, region = labels(overview)
    assert "<b>Fathul Mushalli</b>" in press(bot, quotes, overview)["text"]
    assert "Berita terbaru tentang Fathul Mushalli:" in press(bot, news, overview)["text"]
    assert press(bot, region, overview)["text"] == "Sungai Raya: mau lihat apa?"


def test_news_come_in_groups_too(bot: Bot) -> None:
    group = {"id": -1001, "type": "supergroup", "title": "Warga Banyuasin"}
    assert "Berita terbaru:" in bot.ask(f"{MENTION} ada berita apa?", PERSON, chat=group)["text"]


def test_a_button_that_offers_nothing_any_more_stops_its_spinner(bot: Bot) -> None:
    bot.ask("/berita")
    for data in ("p:0123456789abcdef", "n:x", "n:r:", "h:nirgends", "q:z:a", "q:o:"):
        before = len(bot.server.called("answerCallbackQuery", 0))
        bot.server.press(data, bot.server.last_message())
        bot.server.called("answerCallbackQuery", before + 1)


# --- the first screen -----------------------------------------------------------------------------------------


def test_start_offers_questions_that_are_answered_the_news_and_a_way_into_a_group(bot: Bot) -> None:
    first = shown(bot, "/start")
    assert "5 berita (2022–2023, 1 tanpa tanggal)." in first["text"]
    *examples, news, group = buttons(first)
    assert [example["text"] for example in examples][:2] == [
        "Siapa Bupati Banyuasin?", "Kapan rapat koordinasi di Tanjung Lago?",
    ]  # fmt: skip
    assert len(examples) == 3
    for example in examples:
        answer = press(bot, example["text"], first)["text"]
        assert "<b>" in answer and "Mungkin" not in answer
    assert press(bot, news["text"], first)["text"].startswith("Berita terbaru:")
    assert group["url"] == "https://t.me/wartabot_test_bot?startgroup=grup"


def test_start_is_answered_in_groups_but_not_right_after_the_greeting(bot: Bot) -> None:
    group = {"id": -1002, "type": "supergroup", "title": "Warga"}
    before = len(bot.server.sent(0))
    bot.server.say("/start@wartabot_test_bot grup", chat=group)
    answer = bot.ask("/start@wartabot_test_bot", chat=group)
    assert len(bot.server.sent(0)) == before + 1
    assert answer["text"].startswith("Halo semua!") and "Siapa Bupati Banyuasin?" in labels(answer)
    assert "Tambahkan ke grup" not in labels(answer)


def test_help_names_every_command_and_questions_that_are_answered(bot: Bot) -> None:
    registered = {
        command["command"]
        for fields in bot.server.called("setMyCommands")
        if "language_code" not in fields
        for command in json.loads(fields["commands"])
    }
    group = {"id": -1002, "type": "supergroup", "title": "Warga"}
    private, in_group = bot.ask("/bantuan")["text"], bot.ask("/bantuan@wartabot_test_bot", chat=group)["text"]
    for command in registered | {"start"}:
        assert f"/{command} – " in private and f"/{command} – " in in_group
    assert "• Siapa Bupati Banyuasin?" in private


# --- longer texts, links and voices ---------------------------------------------------------------------------

LETTER = (
    "Kepada Yth. Bapak Bupati Banyuasin. Dengan hormat, kami warga Kecamatan Tanjung Lago mohon perbaikan jalan desa "
    "kami yang rusak parah sejak tahun lalu. Terima kasih."
)
CLAIM = (
    "Warga Rantau Bayur minta listrik, jalan dan sekolah diperbaiki waktu rakor kecamatan bersama Bupati Askolani di "
    "Desa Rantau Harapan."
)
RUMOUR = (
    "Pemerintah akan menghapus subsidi obat mulai bulan depan dan semua pasien wajib membayar sendiri biaya rumah "
    "sakit, sebarkan ke keluarga dan teman-teman."
)
FORWARDED = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Tetangga", "date": 1}}


@pytest.mark.parametrize("complaint", ["mau lapor jalan rusak di tanjung lago", LETTER])
def test_a_complaint_is_told_where_complaints_go_and_what_the_news_have(bot: Bot, complaint: str) -> None:
    reply = bot.ask(complaint)
    assert reply["text"].startswith("Maaf, saya bukan saluran pengaduan") and "lapor.go.id" in reply["text"]
    assert "Berita yang terkait:\n\n<blockquote" in reply["text"]
    assert "🔔 Beri tahu saya" not in labels(reply)


def test_a_forwarded_claim_gets_similar_news_or_is_said_not_to_be_in_the_archive(bot: Bot) -> None:
    bot.ask(CLAIM, **FORWARDED)
    similar = dict(bot.server.last_message())
    assert (
        similar["text"].startswith("Berita serupa dalam arsip:") and "SOROTKAMERA.COM · 13 Juli 2023" in similar["text"]
    )
    assert "SOROTKAMERA.COM" in press(bot, "Buka berita", similar)["text"]
    none = bot.ask(RUMOUR, **FORWARDED)
    assert none["text"].startswith("Berita seperti itu tidak ada dalam arsip: sudah saya cari di 5 berita")
    assert "reply_markup" not in none


def test_an_article_that_is_pasted_gets_similar_news_however_long_it_is(bot: Bot) -> None:
    article = (SEEDS / "sorotkamera-rakor-rantau-bayur.md").read_text().split("---")[-1]
    assert bot.ask(article[:4000])["text"].startswith("Berita serupa dalam arsip:")


def test_what_is_asked_of_the_operator_holds_no_complaint_claim_or_small_talk(bot: Bot) -> None:
    chats = Chats(bot.folder / "chats.db")
    assert chats.questions.unanswered() == []
    chats.close()


def test_a_link_is_told_whether_its_article_is_in_the_archive(bot: Bot) -> None:
    assert "tidak ada dalam arsip" in bot.ask("https://www.contoh.id/berita/1?utm_source=wa")["text"]


def test_a_voice_message_is_asked_for_in_writing(bot: Bot) -> None:
    voice = {"file_id": "x", "file_unique_id": "x", "duration": 3}
    assert bot.ask(None, voice=voice)["text"].startswith("Maaf, saya belum bisa mendengarkan pesan suara.")
