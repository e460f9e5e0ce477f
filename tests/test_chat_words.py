"""Short, misspelt and colloquial words are read as the news have them, and ordinary ones stay as they are."""

from collections.abc import Iterable, Sequence

import pytest

from embeddings.indonesian.spelling import MOST_FILLED, with_vowels
from embeddings.question.correct import spelt_as_indexed
from embeddings.question.expects import expected
from embeddings.question.query import parse_question
from embeddings.question.shortened import spelt_out

HELD = (
    "harga masalah penduduk keluarga kecamatan masyarakat puskesmas banjir korban kelurahan jembatan bantuan kendaraan "
    "perempuan keterangan terbakar tertangkap tertipu tertimpa tersetrum diperbaiki dipakai dibagikan ditangkap "
    "pakai sampai ramai cepat dapat dekat senang segar datang tahun lihat hilang hancur telur selesai memeriksa "
    "mengecek mencari mencuri mencoba menyebut menulis mengungsi mengambil membantu bangunkan bersihkan bagi bantu "
    "kumpulkan gunakan tabrak pukul kirim tutup warga jalan padam posisi beras buka "
    "cabai durian benar terendam mengambil"
).split()
"""What the articles of these tests hold."""
IN_PIECES = "puskesmas kelurahan".split()


class Articles:
    """A vocabulary of articles that hold these words, in one passage each, and no other."""

    def pieces(self, words: Sequence[str]) -> list[int]:
        return [1 if word in HELD and word not in IN_PIECES else 2 if word in HELD else 3 for word in words]

    def holds(self, word: str) -> bool:
        return word.removesuffix("nya") in HELD

    def nearest(self, word: str) -> str | None:
        return None

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        return {word: 1 for word in words if word in HELD}


def read(word: str) -> str:
    """A word of a question as it is looked for."""
    return spelt_as_indexed(parse_question(f"kapan {word} warga"), Articles()).words[0]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sblmnya", "sebelumnya"), ("ktnya", "katanya"), ("nmnya", "namanya"), ("hrgnya", "harganya"),
        ("jmlnya", "jumlahnya"), ("tglnya", "tanggalnya"), ("rmhny", "rumahnya"), ("cmtnya", "camatnya"),
        ("brpkah", "berapakah"), ("kpnkah", "kapankah"), ("tmptnya", "tempatnya"), ("wklnya", "wakilnya"),
        ("jlnnya", "jalannya"), ("dmnkah", "di manakah"), ("BRPNYA", "berapanya"),
    ],
)  # fmt: skip
def test_an_abbreviation_is_spelt_out_with_what_is_added_to_it(typed: str, meant: str) -> None:
    assert spelt_out(f"{typed} siapa") == f"{meant} siapa" or typed.isupper()


@pytest.mark.parametrize(
    "word",
    [
        "hanya", "tanya", "punya", "sekolah", "masalah", "jumlah", "kolah", "langkah", "nikah", "sampah", "klokah",
        "Gunung Gede", "Bojong Gede", "BPK", "kuliah", "rupiah", "Sapa Barat",
    ],
)  # fmt: skip
def test_words_and_names_that_end_like_an_abbreviation_stay(word: str) -> None:
    assert spelt_out(f"kapan {word}") == f"kapan {word}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rumah yang kebakar d prai ngadu", "di prai ngadu"), ("rapat d aula kecamatan", "di aula"),
        ("harga beras d pasar", "di pasar"), ("d desa lebung siapa", "di desa lebung"),
        ("pengungsi dipindah k mana", "ke mana"), ("bupati pindah k jakarta", "ke jakarta"),
        ("jalan k pantai rusak", "ke pantai"), ("warga mengungsi k masjid", "ke masjid"),
        ("bantuan dr bupati berapa", "dari bupati"), ("warga dr desa lebung", "dari desa"),
        ("emas disita dr wumbubangka", "dari wumbubangka"), ("lebih dr 20 orang", "dari 20"),
        ("air dr mana", "dari mana"), ("darurat kekeringan smp kpn", "sampai kapan"),
        ("petrus pindah kmn", "ke mana"), ("kpd siapa bantuan itu", "kepada siapa"),
    ],
)  # fmt: skip
def test_a_short_preposition_is_one_before_a_place_or_a_thing(typed: str, meant: str) -> None:
    assert f" {meant}" in f" {spelt_out(typed)}"


