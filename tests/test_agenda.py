from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bot.heads import heads
from bot.texts import INDONESIAN
from embeddings import Answer, Article, Certainty, KnowledgeBase, Store
from embeddings.indonesian.periods import find_period
from embeddings.question.query import parse_question
from embeddings.storage.store import FILE_NAME
from embeddings.topics.finding import find_all
from embeddings.topics.meetings.answer import MeetingAnswer, asked_meetings, find_held

TODAY = date(2024, 5, 20)
ARTICLES = {
    "rambutan": ("2024-03-06", "Bupati Banyuasin membuka musrenbang Kecamatan Rambutan di Aula Camat, Selasa (5/3)."),
    "rakor": ("2023-07-18", "Rakor Kecamatan Tanjung Lago digelar di Desa Mulia Sari, Senin (17/7/2023). Bupati "
              "Banyuasin hadir."),
    "again": ("2023-07-19", "Rapat koordinasi Kecamatan Tanjung Lago digelar Senin (17/7/2023), kata Bupati "
              "Banyuasin."),
    "paripurna": ("2022", "DPRD Banyuasin menggelar rapat paripurna di Gedung DPRD Banyuasin, Kamis."),
    "palembang": ("2023-07-20", "Wali Kota Palembang memimpin rapat koordinasi di Palembang, Rabu (19/7/2023)."),
    "tapin": ("2023-08-01", "Camat menghadiri rakor di Rantau, Senin (31/7/2023)."),
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / FILE_NAME)
    for id, (published, text) in ARTICLES.items():
        article = Article(id, text, published=published, source=f"Warta {id}")
        store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    return store


def held(store: Store, question: str) -> tuple[MeetingAnswer, ...]:
    period = find_period(question, TODAY)
    plain = question if period is None else f"{question[: period.span[0]]}{question[period.span[1] :]}"
    asked = asked_meetings(plain, parse_question(plain).words)
    return find_held(store, asked, period) if asked else ()


@pytest.mark.parametrize(
    ("question", "articles"),
    [
        ("rapat apa saja di banyuasin", ["rambutan", "rakor", "paripurna"]),
        ("rapat banyuasin", ["rambutan", "rakor", "paripurna"]),
        ("rapat apa saja di Banyuasin 2023", ["rakor"]),
        ("kegiatan apa saja di banyuasin tahun 2022", ["paripurna"]),
        ("rapat banyuasin Juli 2023", ["rakor"]),
        ("meetings in Banyuasin in July 2023", ["rakor"]),
        ("rapat banyuasin sebelum 2023", ["paripurna"]),
        ("rapat di banyuasin sejak 2024", ["rambutan"]),
        ("kapan rakor di tanjung lago", ["rakor"]),
        ("kpn rakor tj lago", ["rakor"]),
        ("min mau tanya kapan rakornya di tanjung lago ya", ["rakor"]),
        ("apa kegiatan bupati banyuasin tahun 2024", ["rambutan"]),
        ("agenda gubernur banyuasin", []),
        ("kapan rapat koordinasi Kecamatan Tanjung Lago digelar?", ["rakor"]),
        ("When was the Tanjung Lago coordination meeting held?", ["rakor"]),
        ("kapan musrenbang kec. rambutan?", ["rambutan"]),
        ("di mana rakor tanjung lago", ["rakor"]),
        ("siapa yang hadir di rakor tanjung lago", ["rakor"]),
        ("di mana rapat paripurna dprd banyuasin", ["paripurna"]),
        ("kapan rapat paripurna anggaran banyuasin", []),
        ("kapan pelantikan bupati banyuasin", []),
        ("kapan rakor di rantau bayur", []),
        ("kapan rakor di musi rawas", []),
        ("rakor apa saja di palembang", ["palembang"]),
        ("berapa anggaran rakor tanjung lago", []),
        ("apa tujuan musrenbang rambutan", []),
        ("kapan rakor?", []),
        ("kenapa ada rakor di tanjung lago", []),
        ("untuk apa rakor di tanjung lago dilaksanakan", []),
        ("ada rapat apa di banyuasin", ["rambutan", "rakor", "paripurna"]),
        ("apakah ada rapat di banyuasin", ["rambutan", "rakor", "paripurna"]),
        ("siapa yang memimpin rakor di palembang", []),
        ("siapa camat rambutan", []),
        ("halo", []),
    ],
)
def test_a_question_gets_the_meetings_of_its_kind_region_and_time_newest_first(
    store: Store, question: str, articles: list[str]
) -> None:
    assert sorted(one.article.id.replace("again", "rakor") for one in held(store, question)) == sorted(articles)
    days = [one.meeting.held or one.article.published or "" for one in held(store, question)]
    assert days == sorted(days, reverse=True)


