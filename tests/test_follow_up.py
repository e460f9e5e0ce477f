from collections.abc import Iterable, Sequence
from datetime import date

import pytest

from embeddings import Article
from embeddings.question.context import Context
from embeddings.question.correct import spelt_as_indexed
from embeddings.question.follow_up import complete, stands_alone
from embeddings.question.query import parse_question
from tests.conftest import understood

DIALOGUES = [
    # --- only the question word is new ---
    ("kapan rakor di Tanjung Lago?", "di mana?", "di mana rakor tanjung lago"),
    ("kapan rakor di Tanjung Lago?", "dmn", "dmn rakor tanjung lago"),
    ("di mana rakor rantau bayur", "kapan itu?", "kapan itu rakor rantau bayur"),
    ("di mana rakor rantau bayur", "kpn?", "kpn rakor rantau bayur"),
    ("kapan rakor Rantau Bayur?", "kenapa?", "kenapa rakor rantau bayur"),
    ("siapa camat Sungai Raya?", "sejak kapan?", "sejak kapan camat sungai raya"),
    ("When was the Tanjung Lago meeting?", "where?", "where tanjung lago meeting"),
    ("berapa penduduk Banyuasin?", "kapan?", "kapan penduduk banyuasin"),
    # --- an aspect of it ---
    ("kapan rakor di Tanjung Lago?", "siapa yang hadir?", "siapa yang hadir rakor tanjung lago"),
    ("kapan rakor di Tanjung Lago?", "siapa saja pesertanya", "siapa saja pesertanya rakor tanjung lago"),
    ("kapan rakor rantau bayur", "apa tujuannya?", "apa tujuannya rakor rantau bayur"),
    ("kapan rakor rantau bayur", "tema rapatnya apa?", "tema rapatnya apa rakor rantau bayur"),
    ("di mana rapat sinkronisasi Banyuasin", "temanya?", "temanya rapat sinkronisasi banyuasin"),
    ("di mana rapat sinkronisasi Banyuasin", "anggarannya berapa?", "anggarannya berapa rapat sinkronisasi banyuasin"),
    ("kapan rakor rantau bayur", "lokasinya di mana?", "lokasinya di mana rakor rantau bayur"),
    ("kapan musrenbang rambutan", "hasilnya apa", "hasilnya apa musrenbang rambutan"),
    ("kapan musrenbang rambutan", "siapa yang membuka?", "siapa yang membuka musrenbang rambutan"),
    ("When was the Tanjung Lago meeting?", "who attended it?", "who attended it tanjung lago meeting"),
    # --- all who hold an office, wherever ---
    ("siapa camat Sungai Raya?", "siapa saja camat?", None),
    ("siapa camat Sungai Raya?", "daftar kapolsek", None),
    # --- what a word means, whatever was asked before ---
    ("jumlah desa di banyuasin", "apa itu DMD", None),
    ("apa itu DMD", "UKM desa itu apa?", None),
    # --- another region ---
    ("siapa camat Sungai Raya?", "kalau Tanjung Lago?", "siapa camat tanjung lago?"),
    ("siapa camat Sungai Raya?", "kalo di tanjung lago gimana?", "siapa camat tanjung lago?"),
    ("siapa bupati hss", "nah kalau banyuasin?", "siapa bupati banyuasin"),
    ("siapa bupati hss", "terus oku?", "siapa bupati oku"),
    ("kapan rakor rantau bayur", "kalo di tanjung lago?", "kapan rakor tanjung lago"),
    ("jumlah penduduk banyuasin", "bagaimana dengan Musi Rawas?", "jumlah penduduk musi rawas"),
    ("kapan rakor di Kecamatan Rambutan?", "lalu Baturaja Timur?", "kapan rakor di baturaja timur?"),
    ("Who is the regent of Banyuasin?", "what about Lahat?", "Who is the regent of lahat?"),
    ("apa kepanjangan DMD", "kalau banyuasin?", "apa kepanjangan DMD banyuasin"),
    # --- another office, another year ---
    ("siapa bupati banyuasin", "wakilnya?", "siapa wakil bupati banyuasin"),
    ("siapa bupati banyuasin", "kalau wakilnya siapa?", "siapa wakil bupati banyuasin"),
    ("siapa gubernur sumsel", "wakilnya siapa", "siapa wakil gubernur sumatera selatan"),
    ("siapa wakil bupati banyuasin", "kalau 2021?", "siapa wakil bupati banyuasin 2021"),
    ("siapa wakil bupati banyuasin 2023", "kalau 2021?", "siapa wakil bupati banyuasin 2021"),
    ("rapat apa saja di Banyuasin 2023", "kalau Juli 2022?", "rapat apa saja di Banyuasin Juli 2022"),
    ("rapat apa saja di Banyuasin?", "bulan lalu?", "rapat apa saja di Banyuasin bulan lalu"),
    ("rapat apa saja di Banyuasin minggu ini", "nah sebelum 2023?", "rapat apa saja di Banyuasin sebelum 2023"),
    ("kapan rakor banyuasin 2023", "siapa yang hadir?", "siapa yang hadir rakor banyuasin 2023"),
    ("rapat bulan agustus 2024 di banyuasin", "ada rakor kemarin?", "ada rakor kemarin rapat banyuasin"),
    # --- another place, and what is asked of it ---
    ("di mana rakor tanjung lago", "kalau rantau bayur kapan?", "kapan rakor rantau bayur"),
    ("di mana rakor tanjung lago", "kalau di Rantau Bayur siapa yang hadir?", None),
    ("camat sungai raya hss siapa?", "kalau yang di kubu raya?", "camat sungai raya kubu raya siapa?"),
    ("siapa mantan camat sungai raya", "kalau betung?", "siapa camat betung"),
    ("brp penerima blt di gunci?", "kalau limamar?", "brp penerima blt di limamar?"),
    # --- another office of the region, or the one before ---
    ("kapan rakor di Rantau Bayur?", "siapa bupatinya?", "siapa bupati banyuasin"),
    ("kapan rakor di Rantau Bayur?", "camatnya?", "siapa camat rantau bayur"),
    ("siapa camat Rantau Bayur?", "kapolseknya", "siapa kapolsek rantau bayur"),
    ("siapa camat Rantau Bayur?", "kapolresnya siapa?", "siapa kapolres banyuasin"),
    ("siapa bupati oku?", "kadis pupr nya?", "siapa kadis pupr ogan komering ulu"),
    ("siapa kepala dinas kesehatan lahat", "sekretarisnya?", "siapa sekretaris dinas kesehatan lahat"),
    ("siapa camat sungai raya hulu sungai selatan", "danramilnya?", "siapa danramil sungai raya hulu sungai selatan"),
    ("siapa camat sungai raya", "bupatinya?", "bupatinya camat sungai raya"),
    ("siapa kapolres lahat sekarang", "sebelumnya siapa?", "siapa mantan kapolres lahat"),
    ("siapa camat betung yang baru", "yang lama?", "siapa mantan camat betung"),
    ("siapa ketua panitia musrenbang lahat", "sebelumnya?", "siapa mantan ketua panitia musrenbang lahat"),
    # --- more of the same ---
    ("siapa camat betung yang baru", "kapan dilantik?", "kapan dilantik camat betung"),
    ("siapa mantan camat betung", "kapan serah terimanya", "kapan serah terimanya camat betung"),
    ("berapa rumah terendam di betung", "berapa yang mengungsi?", "berapa yang mengungsi betung"),
    ("berapa rumah terendam di betung", "kenapa?", "kenapa rumah terendam betung"),
    ("poskonya di mana pengungsi betung", "kenapa dipindah?", "kenapa dipindah poskonya pengungsi betung"),
    ("berapa harga cabai di lahat", "minggu sebelumnya?", "minggu sebelumnya harga cabai lahat"),
    # --- what stands alone ---
    ("kapan rakor rantau bayur", "siapa bupati hss", None),
    ("kapan rakor rantau bayur", "berapa penduduk banyuasin", None),
    ("siapa camat sungai raya", "halo", None),
    ("siapa camat sungai raya", "terima kasih", None),
    ("siapa camat sungai raya", "desa mana yang belum ada listrik?", None),
    ("siapa camat sungai raya", "apa kepanjangan DMD?", None),
    ("siapa camat sungai raya", "pejabat banyuasin", None),
    ("siapa camat sungai raya", "camat tanjung lago", None),
    ("kapan?", "di mana?", None),
    ("siapa camat sungai raya", "di mana " + "sekali " * 20, None),
]  # fmt: skip


