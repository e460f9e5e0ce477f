"""The dateline that opens an article, "BANYUASIN, SOROTKAMERA.COM –": which outlet it names, and which place."""

import re

import msgspec

from embeddings.indonesian import dates, lexicon
from embeddings.indonesian.regions import regions_named
from embeddings.indonesian.villages import longest_village
from embeddings.sources.plain_text import folded

MAX_NAME_WORDS = 4
_PATTERNS = lexicon.patterns("embeddings.sources", "datelines.toml")
_OPENING = _PATTERNS["opening"]
_BRACKETED = _PATTERNS["bracketed"]
_DATE = _PATTERNS["date"]
_TOWNS = lexicon.words("embeddings.sources", "towns.txt")
DOMAIN = _PATTERNS["domain"]


class Dateline(msgspec.Struct, frozen=True):
    """The opening of an article: its length in characters, what it names, and its words where they open the lead."""

    length: int
    source: str | None
    place: str | None
    words: str = ""


def find_dateline(line: str, printed: str = "") -> Dateline | None:
    """Recognise "PLACE, OUTLET –", "outlet.co.id, PLACE –", "Place (OUTLET) –", "OUTLET, Place:" and "PLACE –".

    A name alone in capitals is the outlet's where it is none of a region and `printed`, the page with the article
    without case and spaces, has it more than once.
    """
    found = _OPENING.match(line)
    names = _names(found["names"]) if found else None
    if found is None or names is None:
        return None
    source, place = names
    # A sentence may have a colon behind any word, and a dash behind most.
    if found["colon"] and not (source and place):
        return None
    if place and not source and not is_place(place) and printed.count(folded(place)) > 1:
        source, place = place, None
    return Dateline(found.end(), source, _place_name(place) if place else None, found["names"])


def find_own_dateline(line: str) -> Dateline | None:
    """Recognise a dateline that has a line for itself: "SENTANI", "Ende, 14 November 2024", "BIAK (KABAR.ID)"."""
    undated = _DATE.sub("", line).strip(" ,/()–—-")
    if is_place(undated) and (undated.isupper() or dates.find_full_date(line)):
        return Dateline(len(line), None, _place_name(undated))
    names = _names(line)
    if names and names[0] and names[1]:
        return Dateline(len(line), names[0], _place_name(names[1]))
    return None


def is_place(name: str) -> bool:
    """Whether this is the name of a province, a kabupaten, its seat, a kota or a kecamatan, and nothing else."""
    return name[:1].isupper() and (name.casefold() in _TOWNS or bool(regions_named(name)))


def _names(text: str) -> tuple[str | None, str | None] | None:
    """The outlet and the place that these words name; None where they are no dateline."""
    text = _DATE.sub("", text)
    if bracketed := _BRACKETED.fullmatch(text.strip()):
        source, place = bracketed["source"].strip(), bracketed["place"].strip(" ,")
        is_outlet = _is_upper(source) or DOMAIN.fullmatch(source)
        return (source, place) if is_outlet and _may_be_place(place) else None
    parts = [part for each in re.split(r"[,|/]", text) if (part := each.strip(" ()"))]
    if not 1 <= len(parts) <= 2 or not all(map(_is_name, parts)):
        return None
    source, place = _told_apart(parts)
    return (source, place) if (source or place) and (place is None or _may_be_place(place)) else None


def _told_apart(parts: list[str]) -> tuple[str | None, str | None]:
    """Which of one or two names is the outlet's and which the place's; neither where they are no dateline."""
    domains = [part for part in parts if DOMAIN.fullmatch(part)]
    others = [part for part in parts if part not in domains]
    if domains:
        return (domains[0], others[0] if others else None) if len(domains) == 1 else (None, None)
    if len(parts) == 1:
        return None, parts[0] if _is_upper(parts[0]) or is_place(parts[0]) else None
    regions = [part for part in parts if is_place(part)]
    if len(regions) == 2:
        # "Palembang, Sumatera Selatan": the place and what it lies in, or an outlet with the name of a region.
        return (parts[1] if parts[1].isupper() else None), parts[0]
    if regions:
        return next(part for part in parts if part not in regions), regions[0]
    if all(map(_is_upper, parts)) or longest_village(parts[0].split()) == len(parts[0].split()):
        return parts[1], parts[0]
    return None, None


def _is_name(text: str) -> bool:
    words = text.split()
    return len(words) <= MAX_NAME_WORDS + 1 and (
        DOMAIN.fullmatch(text) is not None or (words[0][0].isupper() and not any(map(str.isdigit, text)))
    )


def _may_be_place(place: str) -> bool:
    words = place.split()
    return 1 <= len(words) <= MAX_NAME_WORDS and all(word[:1].isupper() for word in words)


def _is_upper(text: str) -> bool:
    return text.isupper() and not any(character.isdigit() for character in text)


def _place_name(place: str) -> str:
    # Short names in capitals are abbreviations and stay so: OKU, HSS. Those of a region are its name: BIAK.
    def spelt(word: str) -> str:
        return word.capitalize() if word.isupper() and (len(word) > 3 or len(place.split()) > 1) else word

    return " ".join(map(spelt, place.split()))
