"""Answer when and where a meeting was, who was there, and which meetings there were."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.periods import Period
from embeddings.indonesian.regions import Level, mentions, region_around
from embeddings.indonesian.sentences import split_sentences
from embeddings.indonesian.words import words_of
from embeddings.storage.store import Store
from embeddings.topics.meetings.facts import meetings
from embeddings.topics.meetings.find import KIND, KINDS, Meeting, meeting_kind
from embeddings.topics.meetings.levels import level_behind
from embeddings.types import Article, Span


class Aspect(StrEnum):
    """What a question wants to know of a meeting."""

    COUNT = "count"
    """How often; what was counted is listed."""
    WHEN = "when"
    WHERE = "where"
    WHO = "who"
    WHICH = "which"


class AskedMeetings(msgspec.Struct, frozen=True):
    """The meetings a question asks about; a kind of None is any."""

    kind: str | None
    regions: frozenset[str]
    aspect: Aspect
    named: frozenset[str] = frozenset()
    """Further words of its name: "dprd" in "rapat paripurna DPRD Banyuasin"."""

    level: str = ""
    """Of which level it is asked to be, empty for any: "musrenbang tingkat kabupaten"."""


class MeetingAnswer(msgspec.Struct, frozen=True):
    """A meeting, the article that tells of it, and what of it was asked for."""

    article: Article
    meeting: Meeting
    aspect: Aspect
    around: str = ""
    """The kabupaten or kota that tells the region asked about from another of its name, where the article names it."""

    outlets: int = 1
    """How many outlets tell of it."""

    @property
    def evidence(self) -> Span:
        """The sentence to quote: the one that tells what was asked."""
        if self.aspect is Aspect.WHO:
            return self.meeting.present[0]
        told, evidence = self.answer, self.meeting.evidence
        if told is None or (evidence[0] <= told[0] and told[1] <= evidence[1]):
            return evidence
        # "Rapat itu digelar di …" may be another sentence than the one that names the meeting.
        return next(span for span in split_sentences(self.article.text) if told[0] < span[1])

    @property
    def answer(self) -> Span | None:
        """The words that answer."""
        answers = {Aspect.WHEN: self.meeting.day, Aspect.WHERE: self.meeting.place, Aspect.WHO: None}
        return answers.get(self.aspect, self.meeting.what)

    def text(self, span: Span) -> str:
        """Words of the article, on one line."""
        return " ".join(self.article.text[slice(*span)].split())


_QUESTIONS = lexicon.patterns("embeddings.topics.meetings", "questions.toml")
_ASPECTS = tuple((aspect, _QUESTIONS[aspect]) for aspect in Aspect)
_OTHER_QUESTION = _QUESTIONS["other"]
_ANYTHING = lexicon.words("embeddings.topics.meetings", "anything.txt")
_ASIDES = lexicon.words("embeddings.topics.meetings", "asides.txt")
_OFFICES = lexicon.words("embeddings.topics.meetings", "offices.txt")
_VISITS = lexicon.words("embeddings.topics.meetings", "visits.txt")


def asked_meetings(question: str, content: Sequence[str]) -> AskedMeetings | None:
    """The meetings a question asks about, if it names their kind, their region and more of their name only."""
    rest, regions = _without_regions(content)
    if not regions:
        return None
    # A short name stands for its words: "rakor" is both "rapat" and "koordinasi".
    spelt = {part for word in rest for part in meeting_kind(word.removesuffix("nya")).split()}
    found = next((kind for kind in KINDS if set(kind.split()) <= spelt), None)
    aspect = next((aspect for aspect, pattern in _ASPECTS if pattern.search(question)), None)
    # "Berapa kali bupati ke Betung" counts whatever brought the bupati there.
    counts = aspect is Aspect.COUNT
    if found is None and not _ANYTHING & spelt and not counts:
        return None
    beside = _ASIDES | _VISITS if counts else _ASIDES
    named = frozenset(word for word in spelt if word not in beside and word not in (found or "").split())
    # "anggaran rapat" names no meeting, and nobody lists one.
    if aspect is None or (aspect is Aspect.WHICH and (named - _OFFICES or _OTHER_QUESTION.search(question))):
        return None
    # Who lists "rapat" wants to see every kind of meeting.
    every = found is None or (found == "rapat" and aspect in (Aspect.WHICH, Aspect.COUNT))
    return AskedMeetings(None if every else found, frozenset(regions), aspect, named, _asked_level(question))


def _asked_level(question: str) -> str:
    levels = (level_behind(question, kind.end()) for kind in KIND.finditer(question))
    level = next(filter(None, levels), "")
    # "Rakor Kecamatan Betung" may be one of the kabupaten that was held there.
    return "" if level in (Level.DISTRICT, Level.VILLAGE) and "tingkat" not in words_of(question) else level


def find_held(store: Store, asked: AskedMeetings | None, period: Period | None) -> tuple[MeetingAnswer, ...]:
    """The meetings asked about of which an article tells what was asked, newest first, each once."""
    if asked is None:
        return ()
    found = [
        MeetingAnswer(
            article,
            meeting,
            asked.aspect,
            next(filter(None, (region_around(r, article.text) for r in asked.regions)), ""),
        )
        for article, meeting in meetings(store, asked.regions)
        if _is_of_kind(meeting, asked.kind)
        and _is_of_level(article, meeting, asked.level)
        and _tells(meeting, asked.aspect)
        and asked.named <= _name_words(article, meeting, asked.aspect)
        and (period is None or period.holds(meeting.held or article.published))
    ]
    found.sort(key=_time, reverse=True)
    once: list[MeetingAnswer] = []
    for held in found:
        if not any(_is_same(held, other) for other in once):
            outlets = {held.article.source, *(other.article.source for other in found if _is_same(held, other))}
            once.append(msgspec.structs.replace(held, outlets=len(outlets)))
    return tuple(once)


def _without_regions(asked: Sequence[str]) -> tuple[list[str], set[str]]:
    """The words that belong to no region's name, and the regions named."""
    text = " ".join(asked)
    named = [one for one in mentions(text) if not _ASIDES.issuperset(text[slice(*one.span)].split())]
    starts, ends = (0, *(one.span[1] for one in named)), (*(one.span[0] for one in named), len(text))
    rest = [word for start, end in zip(starts, ends, strict=True) for word in text[start:end].split()]
    return rest, {one.name for one in named}


