"""Links and longer texts, held against what is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings import Article, Encoder, KnowledgeBase

URL = "https://warta.contoh.id/daerah/2023/07/rakor-tanjung-lago"
CLAIMS = {
    "merahputih-rakor-tanjung-lago": "Bupati Askolani mendengar warga di rakor Kecamatan Tanjung Lago 17 Juli 2023",
    "antara-rakor-sungai-raya": "Bupati HSS Achmad Fikry pamit kepada kepala desa dalam rakor Sungai Raya",
    "jejakkasus-oku-baturaja-timur": "Plh Bupati OKU datang ke Baturaja Timur untuk silaturahmi dengan lurah",
}
RUMOURS = [
    "Gubernur Jawa Barat meresmikan bendungan baru di Sumedang yang mengairi ribuan hektare sawah",
    "Bupati Banyuasin ditangkap karena suap proyek jalan senilai sepuluh miliar rupiah",
    "Minum air rebusan daun sirsak menyembuhkan kanker dalam seminggu menurut dokter",
]


@pytest.fixture(scope="module")
def linked(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    knowledge = KnowledgeBase(tmp_path_factory.mktemp("data"), encoder=encoder)
    articles = [
        Article("a", "Rapat koordinasi digelar.", url=URL),
        Article("b", "Rapat lain digelar.", url=f"{URL}-2"),
        Article("c", "Halaman dengan nomor.", url="http://lama.contoh.id/?p=77"),
        Article("d", "Halaman dengan nomor lain.", url="http://lama.contoh.id/?p=78"),
    ]
    assert knowledge.add(articles) == []
    yield knowledge
    knowledge.close()


@pytest.mark.parametrize(
    ("link", "article"),
    [
        (URL, "a"),
        (f"{URL}/", "a"),
        (f"{URL.replace('https://', 'http://www.')}?utm_source=wa&fbclid=x#komentar", "a"),
        (f"{URL.replace('warta.contoh', 'WARTA.Contoh')}?page=all", "a"),
        (f"{URL}/amp", "a"),
        (f"{URL}-2", "b"),
        (URL.removeprefix("https://"), "a"),
        (f"{URL}-3", None),
        ("https://lama.contoh.id/?p=78", "d"),
        ("https://lama.contoh.id/?p=79", None),
        ("https://", None),
        ("www.%", None),
    ],
)
def test_a_link_finds_the_article_of_its_page_and_no_other(
    linked: KnowledgeBase, link: str, article: str | None
) -> None:
    found = linked.store.article_at(link)
    assert (found.id if found else None) == article


@pytest.mark.parametrize(("article", "claim"), CLAIMS.items())
def test_a_claim_that_an_article_tells_finds_it(knowledge: KnowledgeBase, article: str, claim: str) -> None:
    first, *_ = knowledge.similar(claim, 3)
    assert first.article.id == article
    assert first.text in first.article.text


@pytest.mark.parametrize("rumour", [*RUMOURS, "", "a" * 5_000, "🙏 " * 500])
def test_what_no_article_tells_finds_none(knowledge: KnowledgeBase, rumour: str) -> None:
    assert knowledge.similar(rumour, 3) == ()


def test_an_empty_store_has_nothing_similar(tmp_path: Path, encoder: Encoder) -> None:
    empty = KnowledgeBase(tmp_path, encoder=encoder)
    assert empty.similar(RUMOURS[0], 3) == empty.related(RUMOURS[0], 3) == ()
    assert empty.store.article_at(URL) is None
    empty.close()
