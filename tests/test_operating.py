"""What an operator sees: figures without people, unanswered questions once each, and reports that get an answer."""

import csv
import io
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from bot.chats import FILE_NAME, Chats, Outcome, StoredAnswer
from bot.operating.stats import bar, figures
from bot.operating.unanswered import gaps
from embeddings import Summary, group_alike
from tests.test_chats import CONTENT, PERSON, Open, chats, note_unanswered, open_chats, saved, traces
from tests.test_command_line import Run, folder, run

__all__ = ["chats", "folder", "open_chats", "run"]

SUMMARY = Summary(5, 30, "2022-03-21", "2023-07-17")
NOON = 1_689_570_000.0  # 12:00 in Jakarta on 17 July 2023


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    monkeypatch.setattr(time, "time", lambda: moment)


def ask(chats: Chats, update: int, certainty: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that takes so long."""
    begin = time.time()
    chats.questions.receive(update, PERSON, PERSON, "{}")
    set_clock(monkeypatch, begin + seconds)
    assert chats.questions.release(update, None, Outcome(certainty, "id"))
    set_clock(monkeypatch, begin)


def report(chats: Chats, person: int = PERSON, question: str = "Siapa?") -> int:
    """Somebody reports an answer; returns the report's number."""
    answer: StoredAnswer = saved(chats, person, person, 55, CONTENT)
    chats.feedback.give(answer.id, person, "wrong", "person", 0)
    return chats.reports.open()[-1].id


def test_a_question_is_counted_by_how_it_was_answered_and_how_long_that_took(
    chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, NOON)
    for number, (certainty, seconds) in enumerate([("sure", 0.1)] * 18 + [("maybe", 0.1), ("no", 9.0)]):
        ask(chats, number, certainty, seconds, monkeypatch)
    day = figures(chats, SUMMARY, 1).total
    assert (day.questions, day.sure, day.maybe, day.no, day.answered_share) == (20, 18, 1, 1, 0.95)
    assert day.p50_ms is not None and 100 <= day.p50_ms <= 125
    assert day.p95_ms == day.p50_ms and day.languages == {"id": 20}
    ask(chats, 99, "no", 9.0, monkeypatch)
    slowest = figures(chats, SUMMARY, 1).total.p95_ms
    assert slowest is not None and 9000 <= slowest <= 11_250


def test_a_question_is_counted_once_also_where_two_processes_have_it(chats: Chats, tmp_path: Path) -> None:
    chats.questions.receive(1, 7, 7, "{}")
    other = Chats(tmp_path / FILE_NAME)
    assert chats.questions.release(1, None, Outcome("sure", "id"))
    assert not other.questions.release(1, None, Outcome("sure", "id"))
    assert figures(chats, SUMMARY, 1).total.questions == 1


def test_days_are_those_of_the_newsroom_and_those_without_questions_are_shown_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats = Chats(tmp_path / FILE_NAME, "Asia/Jayapura")
    # 23:30 in Jakarta is half past one of the next day in Jayapura.
    set_clock(monkeypatch, NOON + 11.5 * 3600)
    ask(chats, 1, "sure", 0.1, monkeypatch)
    shown = figures(chats, SUMMARY, 3).to_json()["days"]
    assert [(day["day"], day["questions"]) for day in shown] == [
        ("2023-07-16", 0),
        ("2023-07-17", 0),
        ("2023-07-18", 1),
    ]
    assert shown[0]["answered_share"] is None and shown[0]["p95_ms"] is None


def test_a_vote_counts_once_however_often_it_is_pressed_and_moves_when_it_is_changed(
    chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, NOON)
    answer = saved(chats, -1, 7, 55, CONTENT).id
    for kind in ("good", "good", "bad"):
        chats.feedback.give(answer, 8, kind)
    chats.feedback.give(answer, 9, "wrong", "old")
    chats.feedback.give(answer, 9, "wrong", "person")
    day = figures(chats, SUMMARY, 1).total
    assert (day.good, day.bad, day.reports) == (0, 1, 1)
    # Taken back on another day, it leaves the day on which it was given.
    set_clock(monkeypatch, NOON + 86_400)
    assert chats.feedback.withdraw_report(answer, 9)
    assert [day.reports for day in figures(chats, SUMMARY, 2).days.values()] == [0, 0]


def test_a_vote_from_before_there_were_counters_can_be_taken_back(chats: Chats) -> None:
    answer = saved(chats, -1, 7, 55, CONTENT).id
    chats.database.do("INSERT INTO feedback(answer, person, kind, given) VALUES (?, 8, 'good', ?)", answer, time.time())
    chats.feedback.withdraw_vote(answer, 8)
    assert figures(chats, SUMMARY, 1).total.good == 0


def test_what_is_counted_outlives_the_people_and_their_days_and_tells_nothing_of_them(
    chats: Chats, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = time.time()
    ask(chats, 1, "sure", 0.1, monkeypatch)
    report(chats)
    note_unanswered(chats, PERSON, "Pertanyaan rahasia?")
    chats.forget_person(PERSON)
    set_clock(monkeypatch, begin + 40 * 86_400)
    chats.forget_old(30)
    chats.database.leave_no_trace()
    total = figures(chats, SUMMARY, 366).total
    assert (total.questions, total.reports, chats.reports.count()) == (1, 1, 0)
    assert traces(tmp_path, PERSON, "Pertanyaan rahasia") == []


@pytest.mark.parametrize(
    ("value", "most", "shown"), [(0, 9, ""), (1, 1000, "▇"), (5, 10, "▇▇▇▇▇"), (7, 7, "▇" * 10), (0, 0, "")]
)
def test_a_bar_is_as_long_as_its_value_and_never_hides_one(value: int, most: int, shown: str) -> None:
    assert bar(value, most) == shown


# --- what went unanswered -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "alike",
    [
        ["siapa kapolres banyuasin?", "min, kapolres banyuasin siapa ya", "siapa kapolres banyuasn"],
        ["siapa bupati oku", "siapa bupti oku", "min siapa bupati oku thx"],
        ["berapa anggaran pembangunan jembatan", "anggaran jembatan pembangunan berapa kak"],
    ],
)  # fmt: skip
def test_questions_that_differ_in_spelling_order_and_small_talk_are_one(alike: list[str]) -> None:
    (group,) = group_alike(dict.fromkeys(alike, 1))
    assert sorted(group) == sorted(alike)


@pytest.mark.parametrize(
    "different",
    [
        ["berapa anggaran banyuasin 2023", "berapa anggaran banyuasin 2024"],
        ["siapa camat sungai raya", "kapan camat sungai raya dilantik"],
        ["kapan rakor banyuasin", "di mana rakor banyuasin", "rakor banyuasin"],
        ["harga pasar", "harga pasir"],
        ["siapa camat teluk gelam", "siapa camat teluk dalam"],
    ],
)
def test_questions_that_ask_something_else_stay_apart(different: list[str]) -> None:
    assert group_alike(dict.fromkeys(different, 1)) == [[question] for question in different]


def test_ten_thousand_questions_are_grouped_in_seconds() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abdegiklmnoprstu", k=chance.randint(4, 9))) for _ in range(3000)]
    asked = {" ".join(chance.sample(words, 5)): 1 for _ in range(10_000)}
    begin = time.monotonic()
    assert len(group_alike(asked)) > 9_900
    assert time.monotonic() - begin < 30


def test_a_gap_shows_its_most_frequent_wording_and_counts_all_people_and_forgets_each_alone(chats: Chats) -> None:
    for person, question in enumerate(
        ("siapa kapolres banyuasin", "kapolres banyuasin siapa", "SIAPA kapolres banyuasin")
    ):
        note_unanswered(chats, person + 1, question)
    for question in ("halo min", "???", "resep rendang"):
        note_unanswered(chats, 4, question)
    found = [(gap.question, gap.times, gap.others) for gap in gaps(chats.questions.unanswered())]
    assert found == [("siapa kapolres banyuasin", 3, ["kapolres banyuasin siapa"]), ("resep rendang", 1, [])]
    assert gaps(chats.questions.unanswered(), newest=True)[0].question == "resep rendang"
    chats.forget_person(2)
    assert gaps(chats.questions.unanswered())[0][:2] == ("siapa kapolres banyuasin", 2)


# --- what is reported -----------------------------------------------------------------------------------------


def test_a_report_tells_what_was_asked_and_quoted_and_is_closed_once(chats: Chats) -> None:
    number = report(chats)
    (found,) = chats.reports.open()
    assert (found.id, found.reason, found.content, found.quote) == (number, "person", CONTENT, CONTENT.quotes[0])
    assert chats.reports.close(number) and not chats.reports.close(number)
    assert chats.reports.open() == [] and chats.reports.to_send() == []
    assert not chats.reports.answer(number, "Terima kasih.")


def test_an_answer_to_a_report_is_released_by_one_process_only(chats: Chats, open_chats: Open) -> None:
    number = report(chats)
    assert chats.reports.answer(number, "Sudah kami betulkan.")
    other = open_chats()
    assert [(reply.person, reply.content) for reply in other.reports.to_send()] == [(PERSON, "Sudah kami betulkan.")]
    assert other.reports.release(number) and not chats.reports.release(number)
    assert chats.reports.to_send() == []
    other.reports.take_back(number)
    assert chats.reports.release(number)


def test_with_a_person_go_their_reports_and_what_was_to_be_sent_to_them(chats: Chats, tmp_path: Path) -> None:
    chats.reports.answer(report(chats), "Rahasia sekali untuk Anda.")
    chats.forget_person(PERSON)
    chats.database.leave_no_trace()
    assert chats.reports.to_send() == [] and traces(tmp_path, PERSON, "Rahasia sekali") == []


def test_what_is_reported_again_with_another_reason_is_a_new_report(chats: Chats) -> None:
    number = report(chats)
    chats.reports.close(number)
    answer = chats.database.one("SELECT answer FROM feedback")[0]
    chats.feedback.give(answer, PERSON, "wrong", "old", 5)
    (again,) = chats.reports.open()
    assert again.id > number and again.reason == "old" and again.quote == CONTENT.quotes[0]


# --- the commands ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_stats_before_the_first_question_leave_no_trace_and_afterwards_tell_each_day(run: Run, folder: Path) -> None:
    run("index")
    assert "5 articles, 30 passages, newest 2023-07-17; open reports: 0" in run("stats").stdout
    assert not (folder / "data" / FILE_NAME).exists()
    chats = Chats(folder / "data" / FILE_NAME)
    chats.counts.add_answer(Outcome("sure", "id"))
    chats.close()
    shown = run("stats", "--days", "3").stdout
    assert "▇▇▇▇▇▇▇▇▇▇" in shown and "100%" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    told = json.loads(run("stats", "--json", "--days", "3").stdout)
    assert (
        told["articles"] == 5 and told["total"]["sure"] == 1 and [day["questions"] for day in told["days"]] == [0, 0, 1]
    )


@pytest.mark.slow
def test_unanswered_questions_come_as_csv_in_which_none_becomes_a_formula(run: Run, folder: Path) -> None:
    chats = Chats(folder / "data" / FILE_NAME)
    for question in (
        "=HYPERLINK(1) resep",
        "siapa kapolres banyuasin",
        "siapa kapolres banyuasin",
        "kapolres banyuasin siapa",
    ):
        note_unanswered(chats, PERSON, question)
    rows = list(csv.DictReader(io.StringIO(run("unanswered", "--csv").stdout)))
    assert [row["question"] for row in rows] == ["siapa kapolres banyuasin", "'=hyperlink(1) resep"]
    assert (rows[0]["times"], rows[0]["others"]) == ("3", "kapolres banyuasin siapa")
    assert str(PERSON) not in run("unanswered", "--json").stdout


@pytest.mark.slow
def test_reports_are_listed_answered_and_closed_from_the_command_line(run: Run, folder: Path) -> None:
    assert "No report is open." in run("reports").stderr
    chats = Chats(folder / "data" / FILE_NAME)
    first, second = report(chats), report(chats, PERSON + 1)
    listed: list[dict[str, Any]] = json.loads(run("reports", "--json").stdout)
    assert [one["id"] for one in listed] == [first, second] and str(PERSON) not in json.dumps(listed)
    assert listed[0]["quote"] == CONTENT.quotes[0].text and "Wrong person" in run("reports").stdout
    assert "the bot sends it" in run("reports", "answer", str(first), "Terima kasih.").stderr
    assert run("reports", "close", str(second)).returncode == 0
    assert [reply.content for reply in chats.reports.to_send()] == ["Terima kasih."]
    failed = run("reports", "close", str(second))
    assert failed.returncode == 1 and f"No report {second} is open." in failed.stderr
    for wrong in (["answer", "1"], ["close"], ["close", "1", "x"], ["answer", "1", " "], ["answer", "1", "x" * 3001]):
        assert run("reports", *wrong).returncode == 2
