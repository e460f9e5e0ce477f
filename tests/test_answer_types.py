import pytest

from embeddings.answers.evidence import counts_elsewhere, names_others
from embeddings.indonesian.regions import regions_printed
from embeddings.question.expects import Expects, expected, lacks
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
        ("jam berapa loket buka", "Antrean mencapai tiga jam.", True),
        ("jam berapa loket buka", "Loket buka jam delapan pagi.", False),
        ("berapa biaya rehab pasar", "Pasar direhab sejak 12 Mei 2025.", True),
        ("berapa biaya rehab pasar", "Rehab pasar menelan Rp2,4 miliar.", False),
        ("berapa hektar sawah puso", "Puso melanda 12 desa.", True),
        ("berapa hektar sawah puso", "Sekitar 40 ha sawah puso.", False),
        ("berapa orang mengungsi", "Sebanyak 120 rumah terendam.", True),
        ("berapa orang mengungsi", "Tercatat 340 jiwa mengungsi.", False),
        ("berapa persen stunting", "Ada 87 balita pendek.", True),
        ("berapa persen stunting", "Stunting turun menjadi 4,1 persen.", False),
        ("panjang jembatan berapa", "Jembatan itu menelan Rp9 miliar.", True),
        ("panjang jembatan berapa", "Jembatan sepanjang 300 meter itu rusak.", False),
    ],
)
def test_a_sentence_without_the_kind_of_thing_asked_for_cannot_answer(
    question: str, sentence: str, lacking: bool
) -> None:
    assert lacks(sentence, expected(question)) is lacking


@pytest.mark.parametrize(
    ("question", "expects"),
    [
        ("harga beras di pasar raya brp", Expects.MONEY),
        ("berapa persen realisasi PBB 2025", Expects.PERCENT),
        ("luas lahan yg terbakar berapa", Expects.AREA),
        ("berapa km jalan yang diaspal", Expects.LENGTH),
        ("brapa warga yang dievakuasi", Expects.PEOPLE),
        ("berapa dokter di puskesmas", Expects.NUMBER),
        ("berapa lama pipa diperbaiki", Expects.NUMBER),
        ("korban dari desa mana saja", Expects.PLACE),
        ("lewat mana kalau ke pelabuhan", Expects.PLACE),
        ("kok pasar belum dibuka", Expects.REASON),
    ],
)
def test_a_question_tells_what_kind_of_thing_answers_it(question: str, expects: Expects) -> None:
    assert understood(question).expects is expects


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
