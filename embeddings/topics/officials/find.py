"""Find who holds which office where, as an article's sentences name them."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import canonical, level_of, lies_in, mention_at, regions_named
from embeddings.indonesian.villages import longest_village
from embeddings.indonesian.words import words_of
from embeddings.types import Span

# --- how offices and names are printed ------------------------------------------------------------------------

_ACTING = r"(?:(?:P[Ll][Tt]|P[Ll][Hh]|P[Jj][Ss]?)\b\.?|Penjabat(?: Sementara)?|Pelaksana (?:Tugas|Harian))"
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
OFFICE = re.compile(
    r"(?<![\w-])(?<!Kantor )(?<!kantor )(?<!Peraturan )(?<![Cc]alon )(?<![Bb]alon )(?<![Ww]akil )"
    # "istri Wakil Gubernur X Arumi": whose name follows cannot be told.
    r"(?<![Dd]inas )(?<![Ii]stri )(?<![Ss]uami )"
    r"(?P<former>(?:[Mm]antan|[Ee]ks)[ -])?"
    rf"(?P<acting>{_ACTING}(?:\s*\((?:Pelaksana \w+|P[Ll][TtHh])\))?\s+)?"
    rf"(?P<deputy>[Ww]akil )?(?P<head>{_HEADS})(?![\w-])(?:\s+\d{{3,4}}(?:[-/]\d+)?\b/?)?"
    r"(?:\s+(?:non[ -]?aktif|terpilih|petahana)(?=\s+[A-Z]))?"
)
_BODY = lexicon.words("embeddings.topics.officials", "bodies.txt")
# "Disdikbud", "Diskominfo": the short name of a dinas.
_SHORT_BODY = re.compile(r"Dis[a-z]{2,10}")
_PRIVATE = lexicon.words("embeddings.topics.officials", "parties.txt")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")
_TITLES = lexicon.alternatives("embeddings.indonesian", "titles.txt")
_TITLE = re.compile(rf"(?:(?:{_TITLES})\b\.?,?\s+){{1,8}}")
_SHORT_DEGREES = lexicon.alternatives("embeddings.indonesian", "short_degrees.txt")
_DEGREES = re.compile(
    r"(?:\s*+[.,]?\s*+(?:(?:S|M|A|B|Sp|Ph)\.\s?[A-Z]\w*+(?:(?:\.\s?|\s)[A-Z]\w*+){0,8}+"
    rf"|{_SHORT_DEGREES})\b\.?){{1,12}}+"
)
_DEGREES_LAST = re.compile(rf"(?<!\s)(?:{_DEGREES.pattern})$")
_NAME_WORD = re.compile(
    r"(?:[A-Z][a-zà-ÿ'’]+(?:-[A-Z][a-z]+)*|[A-Z]\.|[A-Z][a-z]*[A-Z][a-z]+|[A-Z](?=\s[A-Z])|[A-Z]{2,}(?=[\s,.]))"
)
_NO_NAME = lexicon.words("embeddings.topics.officials", "no_names.txt")
_HEADS_OF_REGIONS = ("bupati", "wali kota", "gubernur", "camat")
_SAME_OFFICE = lexicon.table("embeddings.topics.officials", "same_offices.csv")
_SHORT_OFFICE = re.compile(rf"\b(?:{'|'.join(_SAME_OFFICE)})\b")
_PATTERNS = lexicon.patterns("embeddings.topics.officials", "patterns.toml")
_NUMBERED = _PATTERNS["numbered"]
_NUMERALS = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}
_IN_THE_TIME_OF = _PATTERNS["in_the_time_of"]
_POLICE_OF_A_CITY = _PATTERNS["police_of_a_city"]
_ABBREVIATED = re.compile(r"\s*\([A-Z][\w./ -]{1,30}\)")
_GUEST_LIST = _PATTERNS["guest_list"]
_NAME_BEFORE = _PATTERNS["name_before"]
_NAMED_AS = _PATTERNS["named_as"]
# What ends an apposition behind a name: "Ogan Amrin, Camat X, …", "(Gubernur Y)", "…, mantan Kepala Desa Z mengatakan".
_SPEECH = lexicon.alternatives("embeddings.topics.officials", "speech.txt")
_APPOSITION_ENDS = re.compile(rf"[,.)]|\s+(?:{_SPEECH})\b")
_FULL_NAME = r"[A-Z][a-zà-ÿ'’]+(?:\s+(?:bin\s+|binti\s+)?(?:[A-Z]\.|[A-Z][a-zà-ÿ'’]+)){1,3}"
_FULL_NAME_LAST = re.compile(rf"(?:^|(?<=[\s“\"(])){_FULL_NAME}$")
_INITIALS_LAST = re.compile(r"\s\([A-Z]{2,5}\)$")
_PAIR = _PATTERNS["pair"]
_TERM = _PATTERNS["term"]
_BEFORE_NAME = _PATTERNS["before_name"]
_NAME_JOINT = _PATTERNS["name_joint"]
_SPACES = re.compile(r"[ ]+")
_COMMA = re.compile(r",?\s*")
_AND = re.compile(r"\s*+,?\s*+(?:dan|serta|bersama|-)\s+")
_BEFORE_REGION = re.compile(r"[^\S\n]*/?[^\S\n]*")
_UNLISTED_REGION = re.compile(
    r"(?P<level>[A-Z]\w*\.?)\s*"
    r"(?P<name>[A-Z][\w'’-]*(?: [A-Z][\w'’-]*){0,2}(?=\s*[,(])|[A-Z][\w'’-]*(?=[ ,(]))"
)
# The longest in the news have 12 and 6 words.
LONGEST_BODY, LONGEST_VILLAGE = 20, 7
# The longest headline in the news has 177 characters.
LONGEST_HEADLINE = 300
# A text that names more has been made to name many; no article in the news names more than 15.
MOST_OFFICIALS = 300


class Official(msgspec.Struct, frozen=True):
    """One naming of an office's holder: offsets into the text, and what they come to."""

    name: Span
    office_span: Span
    """From the office's first word to the last of its region or body."""
    office: str
    """In lower case, without region: "wakil bupati", "kepala dinas kesehatan"."""
    region: str
    """Its canonical name, or empty where the text names none."""
    acting: bool
    former: bool


