"""Regions of Indonesia: provinces, kabupaten, kota and kecamatan, by name and by the short forms people write."""

import csv
import gzip
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.spelling import one_slip_away

REGIONS_FILE, VILLAGES_FILE = "regions.csv", "villages.txt.gz"


class Level(StrEnum):
    """What kind of region a name stands for."""

    PROVINCE = "provinsi"
    REGENCY = "kabupaten"
    CITY = "kota"
    DISTRICT = "kecamatan"
    VILLAGE = "desa"


class Region(msgspec.Struct, frozen=True):
    """A region with its Kemendagri code, whose first parts are the codes of the regions it lies in."""

    code: str
    level: Level
    name: str
    """Without the word for its level: "Banyuasin", not "Kabupaten Banyuasin"."""


SHORT_FORMS = lexicon.table("embeddings.indonesian", "short_regions.csv")
_LEVELS = {word: Level(level) for word, level in lexicon.table("embeddings.indonesian", "region_levels.csv").items()}
_SPELT_OUT = lexicon.table("embeddings.indonesian", "spelt_out_regions.csv")
LONGEST_REGION_NAME = 5
# The name may go on or end at a hyphen or an apostrophe, of which none has more than two.
_AFTER_KECAMATAN = re.compile(r"\bkec(?:amatan|\.)(?=\s+(((\w+)(?:['’-]\w+)?)(?:['’-]\w+)?))")
# Of kecamatan; shorter names without their spaces are ordinary words.
SHORTEST_RESPACED = 8


def level_of(word: str) -> Level | None:
    """The level that a word such as "Kabupaten" or "Kec." names."""
    return _LEVELS.get(word.casefold().rstrip("."))


def canonical(name: str) -> str:
    """The name in full and in lower case, without the word for its level: "Kab. OKU" is "ogan komering ulu"."""
    parts = _words(name)
    before = itertools.takewhile(lambda part: part in _LEVELS or part == "administrasi", parts[:-1])
    parts = parts[sum(1 for _ in before) :]
    if len(parts) > 1 and parts[0] in _SPELT_OUT:
        parts[0] = _SPELT_OUT[parts[0]]
    joined = " ".join(parts)
    if joined in SHORT_FORMS or joined in _by_name():
        return SHORT_FORMS.get(joined, joined)
    return _spaced().get(joined.replace(" ", ""), joined)


def regions_named(name: str) -> tuple[Region, ...]:
    """Every region of the Kemendagri list with this name, in full or short."""
    return _by_name().get(canonical(name), ())


def all_regions() -> list[Region]:
    """Every region of the list."""
    return [region for regions in _by_name().values() for region in regions]


def lies_in(name: str, wider: str) -> bool:
    """Whether a region of one name lies in a region of the other."""
    return any(
        inner.code.startswith(outer.code + ".") for inner in regions_named(name) for outer in regions_named(wider)
    )


def wider_regions(name: str) -> set[str]:
    """The canonical names of the regions in which regions of this name lie."""
    outer = {
        region.code.rsplit(".", level)[0]
        for region in regions_named(name)
        for level in range(1, region.code.count(".") + 1)
    }
    return {canonical(_by_code()[code].name) for code in outer}


def region_around(name: str, text: str) -> str:
    """In which kabupaten or kota lies the kecamatan that a text names, where several have the name; or empty."""
    around = {
        canonical(_by_code()[region.code.rpartition(".")[0]].name)
        for region in regions_named(name)
        if region.level is Level.DISTRICT
    }
    named = [wider for wider in around if names_region(text, wider)] if len(around) > 1 else []
    return named[0] if len(named) == 1 else ""


def regions_in(question: str) -> set[str]:
    """The regions that a question names, by canonical name.

    A name of one word counts where it is a kabupaten's, a kota's or a province's, or stands behind "di" or the word for
    a level: as kecamatan, many ordinary words are names.
    """
    words = _words(question)
    found: set[str] = set()
    for position, size in _spans_of_regions(words):
        name = canonical(" ".join(words[position : position + size]))
        # The word for a level may count as part of the name. What "desa" names is a village, the list has none.
        before = words[position] if size > 1 and words[position] in _LEVELS else words[position - 1] if position else ""
        placed = before in ("di", "se", "of", "in") or _LEVELS.get(before, Level.VILLAGE) is not Level.VILLAGE
        large = any(region.level is not Level.DISTRICT for region in regions_named(name)) and len(name) > 4
        if " " in name or placed or large:
            found.add(name)
    return found


