"""Pages, documents and tables of every kind, read into articles, and hostile ones refused by name."""

import csv
import io
import random
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import docx.document
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from embeddings import Encoder, KnowledgeBase, Quote
from embeddings.answers.reader import Reader
from embeddings.sources.documents import read_document
from embeddings.sources.pdf_lines import text_of_pages
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


@pytest.mark.parametrize(
    ("told", "headline"),
    [
        ("Camat Baru - Kabar Musi", "Camat Baru"),
        ("Kabar Musi | Camat Baru", "Camat Baru"),
        ("Camat Baru – yang Ketiga", "Camat Baru – yang Ketiga"),
        ("Kabar Musi", "Kabar Musi"),
    ],
)
def test_a_headline_that_only_the_head_tells_loses_the_name_of_the_site(told: str, headline: str) -> None:
    head = f'<meta property="og:title" content="{told}"><meta property="og:site_name" content="Kabar Musi">'
    assert article_of("a.html", page(head=head).replace(b"<h1>Camat Baru Dilantik</h1>", b"")).title == headline


def test_a_heading_that_is_the_name_of_the_site_is_no_headline() -> None:
    office = "Dinas Pendidikan dan Kebudayaan Kabupaten Sigi"
    content = page(title=f"Guru Baru Tiba | {office}", below=f"<footer>© 2024 {office}</footer>")
    content = content.replace(b"<h1>Camat Baru Dilantik</h1>", f"<h1>{office}</h1><h2>Guru Baru Tiba</h2>".encode())
    article = article_of("a.html", content)
    assert (article.title, article.source) == ("Guru Baru Tiba", office)


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


# --- PDF ------------------------------------------------------------------------------------------------------

NUMBERS = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
PARAGRAPHS = [
    f"Menurut laporan {number}, pelayanan kependudukan di kecamatan itu terlalu lama ditunggu warga, karena petugas "
    f"yang bertugas pada shift {number} hanya dua orang dan anak-anak sekolah pun harus antre. " * 3
    for number in NUMBERS
]


def pdf(paragraphs: Sequence[str] = PARAGRAPHS, title: str = "Camat Baru Dilantik", **properties: Any) -> bytes:
    """A printed press release, with a running header and footer on every page."""
    target = io.BytesIO()
    styles = getSampleStyleSheet()

    def running(canvas: Any, document: Any) -> None:
        canvas.drawString(72, 800, "PEMERINTAH KABUPATEN BANYUASIN")
        canvas.drawString(72, 30, f"Halaman {canvas.getPageNumber()} dari 3")

    document = SimpleDocTemplate(target, pagesize=A4, invariant=1, **properties)
    story = [Paragraph(title, styles["Title"]), *(Paragraph(text, styles["BodyText"]) for text in paragraphs)]
    document.build(story, onFirstPage=running, onLaterPages=running)
    return target.getvalue()


def test_the_lines_of_a_pdf_are_joined_to_paragraphs_and_its_pages_are_where_they_were_printed() -> None:
    content = pdf(title="Camat Baru Dilantik")
    article = article_of("rilis.pdf", content)
    assert article.title == "Camat Baru Dilantik"
    assert article.text.split("\n\n") == [" ".join(text.split()) for text in PARAGRAPHS]
    printed = [page.extract_text().split() for page in PdfReader(io.BytesIO(content)).pages]
    assert len(article.pages) == len(printed) - 1 > 0
    for start, words in zip(article.pages, printed[1:], strict=True):
        # Behind the running header.
        assert words[:3] == ["PEMERINTAH", "KABUPATEN", "BANYUASIN"]
        assert article.text[start:].split()[:8] == words[7:15]


