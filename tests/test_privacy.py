"""Two people and one bot: what one of them asked, the other neither reads nor changes."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.chats import Chats
from tests.bot_process import Bot, running_bot, wait_until
from tests.telegram_server import ANONYMOUS, GROUP, OTHER, PERSON
from tests.test_chats import traces
from tests.test_telegram import QUESTION, buttons, card, press

pytestmark = pytest.mark.slow

Json = dict[str, Any]
SECRET = "Siapa gubernur yang saya curigai?"
# A number that takes SQLite as many bytes as those of today's accounts.
ASKER = {**PERSON, "id": 7_700_123_456}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    with running_bot(tmp_path_factory.mktemp("privacy")) as running:
        running.server.administrators.add(OTHER["id"])
        yield running


def token_of(message: Json) -> str:
    found = re.search("[a-z]:([A-Za-z0-9_-]{16})", str(message["reply_markup"]))
    assert found is not None
    return found[1]


def card_in_group(bot: Bot, group: Json, question: str, person: Json = PERSON, **fields: Any) -> Json:
    before = len(bot.server.sent(0, group["id"]))
    bot.server.say(f"/tanya {question}", person, group, **fields)
    bot.server.sent(before + 1, group["id"])
    return bot.server.last_message(group["id"])


@pytest.mark.parametrize("kind", ["a", "c", "r"])
def test_a_strangers_link_to_a_private_answer_opens_nothing(bot: Bot, kind: str) -> None:
    token = token_of(card(bot, QUESTION, ASKER))
    reply = bot.ask(f"/start {kind}{token}0", OTHER)
    assert reply["text"].startswith("Tombol ini sudah kedaluwarsa.")
    assert "reply_markup" not in reply
    assert "Fathul Mushalli" in bot.ask(f"/start a{token}0", ASKER)["text"]


@pytest.mark.parametrize("number", range(1, 8))
def test_answers_have_no_numbers_to_count_through(bot: Bot, number: int) -> None:
    card(bot, QUESTION, ASKER)
    assert bot.ask(f"/start a{number}_0", OTHER)["text"].startswith("Halo! Saya bot berita daerah. Tanyakan apa saja")


def test_a_strangers_copy_of_a_groups_card_carries_nothing_of_the_question(bot: Bot) -> None:
    message = card_in_group(bot, GROUP, "Kapan rakor Tanjung Lago 2023?")
    assert "Periode: 2023" in message["text"]
    link = press(bot, "Selengkapnya", message, OTHER)["url"]
    bot.ask(f"/start {link.partition('=')[2]}", OTHER)
    copy = bot.server.last_message(OTHER["id"])
    assert "17/7/2023" in copy["text"] and "Periode" not in copy["text"]
    assert "Tanpa periode" not in buttons(copy)
    assert "Melanjutkan" not in bot.ask("di mana?", OTHER)["text"]
    assert "Melanjutkan" not in bot.ask("di mana?", OTHER, reply_to=copy["message_id"])["text"]
    stored = Chats(bot.folder / "chats.db")
    copied = stored.answers.by_token(token_of(copy))
    assert copied is not None and copied.content.question == "" and not copied.everyone
    stored.close()


def test_the_card_of_a_no_carries_no_words_of_the_asker_into_a_copy(bot: Bot) -> None:
    group = {**GROUP, "id": -1030}
    message = card_in_group(bot, group, "Siapa kapolres Banyuasin?")
    link = press(bot, "Selengkapnya", message, OTHER)["url"]
    bot.ask(f"/start {link.partition('=')[2]}", OTHER)
    copy = bot.server.last_message(OTHER["id"])
    assert "Kapolres" not in copy["text"].split("\n")[0]
    assert "🔔 Beri tahu saya" not in buttons(copy)


def test_the_buttons_of_a_private_card_obey_only_its_owner(bot: Bot) -> None:
    message = card(bot, QUESTION, ASKER)
    chats = Chats(bot.folder / "chats.db")
    answer = chats.answers.by_token(token_of(message))
    assert answer is not None
    for label in ("Selengkapnya", "👎", "Laporkan"):
        assert press(bot, label, message, OTHER)["text"] == "Tombol ini hanya untuk penanyanya."
    forged = {**message, "chat": {"id": OTHER["id"], "type": "private", "first_name": "Siti"}}
    for label in ("Selengkapnya", "👎", "Laporkan"):
        assert press(bot, label, forged, OTHER)["text"].startswith("Tombol ini sudah kedaluwarsa.")
    assert chats.feedback.on(answer.id) == []
    assert bot.server.last_message(ASKER["id"])["text"] == message["text"]
    chats.close()


def test_in_a_group_others_vote_and_report_but_only_the_asker_changes_the_card(bot: Bot) -> None:
    group = {**GROUP, "id": -1031}
    message = card_in_group(bot, group, QUESTION)
    chats = Chats(bot.folder / "chats.db")
    answer = chats.answers.by_token(token_of(message))
    assert answer is not None
    assert press(bot, "👍", message, OTHER)["text"] == "Terima kasih!"
    link = press(bot, "Laporkan", message, OTHER)["url"]
    bot.ask(f"/start {link.partition('=')[2]}", OTHER)
    assert chats.feedback.on(answer.id) == [(OTHER["id"], "good", None)]
    press(bot, "Salah orang", bot.server.last_message(OTHER["id"]), OTHER)
    # The report is about the answer in the group.
    wait_until(lambda: chats.feedback.on(answer.id)[-1] == (OTHER["id"], "wrong", "person"))
    assert bot.server.last_message(group["id"])["text"] == message["text"]
    chats.close()


def test_an_answer_for_the_asker_alone_is_nobody_elses_until_it_is_shown(bot: Bot) -> None:
    group = {**GROUP, "id": -1032}
    chats = Chats(bot.folder / "chats.db")
    chats.settings.change(group["id"], only_asker_sees=True)
    bot.server.knows_ephemeral = True
    try:
        message = card_in_group(bot, group, QUESTION)
        token = token_of(message)
        assert bot.ask(f"/start a{token}0", OTHER)["text"].startswith("Tombol ini sudah kedaluwarsa.")
        assert press(bot, "👎", message, OTHER)["text"] == "Tombol ini hanya untuk penanyanya."
        before = len(bot.server.sent(0, group["id"]))
        for _ in range(3):
            bot.server.press(buttons(message)["Tampilkan ke semua"]["callback_data"], message)
        wait_until(lambda: "hanya Anda" not in bot.server.last_message(group["id"])["text"])
        assert "Fathul Mushalli" in bot.ask(f"/start a{token}0", OTHER)["text"]
        assert len(bot.server.sent(0, group["id"])) == before + 1
    finally:
        bot.server.knows_ephemeral = False
        chats.close()


def test_after_hapusdata_no_byte_of_the_data_folder_holds_the_persons_number_or_words(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        message = card(bot, SECRET, ASKER)
        press(bot, "🔔 Beri tahu saya", message, ASKER)
        card(bot, QUESTION, ASKER)
        press(bot, "👎", bot.server.last_message(ASKER["id"]), ASKER)
        press(bot, "🔔 Beri tahu saya", card_in_group(bot, GROUP, SECRET, ASKER), ASKER)
        in_group = card_in_group(bot, GROUP, "Kapan rakor Tanjung Lago?", OTHER)
        press(bot, "👍", in_group, ASKER)
        bot.ask("/setelan", ASKER)
        press(bot, "Bahasa: Bahasa Indonesia", bot.server.last_message(ASKER["id"]), ASKER)
        bot.server.message_with("Your settings", ASKER["id"])
        assert traces(tmp_path, ASKER["id"], "yang saya curigai") != []
        bot.ask("/hapusdata", ASKER)
        press(bot, "Yes, delete everything", bot.server.last_message(ASKER["id"]), ASKER)
        bot.server.message_with("All your data has been deleted", ASKER["id"])
        assert traces(tmp_path, ASKER["id"], "yang saya curigai") == []
        # Siti's are still there.
        assert press(bot, "Selengkapnya", in_group, OTHER).get("text") is None


def test_hapusdata_deletes_even_where_the_press_is_answered_too_late(bot: Bot) -> None:
    person = {**PERSON, "id": 7_700_123_457}
    card(bot, "Siapa camat yang rahasia sekali?", person)
    bot.ask("/hapusdata", person)
    message = bot.server.last_message(person["id"])
    bot.server.fail_next("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired")
    bot.server.press(buttons(message)["Ya, hapus semua"]["callback_data"], message, person)
    bot.server.message_with("sudah dihapus", person["id"])
    assert traces(bot.folder, person["id"], "yang rahasia sekali") == []


def test_hapusdata_reaches_the_words_that_others_went_on_from(tmp_path: Path, encoder: object) -> None:
    group = {**GROUP, "id": -1800}
    with running_bot(tmp_path) as bot:
        message = card_in_group(bot, group, SECRET, ASKER)
        assert press(bot, "🔔 Beri tahu saya", message, OTHER)["text"] == "Tombol ini hanya untuk penanyanya."
        message = card_in_group(bot, group, "Kapan rakor mencurigakan di Tanjung Lago?", ASKER)
        before = len(bot.server.sent(0, group["id"]))
        bot.server.say("di mana?", OTHER, group, reply_to=message["message_id"])
        followed = bot.server.sent(before + 1, group["id"])[-1]
        assert followed["text"].startswith("<i>Melanjutkan:")
        assert traces(tmp_path, ASKER["id"], "mencurigakan") != []
        bot.ask("/hapusdata", ASKER)
        press(bot, "Ya, hapus semua", bot.server.last_message(ASKER["id"]), ASKER)
        bot.server.message_with("sudah dihapus", ASKER["id"])
        assert traces(tmp_path, ASKER["id"], "mencurigakan") == []
        assert traces(tmp_path, ASKER["id"], "yang saya curigai") == []


def test_an_answer_for_the_asker_alone_stays_so_where_the_group_migrates_and_is_offered_where_it_is_lost(
    bot: Bot,
) -> None:
    group, moved = {**GROUP, "id": -1500}, -1_001_500
    chats = Chats(bot.folder / "chats.db")
    chats.settings.change(group["id"], only_asker_sees=True)
    bot.server.knows_ephemeral = True
    try:
        bot.server.drop_next("sendMessage")
        bot.server.say(f"/tanya {QUESTION}", PERSON, group)
        told = bot.server.sent(2, group["id"])[1]
        assert "Silakan tanyakan lagi" in told["text"] and "reply_markup" not in told
        bot.server.fail_next("sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=moved)
        bot.server.say(f"/tanya {QUESTION}", PERSON, group)
        parameters = bot.server.sent(1, moved)[0]["ephemeral_message_parameters"]
        assert json.loads(parameters) == {"receiver_user_id": PERSON["id"]}
    finally:
        bot.server.knows_ephemeral = False
        chats.close()


def test_a_blocked_person_is_not_answered_as_a_guest_either(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path, blocked_people=[777]) as bot:
        for asker, query in ((PERSON, "g1"), (OTHER, "g2")):
            chat = {"id": -77, "type": "group", "title": "x"}
            guest = {"message_id": 5, "date": int(time.time()), "chat": chat, "from": asker, "text": QUESTION}
            bot.server.update("guest_message", {**guest, "guest_query_id": query})
        assert [call["guest_query_id"] for call in bot.server.called("answerGuestQuery", 1)] == ["g2"]


def test_an_anonymous_administrators_hapusdata_deletes_nothing_anywhere(bot: Bot) -> None:
    one, two = {**GROUP, "id": -1040}, {**GROUP, "id": -1041}
    in_two = card_in_group(bot, two, QUESTION, ANONYMOUS, sender_chat=two)
    bot.server.say("/hapusdata", ANONYMOUS, one, sender_chat=one)
    assert "atas nama grup" in bot.server.sent(1, one["id"])[0]["text"]
    chats = Chats(bot.folder / "chats.db")
    stored = chats.answers.by_token(token_of(in_two))
    assert stored is not None and stored.asker == two["id"]
    chats.close()


def test_anonymous_administrators_of_two_groups_do_not_share_an_allowance(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path, questions_a_minute_person=1) as bot:
        for group in ({**GROUP, "id": -1050}, {**GROUP, "id": -1051}):
            assert "Fathul" in card_in_group(bot, group, QUESTION, ANONYMOUS, sender_chat=group)["text"]


def test_privasi_tells_what_is_kept_and_that_backups_are_not_reached(bot: Bot) -> None:
    text = bot.ask("/privasi", OTHER)["text"]
    for told in ("30 hari", "belum terjawab", "Beri tahu saya", "inline", "backup", "/hapusdata"):
        assert told in text


def test_the_data_folder_is_readable_by_its_owner_alone(bot: Bot) -> None:
    assert bot.folder.stat().st_mode & 0o077 == 0
    for file in bot.folder.glob("chats.db*"):
        assert file.stat().st_mode & 0o077 == 0
