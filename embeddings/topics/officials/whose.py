"""Of which region an office is that an article names without, and whether two names are one person's."""

from collections.abc import Collection, Sequence

from embeddings.indonesian.sentences import sentence_of
from embeddings.indonesian.words import words_of
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.offices import LIST_MARK, Office, is_national, region_behind
from embeddings.types import Span

_HEADS_OF_REGIONS = ("bupati", "wali kota", "gubernur")
_OF_STAFF = ("kepala bagian", "kepala dinas", "kepala badan", "asisten", "staf ahli", "sekretaris dinas", "inspektur")
_HEADS = (*_HEADS_OF_REGIONS, "camat")
# Places where a body is named are looked at for its region.
MOST_NAMINGS = 20


def region_of(
    text: str, official: Official, known: Sequence[Official], offices: Sequence[Office], led: bool
) -> set[str]:
    """The regions that an office may be of that a text names without; none or several where nothing tells.

    An office is led where the text names its body alone: "Dinas Pendidikan dipimpin A".
    """
    name = text[slice(*official.name)]
    same = {one.region for one in known if _is_of_region(official, name, one, text[slice(*one.name)])}
    # "Kursi Camat Mantangai kosong; tugas dijalankan Plt Camat Tiara": the one that the sentence names before.
    if not same and official.acting:
        same = {one.region for one in _before_in_sentence(text, official.office_span, offices, official.office)}
    # "Bupati Pasangkayu membuka rapat. Bupati Agus Ambo Djiwa …": the article knows one such office only.
    if not same and official.office in _HEADS and " " in name:
        same = _named_for(offices, [official.office])
    if not same and official.office.startswith(_OF_STAFF) and not is_national(official.office.split()):
        same = _of_body(text, official, led)
        # "1. A sebagai Kepala Bagian Umum Setda": of the region whose head or secretary the article names.
        if not same and (led or _is_listed(text, official)):
            same = _named_for(offices, [*_HEADS_OF_REGIONS, "sekretaris daerah"])
    return same


def same_person(name: str, other: str) -> bool:
    """Whether two names may be one person's: all words of the shorter stand in the longer."""
    words, others = ({word for word in words_of(one) if len(word) > 1} for one in (name, other))
    return bool(words and others) and (words <= others or others <= words)


def _named_for(offices: Sequence[Office], kinds: Collection[str]) -> set[str]:
    return {one.region for one in offices if one.region and one.office.removeprefix("wakil ") in kinds}


def _before_in_sentence(text: str, span: Span, offices: Sequence[Office], kind: str) -> list[Office]:
    """The offices of this kind, with their regions, that a sentence names before a place in it."""
    start = sentence_of(text, *span)[0]
    return [one for one in offices if one.region and one.office == kind and start <= one.span[0] < span[0]]


def _of_body(text: str, official: Official, led: bool) -> set[str]:
    """The regions behind the body of an office elsewhere: "Dinas Kesehatan Aru …. Kepala Dinas Kesehatan, A"."""
    printed = text[slice(*official.office_span)]
    _, _, behind = printed.casefold().partition(official.office.split()[0])
    body = printed if led else printed[len(printed) - len(behind) :].strip()
    found, end = set[str](), 0
    for _ in range(MOST_NAMINGS if " " in body else 0):
        start = text.find(f"{body} ", end)
        if start < 0:
            break
        end = start + len(body)
        found.add(region_behind(text, end)[1])
    return found - {""}


def _is_listed(text: str, official: Official) -> bool:
    return LIST_MARK.match(text, text.rfind("\n", 0, official.name[0]) + 1) is not None


def _is_of_region(official: Official, name: str, other: Official, other_name: str) -> bool:
    """Whether the region of an office named without is another's.

    "Bupati Askolani" is the "Bupati Banyuasin, H. Askolani" of before; a deputy, a secretary or staff is of the same
    region as its head.
    """
    return (
        (official.office == other.office and same_person(other_name, name))
        or official.office in (f"wakil {other.office}", f"staf khusus {other.office}")
        or (official.office == "sekretaris daerah" and other.office in _HEADS_OF_REGIONS)
    )
