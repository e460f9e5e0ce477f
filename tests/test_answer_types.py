import pytest

from embeddings.answers.evidence import counts_elsewhere, names_others
from embeddings.indonesian.regions import regions_printed
from embeddings.question.expects import expected, lacks
from tests.conftest import understood


@pytest.mark.parametrize(
    ("question", "sentence", "lacking"),
    [
        ("nomor telepon camat Sungai Raya", "Camat Sungai Raya, Fathul Mushalli, hadir pukul 10.00.", True),
        ("nomor telepon camat Sungai Raya", "Warga dapat menghubungi 0811-234-567.", False),
        ("jam berapa rakor dimulai", "Rakor digelar di aula, Senin (17/7/2023).", True),
        ("jam berapa rakor dimulai", "Rakor dimulai pukul 09.00 WIB.", False),
        ("kapan listrik masuk Paldas", "Hampir 100 keluarga di Desa Paldas belum menikmati listrik.", True),
        ("kapan listrik masuk Paldas", "Listrik masuk Paldas tahun depan.", False),
        ("kapan Aristoteles meninggal", "Aristoteles (384 SM - 322 SM) adalah filsuf.", False),
        ("berapa dokter di Banyuasin", "Dokter masuk desa untuk memeriksa kesehatan warga.", True),
        ("berapa dokter di Banyuasin", "Ada dua dokter di tiap puskesmas.", False),
        ("siapa camat Sungai Raya", "Rakor digelar di aula.", False),
    ],
)
def test_a_sentence_without_the_kind_of_thing_asked_for_cannot_answer(
    question: str, sentence: str, lacking: bool
) -> None:
    assert lacks(sentence, expected(question)) is lacking


@pytest.mark.parametrize(
    ("question", "beside"),
    [
        ("berapa penduduk kecamatan tanjung lago", False),
        ("berapa penduduk banyuasin", False),
        ("berapa penduduk kabupaten lahat", True),
        ("berapa penduduknya", False),
        ("di mana rapat kabupaten lahat", True),
    ],
)
def test_a_sentence_on_other_regions_than_those_asked_about_is_told_apart(question: str, beside: bool) -> None:
    sentence = "Penduduk Kabupaten Banyuasin 837.062 jiwa."
    assert names_others(understood(question).regions, regions_printed(sentence)) is beside


def test_a_number_of_the_kabupaten_is_not_one_of_its_kecamatan() -> None:
    sentence = "Penduduk Kabupaten Banyuasin 837.062 jiwa."
    for question, elsewhere in (("berapa penduduk kecamatan tanjung lago", True), ("berapa penduduk banyuasin", False)):
        assert counts_elsewhere(understood(question).regions, regions_printed(sentence)) is elsewhere
    assert not counts_elsewhere(
        understood("berapa penduduk banyuasin").regions, regions_printed("Di Tanjung Lago ada 837 jiwa.")
    )
