"""Understand a question as far as finding needs: abbreviations spelt out, and the words that carry it."""

import itertools
import re

import msgspec

from embeddings.indonesian.regions import words_of_regions
from embeddings.search.lexical import stem_words, words


class Query(msgspec.Struct, frozen=True):
    """A question, cleaned and spelt out for the encoder, with its content words and their stems for the words' side."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]


# How people shorten these words in chats; only shortenings that mean nothing else in a question.
ABBREVIATIONS = {
    "dmn": "di mana", "dmna": "di mana", "dimn": "di mana", "mn": "mana", "kpn": "kapan", "kpan": "kapan",
    "brp": "berapa", "brpa": "berapa", "brapa": "berapa", "sp": "siapa", "sapa": "siapa", "syp": "siapa",
    "spa": "siapa", "siapakah": "siapa", "knp": "kenapa", "knpa": "kenapa", "gmn": "bagaimana", "gmna": "bagaimana",
    "gimana": "bagaimana", "jml": "jumlah", "jmlh": "jumlah", "yg": "yang", "yng": "yang", "dgn": "dengan",
    "dg": "dengan", "utk": "untuk", "untk": "untuk", "krn": "karena", "krna": "karena", "pd": "pada", "dlm": "dalam",
    "tgl": "tanggal", "thn": "tahun", "bln": "bulan", "blm": "belum", "blum": "belum", "sdh": "sudah", "udh": "sudah",
    "udah": "sudah", "skrg": "sekarang", "skrang": "sekarang", "tsb": "tersebut", "org": "orang", "bpk": "bapak",
    "ttg": "tentang", "jd": "jadi", "jln": "jalan", "kec": "kecamatan", "kab": "kabupaten", "kel": "kelurahan",
    "prov": "provinsi", "ds": "desa", "dlmnya": "dalamnya", "pertm": "pertemuan",
    "klo": "kalau", "kalo": "kalau", "klu": "kalau", "wkl": "wakil", "cmt": "camat", "cmat": "camat", "camt": "camat",
}  # fmt: skip

# What news writes now one way and now the other.
WRITTEN_BOTH_WAYS = {
    "rakor": "rapat koordinasi (rakor)", "raker": "rapat kerja (raker)", "kunker": "kunjungan kerja (kunker)",
    "bimtek": "bimbingan teknis (bimtek)",
}  # fmt: skip

# What people ask about in English, in the words that Indonesian news uses.
ENGLISH = {
    "meeting": "rapat", "coordination": "koordinasi", "district": "kecamatan", "regency": "kabupaten", "city": "kota",
    "village": "desa", "villages": "desa", "districts": "kecamatan", "province": "provinsi", "regent": "bupati",
    "mayor": "wali kota", "governor": "gubernur", "deputy": "wakil", "vice": "wakil", "acting": "pelaksana",
    "head": "kepala", "chairman": "ketua", "chair": "ketua", "council": "dprd", "secretary": "sekretaris",
    "population": "penduduk", "people": "penduduk", "budget": "anggaran", "road": "jalan", "roads": "jalan",
    "bridge": "jembatan", "electricity": "listrik", "school": "sekolah", "schools": "sekolah", "health": "kesehatan",
    "flood": "banjir", "fund": "dana", "funds": "dana", "visit": "kunjungan", "theme": "tema", "purpose": "tujuan",
    "held": "digelar", "opened": "dibuka", "inaugurated": "dilantik", "attended": "dihadiri", "attend": "hadir",
    "year": "tahun", "month": "bulan", "government": "pemerintah", "officials": "pejabat", "area": "luas",
    "who": "siapa", "whom": "siapa", "whose": "siapa", "what": "apa", "when": "kapan", "where": "di mana",
    "which": "mana", "why": "kenapa", "how": "bagaimana", "in": "di", "at": "di", "by": "oleh", "for": "untuk",
    "and": "dan", "to": "ke", "with": "dengan", "from": "dari", "about": "tentang", "will": "akan", "no": "tidak ada",
    "not": "tidak", "visited": "mengunjungi", "took": "digelar", "repaired": "diperbaiki",
    "built": "dibangun", "company": "perusahaan", "waste": "limbah", "problem": "masalah", "problems": "masalah",
    "synchronization": "sinkronisasi", "synchronisation": "sinkronisasi", "land": "lahan", "market": "pasar",
    "hospital": "rumah sakit", "office": "kantor", "police": "polisi", "chief": "kepala", "election": "pemilihan",
    "development": "pembangunan", "plan": "rencana", "program": "program", "programs": "program", "water": "air",
    "farmers": "petani", "teachers": "guru", "students": "siswa", "children": "anak", "workers": "pekerja",
    "victims": "korban", "fire": "kebakaran", "landslide": "longsor", "accident": "kecelakaan", "price": "harga",
    "prices": "harga", "tax": "pajak", "poverty": "kemiskinan", "unemployment": "pengangguran", "cost": "biaya",
    "said": "mengatakan", "signed": "ditandatangani", "launched": "diluncurkan", "priority": "prioritas",
}  # fmt: skip
_ENGLISH_QUESTION = re.compile(r"(?:who|whose|what|when|where|which|why|how|is|are|was|were|did|does|do|tell|please)\b")
# Said in one breath: what they mean is not what their words do.
_ENGLISH_PHRASES = (
    (re.compile(r"\b(?:sub-?)?district (?:head|chief)(?: of)?\b|\bhead of (?=.{0,100}\bdistrict\b)"), "camat "),
    (re.compile(r"\bvillage (?:head|chief)(?: of)?\b|\bhead of (?=.{0,100}\bvillage\b)"), "kepala desa "),
    (re.compile(r"\b(?:deputy|vice) regent\b"), "wakil bupati"),
    (re.compile(r"\bsub-?districts?\b"), "kecamatan"),
    (re.compile(r"\bhow (?:many|much)\b"), "berapa"),
    (re.compile(r"\bhow (?:large|big|wide)\b"), "berapa luas"),
    (re.compile(r"\bwhat (?:does|is) (.{1,100}?) (?:stand|short) for\b"), r"apa kepanjangan \1"),
    (re.compile(r"\b(?:which|what) (village|district|regency|city|road|company|office)\b"), r"\1 mana"),
    (re.compile(r"\b(?:(?:has|have|with) no|without|does not have(?: any)?)\b"), "belum ada"),
    (re.compile(r"\btak(?:e|en|ing) place\b"), "digelar"),
    (re.compile(r"\b(north|south|west|east|central) (sumatra|kalimantan|sulawesi|java|papua)\b"), r"\2 \1"),
    (re.compile(r"['’]s\b"), ""),
)
_ENGLISH_PLACES = {
    "north": "utara", "south": "selatan", "west": "barat", "east": "timur", "central": "tengah", "sumatra": "sumatera",
    "java": "jawa",
}  # fmt: skip
# What Indonesian needs no word for.
_ENGLISH_PARTICLES = frozenset(
    "the a an of is are was were be been being did does do have has had there please me tell".split()
)

# Words that shape a question without telling what it is about, in Indonesian and English.
FUNCTION_WORDS = frozenset(
    """
    yang di ke dari dan atau untuk pada dengan dalam oleh itu ini tersebut adalah ialah merupakan apa apakah siapa
    kapan kapankah mana manakah dimana kemana berapa berapakah bagaimana bagaimanakah mengapa kenapa saja sih ya dong
    deh kah nya akan telah sudah para sebuah suatu sebagai juga karena saat ketika jumlah banyak nama namanya tahu
    kepanjangan kepanjangannya singkatan singkatannya arti artinya maksud maksudnya tentang ada adakah bisa dapat
    kemarin tadi barusan sekarang besok nanti
    the of is are was were in on at who whom whose when where what which how many much did does do a an to for by and
    please tell me about there
    """.split()
)

# What people say beside a question, wherever they say it.
CHAT_WORDS = frozenset(
    """
    min admin bang kak kakak pak bu gan bro sis mas mbak mba om bot halo hallo hai hei hey eh btw
    assalamualaikum assalamu'alaikum permisi punten maaf tolong tlg mohon ingin mau pengen pingin tanya nanya bertanya
    info infonya infokan informasi kasih tau taukah beritahu sebutkan sebutin saya aku aq gw gue anda kamu kalau
    nih tuh aja doang lah loh lho kok emang emangnya memang sebenarnya sebetulnya kira kira-kira kira2 gerangan si
    siapa2 apa2 gak ga nggak ngga enggak makasih mksh trims thx thanks pls plis
    """.split()
)
# The same before a question, while within one they may be what it is about.
_OPENING_WORDS = frozenset("selamat pagi siang sore malam salam coba bantu minta boleh cari cariin carikan cek".split())
_THANKS = re.compile(r"(?:[,.;?!]\s*|(?<!\s)(?=\s*\n)\s+)(?:terima ?kasih|trima ?kasih)\b[\w\s]*+\W*+$", re.IGNORECASE)


def parse_question(question: str) -> Query:
    """Clean a question of any length or none."""
    text = _replaced(spelt_out(question), WRITTEN_BOTH_WAYS)
    folded = text.casefold()
    if _ENGLISH_QUESTION.match(folded):
        text = _in_indonesian(folded)
    content = content_words(text)
    return Query(text, content, _stems(content))


def spelt_out(question: str) -> str:
    """The question with the abbreviations of chats written in full."""
    return _replaced(" ".join(question.split()), ABBREVIATIONS)


def _replaced(text: str, replacements: dict[str, str]) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: replacements.get(word[0].lower(), word[0]), text)


def content_words(text: str) -> tuple[str, ...]:
    """The words that tell what a text is about, in order; a word may recur: "Sungai Raya, Kubu Raya"."""
    said = words(_THANKS.sub("", text))
    # "Teluk Dalam" and "Pancoran Mas" are names.
    named = words_of_regions(said)
    beside, empty = (CHAT_WORDS | _OPENING_WORDS) - named, (FUNCTION_WORDS | CHAT_WORDS) - named
    asked = itertools.dropwhile(lambda word: word in beside, said)
    return tuple(word for word in asked if word not in empty)


def with_words_replaced(query: Query, replacements: dict[str, str]) -> Query:
    """The same query with some words written otherwise."""

    def replaced(word: re.Match[str]) -> str:
        return replacements.get(word[0].casefold(), word[0])

    content = tuple(replacements.get(word, word) for word in query.words)
    return Query(re.sub(r"[^\W_]+", replaced, query.text), content, _stems(content))


def _stems(content: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem_words(" ".join(content))))


def _in_indonesian(question: str) -> str:
    for pattern, phrase in _ENGLISH_PHRASES:
        question = pattern.sub(phrase, question)
    known = ENGLISH | _ENGLISH_PLACES
    return " ".join(known.get(word, word) for word in words(question) if word not in _ENGLISH_PARTICLES)
