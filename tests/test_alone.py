"""Answers in groups that only their asker sees (ephemeral messages, Bot API 10.3), and what is done without them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chats import Chats
from tests.bot_process import Bot, running_bot, wait_until
from tests.telegram_server import GROUP, OTHER, PERSON, Json
from tests.test_telegram import QUESTION, buttons, press

pytestmark = pytest.mark.slow

CLAIM = "hanya Anda yang melihat"


@pytest.fixture
def bot(tmp_path: Path, encoder: object) -> Iterator[Bot]:
    """A bot of its own for each test, as it remembers for a run what its server can do."""
    with running_bot(tmp_path) as running:
        chats = Chats(tmp_path / "chats.db")
        chats.settings.change(GROUP["id"], only_asker_sees=True)
        chats.close()
        yield running


def ask(bot: Bot, expected: int) -> tuple[Json, Json]:
    """Ask in the group; the request with which the bot answers, and the message as it stands."""
    bot.server.say(f"/tanya {QUESTION}", PERSON, GROUP)
    return bot.server.sent(expected, GROUP["id"])[-1], bot.server.last_message(GROUP["id"])


def parameters(request: Json) -> Json:
    found: Json = json.loads(request["ephemeral_message_parameters"])
    return found


def test_a_card_claims_to_be_for_one_person_only_once_the_server_keeps_it_so(bot: Bot) -> None:
    bot.server.knows_ephemeral = True
    first, message = ask(bot, 1)
    assert parameters(first) == {"receiver_user_id": PERSON["id"]} and CLAIM not in first["text"]
    wait_until(lambda: CLAIM in message["text"])
    second, message = ask(bot, 2)
    assert second["text"].endswith(f"<i>{CLAIM}</i>") and message["message_id"] == 0


def test_the_buttons_of_a_card_for_one_person_work(bot: Bot) -> None:
    bot.server.knows_ephemeral = True
    _, message = ask(bot, 1)
    wait_until(lambda: CLAIM in message["text"])
    folded = message["text"]
    press(bot, "Selengkapnya", message)
    wait_until(lambda: len(message["text"]) > len(folded) and CLAIM in message["text"])
    press(bot, "👍", message)
    wait_until(lambda: "👍 ✓" in buttons(message))
    press(bot, "Tampilkan ke semua", message)
    public = bot.server.sent(2, GROUP["id"])[-1]
    assert "ephemeral_message_parameters" not in public and CLAIM not in public["text"]


def test_a_bot_that_is_no_administrator_shows_the_answer_after_a_tap(bot: Bot) -> None:
    bot.server.knows_ephemeral = bot.server.alone_only_by_tap = True
    offer, message = ask(bot, 2)
    assert "Fathul" not in offer["text"] and CLAIM not in offer["text"]
    assert press(bot, "Tampilkan jawaban", message, OTHER)["text"] == "Tombol ini hanya untuk penanyanya."
    bot.server.press(buttons(message)["Tampilkan jawaban"]["callback_data"], message)
    shown = bot.server.sent(3, GROUP["id"])[-1]
    assert "Fathul Mushalli" in shown["text"] and shown["text"].endswith(f"<i>{CLAIM}</i>")
    assert parameters(shown)["replace_callback_query_message"] is True
    # From now on it does not try without.
    offer, _ = ask(bot, 4)
    assert "ephemeral_message_parameters" not in offer


def test_where_it_is_refused_even_after_a_tap_all_see_the_answer_and_it_is_not_tried_again(bot: Bot) -> None:
    bot.server.knows_ephemeral = bot.server.alone_only_by_tap = True
    _, message = ask(bot, 2)
    bot.server.fail_next("sendMessage", 400, "Bad Request: ephemeral messages are not supported in this chat")
    press(bot, "Tampilkan jawaban", message)
    wait_until(lambda: "Fathul Mushalli" in message["text"])
    assert CLAIM not in message["text"]
    public, _ = ask(bot, 4)
    assert "Fathul Mushalli" in public["text"] and "ephemeral_message_parameters" not in public


def test_a_server_that_knows_no_such_answers_never_sees_one_claimed(bot: Bot) -> None:
    first, message = ask(bot, 1)
    assert CLAIM not in first["text"]
    second, _ = ask(bot, 2)
    assert "ephemeral_message_parameters" not in second
    # It stands in the group like any other: another person's vote counts.
    assert press(bot, "👍", message, OTHER)["text"] == "Terima kasih!"
