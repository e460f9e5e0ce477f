"""The bot in groups, inline and as a guest."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.chats import Chats
from tests.bot_process import Bot, running_bot, wait_until
from tests.conftest import SEEDS
from tests.telegram_server import ANONYMOUS, BOT, GROUP, MENTION, OTHER, PERSON, parse_html
from tests.test_telegram import QUESTION, buttons, press

pytestmark = pytest.mark.slow

Json = dict[str, Any]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    with running_bot(tmp_path_factory.mktemp("group")) as running:
        running.server.administrators.add(OTHER["id"])
        yield running


@pytest.fixture
def group() -> Json:
    """A group of its own for each test, as groups may get 20 messages a minute."""
    group.number += 1  # type: ignore[attr-defined]
    return {**GROUP, "id": -1000 - group.number}  # type: ignore[attr-defined]


group.number = 0  # type: ignore[attr-defined]


def ask(bot: Bot, group: Json, text: str, person: Json = PERSON, **fields: Any) -> Json:
    """Say something in a group and return the request with which the bot answers."""
    before = len(bot.server.sent(0, group["id"]))
    bot.server.say(text, person, group, **fields)
    return bot.server.sent(before + 1, group["id"])[-1]


def membership(bot: Bot, group: Json, old: str, new: str) -> None:
    rights = """
        can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
        can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
    """
    needed: dict[str, Json] = {"kicked": {"until_date": 0}, "administrator": dict.fromkeys(rights.split(), False)}

    def member(status: str) -> Json:
        return {"status": status, "user": BOT, **needed.get(status, {})}

    bot.server.update(
        "my_chat_member",
        {"chat": group, "from": OTHER, "date": int(time.time()), "old_chat_member": member(old),
         "new_chat_member": member(new)},
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", [f"/tanya {QUESTION}", f"/tanya@{BOT['username']} {QUESTION}", f"{MENTION} {QUESTION}",
             f"min {MENTION.upper()}, siapa camat Sungai Raya?", f"😀👨‍👩‍👧 {MENTION} {QUESTION}"]
)  # fmt: skip
def test_commands_and_mentions_are_answered_with_one_compact_quote(bot: Bot, group: Json, text: str) -> None:
    reply = ask(bot, group, text)
    assert "<b>Fathul Mushalli</b>" in reply["text"]
    assert reply["text"].count("<blockquote") == 1
    assert "Selengkapnya" in buttons(reply)


def test_what_no_button_of_a_message_holds_changes_nothing_for_those_who_see_it(bot: Bot, group: Json) -> None:
    ask(bot, group, f"/tanya {QUESTION}", OTHER)
    own = buttons(bot.server.last_message(group["id"]))["Selengkapnya"]["callback_data"]
    ask(bot, group, f"/tanya {QUESTION}", PERSON)
    message = bot.server.last_message(group["id"])
    shown = dict(message)
    for forged in (f"x:{OTHER['id']}:no", f"x:{OTHER['id']}:yes", own, "s:0", "t:0123456789abcdef:0", "g:nothing"):
        query = bot.server.press(forged, message, OTHER)
        wait_until(lambda query=query: any(  # type: ignore[misc]
            call["callback_query_id"] == query and call["text"].startswith("Tombol ini sudah kedaluwarsa")
            for call in bot.server.called("answerCallbackQuery", 0)
        ))  # fmt: skip
    assert message == shown
    press(bot, "Selengkapnya", message, PERSON)
    wait_until(lambda: message["text"] != shown["text"])


def test_nothing_else_is_ever_answered_even_where_the_bot_sees_everything(bot: Bot, group: Json) -> None:
    bot.server.privacy_mode = False
    try:
        other = bot.server.say("halo", OTHER, group, delivered=False)
        for text in (
            QUESTION,
            "@orang_lain siapa camat Sungai Raya?",
            "/tanya@bot_lain siapa?",
            "halo bot",
            "/tidakada",
        ):
            bot.server.say(text, PERSON, group)
        bot.server.say(QUESTION, PERSON, group, reply_to=other)
        bot.server.say(f"/tanya {QUESTION}", {**OTHER, "is_bot": True}, group)
        bot.server.say(f"/tanya {QUESTION}", PERSON, group, is_automatic_forward=True)
        assert "Fathul" in ask(bot, group, f"/tanya {QUESTION}")["text"]
    finally:
        bot.server.privacy_mode = True
    assert len(bot.server.sent(0, group["id"])) == 1


def test_a_reply_to_one_of_the_bots_messages_is_answered(bot: Bot, group: Json) -> None:
    ask(bot, group, "/tanya kapan rakor Tanjung Lago?")
    answer = bot.server.last_message(group["id"])["message_id"]
    assert "Fathul Mushalli" in ask(bot, group, QUESTION, OTHER, reply_to=answer)["text"]


@pytest.mark.parametrize("text", ["/tanya", MENTION])
def test_tanya_or_a_mention_as_a_reply_asks_that_message_and_the_answer_attaches_to_it(
    bot: Bot, group: Json, text: str
) -> None:
    other = bot.server.say(QUESTION, OTHER, group, delivered=False)
    reply = ask(bot, group, text, reply_to=other)
    assert "Fathul Mushalli" in reply["text"]
    assert json.loads(reply["reply_parameters"])["message_id"] == other


def test_answers_stay_in_the_forum_topic_and_a_topics_root_is_no_reply(bot: Bot, group: Json) -> None:
    reply = ask(bot, group, f"/tanya {QUESTION}", topic=55)
    assert reply["message_thread_id"] == "55"
    bot.server.privacy_mode = False
    try:
        bot.server.say(QUESTION, PERSON, group, topic=55)
        assert "Silakan tulis" in ask(bot, group, "/tanya", topic=55)["text"]
    finally:
        bot.server.privacy_mode = True
    assert len(bot.server.sent(0, group["id"])) == 2


def test_a_group_is_greeted_once_in_two_lines(bot: Bot, group: Json) -> None:
    membership(bot, group, "left", "member")
    greeting = bot.server.sent(1, group["id"])[0]["text"]
    assert greeting.count("\n") == 1 and MENTION in greeting
    membership(bot, group, "member", "administrator")
    ask(bot, group, "/bantuan")
    assert len(bot.server.sent(0, group["id"])) == 2


def test_removed_it_forgets_the_group_and_migrated_it_takes_its_settings_along(bot: Bot, group: Json) -> None:
    chats = Chats(bot.folder / "chats.db")
    chats.settings.change(group["id"], quotes=2)
    bot.server.say(None, OTHER, group, migrate_to_chat_id=-555)
    bot.server.update("message", {"message_id": 9_000, "date": int(time.time()), "chat": group, "from": OTHER,
                                  "migrate_to_chat_id": -555})  # fmt: skip
    wait_until(lambda: chats.settings.of(-555).quotes == 2)
    assert chats.settings.of(group["id"]).quotes is None
    membership(bot, {**group, "id": -555}, "member", "kicked")
    wait_until(lambda: chats.settings.of(-555).quotes is None)
    chats.close()


def test_only_administrators_change_a_groups_settings_anonymous_ones_included(bot: Bot, group: Json) -> None:
    assert "Hanya admin" in ask(bot, group, "/setelan")["text"]
    assert "Setelan grup ini:" in ask(bot, group, "/setelan", ANONYMOUS, sender_chat=group)["text"]
    assert "Setelan grup ini:" in ask(bot, group, "/setelan", OTHER)["text"]
    card = bot.server.last_message(group["id"])
    assert "Hanya admin" in press(bot, "Jawab bila disebut: ya", card, PERSON)["text"]
    assert press(bot, "Jawab bila disebut: ya", card, OTHER)["text"] == "Jawab bila disebut: tidak"
    bot.server.say(f"{MENTION} {QUESTION}", PERSON, group)
    assert "Fathul" in ask(bot, group, f"/tanya {QUESTION}")["text"]
    assert len(bot.server.sent(0, group["id"])) == 4


def test_somebody_elses_press_changes_nothing_and_opens_the_card_in_private(bot: Bot, group: Json) -> None:
    ask(bot, group, f"/tanya {QUESTION}")
    message = bot.server.last_message(group["id"])
    text = message["text"]
    answer = press(bot, "Selengkapnya", message, OTHER)
    assert answer["url"].startswith(f"https://t.me/{BOT['username']}?start=a")
    before = len(bot.server.sent(0))
    bot.server.say(f"/start {answer['url'].partition('?start=')[2]}", OTHER)
    opened = bot.server.sent(before + 1)[-1]
    assert opened["chat_id"] == str(OTHER["id"]) and "Fathul Mushalli" in opened["text"]
    assert press(bot, "👍", message, OTHER)["text"] == "Terima kasih!"
    # All see how many have voted, and nobody who.
    wait_until(lambda: "👍 1" in buttons(bot.server.last_message(group["id"])))
    assert bot.server.last_message(group["id"])["text"] == text
    press(bot, "Selengkapnya", message, PERSON)
    wait_until(lambda: bot.server.last_message(group["id"])["text"] != text)


def test_quiet_hours_make_answers_silent(bot: Bot, group: Json) -> None:
    chats = Chats(bot.folder / "chats.db")
    chats.settings.change(group["id"], quiet_from=0, quiet_until=24)
    chats.close()
    assert ask(bot, group, f"/tanya {QUESTION}")["disable_notification"] == "true"


# --- inline ---------------------------------------------------------------------------------------------------


def inline(bot: Bot, text: str, offset: str = "") -> tuple[Json, list[Json]]:
    before = len(bot.server.called("answerInlineQuery", 0))
    query = bot.server.inline(text, offset)
    answer = bot.server.called("answerInlineQuery", before + 1)[-1]
    assert answer["inline_query_id"] == query
    return answer, json.loads(answer["results"])


def test_an_inline_query_gives_cards_that_send_a_complete_quoted_answer(bot: Bot) -> None:
    _, results = inline(bot, "camat sungai raya")
    first = results[0]
    assert first["title"] == "Fathul Mushalli: Camat Sungai Raya"
    assert first["description"].startswith("ANTARA News Kalimantan Selatan · 2023\n")
    content = first["input_message_content"]
    assert "Fathul Mushalli" in content["message_text"] and "ANTARA News Kalimantan Selatan" in content["message_text"]
    answer, _, quote = parse_html(content["message_text"]).split("\n—")[0].partition("\n\n")
    assert answer == "Fathul Mushalli" and quote in (SEEDS / "antara-rakor-sungai-raya.md").read_text()


def test_of_the_cards_for_an_office_only_its_holders_claim_to_be_the_answer(bot: Bot) -> None:
    _, (first, *others) = inline(bot, "bupati banyuasin")
    assert first["title"] == "Askolani: Bupati Banyuasin" and "<b>" in first["input_message_content"]["message_text"]
    assert others and not any("<b>" in other["input_message_content"]["message_text"] for other in others)


def test_what_an_inline_query_sends_has_buttons_and_a_face_even_without_a_headline(
    tmp_path: Path, encoder: object
) -> None:
    (tmp_path / "articles").mkdir()
    text = "Pemerintah Kecamatan Tulung Selapan membagikan 240 paket bibit cabai kepada kelompok tani di tujuh desa."
    (tmp_path / "articles" / "bibit.txt").write_text(text)
    with running_bot(tmp_path, tmp_path / "articles") as bot:
        for question in ("berapa paket bibit cabai yang dibagikan?", ""):
            (result,) = inline(bot, question)[1]
            assert text.startswith(result["title"].removesuffix("…").strip()) and len(result["title"]) > 30
            labels = [button["text"] for button in result["reply_markup"]["inline_keyboard"][0]]
            assert labels == ["Buka berita", "Tanya juga"]


def test_a_share_button_sends_its_very_quote_and_no_private_one_of_another_person(bot: Bot, group: Json) -> None:
    bot.ask("berapa jumlah desa di Banyuasin?", OTHER)
    card = bot.server.last_message(OTHER["id"])
    shared = buttons(card)["Bagikan"]["switch_inline_query_chosen_chat"]["query"]
    before = len(bot.server.called("answerInlineQuery", 0))
    for person, wanted in ((OTHER, 1), (PERSON, 0)):
        bot.server.inline(shared, person=person)
        before += 1
        results = json.loads(bot.server.called("answerInlineQuery", before)[-1]["results"])
        assert len(results) == wanted
        if results:
            assert parse_html(results[0]["input_message_content"]["message_text"]) == card["text"]
    bot.server.inline("kutipan AAAAAAAAAAAAAAAA 0", person=OTHER)
    assert json.loads(bot.server.called("answerInlineQuery", before + 1)[-1]["results"]) == []


def test_an_empty_inline_query_shows_the_newest_articles_and_how_to_ask(bot: Bot) -> None:
    answer, results = inline(bot, "")
    assert [result["description"].split("\n")[0] for result in results][:2] == [
        "MERAHPUTIHNEWS.CO.ID · 17 Juli 2023", "SOROTKAMERA.COM · 13 Juli 2023",
    ]  # fmt: skip
    assert len(results) == 5
    assert json.loads(answer["button"])["text"] == "Ketik pertanyaan, misalnya: camat sungai raya"


def test_an_inline_query_that_nothing_answers_says_so(bot: Bot) -> None:
    for question in ("resep rendang padang", "?", "a" * 256):
        answer, results = inline(bot, question)
        assert results == []
        assert json.loads(answer["button"])["text"].startswith("Tidak ada berita yang menjawab")


def test_inline_answers_are_paged_to_the_end_without_repeating(tmp_path: Path, encoder: object) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(24):
        text = f"Camat Sungai Raya, Budi Santoso, membuka rapat koordinasi ke-{number} di aula kecamatan.\n"
        (folder / f"{number:02}.txt").write_text(text)
    with running_bot(tmp_path, folder) as bot:
        pages, offset = [], ""
        while True:
            answer, results = inline(bot, "siapa camat sungai raya", offset)
            pages.append([result["id"] for result in results])
            if not (offset := answer.get("next_offset", "")):
                break
    assert len(pages) >= 2 and len(pages[0]) == 10
    shown = [id for page in pages for id in page]
    assert len(shown) == len(set(shown)) > 10


def test_a_guest_question_is_answered_with_the_same_card(bot: Bot) -> None:
    def guest(text: str) -> Json:
        before = len(bot.server.called("answerGuestQuery", 0))
        bot.server.update(
            "guest_message",
            {"message_id": 5, "date": int(time.time()), "chat": {"id": -77, "type": "group", "title": "x"},
             "from": PERSON, "text": text, "guest_query_id": "g1"},
        )  # fmt: skip
        answer = bot.server.called("answerGuestQuery", before + 1)[-1]
        assert answer["guest_query_id"] == "g1"
        content: Json = json.loads(answer["result"])["input_message_content"]
        return content

    assert "Fathul Mushalli" in guest(f"{MENTION} {QUESTION}")["message_text"]
    assert "belum menemukan jawabannya" in guest(f"{MENTION} resep rendang")["message_text"]
    assert "belum ada yang menyebut siapa camat" in guest(f"{MENTION} siapa camat betung?")["message_text"].lower()
    assert "terlalu panjang" in guest(f"{MENTION} {'siapa camat ' * 100}")["message_text"]
    assert "Halo!" in guest(f"{MENTION} halo")["message_text"]
