import gzip
import json
import os
import subprocess
import sys
import time
import tracemalloc
from datetime import timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from embeddings.sources.build import build_article
from embeddings.sources.cleaning import clean
from embeddings.sources.datelines import find_dateline
from embeddings.sources.files import ArticleSettings, find_files, read_file
from embeddings.sources.refusals import Refusal, Remark
from embeddings.types import Article
from tests.conftest import SEEDS, SHARED, needs_shared

SETTINGS = ArticleSettings()

# A saved page with what newsroom software puts around an article.
PAGE = """\
Jembatan Sungai Lilin Mulai Diperbaiki
1 min read

Jembatan Sungai Lilin Mulai Diperbaiki

BANYUASIN, KABARKITA.CO.ID – Perbaikan jembatan di Desa Sungai Lilin dimulai, Kamis (13/7). Anggarannya Rp2 miliar.

Baca juga: Jalan desa rusak dikeluhkan warga
Share on Facebook

"Kami targetkan selesai tahun 2023," kata Camat, H. Umar, SH., MH (Baca juga: profil camat) di lokasi. (RED)

(Deni).
Pewarta: Andi
COPYRIGHT © KABAR Kita 2023

Tinggalkan Balasan

Alamat email Anda tidak akan dipublikasikan. Ruas yang wajib ditandai *
News Feed
"""


def read_all(path: Path, settings: ArticleSettings = SETTINGS) -> list[Article | Refusal | Remark]:
    return list(read_file(path, settings))


def test_a_saved_page_is_cleaned_and_its_title_outlet_place_and_date_are_found(tmp_path: Path) -> None:
    path = tmp_path / "jembatan.txt"
    path.write_text(PAGE)
    assert read_all(path) == [
        Article(
            id="jembatan",
            title="Jembatan Sungai Lilin Mulai Diperbaiki",
            source="KABAR Kita",
            place="Banyuasin",
            published="2023-07-13",
            path=str(path),
            text=(
                "Perbaikan jembatan di Desa Sungai Lilin dimulai, Kamis (13/7). Anggarannya Rp2 miliar.\n\n"
                '"Kami targetkan selesai tahun 2023," kata Camat, H. Umar, SH., MH  di lokasi. (RED)'
            ),
        )
    ]


@needs_shared
def test_the_five_real_pages_are_dated_and_named_as_far_as_they_say() -> None:
    found = {
        article.id: (article.title and article.title[:20], article.source, article.published, article.place)
        for path in sorted((SHARED / "seeds").glob("*.txt"))
        for article in read_all(path)
        if isinstance(article, Article)
    }
    assert found == {
        "antara-rakor-sungai-raya": (None, "ANTARA News Kalimantan Selatan", "2023", None),
        "jejakkasus-oku-baturaja-timur": (None, "jejakkasus.co.id", "2022-03-21", "OKU"),
        "jurnalsumatra-sinkronisasi-banyuasin": ("Pemkab Gelar Rapat S", "JURNAL SUMATRA", None, "Banyuasin"),
        "merahputih-rakor-tanjung-lago": ("Rakor Kecamatan Tanj", "MERAHPUTIHNEWS.CO ID", "2023-07-17", "Tanjung Lago"),
        "sorotkamera-rakor-rantau-bayur": (None, "SOROTKAMERA.COM", "2023-07-13", "Banyuasin"),
    }


@needs_shared
def test_what_cleaning_keeps_of_the_real_pages_is_verbatim_and_free_of_the_noise() -> None:
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        (article,) = read_all(path)
        assert isinstance(article, Article)
        raw = path.read_text()
        for line in filter(None, article.text.splitlines()):
            assert line in raw
        for noise in ("Baca juga", "min read", "Balasan", "email", "News Feed", "COPYRIGHT", "Pewarta", "Komentar"):
            assert noise not in article.text


