"""Find the meetings that an article tells of: what was held, where, when, by whom, and who was there."""

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec

from embeddings.indonesian.dates import DateMention, complete_date, find_dates
from embeddings.indonesian.regions import names_region, regions_printed, wider_regions
from embeddings.passages import Span, split_sentences
from embeddings.sources.files import Article
from embeddings.topics.officials.find import in_headline

# Kinds of meeting as they are printed, and the one name of each.
_SHORT = {
    "rakor": "rapat koordinasi", "raker": "rapat kerja", "rakorda": "rapat koordinasi daerah",
    "rakorcam": "rapat koordinasi kecamatan", "rakornas": "rapat koordinasi nasional",
    "rakerda": "rapat kerja daerah", "rakernas": "rapat kerja nasional", "kunjungan kerjanya": "kunjungan kerja",
    "kunker": "kunjungan kerja", "musdes": "musyawarah desa", "bimtek": "bimbingan teknis",
    "rdp": "rapat dengar pendapat", "musrenbang": "musyawarah perencanaan pembangunan",
    "fgd": "focus group discussion", "dilantik": "pelantikan", "melantik": "pelantikan",
    "sidang paripurna": "rapat paripurna", "halal bihalal": "halalbihalal",
}  # fmt: skip
_AFTER_RAPAT = (
    "koordinasi|kerja|paripurna|pleno|evaluasi|sinkronisasi|pimpinan|persiapan|terbatas|dengar pendapat|pembahasan"
    "|internal|gabungan|konsultasi|konsolidasi|kesiapan|penyusunan|monitoring|pembinaan|umum|anggota|tahunan|dinas|virtual"
    "|pengarahan|pertanggungjawaban|panitia|finalisasi|penetapan"
)
# Kinds that are nearly always one event, and kinds that are so only where a day is named.
_SURE = (
    rf"rapat(?: (?:{_AFTER_RAPAT}))+|rakor(?:da|cam|nas)?|raker(?:da|nas|kab|wil)?|kunjungan kerja(?:nya)?|kunker"
    r"|musrenbang\w*|musyawarah perencanaan pembangunan|musyawarah (?:desa|daerah|besar|cabang)|musdes|rdp"
    r"|sidang paripurna|safari ramadh?an|halal ?bi ?halal|focus group discussion|fgd|upacara pelantikan"
    r"|bimbingan teknis|bimtek|audiensi"
)
_ONLY_WITH_A_DAY = (
    "rapat|pelantikan|dilantik|melantik|sosialisasi|upacara|apel|peresmian|deklarasi|seminar|workshop|lokakarya"
    "|pertemuan|rembuk stunting"
)
_KIND = re.compile(rf"(?<![\w-])(?:(?P<sure>{_SURE})|(?P<dated>{_ONLY_WITH_A_DAY}))(?![\w-])", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\s*\((?:[A-Z][A-Za-z]{1,15}|rakor|raker|kunker|musrenbang)\)")
_VERBS = (
    r"menggelar|digelar(?:nya)?|gelar|mengadakan|diadakan|melaksanakan|dilaksanakan(?:nya)?|menyelenggarakan|diselenggarakan|mengumpulkan"
    r"|menghadiri|dihadiri|hadiri|mengikuti|diikuti|ikuti|memimpin|dipimpin|pimpin|membuka|dibuka|berlangsung|bertempat|melakukan|lakukan"
)
_HELD = re.compile(rf"\b(?:{_VERBS})\b", re.IGNORECASE)
_DURING = re.compile(rf"\b(?:{_VERBS}|usai|seusai|saat|ketika|dalam|sela|sela-sela|hasil|jalannya)\b", re.IGNORECASE)
_PLANNED = re.compile(r"\b(?:akan|rencananya|dijadwalkan|direncanakan|bakal|mendatang)\b", re.IGNORECASE)
# "bisa menggelar rapat", "akan dibahas dalam rapat": without a day nothing tells that it was held or will be.
_WISHED = re.compile(
    r"\b(?:akan|bakal|segera|bisa|dapat|perlu|harus|wajib|ingin|agar|supaya|diminta|meminta|minta|menargetkan|berharap|rencana\w*)\b",
    re.IGNORECASE,
)
_NEARBY = 80
_HABITUAL = re.compile(
    r"\b(?:setiap|tiap|terus|biasanya|selalu|rutin|sering|kerap|jika|apabila|kalau)\b", re.IGNORECASE
)
_LEVEL = r"(?:[Kk]abupaten|[Kk]ecamatan|[Dd]esa|[Kk]elurahan|[Kk]ota|[Pp]rovinsi|Kab\.?|Kec\.?|Prov\.?|Jalan|Jl\.?)"
_PROPER = r"(?:[A-Z0-9][\w.'’/-]*|\([A-Z]\w+\))"
_BUILDINGS = (
    r"(?:(?:[Aa]ula|[Kk]antor|[Gg]edung|[Hh]alaman|[Ll]apangan|[Rr]uang(?:an)?|[Bb]alai|[Rr]umah|[Pp]endopo|[Hh]otel|[Bb]allroom"
    r"|[Aa]lun-alun|[Mm]asjid|[Tt]aman|[Kk]awasan|[Pp]asar|[Ss]ekolah|[Ss]tadion|[Kk]ampus|[Pp]elabuhan|[Ww]isma|[Gg]raha|[Ss]ekretariat"
    r"|[Kk]ediaman|[Ll]okasi|[Pp]ondok|[Pp]esantren|[Kk]onvensi|[Rr]apat|[Ss]idang|[Pp]aripurna|[Dd]inas|[Bb]upati|[Dd]aerah|[Uu]tama|[Pp]ertemuan|"
    r"[Ss]erbaguna|[Jj]abatan|[Ll]antai|[Ss]etda|[Cc]amat|[Dd]ewan|[Pp]emkab|[Pp]emkot|kecamatan|kabupaten|desa|kota|kelurahan|provinsi|tersebut|setempat)\s+)"
)
_NAMED = rf"(?:{_LEVEL}\s+)?{_PROPER}(?:\s+(?:{_LEVEL}\s+)?{_PROPER})*"
_UNNAMED = r"(?:kecamatan|kabupaten|desa|kota|kelurahan|provinsi)\s+(?:tersebut|setempat)"
_OFFICE = r"(?:aula|pendopo|kantor|balai|gedung) (?:kecamatan|kabupaten|desa|kota|bupati|camat)(?: tersebut| setempat)?"
_PLACE = re.compile(
    rf"\bdi\s+(?P<place>(?:{_BUILDINGS}*{_NAMED}|{_BUILDINGS}*{_UNNAMED}|{_OFFICE})(?:,\s+{_LEVEL}\s+{_NAMED})*)"
)
_OF_THE_MEETING = re.compile(
    r"\b(?:rapat|rakor|kegiatan|acara|pertemuan|kunjungan|kunker|musrenbang|upacara)(?:nya)?\s+(?:ini|itu|tersebut)\b"
    r"|\bdigelarnya\b|\bdilaksanakannya\b|^\s*[Bb]ertempat\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(?:[Tt]urut (?:hadir|dihadiri|mendampingi|serta)|[Hh]adir(?!\s+(?:di tengah|untuk|sebagai|bagi)\b)|hadirnya"
    r"|[Dd]ihadiri|[Mm]enghadiri|[Dd]idampingi"
    r"|[Dd]iikuti (?:oleh|para|seluruh|sejumlah|sekitar|sebanyak|ratusan|puluhan|ribuan|\d+))\b"
)
_HOST = re.compile(
    r"(?P<host>(?:Pemerintah(?: Daerah)?|Pemkab|Pemkot|Pemprov|Pemda|Pemdes|Kecamatan|Desa"
    r"|Kelurahan|DPRD|Dinas|Badan|Sekretariat|KPU|Bawaslu|Polres|Polsek|Kodim|Forkopimda"
    r"|Forkopimcam|Kantor|TP[ -]PKK|[A-Z][A-Za-z]*(?:da|kab|kot|prov))"
    r"(?:\s+(?:[A-Z][\w/-]*|dan|\([A-Z][\w ]*\)))*)\s*(?:,\s*)?(?:kembali |telah |juga |akan )?"
    r"(?:menggelar|mengadakan|melaksanakan|menyelenggarakan|gelar)\b"
)
# Where the name of a meeting ends.
_TOPIC_ENDS = re.compile(
    r"\s*[,.;:“”\"]|\s+(?:di|pada|yang|dalam|untuk|guna|sekaligus|serta|digelar|dilaksanakan|diadakan|bertempat|adalah"
    r"|ini|itu|tersebut|oleh"
    r"|agar|karena|juga|akan|telah|sudah|berlangsung|merupakan|dilakukan|dihadiri|dibuka|dipimpin|usai|kemarin|hari|saat|selama|sebagai|disamping"
    r"|selain|dari|diikuti|langsung|kata|ujar|dengan|mengatakan|menyampaikan|pihaknya|kami|kita|ia|dia|menjadi|hingga|sebelum|setelah)\b|\s+[-–—(]|\n"
)
_UNTIL = re.compile(
    r"(?:\b(?:hingga|sampai(?: dengan)?|mulai|sejak|s/d)\s+(?:tanggal\s+)?|\d\s?[-–]\s?)$", re.IGNORECASE
)
_POINTS_BACK = re.compile(r"(?:\s*\(\w+\))?\s+(?:itu|tersebut|ini)\b")
LONGEST_NAME = 90
KINDS = tuple(
    sorted(
        {
            *_SHORT.values(),
            "rapat",
            *(f"rapat {word}" for word in _AFTER_RAPAT.split("|")),
            *_ONLY_WITH_A_DAY.split("|"),
        }
        | {"audiensi", "safari ramadan", "musyawarah daerah"},
        key=lambda kind: (-len(kind.split()), kind),
    )
)
"""The names of kinds of meeting, those of more words first."""


class Meeting(msgspec.Struct, frozen=True):
    """A meeting that an article tells of; spans are offsets into the article's text."""

    kind: str
    """Under its one name, in lower case: "rapat koordinasi"."""
    named: Span
    """The words for its kind: "Rakor"."""
    what: Span
    """Its name, as far as the sentence gives it."""
    evidence: Span
    """The sentence that tells of it."""
    regions: tuple[str, ...]
    """The regions it was held in or by, by canonical name, and those that they lie in."""
    day: Span | None = None
    """When it was held, as printed."""
    held: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(?:0[1-9]|1[0-2])-\d\d$")] | None = None
    """The same as ISO 8601, only where the article tells it for certain."""
    place: Span | None = None
    host: Span | None = None
    present: tuple[Span, ...] = ()
    """The sentences that name who was there."""


def find_meetings(article: Article) -> list[Meeting]:
    """The meetings that an article tells of, one of each kind, in the order of the text."""
    text = article.text
    sentences = [span for span in split_sentences(text) if not in_headline(text, span[0])]
    told: dict[str, list[tuple[int, re.Match[str]]]] = {}
    for number, (start, end) in enumerate(sentences):
        for match in _KIND.finditer(text, start, end):
            kind = meeting_kind(match[0])
            # "rapat tersebut" is the meeting named before, whatever its kind; "(musrenbang)" its name once more.
            again = text[match.start() - 1 : match.start()] == "(" and told
            if not again and not (kind in ("rapat", "pertemuan") and _OF_THE_MEETING.match(text, match.start())):
                told.setdefault(_family(kind, told), []).append((number, match))
    found = [meeting for kind, mentions in told.items() if (meeting := _meeting(article, sentences, kind, mentions))]
    return [_with_present(text, sentences, meeting, found) for meeting in found]


def meeting_kind(printed: str) -> str:
    """The one name of a kind of meeting: "Rakor" is "rapat koordinasi"."""
    name = " ".join(printed.casefold().split())
    if name.startswith("musrenbang"):
        return _SHORT["musrenbang"]
    return _SHORT.get(name, name)


def _family(kind: str, told: dict[str, list[tuple[int, re.Match[str]]]]) -> str:
    """A short or a longer name of what was told of before: "rapat" after "rapat koordinasi"."""
    for known in told:
        if known.startswith(kind + " ") or kind.startswith(known + " "):
            return known
    return kind


def _meeting(
    article: Article, sentences: Sequence[Span], kind: str, mentions: Sequence[tuple[int, re.Match[str]]]
) -> Meeting | None:
    """What the sentences on one kind of meeting come to; None where none tells that it was or will be held."""
    text = article.text
    tells = [
        (number, match, day)
        for number, match in mentions
        if (day := _day_in(text, sentences, number, match)) or _is_told(text, sentences[number], match)
    ]
    if not tells:
        return None
    number, match, day = next((told for told in tells if told[2]), tells[0])
    evidence = (min(sentences[number][0], day.span[0] if day else match.start()), sentences[number][1])
    evidence = next((start for start, end in sentences if start <= evidence[0] < end), evidence[0]), evidence[1]
    words = text[slice(*evidence)]
    # "Rapat dilaksanakan di …": a sentence that begins with the meeting tells of it again.
    named_again = {other for other, again in mentions if again.start() - sentences[other][0] < len("Kegiatan ")}
    place = _place_in(text, evidence, match.end()) or _place_elsewhere(text, sentences, number, named_again)
    planned = _PLANNED.search(text, evidence[0], match.start()) is not None
    host = _HOST.search(words)
    regions = regions_printed(words) | (regions_printed(text[slice(*place)]) if place else set())
    if not regions:
        regions = regions_printed(f"{article.title or ''} {article.place or ''}")
    wider = {wide for region in regions for wide in wider_regions(region) if names_region(text, wide)}
    return Meeting(
        kind,
        match.span(),
        _name(text, match, evidence[1]),
        evidence,
        tuple(sorted(regions | wider)),
        day.span if day else None,
        complete_date(day, article.published, planned) if day else None,
        place,
        (evidence[0] + host.start("host"), evidence[0] + host.end("host")) if host else None,
    )


def _is_told(text: str, sentence: Span, match: re.Match[str]) -> bool:
    """Whether a sentence without a day tells of one meeting, and not of meetings in general."""
    unsure = match["dated"] and not (match[0].casefold() == "rapat" and _PLACE.search(text, match.end(), sentence[1]))
    if unsure or _is_habitual(text, sentence[0], match, sentence[1]):
        return False
    near = text[max(sentence[0], match.start() - _NEARBY) : match.start()]
    after = text[match.end() : min(sentence[1], match.end() + _NEARBY)]
    if _WISHED.search(near):
        return False
    return _DURING.search(near) is not None or _HELD.search(after) is not None


def _day_in(text: str, sentences: Sequence[Span], number: int, match: re.Match[str]) -> DateMention | None:
    """The day nearest behind the meeting's name in its sentence, or else the last one before it."""
    days = _days(text, sentences[number])
    # "Kunjungan kerja (kunker) itu berlangsung di …": the sentence before has named it, and its day.
    if not days and number and _POINTS_BACK.match(text, match.end()):
        days = _days(text, sentences[number - 1])
    behind = [day for day in days if day.span[0] >= match.end()]
    before = [day for day in days if day.span[1] <= match.start()]
    day = behind[0] if behind else before[-1] if before else None
    # "setiap Senin" is no day.
    if day is None or _is_habitual(text, sentences[number][0], match, max(day.span[0], match.end())):
        return None
    # "Sosialisasi juga dengan tetangga. Pas Sabtu …": a bare weekday dates only what is told to be held.
    bare = match["dated"] and day.day is None and not _HELD.search(text, *sentences[number])
    return None if bare else day


def _is_habitual(text: str, start: int, match: re.Match[str], end: int) -> bool:
    return _HABITUAL.search(text, max(start, match.start() - _NEARBY), min(end, match.end() + _NEARBY)) is not None


def _days(text: str, sentence: Span) -> list[DateMention]:
    return [
        msgspec.structs.replace(day, span=(sentence[0] + day.span[0], sentence[0] + day.span[1]))
        for day in find_dates(text[slice(*sentence)])
        # "mulai Senin hingga 8 Desember": no day on which something was held.
        if not _UNTIL.search(text, sentence[0], sentence[0] + day.span[0])
    ]


def _name(text: str, match: re.Match[str], end: int) -> Span:
    start, position = match.span()
    if abbreviation := _ABBREVIATED.match(text, position, end):
        position = abbreviation.end()
    limit = min(end, position + LONGEST_NAME)
    days = find_dates(text[position:limit])
    stop = _TOPIC_ENDS.search(text, position, limit)
    ends = [limit] if limit == end else [max(text.rfind(" ", position, limit), position)]
    ends += [stop.start()] if stop else []
    ends += [position + days[0].span[0]] if days else []
    return start, start + len(text[start : min(ends)].rstrip(" ,.;–-"))


def _place_in(text: str, sentence: Span, after: int) -> Span | None:
    """The place behind the meeting's name, or the only one before it."""
    found = [match.span("place") for match in _PLACE.finditer(text, *sentence)]
    behind = [span for span in found if span[0] >= after]
    # The last one before the day: "di wilayah X ... digelar di Y".
    chosen = behind[-1] if behind and _HELD.search(text[after : behind[-1][0]]) else behind[0] if behind else None
    chosen = chosen or (found[-1] if len(found) == 1 else None)
    return _without_day(text, chosen) if chosen else None


def _place_elsewhere(text: str, sentences: Sequence[Span], number: int, named_again: set[int]) -> Span | None:
    for position, other in enumerate(sentences):
        near = number - 1 <= position <= number + 3 and _OF_THE_MEETING.search(text[slice(*other)])
        again = position in named_again and _HELD.search(text, *other)
        if (near or again) and (found := _PLACE.search(text, *other)):
            return _without_day(text, found.span("place"))
    return None


def _without_day(text: str, place: Span) -> Span | None:
    days = find_dates(text[slice(*place)])
    end = place[0] + days[0].span[0] if days else place[1]
    printed = text[place[0] : end].rstrip(" ,.(")
    return (place[0], place[0] + len(printed)) if printed else None


def _with_present(text: str, sentences: Sequence[Span], meeting: Meeting, every: Sequence[Meeting]) -> Meeting:
    """The meeting with the sentences on who was there; each belongs to the meeting told of last before it."""
    present = []
    for sentence in sentences:
        if _PRESENT.search(text, *sentence):
            last = max((one for one in every if one.what[0] <= sentence[1]), key=lambda one: one.what[0], default=None)
            if last is meeting:
                present.append(sentence)
    lists = [
        span
        for span in present
        if re.match(r"(?:[Tt]urut|[Hh]adir(?!\s+(?:di tengah|untuk|sebagai|bagi)\b)|[Tt]ampak)", text[span[0] :])
    ]
    return msgspec.structs.replace(
        meeting, present=tuple([*lists, *(span for span in present if span not in lists)][:3])
    )
