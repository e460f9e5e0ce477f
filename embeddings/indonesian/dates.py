"""Dates as Indonesian news prints them, read only as far as they are written."""

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from embeddings.indonesian import lexicon

# Where a newsroom is that does not say otherwise.
WIB = ZoneInfo("Asia/Jakarta")

MONTHS = {name: int(number) for name, number in lexicon.table("embeddings.indonesian", "months.csv").items()}
WEEKDAYS = {name: int(number) for name, number in lexicon.table("embeddings.indonesian", "weekdays.csv").items()}

_TAKEN_FOR = str.maketrans("ıİſ", "iis")

_PASARAN = lexicon.alternatives("embeddings.indonesian", "pasaran.txt")
_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})(?:\s++(?:{_PASARAN})\b)?"
_MONTH = rf"(?P<month_name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
# Whatever repeats is possessive ("*+", "++"): tried in one way only, the time a pattern takes is linear in the text.
_NUMERIC = r"(?P<day>\d{1,2})\s*+[/.-]\s*+(?P<month>\d{1,2})(?:\s*+[/.-]\s*+(?P<year>(?:19|20)?\d{2}))?"
_NAMED = rf"(?P<day>\d{{1,2}})\s++{_MONTH}\.?(?:\s++(?P<year>(?:19|20)\d\d))?"

_MONTH_FIRST = rf"{_MONTH}\.?\s++(?P<day>\d{{1,2}})\s*+,?+\s++(?P<year>(?:19|20)\d\d)"

_HOURS = r"(?:\s++(?:pagi|siang|sore|malam))?"
_COMMA = r"\s*+,?+\s*+"
_IN_BRACKETS = tuple(
    re.compile(rf"(?:\b{_WEEKDAY}{_HOURS}{_COMMA})?\(\s*+{form}\s*+\)", re.IGNORECASE) for form in (_NUMERIC, _NAMED)
)
_AFTER_WEEKDAY = re.compile(rf"\b{_WEEKDAY}{_COMMA}(?:tanggal\s++)?{_NAMED}\b", re.IGNORECASE)
_ZONES = {name: int(number) for name, number in lexicon.table("embeddings.indonesian", "zones.csv").items()}
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.]\d\d)?"
_PUBLISHED = lexicon.alternatives("embeddings.indonesian", "published.txt")
_DATE_LINE = tuple(
    re.compile(
        rf"(?:(?:{_PUBLISHED})\s*+:?+\s*+)?"
        rf"(?:{_WEEKDAY}{_COMMA})?{form}(?:[\s,|·-]*+(?:pukul\s++)?{_CLOCK}\s*+(?P<zone>wib|wita|wit)?)?",
        re.IGNORECASE,
    )
    for form in (_NUMERIC, _NAMED, _MONTH_FIRST)
)
_IN_LINE = tuple(
    re.compile(rf"(?<![\w/.-]){form}(?![\w/]|[.-]\d)", re.IGNORECASE) for form in (_NUMERIC, _NAMED, _MONTH_FIRST)
)
_ISO_DATE = re.compile(r"(?P<date>(?:19|20)[0-9]{2}(?:-[0-9]{2}(?:-[0-9]{2})?)?)")
_ISO_DAY = re.compile(r"(?<![\w/.-])(?P<date>(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})(?![\d/.-])")
_TIMESTAMP = re.compile(
    rf"(?P<date>(?:19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}})(?:t|\s++){_CLOCK}(?:[.,]\d++)?\s*+"
    # "+0000 UTC" is how Go prints it.
    r"(?P<zone>z|utc|gmt|wib|wita|wit|[+-]\d{1,2}(?::?\d\d)?(?:\s++utc)?)?",
    re.IGNORECASE,
)


def parse_published(text: str, newsroom: tzinfo = WIB) -> str | None:
    """Read an ISO 8601 date of any precision, or an Indonesian date with its year, into ISO 8601; None if neither.

    What has a time and a zone is dated as the newsroom's own calendar had it at that moment.
    """
    text = text.strip()
    if found := _ISO_DATE.fullmatch(text):
        return found["date"] if _is_date(found["date"]) else None
    if found := _TIMESTAMP.fullmatch(text):
        return _in_newsroom(found, found["date"], newsroom) if _is_date(found["date"]) else None
    found = _match_date_line(text)
    published = _complete(found, years=()) if found else None
    return _in_newsroom(found, published, newsroom) if found and published else None


def _is_date(text: str) -> bool:
    return _date_or_none(*(int(part) for part in (text + "-01-01").split("-")[:3])) is not None


def _in_newsroom(found: re.Match[str], day: str, newsroom: tzinfo) -> str | None:
    if not found["zone"]:
        return day
    try:
        time = datetime.fromisoformat(day).replace(hour=int(found["hour"]), minute=int(found["minute"]))
        return time.replace(tzinfo=_zone(found["zone"])).astimezone(newsroom).date().isoformat()
    except ValueError:
        return None


def _zone(name: str) -> timezone:
    """The zone of a name or an offset; raises ValueError for an offset of a day or more."""
    known = _ZONES.get(_lower(name))
    if known is not None:
        return timezone(timedelta(hours=known))
    digits = re.sub(r"\D", "", name)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if name.startswith("-") else offset)


def parse_date_line(line: str) -> str | None:
    """Read a line that is nothing but a full date, with or without weekday and time, into ISO 8601, as printed."""
    found = _match_date_line(line.strip())
    return _complete(found, years=()) if found else None


def _match_date_line(line: str) -> re.Match[str] | None:
    return next((found for pattern in _DATE_LINE if (found := pattern.fullmatch(line))), None)


def find_full_date(line: str) -> str | None:
    """The first date with its year that a line gives, as ISO 8601."""
    found = sorted((match for pattern in _IN_LINE for match in pattern.finditer(line)), key=lambda match: match.start())
    iso = _ISO_DAY.search(line)
    complete = (date for match in found if match["year"] and (date := _complete(match, years=())) is not None)
    return next(complete, iso["date"] if iso and _is_date(iso["date"]) else None)


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
    month = int(groups["month"]) if groups.get("month") else month_number(groups["month_name"])
    if groups["year"]:
        year = int(groups["year"])
        candidates = [_date_or_none(year if year > 99 else 2000 + year, month, day)]
    else:
        candidates = [_date_or_none(year, month, day) for year in years]
        if weekday := groups.get("weekday"):
            number = WEEKDAYS[_lower(weekday)]
            candidates = [day for day in candidates if day is not None and day.weekday() == number]
    known = [candidate for candidate in candidates if candidate is not None]
    return known[0].isoformat() if len(known) == 1 else None


def month_number(name: str) -> int:
    """The number, from 1, of a month whose name a pattern has found."""
    return MONTHS[_lower(name)]


def _lower(word: str) -> str:
    """In lower case; where case is ignored, a pattern takes a few letters beside a to z for these too."""
    return word.translate(_TAKEN_FOR).lower()


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
    re.compile(rf"(?:\b{_WEEKDAY}{_HOURS}{_COMMA}(?:tanggal\s++)?)?\b{_NAMED}\b", re.IGNORECASE),
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
        month = int(groups["month"]) if groups.get("month") else MONTHS.get(_lower(groups.get("month_name") or ""))
        year = int(groups["year"]) if groups.get("year") else None
        found.append(
            DateMention(
                match.span(),
                WEEKDAYS[_lower(groups["weekday"])] if groups["weekday"] else None,
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
