"""The commands as their users run them: in a process of their own, over the seeds."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.chats import FILE_NAME as CHATS_FILE
from bot.chats import Chats
from tests.conftest import SEEDS, SHARED, needs_shared
from tests.telegram_server import TOKEN, TelegramServer
from tests.test_chats import note_unanswered

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration."""
    (tmp_path / "config.toml").write_text(f'[articles]\npaths = ["{SEEDS}"]\n')
    return tmp_path


@pytest.fixture
def run(folder: Path, encoder: object) -> Run:
    def run_command(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=folder,
            env=without_token(environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run_command


def without_token(environment: dict[str, str]) -> dict[str, str]:
    outside = {key: value for key, value in os.environ.items() if not key.startswith(("TELEGRAM_", "WARTABOT_"))}
    # The source tree, as the tests run in another folder.
    return {**outside, "PYTHONPATH": str(SEEDS.parent), "COLUMNS": "100", **environment}


def test_the_first_start_indexes_the_seeds_and_opens_the_conversation_in_the_terminal(run: Run) -> None:
    finished = run("run", stdin="halo min\nsiapa camat sungai raya\n/bantuan\nresep rendang\n\n")
    assert finished.returncode == 0
    assert "5 added" in finished.stderr
    assert "5 berita (2022–2023, 1 tanpa tanggal)" in finished.stdout
    assert "Fathul Mushalli" in finished.stdout
    assert "— ANTARA News Kalimantan Selatan · 2023" in finished.stdout
    assert "Halo! Mau tanya apa" in finished.stdout
    assert "belum menemukan jawabannya" in finished.stdout
    assert "hanya ada di Telegram" in finished.stdout
    assert finished.stdout.rstrip().endswith("Sampai jumpa!")
    again = run("chat", stdin="")
    assert again.returncode == 0 and "added" not in again.stderr


def test_in_the_terminal_a_question_may_follow_on_from_the_one_before(run: Run) -> None:
    shown = run("chat", stdin="siapa camat sungai raya\nklo baturaja timur?\n\n").stdout
    assert "Melanjutkan" in shown and "Camat Baturaja Timur: Ogan Amrin" in shown


def test_a_batch_answers_one_question_a_line_in_order_as_json(run: Run) -> None:
    questions = ["Siapa camat Sungai Raya?", "", "Bagaimana cara membuat rendang?", "x" * 10_000, "siapa bupati hss"]
    finished = run("ask", "--json", "--batch", stdin="\n".join(questions))
    assert finished.returncode == 0
    answers = [json.loads(line) for line in finished.stdout.splitlines()]
    assert [answer["question"] for answer in answers] == questions
    assert [answer["answered"] for answer in answers] == [True, False, False, False, True]
    assert "at most 1000" in answers[3]["error"]
    first = answers[0]["quotes"][0]
    assert set(answers[0]) == {
        "question", "answered", "certainty", "confidence", "quotes", "near", "searched_for", "officials", "meetings",
        "period", "unnamed_office",
    }  # fmt: skip
    assert set(first) == {"text", "start", "end", "page", "answer", "score", "article", "copies"}
    assert set(first["article"]) == {"id", "title", "source", "published", "url", "path"}
    assert 0 <= answers[0]["confidence"] <= 1
    shown = json.loads(run("show", first["article"]["id"], "--json").stdout)
    assert shown["text"][first["start"] : first["end"]] == first["text"]
    answer = first["answer"]
    assert shown["text"][answer["start"] : answer["end"]] == answer["text"] == "Fathul Mushalli"


def test_a_bad_line_of_a_batch_gets_an_error_and_the_others_are_answered(run: Run, folder: Path) -> None:
    run("index")
    lines = [
        b"\xffkapan",
        b"x" * 600_000,
        b"siapa camat sungai raya?\r",
        b"\xed\xa0\x80",
        b"nul \0 \x1b[31m",
        b"\xe2\x80\x9crakor",
    ]
    finished = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--json", "--batch"],
        cwd=folder, env=without_token({"PYTHONIOENCODING": "latin-1"}), input=b"\n".join(lines), capture_output=True,
    )  # fmt: skip
    answers = [json.loads(line) for line in finished.stdout.decode().splitlines()]
    assert finished.returncode == 0 and b"Traceback" not in finished.stderr
    assert ["error" in answer for answer in answers] == [True, True, False, True, False, False]
    assert answers[0]["error"] == "The line is not UTF-8: byte 1 is 0xff."
    assert answers[0]["question"] == "\ufffdkapan" and not answers[0]["answered"]
    assert "more than 500000 bytes" in answers[1]["error"]
    assert answers[2]["question"] == "siapa camat sungai raya?" and answers[2]["answered"]


def test_an_argument_that_is_not_utf_8_is_wrong_usage(run: Run) -> None:
    for command in ("ask", "show"):
        finished = run(command, os.fsdecode(b"\xff"))
        assert finished.returncode == 2
        assert "it is not UTF-8" in finished.stderr and "Traceback" not in finished.stderr


def test_a_bad_byte_ends_no_conversation(folder: Path, encoder: object) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "bot", "chat"], cwd=folder, env=without_token({}), capture_output=True,
        input=b"\xff\xfe?\nsiapa camat sungai raya?\n\n",
    )  # fmt: skip
    assert finished.returncode == 0 and b"Traceback" not in finished.stderr
    assert b"Fathul Mushalli" in finished.stdout