def test_meetings_in_two_districts_of_one_name_are_told_apart(store: Store) -> None:
    for id, around in (("h", "Hulu Sungai Selatan"), ("k", "Kubu Raya")):
        text = f"Rapat koordinasi Kecamatan Sungai Raya, {around}, digelar Senin (17/7/2023)."
        article = Article(id, text, published="2023-07-18")
        store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    both = held(store, "kapan rakor di sungai raya")
    lines = heads(Answer("q", Certainty.SURE, 0.8, meetings=both), INDONESIAN)
    assert {line.rpartition(" (")[2] for line in lines[1:3]} == {"Hulu Sungai Selatan)", "Kubu Raya)"}
    assert lines[3].startswith("Ada beberapa daerah dengan nama itu.")
    assert [one.article.id for one in held(store, "kapan rakor di sungai raya kubu raya")] == ["k"]


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("kapan musrenbang tingkat kabupaten lahat", ["2024-03-17"]),
        ("musrenbang kabupaten lahat tanggal berapa", ["2024-03-17"]),
        ("musrenbang tingkat kecamatan di lahat kapan", ["2024-02-13"]),
        ("kapan musrenbang pulau pinang lahat", ["2024-02-13"]),
        ("kapan musrenbang tingkat provinsi di lahat", []),
    ],
)
def test_a_meeting_of_another_level_than_asked_for_is_none(store: Store, question: str, days: list[str]) -> None:
    text = (
        "Musrenbang Kecamatan Pulau Pinang, Lahat, ditunda dari Rabu (7/2/2024) ke Selasa (13/2/2024). "
        "Usulan dibawa ke musrenbang kabupaten pada 17 Maret 2024 di Pendapa Kabupaten Lahat."
    )
    article = Article("levels", text, published="2024-02-08")
    store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    assert [one.meeting.held for one in held(store, question)] == days


def test_a_removed_article_takes_its_meetings_along(store: Store) -> None:
    store.remove("rambutan")
    assert held(store, "kapan musrenbang rambutan") == ()


def test_the_list_shows_days_as_far_as_they_are_known(knowledge: KnowledgeBase) -> None:
    answer = knowledge.answer("rapat apa saja di Banyuasin?")
    lines = heads(answer, INDONESIAN)
    assert lines[0] == "Rapat dan kegiatan yang diberitakan, dari yang terbaru:"
    assert (
        "• 17 Juli 2023: Rapat koordinasi (rakor) bersama Forkopimcam Kecamatan Tanjung Lago, di Desa Tanjung Lago"
        in lines[1]
    )
    assert any(line.startswith("• tanggal tidak disebut (berita tanpa tanggal): Rapat sinkronisasi") for line in lines)
    for quote, one in zip(answer.quotes, answer.meetings, strict=False):
        assert one.article.text[slice(*one.meeting.evidence)] in quote.text
    (line,) = heads(knowledge.answer("kapan rakor di sungai raya?"), INDONESIAN)
    assert line.startswith("Selasa (tanggal lengkap tidak disebut; berita 2023): Rapat koordinasi (rakor) kecamatan")


def test_the_words_that_answer_are_the_day_or_the_place(knowledge: KnowledgeBase) -> None:
    def marked(question: str) -> str:
        quote = knowledge.answer(question).quotes[0]
        assert quote.answer is not None
        return quote.article.text[slice(*quote.answer)]

    assert marked("kapan rakor di tanjung lago") == "Senin (17/7/2023)"
    assert marked("rakor tanjung lago dmn") == "Desa Tanjung Lago, Kecamatan Tanjung Lago"


def test_the_quote_holds_the_place_also_where_another_sentence_tells_it(knowledge: KnowledgeBase) -> None:
    quote = knowledge.answer("Di mana rapat sinkronisasi Banyuasin?").quotes[0]
    assert "OPI Indah Hotel" in quote.text and quote.answer is not None
    assert quote.start <= quote.answer[0] and quote.answer[1] <= quote.end


def test_a_list_of_meetings_that_no_article_tells_of_is_an_honest_no(knowledge: KnowledgeBase) -> None:
    for question in ("rapat apa saja di Palembang?", "rapat apa saja di Banyuasin tahun 2019"):
        assert not knowledge.answer(question).answered


def test_who_was_there_is_answered_with_the_list_of_guests(knowledge: KnowledgeBase) -> None:
    answer = knowledge.answer("siapa yang hadir di rakor rantau bayur")
    assert answer.quotes[0].text.startswith("Turut hadir Staf Khusus Bupati Amirul")
    assert answer.to_json()["meetings"][0]["held"] == "2023-07-13"


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("berapa kali bupati ke sungai raya?", 1),
        ("sudah berapa kali rakor di Banyuasin", 2),
        ("berapa kali askolani berkunjung ke tanjung lago", 1),
    ],
)
def test_how_often_is_answered_with_the_dated_list(knowledge: KnowledgeBase, question: str, counted: int) -> None:
    answer = knowledge.answer(question)
    lines = heads(answer, INDONESIAN)
    assert lines[0] == f"{counted} kali menurut berita yang saya punya:"
    assert len(lines) == 1 + counted == 1 + len(answer.quotes)


def test_how_many_of_anything_else_counts_no_meetings(knowledge: KnowledgeBase) -> None:
    assert knowledge.answer("berapa desa di Banyuasin?").meetings == ()
    assert knowledge.answer("berapa kali gempa di Banyuasin?").meetings == ()
