"""The chats in PostgreSQL: several processes at once, leases, servers that go away, and what is forgotten."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import chain
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg
import pytest

from bot.chats import Chats, ChatsLocked, Kind, Pending, workers
from embeddings import StoreUnusable
from tests.postgresql_server import Server
from tests.test_chats import CONTENT, PERSON, leave_traces, saved

PROCESSES = 4
THINGS = 60
PATIENCE_SECONDS = 60.0
NOWHERE = Path("no file")

# What each process tries with each number; of all of them one may succeed.
ATTEMPTS: dict[str, Callable[[Chats, int], bool]] = {
    "take a question in": lambda chats, number: chats.questions.receive(number, 7, 7, "{}"),
    "begin a digest": lambda chats, number: chats.administration.begin_digest(number, "2026-01-01"),
    "greet a group": lambda chats, number: chats.greet(-number),
    "send a reply": lambda chats, number: chats.reports.release(number),
    "show an answer to everyone": lambda chats, number: chats.answers.show_to_everyone(number),
    "tell of an article": lambda chats, number: chats.alerts.release(7, 0, [number]) is not None,
}


def attempt(url: str, name: str) -> list[int]:
    """Which numbers one process succeeds with, while the others try each in the same moment."""
    chats = Chats(NOWHERE, url=url)
    chats.take_over()
    done = [number for number in range(1, THINGS + 1) if with_the_others() and ATTEMPTS[name](chats, number)]
    chats.close()
    return done


def take_over(url: str) -> tuple[list[int], list[int]]:
    """The questions and messages that one process takes over, while the others do the same."""
    chats = Chats(NOWHERE, url=url)
    with_the_others()
    questions = [pending.update_id for pending in chats.take_over()]
    alerts = [alert.id for alert in chats.alerts.doubtful()]
    chats.close()
    return questions, alerts


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    context = get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, meet_at, (context.Barrier(PROCESSES),)) as pool:
        yield pool


MEETING: list[Barrier] = []


def meet_at(barrier: Barrier) -> None:
    """Where this process, of several, waits for the others."""
    MEETING.append(barrier)


def with_the_others() -> bool:
    """Go on when each of the processes is here."""
    return MEETING[0].wait(PATIENCE_SECONDS) >= 0


@pytest.fixture
def chats(postgresql_url: str) -> Iterator[Chats]:
    chats = Chats(NOWHERE, url=postgresql_url)
    yield chats
    chats.close()


@pytest.fixture
def other(postgresql_url: str) -> Iterator[Chats]:
    """Of another process."""
    chats = Chats(NOWHERE, url=postgresql_url)
    yield chats
    chats.close()


def leave_things(chats: Chats) -> None:
    """As many as are tried, numbered from one: answers, reports with a reply, and articles to be told of."""
    waits = chats.subscriptions.add(7, 0, Kind.REGION, "Solok", "id", 30)
    assert waits is not None
    for number in range(1, THINGS + 1):
        answer = saved(chats, 7, 7, number, CONTENT)
        chats.feedback.give(answer.id, 7, "wrong", "old")
        assert chats.reports.answer(number, "Terima kasih.")
        chats.alerts.record("store", number, f"{number}", [], [], [waits.id])


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTEMPTS)
def test_of_all_processes_that_try_the_same_at_once_one_succeeds(
    name: str, chats: Chats, processes: ProcessPoolExecutor, postgresql_url: str
) -> None:
    leave_things(chats)
    tried = processes.map(partial(attempt, postgresql_url), [name] * PROCESSES)
    assert sorted(chain.from_iterable(tried)) == list(range(1, THINGS + 1))


@pytest.mark.slow
def test_what_a_process_has_left_is_taken_over_by_exactly_one_of_four(
    chats: Chats, processes: ProcessPoolExecutor, postgresql_url: str
) -> None:
    leave_things(chats)
    alerts = [chats.alerts.release(7, 0, [number]) for number in range(1, THINGS + 1)]
    for number in range(1, THINGS + 1):
        chats.questions.receive(number, 7, 7, "{}")
    taken = list(processes.map(take_over, [postgresql_url] * PROCESSES))
    assert sorted(chain.from_iterable(questions for questions, _ in taken)) == list(range(1, THINGS + 1))
    assert sorted(chain.from_iterable(messages for _, messages in taken)) == alerts


def test_messages_that_overlap_do_not_tell_of_an_article_twice(chats: Chats, other: Chats) -> None:
    leave_things(chats)

    def tell(telling: Chats, first: int) -> list[int | None]:
        return [telling.alerts.release(7, 0, [number, number + 1]) for number in range(first, THINGS)]

    with ThreadPoolExecutor() as pool:
        sent = [future.result() for future in [pool.submit(tell, chats, 1), pool.submit(tell, other, 2)]]
    messages = [alert for alerts in sent for alert in alerts if alert is not None]
    told = chats.database.all("SELECT alert, count(*) FROM matches WHERE alert IS NOT NULL GROUP BY alert ORDER BY 1")
    assert told == [(alert, 2) for alert in sorted(messages)] and len(messages) >= THINGS // 3


def test_who_taps_twice_and_reaches_two_processes_has_voted_once(chats: Chats, other: Chats) -> None:
    answer = saved(chats, PERSON, PERSON, 1, CONTENT)

    def vote(voting: Chats) -> None:
        for _ in range(30):
            voting.feedback.give(answer.id, PERSON, "good")

    with ThreadPoolExecutor() as pool:
        for future in [pool.submit(vote, chats), pool.submit(vote, other)]:
            future.result()
    assert chats.feedback.on(answer.id) == [(PERSON, "good", None)]
    assert chats.database.all("SELECT value, times FROM counts WHERE kind = 'vote'") == [("good", 1)]


# --- leases ---


def fall_silent(chats: Chats, seconds: float) -> None:
    """As if a process had said for so long that it is at work."""
    assert chats.database.do("UPDATE workers SET seen = seen - ? WHERE run = ?", seconds, chats.workers.run) == 1


def keep_beating(chats: Chats, seconds: float) -> list[Pending]:
    """What a process takes over that has been there for a while."""
    until, found = time.monotonic() + seconds, list[Pending]()
    while time.monotonic() < until:
        found += chats.take_over()
        time.sleep(0.05)
    return found


def test_what_another_process_is_busy_with_is_left_to_it(chats: Chats, other: Chats) -> None:
    chats.take_over()
    chats.questions.receive(1, 7, 7, "{}")
    assert other.take_over() == [] and not other.questions.receive(1, 7, 7, "{}")
    assert chats.questions.release(1)


def test_after_its_lease_what_a_silent_process_has_left_is_taken_over_by_one_that_was_there(
    chats: Chats, other: Chats, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LEASE_SECONDS", 3.0)
    chats.take_over()
    chats.questions.receive(1, 7, 7, "{}")
    fall_silent(chats, 60)
    # While the server was away, nobody could say anything: whoever is back first waits for the others.
    assert other.take_over() == []
    assert keep_beating(other, 2.5) == [Pending(1, "{}", released=False)]
    # The silent one comes back.
    assert chats.take_over() == [] and not chats.questions.release(1)
    assert other.questions.release(1)


def test_a_question_that_telegram_brings_again_is_taken_from_a_silent_process_alone(chats: Chats, other: Chats) -> None:
    chats.take_over()
    chats.questions.receive(1, 7, 7, "{}")
    fall_silent(chats, 20)
    assert not other.questions.receive(1, 7, 7, "{}")
    fall_silent(chats, 20)
    assert other.questions.receive(1, 7, 7, "{}")


# --- what several change at once ---


def test_settings_that_two_processes_change_at_once_are_both_kept(chats: Chats, other: Chats) -> None:
    with ThreadPoolExecutor() as pool:
        for round in range(30):
            changes = [
                pool.submit(chats.settings.change, round, quotes=2),
                pool.submit(other.settings.change, round, language="en"),
            ]
            for change in changes:
                change.result()
    chosen = [chats.settings.of(round) for round in range(30)]
    assert [(settings.quotes, settings.language) for settings in chosen] == [(2, "en")] * 30


def test_what_is_saved_while_its_person_is_forgotten_elsewhere_waits_and_is_not_saved(
    chats: Chats, other: Chats
) -> None:
    chats.questions.receive(1, PERSON, PERSON, "{}")
    with ThreadPoolExecutor() as pool:
        with other.database.forgetting() as forgetting:
            forgetting.execute("DELETE FROM questions WHERE asker = ?", (PERSON,))
            saving = pool.submit(chats.answers.save, PERSON, PERSON, 1, CONTENT, update_id=1)
            with pytest.raises(TimeoutError):
                saving.result(timeout=0.5)
        assert saving.result() is None
    assert rows_about(chats, str(PERSON)) == []


def test_who_is_forgotten_is_forgotten_with_what_is_being_written_elsewhere(chats: Chats, other: Chats) -> None:
    with ThreadPoolExecutor() as pool:
        with chats.database.transaction() as writing:
            writing.execute("INSERT INTO unanswered VALUES (?, 'rahasia', 1, 1.0)", (PERSON,))
            forgetting = pool.submit(other.forget_person, PERSON)
            with pytest.raises(TimeoutError):
                forgetting.result(timeout=0.5)
        forgetting.result()
    assert rows_about(chats, str(PERSON)) == []


def rows_about(chats: Chats, *words: str) -> list[str]:
    """The rows of any table that hold one of these words, also among bytes."""
    tables = chats.database.all("SELECT table_name FROM information_schema.tables WHERE table_schema = 'chats'")
    needles = [needle for word in words for needle in (word.lower(), word.encode().hex(), word.lower().encode().hex())]
    rows = [row for (table,) in tables for (row,) in chats.database.all(f"SELECT CAST(t AS TEXT) FROM {table} AS t")]
    return [row for row in rows if any(needle in row.lower() for needle in needles)]


def test_of_a_forgotten_person_no_row_is_left_in_any_table(chats: Chats, other: Chats) -> None:
    leave_traces(chats, PERSON, "Pertanyaan rahasia sekali?")
    leave_traces(other, PERSON + 1_000_000, "Pertanyaan tetangga?")
    chats.administration.begin_digest(PERSON, "2026-01-01")
    chats.administration.keep_change(PERSON, b"before")
    chats.register(f"commands chat {PERSON} en", "[]")
    tetangga = rows_about(chats, "Pertanyaan tetangga")
    assert len(rows_about(chats, f"{PERSON}", "Pertanyaan rahasia")) > 100 and len(tetangga) > 100
    other.forget_person(PERSON)
    assert rows_about(chats, f"{PERSON}", "Pertanyaan rahasia") == []
    assert rows_about(chats, "Pertanyaan tetangga") == tetangga
    assert other.database.traces
    other.database.leave_no_trace()
    assert not other.database.traces
    assert chats.database.all("SELECT sum(n_dead_tup) FROM pg_stat_user_tables WHERE relname = 'answers'") == [(0,)]


# --- whose chats they are ---


def test_a_database_is_at_work_for_one_bot_at_a_time(chats: Chats, other: Chats, postgresql_url: str) -> None:
    chats.claim("123")
    other.claim("123")
    chats.register("description id", "lama")
    third = Chats(NOWHERE, url=postgresql_url)
    with pytest.raises(StoreUnusable, match=r"postgresql://127.* is at work for the bot 123, .* that of the bot 456"):
        third.claim("456")
    with pytest.raises(StoreUnusable, match="2 running processes"):
        third.refuse_if_at_work()
    chats.workers.leave()
    fall_silent(other, 60)
    third.refuse_if_at_work()
    assert third.registered("description id") == "lama"
    third.claim("456")
    # Nothing was told Telegram of the other bot.
    assert third.registered("description id") is None
    with pytest.raises(StoreUnusable, match="is at work for the bot 456"):
        chats.claim("123")
    third.close()


def test_who_spoke_last_in_the_future_has_ended(chats: Chats, other: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LEASE_SECONDS", 1.0)
    other.take_over()
    assert other.questions.receive(1, 7, 7, "{}")
    # As if the clock of the server had been put back since.
    fall_silent(other, -3600)
    assert [pending.update_id for pending in keep_beating(chats, 3)] == [1]


def test_what_is_old_is_forgotten_without_writing_all_else_anew(chats: Chats) -> None:
    leave_things(chats)
    alert = chats.alerts.release(7, 0, [1, 2, 3])
    assert alert is not None
    chats.alerts.finish(alert)
    where = "SELECT ctid FROM matches ORDER BY id"
    before = chats.database.all(where)
    chats.database.do("UPDATE alerts SET released = 0")
    chats.forget_old(30)
    assert chats.database.all("SELECT count(*) FROM alerts") == [(0,)] and chats.database.all(where) == before


def test_who_is_forgotten_while_the_database_is_tidied_is_tidied_up_after(chats: Chats, postgresql_url: str) -> None:
    leave_traces(chats, PERSON, "Pertanyaan rahasia sekali?")
    with psycopg.connect(postgresql_url) as holding, ThreadPoolExecutor() as pool:
        holding.execute("LOCK TABLE chats.changes IN SHARE UPDATE EXCLUSIVE MODE")
        tidying = pool.submit(chats.database.leave_no_trace)
        with pytest.raises(TimeoutError):
            tidying.result(timeout=0.5)
        chats.forget_person(PERSON)
        holding.rollback()
        tidying.result()
    assert chats.database.traces


# --- servers that go away ---


def test_a_read_that_takes_too_long_is_given_up_once_and_the_server_is_not_taken_for_lost(chats: Chats) -> None:
    chats.database._reading.execute("SET statement_timeout = '200ms'")  # type: ignore[attr-defined]
    begin = time.monotonic()
    with pytest.raises(ChatsLocked, match="took too long"):
        chats.database.one("SELECT pg_sleep(3)")
    assert time.monotonic() - begin < 1 and not chats.database.lost
    assert chats.settings.of(7).quotes is None


def once_there(call: Callable[[], bool]) -> bool:
    """What a call gives that is tried again for as long as the server is away."""
    for _ in range(120):
        try:
            return call()
        except ChatsLocked:
            time.sleep(0.25)
    raise AssertionError("The server did not come back")


@pytest.mark.slow
def test_after_a_killed_server_is_back_everything_goes_on_and_nothing_is_there_twice(
    chats: Chats, postgresql_server: Server
) -> None:
    assert chats.questions.receive(1, 7, 7, "{}")
    postgresql_server.kill()
    try:
        with pytest.raises(ChatsLocked):
            chats.settings.of(7)
        begin = time.monotonic()
        # Known to be away, it is not asked again where the event loop waits.
        with pytest.raises(ChatsLocked):
            chats.settings.of(7)
        assert chats.database.lost and time.monotonic() - begin < 0.1
        with pytest.raises(ChatsLocked):
            chats.questions.receive(2, 7, 7, "{}")
    finally:
        postgresql_server.start()
    assert once_there(lambda: chats.questions.receive(2, 7, 7, "{}"))
    assert not chats.questions.receive(1, 7, 7, "{}") and chats.questions.release(1) and not chats.questions.release(1)
    assert chats.settings.of(7).quotes is None and not chats.database.lost
    assert chats.database.all("SELECT update_id FROM questions ORDER BY 1") == [(1,), (2,)]


@pytest.mark.slow
def test_a_server_that_was_restarted_between_two_reads_is_not_noticed(chats: Chats, postgresql_server: Server) -> None:
    chats.settings.change(7, quotes=3)
    postgresql_server.kill()
    postgresql_server.start()
    assert chats.settings.of(7).quotes == 3


@pytest.mark.slow
def test_when_the_standby_takes_over_what_was_written_is_there_once(
    postgresql_server: Server, postgresql_database: str, chats: Chats
) -> None:
    chats.take_over()
    standby = postgresql_server.standby()
    both = Chats(NOWHERE, url=postgresql_server.url(postgresql_database, standby))
    try:
        both.take_over()
        assert both.questions.receive(1, 7, 7, "{}") and both.questions.release(1)
        with psycopg.connect(standby.url(postgresql_database), autocommit=True) as reading:
            released = "SELECT 1 FROM chats.questions WHERE released IS NOT NULL"
            assert once_there(lambda: reading.execute(released).fetchone() is not None or arrives_later())
        postgresql_server.kill()
        standby.promote()
        assert once_there(lambda: both.questions.receive(2, 7, 7, "{}"))
        assert not both.questions.receive(1, 7, 7, "{}") and not both.questions.release(1)
        assert both.settings.of(7).quotes is None
        both.questions.finish(1)
        both.workers.leave()
    finally:
        both.close()
        standby.close()
        postgresql_server.start()


def arrives_later() -> bool:
    raise ChatsLocked


class Wire:
    """Lies between the bot and its server, and breaks where a transaction ends: before the server knows, or after."""

    def __init__(self, port: int) -> None:
        self.breaks: str | None = None
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(source, target, source is client), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, to_server: bool) -> None:
        try:
            while content := source.recv(65536):
                if not (to_server and b"COMMIT" in content and self.breaks):
                    target.sendall(content)
                    continue
                if self.breaks == "after":
                    # No answer comes back any more.
                    source.shutdown(socket.SHUT_RDWR)
                    target.sendall(content)
                self.breaks = None
                break
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def wire(postgresql_server: Server) -> Iterator[Wire]:
    wire = Wire(postgresql_server.port)
    yield wire
    wire.close()


def test_what_was_written_while_the_wire_broke_counts_as_written_and_what_was_not_is_tried_again(
    wire: Wire, postgresql_server: Server, postgresql_url: str
) -> None:
    chats = Chats(NOWHERE, url=postgresql_url.replace(f":{postgresql_server.port}/", f":{wire.port}/"))
    wire.breaks = "before"
    with pytest.raises(ChatsLocked):
        chats.questions.receive(1, 7, 7, "{}")
    assert wire.breaks is None and chats.database.all("SELECT * FROM questions") == []
    # Otherwise the one who tries again would hear that somebody has it already.
    wire.breaks = "after"
    assert chats.questions.receive(1, 7, 7, "{}") and wire.breaks is None
    wire.breaks = "after"
    assert chats.questions.release(1) and wire.breaks is None
    assert not chats.questions.release(1)
    chats.close()