class Office(msgspec.Struct, frozen=True):
    """One naming of an office, whether its holder is named with it or not."""

    span: Span
    office: str
    region: str
    acting: bool
    former: bool


def find_officials(text: str) -> list[Official]:
    """Every place in a text where an office and its holder's name stand side by side, in order."""
    return _named_in(text, find_offices(text))


def _named_in(text: str, offices: Iterable["Office"]) -> list[Official]:
    found = list(_pairs(text))
    paired = [official.office_span for official in found]
    guests = [match.span() for match in _GUEST_LIST.finditer(text)]
    for office in offices:
        # Of the pairs before the office's end, the last reaches furthest.
        before = bisect_left(paired, (office.span[1],))
        if before and office.span[0] < paired[before - 1][1]:
            continue
        # "A yang menjabat sebagai Bupati X, B berkata": the name before it is the surer one.
        named_as = _NAMED_AS.search(text, max(0, office.span[0] - 40), office.span[0])
        among = _is_among(guests, office.span[0])
        name = (
            (named_as and _name_before(text, office, among))
            or _name_after(text, office, among)
            or _name_before(text, office, among)
        )
        if name is not None:
            found.append(Official(name, office.span, office.office, office.region, office.acting, office.former))
    return sorted(found, key=lambda official: official.name)


def find_offices(text: str, headlines: bool = False) -> Iterator["Office"]:
    """Every office in a text, with the body and region behind it, holder or none; in headlines only if asked to."""
    after = 0
    for match in OFFICE.finditer(text):
        # "Staf Khusus Bupati" is one office, not two; capitals tell no names apart in a headline.
        if match.start() < after or (not headlines and in_headline(text, match.start())):
            continue
        head = match["head"]
        end = match.end()
        body: list[str] = []
        if head in _OF_BODIES:
            end, body = _body(text, end)
            if not body and head in ("Kepala", "Ketua", "Direktur", "Sekretaris", "Asisten"):
                continue
            # A national body's head is no regional official.
            if {"nasional", "negara"} & set(body) and not {"narkotika", "pertanahan"} & set(body):
                continue
            # Chairs of parties, clubs and associations hold no public office.
            if head in ("Ketua", "Sekretaris") and (body[0] not in _BODY or _PRIVATE & set(body)):
                continue
            if abbreviation := _ABBREVIATED.match(text, end):
                end, more = _body(text, abbreviation.end())
                body += more
        elif abbreviation := _ABBREVIATED.match(text, end):
            end = abbreviation.end()
        end, region = _village(text, end) if head in _OF_VILLAGES else _region(text, end)
        after = end
        office = office_name(" ".join([match["deputy"] or "", head, *body]))
        # The province and its city share the name; only the city has a mayor.
        if region == "yogyakarta" and ("gubernur" in office or "kapolda" in office):
            region = "daerah istimewa yogyakarta"
        former = bool(match["former"] or _IN_THE_TIME_OF.search(text, max(0, match.start() - 30), match.start()))
        yield Office((match.start(), end), office, region, bool(match["acting"]), former)


