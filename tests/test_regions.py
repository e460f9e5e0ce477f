import pytest

from embeddings.indonesian.regions import (
    Level,
    canonical,
    lies_in,
    mention_at,
    mentions,
    names_region,
    region_around,
    regions_in,
    regions_named,
    regions_printed,
)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Banyuasin", "banyuasin"),
        ("Kab. Banyuasin", "banyuasin"),
        ("HSS", "hulu sungai selatan"),
        ("Kabupaten OKU", "ogan komering ulu"),
        ("Tj. Lago", "tanjung lago"),
        ("Sei Raya", "sungai raya"),
        ("Sumsel", "sumatera selatan"),
        ("Deliserdang", "deli serdang"),
        ("Baubau", "bau bau"),
        ("Sungairaya", "sungai raya"),
        ("batu raja timur", "baturaja timur"),
        ("Kota Administrasi Jakarta Utara", "jakarta utara"),
    ],
)
def test_a_region_has_one_name_however_it_is_written(name: str, full: str) -> None:
    assert canonical(name) == full


def test_regions_are_those_of_the_list_with_the_level_they_have() -> None:
    assert {region.level for region in regions_named("Sungai Raya")} == {Level.DISTRICT}
    assert len(regions_named("Sungai Raya")) > 1
    assert {region.level for region in regions_named("Bogor")} == {Level.REGENCY, Level.CITY}
    assert regions_named("Entahlah") == ()
    assert lies_in("Medan", "Sumatera Utara") and not lies_in("Bogor", "Bima")


@pytest.mark.parametrize(
    ("question", "regions"),
    [
        ("kapan rakor di Tanjung Lago?", {"tanjung lago"}),
        ("jml penduduk banyuasin brp", {"banyuasin"}),
        ("siapa bupati hss", {"hulu sungai selatan"}),
        ("Di mana rakor Kecamatan Rantau Bayur digelar?", {"rantau bayur"}),
        ("Siapa gubernur Sumatera Selatan?", {"sumatera selatan"}),
        ("Berapa batu yang dipakai?", set()),
        ("Apa kepanjangan DMD?", set()),
    ],
)
def test_the_regions_a_question_names(question: str, regions: set[str]) -> None:
    assert regions_in(question) == regions


def test_a_text_names_a_region_in_full_or_short() -> None:
    assert names_region("Pemkab HSS menggelar rakor.", "hulu sungai selatan")
    assert names_region("Rakor di Kec. Tj. Lago.", "tanjung lago")
    assert names_region("Pemkab Deliserdang menggelar rakor.", "deli serdang")
    assert not names_region("Rakor di Baturaja Timur.", "baturaja barat")


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("Rapat digelar di Balai Kota Bogor.", {"bogor"}),
        ("Camat menghadiri rakor di Kecamatan Rambutan.", {"rambutan"}),
        ("Anggota DPRD Bali dilantik.", {"bali"}),
        ("Mengingat medan yang berat, rakor ditunda.", set()),
        ("Rakor digelar di kota Medan.", {"medan"}),
        ("Buru pelaku, polisi menyisir hutan.", set()),
        ("Rakor digelar di Desa Tanjung Lago, Kabupaten Banyuasin.", {"tanjung lago", "banyuasin"}),
    ],
)
def test_a_printed_text_names_its_regions_by_capitals(text: str, regions: set[str]) -> None:
    assert regions_printed(text) == regions


def test_what_stands_beside_a_kecamatan_tells_it_from_another_of_its_name() -> None:
    text = "Aceh Utara\nMusrenbang Kecamatan Sawang, Kabupaten Aceh Selatan, dibuka Camat Sawang."
    assert region_around("sawang", text) == "aceh selatan"
    assert region_around("sawang", "Warga Aceh Utara dan Aceh Selatan di Sawang.") == ""
    assert region_around("sungai raya", "Camat Sungai Raya di Kubu Raya.") == "kubu raya"


def test_a_mention_tells_where_a_region_is_named_by_which_name_and_as_what() -> None:
    text = "Camat Kec. Tj. Lago, Kab. Banyuasin, dan warga Batu Raja Timur. Sungai itu surut."
    assert [(text[slice(*one.span)], one.name, one.level, one.before) for one in mentions(text, printed=True)] == [
        ("Kec. Tj. Lago", "tanjung lago", Level.DISTRICT, "camat"),
        ("Kab. Banyuasin", "banyuasin", Level.REGENCY, ""),
        ("Batu Raja Timur", "baturaja timur", None, "warga"),
    ]
    found = mention_at(text, text.index("Banyuasin"))
    assert found and found.name == "banyuasin" and mention_at(text, 0) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("siapa bupati hulu sungai selatan", ["hulu sungai selatan"]),
        ("rakor di rantau, bayur acaranya", ["rantau"]),
        ("kec. sei lepan dan kec sungai lepan", ["sungai lepan", "sungai lepan"]),
        ("warga lawe sigala gala", ["lawe sigala-gala"]),
        ("kab. kab. kota", ["kota"]),
    ],
)
def test_the_longest_name_counts_and_no_mark_stands_within_it(text: str, named: list[str]) -> None:
    assert [one.name for one in mentions(text)] == named
