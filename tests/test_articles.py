import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from embeddings.articles import Article, ArticleSettings, Refusal, build_article, find_dateline, find_files, read_file
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


def read_all(path: Path, settings: ArticleSettings = SETTINGS) -> list[Article | Refusal]:
    return list(read_file(path, settings))


def test_a_saved_page_is_cleaned_and_its_title_outlet_place_and_date_are_found(tmp_path: Path) -> None:
    path = tmp_path / "jembatan.txt"
    path.write_text(PAGE)
    assert read_all(path) == [
        Article(
            id="jembatan",
            title="Jembatan Sungai Lilin Mulai Diperbaiki",
            source="KABARKITA.CO.ID",
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
    ],
)
def test_datelines_of_many_shapes_are_recognised(line: str, source: str | None, place: str | None, rest: str) -> None:
    dateline = find_dateline(line)
    assert dateline is not None
    assert (dateline.source, dateline.place, line[dateline.length :]) == (source, place, rest)


@pytest.mark.parametrize(
    "line",
    [
        "Bupati Banyuasin - yang baru dilantik - hadir",
        "Periode 2025 – 2029 dimulai",
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
    ],
)
def test_a_wrong_header_is_refused_with_the_reason(tmp_path: Path, header: str, reason: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"{header}Isi berita.\n")
    (refusal,) = read_all(path)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


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


def test_thirty_thousand_articles_are_streamed_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        for number in range(30_000):
            file.write(json.dumps({"id": str(number), "text": "Rapat desa digelar. " * 50}) + "\n")
    tracemalloc.start()
    count = sum(1 for _ in read_file(path, SETTINGS))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 30_000
    assert peak < 10_000_000


def test_folders_are_searched_for_articles_and_readmes_are_not_articles(tmp_path: Path) -> None:
    for name in ("b.txt", "sub/a.md", "README.md", "c.jsonl", "d.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(find_files([tmp_path])) == [tmp_path / "b.txt", tmp_path / "c.jsonl", tmp_path / "sub" / "a.md"]
    missing, wrong = find_files([tmp_path / "nothing", tmp_path / "d.pdf"])
    assert isinstance(missing, Refusal) and "no such file" in missing.reason
    assert isinstance(wrong, Refusal) and ".jsonl.gz" in wrong.reason


def test_the_seeds_are_five_articles_that_name_their_outlet() -> None:
    found = [item for path in find_files([SEEDS]) if isinstance(path, Path) for item in read_all(path)]
    assert len(found) == 5
    assert all(isinstance(item, Article) and item.source and item.title for item in found)


def test_an_article_without_date_or_outlet_has_none() -> None:
    article = build_article("Rapat digelar hari Selasa di balai desa.", id="a")
    assert (article.published, article.source, article.place, article.title) == (None, None, None, None)


def test_the_content_hash_changes_with_what_is_read_and_not_with_where_it_lies() -> None:
    article = build_article("Isi.", id="a", path="/satu")
    assert article.content_hash() == build_article("Isi.", id="a", path="/dua").content_hash()
    assert article.content_hash() != build_article("Isi.", id="a", published="2023").content_hash()
