"""Articles out of saved web pages of many kinds of software, better than by the libraries alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.evaluation.extraction_pages import Facts, Score, add, ours, read_pages, trafilatura_alone
from embeddings.sources.markup import lines_of, parse_html
from tests.conftest import ROOT

MEND, HELD_OUT = (ROOT / "tests" / "extraction" / name for name in ("mend", "held_out"))


def score(folder: Path) -> Score:
    total = Score()
    for facts, content in read_pages(folder):
        add(total, facts, ours(content))
    return total


def test_of_the_pages_that_rules_are_made_on_hardly_a_word_is_missing_or_too_much() -> None:
    found = score(MEND)
    assert (found.pages, found.headline, found.published, found.outlet) == (15, 15, 15, 15)
    assert found.both / found.found >= 0.995 and found.both / found.expected >= 0.99


def test_of_the_pages_that_were_held_out_the_totals_stay() -> None:
    found = score(HELD_OUT)
    assert found.pages == found.headline == 15 and found.published >= 14 and found.outlet >= 14
    assert found.both / found.found >= 0.91 and found.both / found.expected >= 0.995


@pytest.mark.parametrize("folder", [MEND, HELD_OUT], ids=["mend", "held_out"])
def test_every_line_of_an_article_stands_on_its_page_letter_by_letter(folder: Path) -> None:
    for facts, content in read_pages(folder):
        printed = lines_of(parse_html(content.decode()))
        text = ours(content).text
        assert text
        for line in text.splitlines():
            assert any(one.endswith(line) for one in printed), f"{facts.page}: {line}"


def test_a_score_counts_words_that_are_too_much_and_missing_and_forgives_a_dateline() -> None:
    content = next(content for facts, content in read_pages(MEND) if facts.page == "wordpress-newspaper")
    text = ours(content).text
    facts = Facts("a", "Judul", "Kabar", "2025", [text, "empat kata yang hilang"], ["MUSI RAWAS"])
    total = Score()
    add(total, facts, trafilatura_alone(content))
    assert total.expected - total.both == 4 and total.found - total.both > 10
    assert (total.headline, total.published, total.outlet, total.whole) == (0, 0, 0, 0)


WITHOUT_NETWORK = """
import sys
from pathlib import Path

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print(event)

sys.addaudithook(refuse)
from embeddings.sources.files import ArticleSettings, find_files, read_file
print(sum(1 for path in find_files([Path(sys.argv[1])]).files for _ in read_file(path, ArticleSettings())))
"""


def test_reading_pages_touches_no_network() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, str(MEND.parent)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    # Each page, and the facts of two folders, whose lines are refused.
    assert finished.stdout.split() == ["60"]


def test_no_library_for_documents_is_loaded_before_there_is_one_to_read() -> None:
    heavy = ("lxml", "trafilatura", "pypdf", "docx", "defusedxml", "readability")
    code = f"import sys, bot.commands; print([name for name in {heavy!r} if name in sys.modules])"
    finished = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "[]"