def regions_printed(text: str) -> set[str]:
    """The regions that a printed text names, by canonical name; capitals tell more there than in a question.

    A kecamatan of one word counts only behind "Kecamatan": "di Balai Kota" is a building.
    """
    # "medan yang berat" is rough ground.
    proper = re.sub(r"\b(?!di\b|kecamatan\b|kabupaten\b|kota\b|provinsi\b)[a-z]\w*", "·", text)
    districts = {name for match in _AFTER_KECAMATAN.finditer(text.casefold()) for name in match.groups()}
    found = set()
    for name in regions_in(proper):
        only_district = all(region.level is Level.DISTRICT for region in regions_named(name))
        if " " in name or not only_district or name in districts:
            found.add(name)
    # "DPRD Bali", "Bupati Pati": too short to count in a question.
    for word in re.finditer(r"(?<=[^\W\d_] )[A-Z][a-z]{3}\b", text):
        if any(region.level is not Level.DISTRICT for region in regions_named(word[0])):
            found.add(canonical(word[0]))
    return found


def names_region(text: str, name: str) -> bool:
    """Whether a text names this region (given by its canonical name), in full or short."""
    first, _, rest = name.partition(" ")
    forms = [name, name.replace(" ", ""), *(short for short, long in SHORT_FORMS.items() if long == name)]
    if rest:
        forms += [f"{short}{dot} {rest}" for short, long in _SPELT_OUT.items() if long == first for dot in (".", "")]
    folded = text.casefold()
    return any(_holds_word(folded, form) for form in forms)


def _holds_word(text: str, form: str) -> bool:
    """Whether a text holds this form, and not within a word."""
    start = text.find(form)
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(form) : start + len(form) + 1]
        if not any(character.isalnum() or character == "_" for character in around):
            return True
        start = text.find(form, start + 1)
    return False


def region_word_like(word: str) -> str | None:
    """The word itself where it is part of a region's name, else the commonest such word one slip away, if any."""
    return word if word in _name_words() else one_slip_away(word, _name_words().items())


def longest_region(words: Sequence[str]) -> int:
    """How many of these words, from the first on, are the longest name of a region; 0 where none is."""
    for size in range(min(LONGEST_REGION_NAME, len(words)), 0, -1):
        if canonical(" ".join(words[:size])) in _by_name():
            return size
    return 0


def words_of_regions(words: Sequence[str]) -> set[str]:
    """The words that together are names of regions, where these have several: "teluk dalam", "banyu asin"."""
    return {
        word for position, size in _spans_of_regions(words) if size > 1 for word in words[position : position + size]
    }


def _spans_of_regions(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the longest names of regions stand, and of how many words each is."""
    position = 0
    while position < len(words):
        size = longest_region(words[position : position + LONGEST_REGION_NAME])
        if size:
            yield position, size
        position += max(size, 1)


def _words(text: str) -> list[str]:
    """The words in lower case; an apostrophe or a hyphen within is part of one."""
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.casefold())


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = defaultdict(list)
    with (files(__package__) / "data" / REGIONS_FILE).open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            level = {0: Level.PROVINCE, 1: Level.REGENCY, 2: Level.DISTRICT}[row["code"].count(".")]
            words = row["name"].split()
            if level is Level.REGENCY:
                level = Level.CITY if words[0] == "Kota" else Level.REGENCY
                words = [word for word in words[1:] if word != "Administrasi"]
            region = Region(row["code"], level, " ".join(words))
            found[" ".join(_words(region.name))].append(region)
    return {name: tuple(regions) for name, regions in found.items()}


def longest_village(words: list[str]) -> int:
    """How many of these words, from the first on, are the longest name of a village; 0 where none is."""
    for size in range(min(LONGEST_REGION_NAME, len(words)), 0, -1):
        name = " ".join(words[:size]).casefold()
        if name in _villages() or canonical(name) in _villages():
            return size
    return 0


@cache
def _villages() -> frozenset[str]:
    """Every village's name in lower case; loaded only where an article names the head of one."""
    with (files(__package__) / "data" / VILLAGES_FILE).open("rb") as packed:
        return frozenset(gzip.decompress(packed.read()).decode().splitlines())


@cache
def _name_words() -> Counter[str]:
    return Counter(word for name, regions in _by_name().items() for word in name.split() for _ in regions)


@cache
def _by_code() -> dict[str, Region]:
    return {region.code: region for region in all_regions()}


@cache
def _spaced() -> dict[str, str]:
    """Names by their letters alone, as some write them with other spaces: "Deliserdang", "Batu Raja Timur"."""
    found: dict[str, str] = {}
    for name, regions in _by_name().items():
        letters = name.replace(" ", "")
        if len(letters) >= SHORTEST_RESPACED or any(region.level is not Level.DISTRICT for region in regions):
            # Where two names share their letters, the one of more words is none that people write together.
            found[letters] = min(found.get(letters, name), name, key=lambda one: one.count(" "))
    return found
