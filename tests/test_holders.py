import numpy as np
import pytest

from bot import replies
from bot.heads import heads
from bot.texts import INDONESIAN
from embeddings import Answer, Article, Certainty, KnowledgeBase, Store, by_office, disagree
from embeddings.question.query import parse_question
from embeddings.topics.finding import find_all
from embeddings.topics.officials.answer import OfficialAnswer, find_holders, neighbours, unnamed_office
from embeddings.topics.officials.asked import AskedOffice, asked_office
from tests.conftest import on_both_engines, understood

ARTICLES = {
    "a2019": ("2019-05-02", "Bupati Banyuasin, H. Askolani, meresmikan jembatan."),
    "a2021": ("2021-08-17", "Bupati Banyuasin Askolani memimpin upacara. Camat Rambutan, Dewi Lestari, hadir."),
    "b2023": ("2023-10-01", "Penjabat Bupati Banyuasin Hani Syopiar Rustam dilantik menggantikan Askolani."),
    "c2024": ("2024-03-09", "Mantan Bupati Banyuasin Amiruddin Inoed melayat."),
    "d2022": ("2022-06", "Camat Rambutan, Joko Susilo, membuka musrenbang."),
    "e2022": ("2022-06-20", "Camat Rambutan Siti Aminah menutup pelatihan."),
    "undated": (None, "Wakil Bupati Banyuasin periode 2025-2030, Netta Indian, menyapa warga."),
    "one": ("2023-02-01", "Wakil Ketua I DPRD Tapin, Budi Hartono, memimpin sidang."),
    "two": ("2023-03-01", "Wakil Ketua II DPRD Tapin Rina Wati menerima warga."),
    "v2023": ("2023-07-13", "Wakil Bupati Banyuasin, H. Slamet Somosentono, menyapa warga."),
}


@pytest.fixture
def store(store: Store) -> Store:
    for id, (published, text) in ARTICLES.items():
        article = Article(id, text, published=published, source="Warta")
        store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    return store


def holders(store: Store, question: str) -> tuple[OfficialAnswer, ...]:
    asked = understood(question)
    return find_holders(store, asked.officials, asked.period)


def named(store: Store, question: str) -> list[str]:
    return [f"{holder.article.id} {holder.name_text}" for holder in holders(store, question)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("siapa bupati banyuasin", ["b2023 Hani Syopiar Rustam", "c2024 Amiruddin Inoed", "b2023 Askolani"]),
        ("siapa pj bupati banyuasin", ["b2023 Hani Syopiar Rustam"]),
        ("siapa mantan bupati banyuasin", ["c2024 Amiruddin Inoed", "b2023 Askolani"]),
        ("bupati banyuasin 2021", ["a2021 Askolani"]),
        ("bupati banyuasin sebelumnya", ["c2024 Amiruddin Inoed", "b2023 Askolani"]),
        ("di mana bupati banyuasin dilantik", []),
        ("siapa saja camat di banyuasin", ["e2022 Siti Aminah", "d2022 Joko Susilo", "a2021 Dewi Lestari"]),
        ("daftar camat", ["e2022 Siti Aminah", "d2022 Joko Susilo", "a2021 Dewi Lestari"]),
        ("daftar semua camat di kabupaten banyuasin", ["e2022 Siti Aminah", "d2022 Joko Susilo", "a2021 Dewi Lestari"]),
        ("siapa saja kapolsek", []),
        ("bupati banyuasin 2010", []),
        ("siapa bupati banyuasin tahun ini", ["b2023 Hani Syopiar Rustam", "c2024 Amiruddin Inoed", "b2023 Askolani"]),
        ("siapa wakil ketua dprd tapin", ["two Rina Wati", "one Budi Hartono"]),
        ("siapa wakil ketua 2 dprd tapin", ["two Rina Wati"]),
        ("waket I dprd tapin", ["one Budi Hartono"]),
        ("plt bupati banyu asin", ["b2023 Hani Syopiar Rustam"]),
        ("apa jabatan slamet somosentono", ["v2023 Slamet Somosentono"]),
        ("pak slamet jabatannya apa min", ["v2023 Slamet Somosentono"]),
        ("siapa wakil bupati banyuasin", ["v2023 Slamet Somosentono", "undated Netta Indian"]),
        ("siapa wakil bupati banyuasin periode 2025-2030", ["undated Netta Indian"]),
        ("siapa camat rambutan", ["e2022 Siti Aminah", "d2022 Joko Susilo", "a2021 Dewi Lestari"]),
        ("askolani itu siapa?", ["a2021 Askolani"]),
        ("siapa slamet?", ["v2023 Slamet Somosentono"]),
        ("siapa camat rantau bayur", []),
        ("siapa bupati banyuasin sebelum Hani Syopiar?", ["c2024 Amiruddin Inoed", "b2023 Askolani"]),
        ("sblm bu hani siapa bupati banyuasin", ["c2024 Amiruddin Inoed", "b2023 Askolani"]),
        ("siapa yang memimpin Lahat sebelum Hani Syopiar?", []),
        ("siapa bupati banyuasin sebelum Joko?", []),
        ("siapa gubernur sumatera selatan", []),
        ("apa program bupati banyuasin", []),
    ],
)
@on_both_engines
def test_a_question_gets_everybody_named_once_newest_first_and_former_holders_last(
    store: Store, question: str, expected: list[str]
) -> None:
    assert named(store, question) == expected