def test_a_terminal_that_knows_fewer_characters_still_gets_the_answer(run: Run) -> None:
    finished = run("ask", "siapa camat sungai raya?", PYTHONIOENCODING="ascii")
    assert finished.returncode == 0
    assert "Fathul Mushalli" in finished.stdout


def test_what_went_unanswered_is_listed_most_frequent_first(run: Run, folder: Path) -> None:
    assert "Every question" in run("unanswered").stderr
    chats = Chats(folder / "data" / CHATS_FILE)
    for question in ("resep rendang", "Siapa presiden?", "resep  rendang"):
        note_unanswered(chats, 7, question)
    lines = [line.split(maxsplit=2) for line in run("unanswered").stdout.splitlines()]
    assert [(times, question) for times, _, question in lines] == [("2", "resep rendang"), ("1", "siapa presiden?")]
    (most,) = json.loads(run("unanswered", "--json", "--most", "1").stdout)
    assert (most["question"], most["times"], most["others"]) == ("resep rendang", 2, [])


def test_one_question_is_answered_in_the_terminal(run: Run) -> None:
    finished = run("ask", "Kapan rakor Tanjung Lago?")
    assert finished.returncode == 0
    assert "Senin (17/7/2023)" in finished.stdout
    assert "MERAHPUTIHNEWS.CO.ID · 17 Juli 2023" in finished.stdout


def test_index_says_what_was_refused_and_why_and_exits_with_1(run: Run, folder: Path) -> None:
    (folder / "rusak.txt").write_bytes(b"")
    finished = run("index", str(SEEDS), "rusak.txt", "tidak-ada.md")
    assert finished.returncode == 1
    assert "refused: rusak.txt: the file is empty" in finished.stderr
    assert "refused: tidak-ada.md: no such file or folder" in finished.stderr
    last_line = "5 added, 0 updated, 0 unchanged, 0 removed, 2 refused; 5 articles stored, 0 searched anew"
    assert last_line in finished.stderr
    assert run("index").returncode == 0


def test_index_says_what_was_left_out_and_skipped_and_that_costs_nothing(run: Run, folder: Path) -> None:
    articles = folder / "articles"
    articles.mkdir()
    long = articles / ("nama-" * 40 + ".md")
    long.write_text("---\nid: a\nurl: tidak ada\n---\nIsi berita.\n")
    for name in ("a.png", "b.png", "c.mp4", "README.png", ".d.png", "LICENSE"):
        (articles / name).write_text("Isi.")
    finished = run("index", "articles")
    assert finished.returncode == 0
    # One line each, however long.
    assert f"note: articles/{long.name}: its url 'tidak ada' is no web address and was left out" in finished.stderr
    assert "4 files skipped: .png 2, without ending 1, .mp4 1\n" in finished.stderr
    assert "1 added, 0 updated, 0 unchanged, 0 removed, 0 refused" in finished.stderr


def test_a_folder_of_nothing_that_is_read_exits_with_1(run: Run, folder: Path) -> None:
    (folder / "articles").mkdir()
    assert run("index", "articles").returncode == 0
    (folder / "articles" / "a.png").write_text("Isi.")
    finished = run("index", "articles")
    assert finished.returncode == 1
    assert "refused: articles: no article file is in it; these are read: .txt" in finished.stderr
    assert "1 file skipped: .png 1" in finished.stderr


