"""Saved pages of many kinds of newsroom software: what they tell of themselves, and what of them is the article."""

from pathlib import Path

import msgspec
import pytest

from embeddings.evaluation.pages import Facts, check, read_pages
from embeddings.sources.build import build_article
from embeddings.sources.markdown import without_marks
from tests.conftest import ROOT

PAGES = ROOT / "tests" / "pages"
NEWSROOMS = ROOT / "tests" / "newsrooms"
LEAD = "Camat Kikim Timur, Zulhendra, meminta 32 kepala desa menutup buku paling lambat 28 Maret."
MORE = "Menurut dia, sembilan desa belum menyerahkan laporan triwulan terakhir."


def facts_of(path: Path) -> list[Facts]:
    return [msgspec.json.decode(line, type=Facts) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    ("folder", "facts"),
    [
        (PAGES / "mend", PAGES / "mend.jsonl"),
        (PAGES / "held_out", PAGES / "held_out.jsonl"),
        (NEWSROOMS / "A", NEWSROOMS / "A_pages.jsonl"),
    ],
    ids=["mend", "held_out", "A"],
)
def test_saved_pages_tell_their_title_outlet_place_date_and_first_words(folder: Path, facts: Path) -> None:
    articles = read_pages(folder)
    checks = [(page.article, each) for page in facts_of(facts) for each in check(page, articles.get(page.article))]
    assert [miss for miss in checks if miss[1].kind != "left in the text" and not miss[1].right] == []
    assert sum(not each.right for _, each in checks) <= 1


@pytest.mark.parametrize("folder", [PAGES / "mend", PAGES / "held_out", NEWSROOMS / "A"], ids=["mend", "held_out", "A"])
def test_cleaning_drops_and_rewrites_nothing(folder: Path) -> None:
    articles = read_pages(folder)
    assert articles
    for article in articles.values():
        assert article.path is not None
        raw = iter(Path(article.path).read_text())
        missing = next((character for character in article.text if character not in raw), None)
        assert missing is None, article.id


def test_an_article_without_a_page_around_it_keeps_every_line() -> None:
    text = "\n".join(
        [
            "Pelatihan itu berlangsung tiga hari di balai desa.",
            "Pesertanya:",
            "Wiji Lestari",
            "Nur Kholik (ketua)",
            MORE,
        ]
    )
    assert build_article(text, id="a", title="Pelatihan").text == text


def test_what_stands_above_the_lead_is_kept_where_nothing_shows_that_software_wrote_it() -> None:
    article = build_article(
        f"Kades Diminta Segera Tutup Buku Dana Desa\nCatatan dari lapangan\n\n{LEAD}\n{MORE}", id="a"
    )
    assert article.title == "Kades Diminta Segera Tutup Buku Dana Desa"
    assert article.text == f"Catatan dari lapangan\n\n{LEAD}\n{MORE}"


def test_a_caption_is_told_from_the_lead_by_its_credit_or_by_the_dateline_below() -> None:
    for caption in ("Suasana rapat di aula kecamatan. (Foto: Ist)", "Suasana rapat di aula kecamatan."):
        article = build_article(
            f"Kades Diminta Tutup Buku\n{caption}\nLAHAT, SERELO.COM – {LEAD}", id="a", title="Rapat"
        )
        assert article.text == LEAD or "Foto" not in caption
        assert article.text.endswith(LEAD) and (article.source, article.place) == ("SERELO.COM", "Lahat")


@pytest.mark.parametrize(
    "line",
    [
        "Lembaga itu bernama Kementerian/Lembaga (K/L).",
        "Hadir pula unsur TNI dan Polri (TNI/Polri).",
        "Ia dilantik pada Selasa siang (11/3/2025).",
        "Datanya dari Badan Pusat Statistik (BPS).",
    ],
)
def test_a_sentence_that_ends_in_brackets_is_no_caption(line: str) -> None:
    assert build_article(f"{line}\n{MORE}", id="a").text == f"{line}\n{MORE}"


