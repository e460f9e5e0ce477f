"""Whoever waits is told: once, of what a new article says word for word, also where the bot is killed in between."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.due import in_messages, midnight_before
from bot.alerts.matching import Matching
from bot.alerts.typed import words_and_minute
from bot.chats import FILE_NAME, Chats, Kind, Match, SubscriptionsFull
from bot.chats.sqlite import SCRIPTS
from bot.config import TelegramSettings
from bot.conversations import Conversations
from embeddings import Article, Encoder, KnowledgeBase
from embeddings.answers.reader import Reader
from tests.bot_process import SHORT_PAUSES, Bot, running_bot, wait_until
from tests.conftest import ROOT
from tests.telegram_server import BOT, GROUP, OTHER, PERSON
from tests.test_chats import traces
from tests.test_telegram import buttons, card, press

Json = dict[str, Any]
WISH = "Siapa kapolres Banyuasin?"
NUMBERS = count(1)
KILLS = 4
SEVERAL_LOOKS = 3 * SHORT_PAUSES["bot.alerts.telling.LOOK_EVERY_SECONDS"]
"""Seconds within which the bot tells what is due."""
QUOTE = "Kapolres Banyuasin AKBP Wira Suganda memimpin apel pagi di halaman markas, Senin (9/2/2026)."


def person(number: int) -> Json:
    return {**PERSON, "id": number}


def article(folder: Path, text: str = QUOTE, title: str = "Apel pagi di Banyuasin", source: str = "Kabar Musi") -> Path:
    """A file with an article of its own."""
    folder.mkdir(exist_ok=True)
    path = folder / f"berita-{next(NUMBERS)}.md"
    path.write_text(
        f"---\ntitle: {title}\nsource: {source}\npublished: 2026-02-09\n---\n{text}\n\nKegiatan itu diikuti puluhan "
        "anggota dan berlangsung tertib sampai selesai. Warga sekitar ikut menonton dari tepi jalan.\n"
    )
    return path


def index(bot: Bot, *paths: Path) -> None:
    """Add articles in a process of its own, as an operator does while the bot runs."""
    command = [sys.executable, "-m", "bot", "index", *map(str, paths)]
    finished = subprocess.run(
        [*command, "--config", str(bot.folder / "config.toml"), "--data", str(bot.folder)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr


def told(bot: Bot, chat: int, sign: str = "🔔") -> list[Json]:
    """The messages of the bot's in a chat that tell of new articles."""
    return [
        message
        for message in list(bot.server.messages[chat].values())
        if message["from"]["id"] == BOT["id"]
        and message.get("text", "").startswith(sign)
        and "saya kabari" not in message["text"]
    ]


def wait_for(bot: Bot, chat: int, number: int, timeout: float = 60) -> list[Json]:
    wait_until(lambda: len(told(bot, chat)) >= number, timeout)
    return told(bot, chat)


def matched(bot: Bot) -> None:
    """Wait until every article was matched."""
    chats, database = Chats(bot.folder / FILE_NAME), sqlite3.connect(bot.folder / "knowledge.db")
    newest = "SELECT max(seq) FROM sqlite_sequence WHERE name = 'passages'"
    try:
        wait_until(lambda: chats.database.all("SELECT passage FROM matched") == database.execute(newest).fetchall(), 60)
    finally:
        chats.close()
        database.close()


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    with running_bot(tmp_path_factory.mktemp("alerts"), taps_a_minute_person=1000) as running:
        running.server.administrators.add(PERSON["id"])
        yield running


# --- what is typed, and when it is due ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "minute"),
    [
        ("banyuasin", "banyuasin", None),
        ("banyuasin 07.00", "banyuasin", 420),
        ("Banyuasin, setiap hari pukul 7:30 WIB", "Banyuasin", 450),
        ("siapa camat sungai raya? jam 18", "siapa camat sungai raya?", 1080),
        ("rapat 2023", "rapat 2023", None),
        ("06.15", "", 375),
        ("", "", None),
    ],
)
def test_an_hour_behind_what_is_subscribed_to_is_that_of_the_digest(text: str, words: str, minute: int | None) -> None:
    assert words_and_minute(text) == (words, minute)


def match(number: int, minute: int | None = None) -> Match:
    return Match(number, 1, 7, 0, Kind.REGION, "banyuasin", "id", minute, f"{number}", None, 0.0)