def test_timestamps_and_today_are_those_of_the_configured_time_zone(run: Run, folder: Path) -> None:
    article = {"id": "a", "text": "Rapat digelar.", "date": "2023-07-16T15:30:00Z"}
    (folder / "a.jsonl").write_text(json.dumps(article))
    for zone, published in (("Asia/Jakarta", "2023-07-16"), ("Asia/Jayapura", "2023-07-17")):
        (folder / "config.toml").write_text(f'[articles]\npaths = ["a.jsonl"]\n[telegram]\ntimezone = "{zone}"\n')
        assert run("index").returncode == 0
        assert json.loads(run("articles", "--json").stdout)["published"] == published
    days = []
    # A day apart at any moment.
    for zone in ("Etc/GMT+12", "Etc/GMT-14"):
        (folder / "config.toml").write_text(f'[articles]\npaths = ["a.jsonl"]\n[telegram]\ntimezone = "{zone}"\n')
        days.append(json.loads(run("ask", "--json", "rapat apa kemarin?").stdout)["period"]["start"])
    assert days[0] < days[1]


def test_articles_are_listed_and_shown(run: Run) -> None:
    run("index")
    lines = run("articles").stdout.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("2023-07-17\tmerahputih-rakor-tanjung-lago\tMERAHPUTIHNEWS.CO.ID\t")
    assert "Fathul Mushalli" in run("show", "antara-rakor-sungai-raya").stdout
    missing = run("show", "tidak-ada")
    assert missing.returncode == 1 and "`wartabot articles` lists them" in missing.stderr


def test_data_and_config_are_taken_from_options_and_from_the_environment(run: Run, folder: Path) -> None:
    other = folder / "lain.toml"
    other.write_text("[encoder]\nmodle = 'x'\n")
    for finished in (run("articles", "--config", "lain.toml"), run("articles", WARTABOT_CONFIG="lain.toml")):
        assert finished.returncode == 78
        assert finished.stderr.strip() == "lain.toml: unknown key 'modle' in [encoder]. Did you mean 'model'?"
    assert run("articles", "--data", "x").returncode == run("articles", WARTABOT_DATA="y").returncode == 0
    assert (folder / "x" / "knowledge.db").exists() and (folder / "y" / "knowledge.db").exists()


@needs_shared
def test_eval_counts_right_answers_and_prints_the_misses(run: Run) -> None:
    run("index", str(SHARED / "seeds"))
    questions = str(SHARED / "eval" / "seed_questions.jsonl")
    result = json.loads(run("eval", questions, "--json").stdout)
    assert result["not_verbatim"] == 0
    outcomes = result["outcomes"]
    assert sum(outcome["right"] for outcome in outcomes) >= 29
    assert sum(outcome["right_at_3"] for outcome in outcomes) >= 29
    assert sum(outcome["answered"] and not outcome["question"]["answerable"] for outcome in outcomes) <= 1
    assert "silent" in run("eval", questions).stdout


def test_eval_refuses_a_bad_line_by_name_and_asks_the_others(run: Run, folder: Path) -> None:
    run("index")
    question = {
        "id": 1, "question": "siapa camat sungai raya?", "article": None, "answers": ["Fathul Mushalli"],
        "answerable": True, "kind": "who",
    }  # fmt: skip
    lines = ["{rusak", "", json.dumps({**question, "question": "x" * 2000}), json.dumps(question), '{"id": 1}']
    (folder / "q.jsonl").write_bytes("\n".join(lines).encode() + b"\n\xff\n" + b"[" * 100_000)
    finished = run("eval", "q.jsonl", "--json")
    assert finished.returncode == 1 and "Traceback" not in finished.stderr
    assert [outcome["right"] for outcome in json.loads(finished.stdout)["outcomes"]] == [True]
    refused = [line.split(": ")[1] for line in finished.stderr.splitlines() if line.startswith("refused: ")]
    assert refused == [f"q.jsonl, line {number}" for number in (1, 3, 5, 6, 7)]


def test_doctor_finds_nothing_wrong_with_a_sound_installation(run: Run) -> None:
    assert "holds no articles yet. Add some: wartabot index" in run("doctor").stdout
    run("index")
    finished = run("doctor")
    assert finished.returncode == 0
    assert [line.split(":")[0] for line in finished.stdout.splitlines() if line.startswith("✓")] == [
        "✓ configuration", "✓ store", "✓ encoder", "✓ indexes", "✓ Telegram", "✓ server",
    ]  # fmt: skip


