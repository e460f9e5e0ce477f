import pytest

from embeddings import KnowledgeBase
from embeddings.topics.abbreviations.answer import asked_abbreviation
from embeddings.topics.abbreviations.find import find_abbreviations


@pytest.mark.parametrize(
    ("question", "abbreviation"),
    [
        ("Apa kepanjangan DMD?", "dmd"),
        ("kepanjangan dari rakor apa", "rakor"),
        ("apa singkatan dari plh", "plh"),
        ("apa itu plh", "plh"),
        ("min, apa itu forkopimcam ya", "forkopimcam"),
        ("DMD singkatan dari apa?", "dmd"),
        ("DMD itu apa sih", "dmd"),
        ("apa tema rakor", None),
        ("apa itu rapat koordinasi", None),
        ("siapa camat Sungai Raya?", None),
    ],
)
def test_what_an_abbreviation_stands_for_may_be_asked_in_many_ways(question: str, abbreviation: str | None) -> None:
    assert asked_abbreviation(question) == abbreviation


@pytest.mark.parametrize(
    ("text", "abbreviation", "meaning"),
    [
        ("Peluncuran Dokter Masuk Desa (DMD) digelar.", "dmd", "Dokter Masuk Desa"),
        ("PLH (Pelaksana Harian) Bupati OKU hadir.", "plh", "Pelaksana Harian"),
        ("Camat menggelar rapat koordinasi (rakor) kecamatan.", "rakor", "rapat koordinasi"),
        ("Dinas Pemberdayaan Masyarakat dan Desa (DPMD) hadir.", "dpmd", "Dinas Pemberdayaan Masyarakat dan Desa"),
        ("Program DMD (dimulai tahun ini) berjalan.", "dmd", None),
        ("Rakor digelar Kamis (13/7).", "rakor", None),
        ("Ridwan Hisapali (PKB) hadir.", "pkb", None),
        ('Ia selesai. "Desa maju, kata dia" (dmd).', "dmd", None),
    ],
)
def test_an_abbreviation_is_spelt_out_beside_it(text: str, abbreviation: str, meaning: str | None) -> None:
    found = {one.short: text[slice(*one.words)] for one in find_abbreviations(text)}
    assert found.get(abbreviation) == meaning


def test_an_abbreviation_is_answered_with_the_words_it_stands_for(knowledge: KnowledgeBase) -> None:
    answer = knowledge.answer("apa kepanjangan DMD?")
    assert answer.answered and answer.quotes[0].answer is not None
    assert answer.quotes[0].article.text[slice(*answer.quotes[0].answer)].casefold() == "dokter masuk desa"
