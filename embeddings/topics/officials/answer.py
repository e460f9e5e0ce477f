"""Answer who holds an office from what the articles name: each holder with the newest article naming them."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.dates import years_in
from embeddings.indonesian.periods import Period
from embeddings.indonesian.regions import region_around, wider_regions
from embeddings.indonesian.sentences import sentence_of
from embeddings.indonesian.words import words_of
from embeddings.storage.store import Store
from embeddings.topics.officials.asked import AskedOffice, asked_list, asked_office
from embeddings.topics.officials.facts import officials
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.offices import ACTING
from embeddings.topics.officials.whose import same_person
from embeddings.types import Article, Span

# Two holders named within so many days of each other may both be meant.
SAME_TIME_DAYS = 120
LONGEST_PERSON_NAME = 4
ASKS_WHO = re.compile(r"\b(?:siapa(?:kah)?|who|jabatan(?:nya)?|menjabat|pejabat)\b", re.IGNORECASE)
_PATTERNS = lexicon.patterns("embeddings.topics.officials", "patterns.toml")
_ASKS_OTHERWISE = _PATTERNS["asks_otherwise"]
_BEFORE_WHOM = _PATTERNS["before_whom"]
# Where office and name are further apart, the sentence with the name is shown alone.
LONGEST_EVIDENCE = 400
_ACTING = re.compile(rf"\b{ACTING}", re.IGNORECASE)
_POST = frozenset(("jabatan", "jabatannya", "menjabat"))


class OfficialAnswer(msgspec.Struct, frozen=True):
    """A person named as the holder of the office that was asked for, and the newest article that does."""

    article: Article
    name: Span
    office: Span
    kind: str
    """The office under its one name, in lower case, and its region's."""
    region: str
    acting: bool
    former: bool
    around: str = ""
    """The kabupaten or kota that tells the region from another of its name, where the article names it."""

    outlets: int = 1
    """How many outlets name this person in this office."""

    @property
    def evidence(self) -> Span:
        """The sentence, or where the naming spans several, the sentences that name office and holder."""
        start, end = min(self.name[0], self.office[0]), max(self.name[1], self.office[1])
        if end - start > LONGEST_EVIDENCE:
            start, end = self.name
        return sentence_of(self.article.text, start, end)

    @property
    def answer(self) -> Span:
        """The words that answer: the name."""
        return self.name

    @property
    def name_text(self) -> str:
        """The name as the article prints it, without titles and degrees."""
        return self.article.text[slice(*self.name)]

    def is_of(self, period: Period) -> bool:
        """Whether the person is named within a period: by the article's date or by the sentence."""
        sentence = self.article.text[slice(*self.evidence)]
        return period.holds(self.article.published) or period.named_in(sentence, self.article.published)

    def ended_with(self, period: Period) -> bool:
        """Whether the person had left the office when a period without a beginning was hardly over."""
        published = self.article.published or ""
        return self.former and period.start is None and published[:4] == (period.end or "-")[:4]

    def is_of_any_time(self) -> bool:
        """Whether nothing tells when the article is of."""
        return self.article.published is None and not years_in(self.article.text)

    @property
    def office_text(self) -> str:
        """The office as the article prints it."""
        return self.article.text[slice(*self.office)]


class AskedOfficials(msgspec.Struct, frozen=True):
    """Whom a question asks for: the holder of an office, the officials of a region, or the offices of a person."""

    office: AskedOffice | None = None
    wider: frozenset[str] = frozenset()
    """The regions that tell the office's region from another of its name: "camat sungai raya hss"."""
    region: str | None = None
    """Empty for any: "daftar camat"."""
    kind: str = ""
    """Of the officials of a region, those of one office: "siapa saja camat di Banyuasin"."""
    name: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    """Who held the office before a person: what may be that person's name, and further words."""
    regions: frozenset[str] = frozenset()
    acting: bool = False
    """Whether it is asked who held it for the time being then: "sebelum Yansen, plt camat Mantangai siapa"."""


def asked_officials(text: str, words: Sequence[str], regions: Collection[str]) -> AskedOfficials | None:
    """Whom a question asks for, of its text, the words it is about and the regions it names; None if for nobody."""
    if _ASKS_OTHERWISE.search(text):
        return None
    if (whom := _BEFORE_WHOM.search(text)) and ASKS_WHO.search(text):
        acting = _ACTING.search(text) is not None
        return AskedOfficials(before=tuple(words_of(whom["name"])), regions=frozenset(regions), acting=acting)
    if found := asked_list(text, words):
        kind, region = found
        return AskedOfficials(region=region, kind=kind)
    if office := asked_office(words):
        return AskedOfficials(office, frozenset(wider_regions(office.region).intersection(regions)))
    name = tuple(word for word in words if word not in _POST)
    if name and len(name) <= LONGEST_PERSON_NAME and ASKS_WHO.search(text):
        return AskedOfficials(name=name)
    return None


def find_holders(
    store: Store, asked: AskedOfficials | None, period: Period | None = None
) -> tuple[OfficialAnswer, ...]:
    """Whom a question asks for, each named once, newest first, former holders last; nobody where no article tells.

    Of several offices, those of one stand together, and former holders only where nobody is named who sits.
    """
    if asked is None:
        return ()
    if asked.before:
        return _held_before(store, asked)
    if office := asked.office:
        named = [
            holder
            for holder in _named(officials(store, office.offices, office.region))
            if holder.acting >= office.acting
            and holder.former >= office.former
            and (not holder.around or not asked.wider or holder.around in asked.wider)
        ]
        if period is not None:
            of_this_time = [holder for holder in named if holder.is_of(period) or holder.ended_with(period)]
            # Who asks for this year's is helped by last year's, with its date; who asks for 2010's is not.
            otherwise = named if period.relative else [holder for holder in named if holder.is_of_any_time()]
            named = of_this_time or otherwise
        return _once(_without_predecessors(named), same_person_and_office)
    if asked.region is not None:
        return _listed(store, asked.region, asked.kind)
    return _once(_named(officials(store, name=asked.name)), same_person_and_office)


