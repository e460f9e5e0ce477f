"""Regions of Indonesia: provinces, kabupaten, kota and kecamatan, by name and by the short forms people write."""

import csv
import itertools
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.spelling import one_slip_away
from embeddings.indonesian.words import words_of
from embeddings.types import Span

REGIONS_FILE = "regions.csv"


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


class Mention(msgspec.Struct, frozen=True):
    """Where a text names a region of the list."""

    span: Span
    """Characters, with the words for its level: "Kab. OKU"."""
    name: str
    """Its canonical name."""
    level: Level | None
    """What the word for a level before the name says that it is."""
    before: str
    """The word directly before all of it, in lower case; empty where there is none."""

    @property
    def is_large(self) -> bool:
        """Whether a kabupaten, a kota or a province has the name."""
        return any(region.level is not Level.DISTRICT for region in regions_named(self.name))

    @property
    def is_long(self) -> bool:
        """Whether it is longer than "pati" and "buru", which are words as well."""
        return len(self.name) > 4

    @property
    def is_placed(self) -> bool:
        """Whether it stands where only a place can; what "desa" names is a village, and the list has none."""
        return self.level not in (None, Level.VILLAGE) or self.before in ("di", "se", "of", "in")


SHORT_FORMS = lexicon.table("embeddings.indonesian", "short_regions.csv")
_LEVELS = {word: Level(level) for word, level in lexicon.table("embeddings.indonesian", "region_levels.csv").items()}
_SPELT_OUT = lexicon.table("embeddings.indonesian", "spelt_out_regions.csv")
LONGEST_REGION_NAME = 5
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# "Kab. OKU", "Tj. Lago": a full stop behind a longer word ends a sentence.
_WITHIN_NAME = re.compile(r"(?:(?<!\w{5})\.)?[^\S\n]*")
SHORTEST_RESPACED = 8  # Of kecamatan; shorter names without their spaces are ordinary words.
MOST_REMEMBERED = 4096


def level_of(word: str) -> Level | None:
    """The level that a word such as "Kabupaten" or "Kec." names."""
    return _LEVELS.get(word.casefold().rstrip("."))


def canonical(name: str) -> str:
    """The name in full and in lower case, without the word for its level: "Kab. OKU" is "ogan komering ulu"."""
    words = _WORD.findall(name.casefold())
    parts = tuple(words[_count_levels(words) :])
    return _listed(parts) or " ".join(_with_first_spelt_out(parts))


def regions_named(name: str) -> tuple[Region, ...]:
    """Every region of the Kemendagri list with this name, in full or short."""
    return _by_name().get(canonical(name), ())


def all_regions() -> list[Region]:
    """Every region of the list."""
    return [region for regions in _by_name().values() for region in regions]


def lies_in(name: str, wider: str) -> bool:
    """Whether a region of one name lies in a region of the other."""
    outer = tuple(f"{region.code}." for region in regions_named(wider))
    return any(region.code.startswith(outer) for region in regions_named(name))


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
    if len(around) < 2:
        return ""
    pairs = itertools.pairwise(mentions(text, printed=True))
    # "Sawang, Kabupaten Aceh Selatan" counts before what is named elsewhere.
    beside = {wider.name for one, wider in pairs if one.name == name and text[one.span[1] : wider.span[0]] == ", "}
    named = beside & around or {wider for wider in around if names_region(text, wider)}
    return named.pop() if len(named) == 1 else ""


def mentions(text: str, printed: bool = False) -> Iterator[Mention]:
    """The longest names of regions in a text, in order; in printed text, only where their words have capitals."""
    words = list(_WORD.finditer(text))
    position = 0
    while position < len(words):
        found, size = _mention(text, words[position : position + LONGEST_REGION_NAME], printed)
        if found:
            last = words[position - 1] if position else None
            adjoining = last and not text[last.end() : found.span[0]].strip()
            yield msgspec.structs.replace(found, before=last[0].casefold()) if last and adjoining else found
        position += size


def mention_at(text: str, start: int) -> Mention | None:
    """The longest name of a region that begins at this place of a printed text, if any."""
    words = list(itertools.islice(_WORD.finditer(text, start), LONGEST_REGION_NAME))
    return _mention(text, words, True)[0] if words and words[0].start() == start else None


