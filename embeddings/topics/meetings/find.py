"""Find the meetings that an article tells of: what was held, where, when, by whom, and who was there."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Annotated

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.dates import DateMention, complete_date, find_dates
from embeddings.indonesian.regions import names_region, regions_printed, wider_regions
from embeddings.indonesian.sentences import split_sentences
from embeddings.topics.meetings.levels import Mention, by_level
from embeddings.topics.meetings.sentence import HELD, PLACE, VERBS, Sentence
from embeddings.topics.officials.offices import in_headline
from embeddings.types import Article, Span

_SHORT = lexicon.table("embeddings.topics.meetings", "short_kinds.csv")
_AFTER_RAPAT = lexicon.alternatives("embeddings.topics.meetings", "kinds_of_rapat.txt")
_NEARLY_ALWAYS_ONE = lexicon.alternatives("embeddings.topics.meetings", "sure_kinds.txt")
_SURE = rf"rapat(?: (?:{_AFTER_RAPAT})){{1,5}}|{_NEARLY_ALWAYS_ONE}"
_ONLY_WITH_A_DAY = lexicon.alternatives("embeddings.topics.meetings", "dated_kinds.txt")
KIND = re.compile(rf"(?<![\w-])(?:(?P<sure>{_SURE})|(?P<dated>{_ONLY_WITH_A_DAY}))(?![\w-])", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\s*\((?:[A-Z][A-Za-z]{1,15}|rakor|raker|kunker|musrenbang)\)")
_PATTERNS = lexicon.patterns("embeddings.topics.meetings", "patterns.toml")
_DURING = re.compile(rf"\b(?:{VERBS}|usai|seusai|saat|ketika|dalam|sela|sela-sela|hasil|jalannya)\b", re.IGNORECASE)
_PLANNED = _PATTERNS["planned"]
_WISHED = _PATTERNS["wished"]
_NEARBY = 80
_HABITUAL = _PATTERNS["habitual"]
_OF_THE_MEETING = _PATTERNS["of_the_meeting"]
_PUT_OFF = _PATTERNS["put_off"]
# Characters from "ditunda" to the day.
LONGEST_PUTTING_OFF = 90
_PRESENT = _PATTERNS["present"]
_HOSTS = lexicon.alternatives("embeddings.topics.meetings", "hosts.txt")
_HOST = re.compile(
    rf"(?P<host>(?:{_HOSTS})"
    # No host in the news has more than 8 words.
    r"(?:\s+(?:[A-Z][\w/-]{0,40}|dan|\([A-Z][\w ]{0,60}\))){0,12})\s*(?:,\s*)?(?:kembali |telah |juga |akan )?"
    r"(?:menggelar|mengadakan|melaksanakan|menyelenggarakan|gelar)\b"
)
# Where the name of a meeting ends.
_ENDS = lexicon.alternatives("embeddings.topics.meetings", "ends_of_names.txt")
_TOPIC_ENDS = re.compile(rf"(?<!\s)(?:\s*[,.;:“”\"]|\s+(?:{_ENDS})\b|\s+[-–—(])|\n")
_POINTS_BACK = _PATTERNS["points_back"]
_LISTS_PRESENT = _PATTERNS["lists_present"]
LONGEST_MEETING_NAME = 90
# An article that tells of more kinds has been made to; none in the news tells of more than 5.
MOST_KINDS = 50
KINDS = tuple(
    sorted(
        {
            *_SHORT.values(),
            "rapat",
            *(f"rapat {word}" for word in _AFTER_RAPAT.split("|")),
            *_ONLY_WITH_A_DAY.split("|"),
        }
        | {"audiensi", "safari ramadan", "musyawarah daerah"},
        key=lambda kind: (-len(kind.split()), kind),
    )
)
"""The names of kinds of meeting, those of more words first."""


class Meeting(msgspec.Struct, frozen=True):
    """A meeting that an article tells of; spans are offsets into the article's text."""

    kind: str
    """Under its one name, in lower case: "rapat koordinasi"."""
    named: Span
    """The words for its kind: "Rakor"."""
    what: Span
    """Its name, as far as the sentence gives it."""
    evidence: Span
    """The sentence that tells of it."""
    regions: tuple[str, ...]
    """The regions it was held in or by, by canonical name, and those that they lie in."""
    day: Span | None = None
    """When it was held, as printed."""
    held: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(?:0[1-9]|1[0-2])-\d\d$")] | None = None
    """The same as ISO 8601, only where the article tells it for certain."""
    place: Span | None = None
    host: Span | None = None
    present: tuple[Span, ...] = ()
    """The sentences that name who was there."""


