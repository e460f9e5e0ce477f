"""Dates as Indonesian news prints them, read only as far as they are written."""

import re
from datetime import date

import msgspec

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "jan", "january"),
            ("februari", "feb", "february", "pebruari"),
            ("maret", "mar", "march"),
            ("april", "apr"),
            ("mei", "may"),
            ("juni", "jun", "june"),
            ("juli", "jul", "july"),
            ("agustus", "agu", "ags", "agt", "august", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "okt", "october", "oct"),
            ("november", "nov", "nopember", "nop"),
            ("desember", "des", "december", "dec"),
        ),
        start=1,
    )
    for name in names
}
# Monday is 0, as in date.weekday().
WEEKDAYS = {
    "senin": 0,
    "selasa": 1,
    "rabu": 2,
    "kamis": 3,
    "jumat": 4,
    "jum'at": 4,
    "jum’at": 4,
    "sabtu": 5,
    "minggu": 6,
    "ahad": 6,
}

_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_MONTH = rf"(?P<month_name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_NUMERIC = r"(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})(?:\s*[/.-]\s*(?P<year>(?:19|20)?\d{2}))?"
_NAMED = rf"(?P<day>\d{{1,2}})\s+{_MONTH}\.?(?:\s+(?P<year>(?:19|20)\d\d))?"

_HOURS = r"(?:\s+(?:pagi|siang|sore|malam))?"
_IN_BRACKETS = tuple(
    re.compile(rf"(?:\b{_WEEKDAY}{_HOURS}\s*,?\s*)?\(\s*{form}\s*\)", re.IGNORECASE) for form in (_NUMERIC, _NAMED)
)
_AFTER_WEEKDAY = re.compile(rf"\b{_WEEKDAY}\s*,?\s*(?:tanggal\s+)?{_NAMED}\b", re.IGNORECASE)
_DATE_LINE = tuple(
    re.compile(
        rf"(?:(?:dipublikasikan|diterbitkan|terbit|tayang|diperbarui|published|tanggal)\s*:?\s*)?"
        rf"(?:{_WEEKDAY}\s*,?\s*)?{form}(?:[\s,|·-]*(?:pukul\s+)?\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?\s*(?:wib|wita|wit)?)?",
        re.IGNORECASE,
    )
    for form in (_NUMERIC, _NAMED)
)


def parse_published(text: str) -> str | None:
    """Read an ISO 8601 date of any precision, or an Indonesian date with its year, into ISO 8601; None if neither."""
    text = text.strip()
    if found := re.fullmatch(r"((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?", text):
        year, month, day = found.groups()
        try:
            date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            return None
        return "-".join(part for part in (year, month, day) if part)
    return parse_date_line(text)


def parse_date_line(line: str) -> str | None:
    """Read a line that is nothing but a full date, with or without weekday and time, into ISO 8601."""
    for pattern in _DATE_LINE:
        if found := pattern.fullmatch(line.strip()):
            return _complete(found, years=())
    return None


def find_published(lead: list[str], years: tuple[int, ...]) -> str | None:
    """The first date that the lead paragraphs give in brackets or after a weekday, as ISO 8601.

    "Kamis (13/7)" gets its year from `years`, those that the article itself names: the only one in which 13 July is a
    Thursday, or without a weekday the only one there is. Otherwise it stays unknown.
    """
    for line in lead:
        found = [match for pattern in (*_IN_BRACKETS, _AFTER_WEEKDAY) for match in pattern.finditer(line)]
        for match in sorted(found, key=lambda match: match.start()):
            if (published := _complete(match, years)) is not None:
                return published
    return None


def years_in(text: str) -> tuple[int, ...]:
    """The years that a text names, once each, in ascending order."""
    return tuple(sorted({int(year) for year in re.findall(r"(?<![\d.,])(?:19|20)\d\d(?![\d]|[.,]\d)", text)}))


def _complete(found: re.Match[str], years: tuple[int, ...]) -> str | None:
    groups = found.groupdict()
    day = int(groups["day"])
    month = int(groups["month"]) if groups.get("month") else MONTHS[groups["month_name"].lower()]
    if groups["year"]:
        year = int(groups["year"])
        candidates = [_date_or_none(year if year > 99 else 2000 + year, month, day)]
    else:
        candidates = [_date_or_none(year, month, day) for year in years]
        if weekday := groups.get("weekday"):
            number = WEEKDAYS[weekday.lower()]
            candidates = [day for day in candidates if day is not None and day.weekday() == number]
    known = [candidate for candidate in candidates if candidate is not None]
    return known[0].isoformat() if len(known) == 1 else None


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


class DateMention(msgspec.Struct, frozen=True):
    """A day as a text names it: "Senin (17/7/2023)", "13 Juli", "Selasa"; what it leaves out is None."""

    span: tuple[int, int]
    weekday: int | None
    day: int | None
    month: int | None
    year: int | None


_MENTIONS = (
    *_IN_BRACKETS,
    re.compile(rf"(?:\b{_WEEKDAY}{_HOURS}\s*,?\s*(?:tanggal\s+)?)?\b{_NAMED}\b", re.IGNORECASE),
    re.compile(rf"\b{_WEEKDAY}\b", re.IGNORECASE),
)


def find_dates(text: str) -> list[DateMention]:
    """The days that a text names, in order; "minggu" in lower case is a week, not a Sunday."""
    matches = sorted(
        (match for pattern in _MENTIONS for match in pattern.finditer(text)),
        key=lambda match: (match.start(), -match.end()),
    )
    found: list[DateMention] = []
    for match in matches:
        groups = match.groupdict()
        overlaps = found and match.start() < found[-1].span[1]
        if overlaps or ("day" not in groups and not match[0][0].isupper()):
            continue
        month = int(groups["month"]) if groups.get("month") else MONTHS.get((groups.get("month_name") or "").lower())
        year = int(groups["year"]) if groups.get("year") else None
        found.append(
            DateMention(
                match.span(),
                WEEKDAYS[groups["weekday"].lower()] if groups["weekday"] else None,
                int(groups["day"]) if groups.get("day") else None,
                month,
                2000 + year if year is not None and year < 100 else year,
            )
        )
    return found


def complete_date(mention: DateMention, published: str | None, ahead: bool = False) -> str | None:
    """The day meant, as ISO 8601, completed by the day of publication; None where that does not tell.

    What a text leaves out is taken from the nearest such day up to the publication, or with `ahead` from it on. A
    printed weekday has to agree.
    """
    day = published if published and len(published) == 10 else None
    near = date.fromisoformat(day) if day else None
    if mention.day is None or mention.month is None:
        if near is None or mention.weekday is None:
            return None
        distance = (mention.weekday - near.weekday()) % 7 if ahead else -((near.weekday() - mention.weekday) % 7)
        return date.fromordinal(near.toordinal() + distance).isoformat()
    if mention.year is not None:
        known = _date_or_none(mention.year, mention.month, mention.day)
        agrees = known is not None and mention.weekday in (None, known.weekday())
        return known.isoformat() if known and agrees else None
    years = [int(published[:4])] if published else []
    if near is not None:
        years = [near.year, near.year + 1] if ahead else [near.year, near.year - 1]
    for year in years:
        found = _date_or_none(year, mention.month, mention.day)
        if found is None or (mention.weekday is not None and found.weekday() != mention.weekday):
            continue
        # An article may appear a day before its own date line says.
        if near is None or (
            found.toordinal() >= near.toordinal() - 1 if ahead else found.toordinal() <= near.toordinal() + 1
        ):
            return found.isoformat()
    return None