@on_both_engines
def test_the_officials_of_a_region_are_those_that_a_question_for_each_office_finds(store: Store) -> None:
    offices = by_office(holders(store, "pejabat banyuasin"))
    assert [(of_one[0].kind, of_one[0].region) for of_one in offices] == [
        ("bupati", "banyuasin"), ("wakil bupati", "banyuasin"), ("camat", "rambutan"),
    ]  # fmt: skip
    for of_one in offices:
        asked = holders(store, f"siapa {of_one[0].kind} {of_one[0].region}")
        assert of_one == [holder for holder in asked if not holder.former]


@on_both_engines
def test_names_given_at_about_the_same_time_or_at_no_known_time_are_in_doubt(store: Store) -> None:
    assert disagree(holders(store, "siapa camat rambutan"))
    assert disagree(holders(store, "siapa wakil bupati banyuasin"))
    assert not disagree(holders(store, "siapa bupati banyuasin"))
    assert not disagree(holders(store, "siapa pj bupati banyuasin"))


@on_both_engines
def test_the_evidence_is_the_sentence_that_names_office_and_holder(store: Store) -> None:
    (holder, *_) = holders(store, "camat rambutan 2021")
    assert holder.article.text[slice(*holder.evidence)] == "Camat Rambutan, Dewi Lestari, hadir."
    assert holder.office_text == "Camat Rambutan"


@on_both_engines
def test_an_article_that_is_gone_takes_its_officials_along(store: Store) -> None:
    store.remove("b2023")
    assert named(store, "siapa bupati banyuasin")[0] == "a2021 Askolani"


@on_both_engines
def test_the_lines_above_the_quotes_tell_who_when_who_else_and_what_is_in_doubt(store: Store) -> None:
    answer = Answer(
        "?", Certainty.SURE, 0.9, holders=holders(store, "siapa camat rambutan"), searched_for="camat rambutan"
    )
    assert replies.understood(answer, INDONESIAN) == ["Mencari: camat rambutan"]
    assert heads(answer, INDONESIAN) == [
        "Camat Rambutan: Siti Aminah (terakhir disebut 20 Juni 2022)",
        "Nama lain untuk jabatan ini, dari yang terbaru:",
        "• Joko Susilo (Juni 2022)",
        "• Dewi Lestari (17 Agustus 2021)",
        "Perhatikan: lebih dari satu nama disebut, dan beritanya tidak memastikan siapa yang terakhir.",
    ]
    former, _ = holders(store, "siapa mantan bupati banyuasin")
    assert heads(Answer("?", Certainty.SURE, 0.9, holders=(former,)), INDONESIAN) == [
        "Mantan Bupati Banyuasin: Amiruddin Inoed (disebut 9 Maret 2024)"
    ]


def test_an_answer_about_an_office_is_its_holder_with_the_evidence(knowledge: KnowledgeBase) -> None:
    answer = knowledge.answer("siapa camat sungei raya?")
    assert answer.answered and answer.searched_for == "camat sungai raya"
    assert [holder.name_text for holder in answer.holders] == ["Fathul Mushalli"]
    (quote,) = answer.quotes
    assert quote.answer and quote.article.text[slice(*quote.answer)] == "Fathul Mushalli"
    assert answer.to_json()["officials"][0]["name"] == "Fathul Mushalli"


def test_an_ordinary_word_is_no_misspelt_kecamatan(knowledge: KnowledgeBase) -> None:
    assert knowledge.answer("berapa harga cabai di pasar banyuasin?").searched_for is None
    assert knowledge.answer("siapa camat cambay?").searched_for == "camat cambai"