def test_words_divided_at_the_end_of_a_printed_line_are_joined_and_hyphens_of_their_own_stay() -> None:
    lines = [
        "Bupati mengunjungi tiga desa di kecamatan itu dan meres-",
        "mikan jembatan gantung yang lama ditunggu oleh anak-",
        "anak sekolah, pedagang sayur-",
        "mayur yang datang dari seluruh penjuru kecamatan, dan se-",
        "Kalimantan pula tamu datang pada hari peresmian yang ke-",
        "17 itu.",
    ]
    text, _ = text_of_pages(["\n".join(lines)])
    joined = (
        "Bupati mengunjungi tiga desa di kecamatan itu dan meresmikan jembatan gantung yang lama ditunggu oleh anak-"
        "anak sekolah, pedagang sayur-mayur yang datang dari seluruh penjuru kecamatan, dan se-Kalimantan pula tamu "
        "datang pada hari peresmian yang ke-17 itu."
    )
    assert text.replace("\n\n", " ") == joined


def test_what_a_pdf_tells_of_title_and_date_holds_where_its_text_does_not() -> None:
    content = pdf(PARAGRAPHS[:2], title="-")
    with_properties = article_of("rilis.pdf", with_info(content, "/Title", "Antrean di Kecamatan"))
    assert with_properties.title == "Antrean di Kecamatan"
    named_by_a_program = article_of("rilis.pdf", with_info(content, "/Title", "Microsoft Word - rilis.doc"))
    assert named_by_a_program.title == "PEMERINTAH KABUPATEN BANYUASIN"
    assert article_of("rilis.pdf", with_info(content, "/CreationDate", "D:20240305233000Z")).published == "2024-03-06"
    assert article_of("rilis.pdf", with_info(content, "/CreationDate", "kemarin")).published is None


