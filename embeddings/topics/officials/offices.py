"""Offices as they are printed: the head, the body it heads, and the region."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import Level, Mention, canonical, level_of, lies_in, mention_at, regions_named
from embeddings.indonesian.villages import longest_village
from embeddings.types import Span

_CUT_SHORT = "(?:" + lexicon.alternatives("embeddings.topics.officials", "acting_short.txt") + r")\b\.?"
_IN_FULL = "(?:" + lexicon.alternatives("embeddings.topics.officials", "acting.txt") + ")"
ACTING = rf"(?:{_CUT_SHORT}(?:\s*\({_IN_FULL}\))?|{_IN_FULL}(?:\s*\({_CUT_SHORT}\))?)"
_OF_VILLAGES = lexicon.lines("embeddings.topics.officials", "heads_of_villages.txt")
_OF_REGIONS = lexicon.alternatives("embeddings.topics.officials", "heads_of_regions.txt")
_CHAIRED = lexicon.alternatives("embeddings.topics.officials", "chaired.txt")
_OF_BODIES = lexicon.lines("embeddings.topics.officials", "heads_of_bodies.txt")
_WITHOUT_BODY = lexicon.alternatives("embeddings.topics.officials", "heads_without_body.txt")
_HEADS = "|".join(
    (
        _OF_REGIONS,
        *_OF_VILLAGES,
        rf"(?:Wakil )?(?:Ketua|Sekretaris)(?: [Ss]ementara)?(?: (?:I{{1,3}}|IV|V|\d))? (?:{_CHAIRED})",
        _WITHOUT_BODY,
        *_OF_BODIES,
    )
)
_SPELT_AS_LISTED = {head.casefold(): head for head in (*_OF_BODIES, *_OF_VILLAGES)}
OFFICE = re.compile(
    r"(?<![\w-])(?<!Kantor )(?<!kantor )(?<!Peraturan )(?<![Cc]alon )(?<![Bb]alon )(?<![Ww]akil )"
    # "istri Wakil Gubernur X Arumi": whose name follows cannot be told.
    r"(?<![Dd]inas )(?<![Ii]stri )(?<![Ss]uami )"
    r"(?P<former>(?:[Mm]antan|[Bb]ekas|[Ee]ks)[ -])?(?P<again>(?:[Pp]etahana|[Ii]ncumbent) (?!Desa))?"
    rf"(?P<acting>{ACTING}\s+)?"
    # "Penjabat kepala desa X": behind these words small letters tell an office as well.
    rf"(?P<deputy>[Ww]akil )?(?P<head>(?(acting)(?i:{_HEADS})|(?:{_HEADS})))(?![\w-])(?:\s+\d{{3,4}}(?:[-/]\d+)?\b/?)?"
    r"(?:\s+(?:non[ -]?aktif|terpilih|(?P<sitting>petahana))(?=\s+[A-Z]))?"
)
BODY = lexicon.words("embeddings.topics.officials", "bodies.txt")
# "Disdikbud", "Diskominfo": the short name of a dinas.
_SHORT_BODY = re.compile(r"Dis[a-z]{2,10}")
_PRIVATE = lexicon.words("embeddings.topics.officials", "parties.txt")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_TITLES = lexicon.alternatives("embeddings.indonesian", "titles.txt")
TITLE = re.compile(rf"(?:(?:{_TITLES})\b\.?,?\s+){{1,8}}")
_SAME_OFFICE = lexicon.table("embeddings.topics.officials", "same_offices.csv")
_SHORT_OFFICE = re.compile(rf"\b(?:{'|'.join(_SAME_OFFICE)})\b")
_PATTERNS = lexicon.patterns("embeddings.topics.officials", "patterns.toml")
NUMBERED = _PATTERNS["numbered"]
NUMERALS = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}
_IN_THE_TIME_OF = _PATTERNS["in_the_time_of"]
_POLICE_OF_A_CITY = _PATTERNS["police_of_a_city"]
_DIRECTION = _PATTERNS["direction"]
_ABBREVIATED = re.compile(r"\s*\([A-Z][\w./ -]{1,30}\)")
_COMMA = re.compile(r",?\s*")
_BEFORE_REGION = re.compile(r"[^\S\n]*/?[^\S\n]*")
_UNLISTED_REGION = re.compile(
    r"(?P<level>[A-Z]\w*+\.?)\s*+"
    r"(?P<name>[A-Z][\w'’-]*+(?: [A-Z][\w'’-]*+){0,2}+(?=\s*[,(])|[A-Z][\w'’-]*+(?=[ ,(]))"
)
_WITH_NAMES = lexicon.table("embeddings.topics.officials", "bodies_with_names.csv")
SHORT_NAMES = lexicon.alternatives("embeddings.indonesian", "short_names.txt")
_OWN_NAME = re.compile(
    rf" (?:{TITLE.pattern})?(?:(?:[A-Z]\.){{1,4}} ?|(?:{SHORT_NAMES})\. )?"
    r"(?P<name>[A-Z][\w'’]++(?: [A-Z][\w'’]++){0,3}+)(?! [A-Z])"
)
# The longest in the news have 12 and 6 words.
LONGEST_BODY, LONGEST_VILLAGE = 20, 7
# Letters of a word in a body's own name; shorter ones are initials.
SHORTEST_TELLING = 2
LIST_MARK = re.compile(r"\s*(?:\d{1,2}[.)]|[a-z][.)]|[-*•–])\s+(?=\S)")
# The longest headline in the news has 177 characters.
LONGEST_HEADLINE = 300


class Office(msgspec.Struct, frozen=True):
    """One naming of an office, whether its holder is named with it or not."""

    span: Span
    office: str
    region: str
    acting: bool
    former: bool
    sought_again: bool = False
    """Whether the holder is printed as one who runs for it again."""


def find_offices(text: str, headlines: bool = False) -> Iterator[Office]:
    """Every office in a text, with the body and region behind it, holder or none; in headlines only if asked to."""
    after = 0
    for match in OFFICE.finditer(text):
        # "Staf Khusus Bupati" is one office, not two; capitals tell no names apart in a headline.
        if match.start() < after or (not headlines and in_headline(text, match.start())):
            continue
        if office := _office(text, match):
            after = office.span[1]
            yield office


def is_office_word(word: str) -> bool:
    """Whether a word alone names an office: "sekda"."""
    return re.fullmatch(_HEADS, word.capitalize()) is not None


def office_name(printed: str) -> str:
    """An office in lower case, each under one name: "Kades" is "kepala desa", and nobody asks with the "dan"."""
    name = " ".join(word for word in printed.casefold().split() if word not in ("sementara", "dan"))
    name = re.sub(r"\bsek[er]{2,4}taris\b", "sekretaris", name)
    # "Kadistan" is the head of the Distan.
    name = re.sub(r"\bka(?=dis[a-z]{2})", "kepala ", name)
    name = _SHORT_OFFICE.sub(lambda found: _SAME_OFFICE[found[0]], name)
    return re.sub(r"\b(wakil ketua|asisten) ([1-4])\b", lambda found: f"{found[1]} {NUMERALS[found[2]]}", name)


def has_own_name(office: str) -> str:
    """Whether the body that an office heads has a name of its own, and what tells it from another: name or region."""
    return _WITH_NAMES.get(office.rpartition(" ")[2], "")


def in_headline(text: str, position: int) -> bool:
    """Whether this place in a text is in a line that is printed as a headline."""
    # One character more tells a line that is too long from one that fits.
    first, last = max(position - LONGEST_HEADLINE - 1, 0), position + LONGEST_HEADLINE + 1
    start, end = text.rfind("\n", first, position) + 1, text.find("\n", position, last)
    line = text[start or first : end if end >= 0 else last]
    if len(line) > LONGEST_HEADLINE or LIST_MARK.match(line):
        return False
    words = [word for word in _WORD.findall(line) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in words)
    return 4 <= len(words) <= 16 and capitals >= 0.8 * len(words) and not line.rstrip().endswith((".", "”", '"'))


def _office(text: str, match: re.Match[str]) -> Office | None:
    """The office whose head stands here; None where it is no public one."""
    head, end, body = match["head"], match.end(), list[str]()
    head = _SPELT_AS_LISTED.get(head.casefold(), head)
    if head in _OF_BODIES:
        end, body = _body(text, end)
        if not _is_public(head, body):
            return None
    if abbreviation := _ABBREVIATED.match(text, end):
        end = abbreviation.end()
        if body:
            end, more = _body(text, end)
            body += more
    end, region = _village(text, end) if head in _OF_VILLAGES else region_behind(text, end)
    office = office_name(" ".join([match["deputy"] or "", head, *body]))
    if not region and (tells := has_own_name(office)):
        end, region = _own_name(text, end, tells == "name")
    # The province and its city share the name; only the city has a mayor.
    if region == "yogyakarta" and ("gubernur" in office or "kapolda" in office):
        region = "daerah istimewa yogyakarta"
    former = bool(match["former"] or _IN_THE_TIME_OF.search(text, max(0, match.start() - 30), match.start()))
    again = bool(match["again"] or match["sitting"] or head == "Petahana Desa")
    return Office((match.start(), end), office, region, bool(match["acting"]), former, again)


def is_national(body: Sequence[str]) -> bool:
    """Whether a body of these words is the state's; its offices in the regions may have the same name."""
    return not {"nasional", "negara"}.isdisjoint(body)