@pytest.mark.parametrize(
    "question",
    [
        "siapa guru kelas d itu", "siswa kelas d berapa", "vitamin d buat balita", "sim d baru",
        "vaksin hepatitis d baru",
        "La Ode D Hamid siapa", "direktur rsud dr soedomo siapa", "umur dr agnes lisa", "dirawat dr fauzi",
        "sebelum dr fauzi siapa", "camat betung k siapa", "min k camat betung", "vitamin k buat bayi",
        "i k sudarma siapa",
        "harga 50 k per kilo", "smp mana yang digabung", "blok d pasar betung",
    ],
)  # fmt: skip
def test_a_letter_that_is_no_preposition_stays(question: str) -> None:
    assert spelt_out(question) == question


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hrga", "harga"), ("mslh", "masalah"), ("pnduduk", "penduduk"), ("klrga", "keluarga"), ("kcmtn", "kecamatan"),
        ("msyrkt", "masyarakat"), ("bnjr", "banjir"), ("krban", "korban"), ("klrahan", "kelurahan"),
        ("jmbatan", "jembatan"), ("bntuan", "bantuan"), ("kndaraan", "kendaraan"), ("prempuan", "perempuan"),
        ("ktrangan", "keterangan"), ("bras", "beras"), ("hrganya", "harganya"), ("bntuannya", "bantuannya"),
        ("kbakar", "terbakar"), ("ktangkap", "tertangkap"), ("dtangkap", "ditangkap"), ("dpake", "dipakai"),
    ],
)  # fmt: skip
def test_a_word_without_vowels_is_the_one_that_articles_hold(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    "word",
    [
        "pdam", "pssi", "bpbd", "dprd", "umkm", "klokah", "blora", "brebes", "trenggalek", "sragen", "klaten", "kadis",
        "sekda", "krisna", "program", "listrik", "kompleks", "pltu", "smkn", "sampit",
    ],
)  # fmt: skip
def test_names_offices_and_short_names_are_no_words_without_vowels(word: str) -> None:
    assert read(word) == word


def test_where_two_words_may_be_meant_it_stays() -> None:
    class Both(Articles):
        def counts(self, words: Iterable[str]) -> dict[str, int]:
            known = {"masak": 12, "masuk": 30, "beras": 60, "baras": 2}
            return {word: known[word] for word in words if word in known}

    assert spelt_as_indexed(parse_question("kapan mskk bras"), Both()).words == ("mskk", "beras")