def _held_before(store: Store, asked: AskedOfficials) -> tuple[OfficialAnswer, ...]:
    """Who held the office before the person that is named; nobody where that person is not known in one."""
    names = (asked.before[:size] for size in range(len(asked.before), 0, -1))
    of_them = next(filter(None, (officials(store, name=name) for name in names)), [])
    found: list[OfficialAnswer] = []
    for one in _named([(article, one) for article, one in of_them if not one.former]):
        around = {one.region, one.around, *wider_regions(one.region)}
        if asked.regions <= around:
            held = _named(officials(store, [one.kind], one.region))
            others = [other for other in held if not same_person(other.name_text, one.name_text)]
            # Who was acting is often told as a former holder.
            for_a_time = [other for other in others if other.acting and asked.acting]
            found += for_a_time or [other for other in others if other.former]
    return _once(found, same_person_and_office)


def _listed(store: Store, region: str, kind: str) -> tuple[OfficialAnswer, ...]:
    """Everybody in the offices of a region, or of one kind, each empty for any; the holders of each office together."""
    listed = _within(store, region) if region else _named(officials(store, [kind]))
    of_kind = [holder for holder in listed if kind in ("", holder.kind)]
    each = by_office(_once(_without_predecessors(of_kind), same_person_and_office))
    # Whoever fills in is told behind those who were appointed.
    each.sort(key=lambda of_one: all(holder.acting for holder in of_one))
    return tuple(holder for of_one in each for holder in _sitting(of_one) or of_one)


def _within(store: Store, region: str) -> list[OfficialAnswer]:
    """Who is named in the offices of a region and of those within it, newest article first."""
    offices = dict.fromkeys((one.office, one.region) for _, one in officials(store, within=region))
    found = _named([named for office, of in offices for named in officials(store, [office], of)])
    inner = [holder for holder in found if holder.around in ("", region)]
    return sorted(
        [*_named(officials(store, region=region)), *inner],
        key=lambda holder: holder.article.published or "",
        reverse=True,
    )


def _without_predecessors(named: Sequence[OfficialAnswer]) -> list[OfficialAnswer]:
    """All but the sitting holders of whom an article that is no older says that they held the office before."""
    former = [holder for holder in named if holder.former]
    return [
        holder
        for holder in named
        if holder.former
        or not any(
            same_person_and_office(holder, other)
            and (other.article.published or "") >= (holder.article.published or "")
            for other in former
        )
    ]


def by_office(holders: Sequence[OfficialAnswer]) -> list[list[OfficialAnswer]]:
    """The holders of each office, in order, the offices in the order in which they first appear."""
    each: list[list[OfficialAnswer]] = []
    for holder in holders:
        of_one = next((known for known in each if same_office(known[0], holder)), None)
        each.append([holder]) if of_one is None else of_one.append(holder)
    return each


def _sitting(holders: Sequence[OfficialAnswer]) -> list[OfficialAnswer]:
    return [holder for holder in holders if not holder.former]


def unnamed_office(store: Store, asked: AskedOffice) -> str | None:
    """The office asked for, where no article names anybody in it, sitting, acting or former."""
    return None if officials(store, asked.offices, asked.region) else asked.text


def neighbours(store: Store, asked: AskedOffice) -> tuple[OfficialAnswer, ...]:
    """The officials of the region whose office is asked for, one of each office, newest first."""
    return _once(_named(officials(store, region=asked.region)), same_office)


def same_office(holder: OfficialAnswer, other: OfficialAnswer) -> bool:
    """Whether two hold the same office in the same region."""
    apart = holder.around and other.around and holder.around != other.around
    return (holder.kind, holder.region) == (other.kind, other.region) and not apart


def same_person_and_office(holder: OfficialAnswer, other: OfficialAnswer) -> bool:
    """Whether two may be one person in one office."""
    return same_office(holder, other) and same_person(holder.name_text, other.name_text)


def _named(found: Sequence[tuple[Article, Official]]) -> list[OfficialAnswer]:
    return [
        OfficialAnswer(
            article,
            one.name,
            one.office_span,
            one.office,
            one.region,
            one.acting,
            one.former,
            region_around(one.region, article.text),
        )
        for article, one in found
    ]


def _once(
    named: Sequence[OfficialAnswer], same: Callable[[OfficialAnswer, OfficialAnswer], bool]
) -> tuple[OfficialAnswer, ...]:
    holders: list[OfficialAnswer] = []
    for holder in sorted(named, key=lambda holder: holder.former):
        if not any(same(holder, known) for known in holders):
            outlets = {one.article.source for one in named if same_person_and_office(holder, one)}
            holders.append(msgspec.structs.replace(holder, outlets=len(outlets)))
    return tuple(holders)


def disagree(holders: Sequence[OfficialAnswer]) -> bool:
    """Whether the two newest sitting holders are named at about the same time, or at a time that is not known."""
    sitting = _sitting(holders)
    if len(sitting) < 2 or not same_office(*sitting[:2]):
        return False
    first, second = (holder.article.published for holder in sitting[:2])
    if not first or not second:
        return True
    size = min(len(first), len(second))
    return first[:size] == second[:size] if size < 10 else _days(first) - _days(second) <= SAME_TIME_DAYS


def _days(published: str) -> int:
    return date.fromisoformat(published).toordinal()