def test_more_than_a_chat_may_be_told_in_an_hour_comes_together_and_then_waits() -> None:
    few, many = [match(1), match(2)], [match(number) for number in range(9)]
    assert in_messages(few, 0, 3) == [(few[0],), (few[1],)]
    assert in_messages(many, 0, 3) == [tuple(many)]
    assert in_messages(many, 2, 3) == [tuple(many)]
    assert in_messages(many, 3, 3) == []
    assert in_messages(few, 2, 3) == [tuple(few)]
    daily = [match(5, 420), match(6, 420)]
    # The digest of the day comes in any case.
    assert in_messages([*many, *daily], 3, 3) == [tuple(daily)]


@pytest.fixture
def chats(tmp_path: Path) -> Iterator[Chats]:
    opened = Chats(tmp_path / FILE_NAME)
    yield opened
    opened.close()


def test_a_digest_is_due_from_its_minute_on_and_tells_what_was_found_before(
    chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    jakarta = ZoneInfo("Asia/Jakarta")
    for hour in (6, 8):
        found = datetime(2026, 2, 9, hour, tzinfo=jakarta).timestamp()
        monkeypatch.setattr(time, "time", lambda found=found: found)
        begun = chats.subscriptions.add(7, 0, Kind.REGION, "banyuasin", "id", 30, 420)
        assert begun is not None
        chats.alerts.record("store", hour, f"{hour}", [], [], [begun.id])

    def due(day: int, hour: int, minute: int) -> list[str]:
        now = datetime(2026, 2, day, hour, minute, tzinfo=jakarta)
        arguments = (now.timestamp(), midnight_before(now))
        found = [one.article for one in chats.alerts.due(7, 0, *arguments)]
        assert chats.alerts.due_places(*arguments) == ([(7, 0)] if found else [])
        return found

    assert due(9, 6, 30) == []
    assert due(9, 7, 0) == due(9, 23, 59) == due(10, 6, 59) == ["6"]
    assert due(10, 7, 0) == ["6", "8"]


def test_a_chat_has_so_many_subscriptions_at_most_and_takes_a_stopped_one_up_again(chats: Chats) -> None:
    first = chats.subscriptions.add(7, 0, Kind.REGION, "banyuasin", "id", 2, 420)
    second = chats.subscriptions.add(7, 0, Kind.QUESTION, "Siapa camat?", "id", 2)
    assert first is not None and second is not None
    with pytest.raises(SubscriptionsFull):
        chats.subscriptions.add(7, 0, Kind.REGION, "bali", "id", 2)
    assert chats.subscriptions.add(8, 0, Kind.REGION, "bali", "id", 2) is not None
    chats.subscriptions.stop(first.id)
    assert chats.subscriptions.of(7) == [second]
    assert chats.subscriptions.add(7, 0, Kind.REGION, "banyuasin", "id", 2) == first
    with pytest.raises(SubscriptionsFull):
        chats.subscriptions.add(7, 0, Kind.REGION, "bali", "id", 2)


def test_an_article_its_copies_and_a_later_version_of_it_are_told_of_once(chats: Chats) -> None:
    region = chats.subscriptions.add(7, 0, Kind.REGION, "banyuasin", "id", 30)
    assert region is not None
    for passage, (one, story) in enumerate([("a", "a"), ("b", "ab"), ("a", "ab"), ("c", "c")]):
        chats.alerts.record("store", passage, one, story, [], [region.id])
    assert [one.article for one in chats.alerts.due(7, 0, time.time(), 0.0)] == ["a", "c"]
    assert chats.alerts.matched_until("store") == 3 and chats.alerts.matched_until("another") is None


def test_what_was_released_is_never_released_again_unless_it_was_surely_not_sent(chats: Chats) -> None:
    region = chats.subscriptions.add(7, 0, Kind.REGION, "banyuasin", "id", 30)
    assert region is not None
    chats.alerts.record("store", 1, "a", [], [], [region.id])
    (waiting,) = chats.alerts.due(7, 0, time.time(), 0.0)
    alert = chats.alerts.release(7, 0, [waiting.id])
    assert alert is not None and chats.alerts.release(7, 0, [waiting.id]) is None
    assert chats.alerts.due_places(time.time(), 0.0) == [] and chats.alerts.recent(7, 0, 60) == 1
    chats.alerts.take_back(alert)
    assert chats.alerts.due(7, 0, time.time(), 0.0) == [waiting] and chats.alerts.recent(7, 0, 60) == 0
    chats.subscriptions.stop(region.id)
    assert chats.alerts.release(7, 0, [waiting.id]) is None
    chats.subscriptions.take_up(region.id)
    assert chats.alerts.release(7, 0, [waiting.id]) is not None


def test_an_archive_that_came_in_at_once_is_released_in_one_message(chats: Chats) -> None:
    begun = chats.subscriptions.add(1, 0, Kind.REGION, "banyuasin", "id", 20)
    assert begun is not None
    for number in range(200):
        chats.alerts.record("s", number, f"a{number}", (), (), [begun.id])
    # Where SQLite was built otherwise, this is some ten thousand.
    chats.database.changing.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 100)
    due = [one.id for one in chats.alerts.due(1, 0, time.time() + 1, 0.0)]
    assert len(due) == 200 and chats.alerts.release(1, 0, due) is not None
    assert chats.alerts.due(1, 0, time.time() + 1, 0.0) == []