def with_info(content: bytes, key: str, value: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.metadata = None
    writer.add_metadata({key: value})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_a_scan_is_refused_with_the_way_out() -> None:
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.rect(100, 100, 300, 300)
    canvas.drawString(72, 30, "Scanned with CamScanner")
    canvas.showPage()
    canvas.save()
    (refusal,) = read("pindaian.pdf", target.getvalue())
    assert isinstance(refusal, Refusal)
    assert "without text, such as a scan" in refusal.reason and "ocrmypdf" in refusal.reason


def test_a_pdf_that_is_locked_is_refused_and_one_that_only_forbids_printing_is_read() -> None:
    (refusal,) = read("a.pdf", pdf(encrypt="rahasia"))
    assert isinstance(refusal, Refusal) and "locked with a password" in refusal.reason
    only_forbids = StandardEncryption("", ownerPassword="rahasia", canPrint=0)
    assert article_of("a.pdf", pdf(encrypt=only_forbids)).text.startswith("Menurut laporan satu")


# --- documents of word processors -----------------------------------------------------------------------------


def word_file(change: Callable[[docx.document.Document], None] = lambda document: None) -> bytes:
    document = docx.Document()
    document.core_properties.modified = datetime(2024, 3, 5, 23, 30)
    document.add_heading("Camat Baru Dilantik", 0)
    document.add_paragraph(f"SUNGAI LILIN, KABAR MUSI – {LEAD}")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Camat Sungai Lilin", "Hasan Basri."
    document.add_paragraph(MORE)
    change(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_word_file_is_read_with_its_tables_and_what_its_properties_tell() -> None:
    article = article_of("rilis.docx", word_file())
    assert (article.title, article.source, article.place) == ("Camat Baru Dilantik", "KABAR MUSI", "Sungai Lilin")
    assert article.text == f"{LEAD}\nCamat Sungai Lilin | Hasan Basri.\n{MORE}"
    # The text's own date wins; where it has none, the day it was saved, as it was in the newsroom.
    assert article.published == "2024-03-06"

    def date(document: docx.document.Document) -> None:
        document.paragraphs[1].text = "SUNGAI LILIN – Bupati melantik camat baru di Sungai Lilin, Selasa (5/3/2024)."

    assert article_of("rilis.docx", word_file(date)).published == "2024-03-05"


def test_a_cell_that_says_it_spans_a_billion_others_stands_there_once() -> None:
    def wide(document: docx.document.Document) -> None:
        document.tables[0].cell(0, 0)._tc.grid_span = 1_000_000_000

    assert "Camat Sungai Lilin | Hasan Basri." in article_of("rilis.docx", word_file(wide)).text


def test_a_title_in_the_properties_of_a_word_file_stands_in_for_a_missing_heading() -> None:
    def untitled(document: docx.document.Document) -> None:
        document.paragraphs[0].text = ""
        document.core_properties.title = "Hasan Pimpin Sungai Lilin"

    assert article_of("rilis.docx", word_file(untitled)).title == "Hasan Pimpin Sungai Lilin"


# --- tables ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_row_by_row_and_a_bad_row_costs_itself_alone(delimiter: str) -> None:
    rows = [
        ["id", "Title", "text", "published", "source", "catatan"],
        ["a", "Camat; baru, dilantik", f'Kata dia, "Siap."\n\n{LEAD}', "2024-03-05", "Kabar Musi", "x"],
        ["b", "", LEAD, "31 Februari 2024", "", ""],
        ["c", "", LEAD, "5 Maret 2024"],
        ["d", *["x"] * 7],
    ]
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows)
    first, bad, short, long = read("berita.csv", b"\xef\xbb\xbf" + target.getvalue().encode())
    assert first == Article(
        id="a",
        text=f'Kata dia, "Siap."\n\n{LEAD}',
        title="Camat; baru, dilantik",
        source="Kabar Musi",
        published="2024-03-05",
    )
    assert isinstance(bad, Refusal) and bad.where == "berita.csv, line 5" and "is not a date" in bad.reason
    assert isinstance(short, Article) and (short.id, short.published) == ("c", "2024-03-05")
    assert isinstance(long, Refusal) and "8 cells, more than the 6 columns" in long.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"judul,isi\na,b\n", "does not name the columns `id` and `text`"),
        (b"", "does not name the columns"),
        ("id,text\na,b\n".encode("utf-16"), "save it as CSV in UTF-8"),
        (b'id,text\na,"' + b"x" * 10_000_000 + b'"\n', "larger than 1024 kB"),
        (b'id,text\na,"' + b"x\n" * 530_000, "or close a quotation mark"),
        (b'id,text\na,"b" c\n', "no row of a table"),
        (b'id,text\na,"b\n', "no row of a table"),
        (b"id,text\na,\xff\xfe\x81\n", "in an unknown encoding"),
    ],
)
def test_what_is_no_table_of_articles_is_refused(content: bytes, reason: str) -> None:
    refusals = read("berita.csv", content)
    assert isinstance(refusals[0], Refusal) and reason in refusals[0].reason


def test_the_row_after_one_with_a_field_of_ten_megabytes_is_read() -> None:
    content = b'id,text\na,"' + b"x" * 10_000_000 + b'"\nb,' + LEAD.replace(",", "").encode() + b"\n"
    refusal, article = read("berita.csv", content)
    assert isinstance(refusal, Refusal) and refusal.where == "berita.csv, line 2"
    assert isinstance(article, Article) and article.id == "b"


def test_a_jsonl_file_may_call_its_date_published() -> None:
    lines = b'{"id": "a", "text": "Rapat.", "published": "2024-03-05"}\n{"id": "b", "text": "Rapat.", "date": "2024"}\n'
    found = read("berita.jsonl", lines)
    assert [item.published for item in found if isinstance(item, Article)] == ["2024-03-05", "2024"]


# --- exports of WordPress -------------------------------------------------------------------------------------

