from pathlib import Path

import pytest

from embeddings import Quote
from embeddings.addresses import canonical_address
from embeddings.evaluation.questions import Question, is_right
from embeddings.sources.build import build_article
from embeddings.sources.ids import MAX_ID_LENGTH, id_of_file, id_of_url

ONE_ARTICLE = [
    "https://kabar.example/2024/01/rakor-banyuasin",
    "http://kabar.example/2024/01/rakor-banyuasin/",
    "HTTPS://WWW.Kabar.Example:443/2024/01/rakor-banyuasin#komentar",
    "https://kabar.example/2024/01/rakor-banyuasin?utm_source=wa&utm_medium=x&fbclid=1&gclid=2",
    "https://kabar.example/2024/01/rakor-banyuasin/amp",
    "https://kabar.example/2024/01/rakor-banyuasin/amp/",
    "https://amp.kabar.example/2024/01/rakor-banyuasin?amp=1",
    "https://kabar.example/2024/01/rakor-banyuasin?page=all",
    " https://kabar.example./2024/01/rakor-banyuasin? ",
]


@pytest.mark.parametrize("url", ONE_ARTICLE)
def test_every_link_to_an_article_has_one_address_and_one_id(url: str) -> None:
    assert canonical_address(url) == ONE_ARTICLE[0]
    assert id_of_url(url) == id_of_url(ONE_ARTICLE[0])
    assert id_of_url(url).startswith("kabar.example.rakor-banyuasin.")


OTHER_ARTICLES = [
    "https://kabar.example/2024/02/rakor-banyuasin",
    "https://lain.example/2024/01/rakor-banyuasin",
    "https://kabar.example/2024/01/Rakor-Banyuasin",
    "https://kabar.example/?p=17",
    "https://kabar.example/?p=18",
    "https://kabar.example/baca?id=17&page=2",
    "https://kabar.example:8080/2024/01/rakor-banyuasin",
    "https://kabar.example/lampu",
    "https://kabar.example/amp/satu",
    "https://amp.example/satu",
]


def test_links_to_other_articles_have_other_addresses_and_other_ids() -> None:
    urls = [ONE_ARTICLE[0], *OTHER_ARTICLES]
    assert len({canonical_address(url) for url in urls}) == len({id_of_url(url) for url in urls}) == len(urls)


@pytest.mark.parametrize(
    "url", [None, "", "https://kabar.example", "https://kabar.example/?utm_source=x", "ftp://a.example/b", "//[::/x",
            "https://a.example:x/b", "berita"],
)  # fmt: skip
def test_what_names_no_single_article_is_no_address(url: str | None) -> None:
    assert canonical_address(url) is None


def test_the_id_of_a_file_is_its_place_in_the_folder_that_was_named() -> None:
    folder = Path("/srv/articles")
    assert id_of_file(folder / "2024/01/rakor.txt", folder) == "2024.01.rakor"
    assert id_of_file(folder / "2024/02/rakor.txt", folder) == "2024.02.rakor"
    assert id_of_file(folder / "rakor.txt", folder) == id_of_file(folder / "2024/rakor.txt") == "rakor"
    assert id_of_file(Path("elsewhere/rakor.txt"), folder) == "rakor"


def test_every_id_that_is_made_is_one_that_articles_may_have() -> None:
    deep = Path("/srv", *["folder-" + "x" * 60] * 6, "rakor.txt")
    long = "https://" + "sub." * 50 + "example/" + "berita-" * 100
    made = [
        id_of_file(deep, Path("/srv")),
        id_of_url(long),
        id_of_url("https://a.example/?p=1"),
        *map(id_of_url, OTHER_ARTICLES),
    ]
    assert made[0].endswith(".rakor") and made[0] != id_of_file(deep.with_name("rakor2.txt"), Path("/srv"))
    for id in made:
        assert len(id) <= MAX_ID_LENGTH and build_article("Isi berita.", id=id).id == id


@pytest.mark.parametrize(
    ("named", "right"),
    [(None, True), ("rakor", True), ("a.rakor", True), ("kor", False), ("b.rakor", False), ("a", False)],
)
def test_an_evaluation_may_name_an_article_by_its_file_alone(named: str | None, right: bool) -> None:
    question = Question(id="1", question="Kapan?", article=named, answers=("senin",), answerable=True, kind="date")
    quote = Quote(build_article("Rapat hari Senin.", id="a.rakor"), 0, 17, None, 1.0)
    assert is_right(quote, question) is right