def _mention(text: str, words: Sequence[re.Match[str]], printed: bool) -> tuple[Mention | None, int]:
    """The region named from the first of these words on, and how many of them it takes; 1 where there is none."""
    parts = tuple([word[0].casefold() for word in words])
    levels = end = _count_levels(parts)
    while end < len(words) and _begins_a_name(parts[levels : end + 1]):
        parted = end > 0 and not _WITHIN_NAME.fullmatch(text, words[end - 1].end(), words[end].start())
        if parted or (printed and words[end][0][0].islower()):
            break
        end += 1
    for size in range(end, levels, -1):
        if name := _listed(parts[levels:size]):
            level = _LEVELS.get(parts[levels - 1]) if levels else None
            return Mention((words[0].start(), words[size - 1].end()), name, level, ""), size
    return None, 1


def regions_in(question: str) -> set[str]:
    """The regions that a question names, by canonical name.

    A name of one word counts where it is a kabupaten's, a kota's or a province's, or stands behind "di" or the word for
    a level: as kecamatan, many ordinary words are names.
    """
    found = mentions(question)
    return {one.name for one in found if " " in one.name or one.is_placed or (one.is_large and one.is_long)}


def regions_printed(text: str) -> set[str]:
    """The regions that a printed text names, by canonical name; capitals tell more there than in a question.

    A kecamatan of one word counts only behind "Kecamatan": "di Balai Kota" is a building.
    """
    return {
        one.name
        for one in mentions(text, printed=True)
        if " " in one.name
        or one.level is Level.DISTRICT
        # "DPRD Bali": too short to count where a sentence begins.
        or (one.is_large and (one.is_placed or one.before or one.is_long))
    }


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


def words_of_regions(text: str) -> set[str]:
    """The words that together are names of regions, where these have several: "teluk dalam", "banyu asin"."""
    named = (words_of(text[slice(*one.span)]) for one in mentions(text))
    return {word for words in named if len(words) > 1 for word in words}


def _count_levels(parts: Sequence[str]) -> int:
    """How many of the words are for a level and stand before a name."""
    return sum(1 for _ in itertools.takewhile(lambda part: part in _LEVELS or part == "administrasi", parts[:-1]))


def _with_first_spelt_out(parts: Sequence[str]) -> list[str]:
    return [_SPELT_OUT.get(parts[0], parts[0]), *parts[1:]] if len(parts) > 1 else list(parts)


@lru_cache(MOST_REMEMBERED)
def _listed(parts: tuple[str, ...]) -> str | None:
    """The name on the list that words stand for, in full, short or with other spaces, if any."""
    spelt = _with_first_spelt_out(parts)
    joined = " ".join(spelt)
    if joined in SHORT_FORMS or joined in _by_name():
        return SHORT_FORMS.get(joined, joined)
    return _spaced().get(_letters(spelt))


def _letters(parts: Sequence[str]) -> str:
    return re.sub(r"['’-]", "", "".join(parts))


@lru_cache(MOST_REMEMBERED)
def _begins_a_name(parts: tuple[str, ...]) -> bool:
    """Whether a name may begin with these words; a short first word may stand for itself, too."""
    letters = _letters(_with_first_spelt_out(parts))
    following = bisect_left(_all_letters(), letters)
    begins = any(name.startswith(letters) for name in _all_letters()[following : following + 1])
    return begins or (len(parts) == 1 and parts[0] in _SPELT_OUT)


@cache
def _all_letters() -> list[str]:
    """The letters of each name and short form, in the order of the alphabet."""
    return sorted(_letters(name.split()) for name in (*_by_name(), *SHORT_FORMS))


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
            found[" ".join(_with_first_spelt_out(_WORD.findall(region.name.casefold())))].append(region)
    return {name: tuple(regions) for name, regions in found.items()}


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
        letters = _letters(name.split())
        if len(letters) >= SHORTEST_RESPACED or any(region.level is not Level.DISTRICT for region in regions):
            # Where two names share their letters, the one of more words is none that people write together.
            found[letters] = min(found.get(letters, name), name, key=lambda one: one.count(" "))
    return found
