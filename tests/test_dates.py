import pytest

from embeddings.indonesian.dates import find_full_date, find_published, parse_date_line, parse_published, years_in


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("2023-07-17", "2023-07-17"),
        ("2023-07-17T09:30:00+07:00", "2023-07-17"),
        ("2023-07", "2023-07"),
        ("2023", "2023"),
        ("17 Juli 2023", "2023-07-17"),
        ("Senin, 17 Juli 2023 | 10:22 WIB", "2023-07-17"),
        ("2023-13-01", None),
        ("31 Februari 2023", None),
        ("kemarin", None),
    ],
)
def test_a_published_date_is_read_only_as_exactly_as_it_is_written(text: str, published: str | None) -> None:
    assert parse_published(text) == published


@pytest.mark.parametrize(
    ("lead", "years", "published"),
    [
        ("Rapat digelar di aula, Senin (21/03/2022).", (), "2022-03-21"),
        ("Rapat digelar di aula, Senin (17/7/2023).", (2020,), "2023-07-17"),
        ("Rapat digelar, Senin (17/7/23).", (), "2023-07-17"),
        ("Rapat digelar, Selasa (5 Maret 2024).", (), "2024-03-05"),
        ("Rapat digelar, Selasa, 5 Maret 2024 di aula.", (), "2024-03-05"),
        # 13 July is a Thursday in 2023 and a Saturday in 2024.
        ("Rapat digelar, Kamis (13/7).", (2023, 2024), "2023-07-13"),
        ("Rapat digelar, Kamis (13/7).", (2024,), None),
        ("Rapat digelar, Kamis (13/7).", (), None),
        ("Rapat digelar (13/7).", (2023,), "2023-07-13"),
        ("Rapat digelar (13/7).", (2023, 2024), None),
        ("Rapat digelar hari Selasa.", (2023,), None),
        ("Skor akhir (3/2) untuk tuan rumah, lalu (40/50).", (), None),
    ],
)
def test_the_year_of_a_dateline_comes_from_the_text_and_is_never_invented(
    lead: str, years: tuple[int, ...], published: str | None
) -> None:
    assert find_published([lead], years) == published


def test_years_are_whole_numbers_and_not_parts_of_figures() -> None:
    assert years_in("Tahun 2023 ada 2.024 orang, 12.2025 km, RPJMD 2025-2029, nomor 120231.") == (2023, 2025, 2029)


def test_a_sentence_with_a_date_in_it_is_not_a_date_line() -> None:
    assert parse_date_line("Rapat digelar 17 Juli 2023") is None


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Selasa, 11/03/2025", "2025-03-11"),
        ("Senin Pahing, 7 Juli 2025 | 15.12 | Dibaca: 1.287 kali", "2025-07-07"),
        ("By Rina - Jum`at, 18 Juli 2025 17:20", "2025-07-18"),
        ("Juli 7, 2025 19:42 WIB", "2025-07-07"),
        ("di Mei 03, 2024", "2024-05-03"),
        ("Dikirim oleh admin pada Sel, 17/06/2025 - 13:44", "2025-06-17"),
        ("Diterbitkan: 27 Februari 2025", "2025-02-27"),
        ("2025-03-12 10:15:00", "2025-03-12"),
        ("Kamis, 30-01-2025", "2025-01-30"),
        ("Senin (17/7), pukul 08.45", None),
        ("Nomor 112/03/2025/4", None),
        ("Februari 30, 2025", None),
        ("RPJMD 2025-2029", None),
    ],
)
def test_the_first_full_date_of_a_line_is_found_in_every_order_that_newsrooms_print(
    line: str, date: str | None
) -> None:
    assert find_full_date(line) == date


@pytest.mark.parametrize("line", ["Senin Pahing, 7 Juli 2025", "Jum`at Legi, 11 Juli 2025 | 13:10", "Juli 7, 2025"])
def test_a_line_of_a_date_with_a_pasaran_day_or_the_month_first_is_a_date_line(line: str) -> None:
    assert parse_date_line(line) is not None