@pytest.mark.parametrize(
    ("line", "source", "place", "rest"),
    [
        ("BANYUASIN, SOROTKAMERA.COM – Bupati hadir", "SOROTKAMERA.COM", "Banyuasin", "Bupati hadir"),
        ("jejakkasus.co.id, OKU – PLH Bupati", "jejakkasus.co.id", "OKU", "PLH Bupati"),
        ("BANYUASIN, JURNAL SUMATRA – Dengan tema", "JURNAL SUMATRA", "Banyuasin", "Dengan tema"),
        ("TEMPO.CO, Jakarta - Gubernur DKI", "TEMPO.CO", "Jakarta", "Gubernur DKI"),
        ("Kandangan (ANTARA) - Bupati HSS", "ANTARA", "Kandangan", "Bupati HSS"),
        ("KOMPAS.com- Kepala dinas", "KOMPAS.com", None, "Kepala dinas"),
        ("PALEMBANG – Wali kota", None, "Palembang", "Wali kota"),
        ("Tebo - Warga", None, "Tebo", "Warga"),
        ("Singaraja - Perbekel", None, "Singaraja", "Perbekel"),
        ("Bora, Kominfo Sigi - Bupati", "Kominfo Sigi", "Bora", "Bupati"),
        ("LHOKSUKON | SUARA PASEE – Hujan", "SUARA PASEE", "Lhoksukon", "Hujan"),
        ("KABAR LUWUK, Banggai: Dinas", "KABAR LUWUK", "Banggai", "Dinas"),
        ("SINGAPARNA, (galunggungnews.com).– Angka", "galunggungnews.com", "Singaparna", "Angka"),
        ("Lahat, SERELO.COM (12/3) – Camat", "SERELO.COM", "Lahat", "Camat"),
        ("LAHAT, Rabu, 12 Maret 2025 – Camat", None, "Lahat", "Camat"),
        ("tribratanews.sumsel.polri.go.id – Kapolres", "tribratanews.sumsel.polri.go.id", None, "Kapolres"),
    ],
)
def test_datelines_of_many_shapes_are_recognised(line: str, source: str | None, place: str | None, rest: str) -> None:
    dateline = find_dateline(line)
    assert dateline is not None
    assert (dateline.source, dateline.place, line[dateline.length :]) == (source, place, rest)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("PALEMBANG, 20 Juni 2024 – Kepala dinas hadir di pasar.", "2024-06-20"),
        ("Palembang, Kamis (20/6/2024) - Kepala dinas hadir di pasar.", "2024-06-20"),
        ("LAHAT, SERELO.COM (12/3) – Camat Lahat membuka rapat tahun 2025 di kantornya.", "2025-03-12"),
        ("LAHAT – Camat membuka rapat di kantornya.", None),
    ],
)
def test_an_article_has_the_date_of_its_dateline(line: str, published: str | None) -> None:
    assert clean(f"Judul berita ini\n\n{line}", None).published == published