@pytest.mark.parametrize("question", ["Siapa camat Rantau Bayur?", "Siapa camat Tanjung Lago?", "siapa bupati lahat"])
def test_an_office_that_no_article_gives_a_name_for_is_an_honest_no(knowledge: KnowledgeBase, question: str) -> None:
    answer = knowledge.answer(question)
    assert not answer.answered and answer.holders == ()
    message = replies.answer_message(answer, knowledge.summary(), INDONESIAN)
    assert f"belum ada yang menyebut siapa {question.title().removeprefix('Siapa ').rstrip('?')}." in message


@on_both_engines
def test_an_office_without_a_name_is_told_beside_the_officials_of_its_region(
    store: Store, knowledge: KnowledgeBase
) -> None:
    def asked(*words: str) -> AskedOffice:
        office = asked_office(words)
        assert office is not None
        return office

    assert [one.name_text for one in neighbours(store, asked("lurah", "rambutan"))] == ["Siti Aminah"]
    assert unnamed_office(store, asked("lurah", "rambutan")) == "Lurah Rambutan"
    assert unnamed_office(store, asked("ketua", "dprd", "banyuasin")) == "Ketua DPRD Banyuasin"
    # Some are named, only not as acting.
    assert unnamed_office(store, asked("plt", "camat", "rambutan")) is None
    assert asked_office(["anggaran", "banyuasin"]) is None
    near = knowledge.answer("siapa kapolres banyuasin").near
    assert near and "Banyuasin" in near[0].text and near[0].answer is None


@pytest.mark.parametrize(
    ("question", "office", "region"),
    [
        ("kasi pidsus kejari lahat siapa", "kepala seksi pidana khusus kejaksaan negeri", "lahat"),
        ("siapa kasi intel kejari pesisir selatan", "kepala seksi intelijen kejaksaan negeri", "pesisir selatan"),
        ("kasi pidum kejari agam", "kepala seksi pidana umum kejaksaan negeri", "agam"),
        ("kabid fisik bappeda aceh selatan", "kepala bidang fisik bappeda", "aceh selatan"),
        ("wadirlantas polda kalteng siapa", "wadirlantas polda", "kalimantan tengah"),
        ("dirreskrimum polda jambi", "dirreskrimum polda", "jambi"),
        ("kabid humas polda jambi siapa", "kepala bidang humas polda", "jambi"),
        ("kabag ops polres oku siapa", "kepala bagian operasi polres", "ogan komering ulu"),
        ("siapa kasi trantib kecamatan betung", "kepala seksi ketenteraman ketertiban", "betung"),
        ("sekdin pmd banyuasin siapa", "sekretaris dinas pmd", "banyuasin"),
    ],
)
def test_an_office_within_a_body_is_asked_for_as_people_type_it(question: str, office: str, region: str) -> None:
    asked = asked_office(parse_question(question).words)
    assert asked is not None and (asked.office, asked.region) == (office, region)


@pytest.mark.parametrize(
    ("asked", "printed", "same"),
    [
        ("kepala seksi pidana khusus kejaksaan negeri", "kepala seksi pidana khusus", True),
        ("kepala seksi intelijen kejaksaan negeri", "kepala seksi pidana khusus", False),
        ("kepala bidang fisik bappeda", "kepala bidang fisik", True),
        ("kasat reskrim polres", "kasat reskrim", True),
        ("kasat lantas polres", "kasat reskrim", False),
        ("kepala dinas kesehatan", "kepala dinas", False),
        ("kepala bagian hukum setda", "kepala bagian hukum", True),
        ("ketua dprd", "ketua", False),
        ("camat", "camat", True),
        ("camat", "sekretaris camat", False),
    ],
)
def test_an_office_may_be_printed_without_the_body_around_it(asked: str, printed: str, same: bool) -> None:
    assert AskedOffice(asked, "lahat", acting=False, former=False).may_be(printed) is same


@on_both_engines
def test_two_districts_of_one_name_are_told_apart(store: Store) -> None:
    for id, around, name in (("h", "Hulu Sungai Selatan", "Fathul"), ("k", "Kubu Raya", "Chairil")):
        text = f"Camat Sungai Raya, {name} Anwari, membuka rakor. Bupati {around} hadir."
        article = Article(id, text, published="2023-05-01")
        store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    both = holders(store, "siapa camat sungai raya")
    lines = heads(Answer("q", Certainty.SURE, 0.9, holders=both), INDONESIAN)
    assert lines[0] == "• Camat Sungai Raya, Hulu Sungai Selatan: Fathul Anwari (1 Mei 2023)"
    assert lines[1] == "• Camat Sungai Raya, Kubu Raya: Chairil Anwari (1 Mei 2023)"
    assert lines[2].startswith("Ada beberapa daerah dengan nama itu.")
    assert not disagree(both)
    assert named(store, "siapa camat sungai raya hss") == ["h Fathul Anwari"]
    assert named(store, "camat sungai raya kubu raya siapa") == ["k Chairil Anwari"]


