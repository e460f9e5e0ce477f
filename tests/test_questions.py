import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Message

from bot.processes import OneProcess
from bot.questions import find_question
from embeddings import split_questions
from tests.telegram_server import BOT, GROUP, PERSON, _entities


def message(text: str, chat: dict[str, Any] = GROUP, **fields: Any) -> Message:
    content = {"message_id": 5, "date": int(datetime.now(UTC).timestamp()), "chat": chat, "from": PERSON, "text": text,
               "entities": _entities(text), **fields}  # fmt: skip
    found = Message.de_json(content, None)
    assert found is not None
    return found


def asked(text: str, **fields: Any) -> str | None:
    found = find_question(message(text, **fields), 123456, str(BOT["username"]), on_mention=True)
    return found.text if found else None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("@wartabot_test_bot siapa camat?", "siapa camat?"),
        ("siapa camat? @WartaBot_Test_Bot", "siapa camat?"),
        ("👨‍👩‍👧 é @wartabot_test_bot, siapa 😀 camat?", "👨‍👩‍👧 é siapa 😀 camat?".replace("é siapa", "é , siapa")),
        ("/tanya siapa camat?", "siapa camat?"),
        ("/TANYA@wartabot_test_bot\nsiapa camat?", "siapa camat?"),
        ("/tanya@another_bot siapa camat?", None),
        ("surel: budi@wartabot_test_bot", None),
        ("siapa camat?", None),
    ],
)
def test_only_the_entity_that_names_the_bot_is_taken_out(text: str, question: str | None) -> None:
    assert asked(text) == question


def test_a_text_mention_is_a_mention() -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 5, "user": {**BOT}}
    assert asked("Warta siapa camat?", entities=[entity]) == "siapa camat?"


def test_an_allowance_gives_one_notice_and_is_free_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("bot.processes.one.time.monotonic", lambda: now)
    allowance = OneProcess().allowance("people", 2)

    async def used_up() -> None:
        nonlocal now
        taken = [await allowance.take(person) for person in (7, 7, 7, 8)]
        assert taken == [True, True, False, True]
        assert [await allowance.notice_due(7), await allowance.notice_due(7)] == [True, False]
        assert await allowance.seconds_left(7) == 60
        now += 61
        assert await allowance.take(7)
        assert [await allowance.take(7), await allowance.take(7), await allowance.notice_due(7)] == [True, False, True]

    asyncio.run(used_up())


@pytest.mark.parametrize(
    ("said", "questions"),
    [
        ("siapa camat Betung dan kapan rakor di Betung?", ["siapa camat Betung", "kapan rakor di Betung"]),
        ("siapa camat Betung?\nkapan rakornya?", ["siapa camat Betung", "kapan rakornya"]),
        ("siapa camat Betung? berapa desanya?", ["siapa camat Betung", "berapa desanya"]),
        ("sapa bupati Lahat, trus brp APBD nya", ["sapa bupati Lahat", "brp APBD nya"]),
        ("who is the mayor of Solo and when was he elected", ["who is the mayor of Solo", "when was he elected"]),
    ],
)
def test_two_questions_in_one_message_are_two(said: str, questions: list[str]) -> None:
    assert split_questions(said) == questions


@pytest.mark.parametrize(
    "said",
    [
        "kapan dan di mana rakor Betung?",
        "rakor Betung kapan dan di mana?",
        "siapa camat dan sekcam Betung",
        "siapa bupati dan siapa wakil bupati Lahat?",
        "berapa penduduk dan berapa desa di Banyuasin?",
        "halo min\nsiapa camat Betung?",
        "siapa camat Betung?\nterima kasih",
        "Banjir dan longsor di Betung",
        "siapa a?\nsiapa b?\nsiapa c?\nsiapa d?",
        "siapa camat Betung",
        "",
    ],
)
def test_what_is_not_plainly_several_questions_is_one(said: str) -> None:
    assert split_questions(said) == [said]