def is_office_word(word: str) -> bool:
    """Whether a word alone names an office: "sekda"."""
    return re.fullmatch(_HEADS, word.capitalize()) is not None


def office_name(printed: str) -> str:
    """An office in lower case, each under one name: "Kades" is "kepala desa"."""
    name = " ".join(word for word in printed.casefold().split() if word != "sementara")
    name = re.sub(r"\bsek[er]{2,4}taris\b", "sekretaris", name)
    name = _SHORT_OFFICE.sub(lambda found: _SAME_OFFICE[found[0]], name)
    return re.sub(r"\b(wakil ketua|asisten) ([1-4])\b", lambda found: f"{found[1]} {_NUMERALS[found[2]]}", name)


def in_headline(text: str, position: int) -> bool:
    """Whether this place in a text is in a line that is printed as a headline."""
    # One character more tells a line that is too long from one that fits.
    first, last = max(position - LONGEST_HEADLINE - 1, 0), position + LONGEST_HEADLINE + 1
    start, end = text.rfind("\n", first, position) + 1, text.find("\n", position, last)
    line = text[start or first : end if end >= 0 else last]
    if len(line) > LONGEST_HEADLINE:
        return False
    words = [word for word in _WORD.findall(line) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in words)
    return 4 <= len(words) <= 16 and capitals >= 0.8 * len(words) and not line.rstrip().endswith((".", "”", '"'))


def _body(text: str, start: int) -> tuple[int, list[str]]:
    end = start
    body: list[str] = []
    for word in islice(_WORD.finditer(text, start), LONGEST_BODY):
        between = text[end : word.start()]
        folded = word[0].casefold().rstrip(".")
        # "Dinas Pendidikan, Pemuda dan Olahraga": a comma parts the words of a body as well as a body and a name.
        if between.strip() not in ("", "/", "&", *([","] if folded in _BODY and body else [])) or "\n" in between:
            break
        # "ISSI", "PUPR": an organisation's short name, where it is not a region's.
        known = (
            folded in _BODY
            or _SHORT_BODY.fullmatch(word[0])
            or (word[0].isupper() and len(folded) > 2 and not regions_named(folded))
        )
        if not known or (level_of(folded) and body[-1:] != ["wali"]):
            break
        if (folded == "dan" and not body) or (folded == "metro" and text.startswith(" Jaya", word.end())):
            break
        body.append(folded)
        end = word.end() - (1 if word[0].endswith(".") and len(word[0]) > 4 else 0)
    while body and body[-1] == "dan":
        body.pop()
        end = start + text[start:end].rstrip().rfind(" ")
    return end, body


def _region(text: str, start: int) -> tuple[int, str]:
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
        if between.strip() or "\n" in between or not word[0][0].isupper() or _TITLE.match(text, word.start()):
            break
        words.append(word)
    if words and level_of(words[0][0]):
        words = words[1:]
    if size := longest_village([word[0] for word in words]):
        end = words[size - 1].end()
        region = canonical(text[words[0].start() : end])
        return _widened(text, end, region), region
    if not words or len(words) > 3:
        return start, ""
    end = words[-1].end()
    follows = text[end : end + 2].lstrip()[:1]
    if follows in (",", "(") or _TITLE.match(text, end + 1):
        region = canonical(text[words[0].start() : end])
        return _widened(text, end, region), region
    return start, ""


def _one_region(text: str, start: int) -> tuple[int, str]:
    before = _BEFORE_REGION.match(text, start)
    begin = before.end() if before else start
    found = mention_at(text, begin)
    # "Kapolres Metro Jakarta Barat": the city Metro is another.
    if found and found.name == "metro":
        found = mention_at(text, found.span[1] + 1) or found
    if found:
        return found.span[1], found.name
    # A village or a region that the list lacks.
    unlisted = _UNLISTED_REGION.match(text, begin)
    if unlisted and level_of(unlisted["level"]):
        return unlisted.end(), canonical(unlisted["name"])
    return start, ""


