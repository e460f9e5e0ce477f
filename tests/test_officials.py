import re
import tomllib
from typing import Any

import pytest

from embeddings.question.query import parse_question
from embeddings.sources.files import ArticleSettings, read_file
from embeddings.topics.officials.asked import asked_office
from embeddings.topics.officials.find import officials_of
from embeddings.types import Article
from tests.conftest import ROOT, SEEDS

GOLD = tomllib.loads((ROOT / "tests" / "officials.toml").read_text())


def found_in(text: str) -> list[str]:
    return [
        " | ".join(
            [
                official.office,
                official.region,
                text[slice(*official.name)],
                *(["acting"] if official.acting else []),
                *(["former"] if official.former else []),
            ]
        )
        for official in officials_of(text)
    ]


@pytest.mark.parametrize("gold", GOLD["sentence"], ids=lambda gold: gold["text"][:40])
def test_a_sentence_gives_exactly_the_officials_it_names(gold: dict[str, Any]) -> None:
    assert sorted(found_in(gold["text"])) == sorted(gold["officials"])


@pytest.mark.parametrize("gold", GOLD["article"], ids=lambda gold: gold["name"])
def test_the_sample_articles_give_exactly_their_officials(gold: dict[str, Any]) -> None:
    (article,) = [found for found in read_file(SEEDS / gold["name"], ArticleSettings()) if isinstance(found, Article)]
    assert found_in(article.text) == gold["officials"]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Siapa camat Sungai Raya?", "camat | sungai raya"),
        ("sp camat sei raya skrg", "camat | sungai raya"),
        ("camat tj lago siapa ya min", "camat | tanjung lago"),
        ("siapa bupati hss", "bupati | hulu sungai selatan"),
        ("Siapa Bupati Hulu Sungai Selatan saat ini?", "bupati | hulu sungai selatan"),
        ("siapa wabup banyuasin", "wakil bupati | banyuasin"),
        ("wakilnya bupati banyuasin siapa?", "wakil bupati | banyuasin"),
        ("banyuasin bupatinya siapa", "bupati | banyuasin"),
        ("wakil bupati banyuasin", "wakil bupati | banyuasin"),
        ("Siapa wakil bupati Banyuasin?", "wakil bupati | banyuasin"),
        ("siapa pj bupati biak numfor", "bupati | biak numfor | acting"),
        ("kadis pupr toraja utara siapa", "kepala dinas pupr | toraja utara"),
        ("plt direktur RSUD ratu zalecha siapa", "direktur rsud | ratu zalecha | acting"),
        ("kapolres tapin sebelumnya siapa?", "kapolres | tapin | former"),
        ("camat panggul yang udah pensiun itu siapa namanya?", "camat | panggul | former"),
        ("hukum tua desa kali siapa", "kepala desa | kali"),
        ("kepala distrik sentani timur siapa", "camat | sentani timur"),
        ("Siapa Plh Bupati OKU?", "bupati | ogan komering ulu | acting"),
        ("siapa mantan bupati banyuasin", "bupati | banyuasin | former"),
        ("Siapa Wakil Ketua II DPRD Banyuasin?", "wakil ketua ii dprd | banyuasin"),
        ("siapa kepala dinas kesehatan banyuasin", "kepala dinas kesehatan | banyuasin"),
        ("siapa kades rantau harapan?", "kepala desa | rantau harapan"),
        ("Who is the regent of Banyuasin?", "bupati | banyuasin"),
        ("Who is the head of Baturaja Timur district?", "camat | baturaja timur"),
        ("kalaksa bpbd cianjur siapa", "kepala pelaksana bpbd | cianjur"),
        ("kalaksa cianjur sapa", "kepala pelaksana bpbd | cianjur"),
        ("kapus naringgul siapa", "kepala puskesmas | naringgul"),
        ("kapuskesmas sekayu sp", "kepala puskesmas | sekayu"),
        ("kadistan bima siapa", "kepala distan | bima"),
        ("kadisdukcapil lahat siapa", "kepala disdukcapil | lahat"),
        ("kadis dlh bombana", "kepala dlh | bombana"),
        ("kasat narkoba lahat siapa", "kasat resnarkoba | lahat"),
        ("kasatlantas polres lahat", "kasat lantas polres | lahat"),
        ("kasubbag umum setda lahat", "kepala subbagian umum setda | lahat"),
        ("kalapas sekayu siapa", "kepala lapas | sekayu"),
        ("sekdis pendidikan lahat", "sekretaris dinas pendidikan | lahat"),
        ("kaban keuangan lahat siapa", "kepala badan keuangan | lahat"),
        ("kapolseknya sindang kelingi siapa", "kapolsek | sindang kelingi"),
        ("kadis siapa", None),
        ("kapus siapa", None),
        ("pelaksana harian sekda banjar siapa", "sekretaris daerah | banjar | acting"),
        ("siapa direktur RSUD dr. Soemarno Kapuas yang baru?", "direktur rsud | soemarno"),
        ("plt direktur rsud dr soedarso pontianak siapa", "direktur rsud | soedarso | acting"),
        ("direktur rsud aw sjahranie siapa", "direktur rsud | sjahranie"),
        ("eks camat kapuas timur sp", "camat | kapuas timur | former"),
        ("camat kapuas timur yg dulu", "camat | kapuas timur | former"),
        ("bekas camat bayan siapa", "camat | bayan | former"),
        ("kades lama lontoi namanya siapa", "kepala desa | lontoi | former"),
        ("camat lama mantangai sapa", "camat | mantangai | former"),
        ("lurah terdahulu sukajadi siapa", "lurah | sukajadi | former"),
        ("petahana desa lontoi siapa", "kepala desa | lontoi"),
        ("lurah selat hulu siapa", "lurah | selat hulu"),
        ("kades lama siapa", None),
        ("kapan camat lama mantangai pindah", None),
        ("Who is the acting head of the Bombana environment office?", "kepala dinas lingkungan | bombana | acting"),
        ("who is the acting head of the health office of Maros", "kepala dinas kesehatan | maros | acting"),
        ("Who is the acting regent of Biak Numfor?", "bupati | biak numfor | acting"),
        ("who is the interim mayor of Tomohon", "wali kota | tomohon | acting"),
        ("who is the acting district head of Semangga", "camat | semangga | acting"),
        ("Who heads the Lahat education office?", "kepala dinas pendidikan | lahat"),
        ("who chairs the South Nias regional council", "ketua dprd | nias selatan"),
        ("who is the director of Praya hospital", "direktur rsud | praya"),
        ("who is the new police chief of Tapin", "kapolres | tapin"),
        ("who was the previous camat of Kapuas Timur", "camat | kapuas timur | former"),
        ("When did the acting head of the health office arrive in Lahat?", None),
        ("who is acting in the film about Kodi", None),
        ("Kapan Plh Bupati OKU berkunjung ke Baturaja Timur?", None),
        ("Siapa yang hadir di kantor camat Sungai Raya?", None),
        ("Apa program Bupati Banyuasin?", None),
        ("siapa bupati?", None),
        ("Siapa presiden Amerika Serikat?", None),
        ("halo", None),
    ],
)
def test_a_question_tells_which_office_it_asks_for(question: str, asked: str | None) -> None:
    office = asked_office(parse_question(question).words)
    described = office and " | ".join(
        part
        for part in (
            office.office, office.region, "acting" * office.acting, "former" * office.former,
        )
        if part
    )  # fmt: skip
    assert described == asked


def test_a_name_is_a_slice_of_the_text_that_holds_no_title_or_degree() -> None:
    text = "Bupati Banyuasin, Dr. H. Askolani bin Ahmad, SH., MH, hadir."
    (official,) = officials_of(text)
    assert text[slice(*official.name)] == "Askolani bin Ahmad"
    assert re.fullmatch("Bupati Banyuasin", text[slice(*official.office_span)])


def test_an_office_is_asked_for_under_its_short_and_its_full_name() -> None:
    asked = asked_office(("kadis", "pupr", "lahat"))
    assert asked and asked.offices == ["kepala dinas pupr", "kepala dinas pekerjaan umum penataan ruang"]
    asked = asked_office(("kasat", "reskrim", "lahat"))
    assert asked and "kasat reskrim polres" in asked.offices
    asked = asked_office(("kapolsek", "betung"))
    assert asked and "kepala kepolisian sektor" in asked.offices
