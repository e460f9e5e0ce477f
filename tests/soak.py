"""Twenty people ask, press and edit for an hour while articles come in, and what that costs is measured:
python -m tests.soak --minutes 60
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tests.bot_process import Bot, running_bot
from tests.telegram_server import PERSON, TelegramServer
from tests.telegram_webhook import BringingServer
from tests.test_serving import Served, free_port

PEOPLE = 20
SECONDS_BETWEEN_ACTIONS = (5.0, 15.0)
SECONDS_BETWEEN_ARTICLES = 10.0
SECONDS_BETWEEN_SAMPLES = 5.0
PATIENCE_SECONDS = 90.0
WARM_UP = 0.25
"""The part of the time in which memory may still grow: libraries make room for what they have not met before."""
MOST_GROWTH = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")
REGIONS = (
    "Betung",
    "Air Salek",
    "Tanjung Lago",
    "Sungai Raya",
    "Rantau Bayur",
    "Muara Sugihan",
    "Suak Tapeh",
    "Sembawa",
)
NAMES = ("Darmawan", "Suhendra", "Wulandari", "Hasanuddin", "Marlina", "Kurniawan", "Fitriani", "Nasution")
QUESTIONS = (
    "Siapa camat Sungai Raya?", "kapan rakor tanjung lago", "siapa wakil ketua II DPRD Banyuasin?", "di mana?",
    "rapat apa saja di Banyuasin 2023?", "Bagaimana cara membuat rendang?", "siapa yang hadir di rakor Rantau Bayur?",
    "min mau nanya dong, siapa camatnya", "Who is the head of Sungai Raya district?", "apa kepanjangan DMD?", "halo",
    "siapa camat Betung? kapan rakor di Air Salek?", "siapa camat Sembawa", "/rapat Banyuasin", "/pejabat Banyuasin",
)  # fmt: skip


def crowd(bringing: bool, port: int) -> "Crowd":
    """The fake Bot API server, which remembers no more than the crowd needs."""
    kind = type("BringingCrowd", (Crowd, BringingServer), {}) if bringing else Crowd
    made: Crowd = kind(port) if bringing else kind()
    return made


class Crowd(TelegramServer):
    """Notes when each chat last got something, and forgets the requests, which would be thousands."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.reached: dict[str, float] = defaultdict(float)
        self.counted: Counter[str] = Counter()
        self.noted = threading.Condition()

    def _record(self, method: str, fields: dict[str, Any]) -> None:
        super()._record(method, fields)
        with self.noted:
            self.counted[method] += 1
            if method in ("sendMessage", "editMessageText", "answerCallbackQuery"):
                self.reached[fields.get("chat_id") or fields["callback_query_id"]] = time.monotonic()
                self.noted.notify_all()
        # Those of the start are waited for by name.
        if len(self.requests) > 2000:
            del self.requests[:1000], self.times[:1000]

    def seconds_until_reached(self, key: str, since: float) -> float | None:
        """How long it took until a chat or a query got something; None where it did not."""
        with self.noted:
            if self.noted.wait_for(lambda: self.reached[key] > since, PATIENCE_SECONDS):
                return self.reached[key] - since
        return None

    def last_sent(self, chat: int) -> list[str]:
        """What was done in a chat lately, and how many seconds ago."""
        now = time.monotonic()
        return [
            f"{now - moment:.0f} s ago {method} {str(fields.get('text', ''))[:60]!r}"
            for moment, method, fields in list(self.times)
            if fields.get("chat_id") == str(chat)
        ][-8:]


class Outcome(msgspec.Struct):
    """What happened, and how large the bot was at each sample."""

    done: Counter[str] = msgspec.field(default_factory=Counter)
    unanswered: list[str] = msgspec.field(default_factory=list)
    seconds: list[float] = msgspec.field(default_factory=list)
    sizes: list[tuple[float, int, int]] = msgspec.field(default_factory=list)
    """Megabytes, descriptors, threads."""


def be_a_person(bot: Bot, number: int, until: float, outcome: Outcome) -> None:
    """Ask, press and edit until the time is over."""
    server, chance, chat = bot.server, random.Random(number), 50_000 + number
    assert isinstance(server, Crowd)
    person = {**PERSON, "id": chat}
    asked = None
    while time.monotonic() < until:
        since = time.monotonic()
        action = chance.choices(("ask", "press", "edit"), (6, 3, 1))[0] if asked else "ask"
        question = chance.choice(QUESTIONS)
        key = str(chat)
        if action == "ask":
            asked = server.say(question, person)
        elif action == "press":
            message = server.last_message(chat)
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            pressed = [button["callback_data"] for row in rows for button in row if "callback_data" in button]
            key = server.press(chance.choice(pressed), message, person) if pressed else ""
        elif asked:
            question = f"{chance.choice(QUESTIONS[:5])} ({outcome.done['edit']})"
            server.edit(asked, question, chat)
        if key:
            seconds = server.seconds_until_reached(key, since)
            _note(outcome, action, question, seconds)
            if seconds is None:
                outcome.unanswered[-1] += f" in chat {chat}, which got {server.last_sent(chat)}"
        time.sleep(chance.uniform(*SECONDS_BETWEEN_ACTIONS))


