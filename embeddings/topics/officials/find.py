"""Find who holds which office where, as an article names them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.sentences import sentence_of
from embeddings.indonesian.words import words_of
from embeddings.topics.officials.grammar import Official, officials_in
from embeddings.topics.officials.label import label_line
from embeddings.topics.officials.offices import LIST_MARK, Office, find_offices
from embeddings.types import Span

_HEADS_OF_REGIONS = ("bupati", "wali kota", "gubernur")
_OF_STAFF = ("kepala bagian", "kepala dinas", "kepala badan", "asisten", "staf ahli", "sekretaris dinas", "inspektur")
_HEADS = (*_HEADS_OF_REGIONS, "camat")
_PATTERNS = lexicon.patterns("embeddings.topics.officials", "patterns.toml")
_CAME_FOR = _PATTERNS["came_for"]
_POINTS_AT_HOLDER = _PATTERNS["points_at_holder"]
_LEADS_IT = _PATTERNS["leads_it"]
_NAME_BEHIND_TITLES = re.compile("T?[NM]")
MOST_PREDECESSORS = 20
# Characters from a name to the sentence that begins with "ia".
LONGEST_POINTING = 300
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
    resolved += _leaders(text, offices, resolved)
    return sorted([*resolved, *_predecessors(text, resolved)], key=lambda official: official.name)


def same_person(name: str, other: str) -> bool:
    """Whether two names may be one person's: all words of the shorter stand in the longer."""
    words, others = ({word for word in words_of(one) if len(word) > 1} for one in (name, other))
    return bool(words and others) and (words <= others or others <= words)


def _leaders(text: str, offices: Sequence[Office], known: Sequence[Official]) -> Iterator[Official]:
    """Who heads "polres tersebut", where the sentence before names the office and nobody in it."""
    held = {(official.office, official.region) for official in known}
    for match in islice(_LEADS_IT.finditer(text), MOST_PREDECESSORS):
        sentence = sentence_of(text, *match.span())
        before = [one for one in offices if one.span[1] <= sentence[0] <= one.span[1] + LONGEST_POINTING]
        names = _names(text, (sentence[0], match.start()))
        if before and before[-1].region and len(names) == 1 and (before[-1].office, before[-1].region) not in held:
            office = before[-1]
            yield Official(names[0], office.span, office.office, office.region, office.acting, office.former)


def _names(text: str, span: Span) -> list[Span]:
    """The names of persons in a part of a text."""
    line = label_line(text, span, [])
    return [named for label, named in zip(line.labels, line.spans, strict=True) if label in "NMC"]


def _predecessors(text: str, known: Sequence[Official]) -> Iterator[Official]:
    """Whom a sitting holder came for, where a sentence tells so that does not name the office again."""
    told = {official.name for official in known if official.former}
    for match in islice(_CAME_FOR.finditer(text), MOST_PREDECESSORS):
        sentence = sentence_of(text, *match.span())
        former = _first_name(text, match.end(), sentence[1])
        if former is None or former in told:
            continue
        holder = _holder_of(text, (sentence[0], match.start()), known)
        if holder and not same_person(text[slice(*holder.name)], text[slice(*former)]):
            yield msgspec.structs.replace(holder, name=former, acting=False, former=True)


def _first_name(text: str, start: int, end: int) -> Span | None:
    """The name that stands here, behind titles."""
    line = label_line(text, (start, end), [])
    named = _NAME_BEHIND_TITLES.match(line.labels)
    return line.spans[named.end() - 1] if named else None


def _holder_of(text: str, before: Span, known: Sequence[Official]) -> Official | None:
    """The sitting holder of whom the beginning of a sentence tells, by name or as "ia"."""
    sitting = [official for official in known if not official.former and official.name[1] <= before[1]]
    begins = text[slice(*before)]
    if names := _names(text, before):
        subject = text[slice(*names[-1])]
        same = [official for official in sitting if same_person(text[slice(*official.name)], subject)]
        return same[-1] if len({(one.office, one.region) for one in same}) == 1 else None
    # "Ia" is whom the sentence before names last, "rumah sakit itu" what that person heads.
    if not sitting or not _POINTS_AT_HOLDER.match(begins) or before[0] - sitting[-1].name[1] > LONGEST_POINTING:
        return None
    holder = sitting[-1]
    others = [text[slice(*span)] for span in _names(text, (holder.name[1], before[0]))]
    return holder if all(same_person(text[slice(*holder.name)], other) for other in others) else None


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