@on_both_engines
def test_what_tells_a_district_from_another_is_not_said_twice_where_the_article_prints_it(store: Store) -> None:
    text = "Camat Sungai Raya, Kabupaten Kubu Raya, Chairil Anwari, membuka rakor."
    article = Article("k", text, published="2023-05-01")
    other = Article("h", "Camat Sungai Raya, Fathul Anwari, dari Hulu Sungai Selatan hadir.", published="2023-05-01")
    for one in (article, other):
        store.save(one, [(0, len(one.text))], np.ones((1, 4), dtype=np.float32), find_all(one))
    lines = heads(Answer("q", Certainty.SURE, 0.9, holders=holders(store, "siapa camat sungai raya")), INDONESIAN)
    assert "• Camat Sungai Raya, Kabupaten Kubu Raya: Chairil Anwari (1 Mei 2023)" in lines


@on_both_engines
def test_a_list_tells_everybody_who_is_named_for_an_office_and_counts_what_has_no_date(store: Store) -> None:
    answer = Answer("?", Certainty.SURE, 0.9, holders=holders(store, "pejabat banyuasin"))
    assert heads(answer, INDONESIAN) == [
        "• Penjabat Bupati Banyuasin: Hani Syopiar Rustam (1 Oktober 2023)",
        "• Wakil Bupati Banyuasin: Slamet Somosentono (13 Juli 2023), Netta Indian (berita tanpa tanggal)",
        "• Camat Rambutan: Siti Aminah (20 Juni 2022), Joko Susilo (Juni 2022), Dewi Lestari (17 Agustus 2021)",
    ]
    assert replies.no_answer_text(store.summary(), INDONESIAN).endswith(
        "10 berita yang saya punya (2019–2024, 1 tanpa tanggal)."
    )


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("siapa direktur RSUD dr. Kasim Lahat yang baru", ["Agnes Lisa Nahan", "Bambang Sukoco"]),
        ("direktur rsud umar lahat siapa", ["Agnes Lisa Nahan", "Bambang Sukoco"]),
        ("direktur rsud kasim sebelumnya siapa", ["Bambang Sukoco"]),
        ("direktur rsud hasan siapa", []),
        ("kadisdik lahat siapa", ["Suwarno Jelani"]),
        ("kepala dinas pendidikan lahat siapa", ["Suwarno Jelani"]),
        ("kepala dinas olahraga lahat siapa", []),
        ("kasat reskrim lahat siapa", ["Rina Astuti"]),
        ("sebelum Yansen, plt camat betung siapa", ["Tiara Kristina"]),
        ("siapa camat betung sebelum yansen", ["Herson Lambung"]),
        ("camat lama betung siapa", ["Herson Lambung"]),
        ("eks camat rambutan siapa", []),
        ("camat rambutan yg dulu", []),
    ],
)
def test_an_office_is_found_by_a_part_of_its_body_and_a_former_holder_never_elsewhere(
    store: Store, question: str, names: list[str]
) -> None:
    text = (
        "Yang dilantik:\n1. dr. Agnes Lisa Nahan, Sp.A., sebagai Direktur RSUD dr. H. Kasim Umar\n"
        "2. Yansen Bungai, S.STP., sebagai Camat Betung\n"
        "Agnes menggantikan dr. Bambang Sukoco. Kursi Camat Betung kosong lantaran pejabat lamanya, Herson Lambung, "
        "pensiun; tugas dijalankan Plt Camat Tiara Kristina. Kepala Dinas Pendidikan, Pemuda dan Olahraga Lahat, "
        "Suwarno Jelani, dan Kasat Reskrim Polres Lahat, AKP Rina Astuti, hadir."
    )
    article = Article("list", text, published="2026-01-10")
    store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    found = [holder for holder in holders(store, question) if holder.article.id == "list"]
    assert [holder.name_text for holder in found] == names


def test_in_a_list_whoever_fills_in_is_told_behind_those_who_were_appointed(store: Store) -> None:
    text = "Plt Camat Betung, Banyuasin, Tiara Kristina, dan Camat Rantau Bayur, Umar Said, dilantik."
    article = Article("list", text, published="2026-01-10")
    store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    assert named(store, "siapa saja camat di banyuasin")[-1] == "list Tiara Kristina"
    assert named(store, "siapa saja camat di banyuasin")[0] == "list Umar Said"