@pytest.mark.parametrize(("before", "question", "completed"), DIALOGUES)
def test_a_question_takes_from_the_one_before_what_it_leaves_out_and_nothing_else(
    before: str, question: str, completed: str | None
) -> None:
    assert understood(question, before).completed == completed


FLOOD = Article(
    "banjir",
    "PULAU RIMAU – Banjir merendam 40 rumah di Dusun Talang Ijuk, kata Camat Sungai Raya. Bupati Kubu Raya menyusul."
    " Direktur RSUD Kubu Raya ikut.",
)


@pytest.mark.parametrize(
    ("before", "question", "completed"),
    [
        # Sungai Raya is in several kabupaten, and the article names one.
        ("berapa rumah terendam di sungai raya", "siapa bupatinya?", "siapa bupati kubu raya"),
        # No region is named, and the article is of one.
        ("berapa rumah terendam", "siapa kapolresnya?", "siapa kapolres kubu raya"),
        # What was counted is asked about no more.
        ("berapa rumah terendam di betung", "pengungsinya?", "berapa pengungsi terendam betung"),
        ("berapa rumah terendam di betung", "poskonya di mana?", "poskonya di mana terendam betung"),
        ("berapa harga cabai di betung", "kenapa naik?", "kenapa naik harga cabai betung"),
        # The article tells of one office only that begins so.
        ("kenapa air mati di kubu raya", "bupatinya siapa?", "siapa bupati kubu raya"),
        ("kenapa air mati di kubu raya", "direkturnya siapa?", "siapa direktur rsud kubu raya"),
        # "Kampung" is a village, too, and "Ayapo" none of the list.
        ("dana kampung ayapo berapa", "kepala kampungnya?", "siapa kepala kampung ayapo"),
        # A hamlet stands on no list; the article writes it with capitals, and no "warga".
        ("berapa rumah terendam di betung", "kalau talang ijuk?", "berapa rumah terendam di talang ijuk"),
        ("berapa rumah terendam di betung", "kalau rumah sakit umum?", None),
    ],
)
def test_what_answered_tells_which_region_is_meant(before: str, question: str, completed: str | None) -> None:
    found = complete(question, Context(understood(before), FLOOD), date(2026, 5, 20))
    assert (found.text if found else None) == completed


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("biaya perbaikan tanggulnya berapa?", True),
        ("kapolresnya siapa?", False),
        ("kepala dinas kesehatannya?", False),
        ("kalau tanjung lago?", False),
        ("kenapa dipindah?", False),
    ],
)
def test_what_only_points_back_is_never_asked_alone(question: str, alone: bool) -> None:
    assert stands_alone(question) == alone


class SomeWords:
    """A vocabulary of a few words."""

    def pieces(self, words: Sequence[str]) -> list[int]:
        return [1 if self.holds(word) else 2 for word in words]

    def holds(self, word: str) -> bool:
        held = (
            "mengungsi",
            "menulis",
            "warga",
            "nelayan",
            "menelayan",
            "tabrak",
            "kirim",
            "tutup",
            "hilang",
            "terbakar",
        )
        return word in held

    def nearest(self, word: str) -> str | None:
        return None

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        return {word: 1 for word in words if self.holds(word)}


@pytest.mark.parametrize(
    ("word", "spelt"),
    [
        ("ngungsi", "mengungsi"),
        ("nulis", "menulis"),
        ("nelayan", "nelayan"),
        ("nyari", "nyari"),
        ("nabrak", "tabrak"),
        ("ngirim", "kirim"),
        ("nutupin", "tutup"),
        ("ilang", "hilang"),
        ("kebakar", "terbakar"),
    ],
)
def test_a_verb_of_chats_gets_back_its_prefix_where_articles_have_the_verb(word: str, spelt: str) -> None:
    assert spelt_as_indexed(parse_question(f"berapa warga yang {word}"), SomeWords()).words == ("warga", spelt)
