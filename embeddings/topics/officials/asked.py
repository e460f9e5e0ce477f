"""Which office a question asks for the holder of."""

from collections.abc import Iterator, Sequence

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import canonical, regions_named
from embeddings.indonesian.villages import longest_village
from embeddings.indonesian.words import words_of
from embeddings.topics.officials.offices import (
    LONGEST_BODY,
    NUMBERED,
    NUMERALS,
    find_offices,
    has_own_name,
    is_office_word,
    office_name,
)

_SUFFIXED = lexicon.words("embeddings.topics.officials", "suffixed.txt")
_ASIDES = lexicon.words("embeddings.topics.officials", "asides.txt")
_FORMER = lexicon.words("embeddings.topics.officials", "former.txt")
_SHORT_BODIES = lexicon.table("embeddings.topics.officials", "short_bodies.csv")
_OFFICERS_OF = lexicon.table("embeddings.topics.officials", "officers_of.csv")
_PARENTS = lexicon.words("embeddings.topics.officials", "parents.txt")
_ASKS_FOR_ALL = lexicon.patterns("embeddings.topics.officials", "patterns.toml")["asks_for_all"]
_ALL = lexicon.words("embeddings.topics.officials", "all.txt")
_UPPER = lexicon.words("embeddings.topics.officials", "capitals.txt")
# "Kepala bidang fisik" is the one of Bappeda, where that is asked for.
SHORTEST_WITHIN = 3


class AskedOffice(msgspec.Struct, frozen=True):
    """The office a question asks the holder of."""

    office: str
    region: str
    acting: bool
    former: bool

    @property
    def offices(self) -> list[str]:
        """The office as it may be printed, and where it is one of several and the question is not, each of them."""
        printed = [self.office, *_printed_otherwise(self.office), *_within_a_body(self.office)]
        several = NUMBERED.match(self.office)
        if several is None or several[2].split()[0] in NUMERALS.values():
            return printed
        return [*printed, *(f"{several[1]} {numeral} {several[2]}" for numeral in NUMERALS.values())]

    def named_in(self, text: str) -> bool:
        """Whether a text holds the office's words, of which those of the body around it may be missing."""
        words = set(self.office.split())
        own = words - _PARENTS
        return (own if len(own) > 1 else words) <= set(words_of(office_name(text)))

    def may_be(self, office: str) -> bool:
        """Whether an office is this one, or this one printed without the body around it: "kasi pidsus"."""
        printed = office.split()
        rest = self.office.split()[len(printed) :]
        within = len(printed) >= SHORTEST_WITHIN or _PARENTS.issuperset(rest)
        return office == self.office or (len(printed) > 1 and within and self.office.startswith(f"{office} "))

    @property
    def text(self) -> str:
        """Office and region as people write them: "Ketua DPRD Banyuasin"."""
        words = f"{self.office} {self.region}".split()
        return " ".join(word.upper() if word in _UPPER else word.capitalize() for word in words)


def _printed_otherwise(office: str) -> Iterator[str]:
    for short, full in _SHORT_BODIES.items():
        for form, other in ((short, full), (full, short)):
            if f" {form} " in f" {office} ":
                yield office_name(f" {office} ".replace(f" {form} ", f" {other} "))


def _within_a_body(office: str) -> Iterator[str]:
    bodies = _OFFICERS_OF.get(office.partition(" ")[0], "").split()
    if not any(body in office.split() for body in bodies):
        yield from (f"{office} {body}" for body in bodies)


def asked_office(content: Sequence[str]) -> AskedOffice | None:
    """What office the content words of a question name, if they name an office and its region and nothing else."""
    # "wakilnya bupati banyuasin siapa"
    plain = [word.removesuffix("nya") if word.removesuffix("nya") in _SUFFIXED else word for word in content]
    words = _without_time(office_name(" ".join(plain)).split())
    # The comma tells that a village's name is over.
    text = _as_printed(words) + ","
    offices = list(find_offices(text, headlines=True))
    if len(offices) != 1:
        return None
    (office,) = offices
    before, after = text[: office.span[0]], text[office.span[1] :]
    if not office.region and regions_named(before):
        office, before = msgspec.structs.replace(office, region=canonical(before)), ""
    if not office.region or office.region in _FORMER:
        return None
    rest = words_of(before + after)
    if any(word not in _ASIDES and not word.isdigit() for word in rest):
        return None
    return AskedOffice(office.office, office.region, office.acting, office.former or not _FORMER.isdisjoint(rest))


def _without_time(words: list[str]) -> list[str]:
    """The words with what tells of time last, where it parts office and region: "kades lama lontoi"."""
    times = [place for place, word in enumerate(words[:LONGEST_BODY]) if word in _FORMER and place]
    for place in times:
        head = _as_printed(words[:place])
        offices = list(find_offices(head, headlines=True))
        named = longest_village(words[place:]) > 1
        if not named and len(offices) == 1 and offices[0].span == (0, len(head)) and not offices[0].region:
            return [*words[:place], *words[place + 1 :], words[place]]
    return words


def _as_printed(words: Sequence[str]) -> str:
    """Words with the capitals that offices have; what stands behind a body's own name and tells of time has none."""
    named = any(has_own_name(word) for word in words)
    last = next((place for place in range(len(words), 0, -1) if words[place - 1] not in _ASIDES), 0)
    return " ".join(
        word.upper() if word in _UPPER else word if named and place >= last else word.capitalize()
        for place, word in enumerate(words)
    )


def asked_list(text: str, content: Sequence[str]) -> tuple[str, str] | None:
    """Of which office and which region a question asks for all, each empty for any: "siapa saja camat di Banyuasin"."""
    words = [word for word in content if word not in _ASIDES | _ALL or word == "pejabat"]
    head, region = " ".join(words[:1]), " ".join(words[1:])
    if not regions_named(region):
        plain = not region and head != "pejabat"
        return (office_name(head), "") if plain and _ASKS_FOR_ALL.search(text) and is_office_word(head) else None
    if head == "pejabat":
        return "", canonical(region)
    return (office_name(head), canonical(region)) if _ASKS_FOR_ALL.search(text) and is_office_word(head) else None
