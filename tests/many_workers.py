"""Many people ask one bot of several workers on PostgreSQL while its workers, its indexer and its database are killed:
python -m tests.many_workers --people 200 --workers 4 --minutes 5
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from tests.conftest import SEEDS
from tests.many_people import (
    AT_ONCE,
    FIRST_PERSON,
    PATIENCE_SECONDS,
    Question,
    Telegram,
    all_at_once,
    be_a_person,
    mistakes,
)
from tests.postgresql_server import Server
from tests.soak import NAMES
from tests.telegram_server import TOKEN
from tests.telegram_webhook import request
from tests.test_serving import free_port

URL = "https://warta.example/telegram"
SUBSCRIBERS = 5
QUESTIONS_A_SECOND = 3.0
"""How many all people together ask where they need not wait for long, beside the bursts."""
SECONDS_BETWEEN_KILLS = 12.0
SECONDS_UNTIL_STARTED_AGAIN = 2.0
THINGS = ("jalan", "jembatan", "sekolah", "pasar", "irigasi", "puskesmas", "lapangan", "terminal")


class Office:
    """The workers, the indexer, the two databases and the people of one bot."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.primary = Server()
        self.standby = self.primary.standby()
        # What is confirmed is on both, or a failover would forget that it was.
        with psycopg.connect(self.primary.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
        self.telegram = Telegram([free_port() for _ in range(count)])
        self.workers: dict[int, subprocess.Popen[bytes]] = {}
        self.indexer: subprocess.Popen[bytes] | None = None
        self.killed: Counter[str] = Counter()
        self._environment = {
            **os.environ, "WARTABOT_STORE_URL": self.primary.url("postgres", self.standby), "WARTABOT_CONFIG": "",
        }  # fmt: skip

    def configure(self) -> None:
        (self.folder / "config.toml").write_text(
            f'[articles]\npaths = ["{SEEDS}"]\n[telegram]\napi_url = "{self.telegram.url}"\nwebhook_url = "{URL}"\n'
            "questions_a_minute_person = 1000\nquestions_a_minute_chat = 1000\nalerts_an_hour = 100\n"
            "most_waiting = 1000\n"
        )

    def command(self, *arguments: str, name: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start one process of the bot, with a folder and a log of its own."""
        given = ["--config", str(self.folder / "config.toml"), "--data", str(self.folder / name)]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments, *given], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**self._environment, **environment},
            )  # fmt: skip

    def start_worker(self, number: int) -> None:
        listen = f"127.0.0.1:{self.telegram.ports[number]}"
        name = f"worker-{number}"
        self.workers[number] = self.command("run", name=name, WARTABOT_LISTEN=listen, TELEGRAM_BOT_TOKEN=TOKEN)

    def wait_until_ready(self, *numbers: int) -> None:
        for number in numbers:
            wait_until(lambda number=number: self._is_ready(number), 180, f"worker {number}: {self.log()[-3000:]}")

    def _is_ready(self, number: int) -> bool:
        with suppress(OSError):
            return request(self.telegram.ports[number], "/healthz")[0] == 200
        return False

    def log(self) -> str:
        """What all processes have logged."""
        return "".join(file.read_text(errors="replace") for file in sorted(self.folder.glob("*.log")))

    def index(self, path: Path) -> None:
        """Add an article, again where the process is killed meanwhile."""
        while True:
            self.indexer = self.command("index", str(path), name="indexer")
            if self.indexer.wait() == 0:
                return
            time.sleep(1)

    def kill_worker(self, number: int) -> None:
        self.workers[number].kill()
        self.workers[number].wait()
        self.killed["workers"] += 1
        time.sleep(SECONDS_UNTIL_STARTED_AGAIN)
        self.start_worker(number)

    def leader(self) -> int:
        """The worker that has last said that it leads."""
        said = {}
        for number in self.workers:
            found = re.findall(
                r"^(\S+ \S+) .*This process leads now", (self.folder / f"worker-{number}.log").read_text(), re.M
            )
            said[number] = found[-1] if found else ""
        return max(said, key=lambda number: said[number])

    def kill_leader(self) -> None:
        self.killed["leaders"] += 1
        self.kill_worker(self.leader())

    def kill_indexer(self) -> None:
        if self.indexer is not None and self.indexer.poll() is None:
            self.indexer.kill()
            self.killed["indexers"] += 1

    def fail_over(self) -> None:
        """The primary is gone for good; the standby takes its place."""
        self.primary.kill()
        self.killed["databases"] += 1
        time.sleep(SECONDS_UNTIL_STARTED_AGAIN)
        self.standby.promote()

    def close(self) -> None:
        for process in (*self.workers.values(), *([self.indexer] if self.indexer else [])):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.workers.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(40)
            process.kill()
        self.standby.close()
        self.primary.close()


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


@contextmanager
def office(folder: Path, workers: int) -> Iterator[Office]:
    """The databases with the sample articles, one worker, and those who wait for news of Banyuasin."""
    opened = Office(folder, workers)
    opened.configure()
    try:
        with opened.telegram.running():
            opened.start_worker(0)
            opened.wait_until_ready(0)
            for number in range(SUBSCRIBERS):
                asked = opened.telegram.ask(["/langganan Banyuasin"], FIRST_PERSON + number)
                opened.telegram.wait_until_settled(asked)
            yield opened
            opened.close()
    finally:
        opened.close()


def feed(opened: Office, until: float, seconds: float) -> None:
    """Add an article again and again, each of a story of its own."""
    folder = opened.folder / "fed"
    folder.mkdir()
    number = 0
    while time.monotonic() < until:
        number += 1
        thing, name = THINGS[number % len(THINGS)], f"{NAMES[number % len(NAMES)]} {NAMES[number // 8 % len(NAMES)]}"
        title = f"Perbaikan {thing} ke-{number} di Banyuasin"
        path = folder / f"kabar-{number}.md"
        path.write_text(
            f"---\ntitle: {title}\nsource: Kabar Uji\npublished: 2026-11-02\n---\n{name} meninjau {thing} nomor "
            f"{number * 17} di Kabupaten Banyuasin, Senin (2/11/2026). Biaya {thing} itu {number + 3} miliar rupiah "
            f"dan selesai dalam {number + 2} minggu.\n\nWarga {name.split()[0]} berharap {thing} segera dipakai.\n"
        )
        opened.telegram.titles.append(title)
        opened.index(path)
        time.sleep(seconds)


def storm(opened: Office, people: int, seconds: float, kills: int) -> float:
    """Let everybody ask for so long while one thing after another is killed; when it began."""
    mean_seconds = people * sum(AT_ONCE) / len(AT_ONCE) / QUESTIONS_A_SECOND
    others = threading.Thread(target=all_at_once, args=(opened.telegram, people, FIRST_PERSON + people))
    happens = schedule(opened, kills, others.start)
    begin = time.monotonic()
    until = begin + seconds
    threads = [
        threading.Thread(target=be_a_person, args=(opened.telegram, number, until, mean_seconds))
        for number in range(people)
    ]
    threads.append(threading.Thread(target=feed, args=(opened, until, seconds / 20)))
    for thread in threads:
        thread.start()
    for number, happen in enumerate(happens):
        time.sleep(max(0.0, begin + (number + 0.5) * seconds / len(happens) - time.monotonic()))
        happen()
    for thread in (*threads, others):
        thread.join()
    return begin


def settle(opened: Office) -> list[str]:
    """Wait until all is answered and told; what is wrong then."""
    subscribers = [FIRST_PERSON + number for number in range(SUBSCRIBERS)]
    opened.telegram.wait_until_settled(list(opened.telegram.questions.values()))
    with suppress(AssertionError):
        wait_until(lambda: not mistakes(opened.telegram, subscribers), PATIENCE_SECONDS, "not told")
    # What would come twice has time to.
    time.sleep(5)
    return mistakes(opened.telegram, subscribers)


def seconds_of(questions: list[Question]) -> str:
    waited = [question.answered[0] - question.asked for question in questions if question.answered]
    p50, p95 = np.percentile(waited, [50, 95])
    return f"p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(waited):.2f} s of {len(waited)}"


def prove(opened: Office, people: int, seconds: float, kills: int) -> list[str]:
    """Measure one worker, two, and all; then kill what can be killed. Prints what was measured; what is wrong."""
    rates: dict[int, float] = {}
    for count in sorted({1, 2, len(opened.telegram.ports)}):
        numbers = range(len(opened.workers), count)
        for number in numbers:
            opened.start_worker(number)
        opened.wait_until_ready(*numbers)
        opened.telegram.ports, every = opened.telegram.ports[:count], opened.telegram.ports
        all_at_once(opened.telegram, count)
        asked, rates[count] = all_at_once(opened.telegram, people)
        opened.telegram.ports = every
        print(f"{count} workers, {people} at once: {rates[count]:.1f} questions a second; {seconds_of(asked)}")
    print(f"2 workers answer {rates[2] / rates[1]:.2f} times as many a second as 1, on {os.cpu_count()} cores")
    begin = storm(opened, people, seconds, kills)
    wrong = settle(opened)
    asked = [question for question in opened.telegram.questions.values() if question.asked >= begin]
    told = sum(bool(question.told) for question in asked)
    print(f"with kills {dict(opened.killed)}, {len(asked)} questions: {seconds_of(asked)}; told to ask again: {told}")
    server = opened.telegram
    offered = sum(server.offered.values())
    print(f"articles: {len(server.titles)}, told to {SUBSCRIBERS} chats, offered as perhaps lost: {offered}")
    print(f"brought again: {server.brought_again}")
    return [*wrong, *opened.telegram.problems, *(["the token is logged"] if TOKEN in opened.log() else [])]


def schedule(opened: Office, count: int, burst: Callable[[], None]) -> list[Callable[[], None]]:
    """What is killed, one after another: in the middle the database, while as many others ask all at once."""
    chance = random.Random(1)

    def kill_any() -> None:
        opened.kill_worker(chance.choice(list(opened.workers)))

    kills = [(opened.kill_leader, kill_any, opened.kill_indexer)[number % 3] for number in range(count)]

    def fail_over_in_a_burst() -> None:
        burst()
        time.sleep(SECONDS_UNTIL_STARTED_AGAIN)
        opened.fail_over()

    return [*kills[: count // 2], fail_over_in_a_burst, *kills[count // 2 :]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=5)
    options = parser.parse_args()
    seconds = 60 * options.minutes
    with tempfile.TemporaryDirectory() as folder, office(Path(folder), options.workers) as opened:
        wrong = prove(opened, options.people, seconds, int(seconds / SECONDS_BETWEEN_KILLS))
        errors: Any = Counter(re.findall(r" ERROR (\S+: .{0,60})", opened.log()))
        print(f"errors in the logs: {errors.most_common(8)}")
        print(
            *(wrong or ["every question was answered once, or its asker told; every chat in order; every alert once"]),
            sep="\n",
        )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