def _is_public(head: str, body: Sequence[str]) -> bool:
    """Whether the head of this body holds a public office of a region."""
    if not body:
        return head not in ("Kepala", "Ketua", "Direktur", "Sekretaris", "Asisten")
    # A national body's head is no regional official.
    if is_national(body) and {"narkotika", "pertanahan"}.isdisjoint(body):
        return False
    # Chairs of parties, clubs and associations hold no public office.
    return head not in ("Ketua", "Sekretaris") or (body[0] in BODY and _PRIVATE.isdisjoint(body))


def _body(text: str, start: int) -> tuple[int, list[str]]:
    end = start
    body: list[str] = []
    for word in islice(_WORD.finditer(text, start), LONGEST_BODY):
        between = text[end : word.start()]
        folded = word[0].casefold().rstrip(".")
        # "Dinas Pendidikan, Pemuda dan Olahraga": a comma parts the words of a body as well as a body and a name.
        if between.strip() not in ("", "/", "&", *([","] if folded in BODY and body else [])) or "\n" in between:
            break
        # "ISSI", "PUPR": an organisation's short name, where it is not a region's.
        known = (
            folded in BODY
            or _SHORT_BODY.fullmatch(word[0])
            or (word[0].isupper() and word[0].isalnum() and len(folded) > 2 and not regions_named(folded))
        )
        # "Dinas Pemberdayaan Masyarakat dan Desa"
        of_body = body[-1:] == ["wali"] or ("pemberdayaan" in body and body[-1] in ("masyarakat", "dan"))
        if not known or (level_of(folded) and not of_body):
            break
        if (folded in ("dan", "di") and not body) or (folded == "metro" and text.startswith(" Jaya", word.end())):
            break
        body.append(folded)
        end = word.end() - (1 if word[0].endswith(".") and len(word[0]) > 4 else 0)
    while body and body[-1] in ("dan", "di"):
        body.pop()
        end = start + text[start:end].rstrip().rfind(" ")
    return end, body