def test_doctor_tells_a_wrong_token_from_an_unreachable_server_and_shows_neither(run: Run, folder: Path) -> None:
    run("index")
    with TelegramServer().running() as server:
        (folder / "config.toml").write_text(f'[articles]\npaths = ["{SEEDS}"]\n[telegram]\napi_url = "{server.url}"\n')
        right = run("doctor", TELEGRAM_BOT_TOKEN=TOKEN)
        wrong = run("doctor", TELEGRAM_BOT_TOKEN="1:wrong")
    unreachable = run("doctor", TELEGRAM_BOT_TOKEN=TOKEN)
    assert right.returncode == 0 and "✓ Telegram: @wartabot_test_bot" in right.stdout
    assert wrong.returncode == 1 and "✗ Telegram: the token is not accepted" in wrong.stdout
    assert unreachable.returncode == 1 and "cannot be reached" in unreachable.stdout
    assert TOKEN not in "".join(text.stdout + text.stderr for text in (right, wrong, unreachable))


def test_rebuild_changes_the_model_without_the_files(run: Run, folder: Path, other_model: Path) -> None:
    run("index")
    (folder / "config.toml").write_text(f'[articles]\npaths = []\n[encoder]\nmodel = "{other_model}"\n')
    refused = run("ask", "Siapa camat Sungai Raya?")
    assert refused.returncode == 1 and "wartabot index --rebuild" in refused.stderr
    assert run("index", "--rebuild").returncode == 0
    assert "Fathul Mushalli" in run("ask", "Siapa camat Sungai Raya?").stdout


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [1.5, 5.0])
def test_ctrl_c_and_sigterm_end_cleanly_at_any_moment(folder: Path, stop: signal.Signals, after: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"], cwd=folder, env=without_token({}),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(after)
    process.send_signal(stop)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + stop
    assert "Traceback" not in errors and "Exception" not in errors


def test_wrong_usage_is_one_clear_message(run: Run) -> None:
    for arguments in (["ask"], ["ask", "--batch"], ["ask", "x", "--batch", "--json"], ["tidak-ada"]):
        finished = run(*arguments)
        assert finished.returncode == 2
        assert "Traceback" not in finished.stderr


def test_a_lost_knowledge_base_is_said_and_not_replaced_by_the_seeds(run: Run, folder: Path) -> None:
    run("index")
    data = folder / "data"
    for file in data.glob("knowledge.db*"):
        file.unlink()
    for command in (["run"], ["chat"], ["ask", "siapa camat sungai raya"], ["articles"], ["show", "x"]):
        finished = run(*command)
        assert finished.returncode == 1
        assert "knowledge.db is missing, and what lies beside it (dense, lexical) shows" in finished.stderr
        assert "Traceback" not in finished.stderr and not (data / "knowledge.db").exists()
    assert "✗ store: data/knowledge.db is missing" in run("doctor").stdout
    assert "5 added" in run("index").stderr
    assert "Fathul Mushalli" in run("ask", "siapa camat sungai raya").stdout


def test_a_knowledge_base_from_which_every_article_was_removed_is_not_filled_with_the_seeds(
    run: Run, folder: Path
) -> None:
    (folder / "own.txt").write_text("Rapat desa digelar hari Senin.\n")
    run("index", "own.txt")
    (folder / "own.txt").unlink()
    (folder / "none").mkdir()
    assert "1 removed" in run("index", "--prune", "none").stderr
    finished = run("ask", "siapa camat sungai raya")
    assert finished.returncode == 1 and "holds no articles any more. Add some: wartabot index" in finished.stderr


def test_one_changed_letter_in_the_knowledge_base_is_never_quoted_until_the_article_is_indexed_again(
    run: Run, folder: Path
) -> None:
    run("index")
    with sqlite3.connect(folder / "data" / "knowledge.db") as database:
        database.execute("UPDATE articles SET text = replace(text, 'Fathul', 'Fatkul')")
    database.close()
    shown = [run(*command) for command in (["ask", "siapa camat sungai raya"], ["articles", "--json"])]
    shown.append(run("show", "antara-rakor-sungai-raya"))
    for finished in shown:
        assert "Fatkul" not in finished.stdout and "antara-rakor-sungai-raya" not in finished.stdout
        assert finished.stderr.count("Index it again from its file: wartabot index") == 1
    assert "✗ store" in run("doctor").stdout
    assert "1 updated, 4 unchanged" in run("index").stderr
    assert "Fathul Mushalli" in run("ask", "siapa camat sungai raya").stdout
    assert run("doctor").returncode == 0


def test_looking_for_unanswered_questions_before_the_first_start_leaves_no_trace(run: Run, folder: Path) -> None:
    assert "Every question" in run("unanswered").stderr
    assert "5 added" in run("run", stdin="\n").stderr
