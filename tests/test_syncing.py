"""The sources as their operator meets them: `wartabot sync`, `sources`, `index URL`, `doctor`, and a running bot."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import STORE_FILE, Store
from tests.bot_process import SHORT_PAUSES, Bot, wait_until
from tests.kill_sync import kill_again_and_again
from tests.telegram_server import TelegramServer
from tests.test_command_line import Run, folder, run
from tests.test_sync import add_article, add_feed
from tests.web_server import WebServer

__all__ = ["folder", "run"]

pytestmark = pytest.mark.slow

FETCHING = "[fetching]\nloopback_for_tests = true\ndelay_seconds = 0\n"
QUESTION = "siapa camat rantau bayur?"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        yield server


def configure(folder: Path, *sources: str) -> None:
    """Name sources beside the sample articles; each is a table's lines."""
    config = folder / "config.toml"
    config.write_text(config.read_text() + FETCHING + "".join(f"[[sources]]\n{source}\n" for source in sources))


def test_sync_tells_of_each_source_in_a_line_and_sources_and_doctor_show_how_it_fares(
    run: Run, folder: Path, web: WebServer
) -> None:
    good, bad = add_feed(web, range(2)), web.add("/bad", b"", status=500)
    configure(folder, f'url = "{good}"\noutlet = "Kabar Musi"', f'url = "{bad}"')
    assert [line for line in run("sources").stdout.splitlines() if "never tried" in line] == [
        f"Kabar Musi ({good}): never tried",
        f"{bad}: never tried",
    ]
    finished = run("sync")
    assert (finished.returncode, finished.stderr.splitlines()) == (
        1,
        [
            f"{good}: 2 new, 0 updated, 0 unchanged",
            f"{bad}: 0 new, 0 updated, 0 unchanged; failed: 127.0.0.1 answered 500",
        ],
    )
    again = run("sync")
    assert (again.returncode, again.stderr) == (0, "No source is due; --all fetches from all of them.\n")
    assert run("sync", "Kabar Musi").stderr == f"{good}: 0 new, 0 updated, 0 unchanged\n"
    assert "No source has the url or outlet 'Kabar'. Known here: Kabar Musi, " in run("sync", "Kabar").stderr
    shown = run("sources").stdout
    assert "2 new so far" in shown and "127.0.0.1 answered 500" in shown
    health = [json.loads(line) for line in run("sources", "--json").stdout.splitlines()]
    assert [(one["outlet"], one["added"], one["failures"]) for one in health] == [("Kabar Musi", 2, 0), (None, 0, 1)]
    doctor = run("doctor")
    assert f"✓ source: Kabar Musi ({good}): last success 2" in doctor.stdout
    assert f"✗ source: {bad}: last success never" in doctor.stdout and doctor.returncode == 1


def test_without_sources_sync_says_how_to_name_one(run: Run) -> None:
    finished = run("sync")
    assert finished.returncode == 1 and "config.toml names no sources. Add one under [[sources]]" in finished.stderr
    assert "config.toml names no sources. Add one under [[sources]]" in run("sources").stderr


def test_index_takes_files_and_pages(run: Run, folder: Path, web: WebServer) -> None:
    configure(folder)
    (folder / "rakor.txt").write_text("Rakor dibuka camat.\n\nRapat koordinasi itu dihadiri semua kepala desa.\n")
    finished = run("index", "rakor.txt", add_article(web, 1), f"{web.url}/gone", "http://10.0.0.1/")
    assert finished.returncode == 1
    assert f"refused: {web.url}/gone: 127.0.0.1 answered 404" in finished.stderr
    assert "refused: http://10.0.0.1/: 10.0.0.1 leads to 10.0.0.1, which is no public address" in finished.stderr
    assert "2 added, 0 updated, 0 unchanged, 0 removed, 2 refused; 2 articles stored" in finished.stderr