@pytest.mark.parametrize(
    "line",
    [
        "Bupati Banyuasin - yang baru dilantik - hadir",
        "Periode 2025 – 2029 dimulai",
        "Camat Lahat: Tutup Buku",
        "Banggai: dinas menyerahkan mesin",
        "Kepala Dinas, Camat - semua hadir",
        "Jalan Palembang-Betung macet",
        "Menurut dia, kerja sama – juga gotong royong – penting",
    ],
)
def test_a_dash_in_a_sentence_is_no_dateline(line: str) -> None:
    assert find_dateline(line) is None


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: Judul\nsource: Kabar\nurl: https://kabar.example/1\n"
        "published: 2023-07-17\nplace: OKU\nid: satu\n---\n",
        '+++\ntitle = "Judul"\nsource = "Kabar"\nurl = "https://kabar.example/1"\npublished = 2023-07-17\n'
        'place = "OKU"\nid = "satu"\n+++\n',
    ],
)
def test_a_yaml_or_toml_header_wins_over_what_the_text_says(tmp_path: Path, header: str) -> None:
    path = tmp_path / "nama-file.md"
    path.write_text(header + "PALEMBANG, LAIN.COM – Isi berita, Senin (1/5/2023).\n")
    (article,) = read_all(path)
    assert article == Article(
        "satu",
        "Isi berita, Senin (1/5/2023).",
        "Judul",
        "Kabar",
        "https://kabar.example/1",
        "2023-07-17",
        "OKU",
        str(path),
    )


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("---\ntitle: [satu\n---\n", "header is not valid YAML"),
        ("+++\ntitle = \n+++\n", "header is not valid TOML"),
        ("---\npublished: kemarin\n---\n", "'kemarin' is not a date"),
        ("---\ntitle: [satu, dua]\n---\n", "title is a list or a table"),
        ("---\ntitle: {satu: dua}\n---\n", "title is a list or a table"),
        ("---\nsource: Kabar\nsource: Warta\n---\n", "source twice"),
        ("---\n? [title]\n: Judul\n---\n", "line 1 has a key that is not text"),
        ("---\ntitle: Judul\n...\n--- {source: Kabar}\n---\n", "three dots"),
        ("+++\nsource = true\n+++\n", "source is neither text nor a date"),
    ],
)
def test_a_wrong_header_is_refused_with_the_reason(tmp_path: Path, header: str, reason: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"{header}Isi berita.\n")
    (refusal,) = read_all(path)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("017", "017"),
        ("0x11", "0x11"),
        ("1e3", "1e3"),
        ("on", "on"),
        ("2023-07-17", "2023-07-17"),
        ("12:30:45", "12:30:45"),
        ("'017'", "017"),
        ('"null"', "null"),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_a_yaml_header_is_read_as_the_text_that_stands_there(tmp_path: Path, value: str, read: str | None) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"---\ntags: [satu, {{dua: tiga}}]\nid: {value}\nsource: {value}\n---\nIsi berita.\n")
    (article,) = read_all(path)
    assert isinstance(article, Article)
    assert (article.id, article.source) == (read or "a", read)


def test_a_toml_header_may_give_dates_and_whole_numbers_beside_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("+++\nid = 17\npublished = 2023-07-16T18:30:00Z\ntags = [1.5, true]\n+++\nIsi berita.\n")
    (article,) = read_all(path)
    assert isinstance(article, Article)
    assert (article.id, article.published) == ("17", "2023-07-17")


@pytest.mark.parametrize(
    ("published", "jakarta", "jayapura"),
    [
        ("2023-07-16T18:30:00Z", "2023-07-17", "2023-07-17"),
        ("2023-07-16T16:30:00.123+00:00", "2023-07-16", "2023-07-17"),
        ("2023-07-16 16:30:00 +0000 UTC", "2023-07-16", "2023-07-17"),
        ("2023-07-17T00:30:00+09:00", "2023-07-16", "2023-07-17"),
        ("2023-07-16 23:30 -5", "2023-07-17", "2023-07-17"),
        ("Senin, 17 Juli 2023 | 00:30 WITA", "2023-07-16", "2023-07-17"),
        ("Senin, 17 Juli 2023 | 00:30", "2023-07-17", "2023-07-17"),
        ("2023-07-17T00:30:00", "2023-07-17", "2023-07-17"),
    ],
)
def test_a_timestamp_is_dated_in_the_newsrooms_time_zone(
    tmp_path: Path, published: str, jakarta: str, jayapura: str
) -> None:
    header, line = tmp_path / "a.md", tmp_path / "b.jsonl"
    header.write_text(f"---\npublished: {published}\n---\nIsi berita.\n")
    line.write_text(json.dumps({"id": "b", "text": "Isi berita.", "date": published}))
    for path in (header, line):
        found = [next(read_file(path, SETTINGS, ZoneInfo(zone))) for zone in ("Asia/Jakarta", "Asia/Jayapura")]
        assert [article.published for article in found if isinstance(article, Article)] == [jakarta, jayapura]


