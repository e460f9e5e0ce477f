"""Find who holds which office where, as an article names them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import msgspec

from embeddings.indonesian.words import words_of
from embeddings.topics.officials.grammar import Official, officials_in
from embeddings.topics.officials.label import label_line
from embeddings.topics.officials.offices import LIST_MARK, Office, find_offices
from embeddings.types import Span

_HEADS_OF_REGIONS = ("bupati", "wali kota", "gubernur")
_OF_STAFF = ("kepala bagian", "kepala dinas", "kepala badan", "asisten", "staf ahli", "sekretaris dinas", "inspektur")
_HEADS = (*_HEADS_OF_REGIONS, "camat")
# A text that names more has been made to name many; no article in the news names more than 15.
MOST_OFFICIALS = 300


def find_officials(text: str) -> list[Official]:
    """Every place in a text where an office and its holder are named together, in the order of the names."""
    return _named_in(text, list(find_offices(text)))


def officials_of(text: str) -> list[Official]:
    """The officials named with office and region; a later "Bupati Askolani" counts for the one named before."""
    offices = list(find_offices(text))
    found = _named_in(text, offices)[:MOST_OFFICIALS]
    known = [official for official in found if official.region]
    regions: defaultdict[str, set[str]] = defaultdict(set)
    for office in offices:
        if office.region:
            regions[office.office.removeprefix("wakil ")].add(office.region)
    resolved: list[Official] = []
    for official in found:
        if not official.region:
            name = text[slice(*official.name)]
            same = {one.region for one in known if _is_of_region(official, name, one, text[slice(*one.name)])}
            # "Bupati Pasangkayu membuka rapat. Bupati Agus Ambo Djiwa …": the article knows one such office only.
            if not same and official.office in _HEADS and " " in name:
                same = regions[official.office]
            # "1. A sebagai Kepala Bagian Umum Setda": of the region whose head or secretary the article names.
            if not same and official.office.startswith(_OF_STAFF) and _is_listed(text, official):
                same = set().union(*(regions[head] for head in (*_HEADS_OF_REGIONS, "sekretaris daerah")))
            if len(same) != 1:
                continue
            official = msgspec.structs.replace(official, region=same.pop())
            known.append(official)
        resolved.append(official)
    return resolved


def same_person(name: str, other: str) -> bool:
    """Whether two names may be one person's: all words of the shorter stand in the longer."""
    words, others = ({word for word in words_of(one) if len(word) > 1} for one in (name, other))
    return bool(words and others) and (words <= others or others <= words)


def _named_in(text: str, offices: Sequence[Office]) -> list[Official]:
    found = (
        official for line, named in _lines(text, offices) for official in officials_in(label_line(text, line, named))
    )
    return sorted(found, key=lambda official: official.name)


def _lines(text: str, offices: Collection[Office]) -> Iterator[tuple[Span, list[Office]]]:
    """The lines that name offices, and which."""
    lines: defaultdict[Span, list[Office]] = defaultdict(list)
    start = end = 0
    for office in offices:
        if office.span[0] >= end:
            start, end = text.rfind("\n", end, office.span[0]) + 1 or end, text.find("\n", office.span[1])
            end = end if end >= 0 else len(text)
        lines[start, end].append(office)
    yield from lines.items()


def _is_listed(text: str, official: Official) -> bool:
    return LIST_MARK.match(text, text.rfind("\n", 0, official.name[0]) + 1) is not None


def _is_of_region(official: Official, name: str, other: Official, other_name: str) -> bool:
    """Whether the region of an office named without is another's.

    "Bupati Askolani" is the "Bupati Banyuasin, H. Askolani" of before; a deputy, a secretary or staff is of the same
    region as its head.
    """
    return (
        (official.office == other.office and same_person(other_name, name))
        or official.office in (f"wakil {other.office}", f"staf khusus {other.office}")
        or (official.office == "sekretaris daerah" and other.office in _HEADS_OF_REGIONS)
    )
