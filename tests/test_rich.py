"""Lists as rich messages where the server knows them, and as they were before where it does not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot_process import Bot, running_bot, wait_until
from tests.telegram_server import PERSON, Json
from tests.test_telegram import buttons, press

pytestmark = pytest.mark.slow


@pytest.fixture
def bot(tmp_path: Path, encoder: object) -> Iterator[Bot]:
    with running_bot(tmp_path) as running:
        yield running


def listed(bot: Bot, question: str, count: int) -> Json:
    bot.server.say(question)
    request = bot.server.called("sendRichMessage", count)[-1]
    rich: Json = json.loads(request["rich_message"])
    return rich


def test_a_list_comes_as_a_table_with_its_quotes_folded_below(bot: Bot) -> None:
    bot.server.knows_rich = True
    table, *quotes = listed(bot, "/pejabat Banyuasin", 1)["blocks"]
    head, first, *_ = [[cell["text"] for cell in row] for row in table["cells"]]
    assert head == ["Jabatan", "Nama", "Berita"] and first == ["Bupati Banyuasin", "Askolani", "17 Juli 2023"]
    assert {"type": "bold", "text": "Askolani"} in quotes[0]["text"]
    assert quotes[0]["credit"] == "MERAHPUTIHNEWS.CO.ID · 17 Juli 2023"
    meetings = listed(bot, "/rapat Banyuasin 2023", 2)["blocks"]
    assert meetings[0] == {"type": "paragraph", "text": "Periode: 2023"}
    assert [cell["text"] for cell in meetings[1]["cells"][0]] == ["Kapan", "Rapat atau kegiatan", "Tempat"]
    # Any other answer is no list.
    assert "Fathul" in bot.ask("siapa camat sungai raya?")["text"]


def test_votes_and_reports_change_the_buttons_of_a_list_alone(bot: Bot) -> None:
    bot.server.knows_rich = True
    rich = listed(bot, "/pejabat Banyuasin", 1)
    message = bot.server.last_message()
    assert press(bot, "👍", message)["text"] == "Terima kasih!"
    wait_until(lambda: "👍 ✓" in buttons(bot.server.last_message()))
    press(bot, "Laporkan", bot.server.last_message())
    wait_until(lambda: "Salah orang" in buttons(bot.server.last_message()))
    press(bot, "Kembali", bot.server.last_message())
    wait_until(lambda: "👍 ✓" in buttons(bot.server.last_message()))
    assert bot.server.last_message()["rich_message"] == rich


def test_a_period_of_a_list_can_be_dropped(bot: Bot) -> None:
    bot.server.knows_rich = True
    listed(bot, "/rapat Banyuasin 2023", 1)
    press(bot, "Tanpa periode", bot.server.last_message())
    wait_until(lambda: "Periode" not in bot.server.last_message().get("text", "Periode"))


def test_a_server_without_rich_messages_is_asked_once_and_gets_the_list_as_text(bot: Bot) -> None:
    person = {**PERSON, "id": 7801}
    for _ in range(2):
        assert "• Bupati Banyuasin: Askolani" in bot.ask("/pejabat Banyuasin", person)["text"]
    assert len(bot.server.called("sendRichMessage", 0)) == 1