def _note(outcome: Outcome, action: str, question: str, seconds: float | None) -> None:
    outcome.done[action] += 1
    if seconds is None:
        outcome.unanswered.append(f"{action} {question}")
    elif action == "ask":
        outcome.seconds.append(seconds)


def feed(bot: Bot, until: float, outcome: Outcome) -> None:
    """Index a new article every ten seconds, in a process of its own."""
    articles = bot.folder / "fed"
    articles.mkdir()
    number = 0
    while time.monotonic() < until:
        began, number = time.monotonic(), number + 1
        region, name = REGIONS[number % len(REGIONS)], f"{NAMES[number % len(NAMES)]} {NAMES[number // 8 % len(NAMES)]}"
        path = articles / f"kabar-{number}.txt"
        path.write_text(
            f"Camat {region} Buka Rapat Koordinasi Ke-{number}\nWarta Uji - Senin, 2 November 2026\n\n"
            f"BANYUASIN - Camat {region}, {name}, membuka rapat koordinasi ke-{number} di aula kantor camat, Senin "
            f"(2/11/2026). Rapat membahas {number} kilometer jalan desa yang rusak dan diikuti {number + 20} orang.\n"
        )
        command = [sys.executable, "-m", "bot", "index", str(path), "--config", str(bot.folder / "config.toml")]
        finished = subprocess.run([*command, "--data", str(bot.folder)], capture_output=True, text=True)
        outcome.done["article"] += 1
        if finished.returncode:
            outcome.unanswered.append(f"index: {finished.stderr[-300:]}")
        time.sleep(max(0.0, SECONDS_BETWEEN_ARTICLES - (time.monotonic() - began)))


def size_of(process: int) -> tuple[float, int, int]:
    folder = Path(f"/proc/{process}")
    resident = int((folder / "statm").read_text().split()[1]) * PAGE / 1e6
    return resident, len(list((folder / "fd").iterdir())), len(list((folder / "task").iterdir()))


def soak(bot: Bot, minutes: float) -> Outcome:
    """Let the crowd and the articles at the bot, and measure it meanwhile."""
    outcome, until = Outcome(), time.monotonic() + 60 * minutes
    threads = [threading.Thread(target=be_a_person, args=(bot, number, until, outcome)) for number in range(PEOPLE)]
    threads.append(threading.Thread(target=feed, args=(bot, until, outcome)))
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        outcome.sizes.append(size_of(bot.process.pid))
        time.sleep(SECONDS_BETWEEN_SAMPLES)
    for thread in threads:
        thread.join()
    return outcome


def report(outcome: Outcome, log: str, problems: list[str]) -> bool:
    """Print what was measured; whether it is as it should be."""
    sizes = np.array(outcome.sizes[int(WARM_UP * len(outcome.sizes)) :])
    part = max(1, len(sizes) // 5)
    first, last = np.median(sizes[:part], axis=0), np.median(sizes[-part:], axis=0)
    growth = float(last[0] / first[0] - 1)
    wrong = re.findall(r"^.*(?: ERROR | WARNING |Traceback).*$", log, re.MULTILINE)
    p50, p95 = np.percentile(outcome.seconds, [50, 95])
    print(
        f"done: {dict(outcome.done)}; not answered: {outcome.unanswered}; warnings and errors in the log: {len(wrong)}"
    )
    print(*wrong[:20], *problems[:20], sep="\n")
    print(f"answers: p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(outcome.seconds):.2f} s")
    print(f"memory after warm-up {first[0]:.0f} MB, at the end {last[0]:.0f} MB: {growth:+.1%}")
    print(f"descriptors {first[1]:.0f}, then {last[1]:.0f}; threads {first[2]:.0f}, then {last[2]:.0f}")
    leaking = sizes[-part:, 1].min() > sizes[:part, 1].max()
    return not (outcome.unanswered or wrong or problems or growth > MOST_GROWTH or leaking)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--webhook", action="store_true", help="updates come by a webhook instead of polling")
    options = parser.parse_args()
    port = free_port()
    further = f'[server]\nlisten = "127.0.0.1:{port}"'
    telegram = {"webhook_url": '"https://warta.example/telegram"'} if options.webhook else {}
    server = crowd(options.webhook, port)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_bot(Path(folder), further=further, telegram_server=server, pauses={}, **telegram) as bot,
    ):
        outcome = soak(bot, options.minutes)
        counted = {name: value for name, value in Served(bot, port).metrics().items() if "questions_total" in name}
        sound = report(outcome, bot.log.read_text(), server.problems)
        print(
            f"the bot counted {counted}; calls: {dict(server.counted)}; {os.cpu_count()} cores, load {os.getloadavg()}"
        )
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