def _name_after(text: str, office: Office, among_guests: bool) -> Span | None:
    start = office.span[1]
    between = _BEFORE_NAME.match(text, start)
    position = between.end() if between else start
    # "… kelak menjadi Gubernur X, Fadel berkata": who became it is not who speaks.
    became = "," in text[start:position] and text.endswith("menjadi ", 0, office.span[0])
    if "\n" in text[start:position] or became:
        return None
    title = _TITLE.match(text, position)
    name = _name_at(text, title.end() if title else position)
    if name is None:
        return None
    sure = title is not None or _DEGREES.match(text, name[1]) is not None
    if "," in text[start:position] and not sure:
        # "Camat X, Forkopimcam, Danramil Y": what stands behind the comma may be the next guest.
        follows = text[name[1] : name[1] + 2]
        if among_guests and follows[:1] == ",":
            return None
        if " " not in text[slice(*name)] and not (follows[:1] in (",", ".") or follows[1:].islower()):
            return None
    return name


def _name_before(text: str, office: Office, among_guests: bool) -> Span | None:
    """A name in front of the office: "Ogan Amrin selaku Camat X", "Ogan Amrin, Camat X,"."""
    joint = _NAME_BEFORE.search(text[max(0, office.span[0] - 40) : office.span[0]])
    if joint is None or not office.region or ("," in joint[0] and among_guests):
        return None
    end = office.span[0] - len(joint[0])
    # "Umi Hartati (UH) selaku Ketua Komisi II DPRD OKU".
    if short := _INITIALS_LAST.search(text[max(0, end - 10) : end]):
        end -= len(short[0])
    line = text[max(text.rfind("\n", 0, end) + 1, end - 80) : end]
    degrees = _DEGREES_LAST.search(line)
    printed = line[: degrees.start()] if degrees else line
    words = _FULL_NAME_LAST.search(printed)
    # Only a comma parts the two where the office ends the apposition as well.
    if words is None or (
        "selaku" not in joint[0] and "sebagai" not in joint[0] and _APPOSITION_ENDS.match(text, office.span[1]) is None
    ):
        return None
    # "politisi Partai Gerindra Taufik Hidayat yang menjabat sebagai …": the name begins behind the party's.
    begin = end - len(line)
    *others, last = re.finditer(r"\S+", words[0])
    first = next((word for word in others if word[0].casefold() not in _NO_NAME), last)
    start = begin + words.start() + first.start()
    title = _TITLE.match(text, start, end)
    name = _name_at(text, title.end() if title else start)
    if name is None or name[1] != begin + words.end():
        return None
    # "Gubernur Kepulauan Riau Nurdin Basirun, Gubernur Kepri": the first words are another office's region.
    return None if mention_at(text, name[0]) else name


def _is_among(guests: Sequence[Span], position: int) -> bool:
    """Whether a place in a text stands in a list of guests."""
    before = bisect_left(guests, (position,))
    return before > 0 and position < guests[before - 1][1]


def _pairs(text: str) -> Iterator[Official]:
    """ "Bupati dan Wakil Bupati X periode 2025-2030, A dan B": two offices, then their two holders."""
    for match in _PAIR.finditer(text):
        end, region = _region(text, match.end())
        term = _TERM.match(text, end)
        title = _TITLE.match(text, term.end() if term else end)
        first = _name_at(text, title.end() if title else (term.end() if term else end))
        if first is None or not region:
            continue
        degrees = _DEGREES.match(text, first[1])
        joint = _AND.match(text, degrees.end() if degrees else first[1])
        if joint is None:
            continue
        title = _TITLE.match(text, joint.end())
        second = _name_at(text, title.end() if title else joint.end())
        if second is None:
            continue
        yield Official(first, match.span("first"), office_name(match["first"]), region, False, False)
        span = (match.start("second"), end)
        yield Official(second, span, office_name(match["second"]), region, False, False)


def _name_at(text: str, position: int) -> Span | None:
    """The name of a person that begins here, without titles and degrees."""
    words: list[re.Match[str]] = []
    while len(words) < 5:
        match = _NAME_WORD.match(text, position)
        if match is None or (match.end() < len(text) and text[match.end()].isalnum()):
            if words and (joint := _NAME_JOINT.match(text, position)):
                position = joint.end()
                continue
            break
        folded = match[0].casefold().rstrip(".")
        # "I Nyoman", "Anak Agung" and "MGS Hakim" are names, though "I", "anak" and "hakim" alone belong to offices.
        if folded in _NO_NAME - ({"hakim"} if words else {"muda"}) or (
            not words and folded in _BODY - {"i", "anak", "lalu"}
        ):
            break
        if words and re.fullmatch(r"[SM][A-Z]{1,3}", match[0]) and _DEGREES.match(text, match.start()):
            break
        words.append(match)
        space = _SPACES.match(text, match.end())
        if space is None:
            break
        position = space.end()
    while words and len(words[-1][0].rstrip(".")) == 1 and not words[-1][0].endswith("."):
        words.pop()
    if not words or max(len(word[0]) for word in words) < 3:
        return None
    printed = text[words[0].start() : words[-1].end()]
    if (
        printed.isupper()
        or regions_named(printed)
        or OFFICE.match(printed)
        or (len(words) == 1 and mention_at(text, words[0].start()))
    ):
        return None
    return words[0].start(), words[-1].end()


