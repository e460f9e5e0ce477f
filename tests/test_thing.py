"""The thing asked about must be the thing told."""

import pytest

from embeddings.indonesian.words import stem_words
from embeddings.question.query import parse_question
from embeddings.question.thing import thing_asked


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("jumlah desa di kecamatan tanjung lago berapa", "desa"),
        ("ada berapa puskesmas di banyuasin", "puskesmas"),
        ("berapa ekor sapi bantuan bupati toraja utara", "sapi"),
        ("berapa ton pupuk yang dibagikan di Lahat", "pupuk"),
        ("harga minyak goreng di pasar pon trenggalek?", "minyak"),
        ("berapa harga telur di Pasar Baru Martapura", "telur"),
        ("brp tenda yg dikirim ke Betung", "tenda"),
        ("mobil tangki yang dikerahkan pdam maros berapa", "mobil"),
        ("berapa jumlah sekolah rusak di Lubuk Linggau", "sekolah"),
        ("berapa orang guru yang dilantik di OKU", "guru"),
        ("kapan musrenbang kecamatan Betung digelar", "musrenbang"),
        ("How much does beef cost at Pasar Pon?", "daging"),
        ("How many bridges were built in Lahat?", "jembatan"),
    ],
)
def test_what_is_asked_about_is_what_is_counted_or_what_is_named_first(question: str, thing: str) -> None:
    query = parse_question(question)
    assert stem_words(thing)[0] in thing_asked(query.text, query.words)


@pytest.mark.parametrize("question", ["berapa luas Kabupaten Banyuasin", "berapa jiwa di Banyuasin", "", "2025"])
def test_a_question_of_a_region_and_a_measure_asks_about_no_other_thing(question: str) -> None:
    query = parse_question(question)
    assert thing_asked(query.text, query.words) <= frozenset(("kabupaten",))


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("berapa desa di Sawang Aceh Utara", "gampong"),
        ("berapa kk dapat blt di Gunci", "keluarga"),
        ("berapa keluarga dapat blt di Gunci", "kk"),
        ("harga cabe di Pasar Pon berapa", "cabai"),
        ("kapan pilkades Limamar", "pemilihan"),
    ],
)
def test_a_thing_is_found_under_its_other_names(question: str, word: str) -> None:
    query = parse_question(question)
    assert stem_words(word)[0] in thing_asked(query.text, query.words)
