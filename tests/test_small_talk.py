"""Greetings, thanks and small talk: none replaces a question, and none is searched for."""

import itertools
import tomllib

import pytest

from bot.small_talk import SILENCE, heard, is_complaint
from bot.texts import ENGLISH, INDONESIAN
from embeddings import parted
from tests.conftest import ROOT

SETS = tomllib.loads((ROOT / "tests" / "small_talk.toml").read_text())
SMALL_TALK = [said for one in SETS.values() for said in one["small_talk"]]
LOOKALIKES = [question for one in SETS.values() for question in one["questions"]]
QUESTIONS = [
    "kapan rakor tanjung lago",
    "Siapa camat Sungai Raya",
    "siapa camat pancoran mas",
    "Berapa penduduk Banyuasin",
    "di mana rapat di Kecamatan Selamat",
    "apa bunyi Salam Pancasila",
    "siapa Pak Ogan Amrin",
    "kepada siapa bupati mengucapkan terima kasih",
]
GREETINGS = [
    "Assalamualaikum", "assalamu'alaikum wr. wb.", "Halo", "haloooo min", "Selamat pagi", "met malam kak", "Hai kak",
    "permisi",
]  # fmt: skip
FILLERS = ["mau nanya dong", "maaf mengganggu", "tolong", "mohon izin bertanya", "ok", "pak", "boleh tanya"]
THANKS = ["makasih", "Terima kasih banyak", "thx ya min", "matur nuwun", "trims sebelumnya"]
MARKS = [", ", "! ", ".\n", "\n", " "]


def messages() -> list[tuple[str, str]]:
    """Messages made from the lists, each with its question."""
    before = [
        (f"{greeting}{mark}{question}?", question)
        for greeting, mark, question in itertools.product(GREETINGS, MARKS, QUESTIONS)
    ]
    fillers = [
        (f"{greeting}, {filler}{mark}{question}", question)
        for greeting, filler, mark, question in itertools.product(GREETINGS[:3], FILLERS, MARKS[::2], QUESTIONS)
    ]
    behind = [
        (f"{question}{mark}{thanks}", question)
        for thanks, mark, question in itertools.product(THANKS, MARKS, QUESTIONS[:-1])
    ]
    around = [
        (f"{greeting}{mark}{filler}, {question}? {thanks} 🙏", question)
        for greeting, filler, thanks, mark, question in itertools.product(
            GREETINGS, FILLERS[:3], THANKS[:3], MARKS[:2], QUESTIONS
        )
    ]
    return before + fillers + behind + around


def test_no_greeting_thanks_or_filler_replaces_a_question_or_stays_with_it() -> None:
    made = messages()
    assert len(made) > 1_000
    wrong = [
        (message, parted(message)) for message, question in made if parted(message).question.strip("?!. ") != question
    ]
    assert wrong == []
    assert all(heard(message, INDONESIAN).reply is None for message, _ in made)


@pytest.mark.parametrize("question", [*QUESTIONS, *LOOKALIKES, "s.d. 5.30 WIB, siapa Drs. H. Askolani?"])
def test_a_question_without_courtesies_stays_letter_by_letter(question: str) -> None:
    said = parted(question)
    assert said.question in question
    assert said.courtesies or said.question == question


@pytest.mark.parametrize(
    ("message", "salam"),
    [
        ("Assalamualaikum, kapan rakor?", "Waalaikumsalam."),
        ("kapan rakor? Wassalamualaikum", None),
        ("halo, kapan rakor?", None),
    ],
)
def test_a_salam_is_returned_with_the_answer(message: str, salam: str | None) -> None:
    assert heard(message, INDONESIAN).salam == salam


def test_small_talk_is_not_searched_for() -> None:
    assert len(SMALL_TALK) == 180
    for texts in (INDONESIAN, ENGLISH):
        missed = [said for said in SMALL_TALK if heard(said, texts).reply is None]
        assert len(missed) <= 3, missed


@pytest.mark.parametrize("question", LOOKALIKES)
def test_a_question_that_looks_like_small_talk_is_searched_for(question: str) -> None:
    assert heard(question, INDONESIAN).reply is None


FOLLOW_UPS = ["di mana?", "kapan itu?", "siapa yang hadir?", "berapa?", "kenapa?", "kalau betung?", "wakilnya?",
              "sudah mulai?", "ada lagi?", "siapa lagi", "terus?", "yang lama siapa", "yang baru?",
              "bupatinya"]  # fmt: skip


@pytest.mark.parametrize("question", FOLLOW_UPS)
def test_a_question_that_follows_on_is_no_small_talk(question: str) -> None:
    assert heard(question, INDONESIAN).reply is None


@pytest.mark.parametrize("said", ["ok", "sip", "Oke siap min", "baik pak 👍", "wkwkwk", "iya"])
def test_a_yes_gets_no_reply(said: str) -> None:
    assert heard(said, INDONESIAN).reply == SILENCE


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Assalamualaikum", "Waalaikumsalam. Mau tanya apa"),
        ("halo min", "Halo! Mau tanya apa"),
        ("makasih 🙏", "Sama-sama!"),
        ("👍", "Sama-sama!"),
        ("?", "Silakan, mau tanya apa?"),
        ("mau nanya dong", "Silakan, mau tanya apa?"),
        ("tes", "Ya, saya di sini."),
        ("bot goblok", "Maaf kalau"),
        ("kamu bisa apa?", "Tulis saja pertanyaannya"),
        ("kamu siapa?", "Saya bot, bukan orang."),
        ("dadah", "Sampai jumpa!"),
    ],
)
def test_each_kind_of_small_talk_has_its_line(said: str, line: str) -> None:
    assert (heard(said, INDONESIAN).reply or "").startswith(line)


@pytest.mark.parametrize(
    "said",
    [
        "mau lapor jalan berlubang", "saya ingin melaporkan pungli di kantor desa", "lapor min, lampu mati",
        "Yth. Bapak Camat, sampah kami tidak diangkut", "Pak Bupati tolong perbaiki jembatan kami",
        "ke mana saya harus mengadu soal bansos?", "lapor jalan rusak ke mana ya", "cara melapor pungli",
        "kami mau mengadu", "pengaduan: air PDAM mati tiga hari", "I want to report a broken road",
    ],
)  # fmt: skip
def test_a_complaint_is_recognised(said: str) -> None:
    assert is_complaint(said)


@pytest.mark.parametrize(
    "question",
    [
        "pak bupati siapa namanya?", "kapan bupati lapor harta kekayaan?", "laporan keuangan banyuasin 2023",
        "siapa yang melaporkan kades itu?", "berapa aduan warga tahun 2023?", "bupati minta warga melapor ke posko",
        "apa isi laporan pertanggungjawaban bupati", "siapa camat yang terhormat", "cara bayar pajak",
        "lapor SPT kapan terakhir?",
    ],
)  # fmt: skip
def test_a_question_on_reports_is_no_complaint(question: str) -> None:
    assert not is_complaint(question)
