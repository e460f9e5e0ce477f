"""What must stand in a sentence that answers: a number for "berapa", a time for "kapan"."""

import re

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
_ASKS_NUMBER = re.compile(r"\bberapa(?:kah)?\b", re.IGNORECASE)
_TYPES = (
    (
        re.compile(r"\b(?:nomor|nomer|no)\.? (?:telepon|telpon|telp|hp|wa|whatsapp|rekening|kontak)\b", re.IGNORECASE),
        _DIGITS,
    ),
    (re.compile(r"\b(?:jam|pukul) berapa\b", re.IGNORECASE), _CLOCK),
    (re.compile(r"\b(?:tanggal|tahun|bulan) berapa\b|\bkapan(?:kah)?\b", re.IGNORECASE), _TIME),
    (_ASKS_NUMBER, _NUMBER),
)


def lacks_what_is_asked(question: str, sentence: str) -> bool:
    """Whether a sentence has nothing of the kind that the question asks for, and so cannot answer it."""
    asked = next((expected for pattern, expected in _TYPES if pattern.search(question)), None)
    return asked is not None and asked.search(sentence) is None


def asks_number(question: str) -> bool:
    """Whether a question asks how many or how much."""
    return _ASKS_NUMBER.search(question) is not None
