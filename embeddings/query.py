"""Understand a question as far as finding needs: abbreviations spelt out, kind of answer, the words that carry it."""

import re
from enum import StrEnum

import msgspec

from embeddings.lexical import stem_words, words


class Kind(StrEnum):
    """What kind of answer a question asks for."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how many"
    WHY = "why"
    OTHER = "other"


class Query(msgspec.Struct, frozen=True):
    """A question, cleaned and spelt out for the encoder, with its content words and their stems for the words' side."""

    text: str
    kind: Kind
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
}  # fmt: skip
_ENGLISH_QUESTION = re.compile(r"(?:who|whose|what|when|where|which|why|how|is|are|was|were|did|does|do|tell|please)\b")
_ENGLISH_OFFICES = (
    (re.compile(r"\b(?:sub-?)?district (?:head|chief)(?: of)?\b|\bhead of (?=.*\bdistrict\b)"), "camat "),
    (re.compile(r"\bvillage (?:head|chief)(?: of)?\b|\bhead of (?=.*\bvillage\b)"), "kepala desa "),
    (re.compile(r"\b(?:deputy|vice) regent\b"), "wakil bupati"),
)

# Words that shape a question without telling what it is about, in Indonesian and English.
FUNCTION_WORDS = frozenset(
    """
    yang di ke dari dan atau untuk pada dengan dalam oleh itu ini tersebut adalah ialah merupakan apa apakah siapa
    kapan kapankah mana manakah dimana kemana berapa berapakah bagaimana bagaimanakah mengapa kenapa saja sih ya dong
    deh kah nya akan telah sudah para sebuah suatu sebagai juga karena saat ketika jumlah banyak nama namanya tahu
    kepanjangan kepanjangannya singkatan singkatannya arti artinya maksud maksudnya tolong mohon min admin bang kak pak
    bu gan bro sis tentang ada adakah bisa dapat ingin mau tanya info kasih
    kemarin tadi barusan sekarang besok nanti
    the of is are was were in on at who whom whose when where what which how many much did does do a an to for by and
    please tell me about there
    """.split()
)

_KINDS = (
    (Kind.HOW_MANY, re.compile(r"\b(?:berapa(?:kah)?|jumlah|how (?:many|much))\b")),
    (Kind.WHEN, re.compile(r"\b(?:kapan(?:kah)?|tanggal|(?:hari|bulan|tahun) apa|when|what (?:date|day|year))\b")),
    (Kind.WHO, re.compile(r"\b(?:siapa(?:kah)?|who|whose)\b")),
    (Kind.WHERE, re.compile(r"\b(?:di ?mana|dimana|ke ?mana|mana|where)\b")),
    (Kind.WHY, re.compile(r"\b(?:mengapa|kenapa|alasan|tujuan|why)\b")),
)
# "berapa" after "tanggal" or "tahun" asks for a date: "tahun berapa", "tanggal berapa".
_WHICH_DATE = re.compile(r"\b(?:tanggal|tgl|tahun|bulan|hari|pukul|jam) berapa\b")


def parse_question(question: str) -> Query:
    """Clean a question of any length or none; what it asks for is guessed from its question word."""
    spelt_out = re.sub(
        r"[^\W\d_]+", lambda word: ABBREVIATIONS.get(word[0].lower(), word[0]), " ".join(question.split())
    )
    folded = spelt_out.casefold()
    kind = Kind.WHEN if _WHICH_DATE.search(folded) else Kind.OTHER
    if kind is Kind.OTHER:
        kind = next((kind for kind, pattern in _KINDS if pattern.search(folded)), Kind.OTHER)
    in_indonesian = _in_indonesian(folded) if _ENGLISH_QUESTION.match(folded) else None
    content = content_words(in_indonesian or spelt_out)
    return Query(f"{spelt_out} ({in_indonesian})" if in_indonesian else spelt_out, kind, content, _stems(content))


def content_words(text: str) -> tuple[str, ...]:
    """The words that tell what a text is about, once each, in order."""
    return tuple(dict.fromkeys(word for word in words(text) if word not in FUNCTION_WORDS))


def with_words_replaced(query: Query, replacements: dict[str, str]) -> Query:
    """The same query with some words written otherwise."""

    def replaced(word: re.Match[str]) -> str:
        return replacements.get(word[0].casefold(), word[0])

    content = tuple(dict.fromkeys(replacements.get(word, word) for word in query.words))
    return Query(re.sub(r"[^\W_]+", replaced, query.text), query.kind, content, _stems(content))


def _stems(content: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem_words(" ".join(content))))


def _in_indonesian(question: str) -> str:
    for pattern, office in _ENGLISH_OFFICES:
        question = pattern.sub(office, question)
    return " ".join(ENGLISH.get(word, word) for word in content_words(question))
