import tomllib
from typing import Any

import pytest

from embeddings.sources.files import ArticleSettings, read_file
from embeddings.topics.meetings.find import find_meetings
from embeddings.types import Article
from tests.conftest import ROOT, SEEDS

GOLD = tomllib.loads((ROOT / "tests" / "meetings.toml").read_text())


def found_in(article: Article) -> list[str]:
    def printed(span: tuple[int, int] | None) -> str:
        return article.text[slice(*span)] if span else "-"

    return [
        " | ".join(
            [
                meeting.kind,
                meeting.held or "-",
                printed(meeting.day),
                printed(meeting.place),
                printed(meeting.host),
                *([f"{len(meeting.present)} present"] if meeting.present else []),
            ]
        )
        for meeting in find_meetings(article)
    ]


@pytest.mark.parametrize("gold", GOLD["sentence"], ids=lambda gold: gold["text"][:40])
def test_a_sentence_gives_exactly_the_meetings_it_tells_of(gold: dict[str, Any]) -> None:
    assert found_in(Article("a", gold["text"], published="2023-07-20")) == gold["meetings"]


@pytest.mark.parametrize("gold", GOLD["article"], ids=lambda gold: gold["name"])
def test_the_sample_articles_give_exactly_their_meetings(gold: dict[str, Any]) -> None:
    (article,) = [found for found in read_file(SEEDS / gold["name"], ArticleSettings()) if isinstance(found, Article)]
    assert found_in(article) == gold["meetings"]


@pytest.mark.parametrize(
    ("published", "held"),
    [("2023-07-20", "2023-07-18"), ("2023", "2023-07-18"), ("2022", None), ("2022-12-01", None), (None, None)],
)
def test_a_day_without_its_year_is_completed_only_by_a_publication_that_agrees(
    published: str | None, held: str | None
) -> None:
    # 18 July is a Tuesday in 2023, and a Monday in 2022.
    (meeting,) = find_meetings(Article("a", "Rakor digelar di Desa Lebung, Selasa (18/7).", published=published))
    assert meeting.held == held


def test_a_meeting_is_of_the_regions_that_its_sentence_names_and_of_those_they_lie_in() -> None:
    text = "Rakor digelar di Kecamatan Tanjung Lago, Selasa. Bupati Banyuasin hadir."
    (meeting,) = find_meetings(Article("a", text))
    assert meeting.regions == ("banyuasin", "tanjung lago")