def _is_of_kind(meeting: Meeting, kind: str | None) -> bool:
    return kind is None or meeting.kind == kind or meeting.kind.startswith(f"{kind} ")


def _is_of_level(article: Article, meeting: Meeting, level: str) -> bool:
    return not level or level_behind(article.text, meeting.named[1]) in ("", level)


def _name_words(article: Article, meeting: Meeting, aspect: Aspect) -> set[str]:
    """The words by which a meeting may be asked for; where it is counted, also those who were there."""
    if aspect is Aspect.COUNT:
        return set(words_of(article.text[slice(*meeting.evidence)]))
    spans = [meeting.what, *([meeting.host] if meeting.host else [])]
    named = {word for span in spans for word in words_of(article.text[slice(*span)])}
    return named | _OFFICES.intersection(words_of(article.text[slice(*meeting.evidence)]))


def _tells(meeting: Meeting, aspect: Aspect) -> bool:
    told = {Aspect.WHEN: meeting.day, Aspect.WHERE: meeting.place, Aspect.WHO: meeting.present}
    return bool(told.get(aspect, True))


def _time(held: MeetingAnswer) -> tuple[str, str]:
    return held.meeting.held or held.article.published or "", held.article.id


def _is_same(held: MeetingAnswer, other: MeetingAnswer) -> bool:
    """Whether two articles tell of one meeting: one kind, one day, one place."""
    one, another = held.meeting, other.meeting
    return (
        one.kind == another.kind
        and one.held is not None
        and (one.held, one.regions, held.around) == (another.held, another.regions, other.around)
    )
