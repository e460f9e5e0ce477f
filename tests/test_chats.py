import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from bot.chats import (
    FILE_NAME,
    Chats,
    ChatSettings,
    ChatsLocked,
    Kind,
    Pending,
    SentAnswer,
    SentQuote,
    StoredAnswer,
    is_quiet,
)
from bot.sharing import TOKEN
from embeddings import Article, Quote, StandingQuestion, StoreUnusable

ARTICLE = Article("a", "Camat Ali hadir. Rapat selesai.")
CONTENT = SentAnswer("Siapa?", True, (SentQuote.of(Quote(ARTICLE, 0, 16, (6, 9), 0.9)),), "id", 3)

SCHEMA_OF_VERSION_1 = """
CREATE TABLE settings(chat INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
-- Groups the bot has greeted.
CREATE TABLE groups(chat INTEGER PRIMARY KEY) STRICT;
-- Each question once: `update_content` is the update as it came, until the answer is on its way.
CREATE TABLE questions(
  update_id INTEGER PRIMARY KEY,
  update_content TEXT,
  run TEXT NOT NULL,
  received REAL NOT NULL
) STRICT;
CREATE TABLE answers(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat INTEGER NOT NULL,
  asker INTEGER NOT NULL,
  question_message INTEGER,
  answer_message INTEGER,
  content BLOB NOT NULL,
  sent REAL NOT NULL
) STRICT;
CREATE INDEX answers_by_question ON answers(chat, question_message);
CREATE TABLE feedback(
  answer INTEGER NOT NULL REFERENCES answers(id) ON DELETE CASCADE,
  person INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  given REAL NOT NULL,
  PRIMARY KEY (answer, person, kind)
) STRICT;
CREATE TABLE wishes(
  person INTEGER NOT NULL,
  chat INTEGER NOT NULL,
  question TEXT NOT NULL,
  wished REAL NOT NULL,
  PRIMARY KEY (person, chat, question)
) STRICT;
-- What no article answered, for the operator; without who asked.
CREATE TABLE unanswered(question TEXT PRIMARY KEY, times INTEGER NOT NULL, last_asked REAL NOT NULL) STRICT;
CREATE TABLE registered(name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
"""


Open = Callable[[], Chats]


