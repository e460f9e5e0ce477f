from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.replies import period_text
from bot.texts import INDONESIAN
from embeddings import Article, Encoder, KnowledgeBase
from embeddings.answers.reader import Reader
from embeddings.indonesian.dates import MONTHS
from embeddings.indonesian.periods import Period, days_of, find_period, wants_latest, without_period
from embeddings.storage.store import FILE_NAME, Store

# A Wednesday.
TODAY = date(2026, 5, 20)
# Near enough to each other that they often overlap.
TIMES = st.none() | st.builds(
    lambda day, length: day.isoformat()[:length],
    st.dates(date(2022, 11, 1), date(2024, 3, 1)),
    st.sampled_from((4, 7, 10)),
)


@pytest.mark.parametrize(
    ("question", "start", "end", "shown", "rest"),
    [
        ("rapat di Banyuasin tahun 2023", "2023-01-01", "2023-12-31", "2023", "rapat di Banyuasin"),
        ("rapat Juli 2023 di OKU", "2023-07-01", "2023-07-31", "Juli 2023", "rapat di OKU"),
        ("rapat bulan februari 2024", "2024-02-01", "2024-02-29", "Februari 2024", "rapat"),
        ("rakor tanggal 17 juli 2023", "2023-07-17", "2023-07-17", "17 Juli 2023", "rakor"),
        ("rakor 17/7/2023 di OKU", "2023-07-17", "2023-07-17", "17 Juli 2023", "rakor di OKU"),
        ("rakor tanggal 1-2-2024", "2024-02-01", "2024-02-01", "1 Februari 2024", "rakor"),
        ("rapat 1/7/2023 - 15/7/2023", "2023-07-01", "2023-07-15", "1–15 Juli 2023", "rapat"),
        ("rakor kemarin di OKU", "2026-05-19", "2026-05-19", "19 Mei 2026", "rakor di OKU"),
        ("berita hari ini", "2026-05-20", "2026-05-20", "20 Mei 2026", "berita"),
        ("rapat minggu lalu", "2026-05-11", "2026-05-17", "11–17 Mei 2026", "rapat"),
        ("rapat minggu ini", "2026-05-18", "2026-05-24", "18–24 Mei 2026", "rapat"),
        ("rapat bulan ini", "2026-05-01", "2026-05-31", "Mei 2026", "rapat"),
        ("rapat tahun ini", "2026-01-01", "2026-12-31", "2026", "rapat"),
        ("rapat bulan lalu", "2026-04-01", "2026-04-30", "April 2026", "rapat"),
        ("rapat tahun lalu", "2025-01-01", "2025-12-31", "2025", "rapat"),
        ("rapat 7 hari terakhir", "2026-05-13", "2026-05-20", "13–20 Mei 2026", "rapat"),
        ("bupati OKU sebelum 2023", None, "2022-12-31", "sampai 31 Desember 2022", "bupati OKU"),
        ("bupati OKU sejak Juli 2022", "2022-07-01", None, "sejak 1 Juli 2022", "bupati OKU"),
        ("bupati OKU setelah 2022", "2023-01-01", None, "sejak 1 Januari 2023", "bupati OKU"),
        ("rapat antara 2021 dan 2023", "2021-01-01", "2023-12-31", "2021 – 2023", "rapat"),
        ("bupati periode 2025-2030", "2025-01-01", "2030-12-31", "2025 – 2030", "bupati"),
        ("meetings in July 2023", "2023-07-01", "2023-07-31", "Juli 2023", "meetings"),
        ("meetings last week", "2026-05-11", "2026-05-17", "11–17 Mei 2026", "meetings"),
        ("who was regent before 2023", None, "2022-12-31", "sampai 31 Desember 2022", "who was regent"),
    ],
)
def test_a_period_is_understood_shown_and_taken_out_of_the_question(
    question: str, start: str | None, end: str | None, shown: str, rest: str
) -> None:
    period = find_period(question, TODAY)
    assert period is not None
    assert (period.start, period.end) == (start, end)
    assert period_text(period, INDONESIAN) == shown
    assert without_period(question, period) == rest


@pytest.mark.parametrize(
    "question",
    [
        "siapa camat Sungai Raya?",
        "berapa 2.023 orang",
        "kenapa 2000 rumah rusak",
        "surat nomor 2023/45",
        "surat nomor 45/13/2023",
        "nomor 117/7/2023",
        "keputusan nomor 14/Kep/V/2002",
        "rapat bulan juni",
        "31 Februari 2023x",
        "sebulan sekali",
        "siapa bupati sekarang",
        "halo",
    ],
)
def test_what_names_no_time_has_no_period(question: str) -> None:
    assert find_period(question, TODAY) is None


def test_words_for_the_newest_ask_for_the_newest() -> None:
    assert wants_latest("rapat terbaru") and wants_latest("siapa bupati skrg") and wants_latest("latest news")
    assert not wants_latest("siapa bupati")