EXPORT = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>Kabar Musi - Tajam dan Terpercaya</title>
{items}
</channel></rss>
"""
ITEM = """<item><title>Camat &amp; Sekcam Dilantik</title><link>https://kabarmusi.example/camat</link>
<content:encoded><![CDATA[{content}]]></content:encoded><wp:post_id>{number}</wp:post_id>
<wp:post_date>2024-03-05 06:30:00</wp:post_date><wp:post_date_gmt>2024-03-04 23:30:00</wp:post_date_gmt>
<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>
<wp:post_password>{password}</wp:post_password><title>Komentar</title></item>
"""
POST = f"""<!-- wp:paragraph --><p>SUNGAI LILIN – {LEAD}</p><!-- /wp:paragraph -->
[caption id="a_1"]<img src="a.jpg" /> Camat di lokasi.[/caption]
{MORE}

[irp posts="12"]
Warga &amp; kepala desa <strong>hadir</strong> pada acara itu."""


def item(number: int, content: str = POST, status: str = "publish", kind: str = "post", password: str = "") -> str:
    return ITEM.format(number=number, content=content, status=status, kind=kind, password=password)


def export(*items: str) -> bytes:
    return EXPORT.format(items="".join(items)).encode()


def test_the_published_posts_of_an_export_of_wordpress_are_read() -> None:
    others = [item(2, status="draft"), item(3, kind="page"), item(4, password="rahasia"), item(5, status="private")]
    assert read("musi.xml", export(item(1), *others)) == [
        Article(
            id="musi.1",
            text=f"{LEAD}\n\n{MORE}\n\nWarga & kepala desa hadir pada acara itu.",
            title="Camat & Sekcam Dilantik",
            source="Kabar Musi",
            url="https://kabarmusi.example/camat",
            published="2024-03-05",
            place="Sungai Lilin",
        )
    ]


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html><body>Rapat</body></html>", "no export of WordPress"),
        (b"<rss><item><title>a</title></item></rss>", "no export of WordPress"),
        (export(item(1))[:-300], "is damaged; what stood before was read"),
        (f'<!DOCTYPE rss [<!ENTITY a0 "x">{LAUGHS}]><rss><channel>&a9;</channel></rss>'.encode(), "declares entities"),
        (b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>&a;</channel></rss>', "entities"),
        (b"<rss><channel><item>" + b"<a>" * 100_000, "nested more than 20 levels"),
        (b"<rss><channel><item><title>" + b"a" * 20_000_000, "takes more than 8192 kB"),
        (b"<rss><channel><item " + b"a" * 20_000_000, "takes more than 8192 kB"),
    ],
)  # fmt: skip
def test_xml_that_is_no_export_or_is_hostile_is_refused(content: bytes, reason: str) -> None:
    refusal = read("musi.xml", content)[-1]
    assert isinstance(refusal, Refusal) and reason in refusal.reason


def test_a_post_without_text_costs_itself_alone_and_those_before_a_damage_are_kept() -> None:
    first, refusal, third, damage = read("musi.xml", export(item(1), item(2, content=""), item(3))[:-10])
    assert isinstance(first, Article) and isinstance(third, Article) and third.id == "musi.3"
    assert isinstance(refusal, Refusal) and refusal.where == "musi.xml, item 2"
    assert isinstance(damage, Refusal) and "is damaged" in damage.reason


# --- archives -------------------------------------------------------------------------------------------------


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target.getvalue()


def test_the_files_of_an_archive_are_read_and_named_by_their_folders() -> None:
    rows = f'id,text\nr1,"{LEAD}"\n'.encode()
    found = read(
        "berita.zip",
        archive(
            {
                "2024/03/camat.html": page(),
                "2024/04/camat.txt": LEAD.encode(),
                "2024/rilis.docx": word_file(),
                "2024/rilis.pdf": pdf(),
                "tabel.csv": rows,
                "musi.xml": export(item(1)),
                "..\\..\\etc\\x.txt": LEAD.encode(),
                "lagi.zip": archive({"a.txt": LEAD.encode()}),
                "rusak.pdf": b"%PDF-1.7 rusak",
                "foto/a.jpg": b"\xff\xd8",
                "foto/b.jpg": b"\xff\xd8",
                "README.txt": b"Baca.",
                "__MACOSX/._a.txt": b"x",
                ".hidden.txt": b"x",
            }
        ),
    )
    ids = [item.id for item in found if isinstance(item, Article)]
    html, text, word, printed, *others = ids
    assert (html, text) == ("berita.2024.03.camat", "berita.2024.04.camat")
    assert word == printed == "berita.2024.rilis" and others == ["r1", "berita.musi.1", "berita.etc.x"]
    reasons = {item.where: item.reason for item in found if isinstance(item, Refusal)}
    assert reasons["berita.zip, lagi.zip"] == "an archive in an archive; unpack it"
    assert "damaged" in reasons["berita.zip, rusak.pdf"] and len(reasons) == 2
    remark = Remark("berita.zip", "2 files in it skipped: .jpg 2")
    assert [item for item in found if isinstance(item, Remark)] == [remark]


def damaged(content: bytes) -> bytes:
    position = content.index(b"a.txt") + 20
    return content[:position] + b"\xff\xff\xff\xff" + content[position + 4 :]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"bukan zip", "a damaged file, or none of this kind"),
        (archive({"a.txt": LEAD.encode()})[:-30], "a damaged file, or none of this kind"),
        (archive({f"{n}.txt": b"" for n in range(10_001)}), "10001 files are in it"),
        (archive({"a.jsonl": b" " * 100_000_000}), "it unfolds to 97656 kB"),
        (damaged(archive({"a.txt": LEAD.encode() * 9})), "damaged in the archive"),
        (archive({"a.txt": LEAD.encode()}, zipfile.ZIP_LZMA), "pack it with Deflate"),
        (archive({"a.txt": b"a" * 2_000_000}), "larger than 1024 kB"),
        (archive({"a.txt": b"x" * 21_000_000}, zipfile.ZIP_STORED), "raise [articles] max_document_kb"),
    ],
)
def test_an_archive_that_is_damaged_or_a_bomb_is_refused(content: bytes, reason: str) -> None:
    (refusal,) = read("berita.zip", content)
    assert isinstance(refusal, Refusal) and reason in refusal.reason


def test_an_archive_that_says_less_than_it_unfolds_to_is_read_no_further() -> None:
    content = archive({"a.txt": b"a" * 50_000_000})
    # The size that the directory tells, in both of its places.
    lying = content.replace((50_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != content
    (found,) = read("berita.zip", lying)
    assert isinstance(found, Refusal) and "damaged in the archive" in found.reason


# --- hostile pages and documents ------------------------------------------------------------------------------


def bomb_of_forms(levels: int = 12) -> bytes:
    """A page that draws a form that draws another ten times, and so on: 10 to the power of `levels` texts."""
    writer = PdfWriter()
    blank = writer.add_blank_page(200, 200)
    inner: Any = None
    for _ in range(levels):
        form = DecodedStreamObject()
        form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
        fonts = DictionaryObject({NameObject("/F"): DictionaryObject({NameObject("/Type"): NameObject("/Font")})})
        resources = DictionaryObject({NameObject("/Font"): fonts})
        if inner is not None:
            resources[NameObject("/XObject")] = DictionaryObject({NameObject("/X"): inner})
        form[NameObject("/Resources")] = resources
        form.set_data(b"/X Do " * 10 if inner is not None else b"BT /F 9 Tf (Rapat) Tj ET ")
        inner = writer._add_object(form)
    blank[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/X"): inner})}
    )
    drawing = DecodedStreamObject()
    drawing.set_data(b"/X Do " * 10)
    blank[NameObject("/Contents")] = writer._add_object(drawing)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def many_pages(number: int) -> bytes:
    writer = PdfWriter()
    for _ in range(number):
        writer.add_blank_page(100, 100)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def drawn(drawing: bytes) -> bytes:
    writer = PdfWriter()
    blank = writer.add_blank_page(200, 200)
    stream = DecodedStreamObject()
    stream.set_data(drawing)
    blank[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject()})
    blank[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def with_part(name: str, content: bytes, called: str | None = None) -> bytes:
    """A .docx in which one part is another, and its text called something else."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word_file())) as before,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.infolist():
            part = content if member.filename == name else before.read(member)
            if called and member.filename in ("_rels/.rels", "[Content_Types].xml"):
                part = part.replace(b"word/document.xml", called.encode())
            after.writestr(called if called and member.filename == "word/document.xml" else member.filename, part)
    return target.getvalue()


def many_words(document: docx.document.Document) -> None:
    for _ in range(110):
        document.add_paragraph("kata " * 2_000)


DEEP = "<html><body>" + ("<div>" * 200 + LEAD + "</div>" * 200) * 400
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "a page of deep elements": ("a.html", DEEP.encode(), "too deeply nested"),
    "a page of a hundred thousand open elements": ("a.html", b"<div>" * 200_000, "no article is found"),
    "a page of many elements": ("a.html", b"<p>a" * 250_000, "more than 30000 elements"),
    "a tag of many attributes": (
        "a.html", f"<body><p {' '.join(f'a{n}=1' for n in range(90_000))}>{LEAD}".encode(), "more than 3000 attributes",
    ),
    "a tag of many attributes in quotes": (
        "a.html", f"<body><p {''.join(f'''a{n}='>'/''' for n in range(90_000))}>{LEAD}".encode(), "3000 attributes",
    ),
    "a page of nothing": ("a.html", b"<!-- -->", "web page"),
    "a page in bytes": ("a.html", b"\x00\x01\x02" * 1000, "a binary file"),
    "a page of two megabytes": ("a.html", page(text="<p>a" * 600_000), "larger than 1024 kB"),
    "a PDF of many pages": ("a.pdf", many_pages(501), "501 pages; at most 500 are read"),
    "a PDF of a million steps": ("a.pdf", drawn(b"q Q " * 1_000_000), "damaged or that cannot be read"),
    "a PDF that unfolds to a gigabyte": ("a.pdf", drawn(b" " * 1_000_000_000), "damaged or that cannot be read"),
    "a PDF of nothing": ("a.pdf", b"%PDF-1.7\n", "damaged or that cannot be read"),
    "a PDF of a million objects": (
        "a.pdf", b"%PDF-1.7\n" + b"".join(b"%d 0 obj<<>>endobj\n" % n for n in range(800_000)), "damaged or that",
    ),
    "a .docx of a million elements": (
        "a.docx", with_part("word/document.xml", b"<a>" + b"<b/>" * 5_000_000 + b"</a>"), "whose XML unfolds to",
    ),
    "a .docx of a million elements in a picture": (
        "a.docx", with_part("word/document.xml", b" \n<a>" + b"<b/>" * 5_000_000 + b"</a>", "word/media/image1.png"),
        "whose XML unfolds to",
    ),
    "a .docx of entities in UTF-16": (
        "a.docx",
        with_part("word/document.xml", f'<!DOCTYPE a [<!ENTITY a0 "x">{LAUGHS}]><a>&a9;</a>'.encode("utf-16")),
        "declares XML entities",
    ),
    "a .docx of entities": (
        "a.docx", with_part("word/document.xml", f'<!DOCTYPE a [<!ENTITY a0 "x">{LAUGHS}]><a>&a9;</a>'.encode()),
        "declares XML entities",
    ),
    "a .docx of a million words": ("a.docx", word_file(many_words), "more than an article has; divide it"),
    "a .docx that unfolds": ("a.docx", archive({"word/a.bin": b"0" * 500_000_000}), "as no documents of its size do"),
    "a .docx of nothing": ("a.docx", archive({"a.txt": b"Rapat."}), "a .docx that is damaged or none"),
    "a .docx that is none": ("a.docx", b"Rapat.", "a damaged file, or none of this kind"),
    "a .doc": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "locked with a password, or a .doc"),
}  # fmt: skip