def test_a_date_that_the_article_prints_stays_as_it_is_printed() -> None:
    article = build_article("Judul\nSenin, 17 Juli 2023 | 00:30 WIT\nIsi berita yang lebih panjang.", id="a")
    assert article.published == "2023-07-17"
    west = timezone(timedelta(hours=-9))
    assert build_article("Isi, Senin (17/7/2023).", id="a", newsroom=west).published == "2023-07-17"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_utf_8_utf_16_and_windows_1252_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("“Harga café naik”, kata Lurah – Senin.\n".encode(encoding))
    (article,) = read_all(path)
    assert isinstance(article, Article)
    assert article.text == "“Harga café naik”, kata Lurah – Senin."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (b"teks \x01\x02\x03", "binary"),
        (b"caf\x81\x8d", "unknown encoding"),
        (b"Baca juga: lain\nTinggalkan Balasan\n", "no article text"),
        (b"a" * 2048, "larger than 1 kB"),
    ],
)
def test_what_is_not_an_article_is_refused_by_name(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    (refusal,) = read_all(path, ArticleSettings(max_size_kb=1))
    assert isinstance(refusal, Refusal)
    assert refusal.where == str(path)
    assert reason in refusal.reason


def test_one_bad_byte_is_told_from_windows_1252_by_the_other_characters(tmp_path: Path) -> None:
    damaged, old = tmp_path / "a.txt", tmp_path / "b.txt"
    damaged.write_bytes("Satu.\n“Harga naik”, kata Lurah.\n".encode() + b"Warga \x93rapat.\n")
    old.write_bytes("Satu.\n“Harga naik”, kata Lurah.\n".encode("cp1252"))
    (refusal,) = read_all(damaged)
    assert isinstance(refusal, Refusal)
    assert "line 3 holds a byte (0x93) that is not UTF-8" in refusal.reason
    (article,) = read_all(old)
    assert isinstance(article, Article) and "“Harga naik”" in article.text


def test_what_no_reader_sees_is_dropped_and_typography_stays(tmp_path: Path) -> None:
    seen = "“Rapat” – kata‑nya… 50 °C\tRp2 miliar é e\u0301 ❤️ 本 قرآن"
    unseen = "\u202eRa\u200bp\xada\x1b[31mt\x1b[0m\u2066 \x9b1mdi\x07gelar\ufeff.\x1b]0;judul\x07"
    fields = dict.fromkeys(("title", "source", "place"), unseen)
    article = build_article(f"{seen}\n\n{unseen}\u2028Baris.\x85Akhir.", id="a", **fields)
    assert article.text == f"{seen}\n\nBaris.\nAkhir."
    assert (article.title, article.source, article.place) == ("Rapat digelar.",) * 3
    (line,) = read_line(tmp_path, text=unseen)
    assert isinstance(line, Article) and line.text == "Rapat digelar."


def read_line(folder: Path, **fields: object) -> list[Article | Refusal | Remark]:
    path = folder / "a.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "Isi berita.", **fields}))
    return read_all(path)


@pytest.mark.parametrize(
    ("field", "value", "note"),
    [
        ("url", "tidak ada", "its url 'tidak ada' is no web address"),
        ("url", "ftp://kabar.example/1", "is no web address"),
        ("url", "javascript:alert(1)", "is no web address"),
        ("url", "https:///berita", "is no web address"),
        ("url", "https://[kabar", "is no web address"),
        ("url", "https://kabar.example/a b", "is no web address"),
        ("url", "https://kabar.example/a\u202eb", "'https://kabar.example/a\\u202eb' is no web address"),
        ("url", "https://bank.example@lain.example/", "is no web address"),
        ("url", f"https://kabar.example/{'a' * 2048}", "its url has 2070 characters, more than 2048"),
        ("title", "a" * 301, "its title has 301 characters, more than 300"),
        ("source", "a" * 101, "its source has 101 characters, more than 100"),
        ("place", "a" * 101, "its place has 101 characters, more than 100"),
    ],
)
def test_a_field_that_cannot_be_kept_is_left_out_with_a_note(tmp_path: Path, field: str, value: str, note: str) -> None:
    remark, article = read_line(tmp_path, **{field: value})
    assert isinstance(remark, Remark)
    assert remark.where == f"{tmp_path / 'a.jsonl'}, line 1"
    assert note in remark.note and "left out" in remark.note
    assert isinstance(article, Article) and getattr(article, field) is None


@pytest.mark.parametrize(
    "url", ["https://kabar.example", "HTTP://kabar.example:8080/a?b=c#:~:text=d%20e", "https://é.id/é"]
)
def test_a_web_address_is_kept_as_it_is(tmp_path: Path, url: str) -> None:
    (article,) = read_line(tmp_path, url=f" {url} ")
    assert isinstance(article, Article) and article.url == url


def test_a_line_too_long_for_an_outlet_is_none(tmp_path: Path) -> None:
    remark, article = read_line(tmp_path, text=f"Isi berita.\nCopyright {'Kabar ' * 50}2023")
    assert isinstance(remark, Remark) and isinstance(article, Article)
    assert (article.source, article.published) == (None, "2023")


@pytest.mark.parametrize("id", ["", "a/b", "a\\b", "a\nb", "a\x1bb", "a\u202eb", "a" * 201])
def test_an_id_is_plain_or_the_article_is_refused(tmp_path: Path, id: str) -> None:
    (refusal,) = read_line(tmp_path, id=id)
    assert isinstance(refusal, Refusal) and "its id" in refusal.reason
    (article,) = read_line(tmp_path, id="Berita 17-Juli_é.2")
    assert isinstance(article, Article) and article.id == "Berita 17-Juli_é.2"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><title>Kabar</title>Rapat digelar.",
        "<html lang='id'>\nRapat digelar.",
        "Rapat digelar.\n</body>",
        '<p>Rapat digelar.</p>\n<p class="isi">Hadir camat.</p>',
        "<ul><li>Rapat</li></ul>",
        "Rapat <<b>b>digelar.",
        "Rapat <script async>alert(1)</script> digelar.",
        "{\\rtf1\\ansi Rapat digelar.}",
        "%PDF-1.4 Rapat digelar.",
        "<?xml version='1.0'?><berita>Rapat digelar.</berita>",
    ],
)
def test_a_page_or_other_markup_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    (refusal,) = read_all(path)
    assert isinstance(refusal, Refusal) and "save its text alone" in refusal.reason


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Rapat <b>desa</b> <i class='x'>digelar</i>.", "Rapat desa digelar."),
        ('Di <a href="https://kabar.example/?a=b">aula</a><!-- iklan -->.', "Di aula."),
        ("Rapat digelar.<br>Hadir camat.<BR/>", "Rapat digelar.\nHadir camat."),
        ("<p>Rapat digelar.</p>", "Rapat digelar."),
        ("Jika a < b dan c > d, <3 untuk warga.", "Jika a < b dan c > d, <3 untuk warga."),
        ("Jika x<b and c>d, <nama> dan <a@b.id>, <https://kabar.example>.",) * 2,
    ],
)
def test_a_stray_tag_is_dropped_and_what_is_no_tag_stays(raw: str, text: str) -> None:
    assert build_article(raw, id="a").text == text


