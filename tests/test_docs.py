import re
import subprocess
from pathlib import Path

import pytest

from bot.commands import app
from embeddings import Answerer
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_exchange_that_opens_the_readme_is_what_the_bot_answers(answerer: Answerer) -> None:
    exchange = re.search(
        r"^> \*\*(?P<question>.+?)\*\*\n>\n> (?P<quote>.+?)\n>\n> — (?P<source>.+?)$", README, re.MULTILINE
    )
    assert exchange is not None
    quote = answerer.answer(exchange["question"]).quotes[0]
    answer = quote.article.text[slice(*quote.answer)] if quote.answer else ""
    assert exchange["quote"].replace(f"**{answer}**", answer) == quote.text
    assert f"**{answer}**" in exchange["quote"]
    assert exchange["source"].startswith(f"{quote.article.source} · ")


def test_the_readme_names_every_command() -> None:
    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        assert f"wartabot {name}" in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_points_to_exists(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_make_knows_every_target_that_the_documents_name() -> None:
    for target in set(re.findall(r"`make (\w+)`", "".join(path.read_text() for path in DOCUMENTS))):
        finished = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr
