"""The bot in private chats, as its users see it through a strict fake server."""

import html
import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.chats import Chats
from tests.bot_process import Bot, running_bot, wait_until
from tests.conftest import SEEDS
from tests.telegram_server import BOT, OTHER, PERSON, TOKEN, TelegramServer, parse_html
from tests.test_chats import unanswered

pytestmark = pytest.mark.slow

ENGLISH_PERSON = {**PERSON, "id": 888, "first_name": "Ann", "language_code": "en"}
QUESTION = "Siapa camat Sungai Raya?"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    with running_bot(tmp_path_factory.mktemp("bot")) as running:
        yield running


def buttons(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The buttons under a message by their label."""
    markup = message["reply_markup"]
    rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return {button["text"]: button for row in rows for button in row}


def card(bot: Bot, question: str = QUESTION, person: dict[str, Any] = PERSON) -> dict[str, Any]:
    """Ask, and return the card as the server keeps it."""
    bot.ask(question, person)
    return bot.server.last_message(person["id"])


def press(bot: Bot, label: str, message: dict[str, Any], person: dict[str, Any] = PERSON) -> dict[str, Any]:
    """Press a button and return how its query was answered."""
    before = len(bot.server.called("answerCallbackQuery", 0))
    query = bot.server.press(buttons(message)[label]["callback_data"], message, person)
    answer = bot.server.called("answerCallbackQuery", before + 1)[-1]
    assert answer["callback_query_id"] == query
    return answer


# --- asking ---------------------------------------------------------------------------------------------------


def test_a_question_is_answered_with_a_verbatim_quote_its_source_and_date(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    message_id = bot.server.say(QUESTION)
    reply = bot.server.sent(before + 1)[-1]
    assert reply["parse_mode"] == "HTML"
    assert json.loads(reply["reply_parameters"])["message_id"] == message_id
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


def test_tanya_as_a_reply_asks_that_message_and_the_answer_attaches_to_it(bot: Bot) -> None:
    other = bot.server.say(QUESTION, delivered=False)
    reply = bot.ask("/tanya", reply_to=other)
    assert "Fathul Mushalli" in reply["text"]
    assert json.loads(reply["reply_parameters"])["message_id"] == other


def test_a_quoted_part_wins_over_the_whole_message(bot: Bot) -> None:
    other = bot.server.say("Halo semua. Kapan rakor Tanjung Lago? Siapa camat Sungai Raya?", delivered=False)
    reply = bot.ask("/tanya", reply_to=other, quote={"text": QUESTION, "position": 36})
    assert "<b>Fathul Mushalli</b>" in reply["text"]


def test_editing_a_question_edits_its_answer(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    question = bot.server.say("Kapan rakor Tanjung Lago?")
    bot.server.sent(before + 1)
    answer = bot.server.last_message()
    assert "17/7/2023" in answer["text"]
    bot.server.edit(question, QUESTION)
    edited = bot.server.message_with("Fathul Mushalli")
    assert edited["message_id"] == answer["message_id"]
    assert len(bot.server.sent(0)) == before + 1
    # Its buttons belong to the new answer.
    assert press(bot, "👍", edited)["text"] == "Terima kasih!"
    bot.server.edit(question, "a" * 1500)
    assert bot.server.message_with("terlalu panjang")["message_id"] == answer["message_id"]


def test_start_and_help_explain_in_the_persons_language(bot: Bot) -> None:
    assert "5 berita (2022–2023, 1 tanpa tanggal)" in bot.ask("/start")["text"]
    assert "Articles at the moment: 5 (2022–2023, 1 without a date)" in bot.ask("/start", ENGLISH_PERSON)["text"]
    assert "Contoh:" in bot.ask("/bantuan")["text"]
    assert "For example:" in bot.ask("/help", ENGLISH_PERSON)["text"]
    assert "Contoh:" in bot.ask("/tidakada")["text"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [("halo min", "Halo! Mau tanya apa"), ("Terima kasih banyak ya!", "Sama-sama!"), ("kamu siapa?", "Saya bot"),
     ("Selamat pagi 🙏", "Halo!"), ("sampai jumpa", "Sampai jumpa!")],
)  # fmt: skip
def test_small_talk_gets_a_short_human_line_and_no_search(bot: Bot, said: str, answer: str) -> None:
    reply = bot.ask(said)
    assert reply["text"].startswith(answer)
    assert "reply_markup" not in reply


def test_html_emoji_and_combining_characters_in_a_question_do_no_harm(bot: Bot) -> None:
    assert "Fathul Mushalli" in bot.ask("siapa <b>camat & Sungai Raya</blockquote>?")["text"]
    assert "Fathul Mushalli" in bot.ask("👨‍👩‍👧 siapa camat Sungai Raya e\u0301 🙏?")["text"]


@pytest.mark.parametrize("length", [4096, 10_000])
def test_a_question_that_is_too_long_is_answered_politely(bot: Bot, length: int) -> None:
    number = f"{length}"
    assert f"terlalu panjang ({number} huruf)" in bot.ask("a" * length)["text"]


def test_stickers_and_photos_do_not_crash_it_and_a_caption_is_read(bot: Bot) -> None:
    sticker = {"file_id": "x", "file_unique_id": "x", "type": "regular", "width": 1, "height": 1,
               "is_animated": False, "is_video": False}  # fmt: skip
    assert "hanya bisa membaca tulisan" in bot.ask(None, sticker=sticker)["text"]
    photo = [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]
    assert "hanya bisa membaca tulisan" in bot.ask(None, photo=photo)["text"]
    assert "Fathul Mushalli" in bot.ask(None, photo=photo, caption="siapa camat sungai raya")["text"]


# --- the card -------------------------------------------------------------------------------------------------


def test_a_quote_unfolds_its_neighbouring_sentences_in_place_and_folds_again(bot: Bot) -> None:
    message = card(bot)
    folded = message["text"]
    assert press(bot, "Selengkapnya", message).get("text") is None
    unfolded = bot.server.message_with("tidak ada artinya")
    assert unfolded["message_id"] == message["message_id"]
    quote = parse_html(re.search(r"<blockquote[^>]*>(.*?)</blockquote>", unfolded["html"], re.DOTALL)[1])  # type: ignore[index]
    assert quote in (SEEDS / "antara-rakor-sungai-raya.md").read_text()
    press(bot, "Ringkas", unfolded)
    bot.server.called("editMessageText", 2)
    wait_until(lambda: bot.server.last_message()["text"] == folded)


def test_the_number_of_quotes_is_chosen_and_the_next_source_comes_in_place(bot: Bot) -> None:
    person = {**PERSON, "id": 790}
    toast = press(bot, "Kutipan sekaligus: 1", card_of_settings(bot, person), person)["text"]
    assert toast == "Kutipan sekaligus: 2"
    wait_until(lambda: "Kutipan sekaligus: 2" in buttons(bot.server.last_message(790)))
    press(bot, "Kutipan sekaligus: 2", bot.server.last_message(790), person)
    wait_until(lambda: "Kutipan sekaligus: 3" in buttons(bot.server.last_message(790)))
    assert card(bot, "siapa wakil bupati banyuasin?", person)["text"].count("— ") > 1
    press(bot, "Kutipan sekaligus: 3", card_of_settings(bot, person), person)
    message = dict(card(bot, "siapa wakil bupati banyuasin?", person))
    assert message["text"].count("— ") == 1
    label = next(label for label in buttons(message) if label.startswith("Sumber lain › (2/"))
    press(bot, label, message, person)
    wait_until(lambda: bot.server.last_message(790)["text"] != message["text"])
    following = bot.server.last_message(790)
    assert following["message_id"] == message["message_id"]
    assert following["text"].count("— ") == 1


def card_of_settings(bot: Bot, person: dict[str, Any] = PERSON) -> dict[str, Any]:
    bot.ask("/setelan", person)
    return bot.server.last_message(person["id"])


def test_a_quote_is_copied_whole_or_from_the_private_chat_where_it_is_long(bot: Bot) -> None:
    short = buttons(card(bot))["Salin"]
    assert short["copy_text"]["text"].startswith("Sebelum arahan bupati, Camat Sungai Raya, Fathul Mushalli")
    assert short["copy_text"]["text"].endswith("\n— ANTARA News Kalimantan Selatan · 2023")
    message = card(bot, "Siapa staf khusus Bupati Banyuasin?")
    long = buttons(message)["Salin"]
    payload = long["url"].partition("?start=")[2]
    reply = bot.ask(f"/start {payload}")["text"]
    copied = re.search(r"<code>(.*)</code>", reply, re.DOTALL)
    assert copied is not None
    quote, _, source = html.unescape(copied[1]).rpartition("\n— ")
    assert quote in (SEEDS / "sorotkamera-rakor-rantau-bayur.md").read_text()
    assert source == "SOROTKAMERA.COM · 13 Juli 2023"


def test_an_article_without_a_link_opens_in_the_private_chat(bot: Bot) -> None:
    link = buttons(card(bot))["Buka berita"]["url"]
    assert link.startswith(f"https://t.me/{BOT['username']}?start=t")
    reply = bot.ask(f"/start {link.partition('?start=')[2]}")["text"]
    assert "<b>Bupati HSS minta aparat desa maksimalkan pelayanan, pamit di rakor Sungai Raya</b>" in reply
    assert "ANTARA News Kalimantan Selatan · 2023" in reply
    assert "Berita ini sudah tidak ada" in bot.ask("/start t0123456789abcdef")["text"]


def test_votes_and_reports_with_a_reason_are_kept(bot: Bot) -> None:
    message = card(bot)
    token = buttons(message)["👍"]["callback_data"].split(":")[1]
    assert press(bot, "👍", message)["text"] == "Terima kasih!"
    wait_until(lambda: "👍 ✓" in buttons(bot.server.last_message()))
    assert press(bot, "👍 ✓", bot.server.last_message())["text"] == "Penilaian dibatalkan."
    wait_until(lambda: "👍" in buttons(bot.server.last_message()))
    assert press(bot, "👎", message)["text"] == "Terima kasih, saya catat."
    assert press(bot, "Laporkan", message)["text"] == "Apa yang keliru?"
    wait_until(lambda: "Salah orang" in buttons(bot.server.last_message()))
    assert "Batalkan laporan" not in buttons(bot.server.last_message())
    chats = Chats(bot.folder / "chats.db")
    id = chats.answers.by_token(token).id  # type: ignore[union-attr]
    assert chats.feedback.on(id) == [(777, "bad", None)]
    press(bot, "Salah orang", bot.server.last_message())
    wait_until(lambda: {"Laporkan ✓", "👎 ✓"} <= buttons(bot.server.last_message()).keys())
    assert chats.feedback.on(id) == [(777, "bad", None), (777, "wrong", "person")]
    press(bot, "Laporkan ✓", bot.server.last_message())
    wait_until(lambda: "Salah orang ✓" in buttons(bot.server.last_message()))
    press(bot, "Kembali", bot.server.last_message())
    wait_until(lambda: "Laporkan ✓" in buttons(bot.server.last_message()))
    press(bot, "Laporkan ✓", bot.server.last_message())
    wait_until(lambda: "Batalkan laporan" in buttons(bot.server.last_message()))
    assert press(bot, "Batalkan laporan", bot.server.last_message())["text"] == "Laporan dibatalkan."
    wait_until(lambda: "Laporkan" in buttons(bot.server.last_message()))
    assert chats.feedback.on(id) == [(777, "bad", None)]
    chats.close()


def test_the_honest_no_says_how_much_was_searched_and_notes_a_wish(bot: Bot) -> None:
    message = card(bot, "Siapa kapolres Banyuasin?")
    assert message["text"].startswith(
        "Maaf, dari 5 berita yang saya punya (2022–2023, 1 tanpa tanggal) "
        "belum ada yang menyebut siapa Kapolres Banyuasin."
    )
    assert "Yang paling dekat, tetapi mungkin bukan jawabannya:" in message["text"]
    assert message["text"].endswith("Coba dengan kata lain, atau lihat /sumber.")
    assert "Dicatat." in press(bot, "🔔 Beri tahu saya", message)["text"]
    wait_until(lambda: "🔔 Dicatat (ketuk untuk batal)" in buttons(bot.server.last_message()))
    chats = Chats(bot.folder / "chats.db")
    assert [one.words for one in chats.subscriptions.of(777)] == ["Siapa kapolres Banyuasin?"]
    press(bot, "🔔 Dicatat (ketuk untuk batal)", bot.server.last_message())
    wait_until(lambda: "🔔 Beri tahu saya" in buttons(bot.server.last_message()))
    assert chats.subscriptions.of(777) == []
    assert ("siapa kapolres banyuasin?", 1) in unanswered(chats)
    chats.close()


def test_a_question_about_something_else_gets_no_passages_at_all(bot: Bot) -> None:
    message = card(bot, "Bagaimana cara membuat rendang?")
    assert message["text"] == (
        "Maaf, saya belum menemukan jawabannya dalam 5 berita yang saya punya (2022–2023, 1 tanpa tanggal).\n\n"
        "Coba dengan kata lain, atau lihat /sumber."
    )
    assert buttons(message).keys() == {"🔔 Beri tahu saya"}


def test_a_button_that_means_nothing_stops_its_spinner(bot: Bot) -> None:
    message = card(bot)
    for data in ("", "x", "u:999999:0:1", "u:1", "v:1:huge", "s:x", "t:0:0", "g:x"):
        before = len(bot.server.called("answerCallbackQuery", 0))
        bot.server.press(data, message)
        bot.server.called("answerCallbackQuery", before + 1)


# --- sources, settings, privacy -------------------------------------------------------------------------------


def test_sumber_tells_what_is_indexed(bot: Bot) -> None:
    text = bot.ask("/sumber")["text"]
    assert text.startswith("Ada 5 berita dari 5 media, terbaru 17 Juli 2023.")
    assert "• MERAHPUTIHNEWS.CO.ID: 1 berita, terbaru 17 Juli 2023" in text
    assert "• Jurnal Sumatra: 1 berita" in text


def test_the_language_is_changed_and_kept(bot: Bot) -> None:
    person = {**PERSON, "id": 779}
    bot.ask("/setelan", person)
    press(bot, "Bahasa: Bahasa Indonesia", bot.server.last_message(779), person)
    changed = bot.server.message_with("Your settings:", 779)
    assert "For example:" in bot.ask("/bantuan", person)["text"]
    press(bot, "Language: English", changed, person)
    assert "Contoh:" in bot.ask("/bantuan", person)["text"]


def forget(bot: Bot, person: dict[str, Any], label: str) -> None:
    bot.ask("/hapusdata", person)
    press(bot, label, bot.server.last_message(person["id"]), person)


def test_hapusdata_asks_once_and_then_deletes_what_is_kept_of_a_person(bot: Bot) -> None:
    person = {**PERSON, "id": 780}
    message = card(bot, "Siapa kapolres Banyuasin?", person)
    press(bot, "🔔 Beri tahu saya", message, person)
    bot.ask("/setelan", person)
    press(bot, "Bahasa: Bahasa Indonesia", bot.server.last_message(780), person)
    assert "30 hari" in bot.ask("/privasi", {**person, "id": 781})["text"]
    forget(bot, person, "Cancel")
    bot.server.message_with("nothing was deleted", 780)
    chats = Chats(bot.folder / "chats.db")
    assert [one.words for one in chats.subscriptions.of(780)] == ["Siapa kapolres Banyuasin?"]
    bot.ask("/hapusdata", person)
    question = bot.server.last_message(780)
    assert press(bot, "Yes, delete everything", question, OTHER)["text"].startswith("Only the person")
    assert chats.subscriptions.of(780) != []
    press(bot, "Yes, delete everything", question, person)
    bot.server.message_with("All your data has been deleted", 780)
    assert chats.database.all("SELECT * FROM subscriptions WHERE chat = 780") == []
    assert chats.settings.of(780).language is None
    assert chats.database.all("SELECT * FROM answers WHERE chat = 780 OR asker = 780") == []
    chats.close()
    assert press(bot, "Selengkapnya", message, person)["text"].startswith("Tombol ini sudah kedaluwarsa")


def test_commands_and_descriptions_are_registered_per_scope_and_language(bot: Bot) -> None:
    registered = {
        (json.loads(fields["scope"])["type"], fields.get("language_code")): [
            command["command"] for command in json.loads(fields["commands"])
        ]
        for fields in bot.server.called("setMyCommands")
    }
    assert registered[("all_private_chats", None)] == [
        "tanya", "berita", "pejabat", "rapat", "langganan", "sumber", "setelan", "bantuan", "privasi", "hapusdata",
    ]  # fmt: skip
    assert registered[("all_group_chats", "en")] == ["tanya", "berita", "pejabat", "rapat", "sumber", "help", "privacy"]
    assert "setelan" in registered[("all_chat_administrators", None)]
    assert len(registered) == 6
    assert len(bot.server.called("setMyDescription")) == len(bot.server.called("setMyShortDescription")) == 2


# --- when something is in the way -----------------------------------------------------------------------------


def test_an_answer_whose_markup_telegram_refuses_arrives_as_plain_text(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    bot.server.fail_next("sendMessage", 400, "Bad Request: can't parse entities: unsupported start tag")
    bot.server.say(QUESTION)
    refused, plain = bot.server.sent(before + 2)[-2:]
    assert "parse_mode" not in plain
    assert plain["text"] == html.unescape(re.sub("<[^>]*>", "", refused["text"]))


def test_a_failure_is_logged_and_the_person_gets_a_polite_sentence(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    bot.server.fail_next("sendMessage", 400, "Bad Request: something else")
    bot.server.say(QUESTION)
    apology = bot.server.sent(before + 2)[-1]
    assert apology["text"].startswith("Maaf, ada gangguan sehingga pertanyaan Anda belum terjawab.")
    assert "Traceback" in bot.log.read_text()
    assert "Traceback" not in apology["text"]


@pytest.mark.parametrize("failure", ["429", "502", "dropped"])
def test_telegrams_passing_failures_do_not_stop_the_polling(bot: Bot, failure: str) -> None:
    if failure == "dropped":
        bot.server.drop_next("getUpdates")
    else:
        bot.server.fail_next("getUpdates", int(failure), "passing", **({"retry_after": 1} if failure == "429" else {}))
    assert "Fathul Mushalli" in bot.ask(QUESTION)["text"]


def test_one_chats_retry_after_holds_up_no_other(bot: Bot) -> None:
    bot.server.fail_next("sendMessage", 429, "Too Many Requests: retry after 4", retry_after=4)
    start = time.monotonic()
    bot.server.say(QUESTION, {**PERSON, "id": 2001})
    bot.server.sent(1, chat=2001)
    bot.server.say(QUESTION, {**PERSON, "id": 2002})
    bot.server.sent(1, chat=2002)
    assert time.monotonic() - start < 3.5
    bot.server.sent(2, chat=2001)
    assert time.monotonic() - start >= 4


def test_a_second_poller_is_named_in_one_line_of_the_log(bot: Bot) -> None:
    bot.server.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    bot.wait_for_log("Another program polls")
    assert "Contoh:" in bot.ask("/bantuan")["text"]


def test_fifty_people_at_once_are_all_answered(bot: Bot) -> None:
    people = [{**PERSON, "id": 3000 + number} for number in range(50)]
    for person in people:
        bot.server.say(QUESTION, person)
    for person in people:
        assert "Fathul Mushalli" in bot.server.sent(1, chat=person["id"])[0]["text"]


def test_the_questions_of_one_person_are_answered_in_order(bot: Bot) -> None:
    person = {**PERSON, "id": 3100}
    asked = [
        ("Kapan rakor Tanjung Lago?", "17/7/2023"),
        (QUESTION, "Fathul"),
        ("Siapa Wakil Ketua II DPRD Banyuasin?", "Irian"),
    ]
    for question, _ in asked:
        bot.server.say(question, person)
    answers = bot.server.sent(3, chat=3100)
    assert [wanted in answer["text"] for (_, wanted), answer in zip(asked, answers, strict=True)] == [True] * 3


def test_other_bots_and_what_the_bot_itself_sent_inline_are_ignored(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    bot.server.say(QUESTION, {**OTHER, "is_bot": True})
    bot.server.say(QUESTION, OTHER, via_bot=BOT)
    assert "Contoh:" in bot.ask("/bantuan")["text"]
    assert len(bot.server.sent(0)) == before + 1


# --- processes of their own -----------------------------------------------------------------------------------


def test_a_flood_from_one_person_gets_one_polite_notice_and_others_are_answered(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path, questions_a_minute_person=3) as bot:
        for number in range(12):
            bot.server.say(f"{QUESTION} {number}")
        bot.server.say(QUESTION, {**PERSON, "id": 4000})
        assert "Fathul Mushalli" in bot.server.sent(1, chat=4000)[0]["text"]
        bot.server.sent(4, chat=777)
        time.sleep(3)
        texts = [fields["text"] for fields in bot.server.sent(4, chat=777)]
    assert sum("Fathul Mushalli" in text for text in texts) == 3
    assert sum("Pelan-pelan" in text for text in texts) == 1
    assert len(texts) == 4


def test_killed_it_keeps_settings_and_buttons(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        message = card(bot)
        settings = card_of_settings(bot)
        press(bot, "Bahasa: Bahasa Indonesia", settings)
        bot.server.message_with("Your settings")
        bot.stop(signal.SIGKILL)
        registered = len(bot.server.called("setMyCommands"))
        bot.start()
        assert press(bot, "Selengkapnya", message).get("text") is None
        bot.server.say("/bantuan")
        bot.server.message_with("For example:")
        assert len(bot.server.called("setMyCommands")) == registered


def replied_to(bot: Bot) -> list[int]:
    return [message["replies_to"] for message in bot.server.messages[777].values() if "replies_to" in message]


def test_a_backlog_is_answered_only_where_it_is_recent(tmp_path: Path, encoder: object) -> None:
    with TelegramServer().running() as server:
        old = server.say("Kapan rakor Tanjung Lago?", date=int(time.time()) - 3600)
        recent = server.say(QUESTION, date=int(time.time()) - 60)
        bot = Bot(server, tmp_path)
        server.called("setMyCommands", 6, timeout=120)
        server.say("/bantuan")
        wait_until(lambda: len(replied_to(bot)) > 0 and len(server.sent(0)) == 2)
        time.sleep(1)
        bot.stop()
    assert recent in replied_to(bot) and old not in replied_to(bot)


def test_polling_that_stalls_is_noticed_and_started_anew(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path, stalled_after_seconds=4) as bot:
        bot.server.hanging.set()
        bot.wait_for_log("polling is started anew", timeout=60)
        bot.server.hanging.clear()
        assert "Fathul Mushalli" in bot.ask(QUESTION)["text"]


def test_a_passage_that_is_gone_says_so_and_is_not_sent(tmp_path: Path, encoder: object) -> None:
    import sqlite3

    with running_bot(tmp_path) as bot:
        message = card(bot)
        with sqlite3.connect(tmp_path / "knowledge.db") as database:
            database.execute("UPDATE articles SET text = replace(text, 'Fathul', 'Fathul X')")
        press(bot, "Selengkapnya", message)
        assert bot.server.message_with("sudah tidak ada dalam arsip")["message_id"] == message["message_id"]
        bot.wait_for_log("A quote is not sent")


def test_only_chats_that_the_operator_allows_are_served(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path, allowed_chats=[777], blocked_people=[779]) as bot:
        assert "Fathul Mushalli" in bot.ask(QUESTION)["text"]
        assert "hanya melayani obrolan tertentu" in bot.ask(QUESTION, OTHER)["text"]


def test_when_too_many_wait_the_next_is_told_to_come_back(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path, most_waiting=1) as bot:
        people = [{**PERSON, "id": 5000 + number} for number in range(20)]
        for person in people:
            bot.server.say(QUESTION, person)
        texts = [bot.server.sent(1, chat=person["id"])[0]["text"] for person in people]
    assert any("sedang banyak pertanyaan" in text for text in texts)
    assert all("Fathul" in text or "sedang banyak pertanyaan" in text for text in texts)


def test_a_wrong_token_is_said_in_one_line_and_not_shown(tmp_path: Path, encoder: object) -> None:
    with TelegramServer().running() as server:
        server.fail_next("getMe", 401, "Unauthorized")
        bot = Bot(server, tmp_path)
        assert bot.process.wait(90) == 78
    log = bot.log.read_text()
    assert "Telegram does not accept the token in TELEGRAM_BOT_TOKEN" in log
    assert TOKEN not in log and "Traceback" not in log


def test_sigterm_ends_the_bot_cleanly(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        assert bot.stop() == 0
    assert "Traceback" not in bot.log.read_text()


# --- following on ---------------------------------------------------------------------------------------------


def test_a_question_that_leaves_out_its_subject_follows_on_and_can_be_taken_alone(bot: Bot) -> None:
    person = {**PERSON, "id": 7101}
    card(bot, "Kapan rakor Tanjung Lago?", person)
    message = card(bot, "di mana?", person)
    assert "<i>Melanjutkan: di mana rakor tanjung lago</i>" in message["html"]
    assert "Desa Tanjung Lago" in message["text"]
    press(bot, "Tanpa lanjutan", message, person)
    wait_until(lambda: "Melanjutkan" not in bot.server.last_message(7101)["text"])
    assert "Tanpa lanjutan" not in buttons(bot.server.last_message(7101))


def test_two_questions_in_a_message_get_a_card_each_and_the_second_may_follow_on_the_first(bot: Bot) -> None:
    before = len(bot.server.sent(0))
    bot.server.say("Kapan rakor Tanjung Lago dan siapa bupatinya?", person={**PERSON, "id": 7104})
    first, second = bot.server.sent(before + 2)[-2:]
    assert "17/7/2023" in first["text"]
    assert "<i>Melanjutkan: siapa bupati banyuasin</i>" in second["text"]
    assert "Askolani" in second["text"]


def test_each_question_of_a_message_counts_among_those_a_person_may_ask(tmp_path: Path) -> None:
    with running_bot(tmp_path, questions_a_minute_person=1) as bot:
        before = len(bot.server.sent(0))
        bot.server.say("Kapan rakor Tanjung Lago dan siapa bupatinya?", person={**PERSON, "id": 7105})
        first, second = bot.server.sent(before + 2)[-2:]
        assert "17/7/2023" in first["text"]
        assert "Askolani" not in second["text"] and "detik" in second["text"]


def test_a_question_follows_on_only_what_the_same_person_asked(bot: Bot) -> None:
    card(bot, "Kapan rakor Tanjung Lago?", {**PERSON, "id": 7102})
    assert "Melanjutkan" not in card(bot, "di mana?", {**PERSON, "id": 7103})["text"]
    forget(bot, {**PERSON, "id": 7102}, "Ya, hapus semua")
    bot.server.message_with("sudah dihapus", 7102)
    assert "Melanjutkan" not in card(bot, "di mana?", {**PERSON, "id": 7102})["text"]


def test_pejabat_lists_the_officials_of_a_region_each_with_its_evidence(bot: Bot) -> None:
    message = card(bot, "/pejabat Banyuasin", {**PERSON, "id": 7104})
    assert "• Bupati Banyuasin: Askolani (17 Juli 2023)" in message["text"]
    assert "• Wakil Bupati Banyuasin: Slamet Somosentono (13 Juli 2023)" in message["text"]
    assert "/pejabat Banyuasin" in bot.ask("/pejabat", {**PERSON, "id": 7104})["text"]


def test_rapat_lists_the_meetings_of_a_region_and_a_time(bot: Bot) -> None:
    message = card(bot, "/rapat Banyuasin 2023", {**PERSON, "id": 7105})
    assert message["text"].startswith(
        "Periode: 2023\nRapat dan kegiatan yang diberitakan, dari yang terbaru:\n• 17 Juli"
    )
    assert "• 13 Juli 2023: Rapat koordinasi (rakor) tingkat kecamatan tahun 2023" in message["text"]
    assert "/rapat Banyuasin 2023" in bot.ask("/rapat", {**PERSON, "id": 7105})["text"]


def test_a_period_is_shown_and_one_tap_drops_it(bot: Bot) -> None:
    person = {**PERSON, "id": 7106}
    message = card(bot, "kapan rakor Tanjung Lago tahun 2021?", person)
    assert message["text"].startswith("Periode: 2021\n\nMaaf, saya belum menemukan jawabannya")
    press(bot, "Tanpa periode", message, person)
    wait_until(lambda: "17 Juli 2023: Rapat koordinasi" in bot.server.last_message(7106)["text"])
    assert "Periode" not in bot.server.last_message(7106)["text"]
    assert "Tanpa periode" not in buttons(bot.server.last_message(7106))