@pytest.mark.parametrize(
    "line",
    [
        "Bagikan " + "x " * 100_000 + "y",
        "Bagikan" + " " * 200_000 + "y",
        "(baca juga" + " " * 200_000,
        "dibaca" + " " * 200_000 + "y",
        "Copyright" + " ," * 100_000 + "9",
        "A" + " " * 200_000 + "y",
        "Senin" + " " * 200_000 + "y",
        "tanggal Senin" + " " * 200_000 + "y",
        "“" * 200_000,
        "<b " * 70_000,
        "\x1b]" * 100_000 + "y",
    ],
    ids=lambda line: line[:12].strip(),
)
def test_a_line_made_to_explode_takes_no_time(line: str) -> None:
    began = time.process_time()
    build_article(f"{line}\nRapat digelar.", id="a")
    assert time.process_time() - began < 1


def test_a_bulk_file_is_read_line_by_line_and_goes_on_after_bad_ones(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": 1, "text": "Satu.", "title": "T", "date": "2023-07-17", "source": "S", "category": "x"}),
        "{rusak",
        "",
        json.dumps({"id": "tanpa-teks", "text": " "}),
        json.dumps({"id": "besar", "text": "a" * 3000}),
        json.dumps({"id": "dua", "text": "Dua.", "date": None}),
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines))
    found = read_all(path, ArticleSettings(max_size_kb=2))
    assert [item.id if isinstance(item, Article) else item.where for item in found] == [
        "1",
        f"{path}, line 2",
        f"{path}, line 4",
        f"{path}, line 5",
        "dua",
    ]
    assert found[0] == Article("1", "Satu.", "T", "S", None, "2023-07-17", None, str(path))


def test_a_damaged_compressed_file_keeps_what_stood_before_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines = "".join(json.dumps({"id": str(n), "text": f"Berita {n * 7919}."}) + "\n" for n in range(5000))
    path.write_bytes(gzip.compress(lines.encode())[:-2000])
    found = read_all(path)
    assert isinstance(found[0], Article)
    assert isinstance(found[-1], Refusal)
    assert "damaged" in found[-1].reason


def test_a_compressed_line_that_never_ends_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    good = gzip.compress(json.dumps({"id": "baik", "text": "Isi berita."}).encode() + b"\n")
    path.write_bytes(good + 300 * gzip.compress(b"a" * 1_000_000))
    tracemalloc.start()
    article, refusal = read_all(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(article, Article) and isinstance(refusal, Refusal)
    assert "unfolds to more than 65536 kB" in refusal.reason and "gunzip" in refusal.reason
    assert peak < 10_000_000


def test_a_file_too_large_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)
    (refusal,) = read_all(path)
    assert isinstance(refusal, Refusal) and "larger than 1024 kB" in refusal.reason


def test_lines_are_numbered_over_blank_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" * 20_000 + b'{"id": "a", "text": "Isi berita."}\r\n' + b" \n" * 9_999 + b"{rusak")
    article, refusal = read_all(path)
    assert isinstance(article, Article)
    assert isinstance(refusal, Refusal) and refusal.where == f"{path}, line 30001"


@pytest.mark.slow
def test_thousands_of_articles_are_streamed_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        for number in range(3_000):
            file.write(json.dumps({"id": str(number), "text": "Rapat desa digelar. " * 50}) + "\n")
    tracemalloc.start()
    count = sum(1 for _ in read_file(path, SETTINGS))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3_000
    # All together hold three million characters.
    assert peak < 1_000_000


def test_folders_are_searched_for_articles_and_readmes_are_not_articles(tmp_path: Path) -> None:
    for name in ("b.txt", "sub/a.md", "README.md", "c.jsonl", "d.mp4", "readme/README.txt", "readme/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = find_files([tmp_path])
    assert [str(file.relative_to(tmp_path)) for file in found.files] == ["b.txt", "c.jsonl", "readme/e.txt", "sub/a.md"]
    assert found.refused == [] and found.skipped == {".mp4": 1}
    missing, wrong = find_files([tmp_path / "nothing", tmp_path / "d.mp4"]).refused
    assert "no such file" in missing.reason
    assert ".jsonl.gz" in wrong.reason


def test_links_do_not_lead_out_of_the_named_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    for place in (folder / "sub", outside):
        place.mkdir(parents=True)
        (place / "a.txt").write_text("Isi.")
    (folder / "in.txt").symlink_to("sub/a.txt")
    (folder / "out.txt").symlink_to(outside / "a.txt")
    (folder / "out").symlink_to(outside)
    (folder / "circle").symlink_to(folder)
    (folder / "broken.mp4").symlink_to("nothing")
    (tmp_path / "link").symlink_to(folder)
    for named in (folder, tmp_path / "link"):
        found = find_files([named])
        assert found.files == [named / "in.txt", named / "sub" / "a.txt"]
        assert [refusal.where for refusal in found.refused] == [str(named / "out"), str(named / "out.txt")]
        assert all("leads out of the folder" in refusal.reason for refusal in found.refused)
    # Whoever names a link means what it leads to.
    assert find_files([folder / "out.txt"]).files == [folder / "out.txt"]


def test_what_is_no_file_is_refused_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "b.txt").symlink_to("b.txt")
    for named in (tmp_path / "a.txt", Path("/dev/zero"), tmp_path / ("a" * 300), tmp_path / "b.txt"):
        (refusal,) = find_files([named]).refused
        assert refusal.reason
    assert len(find_files([tmp_path]).refused) == 2


def test_a_file_that_fails_while_it_is_read_is_refused(tmp_path: Path) -> None:
    # Reading there fails, whoever reads.
    (tmp_path / "a.txt").symlink_to("/proc/self/mem")
    (tmp_path / "b.jsonl").symlink_to("/proc/self/mem")
    for name in ("a.txt", "b.jsonl"):
        (refusal,) = read_all(tmp_path / name)
        assert refusal == Refusal(str(tmp_path / name), "cannot be read: Input/output error")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody who may not read")
def test_what_may_not_be_read_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Isi.")
    (tmp_path / "b.txt").write_text("Isi.")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "sub").mkdir(0)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)
    program = (
        "import encodings.utf_8_sig, os, sys; from pathlib import Path; from embeddings.sources.files import *\n"
        "os.seteuid(65534); found = find_files([Path(sys.argv[1])])\n"
        "for file in found.files: found.refused += [one for one in read_file(file, ArticleSettings())]\n"
        "for one in found.refused: print(getattr(one, 'reason', None) or one.text)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=SEEDS.parent, capture_output=True, text=True
    )
    assert finished.stdout.splitlines() == ["cannot be read: Permission denied"] * 2 + ["Isi."], finished.stderr