def region_behind(text: str, start: int) -> tuple[int, str]:
    """The region that is named at this place, empty for none, and where its mention ends."""
    end, region = _one_region(text, start)
    return (_widened(text, end, region), region) if region else (end, region)


def _widened(text: str, end: int, region: str) -> int:
    """Where the mention of a region ends with its abbreviation and the regions it lies in."""
    while True:
        if abbreviation := _ABBREVIATED.match(text, end):
            end = abbreviation.end()
        if city := _POLICE_OF_A_CITY.match(text, end):
            end = city.end()
        comma = _COMMA.match(text, end)
        assert comma is not None
        further, wider = _one_region(text, comma.end())
        # "Camat X, Kabupaten Y, Nama" and "Bupati X, Sumatera Selatan": a region that the first lies in.
        if not wider or not (level_of(text[comma.end() : further].split()[0]) or lies_in(region, wider)):
            return end
        end = further


def _village(text: str, start: int) -> tuple[int, str]:
    """The longest name of a village on the list, or what ends where a comma, a bracket or a title follows."""
    words: list[re.Match[str]] = []
    for word in islice(_WORD.finditer(text, start), LONGEST_VILLAGE):
        between = text[words[-1].end() if words else start : word.start()]
        if between.strip() or "\n" in between or not word[0][0].isupper() or TITLE.match(text, word.start()):
            break
        words.append(word)
    if words and level_of(words[0][0]):
        words = words[1:]
    if size := longest_village([word[0].rstrip(".") for word in words]):
        end = words[size - 1].start() + len(words[size - 1][0].rstrip("."))
        direction = _DIRECTION.match(text, end)
        end = direction.end() if direction else end
        region = canonical(text[words[0].start() : end])
        return _widened(text, end, region), region
    if not words or len(words) > 3:
        return start, ""
    end = words[-1].end()
    follows = text[end : end + 2].lstrip()[:1]
    if follows in (",", "(") or TITLE.match(text, end + 1):
        region = canonical(text[words[0].start() : end])
        return _widened(text, end, region), region
    return start, ""