@pytest.mark.parametrize(
    ("published", "text", "expected"),
    [
        ("2023-07-13", "Rakor digelar.", True),
        ("2023", "Rakor digelar.", True),
        ("2024-01-01", "Rakor digelar.", False),
        # It may be of that time.
        (None, "Rakor digelar.", True),
        (None, "Rakor digelar Senin (17/7/2023).", True),
        ("2024-01-01", "Rakor Juli 2023 berjalan lancar.", True),
        ("2024-01-01", "Rakor tahun 2023 berjalan lancar.", False),
    ],
)
def test_an_article_concerns_a_period_in_which_it_appeared_or_which_it_names(
    tmp_path: Path, published: str | None, text: str, expected: bool
) -> None:
    assert concerns(tmp_path, Period("2023-07-01", "2023-07-31", (0, 0)), text, published) == expected


def test_only_the_day_of_publication_tells_what_was_yesterday(tmp_path: Path) -> None:
    period = find_period("rapat kemarin", TODAY)
    assert period is not None
    assert not concerns(tmp_path, period, "Rapat digelar 19 Mei 2026.", "2020-01-01")
    assert not concerns(tmp_path, period, "Rapat digelar 19 Mei 2026.", None)
    assert concerns(tmp_path, period, "Rapat digelar.", "2026-05-19")


def concerns(folder: Path, period: Period, text: str, published: str | None) -> bool:
    """Whether the period's filter lets an article through, of which it is asked in a store."""
    store = Store(folder / FILE_NAME)
    store.save(Article("a", text, published=published), [(0, len(text))], np.eye(1, 4, dtype=np.float32))
    passages, _ = store.passages_within(period.filter())
    return passages.size == 1


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("sebelum 20٢٣", None, "2022-12-31"),
        ("rapat ſeptember 2023", "2023-09-01", "2023-09-30"),
    ],
)
def test_letters_and_digits_that_a_pattern_takes_for_others_are_read_as_these(
    question: str, start: str | None, end: str
) -> None:
    period = find_period(question, TODAY)
    assert period is not None and (period.start, period.end) == (start, end)


@given(published=TIMES, named=st.lists(TIMES), start=TIMES, end=TIMES, relative=st.booleans())
def test_the_stored_times_of_an_article_lie_within_where_the_dates_themselves_do(
    published: str | None, named: list[str | None], start: str | None, end: str | None, relative: bool
) -> None:
    first, last = start and days_of(start)[0], end and days_of(end)[1]
    assume(not first or not last or first <= last)
    text = ". ".join(printed(time) for time in named if time) or "Rapat"
    period = Period(first, last, (0, 0), relative)
    by_dates = period.holds(published) or (not relative and (published is None or period.named_in(text, published)))
    with TemporaryDirectory() as folder:
        assert concerns(Path(folder), period, text, published) == (by_dates or first is last is None)


def printed(time: str) -> str:
    """A time as news prints it: "2023", "Juli 2023", "17 Juli 2023"."""
    year, *month_and_day = time.split("-")
    months = {number: name for name, number in reversed(MONTHS.items())}
    return " ".join(
        (*(months[int(part)] if n == 0 else part for n, part in reversed([*enumerate(month_and_day)])), year)
    )


@pytest.fixture
def dated(encoder: Encoder, reader: Reader, tmp_path: Path) -> KnowledgeBase:
    for year, number in (("2021", "700 juta"), ("2023", "900 juta"), ("2026", "950 juta")):
        text = f"Anggaran perbaikan jalan Desa Lebung sebesar Rp{number}. Anggaran itu disahkan DPRD Banyuasin."
        (tmp_path / f"{year}.md").write_text(f'+++\npublished = "{year}-05-19"\nsource = "Warta"\n+++\n{text}\n')
    knowledge = KnowledgeBase(tmp_path, today=lambda: TODAY, encoder=encoder, reader=reader)
    knowledge.index([tmp_path])
    return knowledge


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("berapa anggaran perbaikan jalan desa lebung 2023?", {"2023"}),
        ("berapa anggaran perbaikan jalan desa lebung sebelum 2023?", {"2021"}),
        ("berapa anggaran perbaikan jalan desa lebung kemarin?", {"2026"}),
        ("berapa anggaran perbaikan jalan desa lebung", {"2021", "2023", "2026"}),
    ],
)
def test_only_articles_of_the_period_answer(dated: KnowledgeBase, question: str, years: set[str]) -> None:
    answer = dated.answer(question)
    found = answer.quotes or answer.near
    assert found and {quote.article.published and quote.article.published[:4] for quote in found} <= years


def test_a_period_without_articles_is_an_honest_no_that_can_be_widened(dated: KnowledgeBase) -> None:
    question = "berapa anggaran perbaikan jalan desa lebung tahun 2019?"
    answer = dated.answer(question)
    assert not answer.answered and answer.near == () and answer.period is not None
    assert dated.answer(question, any_time=True).near or dated.answer(question, any_time=True).answered


def test_the_newest_comes_first_where_it_is_asked_for(dated: KnowledgeBase) -> None:
    answer = dated.answer("berapa anggaran perbaikan jalan desa lebung terbaru?")
    assert answer.quotes[0].article.published == "2026-05-19"