def test_a_pdf_of_forms_in_forms_is_drawn_only_so_far() -> None:
    assert len(article_of("a.pdf", bomb_of_forms()).text) < 5_000


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_document_is_refused_for_its_own_reason_within_seconds(kind: str) -> None:
    name, content, reason = HOSTILE[kind]
    started = time.process_time()
    (refusal,) = read(name, content)
    assert isinstance(refusal, Refusal) and reason in refusal.reason
    assert time.process_time() - started < 20


WHOLE: dict[str, bytes] = {
    "a.html": page(),
    "a.pdf": pdf(),
    "a.docx": word_file(),
    "a.csv": f'id,text\na,"{LEAD}"\n'.encode(),
    "a.xml": export(item(1), item(2)),
    "a.zip": archive({"a.html": page(), "b.txt": b"Rapat desa.", "c.pdf": pdf(PARAGRAPHS[:2])}),
}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with some bytes changed, lost or doubled."""
    mutation = bytearray(content)
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        place, other = chance.randrange(len(mutation)), chance.randrange(len(mutation))
        piece = chance.choice((b"", bytes([chance.randrange(256)]), mutation[other : other + chance.randrange(200)]))
        mutation[place : place + chance.randrange(50)] = piece
        mutation = mutation or bytearray(b"x")
    return bytes(mutation)


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_however_a_document_is_damaged_it_is_read_or_refused_and_never_a_fault(name: str) -> None:
    chance = random.Random(name)
    for _ in range(400):
        for found in read(name, mutated(WHOLE[name], chance)):
            assert not isinstance(found, Refusal) or "wartabot fails" not in found.reason, found.reason


# --- the whole way --------------------------------------------------------------------------------------------


def test_documents_of_every_kind_in_a_folder_are_indexed_and_answer_and_one_that_is_gone_is_pruned(
    tmp_path: Path, encoder: Encoder, reader: Reader
) -> None:
    folder = tmp_path / "berita"
    folder.mkdir()
    (folder / "camat.html").write_bytes(page())
    (folder / "rilis.pdf").write_bytes(
        pdf(["Lurah Mariana, Zainal Arifin, membuka posyandu lansia di balai kelurahan."] * 3)
    )
    (folder / "dinas.docx").write_bytes(word_file())
    (folder / "tabel.csv").write_text(f'id,text\nbaris,"{LEAD}"\n')
    (folder / "musi.xml").write_bytes(export(item(1)))
    (folder / "arsip.zip").write_bytes(archive({"a/b.html": page(), "c.txt": b"Rapat digelar di balai desa Betung."}))
    (folder / "pindaian.pdf").write_bytes(many_pages(2))
    knowledge = KnowledgeBase(tmp_path / "data", encoder=encoder, reader=reader)
    report = knowledge.index([folder])
    assert [Path(refusal.where).name for refusal in report.refused] == ["pindaian.pdf"]
    ids = {article.id for article in knowledge.store.articles()}
    assert len(ids) == 7 and {"camat", "rilis", "dinas", "baris"} <= ids
    answer = knowledge.answer("siapa lurah mariana?")
    assert answer.quotes[0].article.id == "rilis" and "Zainal Arifin" in answer.quotes[0].text
    (folder / "panjang.pdf").write_bytes(pdf())
    knowledge.index([folder / "panjang.pdf"])
    long = knowledge.store.article("panjang")
    assert long is not None and long.pages and Quote(long, long.pages[0], len(long.text), None, 0.9).page == 2
    (folder / "panjang.pdf").unlink()
    (folder / "pindaian.pdf").unlink()
    (folder / "arsip.zip").unlink()
    report = knowledge.index([folder], prune=True)
    assert (report.unchanged, report.removed, report.refused) == (5, 3, [])
    knowledge.close()