def test_a_group_takes_its_subscriptions_along_when_it_becomes_a_supergroup(chats: Chats) -> None:
    region = chats.subscriptions.add(-1, 0, Kind.REGION, "banyuasin", "id", 30, 420)
    assert region is not None
    chats.migrate(-1, -100)
    assert [(one.id, one.minute) for one in chats.subscriptions.of(-100)] == [(region.id, 420)]
    chats.forget_chat(-100)
    assert not chats.subscriptions.exist()


def test_what_was_stopped_is_deleted_after_a_day(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    region = chats.subscriptions.add(7, 0, Kind.REGION, "banyuasin", "id", 30)
    assert region is not None
    chats.subscriptions.stop(region.id)
    chats.forget_old(30)
    assert chats.subscriptions.by_id(region.id) is not None
    later = time.time() + timedelta(days=1, seconds=1).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    chats.forget_old(30)
    assert chats.subscriptions.by_id(region.id) is None


# --- matching ---------------------------------------------------------------------------------------------------


class Engine:
    """The matching of a data folder of its own, without Telegram."""

    def __init__(self, folder: Path, encoder: Encoder, reader: Reader) -> None:
        self.knowledge = KnowledgeBase(folder, encoder=encoder, reader=reader)
        self.chats = Chats(folder / FILE_NAME)
        self.matching = Matching(Conversations(self.knowledge, self.chats, TelegramSettings()))

    def store(self, id: str, text: str = QUOTE, source: str = "Kabar Musi") -> None:
        assert self.knowledge.add([Article(id, text, source=source, published="2026-02-09")]) == []

    def run(self) -> list[str]:
        """Match all that there is; the articles that subscriptions are to be told of."""

        async def match_all() -> None:
            while await self.matching.step():
                pass

        asyncio.run(match_all())
        return [row[0] for row in self.chats.database.all("SELECT article FROM matches ORDER BY id")]


@pytest.fixture
def engine(tmp_path: Path, encoder: Encoder, reader: Reader) -> Iterator[Engine]:
    own = Engine(tmp_path, encoder, reader)
    yield own
    own.chats.close()
    own.knowledge.close()


def subscribe(engine: Engine, words: str, kind: Kind = Kind.QUESTION) -> None:
    assert engine.chats.subscriptions.add(7, 0, kind, words, "id", 30) is not None


def test_what_came_in_before_anybody_waited_is_not_new(engine: Engine) -> None:
    engine.store("before")
    assert engine.run() == []
    subscribe(engine, "siapa kapolres banyuasin?")
    subscribe(engine, "lahat", Kind.REGION)
    engine.store("after", "Kapolres Banyuasin AKBP Wira Suganda hadir dalam rapat.")
    engine.store("of-lahat", "Rapat di Lahat selesai.")
    assert engine.run() == ["after", "of-lahat"]
    assert engine.run() == ["after", "of-lahat"]


def test_an_article_over_which_the_program_fails_holds_up_no_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(engine, "banyuasin", Kind.REGION)
    assert engine.run() == []
    for id in ("a", "b", "c"):
        engine.store(id, f"Rapat {id} di Banyuasin selesai.")
    compared = engine.knowledge.store.article_embeddings

    def failing(article: str) -> Any:
        if article == "b":
            raise ValueError("a fault")
        return compared(article)

    monkeypatch.setattr(engine.knowledge.store, "article_embeddings", failing)
    assert engine.run() == ["a", "c"]
    assert "Passed over in matching: 'b'" in caplog.text


def test_a_question_that_cannot_be_asked_any_more_holds_up_no_other(engine: Engine) -> None:
    subscribe(engine, "siapa " * 400)
    subscribe(engine, "siapa kapolres banyuasin?")
    assert engine.run() == []
    engine.store("a")
    assert engine.run() == ["a"]


def test_articles_that_come_into_a_store_from_a_backup_are_matched(engine: Engine) -> None:
    subscribe(engine, "banyuasin", Kind.REGION)
    engine.run()
    engine.chats.alerts.begin_at(engine.knowledge.store.identity, 1_000)
    assert engine.run() == []
    engine.store("a")
    assert engine.run() == ["a"]


def test_one_story_in_two_outlets_is_told_of_once_and_news_of_a_region_not_beside_an_answer(engine: Engine) -> None:
    subscribe(engine, "siapa kapolres banyuasin?")
    subscribe(engine, "banyuasin", Kind.REGION)
    engine.run()
    engine.store("a")
    engine.store("b", source="Warta Sembilang")
    assert engine.run() == ["a"]
    engine.store("c", "Rapat di Banyuasin selesai.")
    assert engine.run() == ["a", "c"]


# --- the bot --------------------------------------------------------------------------------------------------

slow = pytest.mark.slow


@slow
def test_whoever_waits_for_an_answer_gets_the_quote_once_when_an_article_gives_it(bot: Bot, tmp_path: Path) -> None:
    message = card(bot, WISH, person(9101))
    assert press(bot, "🔔 Beri tahu saya", message, person(9101))["text"].startswith("Dicatat. Saya kabari di sini")
    files = article(tmp_path), article(tmp_path, source="Warta Sembilang")
    index(bot, *files)
    (alert,) = wait_for(bot, 9101, 1)
    assert alert["text"].startswith(
        f"🔔 Ada berita untuk “{WISH}”:\nKapolres Banyuasin: Wira Suganda (terakhir disebut"
    )
    assert QUOTE in alert["text"] and "— Kabar Musi · 9 Februari 2026" in alert["text"]
    assert {"Selengkapnya", "Buka berita", "👍", "🔕 Hentikan"} <= buttons(alert).keys()
    # Neither the copy, nor the same article when it is indexed again with another word, is told of.
    files[0].write_text(files[0].read_text() + "\nAcara ditutup dengan doa bersama.\n")
    index(bot, *files)
    matched(bot)
    time.sleep(SEVERAL_LOOKS)
    assert len(told(bot, 9101)) == 1
    assert press(bot, "👍", alert, person(9101))["text"] == "Terima kasih!"
    press(bot, "Selengkapnya", alert, person(9101))
    assert "Warga sekitar" in bot.server.message_with("Kegiatan itu", 9101)["text"]


@slow
def test_what_does_not_answer_is_no_alert(bot: Bot, tmp_path: Path) -> None:
    bot.ask("/langganan siapa kapolres muara enim?", person(9102))
    index(bot, article(tmp_path), article(tmp_path, "Kapolres Lahat AKBP Taruna Mulya hadir di Muara Enim, Rabu."))
    matched(bot)
    time.sleep(SEVERAL_LOOKS)
    assert told(bot, 9102) == []


@slow
def test_news_of_a_region_come_with_headline_quote_source_and_a_button_to_stop_and_to_undo(
    bot: Bot, tmp_path: Path
) -> None:
    begun = bot.ask("/langganan berita empat lawang", person(9103))
    assert begun["text"] == (
        "🔔 Baik, saya kabari di sini setiap ada berita baru yang menyebut Empat Lawang.\n"
        "Dikirim langsung begitu beritanya ada."
    )
    text = "Sebanyak dua puluh petani kopi Empat Lawang mengikuti pelatihan panen, Kamis."
    index(bot, article(tmp_path, text, "Petani kopi belajar panen"))
    (alert,) = wait_for(bot, 9103, 1)
    assert alert["text"] == (
        f"🔔 Berita baru tentang Empat Lawang:\nPetani kopi belajar panen\n\n{text}\n— Kabar Musi · 9 Februari 2026"
    )
    assert press(bot, "🔕 Hentikan", alert, person(9103))["text"].startswith("Langganan dihentikan.")
    wait_until(lambda: "↩️ Lanjutkan lagi" in buttons(told(bot, 9103)[0]))
    index(bot, article(tmp_path, "Jalan menuju Empat Lawang kembali dibuka.", "Jalan dibuka"))
    matched(bot)
    time.sleep(SEVERAL_LOOKS)
    assert len(told(bot, 9103)) == 1
    # What came in meanwhile is not missed by who changes their mind.
    press(bot, "↩️ Lanjutkan lagi", told(bot, 9103)[0], person(9103))
    assert "Jalan dibuka" in wait_for(bot, 9103, 2)[1]["text"]


@slow
def test_langganan_alone_lists_them_with_a_button_each(bot: Bot) -> None:
    reader = person(9104)
    assert bot.ask("/langganan", reader)["text"].startswith("Belum ada langganan di sini.")
    bot.ask("/langganan siapa camat rantau bayur?", reader)
    bot.ask("/langganan kabupaten banyuasin 07.30", reader)
    listed = bot.ask("/langganan", reader)
    assert listed["text"] == (
        "Langganan di sini: 2\n\n1. siapa camat rantau bayur? – langsung\n2. Banyuasin – tiap hari pukul 07.30\n\n"
        "Ketuk untuk menghentikan. Mau menambah? Ketik /langganan lalu pertanyaan atau nama daerah."
    )
    shown = bot.server.last_message(9104)
    press(bot, "🔕 2. Banyuasin", shown, reader)
    wait_until(lambda: "↩️ 2. Banyuasin" in buttons(bot.server.last_message(9104)))
    assert bot.ask("/langganan", reader)["text"].startswith("Langganan di sini: 1")
    # A stranger's press, or a number that is no subscription of this chat, changes nothing.
    mine = buttons(shown)["🔕 1. siapa camat rantau bayur?"[:30]]["callback_data"]
    bot.ask("/langganan", OTHER)
    for data in (mine, "l:stop:999999", "l:at:1:1440", "l:show:1", "l:stop", "l:list:x"):
        before = len(bot.server.called("answerCallbackQuery", 0))
        bot.server.press(data, bot.server.last_message(OTHER["id"]), OTHER)
        assert bot.server.called("answerCallbackQuery", before + 1)[-1]["text"].startswith("Tombol ini sudah")
    assert bot.ask("/langganan", reader)["text"].startswith("Langganan di sini: 1")


@slow
def test_the_hour_is_chosen_with_a_button_and_what_cannot_be_subscribed_to_is_refused_politely(bot: Bot) -> None:
    reader = person(9105)
    bot.ask("/langganan ogan ilir", reader)
    begun = bot.server.last_message(9105)
    assert list(buttons(begun)) == ["✓ Langsung", "07.00", "12.00", "18.00", "🔕 Hentikan"]
    assert [len(row) for row in begun["reply_markup"]["inline_keyboard"]] == [1, 3, 1]
    press(bot, "12.00", begun, reader)
    changed = bot.server.message_with("sekali sehari, pukul 12.00", 9105)
    assert "✓ 12.00" in buttons(changed)
    press(bot, "Langsung", changed, reader)
    bot.server.message_with("Dikirim langsung", 9105)
    press(bot, "🔕 Hentikan", bot.server.last_message(9105), reader)
    stopped = bot.server.message_with("Langganan dihentikan.", 9105)
    assert list(buttons(stopped)) == ["Langsung", "07.00", "12.00", "18.00", "↩️ Lanjutkan lagi"]
    # An hour is chosen for what is to be told of.
    press(bot, "07.00", stopped, reader)
    assert "🔕 Hentikan" in buttons(bot.server.message_with("sekali sehari, pukul 07.00", 9105))
    assert bot.ask("/langganan", reader)["text"].startswith("Langganan di sini: 1")
    assert "belum paham" in bot.ask("/langganan apa itu?", reader)["text"]
    assert "terlalu panjang" in bot.ask(f"/langganan {'kata ' * 400}", reader)["text"]


@slow
def test_many_at_once_come_as_one_digest_with_a_button_each_and_nothing_more_within_the_hour(
    bot: Bot, tmp_path: Path
) -> None:
    reader = person(9106)
    bot.ask("/langganan pagar alam", reader)
    places = ("sekolah", "pasar", "kebun teh", "terminal", "stadion", "taman kota", "masjid raya", "perpustakaan")
    text = "Pemerintah Kota Pagar Alam memperbaiki {place} mulai {day} Maret. Sudah lama {place} itu rusak."
    stories = [
        article(tmp_path, text.format(place=place, day=day), f"Perbaikan {place}")
        for day, place in enumerate(places, 1)
    ]
    index(bot, *stories)
    matched(bot)
    wait_until(lambda: sum(count_of(message) for message in told(bot, 9106)) == 8, 60)
    messages = told(bot, 9106)
    assert len(messages) <= 3
    digest = messages[-1]
    if len(messages) == 3:
        index(bot, article(tmp_path, "Wali kota Pagar Alam membuka lomba lari.", "Lomba lari"))
        matched(bot)
        time.sleep(SEVERAL_LOOKS)
        assert len(told(bot, 9106)) == 3
    assert digest["text"].startswith(
        f"🔔 {count_of(digest)} berita baru sesuai langganan:\n\nPagar Alam\n1. Perbaikan "
    )
    link = buttons(digest)["1"]["url"]
    assert link.startswith(f"https://t.me/{BOT['username']}?start=t")
    opened = bot.ask(f"/start {link.partition('=')[2]}", reader)
    assert "Pemerintah Kota Pagar Alam memperbaiki" in opened["text"]
    assert "🔕 Hentikan" in buttons(digest)


def count_of(message: Json) -> int:
    """How many articles a message tells of."""
    return len([label for label in buttons(message) if label.isdigit()]) or 1


@slow
def test_a_daily_digest_comes_at_its_minute_and_opens_the_quotes(bot: Bot, tmp_path: Path) -> None:
    reader = person(9107)
    soon = datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(minutes=5)
    bot.ask(f"/langganan siapa kapolres prabumulih? {soon:%H.%M}", reader)
    bot.ask(f"/langganan lahat {soon:%H.%M}", reader)
    index(
        bot,
        article(tmp_path, "Kapolres Prabumulih AKBP Seno Wirata membuka lomba catur.", "Lomba catur"),
        article(tmp_path, "Panen raya padi di Lahat dihadiri ratusan warga.", "Panen raya"),
    )
    matched(bot)
    time.sleep(SEVERAL_LOOKS)
    assert told(bot, 9107) == []
    # As if it had been found a day before.
    chats = Chats(bot.folder / FILE_NAME)
    of_reader = "subscription IN (SELECT id FROM subscriptions WHERE chat = 9107)"
    assert chats.database.do(f"UPDATE matches SET found = found - 86400 WHERE {of_reader}") == 2
    chats.close()
    (digest,) = wait_for(bot, 9107, 1)
    assert digest["text"] == (
        "🔔 2 berita baru sesuai langganan:\n\nsiapa kapolres prabumulih?\n1. Lomba catur\n"
        "— Kabar Musi · 9 Februari 2026\n\nLahat\n2. Panen raya\n— Kabar Musi · 9 Februari 2026"
    )
    link = buttons(digest)["1"]["url"]
    assert "Seno Wirata" in bot.ask(f"/start {link.partition('=')[2]}", reader)["text"]
    press(bot, "Atur langganan", digest, reader)
    assert bot.server.message_with("Langganan di sini: 2", 9107)


@slow
def test_during_quiet_hours_nothing_is_told_and_nothing_is_lost(bot: Bot, tmp_path: Path) -> None:
    chats, now = Chats(bot.folder / FILE_NAME), datetime.now(ZoneInfo("Asia/Jakarta")).hour
    chats.settings.change(9108, quiet_from=now, quiet_until=(now + 2) % 24)
    bot.ask("/langganan musi rawas", person(9108))
    index(bot, article(tmp_path, "Bupati Musi Rawas menanam pohon di tepi sungai.", "Tanam pohon"))
    matched(bot)
    time.sleep(SEVERAL_LOOKS)
    assert told(bot, 9108) == []
    chats.settings.change(9108, quiet_from=None, quiet_until=None)
    assert "Tanam pohon" in wait_for(bot, 9108, 1)[0]["text"]
    chats.close()


@slow
def test_in_a_group_administrators_alone_subscribe_and_their_topic_is_told(bot: Bot, tmp_path: Path) -> None:
    group = {**GROUP, "id": -1201}
    before = len(bot.server.sent(0, -1201))
    bot.server.say("/langganan muara enim", OTHER, group, topic=55)
    assert bot.server.sent(before + 1, -1201)[-1]["text"].startswith("Hanya admin grup")
    bot.server.say("/langganan muara enim", PERSON, group, topic=55)
    begun = bot.server.sent(before + 2, -1201)[-1]
    assert begun["message_thread_id"] == "55"
    index(bot, article(tmp_path, "Pasar baru Muara Enim diresmikan, Selasa.", "Pasar baru"))
    (alert,) = wait_for(bot, -1201, 1)
    assert alert["message_thread_id"] == 55 and "Pasar baru" in alert["text"]
    assert press(bot, "🔕 Hentikan", alert, OTHER)["text"].startswith("Hanya admin grup")
    assert press(bot, "🔕 Hentikan", alert, PERSON)["text"].startswith("Langganan dihentikan")


@slow
def test_whoever_waits_in_a_group_is_told_in_private_or_how_that_is_made_possible(bot: Bot) -> None:
    asker, group = person(9109), {**GROUP, "id": -1202}
    bot.server.say("/tanya siapa kapolres musi banyuasin?", asker, group)
    bot.server.sent(1, -1202)
    message = bot.server.last_message(-1202)
    bot.server.fail_next("sendMessage", 403, "Forbidden: bot can't initiate conversation with a user")
    answer = press(bot, "🔔 Beri tahu saya", message, asker)
    assert answer["text"].startswith("Saya belum bisa mengirimi Anda pesan. Buka obrolan pribadi dengan @wartabot")
    chats = Chats(bot.folder / FILE_NAME)
    assert chats.subscriptions.of(9109) == []
    assert "lewat obrolan pribadi" in press(bot, "🔔 Beri tahu saya", message, asker)["text"]
    assert "saya kabari di sini" in bot.server.last_message(9109)["text"]
    assert [one.chat for one in chats.subscriptions.of(9109)] == [9109]
    chats.close()


@slow
def test_a_blocked_bot_ends_what_was_subscribed_to_quietly_and_leaves_no_byte(bot: Bot, tmp_path: Path) -> None:
    reader = person(7_700_654_321)
    bot.ask("/langganan oku timur", reader)
    bot.server.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    index(bot, article(tmp_path, "Jembatan OKU Timur mulai dibangun.", "Jembatan"))
    chats = Chats(bot.folder / FILE_NAME)
    wait_until(lambda: not chats.subscriptions.of(reader["id"]))
    chats.close()
    assert told(bot, reader["id"]) == []
    assert "ERROR" not in bot.log.read_text()


@slow
def test_hapusdata_leaves_no_byte_of_what_a_person_waited_for_and_was_told(tmp_path: Path, encoder: object) -> None:
    reader = person(7_700_123_456)
    with running_bot(tmp_path) as bot:
        bot.ask("/langganan bagaimana rahasia sumur tua lubuklinggau?", reader)
        bot.ask("/langganan lubuklinggau", reader)
        message = card(bot, "Siapa kapolres Lubuklinggau?", reader)
        press(bot, "🔔 Beri tahu saya", message, reader)
        index(bot, article(tmp_path / "new", "Kapolres Lubuklinggau AKBP Damar Jati meninjau posko.", "Posko"))
        wait_for(bot, reader["id"], 1)
        assert traces(bot.folder, reader["id"], "rahasia sumur tua") != []
        bot.ask("/hapusdata", reader)
        press(bot, "Ya, hapus semua", bot.server.last_message(reader["id"]), reader)
        bot.server.message_with("sudah dihapus", reader["id"])
        (bot.folder / "log.txt").write_text("")
        assert traces(bot.folder, reader["id"], "rahasia sumur tua") == []


@slow
def test_those_who_waited_before_this_version_are_told_what_came_in_since(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        bot.stop()
        for file in tmp_path.glob(f"{FILE_NAME}*"):
            file.unlink()
        with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as database:
            database.executescript(
                f"{SCRIPTS[0]} {SCRIPTS[1]} "
                f"INSERT INTO wishes VALUES (9110, 9110, 'siapa camat sungai raya?', {time.time()}), "
                "(9110, -5, 'siapa kapolres banyuasin?', 1.0); PRAGMA user_version = 2;"
            )
        bot.start()
        (alert,) = wait_for(bot, 9110, 1)
        assert "Fathul Mushalli" in alert["text"]
        index(bot, article(tmp_path / "new"))
        assert QUOTE in wait_for(bot, 9110, 2)[1]["text"]


# --- kills ----------------------------------------------------------------------------------------------------


@slow
def test_killed_between_release_and_sending_it_offers_what_may_be_lost_and_sends_nothing_twice(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.ask("/langganan siapa kapolres banyuasin?", person(9120))
        bot.server.hold("sendMessage")
        index(bot, article(tmp_path / "new"))
        chats = Chats(tmp_path / FILE_NAME)
        wait_until(lambda: chats.database.all("SELECT 1 FROM alerts WHERE NOT finished"))
        bot.stop(signal.SIGKILL)
        bot.server.let_go("sendMessage")
        bot.start()
        offer = bot.server.message_with("mungkin belum sampai", 9120)
        assert told(bot, 9120) == []
        press(bot, "Tampilkan beritanya", offer, person(9120))
        shown = bot.server.message_with("Wira Suganda", 9120)
        assert shown["message_id"] == offer["message_id"] and QUOTE in shown["text"]
        wait_until(lambda: chats.database.all("SELECT finished, offered FROM alerts") == [(1, 1)])
        for starts in (3, 4):
            bot.stop(signal.SIGKILL)
            bot.start()
            bot.server.called("getMe", starts)
        time.sleep(SEVERAL_LOOKS)
        assert len(told(bot, 9120)) == 1
        chats.close()


@slow
def test_killed_again_and_again_while_articles_are_matched_nothing_is_lost_and_nothing_comes_twice(
    tmp_path: Path, encoder: object
) -> None:
    readers = [person(9200 + number) for number in range(6)]
    with running_bot(tmp_path, alerts_an_hour=100) as bot:
        for reader in readers:
            bot.ask("/langganan banyuasin", reader)
            bot.ask("/langganan siapa kapolres banyuasin?", reader)
        for number in range(KILLS):
            text = f"Rombongan ke-{number} dari Banyuasin berangkat hari ini, dilepas {number + 2} pejabat."
            index(bot, article(tmp_path / "new", text, f"Rombongan {number}"))
            time.sleep(0.25 * number)
            bot.stop(signal.SIGKILL)
            bot.start()
            bot.server.called("getMe", number + 2)
        index(bot, article(tmp_path / "new"))
        matched(bot)
        titles = (*(f"Rombongan {number}" for number in range(KILLS)), QUOTE)
        for reader in readers:
            wait_until(lambda reader=reader: len(heard(bot, reader)) >= len(titles), 60)
        time.sleep(SEVERAL_LOOKS)
        for reader in readers:
            texts = heard(bot, reader)
            times = [sum(title in text for text in texts) for title in titles]
            offered = sum("mungkin belum sampai" in text for text in texts)
            # What is offered with a button may have arrived, but what has not arrived is offered.
            assert max(times) == 1 and times.count(0) <= offered and sum(times) + offered == len(texts)


def heard(bot: Bot, reader: Json) -> list[str]:
    """What a person was told, and that something may be lost."""
    messages = [*told(bot, reader["id"]), *told(bot, reader["id"], "Maaf, tadi ada gangguan")]
    return [message["text"] for message in messages]


@slow
def test_what_telegram_surely_did_not_take_is_sent_later_and_what_broke_off_is_offered(
    tmp_path: Path, encoder: object
) -> None:
    with running_bot(tmp_path) as bot:
        bot.ask("/langganan banyuasin", person(9301))
        bot.server.fail_next("sendMessage", 429, "Too Many Requests: retry after 2", retry_after=2)
        index(bot, article(tmp_path / "new", "Balai desa Banyuasin dicat ulang.", "Balai desa"))
        assert "Balai desa" in wait_for(bot, 9301, 1)[0]["text"]
        bot.server.drop_next("sendMessage")
        index(bot, article(tmp_path / "new", "Kolam ikan Banyuasin dipanen.", "Kolam ikan"))
        offer = bot.server.message_with("mungkin belum sampai", 9301)
        press(bot, "Tampilkan beritanya", offer, person(9301))
        assert "Kolam ikan" in bot.server.message_with("Kolam ikan", 9301)["text"]


@slow
def test_questions_are_answered_before_articles_are_matched(tmp_path: Path, encoder: object) -> None:
    with running_bot(tmp_path) as bot:
        for number in range(25):
            bot.ask(f"/langganan siapa kapolres banyuasin yang ke {number}?", person(9400 + number))
        index(bot, *(article(tmp_path / "new", f"{QUOTE} Nomor {number}.") for number in range(10)))
        bot.wait_for_log("Answering on Telegram")
        waits = []
        for number in range(5):
            start = time.monotonic()
            assert "Fathul Mushalli" in bot.ask("siapa camat sungai raya?", person(9500 + number))["text"]
            waits.append(time.monotonic() - start)
        print("seconds", [round(wait, 2) for wait in waits])
        assert max(waits) < 3
