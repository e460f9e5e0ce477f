from pathlib import Path

import numpy as np
import pytest

from bot import replies
from bot.texts import INDONESIAN
from embeddings import Article, Encoder, KnowledgeBase, Store
from embeddings.answers.reader import Reader
from embeddings.storage.stories import LEAST_ALIKE, likeness, signature
from embeddings.topics.finding import find_all
from tests.conftest import SEEDS, on_both_engines

WIRE = """
Camat Rambutan, Dewi Lestari, membuka pelatihan kader posyandu di Aula Kecamatan Rambutan. Pelatihan itu diikuti 45
kader dari 19 desa dan satu kelurahan selama dua hari. Menurut Dewi, kader harus mampu menimbang balita dengan benar dan
mencatat hasilnya dalam aplikasi. Dinas Kesehatan Banyuasin menyiapkan timbangan baru untuk setiap posyandu. Pelatihan
serupa akan dilanjutkan di Kecamatan Air Kumbang bulan depan, dengan peserta dari enam belas desa. Setiap kader mendapat
buku panduan.
""".replace("\n", " ").strip()
REPORT = """
Sebanyak 45 kader posyandu belajar menimbang balita di Kecamatan Rambutan. Camat Dewi Lestari membuka kegiatan dua hari
itu dan berpesan agar hasil penimbangan dicatat dengan tertib. Timbangan baru disiapkan Dinas Kesehatan Banyuasin,
sedangkan Kecamatan Air Kumbang mendapat giliran berikutnya. Buku panduan dibagikan kepada semua peserta seusai acara.
""".replace("\n", " ").strip()


def save(store: Store, id: str, text: str, source: str | None, published: str | None = None) -> None:
    article = Article(id, text, source=source, published=published, url=f"https://example.org/{id}")
    store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))


@pytest.fixture
def store(store: Store) -> Store:
    save(store, "wire", WIRE, "Kantor Berita", "2024-03-05")
    save(store, "second", "RAMBUTAN – " + WIRE, "Koran Satu", "2024-03-06")
    save(store, "third", WIRE.replace("Menurut Dewi", "Kata Camat") + " (red)", "Koran Dua", "2024-03-05")
    save(store, "same-outlet", WIRE, "Kantor Berita", "2024-03-07")
    save(store, "report", REPORT, "Koran Tiga", "2024-03-05")
    return store


@on_both_engines
def test_the_same_story_in_other_outlets_is_found_and_another_report_is_not(store: Store) -> None:
    assert [copy.id for copy in store.copies("wire")] == ["third", "second"]
    assert {copy.source for copy in store.copies("second")} == {"Kantor Berita", "Koran Dua"}
    assert store.copies("report") == [] and store.copies("unknown") == []


@on_both_engines
def test_a_removed_copy_is_no_copy_any_more_and_a_changed_one_may_not_be(store: Store) -> None:
    store.remove("third")
    save(store, "second", REPORT, "Koran Satu", "2024-03-06")
    assert store.copies("wire") == []
    assert [copy.id for copy in store.copies("second")] == ["report"]


def test_likeness_is_one_for_equal_texts_high_for_copies_and_low_for_other_reports() -> None:
    assert likeness(signature(WIRE), signature(WIRE)) == 1
    assert likeness(signature(WIRE), signature("RAMBUTAN – " + WIRE)) > LEAST_ALIKE
    assert likeness(signature(WIRE), signature(REPORT)) < LEAST_ALIKE / 2
    assert signature("") == signature(" . ")


def test_a_story_is_quoted_once_and_its_other_outlets_are_named(
    encoder: Encoder, reader: Reader, tmp_path: Path
) -> None:
    for id, source, lead in (("a", "Kantor Berita", ""), ("b", "Koran Satu", "RAMBUTAN – "), ("c", "Koran Dua", "")):
        head = f'+++\nsource = "{source}"\nurl = "https://example.org/{id}"\npublished = "2024-03-05"\n+++\n'
        (tmp_path / f"{id}.md").write_text(f"{head}{lead}{WIRE}\n")
    knowledge = KnowledgeBase(tmp_path, encoder=encoder, reader=reader)
    knowledge.index([tmp_path, SEEDS])
    answer = knowledge.answer("berapa kader yang ikut pelatihan posyandu di Rambutan?")
    assert answer.answered and "45 kader" in answer.quotes[0].text
    assert sum("45 kader" in quote.text for quote in answer.quotes) == 1
    message = replies.answer_message(answer, knowledge.summary(), INDONESIAN)
    others = {"Kantor Berita", "Koran Satu", "Koran Dua"} - {answer.quotes[0].article.source}
    assert "juga dimuat oleh 2 media: " in message and all(f">{outlet}</a>" in message for outlet in others)
