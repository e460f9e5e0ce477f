"""Find who holds which office where, as an article names them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.sentences import sentence_of
from embeddings.topics.officials.grammar import Official, officials_in
from embeddings.topics.officials.label import first_name, label_line
from embeddings.topics.officials.led import find_led
from embeddings.topics.officials.offices import Office, find_offices
from embeddings.topics.officials.whose import region_of, same_person
from embeddings.types import Span

_PATTERNS = lexicon.patterns("embeddings.topics.officials", "patterns.toml")
_CAME_FOR = _PATTERNS["came_for"]
_POINTS_AT_HOLDER = _PATTERNS["points_at_holder"]
_LEADS_IT = _PATTERNS["leads_it"]
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
    named = _named_in(text, offices)
    # "Kecamatan X dipimpin Camat X, A" names the office itself.
    led = [one for one in find_led(text) if one.name not in {official.name for official in named if official.region}]
    beside = [one for one in named if one.region or one.name not in {official.name for official in led}]
    found = sorted([*beside, *led], key=lambda official: official.name)[:MOST_OFFICIALS]
    known = [official for official in found if official.region]
    resolved: list[Official] = []
    for official in found:
        if not official.region:
            same = region_of(text, official, known, offices, official in led)
            if len(same) != 1:
                continue
            official = msgspec.structs.replace(official, region=same.pop())
            known.append(official)
        resolved.append(official)
    resolved += _leaders(text, offices, resolved)
    resolved += _predecessors(text, resolved, offices)
    once = {(one.name, one.office, one.region, one.former): one for one in resolved}
    return sorted(once.values(), key=lambda official: official.name)


def _leaders(text: str, offices: Sequence[Office], known: Sequence[Official]) -> Iterator[Official]:
    """Who heads "polres tersebut", where the sentence before names the office and nobody in it."""
    held = {(official.office, official.region) for official in known}
    for match in islice(_LEADS_IT.finditer(text), MOST_PREDECESSORS):
        sentence = sentence_of(text, *match.span())
        before = [one for one in offices if one.span[1] <= sentence[0] <= one.span[1] + LONGEST_POINTING]
        names = _names(text, (sentence[0], match.start()), offices)
        if before and before[-1].region and len(names) == 1 and (before[-1].office, before[-1].region) not in held:
            office = before[-1]
            yield Official(names[0], office.span, office.office, office.region, office.acting, office.former)


def _names(text: str, span: Span, offices: Sequence[Office]) -> list[Span]:
    """The names of persons in a part of a text; the place of an office is none."""
    line = label_line(text, span, [one for one in offices if span[0] <= one.span[0] and one.span[1] <= span[1]])
    return [named for label, named in zip(line.labels, line.spans, strict=True) if label in "NMC"]


def _predecessors(text: str, known: Sequence[Official], offices: Sequence[Office]) -> Iterator[Official]:
    """Whom a sitting holder came for, where a sentence tells so that does not name the office again."""
    told = {official.name for official in known if official.former}
    for match in islice(_CAME_FOR.finditer(text), MOST_PREDECESSORS):
        sentence = sentence_of(text, *match.span())
        former = first_name(text, match.end(), sentence[1])
        if former is None or former in told:
            continue
        holder = _holder_of(text, (sentence[0], match.start()), known, offices)
        if holder and not same_person(text[slice(*holder.name)], text[slice(*former)]):
            yield msgspec.structs.replace(holder, name=former, acting=False, former=True)


def _holder_of(text: str, before: Span, known: Sequence[Official], offices: Sequence[Office]) -> Official | None:
    """The sitting holder of whom the beginning of a sentence tells, by name or as "ia"."""
    sitting = [official for official in known if not official.former and official.name[1] <= before[1]]
    begins = text[slice(*before)]
    if names := _names(text, before, offices):
        subject = text[slice(*names[-1])]
        return _only_one(official for official in sitting if same_person(text[slice(*official.name)], subject))
    # "Ia" is whom the sentence before names last, "rumah sakit itu" what that person heads.
    if not sitting or not _POINTS_AT_HOLDER.match(begins):
        return None
    last = sitting[-1].name
    others = _names(text, (max(last[1], before[0] - LONGEST_POINTING), before[0]), offices)
    told = others[-1] if others else last
    named = [text[slice(*span)] for span in (told, *others)]
    if before[0] - told[1] > LONGEST_POINTING or not all(same_person(named[0], other) for other in named[1:]):
        return None
    return _only_one(official for official in sitting if same_person(text[slice(*official.name)], named[0]))


def _only_one(officials: Iterable[Official]) -> Official | None:
    """The last of the namings of an office's holder, where all are of one office."""
    found = list(officials)
    return found[-1] if len({(one.office, one.region) for one in found}) == 1 else None


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
