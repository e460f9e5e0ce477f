"""What must stand in a sentence that answers: a number for "berapa", a time for "kapan"."""

import re
from enum import StrEnum

from embeddings.indonesian.dates import MONTHS

_NUMBER = re.compile(
    r"\d|\b(?:se(?:puluh|belas|ratus|ribu|juta|tengah|orang|buah|kali|mua|luruh|pasang)|satu|dua|tiga|empat|lima|enam|tujuh|delapan"
    r"|sembilan|puluh\w*|ratus\w*|ribu\w*|juta\w*|miliar\w*|triliun\w*|belas\w*|beberapa|banyak|sejumlah|nihil|nol|gratis"
    r"|separuh|kedua\w*|ketiga\w*|keempat\w*|kelima\w*|tunggal|[IVXL]{2,})\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\d{{1,2}}\s*[/.-]\s*\d{{1,2}}|\d\s*SM\b|\b[1-9]\d\d\b(?!\s+[a-z])|\b(?:1\d|20)\d\d\b|\b(?:{'|'.join(MONTHS)})\b"
    r"|\b(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|pukul|jam|tanggal|hari|pekan|bulan|tahun|abad|dekade|kemarin|besok|lusa"
    r"|pagi|siang|sore|malam|subuh|sejak|nanti|akhir|awal|pertengahan|musim|lebaran|rama[dn]\w*|idul|natal|usai|setelah|sebelum|saat"
    r"|ketika|selama|semasa|masa|zaman|era|segera|sekarang|kini|sedang|setiap|tiap|usia|menit|detik)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(?:pukul|jam|wib|wita|wit)\b|\b\d{1,2}[.:]\d{2}\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?:\d[ .-]?){5}")


class Expects(StrEnum):
    """What kind of thing an answer must hold."""

    DIGITS = "digits"
    """A telephone number or the like."""
    CLOCK = "clock"
    TIME = "time"
    NUMBER = "number"


_ASKED = (
    (
        Expects.DIGITS,
        re.compile(r"\b(?:nomor|nomer|no)\.? (?:telepon|telpon|telp|hp|wa|whatsapp|rekening|kontak)\b", re.IGNORECASE),
    ),
    (Expects.CLOCK, re.compile(r"\b(?:jam|pukul) berapa\b", re.IGNORECASE)),
    (
        Expects.TIME,
        re.compile(r"\b(?:tanggal|tahun|bulan) berapa\b|\bkapan(?:kah)?\b", re.IGNORECASE),
    ),
    (Expects.NUMBER, re.compile(r"\bberapa(?:kah)?\b", re.IGNORECASE)),
)
_TOLD = {Expects.DIGITS: _DIGITS, Expects.CLOCK: _CLOCK, Expects.TIME: _TIME, Expects.NUMBER: _NUMBER}


def expected(question: str) -> Expects | None:
    """What must stand in a sentence that answers a question; None where that cannot be told."""
    return next((kind for kind, asked in _ASKED if asked.search(question)), None)


def lacks(sentence: str, expects: Expects | None) -> bool:
    """Whether a sentence has nothing of the kind that is asked for, and so cannot answer."""
    return expects is not None and _TOLD[expects].search(sentence) is None
