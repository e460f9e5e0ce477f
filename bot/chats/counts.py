"""What is counted of each day, for the operator: how much was asked and how it was answered, and nothing of whom."""

import bisect
import time
from collections import Counter
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.chats.database import Database
from embeddings import Connection

# Each a quarter more than the one before, so that what a percentile tells is at most a quarter too much.
LATENCIES_MS = tuple(round(20 * 1.25**step) for step in range(40))


class Outcome(NamedTuple):
    """How a question was answered ("sure", "maybe" or "no"), and in which language."""

    certainty: str
    language: str


class Counts:
    """Counters of each day in the newsroom's time zone, by kind and value: certainty "sure", vote "good"."""

    def __init__(self, database: Database, timezone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(timezone)

    def note_answer(self, connection: Connection, outcome: Outcome, seconds: float | None = None) -> None:
        """Within a transaction, count an answer, and how long its asker waited where that is known."""
        now = time.time()
        self.note(connection, "certainty", outcome.certainty, now)
        self.note(connection, "language", outcome.language, now)
        if seconds is not None:
            self.note(connection, "latency", str(bucket(seconds)), now)

    def add_answer(self, outcome: Outcome) -> None:
        """Count an answer in a transaction of its own: that to a further question of a message."""
        with self._database.transaction() as connection:
            self.note_answer(connection, outcome)

    def note(self, connection: Connection, kind: str, value: str, moment: float, by: int = 1) -> None:
        """Within a transaction, count one more, or `by` -1 one less, of the day of that moment (seconds since 1970)."""
        connection.execute(
            "INSERT INTO counts VALUES (?, ?, ?, ?) "
            "ON CONFLICT (day, kind, value) DO UPDATE SET times = counts.times + excluded.times",
            (self.day_of(moment).isoformat(), kind, value, by),
        )

    def day_of(self, moment: float) -> date:
        return datetime.fromtimestamp(moment, self._zone).date()

    def last_days(self, number: int) -> dict[date, Counter[tuple[str, str]]]:
        """What was counted on each of the last days, today included, oldest first."""
        today = self.day_of(time.time())
        days = {today - timedelta(days=back): Counter[tuple[str, str]]() for back in reversed(range(number))}
        rows = self._database.all("SELECT day, kind, value, times FROM counts WHERE day >= ?", min(days).isoformat())
        for day, kind, value, times in rows:
            if (of_day := days.get(date.fromisoformat(day))) is not None:
                of_day[kind, value] += times
        return days


def bucket(seconds: float) -> int:
    """The least of LATENCIES_MS that is not less than this, or the largest."""
    return LATENCIES_MS[min(bisect.bisect_left(LATENCIES_MS, 1000 * seconds), len(LATENCIES_MS) - 1)]
