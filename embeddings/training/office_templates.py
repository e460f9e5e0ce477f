"""Questions on who holds an office, made from news: each with a passage that tells, and with some that nearly do."""

import random
import re
from collections.abc import Iterator, Sequence

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import canonical
from embeddings.topics.officials.find import find_officials
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.offices import find_offices
from embeddings.training.news import Passage, answered, replaced, unanswered
from embeddings.training.questions import Example

_WHO = lexicon.lines("embeddings.training", "ask_who.txt")
_WHO_IN_ENGLISH = lexicon.lines("embeddings.training", "ask_who_in_english.txt")
_WHAT_OFFICE = lexicon.lines("embeddings.training", "ask_what_office.txt")
_IN_ENGLISH = lexicon.table("embeddings.training", "offices_in_english.csv")
_AS_TYPED = lexicon.table("embeddings.training", "offices_as_typed.csv")
_NEAR = lexicon.table("embeddings.training", "near_offices.csv")
_OTHERS = lexicon.lines("embeddings.training", "other_offices.txt")
_OF_DISTRICTS = lexicon.lines("embeddings.training", "offices_of_districts.txt")
_OF_REGENCIES = lexicon.lines("embeddings.training", "offices_of_regencies.txt")
_OTHER_GUESTS = lexicon.lines("embeddings.training", "other_guests.txt")
_GUEST_OPENERS = lexicon.lines("embeddings.training", "guest_openers.txt")
_WHO_CAME = ("Siapa saja yang hadir?", "siapa yang hadir di acara {r}?")
_OPPOSITES = (("Utara", "Selatan"), ("Barat", "Timur"), ("Selatan", "Utara"), ("Timur", "Barat"), ("Hilir", "Hulu"))
_LONGEST_OFFICE = 60


