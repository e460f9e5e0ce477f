"""Who holds which office, as the labels of a line tell it."""

import re
from collections.abc import Iterator

import msgspec

from embeddings.indonesian import lexicon
from embeddings.topics.officials.label import Line
from embeddings.topics.officials.offices import Office
from embeddings.types import Span

_RULES = tuple(lexicon.patterns("embeddings.topics.officials", "grammar.toml").values())
_BEATEN = re.compile("D?B?,?x?z")
# The groups of a rule: who holds or held which office.
_HOLDERS = (
    ("name", "office"),
    ("named", "office"),
    ("other_name", "other_office"),
    ("former", "office"),
    ("meanwhile", "unheld"),
)


class Official(msgspec.Struct, frozen=True):
    """One naming of an office's holder: offsets into the text, and what they come to."""

    name: Span
    office_span: Span
    """From the office's first word to the last of its region or body."""
    office: str
    """In lower case, without region: "wakil bupati", "kepala dinas kesehatan"."""
    region: str
    """Its canonical name, or empty where the text names none."""
    acting: bool
    former: bool


def officials_in(line: Line) -> Iterator[Official]:
    """Who holds or held an office in a line, rule by rule."""
    held: set[int] = set()
    told: set[tuple[int, int]] = set()
    for rule in _RULES:
        for match in rule.finditer(line.labels):
            found = match.groupdict()
            for holder, office in _HOLDERS:
                if not found.get(holder):
                    continue
                of, who = match.start(office), match.start(holder)
                if (of, who) in told or (holder != "former" and of in held):
                    continue
                told.add((of, who))
                if holder != "former":
                    held.add(of)
                # "Bupati dan Wakil Bupati X": one region for both.
                other = match.start("other_office") if "other_office" in found else of
                former = holder == "former" or (line.offices[of].sought_again and _beaten(line.labels, who))
                yield _official(line.spans[who], line.offices[of], line.offices[other].region, former, holder)


def _beaten(labels: str, name: int) -> bool:
    return _BEATEN.match(labels, name + 1) is not None


def _official(name: Span, office: Office, region: str, former: bool, holder: str) -> Official:
    acting = (office.acting or holder == "meanwhile") and not former
    return Official(name, office.span, office.office, region, acting, office.former or former)