def _own_name(text: str, start: int, tells: bool) -> tuple[int, str]:
    """A body's own name, or if that does not tell it from another, the region that the name ends with."""
    name = _OWN_NAME.match(text, start)
    if name is None:
        return start, ""
    words = [start + word.start() for word in re.finditer(r"\b[A-Z]", text[start : name.end()])]
    named = (mention_at(text, word) for word in words if word > name.start("name"))
    last = next((one for one in named if one and one.span[1] == name.end()), None)
    own = text[name.start("name") : last.span[0] if last else name.end()].rstrip()
    # "AW Sjahranie" is "A.W. Sjahranie".
    told = [word for word in canonical(own).split() if len(word) > SHORTEST_TELLING] or [canonical(own)]
    region = last.name if last and not tells else " ".join(told)
    return _widened(text, name.end(), region), region


def _with_direction(text: str, found: Mention) -> tuple[int, str]:
    """A listed kecamatan, or another place that is told from it by a direction: "Alalak Tengah" is not "Alalak"."""
    direction = None if found.is_large else _DIRECTION.match(text, found.span[1])
    end = direction.end() if direction else found.span[1]
    return end, canonical(text[found.span[0] : end]) if direction else found.name


def _one_region(text: str, start: int) -> tuple[int, str]:
    before = _BEFORE_REGION.match(text, start)
    begin = before.end() if before else start
    found = mention_at(text, begin)
    # "Kapolres Metro Jakarta Barat": the city Metro is another.
    if found and found.name == "metro":
        found = mention_at(text, found.span[1] + 1) or found
    if found:
        return _with_direction(text, found)
    # A village, or a kecamatan that the list lacks; "Kota Tua" is no kota.
    unlisted = _UNLISTED_REGION.match(text, begin)
    if unlisted and level_of(unlisted["level"]) in (Level.VILLAGE, Level.DISTRICT):
        return unlisted.end(), canonical(unlisted["name"])
    return start, ""