# --- a whole article, and a question --------------------------------------------------------------------------


def officials_of(text: str) -> list[Official]:
    """The officials named with office and region; a later "Bupati Askolani" counts for the one named before."""
    offices = list(find_offices(text))
    found = _named_in(text, offices)[:MOST_OFFICIALS]
    full = [official for official in found if official.region]
    regions: defaultdict[str, set[str]] = defaultdict(set)
    for office in offices:
        if office.region:
            regions[office.office.removeprefix("wakil ")].add(office.region)
    resolved: list[Official] = []
    for official in found:
        region = official.region
        if not region:
            # "Bupati Askolani" is the "Bupati Banyuasin, H. Askolani" of before; a deputy, a secretary or staff is of
            # the same region as its head.
            same = {
                other.region
                for other in full
                if (
                    other.office == official.office
                    and same_person(text[slice(*other.name)], text[slice(*official.name)])
                )
                or official.office in (f"wakil {other.office}", f"staf khusus {other.office}")
                or (official.office == "sekretaris daerah" and other.office in ("bupati", "wali kota", "gubernur"))
            }
            # "Bupati Pasangkayu membuka rapat. Bupati Agus Ambo Djiwa …": the article knows one such office only.
            if not same and official.office in _HEADS_OF_REGIONS and " " in text[slice(*official.name)]:
                same = regions[official.office]
            if len(same) != 1:
                continue
            (region,) = same
        resolved.append(msgspec.structs.replace(official, region=region))
        full.append(resolved[-1])
    return resolved


def same_person(name: str, other: str) -> bool:
    """Whether two names may be one person's: all words of the shorter stand in the longer."""
    words, others = ({word for word in words_of(one) if len(word) > 1} for one in (name, other))
    return bool(words and others) and (words <= others or others <= words)


class AskedOffice(msgspec.Struct, frozen=True):
    """The office a question asks the holder of."""

    office: str
    region: str
    acting: bool
    former: bool

    @property
    def offices(self) -> list[str]:
        """The office, and where it is one of several and the question does not say which, each of them."""
        several = _NUMBERED.match(self.office)
        if several is None or several[2].split()[0] in _NUMERALS.values():
            return [self.office]
        return [self.office, *(f"{several[1]} {numeral} {several[2]}" for numeral in _NUMERALS.values())]

    @property
    def text(self) -> str:
        """Office and region as people write them: "Ketua DPRD Banyuasin"."""
        words = f"{self.office} {self.region}".split()
        return " ".join(word.upper() if word in _UPPER else word.capitalize() for word in words)


_SUFFIXED = lexicon.words("embeddings.topics.officials", "suffixed.txt")
_ASIDES = lexicon.words("embeddings.topics.officials", "asides.txt")
_UPPER = lexicon.words("embeddings.topics.officials", "capitals.txt")


def asked_office(content: Sequence[str]) -> AskedOffice | None:
    """What office the content words of a question name, if they name an office and its region and nothing else."""
    # "wakilnya bupati banyuasin siapa"
    plain = [word.removesuffix("nya") if word.removesuffix("nya") in _SUFFIXED else word for word in content]
    words = office_name(" ".join(plain)).split()
    # The comma tells that a village's name is over.
    text = " ".join(word.upper() if word in _UPPER else word.capitalize() for word in words) + ","
    offices = list(find_offices(text, headlines=True))
    if len(offices) != 1:
        return None
    (office,) = offices
    before, after = text[: office.span[0]], text[office.span[1] :]
    if not office.region and regions_named(before):
        office, before = msgspec.structs.replace(office, region=canonical(before)), ""
    if not office.region:
        return None
    rest = words_of(before + after)
    if any(word not in _ASIDES and not word.isdigit() for word in rest):
        return None
    return AskedOffice(office.office, office.region, office.acting, office.former or "dulu" in rest)


def asked_region(content: Sequence[str]) -> str | None:
    """The region whose officials a question asks for: "pejabat banyuasin"."""
    if len(content) < 2 or content[0] != "pejabat" or not regions_named(" ".join(content[1:])):
        return None
    return canonical(" ".join(content[1:]))
