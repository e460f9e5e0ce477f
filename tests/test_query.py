import pytest

from embeddings.query import Kind, parse_question, with_words_replaced


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Siapa camat Sungai Raya?", Kind.WHO),
        ("sp camat sungai raya", Kind.WHO),
        ("kpn rakor tanjung lago", Kind.WHEN),
        ("Tanggal berapa rakor digelar?", Kind.WHEN),
        ("rakor rantau bayur dmn ya?", Kind.WHERE),
        ("Desa mana yang belum ada listrik?", Kind.WHERE),
        ("jml penduduk banyuasin brp", Kind.HOW_MANY),
        ("How many villages are there?", Kind.HOW_MANY),
        ("When was the meeting held?", Kind.WHEN),
        ("Mengapa jalan ditutup?", Kind.WHY),
        ("Apa tema rapat?", Kind.OTHER),
        ("halo", Kind.OTHER),
    ],
)
def test_the_question_word_tells_what_is_asked_for_however_it_is_shortened(question: str, kind: Kind) -> None:
    assert parse_question(question).kind is kind


def test_abbreviations_are_spelt_out_and_the_rest_stays_as_typed() -> None:
    assert parse_question("Brp  jml penduduk Kec. Ilir yg miskin?").text == (
        "berapa jumlah penduduk kecamatan. Ilir yang miskin?"
    )


def test_content_words_leave_out_what_only_shapes_the_question() -> None:
    assert parse_question("min, siapa sih nama camat Sungai Raya itu?").words == ("camat", "sungai", "raya")


def test_an_english_question_is_looked_for_in_indonesian_words() -> None:
    assert parse_question("Who is the head of Baturaja Timur district?").words == (
        "camat", "baturaja", "timur", "kecamatan",
    )  # fmt: skip


@pytest.mark.parametrize("question", ["", "  ", "???", "😀", "siapa itu?"])
def test_a_question_without_content_has_no_words(question: str) -> None:
    assert parse_question(question).words == ()


def test_replaced_words_are_replaced_everywhere() -> None:
    query = with_words_replaced(parse_question("siapa camat Sungei Raya?"), {"sungei": "sungai"})
    assert query.text == "siapa camat sungai Raya?"
    assert query.words == ("camat", "sungai", "raya")