@pytest.fixture(params=["sqlite", "postgresql"])
def open_chats(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same database each time, as further processes do."""
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    opened: list[Chats] = []

    def opening() -> Chats:
        opened.append(Chats(tmp_path / FILE_NAME, url=url))
        return opened[-1]

    yield opening
    for chats in opened:
        chats.close()


@pytest.fixture
def chats(open_chats: Open) -> Chats:
    """Of either engine."""
    return open_chats()


@pytest.fixture
def file_chats(tmp_path: Path) -> Chats:
    """In a file, whose bytes are looked at."""
    return Chats(tmp_path / FILE_NAME)


def shared(chats: Chats) -> bool:
    return chats.database.shared


def saved(chats: Chats, *arguments: Any, **named: Any) -> StoredAnswer:
    answer = chats.answers.save(*arguments, **named)
    assert answer is not None
    return answer


def note_unanswered(chats: Chats, asker: int, question: str) -> None:
    note_unanswered.update -= 1  # type: ignore[attr-defined]
    update: int = note_unanswered.update  # type: ignore[attr-defined]
    chats.questions.receive(update, asker, asker, "{}")
    assert chats.questions.release(update, question)
    chats.questions.finish(update)


note_unanswered.update = 0  # type: ignore[attr-defined]


def unanswered(chats: Chats) -> list[tuple[str, int]]:
    return [(question, times) for question, times, _ in chats.questions.unanswered()]


def test_settings_are_kept_over_a_restart(open_chats: Open) -> None:
    open_chats().settings.change(-1, quotes=2, language="en")
    assert open_chats().settings.of(-1) == ChatSettings(language="en", quotes=2)


def test_an_answer_comes_back_with_its_quotes_and_the_question_it_belongs_to(chats: Chats) -> None:
    kept = saved(chats, -1, 7, 55, CONTENT, everyone=True)
    chats.answers.note_sent(kept.id, 56)
    stored = chats.answers.to_message(-1, 55)
    assert stored is not None and stored == chats.answers.by_token(kept.token) == chats.answers.in_message(-1, 56)
    assert (stored.id, stored.asker, stored.message, stored.everyone, stored.content) == (
        kept.id,
        7,
        56,
        True,
        CONTENT,
    )
    assert stored.content.quotes[0].found_in(ARTICLE) == Quote(ARTICLE, 0, 16, (6, 9), 0.9)


@pytest.mark.parametrize("article", [None, Article("a", "Camat Adi hadir. Rapat selesai."), Article("a", "Camat")])
def test_a_quote_that_its_article_no_longer_holds_is_not_found(article: Article | None) -> None:
    assert CONTENT.quotes[0].found_in(article) is None


def test_tokens_are_of_one_length_and_none_comes_twice(chats: Chats) -> None:
    tokens = {saved(chats, -1, 7, 55, CONTENT).token for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(TOKEN, token) for token in tokens)


def test_a_question_is_taken_in_once_also_by_two_processes_until_it_is_released(chats: Chats, open_chats: Open) -> None:
    assert chats.questions.receive(1, 7, 7, "{}")
    assert not chats.questions.receive(1, 7, 7, "{}")
    restarted = open_chats()
    assert restarted.questions.receive(1, 7, 7, "{}")
    assert not chats.questions.release(1)
    assert restarted.questions.release(1)
    assert not restarted.questions.release(1)
    third = open_chats()
    assert not third.questions.receive(1, 7, 7, "{}")
    assert third.take_over() == [Pending(1, "{}", released=True)]
    third.questions.finish(1)
    assert not third.questions.receive(1, 7, 7, "{}") and open_chats().take_over() == []


def test_what_a_process_has_left_the_next_one_takes_over_and_does_not_take_in_again(
    chats: Chats, open_chats: Open
) -> None:
    for update in (3, 1, 2):
        chats.questions.receive(update, 7, 7, f"{update}")
    chats.questions.finish(2)
    assert chats.take_over() == []
    chats.workers.leave()
    restarted = open_chats()
    assert restarted.take_over() == [Pending(1, "1", released=False), Pending(3, "3", released=False)]
    assert restarted.take_over() == [] and not restarted.questions.receive(1, 7, 7, "{}")
    # The first one has lost it.
    assert not chats.questions.release(1) and restarted.questions.release(1)
    chats.questions.take_back(1)
    chats.questions.finish(1)
    restarted.workers.leave()
    assert open_chats().take_over() == [Pending(1, "1", released=True), Pending(3, "3", released=False)]


def test_news_that_may_be_lost_is_offered_by_the_process_that_takes_over(chats: Chats, open_chats: Open) -> None:
    waits = chats.subscriptions.add(7, 0, Kind.REGION, "Solok", "id", 30)
    assert waits is not None
    chats.alerts.record("store", 1, "a", [], [], [waits.id])
    (match,) = chats.alerts.due(7, 0, time.time(), 0.0)
    alert = chats.alerts.release(7, 0, [match.id])
    assert alert is not None and chats.alerts.release(7, 0, [match.id]) is None
    assert [doubtful.id for doubtful in chats.alerts.doubtful()] == [alert]
    restarted = open_chats()
    assert restarted.alerts.doubtful() == []
    restarted.take_over()
    assert [doubtful.id for doubtful in restarted.alerts.doubtful()] == [alert] and chats.alerts.doubtful() == []


def test_what_waits_is_known_to_have_changed_whichever_process_changes_it(chats: Chats, open_chats: Open) -> None:
    other, seen = open_chats(), [chats.subscriptions.changes]
    waits = other.subscriptions.add(7, 0, Kind.QUESTION, "Kapan?", "id", 30)
    assert waits is not None
    seen.append(chats.subscriptions.changes)
    other.subscriptions.prepare(waits.id, "encoder", StandingQuestion(b"12", ("kapan",), ("Solok",), None, True))
    seen.append(chats.subscriptions.changes)
    (waiting,) = chats.subscriptions.waiting_questions("encoder")
    assert (waiting.words, waiting.since, waiting.subscriptions) == ("Kapan?", waits.since, (waits.id,))
    assert waiting.compared == StandingQuestion(b"12", ("kapan",), ("Solok",), None, True)
    other.forget_person(7)
    seen.append(chats.subscriptions.changes)
    assert len(set(seen)) == len(seen)


def test_questions_that_several_wait_for_are_compared_once_unless_they_count_from_another_day(chats: Chats) -> None:
    for chat, from_its_day in ((1, False), (2, False), (3, True)):
        waits = chats.subscriptions.add(chat, 0, Kind.QUESTION, "Kapan rapat?", "id", 30)
        assert waits is not None
        chats.subscriptions.prepare(waits.id, "encoder", StandingQuestion(b"12", (), (), None, from_its_day))
    assert [one.subscriptions for one in chats.subscriptions.waiting_questions("encoder")] == [(1, 2), (3,)]


def test_what_a_group_and_its_supergroup_both_have_is_kept_once(chats: Chats) -> None:
    for group in (-1, -100):
        chats.greet(group)
        chats.settings.change(group, quotes=2 if group == -1 else 3)
        note_unanswered(chats, group, "Kapan?")
        for topic in (0, 5, 6):
            chats.subscriptions.add(group, topic, Kind.REGION, "Solok", "id", 30)
    chats.migrate(-1, -100)
    assert chats.settings.of(-100).quotes == 2 and not chats.greet(-100) and chats.greet(-1)
    assert unanswered(chats) == [("kapan?", 1)] and chats.subscriptions.of(-1) == []
    assert [(one.id, one.topic) for one in chats.subscriptions.of(-100)] == [(3, 0), (5, 5), (6, 6)]


def test_a_question_whose_answer_was_surely_not_sent_is_left_to_the_next_process(
    chats: Chats, open_chats: Open
) -> None:
    chats.questions.receive(1, 7, 7, "{}")
    chats.questions.release(1)
    chats.questions.take_back(1)
    assert chats.take_over() == []
    chats.workers.leave()
    restarted = open_chats()
    assert restarted.questions.receive(1, 7, 7, "{}") and restarted.questions.release(1)


def test_a_vote_can_be_changed_and_a_report_stands_beside_it(chats: Chats) -> None:
    id = saved(chats, -1, 7, 55, CONTENT).id
    for kind in ("good", "bad", "wrong"):
        chats.feedback.give(id, 8, kind)
    chats.feedback.give(id, 8, "wrong", "old")
    assert chats.feedback.on(id) == [(8, "bad", None), (8, "wrong", "old")]
    assert chats.feedback.withdraw_report(id, 8) and not chats.feedback.withdraw_report(id, 8)
    assert chats.feedback.on(id) == [(8, "bad", None)]


PERSON = 7_700_123_456


def traces(folder: Path, person: int, words: str) -> list[str]:
    """Where in the files of a folder a person's number, as text or as SQLite stores it, or their words stand."""
    needles = [str(person).encode(), person.to_bytes(6, "big"), words.encode()]
    return [
        f"{needle!r} in {file.name}"
        for file in folder.rglob("*")
        for needle in needles
        if file.is_file() and needle.lower() in file.read_bytes().lower()
    ]


def test_many_people_who_ask_edit_and_vote_at_random_leave_no_byte_once_they_are_forgotten(
    file_chats: Chats, tmp_path: Path
) -> None:
    random, people = Random(1), [PERSON + number for number in range(20)]
    answers: list[StoredAnswer] = []
    for number in range(1500):
        person = random.choice(people)
        words = f"rahasia{person}x " * random.randint(1, 60)
        content = msgspec.structs.replace(CONTENT, question=words)
        if random.random() < 0.7 or not answers:
            file_chats.questions.receive(number, person, person, words)
            answers.append(saved(file_chats, person, person, number, content, update_id=number))
            file_chats.questions.release(number, words)
            file_chats.questions.finish(number)
        elif random.random() < 0.5:
            answer = random.choice(answers)
            longer = msgspec.structs.replace(CONTENT, question=f"rahasia{answer.asker}x " * random.randint(1, 80))
            file_chats.answers.replace(answer.id, longer)
        else:
            file_chats.feedback.give(random.choice(answers).id, person, "good")
    for person in people[:10]:
        file_chats.forget_person(person)
    file_chats.database.leave_no_trace()
    assert all(traces(tmp_path, person, f"rahasia{person}x") == [] for person in people[:10])
    assert all(traces(tmp_path, person, f"rahasia{person}x") != [] for person in people[10:])


def leave_traces(chats: Chats, person: int, words: str) -> None:
    """Everything that can be kept of a person, over many pages, some of it deleted or overwritten already."""
    content = msgspec.structs.replace(CONTENT, question=words, typed=words, understood=(words,))
    chats.settings.change(person, quotes=1)
    for number in range(60):
        chats.questions.receive(person + number, person, person, f"{words} {number} {person}")
        answer = saved(chats, -1 if number % 2 else person, person, number, content, everyone=True)
        chats.answers.save_copy(5, answer, content.without_question())
        # Siti goes on with what was asked.
        saved(chats, -1, 6, None, content, everyone=True, follows=answer.id)
        note_unanswered(chats, person, f"{words} {number}")
        if number % 3:
            chats.questions.finish(person + number)
            chats.answers.replace(answer.id, CONTENT)
    others = saved(chats, -1, 6, 1, CONTENT, everyone=True)
    chats.feedback.give(others.id, person, "wrong", "old")
    waits = chats.subscriptions.add(person, 0, Kind.QUESTION, words, "id", 30, answer=others.id)
    assert waits is not None
    prepared = StandingQuestion(b"\0" * 4, tuple(words.casefold().split()), (words.casefold(),), None, False)
    chats.subscriptions.prepare(waits.id, "encoder", prepared)
    for number in range(30):
        answer = (waits.id, msgspec.structs.replace(content, subscription=waits.id))
        chats.alerts.record("store", number, f"{number}", [], [answer], [])
    waiting = chats.alerts.due(person, 0, time.time(), 0.0)
    alert = chats.alerts.release(person, 0, [match.id for match in waiting[:10]])
    assert alert is not None
    chats.alerts.finish(alert)
    chats.alerts.release(person, 0, [match.id for match in waiting[10:20]])


def test_of_a_forgotten_person_no_byte_is_left_in_any_file_while_the_database_is_in_use(
    file_chats: Chats, tmp_path: Path
) -> None:
    leave_traces(file_chats, PERSON, "Pertanyaan rahasia sekali?")
    leave_traces(file_chats, PERSON + 1_000_000, "Pertanyaan tetangga?")
    assert len(traces(tmp_path, PERSON, "Pertanyaan rahasia")) >= 2
    file_chats.forget_person(PERSON)
    assert file_chats.database.traces
    file_chats.database.leave_no_trace()
    assert not file_chats.database.traces
    assert traces(tmp_path, PERSON, "Pertanyaan rahasia") == []
    assert traces(tmp_path, PERSON + 1_000_000, "Pertanyaan tetangga") != []
    assert file_chats.questions.unanswered()[0][0].startswith("pertanyaan tetangga?")


def test_a_groups_anonymous_administrators_are_forgotten_with_their_group_alone(chats: Chats) -> None:
    for group in (-100, -200):
        chats.settings.change(group, quotes=2)
        saved(chats, group, group, 55, CONTENT, everyone=True)
        note_unanswered(chats, group, f"siapa di {group}?")
    chats.forget_chat(-100)
    assert chats.answers.to_message(-100, 55) is None and chats.settings.of(-100).quotes is None
    assert chats.answers.to_message(-200, 55) is not None and chats.settings.of(-200).quotes == 2
    assert unanswered(chats) == [("siapa di -200?", 1)]


def test_a_group_that_becomes_a_supergroup_keeps_everything_but_its_messages_numbers(chats: Chats) -> None:
    chats.greet(-1)
    chats.settings.change(-1, quotes=2)
    kept = saved(chats, -1, 7, 55, CONTENT, everyone=True)
    chats.answers.note_sent(kept.id, 56)
    chats.migrate(-1, -100)
    assert chats.settings.of(-100).quotes == 2 and chats.settings.of(-1).quotes is None
    # Message 55 of the new chat is another one.
    assert chats.answers.to_message(-100, 55) is None and chats.answers.in_message(-100, 56) is None
    moved = chats.answers.by_token(kept.token)
    assert moved is not None and moved.chat == -100
    assert not chats.greet(-100)
    since = saved(chats, -100, 7, 3, CONTENT, everyone=True)
    chats.migrate(-1, -100)
    assert chats.answers.to_message(-100, 3) == since


def test_what_is_old_is_forgotten_without_a_trace(
    file_chats: Chats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_traces(file_chats, PERSON, "Pertanyaan rahasia sekali?")
    file_chats.database.do("UPDATE subscriptions SET stopped = 1.0")
    file_chats.database.do("DELETE FROM settings")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86400)
    new = saved(file_chats, -1, 7, 56, CONTENT)
    file_chats.forget_old(30)
    file_chats.database.leave_no_trace()
    assert file_chats.answers.by_token(new.token) is not None
    assert traces(tmp_path, PERSON, "Pertanyaan rahasia") == []


def test_what_is_forgotten_while_another_program_reads_is_tried_again(file_chats: Chats, tmp_path: Path) -> None:
    leave_traces(file_chats, PERSON, "Pertanyaan rahasia sekali?")
    reader = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM answers").fetchone()
    file_chats.forget_person(PERSON)
    size = (tmp_path / f"{FILE_NAME}-wal").stat().st_size
    for _ in range(3):
        with pytest.raises(ChatsLocked):
            file_chats.database.leave_no_trace()
    # Written anew once, not with each attempt.
    assert (tmp_path / f"{FILE_NAME}-wal").stat().st_size < size + 2 * (tmp_path / FILE_NAME).stat().st_size
    reader.execute("COMMIT")
    reader.close()
    file_chats.database.leave_no_trace()
    assert traces(tmp_path, PERSON, "Pertanyaan rahasia") == []


def test_unanswered_questions_are_counted_without_their_askers(chats: Chats) -> None:
    for asker, question in ((1, "Siapa camat X?"), (2, "siapa  camat x?"), (1, "Kapan?")):
        note_unanswered(chats, asker, question)
    assert unanswered(chats) == [("siapa camat x?", 2), ("kapan?", 1)]


def test_files_and_folder_are_readable_by_their_owner_alone_also_those_of_before(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    (folder / FILE_NAME).touch(mode=0o644)
    chats = Chats(folder / FILE_NAME)
    chats.greet(-1)
    assert folder.stat().st_mode & 0o777 == 0o700
    files = list(folder.iterdir())
    assert len(files) >= 2 and all(file.stat().st_mode & 0o777 == 0o600 for file in files)


def test_a_file_of_the_version_before_is_carried_over(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / FILE_NAME)
    database.executescript(f"PRAGMA journal_mode = WAL; {SCHEMA_OF_VERSION_1} PRAGMA user_version = 1;")
    database.execute("INSERT INTO settings VALUES (7, ?)", (msgspec.json.encode(ChatSettings(quotes=2)),))
    database.execute("INSERT INTO wishes VALUES (7, 7, 'Kapan?', 1.0)")
    row = (4, 7, 7, 55, 56, msgspec.json.encode(CONTENT), time.time())
    database.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    database.execute("INSERT INTO feedback VALUES (4, 7, 'wrong', 'old', 1.0)")
    update = '{"update_id": 9, "message": {"chat": {"id": -3}, "from": {"id": 8}}}'
    database.execute(
        "INSERT INTO questions VALUES (9, ?, 'before', ?), (8, NULL, 'before', 1.0)", (update, time.time())
    )
    database.execute("INSERT INTO unanswered VALUES ('rahasia?', 1, 1.0)")
    database.commit()
    database.close()
    chats = Chats(tmp_path / FILE_NAME)
    assert chats.settings.of(7).quotes == 2 and [one.words for one in chats.subscriptions.of(7)] == ["Kapan?"]
    stored = chats.answers.to_message(7, 55)
    assert stored is not None and re.fullmatch(TOKEN, stored.token)
    assert (stored.id, stored.message, stored.everyone, stored.content) == (4, 56, False, CONTENT)
    assert chats.feedback.on(4) == [(7, "wrong", "old")]
    assert chats.take_over() == [Pending(9, update, released=False)]
    assert chats.database.all("SELECT chat, asker FROM questions ORDER BY update_id") == [(0, 0), (-3, 8)]
    # Nobody could have theirs deleted.
    assert chats.questions.unanswered() == []
    assert saved(chats, 7, 7, 57, CONTENT).id == 5


def test_a_change_while_another_program_has_the_file_locked_says_that_nothing_was_lost(
    file_chats: Chats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_chats.database.changing.execute("PRAGMA busy_timeout = 100")
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ChatsLocked):
        file_chats.greet(-1)
    # Reading goes on.
    assert file_chats.settings.of(-1) == ChatSettings()
    other.execute("ROLLBACK")
    other.close()
    assert file_chats.greet(-1)


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


def test_what_was_forgotten_while_it_was_answered_is_not_written_back(chats: Chats) -> None:
    chats.questions.receive(1, PERSON, PERSON, "{}")
    original = saved(chats, PERSON, PERSON, 1, CONTENT)
    chats.forget_person(PERSON)
    assert chats.answers.save(PERSON, PERSON, 55, CONTENT, update_id=1) is None
    assert not chats.questions.release(1, "Pertanyaan rahasia?")
    assert chats.subscriptions.add(PERSON, 0, Kind.QUESTION, "Rahasia?", "id", 30, answer=original.id) is None
    of_a_subscription = msgspec.structs.replace(CONTENT, subscription=1)
    assert chats.answers.save(PERSON, PERSON, None, of_a_subscription) is None
    chats.alerts.record("store", 1, "a", [], [(1, of_a_subscription)], [1])
    assert chats.alerts.due_places(time.time(), 0.0) == []
    assert chats.answers.save(-1, 6, 56, CONTENT, follows=original.id) is None
    assert chats.answers.save_copy(6, original, CONTENT) is None
    assert (
        chats.subscriptions.of(PERSON) == []
        and chats.questions.unanswered() == []
        and chats.answers.to_message(PERSON, 55) is None
    )


def test_whoever_opens_a_card_again_gets_the_same_copy(chats: Chats) -> None:
    original = saved(chats, -1, 7, 55, CONTENT, everyone=True)
    copy = chats.answers.save_copy(8, original, CONTENT.without_question())
    assert copy is not None and copy.original == original.id
    assert chats.answers.save_copy(8, original, CONTENT.without_question()) == copy
    assert chats.answers.save_copy(9, copy, CONTENT.without_question()) != copy
    assert chats.database.one("SELECT count(*) FROM answers")[0] == 3


def test_only_the_first_press_shows_an_answer_to_everyone(chats: Chats) -> None:
    answer = saved(chats, -1, 7, 55, CONTENT)
    assert chats.answers.show_to_everyone(answer.id) and not chats.answers.show_to_everyone(answer.id)
    chats.answers.hide_again(answer.id)
    assert chats.answers.show_to_everyone(answer.id)


def test_what_was_just_stored_is_found_whatever_another_thread_reads_meanwhile(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.db")
    for number in range(200):
        chats.answers.save(number, number, number, CONTENT)
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            chats.database.all("SELECT * FROM answers")

    reading = threading.Thread(target=read)
    reading.start()
    try:
        # A question whose answer is not found there counts as one that its asker has forgotten.
        assert all(chats.answers.save(1, 1, number, CONTENT) is not None for number in range(500))
    finally:
        ended.set()
        reading.join()
        chats.close()
