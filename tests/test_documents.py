"""Pages, documents and tables of every kind, read into articles, and hostile ones refused by name."""

import pytest

from embeddings.sources.documents import read_document
from embeddings.sources.refusals import Refusal, Remark
from embeddings.types import Article

LEAD = "Bupati melantik camat baru di Aula Kecamatan Sungai Lilin, Selasa (5/3)."
MORE = "Camat yang baru, Hasan, berjanji membereskan pelayanan kependudukan dalam tiga bulan."


def page(
    *, head: str = "", above: str = "", text: str = f"<p>{LEAD}</p><p>{MORE}</p>", below: str = "", title: str = ""
) -> bytes:
    title = title or "Camat Baru Dilantik - Kabar Musi"
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><h1>Camat Baru Dilantik</h1>{above}"
        f"<article>{text}</article>{below}</body></html>"
    ).encode()


def read(name: str, content: bytes, **known: str) -> list[Article | Refusal | Remark]:
    return list(read_document(name, content, **known))  # type: ignore[arg-type]


def article_of(name: str, content: bytes, **known: str) -> Article:
    (article,) = read(name, content, **known)
    assert isinstance(article, Article), article
    return article


# --- web pages ------------------------------------------------------------------------------------------------


def test_a_web_page_is_read_with_what_its_head_tells() -> None:
    head = (
        '<meta property="og:site_name" content="Kabar Musi - Tajam dan Terpercaya">'
        '<meta name="author" content="Rina">'
        '<meta property="article:published_time" content="2024-03-05T23:30:00+00:00">'
        '<link rel="canonical" href="https://kabarmusi.example/camat-baru">'
    )
    text = f"<p>SUNGAI LILIN, KABAR MUSI – {LEAD}</p><p>Baca juga: Jalan rusak</p><p>{MORE}</p>"
    assert read("camat.html", page(head=head, text=text)) == [
        Article(
            id="camat",
            text=f"{LEAD}\n{MORE}",
            title="Camat Baru Dilantik",
            source="Kabar Musi",
            url="https://kabarmusi.example/camat-baru",
            # In the newsroom, it was the next day already.
            published="2024-03-06",
            place="Sungai Lilin",
        )
    ]


def test_what_json_ld_tells_of_the_article_is_found_among_other_objects() -> None:
    head = (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebPage", '
        '"datePublished": "2001-01-01"}, {"@type": "NewsArticle", "headline": "Camat Baru &amp; Sekcam Dilantik", '
        '"datePublished": "2024-03-05T10:00:00+07:00", "publisher": {"@id": "#p"}, "author": {"name": "Rina"}}, '
        '{"@type": "Organization", "@id": "#p", "name": "Warta Musi"}]}</script>'
    )
    content = page(head=head).replace(b"<h1>Camat Baru Dilantik</h1>", b"")
    article = article_of("camat.html", content)
    assert (article.title, article.source, article.published) == (
        "Camat Baru & Sekcam Dilantik",
        "Warta Musi",
        "2024-03-05",
    )


def test_an_outlet_is_the_name_of_no_software_and_stands_beside_the_headline_or_in_the_copyright() -> None:
    head = '<meta property="og:site_name" content="Blogger">'
    assert article_of("a.html", page(head=head)).source == "Kabar Musi"
    footer = "<footer>Copyright © 2024 Suara Pasee</footer>"
    assert article_of("a.html", page(title="Camat Baru Dilantik", below=footer)).source == "Suara Pasee"
    assert article_of("a.html", page(), outlet="Warta Desa").source == "Warta Desa"


def test_the_date_below_the_headline_is_read_where_the_head_has_none() -> None:
    above = "<div class='meta'>Rina | Selasa, 5 Maret 2024 | 10:00 WIB</div>"
    head = '<meta property="article:published_time" content="kemarin">'
    assert article_of("a.html", page(head=head, above=above)).published == "2024-03-05"


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("https://www.kabar.example/a", "https://www.kabar.example/a"),
        ("/berita/a", "https://amp.kabar.example/berita/a"),
        ("https://lain.example/a", "https://amp.kabar.example/a?amp=1"),
        ("javascript:alert(1)", "https://amp.kabar.example/a?amp=1"),
        ("https://[rusak/a", "https://amp.kabar.example/a?amp=1"),
    ],
)
def test_a_downloaded_page_gives_its_own_address_only_within_its_site(canonical: str, expected: str) -> None:
    content = page(head=f'<link rel="canonical" href="{canonical}">')
    assert article_of("a", content, url="https://amp.kabar.example/a?amp=1", media_type="text/html").url == expected


@pytest.mark.parametrize(
    ("name", "media_type", "is_read"),
    [
        ("berita", "text/html; charset=UTF-8", True),
        ("berita.php", "application/xhtml+xml", True),
        ("berita.html", "application/octet-stream", True),
        ("berita.pdf", "text/html", True),
        ("berita", "", False),
        ("berita.php", "image/png", False),
    ],
)
def test_what_a_server_calls_a_document_or_else_its_name_tells_how_it_is_read(
    name: str, media_type: str, is_read: bool
) -> None:
    (found,) = read(name, page(), media_type=media_type)
    assert isinstance(found, Article) is is_read
    if isinstance(found, Refusal):
        assert found.reason.startswith("not an article file; these are read: .txt")