def find_meetings(article: Article) -> list[Meeting]:
    """The meetings that an article tells of, one of each kind, in the order of the text."""
    text = article.text
    story = _Story(article)
    told: dict[str, list[Mention]] = {}
    for number, sentence in enumerate(story.sentences):
        for match in KIND.finditer(text, *sentence.span):
            kind = meeting_kind(match[0])
            # "rapat tersebut" is the meeting named before, whatever its kind; "(musrenbang)" its name once more.
            again = text[match.start() - 1 : match.start()] == "(" and told
            if not again and not (kind in ("rapat", "pertemuan") and _OF_THE_MEETING.match(text, match.start())):
                family = _family(kind, told)
                if family in told or len(told) < MOST_KINDS:
                    told.setdefault(family, []).append((number, match))
    apart = [(kind, of_level) for kind, mentions in told.items() for of_level in by_level(text, mentions)]
    found = [meeting for kind, mentions in apart if (meeting := _meeting(story, kind, mentions))]
    present = _present(story, found)
    return [msgspec.structs.replace(meeting, present=present.get(meeting.named, ())) for meeting in found]


def meeting_kind(printed: str) -> str:
    """The one name of a kind of meeting: "Rakor" is "rapat koordinasi"."""
    name = " ".join(printed.casefold().split())
    if name.startswith("musrenbang"):
        return _SHORT["musrenbang"]
    return _SHORT.get(name, name)


class _Story:
    """An article as its meetings are looked for in it."""

    def __init__(self, article: Article) -> None:
        text = article.text
        self.article = article
        self.sentences = [Sentence(text, span) for span in split_sentences(text) if not in_headline(text, span[0])]
        # Several meetings stand in one sentence and in one kabupaten.
        self.regions_printed = cache(regions_printed)
        self.names_region = cache(lambda region: names_region(text, region))


def _family(kind: str, told: dict[str, list[Mention]]) -> str:
    """A short or a longer name of what was told of before: "rapat" after "rapat koordinasi"."""
    for known in told:
        if known.startswith(kind + " ") or kind.startswith(known + " "):
            return known
    return kind


def _meeting(story: _Story, kind: str, mentions: Sequence[Mention]) -> Meeting | None:
    """What the sentences on one kind of meeting come to; None where none tells that it was or will be held."""
    article, sentences, text = story.article, story.sentences, story.article.text
    tells = [
        (number, match, day)
        for number, match in mentions
        if (day := _day_in(text, sentences, number, match)) or _is_told(text, sentences[number], match)
    ]
    if not tells:
        return None
    number, match, day = next((told for told in tells if told[2]), tells[0])
    evidence = _evidence(sentences, number, min(match.start(), day.span[0] if day else match.start()))
    # "Rapat dilaksanakan di …": a sentence that begins with the meeting tells of it again.
    named_again = {other for other, again in mentions if again.start() - sentences[other].span[0] < len("Kegiatan ")}
    place = _place_in(text, evidence, match.end()) or _place_elsewhere(text, sentences, number, named_again)
    host = _HOST.search(text, *evidence)
    return Meeting(
        kind,
        match.span(),
        _name(text, match, evidence[1]),
        evidence,
        _regions(story, evidence, place),
        day.span if day else None,
        complete_date(day, article.published, _PLANNED.search(text, evidence[0], match.start()) is not None)
        if day
        else None,
        place,
        host.span("host") if host else None,
    )


def _evidence(sentences: Sequence[Sentence], number: int, begin: int) -> Span:
    """From the sentence in which the meeting or its day begins to the end of the one that names it."""
    start, end = sentences[number].span
    return next((one.span[0] for one in sentences if one.span[0] <= begin < one.span[1]), min(start, begin)), end


def _regions(story: _Story, evidence: Span, place: Span | None) -> tuple[str, ...]:
    """The regions that the evidence and the place name, or else the headline; and those named that they lie in."""
    text, article = story.article.text, story.article
    regions = {name for span in (evidence, place) if span for name in story.regions_printed(text[slice(*span)])}
    regions = regions or story.regions_printed(f"{article.title or ''} {article.place or ''}")
    wider = {wide for region in regions for wide in wider_regions(region) if story.names_region(wide)}
    return tuple(sorted(regions | wider))


