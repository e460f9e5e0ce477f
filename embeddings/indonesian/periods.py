"""The time that a question asks about: "Juli 2023", "minggu lalu", "sebelum 2024", "in 2023"."""

import re
from datetime import date, timedelta

import msgspec

from embeddings.filter import Filter
from embeddings.indonesian import lexicon
from embeddings.indonesian.dates import MONTHS, complete_date, find_dates, month_number, years_in

_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_COUNTED = lexicon.alternatives("embeddings.indonesian", "counted.txt")
_YEAR = rf"(?<![/\d])(?:19|20)\d\d(?![\d]|[.,/]\d|\s+(?:{_COUNTED})\b)"
_POINT, _SECOND = (
    rf"(?:tanggal\s+)?(?:(?P<digits{n}>(?<!\d)\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19|20)\d\d(?!\d))"
    rf"|(?:(?:(?P<day{n}>\d{{1,2}})\s+)?(?:bulan\s+)?(?P<month{n}>{_MONTH})\s+)?(?:tahun\s+)?(?P<year{n}>{_YEAR}))"
    for n in ("", "_to")
)
_LEAD = r"(?:(?:(?:pada|di|selama|in|on|during)\s+)?(?:periode\s+)?)"
_BETWEEN = re.compile(
    rf"\b{_LEAD}(?:antara\s+|between\s+|dari\s+)?{_POINT}\s*(?:-|–|sampai|hingga|s/d|sd|dan|to|and)\s*{_SECOND}\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"\b(?:sebelum|before)\s+{_POINT}\b", re.IGNORECASE)
_AFTER = re.compile(rf"\b(?P<word>sesudah|setelah|sejak|mulai|after|since)\s+{_POINT}\b", re.IGNORECASE)
_AT = re.compile(rf"\b{_LEAD}{_POINT}\b", re.IGNORECASE)
_RECENT = lexicon.patterns("embeddings.indonesian", "recent_times.toml")
_LAST = _RECENT["last"]
_RELATIVES = lexicon.patterns("embeddings.indonesian", "relative_times.toml")
_LATEST = _RECENT["latest"]
_MONTH_OF_YEAR = re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<year>{_YEAR})\b", re.IGNORECASE)
_UNITS = {unit: int(days) for unit, days in lexicon.table("embeddings.indonesian", "days_of_units.csv").items()}


class Period(msgspec.Struct, frozen=True):
    """The days, both included, that a question asks about, as ISO 8601; None is open."""

    start: str | None
    end: str | None
    span: tuple[int, int]
    """Where the question says so."""
    relative: bool = False
    """Whether it is counted from today, so that only the day of publication can tell."""

    def holds(self, published: str | None) -> bool:
        """Whether a date of any precision may lie within."""
        if published is None:
            return False
        return (self.start is None or published >= self.start[: len(published)]) and (
            self.end is None or published <= self.end[: len(published)]
        )

    def named_in(self, text: str, published: str | None) -> bool:
        """Whether a text names a time within: a year, a month with its year, or a day."""
        return any(kind_of(time) in self._kinds_named and self.holds(time) for time in times_named(text, published))

    def filter(self) -> Filter:
        """Lets through what appeared within, names a time within, or is of nobody knows when."""
        kinds = ("published",) if self.relative else ("published", *self._kinds_named, "undated")
        return Filter(self.start, self.end, kinds)

    @property
    def _kinds_named(self) -> tuple[str, ...]:
        # A text names many a year in passing, which tells nothing of a month in it.
        of_years = (self.start or "-01-01").endswith("-01-01") and (self.end or "-12-31").endswith("-12-31")
        return ("year",) if of_years else ("month", "day")


def times_named(text: str, published: str | None) -> set[str]:
    """The years, the months with their year, and the days that a text names, as ISO 8601 of that precision."""
    months = (f"{int(found['year'])}-{month_number(found['month']):02}" for found in _MONTH_OF_YEAR.finditer(text))
    days = (complete_date(day, published) for day in find_dates(text))
    return {*map(str, years_in(text)), *months, *filter(None, days)}


def kind_of(time: str) -> str:
    """Whether an ISO 8601 date is a "year", a "month" or a "day"."""
    return {4: "year", 7: "month"}.get(len(time), "day")


def days_of(time: str) -> tuple[str, str]:
    """The first and the last day of a year, a month or a day, all as ISO 8601."""
    if kind_of(time) == "year":
        return f"{time}-01-01", f"{time}-12-31"
    return _month(int(time[:4]), int(time[5:])) if kind_of(time) == "month" else (time, time)


def find_period(question: str, today: date) -> Period | None:
    """The period that a question names, if any."""
    if found := _BETWEEN.search(question):
        first, last = _days(found, ""), _days(found, "_to")
        return Period(first[0], last[1], found.span()) if first and last and first[0] <= last[1] else None
    if (found := _BEFORE.search(question)) and (days := _days(found, "")):
        return Period(None, _shifted(days[0], -1), found.span())
    if (found := _AFTER.search(question)) and (days := _days(found, "")):
        since = found["word"].lower() in ("sejak", "mulai", "since")
        return Period(days[0] if since else _shifted(days[1], 1), None, found.span())
    if (found := _AT.search(question)) and (days := _days(found, "")):
        return Period(*days, found.span())
    if found := _LAST.search(question):
        number, unit = found["number"] or found["number_en"], found["unit"] or found["unit_en"]
        begin = today - timedelta(days=int(number) * _UNITS[unit.lower()])
        return Period(begin.isoformat(), today.isoformat(), found.span(), relative=True)
    for name, pattern in reversed(_RELATIVES.items()):
        if found := pattern.search(question):
            start, end = _relative(name, today)
            return Period(start.isoformat(), end.isoformat(), found.span(), relative=True)
    return None


def wants_latest(question: str) -> bool:
    """Whether a question asks for the newest."""
    return _LATEST.search(question) is not None


def without_period(question: str, period: Period | None) -> str:
    """The question with the words for its period left out."""
    if period is None:
        return question
    return " ".join(f"{question[: period.span[0]]} {question[period.span[1] :]}".split())


def _relative(name: str, today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "this week": (monday, monday + timedelta(days=6)),
        "last week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this month": (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
        "last month": (before.replace(day=1), before),
        "this year": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "last year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }[name]


def _days(found: re.Match[str], suffix: str) -> tuple[str, str] | None:
    """The first and the last day of what a match names; None where there is no such day."""
    day, month, year = (found[f"{part}{suffix}"] for part in ("day", "month", "year"))
    if digits := found[f"digits{suffix}"]:
        day, number, year = re.findall(r"\d+", digits)
    elif month:
        number = month_number(month)
    else:
        return days_of(str(int(year)))
    if not 1 <= int(number) <= 12:
        return None
    first, last = _month(int(year), int(number))
    if not day:
        return first, last
    only = f"{first[:8]}{int(day):02}"
    return (only, only) if first <= only <= last else None


def _month(year: int, month: int) -> tuple[str, str]:
    following = date(year + month // 12, month % 12 + 1, 1)
    return f"{year}-{month:02}-01", (following - timedelta(days=1)).isoformat()


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
