"""The figures that tell an operator how the bot is doing: a day's, and those of several days together."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from bot.chats import Chats
from embeddings import Summary

Counted = Counter[tuple[str, str]]


class Day(msgspec.Struct, frozen=True):
    """What was asked and answered on a day, or on several together; times in milliseconds, None where nobody asked."""

    sure: int
    maybe: int
    no: int
    good: int
    bad: int
    reports: int
    p50_ms: int | None
    p95_ms: int | None
    languages: dict[str, int]

    @property
    def questions(self) -> int:
        return self.sure + self.maybe + self.no

    @property
    def answered_share(self) -> float | None:
        """The part of the questions that were answered, surely or perhaps; None where nobody asked."""
        return (self.sure + self.maybe) / self.questions if self.questions else None


class Figures(msgspec.Struct, frozen=True):
    """How much there is to answer from, and what was asked of it a day, the oldest first, and in all."""

    articles: int
    passages: int
    newest: str | None
    open_reports: int
    days: dict[date, Day]
    total: Day

    def to_json(self) -> dict[str, Any]:
        """As `wartabot stats --json` prints it."""
        days = [{"day": day.isoformat(), **_shown(figures)} for day, figures in self.days.items()]
        fields = ("articles", "passages", "newest", "open_reports")
        return {**{name: getattr(self, name) for name in fields}, "total": _shown(self.total), "days": days}


def figures(chats: Chats | None, summary: Summary, days: int) -> Figures:
    """The figures of the last days, today included; without chats nobody has asked yet."""
    counted = chats.counts.last_days(days) if chats else {}
    by_day = {day: _of(counts) for day, counts in counted.items()}
    open_reports = chats.reports.count() if chats else 0
    total = _of(_together(counted.values()))
    return Figures(summary.articles, summary.passages, summary.newest, open_reports, by_day, total)


def bar(value: int, most: int, width: int = 10) -> str:
    """A bar as long as the value is of the most; something, however little, where it is not nothing."""
    return "▇" * max(round(width * value / most), 1) if value and most else ""


def _shown(day: Day) -> dict[str, Any]:
    return {"questions": day.questions, "answered_share": day.answered_share, **msgspec.to_builtins(day)}


def _together(counted: Iterable[Counted]) -> Counted:
    return sum(counted, Counted())


def _of(counts: Counted) -> Day:
    # What was given before there were counters, and taken back since, is less than nothing.
    counts = +counts
    latencies = sorted((int(value), times) for (kind, value), times in counts.items() if kind == "latency")
    languages = {value: times for (kind, value), times in sorted(counts.items()) if kind == "language"}
    return Day(
        sure=counts["certainty", "sure"],
        maybe=counts["certainty", "maybe"],
        no=counts["certainty", "no"],
        good=counts["vote", "good"],
        bad=counts["vote", "bad"],
        reports=counts["report", "wrong"],
        p50_ms=_percentile(latencies, 0.5),
        p95_ms=_percentile(latencies, 0.95),
        languages=languages,
    )


def _percentile(latencies: list[tuple[int, int]], share: float) -> int | None:
    """The least latency that this share of the questions did not exceed; each with how many had it, least first."""
    seen, wanted = 0, share * sum(times for _, times in latencies)
    for latency, times in latencies:
        seen += times
        if seen >= wanted:
            return latency
    return None
