import sys
from collections import Counter
from importlib import import_module
from typing import Any

import pytest

from embeddings import KnowledgeBase
from embeddings.question.query import parse_question, with_words_replaced


def test_abbreviations_are_spelt_out_and_the_rest_stays_as_typed() -> None:
    assert parse_question("Brp  jml penduduk Kec. Ilir yg miskin?").text == (
        "berapa jumlah penduduk kecamatan. Ilir yang miskin?"
    )


def test_content_words_leave_out_what_only_shapes_the_question() -> None:
    assert parse_question("min, siapa sih nama camat Sungai Raya itu?").words == ("camat", "sungai", "raya")


@pytest.mark.parametrize(
    "question",
    [
        "assalamualaikum min, mau nanya dong camat teluk dalam siapa ya kak",
        "selamat pagi, tolong info siapa camat teluk dalam. terima kasih",
        "klo camat teluk dalam siapa",
        "btw ada yg tau gak siapa camat teluk dalam skrg, thx",
        "coba cariin camat teluk dalam",
    ],
)
def test_what_people_say_beside_a_question_is_not_looked_for(question: str) -> None:
    assert parse_question(question).words == ("camat", "teluk", "dalam")


def test_words_of_courtesy_within_a_question_are_looked_for() -> None:
    assert "malam" in parse_question("Kapan malam anugerah desa?").words
    assert "terima" in parse_question("Siapa yang menyampaikan terima kasih?").words


def test_an_english_question_is_looked_for_in_indonesian_words() -> None:
    assert parse_question("Who is the head of Baturaja Timur district?").words == (
        "camat", "kecamatan", "baturaja", "timur",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("How many sub-districts are there in Banyuasin?", "berapa kecamatan di banyuasin"),
        ("Which village has no electricity?", "desa mana belum ada listrik"),
        ("What does DMD stand for?", "apa kepanjangan dmd"),
        ("Who is the governor of South Sumatra?", "siapa gubernur sumatera selatan"),
        ("Who is the deputy regent of Banyuasin?", "siapa wakil bupati banyuasin"),
        ("From which village were the evacuees moved?", "dari desa mana pengungsi dipindahkan"),
        ("What does a sack of rice cost in East Lombok?", "berapa harga karung beras di lombok timur"),
        ("How long has the water been cut off?", "berapa lama air mati"),
        ("Can residents still use the ferry?", "apakah bisa warga masih menggunakan feri"),
        ("What is the price of eggs in Lahat?", "berapa harga telur di lahat"),
        ("How much are the onions in Lahat?", "berapa harga bawang di lahat"),
        ("How much does beef cost in Lahat?", "berapa harga daging sapi di lahat"),
        ("How much is the budget of Lahat?", "berapa anggaran lahat"),
        ("What was the length of the bridge?", "berapa panjang jembatan"),
        ("How deep was the lake?", "berapa dalam danau"),
        ("Who replaced the police chief of Lahat?", "siapa menggantikan kapolres lahat"),
        ("Who is the chief of police in Lahat?", "siapa kapolres lahat"),
        ("Who is the head of the health office of Lahat?", "siapa kepala dinas kesehatan lahat"),
    ],
)
def test_an_english_question_is_read_as_an_indonesian_one(english: str, indonesian: str) -> None:
    assert parse_question(english).text == indonesian


@pytest.mark.parametrize(
    ("english", "indonesian"),
    [
        ("What was sent to the flood victims?", "apa mengirim ke korban banjir"),
        ("How much is the village fund of Lahat?", "berapa dana desa lahat"),
        ("Who announced the egg price?", "siapa diumumkan harga telur"),
        ("Who owns the illegal gold mine in Lahat?", "siapa memiliki tambang emas ilegal di lahat"),
        ("How much does a health cadre get?", "berapa kader kesehatan menerima"),
        ("Why was the budget session delayed?", "kenapa sidang anggaran ditunda"),
        ("When did the Kota Agung fire start?", "kapan kebakaran kota agung mulai"),
        ("What was Rahman's previous position?", "apa jabatan sebelumnya rahman"),
        ("Where is the emergency kitchen?", "di mana dapur darurat"),
        ("When will the new market open?", "kapan akan pasar baru buka"),
        ("Where is Lake Ranau?", "di mana danau ranau"),
        ("Who is the deputy regent of Lahat?", "siapa wakil bupati lahat"),
        ("Who is the acting regent of Lahat?", "siapa plt bupati lahat"),
        ("How many schools are merged?", "berapa sekolah digabung"),
        ("Did the flood hit the school?", "apakah banjir menabrak sekolah"),
        ("Who chairs the South Nias regional council?", "siapa ketua dprd nias selatan"),
        ("Who visited the market in Lahat?", "siapa mengunjungi pasar di lahat"),
    ],
)
def test_what_tells_a_thing_apart_stands_behind_it(english: str, indonesian: str) -> None:
    assert parse_question(english).text == indonesian


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("villages", "desa"), ("diseases", "penyakit"), ("salaries", "gaji"), ("buses", "buses"), ("boats", "perahu"),
        ("planting", "menanam"), ("measuring", "mengukur"), ("arrested", "ditangkap"), ("warned", "mengingatkan"),
        ("maros", "maros"), ("lubuklinggau", "lubuklinggau"),
    ],
)  # fmt: skip
def test_a_form_of_an_english_word_means_what_the_word_does_and_a_name_stays(form: str, word: str) -> None:
    assert parse_question(f"which {form}").text == f"mana {word}"


@pytest.mark.parametrize("question", ["", "  ", "???", "😀", "siapa itu?"])
def test_a_question_without_content_has_no_words(question: str) -> None:
    assert parse_question(question).words == ()


def test_replaced_words_are_replaced_everywhere() -> None:
    query = with_words_replaced(parse_question("siapa camat Sungei Raya?"), {"sungei": "sungai"})
    assert query.text == "siapa camat sungai Raya?"
    assert query.words == ("camat", "sungai", "raya")


def test_what_news_writes_two_ways_is_looked_for_both_ways() -> None:
    query = parse_question("kpn rakor tanjung lago")
    assert query.text == "kapan rapat koordinasi (rakor) tanjung lago"
    assert query.words == ("rapat", "koordinasi", "rakor", "tanjung", "lago")


def test_a_question_is_understood_once(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: Counter[str] = Counter()
    for module, name in (
        ("embeddings.question.shortened", "spelt_out"),
        ("embeddings.indonesian.periods", "find_period"),
        ("embeddings.indonesian.regions", "regions_in"),
        ("embeddings.topics.officials.asked", "asked_office"),
        ("embeddings.topics.meetings.answer", "asked_meetings"),
        ("embeddings.question.expects", "expected"),
        ("embeddings.question.understand", "understand"),
    ):
        original = getattr(import_module(module), name)

        def counting(*args: Any, name: str = name, original: Any = original) -> Any:
            counted[name] += 1
            return original(*args)

        for other in [module for key, module in sys.modules.items() if key.startswith("embeddings.")]:
            if getattr(other, name, None) is original:
                monkeypatch.setattr(other, name, counting)
    assert not knowledge.answer("siapa kapolsek tanjung lago?").answered
    assert counted["understand"] == 1
    # What the articles' sentences name is another matter: no question is among them.
    assert all(times <= 2 for times in counted.values()), counted
