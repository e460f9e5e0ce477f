"""A sentence of an article, and what each meeting named in it may ask of it."""

import re
from functools import cached_property

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.dates import DateMention, find_dates
from embeddings.types import Span

VERBS = lexicon.alternatives("embeddings.topics.meetings", "verbs.txt")
HELD = re.compile(rf"\b(?:{VERBS})\b", re.IGNORECASE)
_LEVEL = r"(?:[Kk]abupaten|[Kk]ecamatan|[Dd]esa|[Kk]elurahan|[Kk]ota|[Pp]rovinsi|Kab\.?|Kec\.?|Prov\.?|Jalan|Jl\.?)"
_PROPER = r"(?:[A-Z0-9][\w.'’/-]*|\([A-Z]\w+\))"
_BEFORE_PLACE = lexicon.alternatives("embeddings.topics.meetings", "buildings.txt")
_BUILDINGS = rf"(?:(?:{_BEFORE_PLACE})\s+)"
_NAMED = rf"(?:{_LEVEL}\s+)?{_PROPER}(?:\s+(?:{_LEVEL}\s+)?{_PROPER})*"
_UNNAMED = r"(?:kecamatan|kabupaten|desa|kota|kelurahan|provinsi)\s+(?:tersebut|setempat)"
_OFFICE = r"(?:aula|pendopo|kantor|balai|gedung) (?:kecamatan|kabupaten|desa|kota|bupati|camat)(?: tersebut| setempat)?"
PLACE = re.compile(
    rf"\bdi\s+(?P<place>(?:{_BUILDINGS}*{_NAMED}|{_BUILDINGS}*{_UNNAMED}|{_OFFICE})(?:,\s+{_LEVEL}\s+{_NAMED})*)"
)
_UNTIL = lexicon.patterns("embeddings.topics.meetings", "patterns.toml")["until"]
# "mulai", "sampai dengan tanggal" before a day.
_LONGEST_UNTIL = 40


class Sentence:
    """A sentence and what each meeting named in it may ask of it, found once."""

    def __init__(self, text: str, span: Span) -> None:
        self._text = text
        self.span = span

    @cached_property
    def days(self) -> list[DateMention]:
        """The days it names, in order, but not those on which something begins or ends."""
        start = self.span[0]
        days = [
            msgspec.structs.replace(day, span=(start + day.span[0], start + day.span[1]))
            for day in find_dates(self._text[slice(*self.span)])
        ]
        # "mulai Senin hingga 8 Desember": no day on which something was held.
        return [
            day for day in days if not _UNTIL.search(self._text, max(start, day.span[0] - _LONGEST_UNTIL), day.span[0])
        ]

    @cached_property
    def places(self) -> list[Span]:
        """The places it names, in order."""
        return [match.span("place") for match in PLACE.finditer(self._text, *self.span)]

    @cached_property
    def tells_of_holding(self) -> bool:
        """Whether it says that something is held."""
        return HELD.search(self._text, *self.span) is not None
