"""Measure how long an answer takes, from question to message: python -m tests.measure_latency"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.bot_process import Bot, running_bot
from tests.telegram_server import PERSON

QUESTIONS = (
    "Siapa camat Sungai Raya?",
    "kpn rakor tanjung lago",
    "Siapa Wakil Ketua II DPRD Banyuasin?",
    "berapa penduduk banyuasin",
    "Bagaimana cara membuat rendang?",
)
AT_ONCE = 50
ARTICLES = 300


def seconds_to_answer(bot: Bot, people: list[int]) -> list[float]:
    """Everybody asks one question at the same moment."""
    said: dict[str, float] = {}
    for number, person in enumerate(people):
        said[str(person)] = time.monotonic()
        bot.server.say(QUESTIONS[number % len(QUESTIONS)], {**PERSON, "id": person})
    for person in people:
        bot.server.sent(1, chat=person)
    answered = {fields["chat_id"]: moment for moment, method, fields in bot.server.times if method == "sendMessage"}
    return [answered[person] - moment for person, moment in said.items()]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_bot(Path(folder), pauses={}) as bot:
        seconds_to_answer(bot, [1])
        alone = [seconds_to_answer(bot, [1000 + number])[0] for number in range(50)]
        together = [seconds for round in range(3) for seconds in seconds_to_answer(bot, range_of(round))]
        beside = [beside_somebody_typing(bot, number) for number in range(10)]
        indexing = beside_indexing(bot)
    groups = (
        ("one person", alone), (f"{AT_ONCE} at once", together), ("beside 100 inline queries", beside),
        ("beside a process that indexes as sync does", indexing),
    )  # fmt: skip
    for name, times in groups:
        p50, p95 = np.percentile(times, [50, 95])
        print(f"{name}: {len(times)} answers, p50 {1000 * p50:.0f} ms, p95 {1000 * p95:.0f} ms")


def beside_somebody_typing(bot: Bot, number: int) -> float:
    """One question while another person's inline queries wait."""
    for typed in range(100):
        bot.server.inline(f"kapan rakor tanjung lago {typed}", person={**PERSON, "id": 30_000 + number})
    return seconds_to_answer(bot, [40_000 + number])[0]


def beside_indexing(bot: Bot) -> list[float]:
    """One question after the other while a process of the lowest priority stores articles."""
    articles = bot.folder / "new"
    articles.mkdir()
    for number in range(ARTICLES):
        text = f"BANYUASIN - Rapat ke-{number} membahas {number} kilometer jalan. " * 20
        (articles / f"kabar-{number}.txt").write_text(f"Rapat Ke-{number}\n\n{text}")
    command = [sys.executable, "-m", "bot", "index", str(articles), "--config", str(bot.folder / "config.toml")]
    seconds = []
    with subprocess.Popen(
        [*command, "--data", str(bot.folder)], stdout=subprocess.DEVNULL, preexec_fn=lambda: os.nice(19)
    ) as process:
        while process.poll() is None:
            seconds += seconds_to_answer(bot, [50_000 + len(seconds)])
    return seconds


def range_of(round: int) -> list[int]:
    return list(range(10_000 + AT_ONCE * round, 10_000 + AT_ONCE * (round + 1)))


if __name__ == "__main__":
    main()
