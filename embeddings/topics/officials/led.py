"""Find who heads a body where a text names the body and not the office: "Dinas Pendidikan dipimpin Suwarno"."""

import re
from collections.abc import Iterator
from itertools import islice

from embeddings.indonesian import lexicon
from embeddings.indonesian.sentences import sentence_of
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.label import first_name
from embeddings.topics.officials.offices import ACTING, Office, find_offices
from embeddings.types import Span

_PATTERNS = lexicon.patterns("embeddings.topics.officials", "patterns.toml")
_HEADED_BY = _PATTERNS["headed_by"]
_MEANWHILE = _PATTERNS["meanwhile"]
_CLAUSE = _PATTERNS["clause"]
_HEADS = lexicon.table("embeddings.topics.officials", "led_bodies.csv")
_BEFORE_NAME = re.compile(rf"\s*{ACTING}(?:\s+{_PATTERNS['head_again'].pattern})?,?", re.IGNORECASE)
# "Desa Katampe" named so before may later be "Katampe".
_NAME = re.compile(r"[A-Z][\w'’-]*+(?: [A-Z][\w'’-]*+){0,3}+")
_LEVELS = ("desa", "kampung", "nagari", "gampong", "lembang", "kelurahan", "kecamatan", "distrik")
MOST_LED = 20
# Characters of a sentence before "dipimpin" in which its subject is looked for; no body's name is longer.
LONGEST_SUBJECT = 150


def find_led(text: str) -> Iterator[Official]:
    """Whom a text names as head of a body that it names before, in order; the region may be empty."""
    for match in islice(_HEADED_BY.finditer(text), MOST_LED):
        sentence = sentence_of(text, *match.span())
        acting = _BEFORE_NAME.match(text, match.end(), sentence[1])
        name = first_name(text, acting.end() if acting else match.end(), sentence[1])
        led = _led(text, (max(sentence[0], match.start() - LONGEST_SUBJECT), match.start()), acting is not None)
        if name and led:
            office, span = led
            yield Official(name, span, office.office, office.region, acting is not None, False)


def _led(text: str, before: Span, acting: bool) -> tuple[Office, Span] | None:
    """The office whose body a clause begins with, and where the body is named."""
    meanwhile = _MEANWHILE.search(text[slice(*before)])
    # "Polsek X dipimpin Iptu A menangkap dua orang" tells who led its men.
    if meanwhile is None or not (acting or meanwhile[0].strip()):
        return None
    end = before[0] + meanwhile.start()
    starts = [before[0], *(clause.end() for clause in _CLAUSE.finditer(text, before[0], end))]
    for start in reversed(starts):
        subject = text[start:end]
        first, _, rest = subject.partition(" ")
        head = _HEADS.get(first.casefold()) if first[:1].isupper() else None
        if head is None and acting and _NAME.fullmatch(subject):
            head, rest = _head_of_place(text, subject), subject
        if head and (office := _only_office(f"{head} {rest},")):
            return office, (start, end)
    return None


def _head_of_place(text: str, name: str) -> str | None:
    """What the head of a place is called that a text elsewhere names with its level, and with no other."""
    named = {_HEADS[level] for level in _LEVELS if f"{level.capitalize()} {name}" in text}
    return named.pop() if len(named) == 1 else None


def _only_office(printed: str) -> Office | None:
    """The office that is printed here, where it is all that is."""
    offices = list(find_offices(printed, headlines=True))
    return offices[0] if len(offices) == 1 and offices[0].span == (0, len(printed) - 1) else None
