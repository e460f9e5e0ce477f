import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chats import FILE_NAME, Chats, ChatSettings, SentAnswer, SentQuote
from bot.handlers.asking import is_quiet
from embeddings import Article, Quote, StoreUnusable

ARTICLE = Article("a", "Camat Ali hadir. Rapat selesai.")
CONTENT = SentAnswer("Siapa?", True, (SentQuote.of(Quote(ARTICLE, 0, 16, (6, 9), 0.9)),), "id", 3)


@pytest.fixture
def chats(tmp_path: Path) -> Chats:
    return Chats(tmp_path / FILE_NAME)


def test_settings_are_kept_over_a_restart(chats: Chats, tmp_path: Path) -> None:
    chats.change_settings(-1, quotes=2, language="en")
    chats.close()
    assert Chats(tmp_path / FILE_NAME).settings(-1) == ChatSettings(language="en", quotes=2)


def test_an_answer_comes_back_with_its_quotes_and_the_question_it_belongs_to(chats: Chats) -> None:
    id = chats.save_answer(-1, 7, 55, CONTENT)
    chats.answer_sent(id, 56)
    stored = chats.answer_to(-1, 55)
    assert stored is not None
    assert (stored.id, stored.asker, stored.message, stored.content) == (id, 7, 56, CONTENT)
    assert stored.content.quotes[0].found_in(ARTICLE) == Quote(ARTICLE, 0, 16, (6, 9), 0.9)


@pytest.mark.parametrize("article", [None, Article("a", "Camat Adi hadir. Rapat selesai."), Article("a", "Camat")])
def test_a_quote_that_its_article_no_longer_holds_is_not_found(article: Article | None) -> None:
    assert CONTENT.quotes[0].found_in(article) is None


def test_a_question_is_taken_in_once_also_by_two_processes_until_it_is_released(chats: Chats, tmp_path: Path) -> None:
    assert chats.receive(1, "{}")
    assert not chats.receive(1, "{}")
    restarted = Chats(tmp_path / FILE_NAME)
    assert restarted.unreleased() == [(1, "{}")]
    assert restarted.receive(1, "{}")
    assert restarted.release(1)
    assert not restarted.release(1)
    assert not Chats(tmp_path / FILE_NAME).receive(1, "{}")
    assert restarted.unreleased() == []


def test_a_vote_can_be_changed_and_a_report_stands_beside_it(chats: Chats) -> None:
    id = chats.save_answer(-1, 7, 55, CONTENT)
    for kind in ("good", "bad", "wrong"):
        chats.give_feedback(id, 8, kind)
    chats.give_feedback(id, 8, "wrong", "old")
    assert chats.feedback(id) == [(8, "bad", None), (8, "wrong", "old")]


def test_a_forgotten_person_leaves_no_trace_in_the_file(chats: Chats, tmp_path: Path) -> None:
    chats.change_settings(7001, quotes=1)
    id = chats.save_answer(-1, 7001, 55, CONTENT)
    chats.give_feedback(id, 7001, "good")
    other = chats.save_answer(-1, 7002, 56, CONTENT)
    chats.give_feedback(other, 7001, "good")
    chats.wish(7001, -1, "Pertanyaan rahasia?")
    chats.forget_person(7001)
    chats.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        dump = "\n".join(database.iterdump())
    assert "7001" not in dump and "rahasia" not in dump and "7002" in dump
    database.close()
    assert b"Pertanyaan rahasia" not in (tmp_path / FILE_NAME).read_bytes()


def test_a_group_that_becomes_a_supergroup_keeps_everything(chats: Chats) -> None:
    chats.greet(-1)
    chats.change_settings(-1, quotes=2)
    chats.save_answer(-1, 7, 55, CONTENT)
    chats.migrate(-1, -100)
    assert chats.settings(-100).quotes == 2 and chats.settings(-1).quotes is None
    assert chats.answer_to(-100, 55) is not None
    assert not chats.greet(-100)


def test_what_is_old_is_forgotten(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    old = chats.save_answer(-1, 7, 55, CONTENT)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86400)
    new = chats.save_answer(-1, 7, 56, CONTENT)
    chats.forget_old(30)
    assert chats.answer(old) is None and chats.answer(new) is not None


def test_unanswered_questions_are_counted_without_their_askers(chats: Chats) -> None:
    for question in ("Siapa camat X?", "siapa  camat x?", "Kapan?"):
        chats.note_unanswered(question)
    assert chats.unanswered() == [("siapa camat x?", 2), ("kapan?", 1)]


def test_a_file_of_a_newer_version_or_no_database_is_refused(tmp_path: Path) -> None:
    Chats(tmp_path / FILE_NAME).close()
    database = sqlite3.connect(tmp_path / FILE_NAME)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreUnusable, match="newer wartabot"):
        Chats(tmp_path / FILE_NAME)
    (tmp_path / "broken.db").write_bytes(b"no database at all, only text" * 100)
    with pytest.raises(StoreUnusable, match="cannot be used"):
        Chats(tmp_path / "broken.db")


@pytest.mark.parametrize(
    ("start", "end", "hour", "quiet"),
    [
        (22, 6, 23, True),
        (22, 6, 5, True),
        (22, 6, 6, False),
        (0, 6, 3, True),
        (0, 6, 12, False),
        (None, None, 3, False),
    ],
)
def test_quiet_hours_may_span_midnight(start: int | None, end: int | None, hour: int, quiet: bool) -> None:
    now = datetime(2023, 7, 17, hour, tzinfo=UTC)
    assert is_quiet(ChatSettings(quiet_from=start, quiet_until=end), "UTC", now) is quiet
    assert is_quiet(ChatSettings(quiet_from=22, quiet_until=6), "Asia/Jakarta", datetime(2023, 7, 17, 16, tzinfo=UTC))