@pytest.mark.parametrize(
    "tail",
    [
        "Berita Terkait\nHarga Kopi Naik di Pasar Lama",
        "TAGS\ndana desa\nlahat",
        "Baca juga:\nJembatan Gantung Air Lingsing Putus",
        "(din)\nlahat\ndana desa",
        "Post Views: 214\nSuka ini:\nSuka Memuat...",
        "Tulis Komentar\nNama *\nSimpan nama saya di peramban ini untuk komentar berikutnya.",
    ],
)
def test_what_stands_below_an_article_is_no_part_of_it(tail: str) -> None:
    assert build_article(f"{LEAD}\n{MORE}\n\n{tail}\n", id="a").text == f"{LEAD}\n{MORE}"


def test_an_article_goes_on_behind_a_list_of_others_within_it() -> None:
    text = build_article(f"{LEAD}\n\nBerita Terkait\nHarga Kopi Naik\n\n{MORE}\nBaca juga:\n{MORE}", id="a").text
    assert text == f"{LEAD}\n\n\n{MORE}\n{MORE}".replace("\n\n\n", "\n\n")


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**Marthen** menunggu *sejak* __Januari__ _2024_.", "Marthen menunggu sejak Januari 2024."),
        ("> “Kami sudah bersurat,” katanya.", "“Kami sudah bersurat,” katanya."),
        ("- kartu keluarga\n• akta kelahiran\n* KTP", "kartu keluarga\nakta kelahiran\nKTP"),
        ("Lihat [laman kecamatan](https://kabar.example/a).", "Lihat laman kecamatan."),
        ("![Rapat](a.jpg)\n*Suasana rapat di aula.*\nIsi.", "\nIsi."),
        ("1. SUWARNO, Camat Panggul\n2. PARTONO", "1. SUWARNO, Camat Panggul\n2. PARTONO"),
        ("5 * 3 * 2 dan 3*4*5, nama_file_foto, -5 derajat", "5 * 3 * 2 dan 3*4*5, nama_file_foto, -5 derajat"),
        ("akun @_warga_ (*/dsy) *)Pelajar, penerima*)", "akun @_warga_ (*/dsy) *)Pelajar, penerima*)"),
    ],
)
def test_marks_of_markdown_are_dropped_and_nothing_else(marked: str, plain: str) -> None:
    assert without_marks(marked) == plain


HEAD = "Kades Diminta Segera Tutup Buku Dana Desa\nRina Sari - Kabar Byline\nRabu, 12 Maret 2025\n"


@pytest.mark.parametrize(
    ("page", "path", "outlet"),
    [
        (f"{HEAD}LAHAT, KABAR DATELINE – {LEAD}\n© 2025 Kabar Musi", None, "KABAR DATELINE"),
        (f"{HEAD}KABARMUSI.COM – {LEAD}\n© 2025 Kabar Musi", None, "Kabar Musi"),
        (f"KABAR PUNCAK\nMenu\n{HEAD}{LEAD}\n© 2025 Kabar Musi. All Rights Reserved.", None, "Kabar Musi"),
        (f"KABAR PUNCAK\nMenu\n{HEAD}{LEAD}", None, "KABAR PUNCAK"),
        (f"{HEAD}{LEAD}\nIkuti Kabar Ikut di Google News", None, "Kabar Byline"),
        (f"{LEAD}\nIkuti Berita Kabar Ikut di Google News\nkabar.id", "/a/musi.com/b.txt", "Kabar Ikut"),
        (f"{LEAD}\nkabar.id", "/a/musi.com/b.txt", "kabar.id"),
        (LEAD, "/a/musi.com/b.txt", "musi.com"),
        (LEAD, "/a/berita/b.txt", None),
        (f"Daerah\nMenu\n{LEAD}", None, None),
    ],
)
def test_the_outlet_is_the_first_that_tells_it(page: str, path: str | None, outlet: str | None) -> None:
    assert build_article(page, id="a", path=path).source == outlet