def _is_told(text: str, sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether a sentence without a day tells of one meeting, and not of meetings in general."""
    start, end = sentence.span
    placed = match[0].casefold() == "rapat" and sentence.places and sentence.places[-1][0] > match.end()
    if (match["dated"] and not placed) or _is_habitual(text, start, match, end):
        return False
    near = text[max(start, match.start() - _NEARBY) : match.start()]
    after = text[match.end() : min(end, match.end() + _NEARBY)]
    if _WISHED.search(near):
        return False
    return _DURING.search(near) is not None or HELD.search(after) is not None


def _day_in(text: str, sentences: Sequence[Sentence], number: int, match: re.Match[str]) -> DateMention | None:
    """The day nearest behind the meeting's name in its sentence, or else the last one before it."""
    sentence = sentences[number]
    days = sentence.days
    # "Kunjungan kerja (kunker) itu berlangsung di …": the sentence before has named it, and its day.
    if not days and number and _POINTS_BACK.match(text, match.end()):
        days = sentences[number - 1].days
    # "Bupati membuka rakor. Kegiatan itu digelar Senin …": the sentence behind tells when.
    following = sentences[number + 1] if number + 1 < len(sentences) else None
    if not days and following and following.tells_of_holding and _OF_THE_MEETING.search(text, *following.span):
        days = following.days
    behind = bisect_left(days, match.end(), key=lambda day: day.span[0])
    before = bisect_right(days, match.start(), key=lambda day: day.span[1])
    while behind + 1 < len(days) and _is_put_off(text, match.end(), days[behind + 1]):
        behind += 1
    day = days[behind] if behind < len(days) else days[before - 1] if before else None
    # "setiap Senin" is no day.
    if day is None or _is_habitual(text, sentence.span[0], match, max(day.span[0], match.end())):
        return None
    # "Sosialisasi juga dengan tetangga. Pas Sabtu …": a bare weekday dates only what is told to be held.
    bare = match["dated"] and day.day is None and not sentence.tells_of_holding
    return None if bare else day


def _is_put_off(text: str, start: int, day: DateMention) -> bool:
    """Whether a meeting was put off to this day."""
    return _PUT_OFF.search(text, max(start, day.span[0] - LONGEST_PUTTING_OFF), day.span[0]) is not None


def _is_habitual(text: str, start: int, match: re.Match[str], end: int) -> bool:
    return _HABITUAL.search(text, max(start, match.start() - _NEARBY), min(end, match.end() + _NEARBY)) is not None


def _name(text: str, match: re.Match[str], end: int) -> Span:
    start, position = match.span()
    if abbreviation := _ABBREVIATED.match(text, position, end):
        position = abbreviation.end()
    limit = min(end, position + LONGEST_MEETING_NAME)
    days = find_dates(text[position:limit])
    stop = _TOPIC_ENDS.search(text, position, limit)
    ends = [limit] if limit == end else [max(text.rfind(" ", position, limit), position)]
    ends += [stop.start()] if stop else []
    ends += [position + days[0].span[0]] if days else []
    return start, start + len(text[start : min(ends)].rstrip(" ,.;–-"))


def _place_in(text: str, sentence: Span, after: int) -> Span | None:
    """The place behind the meeting's name, or the only one before it."""
    found = [match.span("place") for match in PLACE.finditer(text, *sentence)]
    behind = [span for span in found if span[0] >= after]
    # The last one before the day: "di wilayah X ... digelar di Y".
    chosen = behind[-1] if behind and HELD.search(text[after : behind[-1][0]]) else behind[0] if behind else None
    chosen = chosen or (found[-1] if len(found) == 1 else None)
    return _without_day(text, chosen) if chosen else None


def _place_elsewhere(text: str, sentences: Sequence[Sentence], number: int, named_again: set[int]) -> Span | None:
    around = set(range(max(number - 1, 0), min(number + 4, len(sentences))))
    for position in sorted(around | named_again):
        sentence = sentences[position]
        near = position in around and _OF_THE_MEETING.search(text[slice(*sentence.span)])
        again = position in named_again and sentence.tells_of_holding
        if (near or again) and sentence.places:
            return _without_day(text, sentence.places[0])
    return None


def _without_day(text: str, place: Span) -> Span | None:
    days = find_dates(text[slice(*place)])
    end = place[0] + days[0].span[0] if days else place[1]
    printed = text[place[0] : end].rstrip(" ,.(")
    return (place[0], place[0] + len(printed)) if printed else None


def _present(story: _Story, found: Sequence[Meeting]) -> dict[Span, tuple[Span, ...]]:
    """The sentences on who was there, by the words for the meeting told of last before each, lists of guests first."""
    text = story.article.text
    present: dict[Span, list[Span]] = defaultdict(list)
    for start, end in (sentence.span for sentence in story.sentences):
        if _PRESENT.search(text, start, end):
            last = max((one for one in found if one.what[0] <= end), key=lambda one: one.what[0], default=None)
            if last is not None:
                present[last.named].append((start, end))
    return {
        named: tuple(sorted(spans, key=lambda span: _LISTS_PRESENT.match(text, span[0]) is None)[:3])
        for named, spans in present.items()
    }