@pytest.mark.parametrize("word", ["kcmtn", "prmntr", "bcdfghjklmnp", "msyrktnyaknpdprd", "x" * 10_000, "pndk"])
def test_only_so_many_words_are_looked_up_for_one(word: str) -> None:
    assert len(with_vowels(word)) <= 1.5 * MOST_FILLED


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dipake", "dipakai"), ("nyampe", "sampai"), ("rame", "ramai"), ("cepet", "cepat"),
        ("seger", "segar"), ("dateng", "datang"), ("taun", "tahun"), ("liat", "lihat"), ("ilang", "hilang"),
        ("telor", "telur"), ("nyelesein", "selesai"), ("dibagiin", "dibagikan"), ("bangunin", "bangunkan"),
        ("bersihin", "bersihkan"), ("kumpulin", "kumpulkan"), ("gunain", "gunakan"), ("bantuin", "bantu"),
        ("ngecek", "mengecek"), ("ngungsi", "mengungsi"), ("ngambil", "mengambil"), ("nyari", "mencari"),
        ("nyuri", "mencuri"), ("nyoba", "mencoba"), ("nyebut", "menyebut"), ("mbantu", "membantu"),
        ("nulis", "menulis"),
        ("kebakar", "terbakar"), ("kerendam", "terendam"), ("ngambilnya", "mengambilnya"),
        ("ketangkep", "tertangkap"), ("ketipu", "tertipu"), ("ketimpa", "tertimpa"),
        ("kesetrum", "tersetrum"), ("nabrak", "tabrak"), ("ngirim", "kirim"),
    ],
)  # fmt: skip
def test_a_word_of_chats_is_read_as_the_news_form_it(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    "word",
    [
        "arus", "saleh", "beres", "kakek", "maling", "mapan", "amil", "muat", "nelayan", "kepala", "kecewa", "mesin",
        "janin", "kelapa", "hadirin", "mutasi", "nilainya", "sate", "sore", "kolektor", "kemang", "kodi",
        "muslimin", "martin", "kafein",
    ],
)  # fmt: skip
def test_an_ordinary_word_that_no_article_holds_stays(word: str) -> None:
    assert read(word) == word


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("harga cabe rawit brp", ("harga", "cabai", "rawit")),
        ("jalan deket pasar", ("jalan", "dekat", "pasar")),
        ("apa bener pasar pindah", ("benar", "pasar", "pindah")),
        ("berapa harga telor", ("harga", "telur")),
        ("kapan panen duren", ("panen", "durian")),
        ("kades duren siapa", ("kades", "duren")),
        ("warga di kecamatan bener", ("warga", "kecamatan", "bener")),
        ("bupati bener meriah", ("bupati", "bener", "meriah")),
        ("camat deket siapa", ("camat", "deket")),
        ("berapa kios di duren sawit", ("kios", "duren", "sawit")),
    ],
)
def test_a_common_word_of_chats_is_that_of_the_news_unless_a_region_has_its_name(
    question: str, words: tuple[str, ...]
) -> None:
    assert spelt_as_indexed(parse_question(question), Articles()).words == words


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("ada korban jiwa gak di Betung?", "apakah ada korban jiwa di Betung?"),
        ("jalan lebung udah selesai blm", "apakah jalan lebung sudah selesai"),
        ("pilkades jadi ditunda ga", "apakah pilkades jadi ditunda"),
        ("min, pasar betung buka nggak hari minggu?", "min, apakah pasar betung buka hari minggu?"),
        ("air sungai boleh diminum gak ya", "apakah air sungai boleh diminum ya"),
        ("kenapa nagari gadut ga ikut dilantik", "kenapa nagari gadut tidak ikut dilantik"),
        ("ada berapa pelanggan yg gak kebagian air", "ada berapa pelanggan yang tidak kebagian air"),
        ("guru mana yang nggak digaji", "guru mana yang tidak digaji"),
        ("ada yg tau gak siapa camat betung", "ada yang tau gak siapa camat betung"),
        ("ada yg tau siapa camat betung gak", "ada yang tau siapa camat betung gak"),
    ],
)
def test_a_tag_is_read_as_apakah_and_a_denial_as_tidak(question: str, text: str) -> None:
    assert parse_question(question).text == text


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("ada korban jiwa gak di Betung?", "yes"), ("air sungai boleh dipake masak gak", "yes"),
        ("pasar betung udah buka blm", "yes"), ("bener gak kalau pasar pindah", "yes"),
        ("tarif PDAM jadi naik ga", "yes"),
        ("sudahkah jembatan itu selesai", "yes"), ("masih banjir gak di lebung", "yes"),
        ("ada posko di lebung?", "yes"),
        ("Were traders hoarding goods in Natuna?", "yes"), ("Has the road been repaired?", "yes"),
        ("vaksinnya aman ndak", "yes"),
        ("siapa yang gak di rumah", "person"), ("desa mana yang belum dapat", "place"), ("ada apa di Betung", None),
        ("ada berapa posko di Betung", "number"), ("kenapa jalan belum selesai", "reason"), ("camat betung", None),
        ("harga telur lahat?", "money"), ("ongkos gomo lahusa", "money"), ("karcis masuk ollon", "money"),
        ("brp tiket masuk ollon", "money"), ("kemah bayar brp", "money"), ("denda apa yang dikenakan", None),
        ("berapa tiket terjual", "number"), ("jadwal posyandu betung", "time"), ("jadwal siapa yang berubah", "person"),
        ("jam buka puskesmas betung", "clock"), ("alamat posko banjir betung", "place"),
        ("lokasi pasar murah", "place"),
        ("syarat pencairan dana desa", None), ("rapat membahas jadwal panen", None),
    ],
)  # fmt: skip
def test_what_a_question_asks_for_without_a_word_that_asks(question: str, kind: str | None) -> None:
    assert expected(parse_question(question).text) == kind
