"""What was asked before and what answered it, and the places that both name."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import chain

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import (
    Level,
    canonical,
    level_of,
    mentions,
    names_region,
    regions_in,
    regions_named,
    regions_printed,
    wider_regions,
)
from embeddings.indonesian.villages import longest_village
from embeddings.question.query import content_words
from embeddings.question.question import Question
from embeddings.question.shortened import spelt_out
from embeddings.topics.officials.asked import AskedOffice
from embeddings.topics.officials.offices import Office, find_offices
from embeddings.types import Article, Span

_LEVELS = {
    office: Level(level) for office, level in lexicon.table("embeddings.question", "levels_of_offices.csv").items()
}
_BEFORE_PLACES = lexicon.words("embeddings.question", "before_places.txt")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


class Turn(msgspec.Struct, frozen=True):
    """What was asked before, as it was understood, and the id of the article that answered it first, if any did."""

    question: str
    article: str | None = None


class Context(msgspec.Struct, frozen=True, dict=True):
    """The question before, and the article that answered it, if any did."""

    question: Question
    article: Article | None = None

    @property
    def text(self) -> str:
        return self.question.text

    @property
    def words(self) -> tuple[str, ...]:
        """What it is about, as typed."""
        return content_words(spelt_out(self.text))

    @property
    def office(self) -> AskedOffice | None:
        """The office whose holder was asked for."""
        return self.question.officials.office if self.question.officials else None

    @cached_property
    def printed(self) -> str:
        """The article with what stands above it; empty where there is none."""
        return (
            "\n".join(filter(None, (self.article.title, self.article.place, self.article.text))) if self.article else ""
        )

    def told_apart(self, region: str) -> str:
        """A region's name, and behind it the wider ones that tell it from another of that name."""
        wider = wider_regions(region) & self.question.regions if len(regions_named(region)) > 1 else set()
        return " ".join((region, *sorted(wider - {region})))

    def office_told(self, head: str) -> Office | None:
        """The one office of which the article tells that begins with these words, best of a region asked about."""
        offices = find_offices(self.article.text) if self.article else ()
        found = {
            (one.office, one.region): one for one in offices if one.region and f"{one.office} ".startswith(f"{head} ")
        }
        asked = [one for one in found.values() if one.region in self.question.regions] or list(found.values())
        return asked[0] if len(asked) == 1 else None

    def regions_of(self, office: AskedOffice) -> Iterator[str]:
        """The regions that may be meant where an office is asked for without one, likeliest first."""
        level = _level(office.office)
        named = [place.name for place in mentions(self.text) if place.name in self.question.regions]
        if self.office:
            named = [self.office.region, *named]
            # "Camat Jombang" is of the kecamatan, whose kabupaten has the same name.
            if _level(self.office.office) is level:
                yield self.told_apart(self.office.region)
        if level is Level.VILLAGE:
            yield from (self.text[slice(*span)].casefold() for span in [village_in(self.text)] if span)
            return
        yield from (self.told_apart(name) for name in named if level in levels_of(name))
        yield from self._around(named, level)
        yield from self._of_the_article(level)

    def _around(self, named: list[str], level: Level) -> Iterator[str]:
        """The regions of a level in which those named lie."""
        for name in named:
            wider = [one for one in wider_regions(name) if level in levels_of(one)]
            told = [one for one in wider if names_region(self.printed, one)] if len(wider) > 1 else wider
            if len(told) == 1:
                yield told[0]

    def _of_the_article(self, level: Level) -> Iterator[str]:
        """The one region of a level that the article is of, or names."""
        place = self.article.place if self.article else None
        for text in (place or "", self.printed):
            found = [name for name in regions_printed(text) if level in levels_of(name)]
            if len(found) == 1:
                yield found[0]

    def is_place(self, name: str) -> bool:
        """Whether words name a place: a village of the list, or what the article always prints with capitals."""
        words = name.split()
        if longest_village(words) == len(words):
            return True
        printed = [
            self.printed[match.start() : match.end()]
            for match in re.finditer(rf"\b{re.escape(name)}\b", self.printed, re.IGNORECASE)
        ]
        return bool(printed) and all(one.istitle() or one.isupper() for one in printed)

    def with_place(self, place: str) -> str:
        """The question before with its place changed for another; put behind it where it named none."""
        levels = levels_of(canonical(place)) if regions_named(place) else set()
        regions = [one for one in mentions(self.text) if one.name in regions_in(self.text)]
        of_level = [one.span for one in regions if levels & levels_of(one.name)]
        longest = sorted((one.span for one in regions), key=lambda span: self.text.count(" ", *span), reverse=True)
        villages = [span for span in [village_in(self.text)] if span]
        span = next(chain(of_level, *((longest, villages) if levels else (villages, longest))), None)
        if span is None:
            return f"{self.text} {place}"
        # "Camat Sungai Raya Kubu Raya" of another kecamatan is not one of Kubu Raya.
        return f"{self.text[: span[0]]}{place}{self.text[span[1] :]}"


def _level(office: str) -> Level:
    """The level of the regions that have an office, of which a kota's counts as a kabupaten's."""
    held = office.removeprefix("wakil ")
    return _LEVELS.get(held) or _LEVELS.get(held.split()[0]) or Level.REGENCY


def levels_of(name: str) -> set[Level]:
    """The level of the regions of this name, the widest if there are several; a kota counts as a kabupaten."""
    levels: set[Level] = {Level.REGENCY if one.level is Level.CITY else one.level for one in regions_named(name)}
    return levels - {Level.DISTRICT} or levels


def village_in(question: str) -> Span | None:
    """Where a question names a village: best behind a word such as "di" or "desa", else the longest and last name."""
    words = list(_WORD.finditer(question))
    found: list[tuple[bool, int, Span]] = []
    for number, word in enumerate(words):
        # Behind "kampung" stands a village, on the list or not.
        named = number > 0 and level_of(words[number - 1][0]) is Level.VILLAGE
        size = longest_village([one[0] for one in words[number : number + 5]]) or int(named)
        # "Kampung" is a village's name, too.
        if size and not level_of(word[0]) and content_words(" ".join(one[0] for one in words[number : number + size])):
            placed = number > 0 and words[number - 1][0].casefold() in _BEFORE_PLACES
            found.append((placed, size, (word.start(), words[number + size - 1].end())))
    return max(found)[2] if found else None