def test_a_name_that_is_not_utf_8_is_refused_in_words_that_can_be_printed(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/berita-\xff\x1b.txt"))
    path.write_text("Isi berita.")
    (file,) = find_files([tmp_path]).files
    (refusal,) = read_all(file)
    assert isinstance(refusal, Refusal)
    assert refusal.where == f"{tmp_path}/berita-\\udcff\\x1b.txt"
    assert "not UTF-8" in refusal.reason
    (tmp_path / "b.txt").write_text("Isi berita.")
    path.unlink()
    path.symlink_to("b.txt")
    assert [type(item) for item in read_all(path)] == [Refusal]


def test_files_that_are_not_read_are_counted_and_a_folder_of_nothing_else_is_refused(tmp_path: Path) -> None:
    for name in ("a.png", "b.PNG", "c.mp4", "LICENSE", "README.png", ".hidden.txt", ".git/d.txt", "sub/e.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Isi.")
    found = find_files([tmp_path])
    assert found.files == [] and found.skipped == {".png": 3, ".mp4": 1, "": 1}
    assert [refusal.where for refusal in found.refused] == [str(tmp_path)]
    (tmp_path / "a.txt").write_text("Isi.")
    assert find_files([tmp_path]).refused == []
    (tmp_path / "empty").mkdir()
    assert find_files([tmp_path / "empty"]).refused == []


def test_the_seeds_are_five_articles_that_name_their_outlet() -> None:
    found = [item for path in find_files([SEEDS]).files for item in read_all(path)]
    assert len(found) == 5
    assert all(isinstance(item, Article) and item.source and item.title for item in found)


def test_an_article_without_date_or_outlet_has_none() -> None:
    article = build_article("Rapat digelar hari Selasa di balai desa.", id="a")
    assert (article.published, article.source, article.place, article.title) == (None, None, None, None)


def test_the_content_hash_changes_with_what_is_read_and_not_with_where_it_lies() -> None:
    article = build_article("Isi.", id="a", path="/satu")
    assert article.content_hash() == build_article("Isi.", id="a", path="/dua").content_hash()
    assert article.content_hash() != build_article("Isi.", id="a", published="2023").content_hash()