class OfficeTemplates:
    """Asks of offices in passages, with these names of people and regions to put in place of the right ones."""

    def __init__(self, names: Sequence[str], regions: Sequence[str], chance: random.Random) -> None:
        self._names, self._regions, self._chance = names, regions, chance

    def holders(self, passage: Passage) -> Iterator[Example]:
        """Who holds each office that the passage tells the holder of."""
        text = passage.text
        officials = [official for official in find_officials(text) if official.region]
        held = {(official.office, official.region) for official in find_offices(text)}
        asked: set[tuple[str, str]] = set()
        for official in officials:
            key = (official.office, official.region)
            if key in asked or official.former or len(official.office) > _LONGEST_OFFICE:
                continue
            asked.add(key)
            region = _region_as_printed(text, official)
            question = self._ask(official.office, region)
            yield answered(question, passage, official.name)
            yield from self._near(passage, official, region, held)
            other = self._other_region(region)
            yield from self._elsewhere(passage, official, other, held)
            yield from self._changed(passage, official, question, other)

    def holders_of_nothing(self, passage: Passage) -> Iterator[Example]:
        """Who holds each office that is named without its holder; and the same passage with one."""
        text, chance = passage.text, self._chance
        held = {(official.office, official.region) for official in find_officials(text)}
        for office in find_offices(text):
            if not office.region or (office.office, office.region) in held or chance.random() < 0.4:
                continue
            region = text[slice(*office.span)].split()[-1] if chance.random() < 0.2 else office.region
            question = self._ask(office.office, region)
            yield unanswered(question, passage)
            name = chance.choice(self._names)
            joint = chance.choice((" ", ", ", " "))
            with_name = f"{text[: office.span[1]]}{joint}{name}{text[office.span[1] :]}"
            start = office.span[1] + len(joint)
            yield answered(question, Passage(passage.context, with_name), (start, start + len(name)))

    def offices(self, passage: Passage) -> Iterator[Example]:
        """What office a person holds."""
        for official in find_officials(passage.text):
            name = passage.text[slice(*official.name)]
            if not official.region or " " not in name or self._chance.random() < 0.75:
                continue
            form = self._chance.choice(_WHAT_OFFICE)
            yield answered(form.format(n=name), passage, official.office_span)
            other = self._chance.choice(self._names)
            if other not in passage.text:
                yield unanswered(form.format(n=other), passage)

    def guest_list(self, before: Passage) -> Iterator[Example]:
        """A list of those present behind a passage, where some offices have a name and others have none."""
        chance = self._chance
        place, wider = chance.choice(self._regions), chance.choice(self._regions)
        offices = [(office, place) for office in chance.sample(_OF_DISTRICTS, 4)]
        offices += [(office, wider) for office in chance.sample(_OF_REGENCIES, 3)]
        chance.shuffle(offices)
        holders = {office: chance.choice(self._names) for office in offices if chance.random() < 0.5}
        opener, listed = self._listed(offices, holders)
        told = before.text[: chance.randint(0, 300)].rsplit(". ", 1)[0]
        text = f"{told}. {listed}" if len(told) > 40 else listed
        passage = Passage(before.context, text)
        if holders:
            office, region = chance.choice(list(holders))
            name = holders[office, region]
            start = text.find(name, text.find(f"{office} {region}", text.find(opener)))
            yield answered(self._ask(office, region), passage, (start, start + len(name)))
            if chance.random() < 0.3:
                question = chance.choice(_WHO_CAME).format(r=place)
                yield answered(question, passage, (text.find(listed) + len(opener), len(text) - 1))
        unnamed = [office for office in offices if office not in holders]
        if unnamed:
            yield unanswered(self._ask(*chance.choice(unnamed)), passage)

    def _near(self, passage: Passage, official: Official, region: str, held: set[tuple[str, str]]) -> Iterator[Example]:
        """Another office of the same region."""
        near = _NEAR.get(official.office)
        office = self._chance.choice(near.split(",") if near else _OTHERS)
        if (office, official.region) not in held and office not in passage.text.casefold():
            yield unanswered(self._ask(office, region), passage)

    def _elsewhere(
        self, passage: Passage, official: Official, other: str, held: set[tuple[str, str]]
    ) -> Iterator[Example]:
        """The same office of another region, and of one that the passage names for another office."""
        if other.casefold() not in passage.text.casefold():
            yield unanswered(self._ask(official.office, other), passage)
        places = [
            place for name, place in held if place and place != official.region and (official.office, place) not in held
        ]
        if places:
            yield unanswered(self._ask(official.office, self._chance.choice(places)), passage)

    def _changed(self, passage: Passage, official: Official, question: str, other: str) -> Iterator[Example]:
        """The name left out, or region and name changed throughout: the same question with the other label."""
        text, chance = passage.text, self._chance
        if chance.random() < 0.5 and (bare := replaced(passage, official.name)):
            yield unanswered(question, bare)
        if chance.random() < 0.5 and other.casefold() not in text.casefold():
            region, name = _region_as_printed(text, official), chance.choice(self._names)
            moved = text.replace(region, other).replace(text[slice(*official.name)], name)
            start = moved.find(name)
            if start >= 0:
                there = Passage(passage.context.replace(region, other), moved)
                yield answered(self._ask(official.office, other), there, (start, start + len(name)))
                yield unanswered(question, there)

    def _listed(self, offices: Sequence[tuple[str, str]], holders: dict[tuple[str, str], str]) -> tuple[str, str]:
        """What a list of guests begins with, and the whole list."""
        parts = [
            f"{office} {region}{self._chance.choice((' ', ', ', ' '))}{holders[office, region]}"
            if (office, region) in holders
            else f"{office} {region}"
            for office, region in offices
        ]
        opener = self._chance.choice(_GUEST_OPENERS) + " "
        return opener, opener + ", ".join([*parts, *self._chance.sample(_OTHER_GUESTS, 3)]) + "."

    def _ask(self, office: str, region: str) -> str:
        chance = self._chance
        english = _IN_ENGLISH.get(office.casefold())
        region = region.title() if region.islower() and chance.random() < 0.7 else region
        if english and chance.random() < 0.15:
            return chance.choice(_WHO_IN_ENGLISH).format(o=chance.choice(english.split(",")), r=region)
        if chance.random() < 0.2:
            office = _AS_TYPED.get(office.casefold(), office)
        elif chance.random() < 0.3:
            office = office.title()
        # The plainest form is asked twice as often.
        return chance.choice((_WHO[0], *_WHO)).format(o=office, r=region)

    def _other_region(self, region: str) -> str:
        """Another region, best one that shares a word: "Baturaja Barat" for "Baturaja Timur"."""
        chance, first = self._chance, region.split()[0]
        if chance.random() < 0.5:
            near = [other for other in self._regions if other != region and other.split()[0] == first and " " in other]
            if near:
                return chance.choice(near)
            for here, there in _OPPOSITES:
                if region.endswith(here):
                    return region.removesuffix(here) + there
        return chance.choice(self._regions)


def _region_as_printed(text: str, official: Official) -> str:
    words = re.sub(r"(?<!\s)\s*\([^()]*\)$", "", text[slice(*official.office_span)]).split()
    for size in range(1, len(words)):
        if canonical(" ".join(words[-size:])) == official.region:
            return " ".join(words[-size:])
    return official.region.title()