def test_a_gentle_run_does_nothing_while_another_is_under_way(run: Run, folder: Path, web: WebServer) -> None:
    configure(folder, f'url = "{add_feed(web, range(2))}"')
    store = Store(folder / "data" / STORE_FILE)
    with store.alone():
        gentle, other = run("sync", "--gently"), run("sync")
    store.close()
    assert (gentle.returncode, gentle.stderr) == (0, "")
    assert other.returncode == 1 and "or `wartabot sync` is running on" in other.stderr
    assert web.asked == []
    assert "2 new" in run("sync", "--gently").stderr


def test_killed_at_random_moments_every_article_is_there_once(tmp_path: Path) -> None:
    killed, articles, problems = kill_again_and_again(tmp_path, kills=6)
    assert killed >= 2 and articles == 6 and problems == []


# --- a running bot ----------------------------------------------------------------------------------------------------


@pytest.fixture
def bot(tmp_path: Path, web: WebServer) -> Iterator[Bot]:
    """A running bot with one source, whose feed is empty until a test fills it."""
    add_feed(web, range(0))
    with TelegramServer().running() as server:
        bot = Bot(server, tmp_path, pauses={**SHORT_PAUSES, "bot.sources.MOST_SECONDS": 1.0})
        bot.stop()
        configure(tmp_path, f'url = "{web.url}/feed"\nevery = 1')
        bot.start()
        try:
            server.called("setMyShortDescription", 2, timeout=120)
            yield bot
        finally:
            bot.stop()


def test_a_running_bot_syncs_by_itself_and_answers_what_is_new_without_a_restart(bot: Bot, web: WebServer) -> None:
    wait_until(lambda: "/feed" in web.paths())
    assert "Hasan Basri" not in bot.ask(QUESTION)["text"]
    # Not due for a minute, it is asked for by hand.
    add_feed(web, range(1), date="Thu, 21 May 2026 08:00:00 +0700")
    wait_until(lambda: synced_by_hand(bot.folder))
    begin = time.monotonic()
    answer = bot.ask(QUESTION)["text"]
    assert "Hasan Basri" in answer and time.monotonic() - begin < 5
    # The next one comes by the schedule alone, and not before its minute.
    add_feed(web, range(2), date="Fri, 22 May 2026 08:00:00 +0700")
    time.sleep(4)
    assert "/2026/05/pasar-murah-1" not in web.paths()
    let_time_go_by(bot.folder, seconds=60)
    wait_until(lambda: "/2026/05/pasar-murah-1" in web.paths(), timeout=120)
    bot.wait_for_log(f"{web.url}/feed: 1 new")


def let_time_go_by(folder: Path, seconds: int) -> None:
    """As if the sources had been read so long ago."""
    with contextlib.closing(sqlite3.connect(folder / STORE_FILE)) as store, store:
        assert store.execute("UPDATE sources SET tried = tried - ?", (seconds,)).rowcount == 1


def synced_by_hand(folder: Path) -> bool:
    """Whether `wartabot sync` went through; the bot's own run may be under way."""
    command = [sys.executable, "-m", "bot", "sync", "--all", "--config", str(folder / "config.toml")]
    return subprocess.run([*command, "--data", str(folder)], capture_output=True).returncode == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_syncs_for_a_bot_ends_with_it_and_never_knew_its_token(
    bot: Bot, web: WebServer, how: signal.Signals
) -> None:
    def wait(connection: object) -> None:
        time.sleep(60)

    web.pages["/robots.txt"] = wait
    wait_until(lambda: children(bot.process.pid), timeout=120)
    (child,) = children(bot.process.pid)
    assert b"TELEGRAM_BOT_TOKEN" not in Path(f"/proc/{child}/environ").read_bytes()
    wait_until(lambda: os.getpriority(os.PRIO_PROCESS, child) == 19)
    bot.stop(how)
    wait_until(lambda: not is_running(child), timeout=10)


def children(parent: int) -> list[int]:
    """The processes that a process has started and that are running."""
    found = [Path(f"/proc/{parent}/task/{task.name}/children") for task in Path(f"/proc/{parent}/task").iterdir()]
    return [int(child) for path in found for child in path.read_text().split() if is_running(int(child))]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
