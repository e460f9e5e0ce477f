"""Who may import whom: pyproject.toml draws the layers, import-linter holds them, and each folder says where it is."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS: list[str] = CONTRACTS[-1]["layers"]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(folder: Path) -> tuple[int, str]:
    environment = {**os.environ, "COLUMNS": "200"}
    command = [sys.executable, "-c", LINT, "--no-cache"]
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return finished.returncode, finished.stdout


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's modules in a folder of their own, where they may be changed."""
    folder = tmp_path_factory.mktemp("program")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("bot", "embeddings"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("weights", "data", "__pycache__")
        )
    return folder


def test_the_program_imports_only_downwards(program: Path) -> None:
    status, said = lint(program)
    assert status == 0, said
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken" in said


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("embeddings/storage/times.py", "from embeddings.answers.answer import Answer", "only those below it"),
        ("embeddings/types.py", "from embeddings.indonesian import words", "only those below it"),
        ("embeddings/sources/headers.py", "from embeddings.storage.store import Store", "only those below it"),
        ("embeddings/weather.py", "import json", "only those below it"),
        ("embeddings/search/dense.py", "import telegram", "Only bot knows Telegram"),
        ("embeddings/errors.py", "from bot.texts import Texts", "embeddings knows nothing of bot"),
        ("bot/replies.py", "from embeddings.search.retriever import Retriever", "reaches into none of its folders"),
    ],
)
def test_an_import_in_the_wrong_direction_is_refused(program: Path, module: str, line: str, broken: str) -> None:
    path = program / module
    before = path.read_bytes() if path.exists() else None
    try:
        with path.open("a") as file:
            file.write(f"\n{line}\n")
        status, said = lint(program)
    finally:
        path.unlink() if before is None else path.write_bytes(before)
    assert status == 1 and re.search(rf"{broken}[^\n]* BROKEN", said), said


@pytest.mark.parametrize("above", range(len(LAYERS) - 1), ids=lambda above: LAYERS[above])
def test_each_folder_says_what_it_may_import(above: int) -> None:
    for name in LAYERS[above].split(" | "):
        folder = ROOT / "embeddings" / name
        if folder.is_dir():
            said = (folder / "__init__.py").read_text()
            assert said.endswith(f'; imports nothing above {LAYERS[above + 1].replace(" | ", ", ")}."""\n'), said
