"""Questions on local-government news made from the news itself: offices, events, dates, places, numbers.

Each question stands with a passage that answers and with passages that differ from such a one by as little as
possible: another office, another region, the name, date, place or number left out. So only reading tells them apart.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from embeddings.indonesian import dates
from embeddings.indonesian.regions import canonical
from embeddings.indonesian.sentences import split_sentences
from embeddings.topics.officials.find import find_officials
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.offices import find_offices
from embeddings.training.questions import Example, rows
from embeddings.types import Span

SOURCE = "localgov"
SHORTEST, LONGEST = 100, 600

_WHO = ("Siapa {o} {r}?", "Siapa {o} {r}?", "siapa {o} {r}", "Siapa nama {o} {r}?", "Siapakah {o} {r}?", "{o} {r} siapa?",
        "Siapa yang menjabat {o} {r}?", "{o} {r} sekarang siapa ya?", "nama {o} {r}", "Siapa nama {o} {r} saat ini?",
        "siapa yang menjadi {o} di {r}?", "{o} {r}", "Siapa {o} {r} sekarang?", "Dijabat siapa posisi {o} {r}?")  # fmt: skip
_WHO_ENGLISH = ("Who is the {o} of {r}?", "who is {r} {o}?", "What is the name of the {o} of {r}?", "{o} of {r}, who?")
_OFFICES_ENGLISH = {
    "bupati": ("regent",), "wakil bupati": ("deputy regent", "vice regent"), "wali kota": ("mayor",),
    "wakil wali kota": ("deputy mayor", "vice mayor"), "gubernur": ("governor",),
    "wakil gubernur": ("deputy governor", "vice governor"), "camat": ("district head", "head of district", "camat"),
    "lurah": ("village chief", "urban village head"), "kepala desa": ("village head",),
    "kapolres": ("police chief", "chief of police"), "kapolsek": ("district police chief",),
    "kapolda": ("provincial police chief",), "sekretaris daerah": ("regional secretary",), "sekda": ("regional secretary",),
    "ketua dprd": ("council speaker", "chairman of the regional council", "DPRD chairman"),
    "kepala dinas kesehatan": ("head of the health office", "health agency chief"),
    "kepala dinas pendidikan": ("head of the education office",), "dandim": ("military district commander",),
}  # fmt: skip
_NEAR_OFFICES = {
    "bupati": ("wakil bupati", "sekda", "ketua dprd"), "wakil bupati": ("bupati", "wakil ketua dprd"),
    "wali kota": ("wakil wali kota", "sekda"), "wakil wali kota": ("wali kota",), "gubernur": ("wakil gubernur", "sekda"),
    "wakil gubernur": ("gubernur",), "camat": ("kapolsek", "lurah", "danramil", "sekcam", "kepala kua"),
    "kapolsek": ("camat", "danramil"), "kapolres": ("dandim", "bupati", "kasat reskrim"), "kapolda": ("gubernur", "pangdam"),
    "kepala desa": ("camat", "sekretaris desa"), "lurah": ("camat", "kapolsek"), "danramil": ("camat", "kapolsek"),
    "sekretaris daerah": ("bupati", "wakil bupati"), "sekda": ("bupati", "wakil bupati", "wali kota"),
    "ketua dprd": ("wakil ketua dprd", "bupati", "ketua kpu"), "wakil ketua dprd": ("ketua dprd",),
}  # fmt: skip
_OTHER_OFFICES = (
    "kepala dinas kesehatan", "kepala dinas pendidikan", "kepala dinas perhubungan", "kepala dinas sosial", "kajari",
    "kepala bpbd", "kepala dinas pertanian", "ketua kpu", "kepala bappeda", "ketua tp pkk", "dandim", "kapolres",
    "kepala dinas pupr", "kasat reskrim", "ketua bawaslu", "inspektur", "kepala dinas lingkungan hidup", "kadishub",
)  # fmt: skip
_EVENT = re.compile(
    r"\b(?:rapat (?:koordinasi|paripurna|kerja|evaluasi|sinkronisasi|pleno|pimpinan|persiapan)|rakor|rapat|musrenbang|kunjungan kerja|kunker"
    r"|kunjungan|pelantikan|sosialisasi|upacara|apel|sidang|deklarasi|peresmian|peringatan|bimtek|bimbingan teknis|pelatihan"
    r"|seminar|penyuluhan|pertemuan|festival|lomba|pameran|operasi pasar|penyerahan bantuan|penyerahan|launching|konferensi pers|"
    r"jumpa pers|diskusi|workshop|silaturahmi|halalbihalal|safari ramadan|unjuk rasa|demonstrasi|karnaval|gotong royong|"
    r"pemeriksaan kesehatan|razia|debat|pemungutan suara|dialog|acara|kegiatan)\b(?: [\w/-]+){0,5}",
    re.IGNORECASE,
)
_EVENT_ENDS = re.compile(
    r" (?:di|pada|yang|dengan|untuk|bersama|dan|ini|itu|tersebut|dalam|oleh|ke|dari|sebagai|akan|telah|para|saat|serta|juga|kata|ujar"
    r"|ucap|adalah|terkait|tentang|bertempat|guna|agar|karena|\d+|senin|selasa|rabu|kamis|jumat|sabtu|minggu|hari|usai|setelah|sekaligus)\b.*$",
    re.IGNORECASE,
)
_EVENTS_ENGLISH = {
    "rapat koordinasi": "coordination meeting", "rakor": "coordination meeting", "rapat paripurna": "plenary session",
    "musrenbang": "development planning meeting", "kunjungan kerja": "working visit", "pelantikan": "inauguration",
    "sosialisasi": "outreach event", "rapat": "meeting", "pelatihan": "training", "upacara": "ceremony",
    "peresmian": "opening", "festival": "festival", "lomba": "competition",
}  # fmt: skip
_DATE = re.compile(
    rf"(?:pada\s+)?(?:hari\s+)?(?:\b(?:{'|'.join(map(re.escape, dates.WEEKDAYS))})\b\s*+,?\s*+(?:(?:pagi|siang|sore|malam)\s*+,?\s*+)?)?"
    rf"(?:\(\s*\d{{1,2}}\s*[/.-]\s*\d{{1,2}}(?:\s*[/.-]\s*\d{{2,4}})?\s*\)|\b\d{{1,2}}\s+(?:{'|'.join(dates.MONTHS)})\b(?:\s+\d{{4}})?)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:bertempat )?di (?P<place>(?:(?:aula|kantor|gedung|halaman|lapangan|ruang|balai|rumah|pendopo|hotel|ballroom|alun-alun|masjid|taman|"
    r"kawasan|pasar|sekolah|stadion|Aula|Kantor|Gedung|Halaman|Lapangan|Ruang|Balai|Rumah|Pendopo|Hotel|Ballroom|Alun-alun|Desa|Kelurahan|Kecamatan|Masjid|Taman|GOR|Stadion|Pasar)"
    r"\s+)+[A-Z0-9][\w.'-]*(?:\s+(?:[A-Z][\w.'-]*|\d+|[IVX]+))*)"
)
_COUNTED = re.compile(
    r"(?<![\w.,/(])(?P<number>(?:sekitar |sebanyak |mencapai |lebih dari |hampir )?(?:\d[\d.,]*\d|\d+)(?: (?:ribu|juta|miliar|triliun))?(?: \([a-z ]+\))?) "
    r"(?P<noun>(?:orang|jiwa|desa|kecamatan|kelurahan|warga|siswa|guru|rumah|unit|ekor|hektare|hektar|persen|kepala keluarga|KK|peserta|perusahaan|"
    r"sekolah|anak|pegawai|korban|kasus|ton|kilometer|meter|pelaku usaha|pedagang|kendaraan|pemilih|TPS|petani|personel|pasien|paket|bayi|perempuan|"
    r"penumpang|mahasiswa|kilogram|liter|kursi|program|titik|bangunan|tenaga \w+|guru \w+|warga \w+|desa \w+|rumah \w+|anak \w+|siswa \w+))\b"
)
_MONEY = re.compile(
    r"\b(?P<noun>anggaran|dana|biaya|nilai|bantuan|kerugian|APBD|pendapatan|insentif|gaji|investasi|alokasi|pagu|PAD|tunjangan|denda|tarif|honor)"
    r"(?P<between>[^.\n]{0,40}?)(?P<number>Rp\.?\s?\d[\d.,]*(?:\s(?:ribu|juta|miliar|triliun))?)"
)
_ATTENDED = re.compile(
    r"(?:[Tt]urut hadir|[Dd]ihadiri(?: (?:langsung )?oleh)?|[Tt]urut dihadiri(?: oleh)?|[Hh]adir (?:pula|juga|dalam (?:kegiatan|acara|rapat) (?:ini|itu|tersebut)))"
    r"[^.\n]{0,40}?(?P<who>[A-Z][^\n]{20,260}?)(?=\.(?:\s|$)|\n|$)"
)
_PURPOSE = re.compile(
    r"\b(?:bertujuan(?: untuk)?|tujuannya(?: adalah)?(?: untuk)?|dalam rangka)\s+(?P<why>[^.,\n]{15,140})"
)
_THEME = re.compile(r"\b(?:ber)?tema(?:kan)?\s+(?P<theme>[“\"'][^”\"'\n]{8,120}[”\"'])", re.IGNORECASE)
_ACRONYM = re.compile(
    r"(?P<full>(?:[A-Z][\w-]{1,40}\s+(?:dan\s+|atau\s+)?){1,6}[A-Z][\w-]{1,40})\s+\((?P<short>[A-Z][A-Za-z]{1,9})\)"
)

_OFFICES_OF_DISTRICTS = (
    "Camat", "Danramil", "Kapolsek", "Kepala KUA", "Kades", "Kepala Puskesmas", "Lurah", "Sekcam",
)  # fmt: skip
_OFFICES_OF_REGENCIES = ("Bupati", "Wakil Bupati", "Sekda", "Ketua DPRD", "Kapolres", "Dandim")
_OTHER_GUESTS = (
    "Forkopimcam", "Para Kepala Desa", "Tokoh Masyarakat", "Tokoh Agama", "Penggerak TP-PKK", "Kepala OPD",
    "undangan lainnya", "Ketua BPD",
)  # fmt: skip
_GUEST_OPENERS = (
    "Turut hadir ", "Hadir dalam kegiatan tersebut ", "Acara dihadiri ", "Turut hadir mendampingi ",
    "Kegiatan itu dihadiri oleh ",
)  # fmt: skip

CHITCHAT = (
    "halo", "hai", "hi", "pagi", "selamat pagi", "selamat malam min", "assalamualaikum", "terima kasih", "makasih ya",
    "apa kabar?", "kamu siapa?", "siapa kamu", "test", "tes", "p", "ping", "ok", "oke sip", "mantap", "wkwkwk", "bot bodoh",
    "bisa bantu saya?", "kamu bisa apa?", "hello", "good morning", "thanks", "who are you?", "aku bosan", "lagi apa?",
    "sudah makan belum?", "ceritakan lelucon", "nyanyi dong", "i love you", "asdfgh", "qwerty", "???", "123", "haha",
    "resep rendang", "bagaimana cara membuat nasi goreng?", "cara memasak opor ayam", "resep kue lapis legit",
    "siapa presiden amerika serikat?", "siapa presiden prancis?", "siapa penemu lampu?", "siapa pencipta lagu indonesia raya?",
    "ibu kota australia?", "apa ibu kota jepang?", "berapa harga emas hari ini?", "harga emas antam", "kurs dolar hari ini",
    "berapa harga bbm pertalite?", "cuaca besok gimana?", "besok hujan tidak?", "jadwal liga inggris malam ini",
    "skor timnas indonesia tadi malam", "siapa juara piala dunia 2022?", "rekomendasi film bagus", "lirik lagu bintang kecil",
    "berapa hasil 12 x 13?", "what is the capital of france?", "how do i cook rice?", "who won the world cup?",
    "berapa jarak bumi ke matahari?", "apa itu fotosintesis?", "siapa nabi terakhir?", "cara menurunkan berat badan",
    "obat sakit kepala apa?", "cara daftar bpjs online", "link streaming bola", "nomor telepon pemadam kebakaran",
    "jam berapa sekarang?", "hari ini tanggal berapa?", "kapan lebaran tahun depan?", "zodiak leo minggu ini",
    "laptop murah terbaik", "cara reset hp samsung", "siapa artis paling kaya?", "berapa tinggi gunung everest?",
    "kapan indonesia merdeka?", "apa arti mimpi digigit ular?", "tiket kereta jakarta surabaya", "harga iphone terbaru",
    "cara membuat paspor", "lowongan kerja terbaru", "hotel murah di bali", "resep sambal terasi", "berapa umur bumi?",
)  # fmt: skip


class Passage(msgspec.Struct, frozen=True):
    """A piece of an article: what stands before it, and its text."""

    context: str
    text: str


def load_passages(data: Path, chance: random.Random, localgov: int = 1) -> list[Passage]:
    """Passages of local-government news, about as long as those that are searched."""
    found: list[Passage] = []
    for row in rows(data / "corpus" / "news.jsonl.gz"):
        if row["localgov"] < localgov:
            continue
        head = "".join(
            f"{part}\n"
            for part, share in ((row["title"], 0.75), (row.get("date"), 0.5))
            if part and chance.random() < share
        )
        start, wanted, end = 0, chance.randint(SHORTEST, LONGEST), 0
        for sentence in split_sentences(row["text"]):
            if sentence[1] - start > wanted and end > start:
                found.append(Passage(head, row["text"][start:end]))
                start, wanted = sentence[0], chance.randint(SHORTEST, LONGEST)
            end = sentence[1]
        if SHORTEST <= end - start <= 2 * LONGEST:
            found.append(Passage(head, row["text"][start:end]))
    return found


def make_examples(passages: Sequence[Passage], regions: Sequence[str], chance: random.Random) -> list[Example]:
    """All questions, each with both labels."""
    names = sorted({
        passage.text[slice(*official.name)]
        for passage in passages
        for official in find_officials(passage.text)
        if official.region and " " in passage.text[slice(*official.name)]
    })  # fmt: skip
    found: list[Example] = []
    makers: tuple[Callable[[Passage], Iterator[Example]], ...] = (
        lambda passage: _who(passage, names, regions, chance),
        lambda passage: _holders_of_nothing(passage, names, chance),
        lambda passage: _what_office(passage, names, chance),
        lambda passage: _events(passage, regions, chance),
        lambda passage: _numbers(passage, chance),
        lambda passage: _phrases(passage, chance),
    )
    for passage in passages:
        for maker in makers:
            found.extend(maker(passage))
    found.extend(_guest_lists(passages, names, regions, chance, count=1200))
    for _ in range(700):
        found.append(_no(chance.choice(CHITCHAT), chance.choice(passages)))
    return found


# --- offices --------------------------------------------------------------------------------------------------


def _who(passage: Passage, names: Sequence[str], regions: Sequence[str], chance: random.Random) -> Iterator[Example]:
    text = passage.text
    officials = [official for official in find_officials(text) if official.region]
    held = {(official.office, official.region) for official in find_offices(text)}
    asked: set[tuple[str, str]] = set()
    for official in officials:
        key = (official.office, official.region)
        if key in asked or official.former or len(official.office) > 60:
            continue
        asked.add(key)
        region = _region_as_printed(text, official)
        question = _ask_who(official.office, region, chance)
        yield _yes(question, passage, official.name)
        # Another office or another region: the same passage says nothing of it.
        office = chance.choice(_NEAR_OFFICES.get(official.office, _OTHER_OFFICES))
        if (office, official.region) not in held and office not in text.casefold():
            yield _no(_ask_who(office, region, chance), passage)
        other = _other_region(region, regions, chance)
        if other.casefold() not in text.casefold():
            yield _no(_ask_who(official.office, other, chance), passage)
        elsewhere = [
            place for name, place in held if place and place != official.region and (official.office, place) not in held
        ]
        if elsewhere:
            yield _no(_ask_who(official.office, chance.choice(elsewhere), chance), passage)
        # The name left out, or region and name changed throughout: the same question with the other label.
        if chance.random() < 0.5:
            bare = _replaced(passage, text[slice(*official.name)], "", official.name)
            if bare:
                yield _no(question, bare)
        if chance.random() < 0.5 and other.casefold() not in text.casefold():
            name = chance.choice(names)
            moved = text.replace(region, other).replace(text[slice(*official.name)], name)
            start = moved.find(name)
            if start >= 0:
                there = Passage(passage.context.replace(region, other), moved)
                yield _yes(_ask_who(official.office, other, chance), there, (start, start + len(name)))
                yield _no(question, there)


def _holders_of_nothing(passage: Passage, names: Sequence[str], chance: random.Random) -> Iterator[Example]:
    """Offices that are named without their holder; and the same passage with one."""
    text = passage.text
    held = {(official.office, official.region) for official in find_officials(text)}
    for office in find_offices(text):
        if not office.region or (office.office, office.region) in held or chance.random() < 0.4:
            continue
        region = text[slice(*office.span)].split()[-1] if chance.random() < 0.2 else office.region
        question = _ask_who(office.office, region, chance)
        yield _no(question, passage)
        name = chance.choice(names)
        joint = chance.choice((" ", ", ", " "))
        with_name = f"{text[: office.span[1]]}{joint}{name}{text[office.span[1] :]}"
        start = office.span[1] + len(joint)
        yield _yes(question, Passage(passage.context, with_name), (start, start + len(name)))


def _what_office(passage: Passage, names: Sequence[str], chance: random.Random) -> Iterator[Example]:
    for official in find_officials(passage.text):
        name = passage.text[slice(*official.name)]
        if not official.region or " " not in name or chance.random() < 0.75:
            continue
        form = chance.choice(
            ("Siapa {n}?", "{n} itu siapa?", "Apa jabatan {n}?", "{n} menjabat sebagai apa?", "Who is {n}?")
        )
        yield _yes(form.format(n=name), passage, official.office_span)
        other = chance.choice(names)
        if other not in passage.text:
            yield _no(form.format(n=other), passage)


def _guest_lists(
    passages: Sequence[Passage], names: Sequence[str], regions: Sequence[str], chance: random.Random, count: int
) -> Iterator[Example]:
    """Lists of those present, where some offices have a name and others have none."""
    for _ in range(count):
        base = chance.choice(passages)
        place, wider = chance.choice(regions), chance.choice(regions)
        offices = [(office, place) for office in chance.sample(_OFFICES_OF_DISTRICTS, 4)]
        offices += [(office, wider) for office in chance.sample(_OFFICES_OF_REGENCIES, 3)]
        chance.shuffle(offices)
        holders = {office: chance.choice(names) for office in offices if chance.random() < 0.5}
        parts = [
            f"{office} {region}{chance.choice((' ', ', ', ' '))}{holders[office, region]}"
            if (office, region) in holders
            else f"{office} {region}"
            for office, region in offices
        ]
        opener = chance.choice(_GUEST_OPENERS)
        listed = opener + ", ".join([*parts, *chance.sample(_OTHER_GUESTS, 3)]) + "."
        before = base.text[: chance.randint(0, 300)].rsplit(". ", 1)[0]
        text = f"{before}. {listed}" if len(before) > 40 else listed
        passage = Passage(base.context, text)
        if holders:
            office, region = chance.choice(list(holders))
            name = holders[office, region]
            start = text.find(name, text.find(f"{office} {region}", text.find(opener)))
            yield _yes(_ask_who(office, region, chance), passage, (start, start + len(name)))
            if chance.random() < 0.3:
                question = chance.choice(("Siapa saja yang hadir?", f"siapa yang hadir di acara {place}?"))
                yield _yes(question, passage, (text.find(listed) + len(opener), len(text) - 1))
        unnamed = [office for office in offices if office not in holders]
        if unnamed:
            yield _no(_ask_who(*chance.choice(unnamed), chance), passage)


def _ask_who(office: str, region: str, chance: random.Random) -> str:
    english = _OFFICES_ENGLISH.get(office.casefold())
    region = region.title() if region.islower() and chance.random() < 0.7 else region
    if english and chance.random() < 0.15:
        return chance.choice(_WHO_ENGLISH).format(o=chance.choice(english), r=region)
    written = {"wakil bupati": "wabup", "wali kota": "walikota", "wakil wali kota": "wawali", "gubernur": "gub",
               "kepala desa": "kades", "wakil gubernur": "wagub", "sekretaris daerah": "sekda"}  # fmt: skip
    if chance.random() < 0.2:
        office = written.get(office.casefold(), office)
    elif chance.random() < 0.3:
        office = office.title()
    return chance.choice(_WHO).format(o=office, r=region)


def _region_as_printed(text: str, official: Official) -> str:
    words = re.sub(r"(?<!\s)\s*\([^()]*\)$", "", text[slice(*official.office_span)]).split()
    for size in range(1, len(words)):
        if canonical(" ".join(words[-size:])) == official.region:
            return " ".join(words[-size:])
    return official.region.title()


def _other_region(region: str, regions: Sequence[str], chance: random.Random) -> str:
    """Another region, best one that shares a word: "Baturaja Barat" for "Baturaja Timur"."""
    first = region.split()[0]
    if chance.random() < 0.5:
        near = [other for other in regions if other != region and other.split()[0] == first and " " in other]
        if near:
            return chance.choice(near)
        for a, b in (
            ("Utara", "Selatan"),
            ("Barat", "Timur"),
            ("Selatan", "Utara"),
            ("Timur", "Barat"),
            ("Hilir", "Hulu"),
        ):
            if region.endswith(a):
                return region.removesuffix(a) + b
    return chance.choice(regions)


# --- events, numbers, phrases ---------------------------------------------------------------------------------


def _events(passage: Passage, regions: Sequence[str], chance: random.Random) -> Iterator[Example]:
    text = passage.text
    for start, end in split_sentences(text):
        sentence = text[start:end]
        match = _EVENT.search(sentence)
        if match is None:
            continue
        event = _EVENT_ENDS.sub("", match[0]).strip(" -/")
        if len(event) < 5 or event.casefold() in ("acara", "kegiatan", "pertemuan", "kunjungan", "diskusi"):
            continue
        other = next(
            (e[0] for e in chance.choices(list(_EVENTS_ENGLISH.items()), k=4) if e[0] not in text.casefold()), None
        )
        date, place = _DATE.search(sentence), _PLACE.search(sentence)
        for kind, found in (("when", date.span() if date else None), ("where", place.span("place") if place else None)):
            if found is None or chance.random() < 0.25:
                continue
            span = (start + found[0], start + found[1])
            question = _ask_event(kind, event, chance)
            yield _yes(question, passage, _trimmed(text, span))
            if (bare := _replaced(passage, text[slice(*span)], "", span)) and not (
                _DATE if kind == "when" else _PLACE
            ).search(bare.text):
                yield _no(question, bare)
            if other and chance.random() < 0.6:
                region = chance.choice(regions)
                yield _no(_ask_event(kind, f"{other} {region}", chance), passage)
            if chance.random() < 0.3:
                yield _no(_ask_event(kind, f"{event} {chance.choice(regions)}", chance), passage)


def _ask_event(kind: str, event: str, chance: random.Random) -> str:
    english = _EVENTS_ENGLISH.get(" ".join(event.split()[:2]).casefold()) or _EVENTS_ENGLISH.get(
        event.split()[0].casefold()
    )
    if english and chance.random() < 0.15:
        rest = event.split(" ", len(" ".join(event.split()[:2]).split()))[-1] if len(event.split()) > 2 else ""
        word = "When" if kind == "when" else "Where"
        return f"{word} was the {rest} {english} held?".replace("  ", " ")
    forms = {
        "when": ("Kapan {e}?", "Kapan {e} digelar?", "kapan {e} dilaksanakan", "{e} kapan ya?", "Tanggal berapa {e}?", "Kapan diadakan {e}?",
                 "hari apa {e}?", "Kapan {e} berlangsung?"),
        "where": ("Di mana {e}?", "Di mana {e} digelar?", "{e} di mana ya?", "Di mana {e} dilaksanakan?", "dimana {e} diadakan", "Lokasi {e} di mana?",
                  "{e} bertempat di mana?"),
    }[kind]  # fmt: skip
    return chance.choice(forms).format(e=event)


def _numbers(passage: Passage, chance: random.Random) -> Iterator[Example]:
    text = passage.text
    nouns = [match["noun"] for match in _COUNTED.finditer(text)]
    for match in _COUNTED.finditer(text):
        noun = match["noun"]
        if nouns.count(noun) > 1 or noun == "persen" or chance.random() < 0.4:
            continue
        topic = _words_before(text, match.start("number"), chance) if chance.random() < 0.5 else ""
        tail = _words_after(text, match.end("noun")) if not topic else ""
        if not topic and not tail and chance.random() < 0.8:
            continue
        form = chance.choice(
            (
                "Berapa {n}{t}?",
                "Berapa jumlah {n}{t}?",
                "ada berapa {n}{t}",
                "jumlah {n}{t} berapa?",
                "How many {n}{t}?",
            )
        )
        question = form.format(n=noun, t=f" {topic or tail}" if topic or tail else "")
        yield _yes(question, passage, (match.start("number"), match.end("noun")))
        bare = _replaced(
            passage, match["number"], chance.choice(("banyak", "sejumlah", "para", "beberapa")), match.span("number")
        )
        if bare:
            yield _no(question, bare)
        other = chance.choice(
            (
                "anggaran",
                "harga",
                "biaya",
                "dana",
                "sekolah",
                "puskesmas",
                "pegawai",
                "korban",
                "jembatan",
                "luas wilayah",
                "investasi",
            )
        )
        if other not in text.casefold():
            yield _no(form.format(n=other, t=f" {topic or tail}" if topic or tail else ""), passage)
    for match in _MONEY.finditer(text):
        topic = _words_after(text, match.end("noun")) or _words_before(text, match.start("noun"), chance)
        if not topic:
            continue
        question = chance.choice(("Berapa {n} {t}?", "{n} {t} berapa?", "Berapa besar {n} {t}?", "brp {n} {t}")).format(
            n=match["noun"], t=topic
        )
        yield _yes(question, passage, match.span("number"))
        if bare := _replaced(passage, match["number"], "", match.span("number")):
            yield _no(question, bare)


def _phrases(passage: Passage, chance: random.Random) -> Iterator[Example]:
    text = passage.text
    for pattern, group, forms in (
        (_ATTENDED, "who", ("Siapa saja yang hadir?", "Siapa yang hadir dalam {e}?", "yg hadir siapa aja di {e}?", "Who attended the {e}?")),
        (_PURPOSE, "why", ("Apa tujuan {e}?", "Untuk apa {e} digelar?", "tujuan {e} apa?", "Mengapa {e} diadakan?", "What is the purpose of the {e}?")),
        (_THEME, "theme", ("Apa tema {e}?", "tema {e} apa ya?", "{e} mengangkat tema apa?")),
    ):  # fmt: skip
        match, event = pattern.search(text), _EVENT.search(text)
        if match is None or event is None:
            continue
        name = _EVENT_ENDS.sub("", event[0]).strip(" -/")
        question = chance.choice(forms).format(e=name)
        yield _yes(question, passage, match.span(group))
        if bare := _replaced(passage, match[group], "", match.span(group)):
            yield _no(question, Passage(bare.context, pattern.sub("", bare.text)))
    for match in _ACRONYM.finditer(text):
        initials = "".join(word[0] for word in match["full"].split() if word[0].isupper())
        short = match["short"]
        if short.upper() not in (initials, initials[-len(short) :]) or len(short) < 2:
            continue
        words = [word for word in re.finditer(r"\S+", match["full"]) if word[0][0].isupper()]
        start = match.start("full") + words[len(words) - len(short)].start()
        form = chance.choice(("Apa kepanjangan {s}?", "{s} singkatan dari apa?", "apa itu {s}", "Apa arti {s}?"))
        yield _yes(form.format(s=short), passage, (start, match.end("full")))
        yield _no(
            form.format(s=short), Passage(passage.context, text.replace(text[start : match.end("full")] + " (", "(", 1))
        )


# --- building -------------------------------------------------------------------------------------------------


def _yes(question: str, passage: Passage, answer: Span) -> Example:
    return Example(SOURCE, question, passage.context, passage.text, answer, True)


def _no(question: str, passage: Passage) -> Example:
    return Example(SOURCE, question, passage.context, passage.text, None, False)


def _replaced(passage: Passage, old: str, new: str, at: Span) -> Passage | None:
    """The passage without this answer anywhere; None where its context gives it too."""
    if old.casefold() in passage.context.casefold():
        return None
    text = passage.text[: at[0]] + new + passage.text[at[1] :]
    text = text.replace(old, new) if len(old) > 4 else text
    return None if len(old) <= 4 and old in text else Passage(passage.context, re.sub(r" {2,}", " ", text))


def _words_after(text: str, position: int) -> str:
    match = re.match(r"((?: [\w-]+){1,4})", text[position:])
    return _EVENT_ENDS.sub("", match[1]).strip() if match else ""


def _words_before(text: str, position: int, chance: random.Random) -> str:
    match = re.search(r"(?<![\w-])((?:[\w-]+ ){2,4})$", text[:position])
    words = [
        word
        for word in (match[1].split() if match else [])
        if word.casefold() not in ("ada", "yang", "dan", "itu", "sebanyak", "total", "dari")
    ]
    return " ".join(words)


def _trimmed(text: str, span: Span) -> Span:
    printed = text[slice(*span)]
    lead = re.match(r"(?:pada\s+)?(?:hari\s+)?", printed)
    return span[0] + (lead.end() if lead else 0), span[1]
