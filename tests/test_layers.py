"""The shape of the program: who may import whom, as pyproject.toml draws the layers, and how long anything may be."""

import ast
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
LONGEST_MODULE, LONGEST_FUNCTION = 300, 30
# Its parameters are the fields of an article, a line each.
LONGER_FUNCTIONS = {"embeddings/sources/build.py: build_article"}
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


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The program's modules by their path."""
    paths = [path for package in ("bot", "embeddings") for path in sorted((ROOT / package).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths}


def functions_longer_than(lines: int, path: str, source: str) -> set[str]:
    functions = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {f"{path}: {one.name}" for one in functions if (one.end_lineno or 0) - one.lineno >= lines}


def test_a_function_is_counted_with_its_head_and_docstring() -> None:
    source = 'async def told(\n    one: int,\n) -> int:\n    """Say it."""\n    return one\n'
    assert functions_longer_than(4, "a.py", source) == {"a.py: told"}
    assert functions_longer_than(5, "a.py", source) == set()


def test_no_function_is_longer_than_a_reader_takes_in_at_once(sources: dict[str, str]) -> None:
    found = {name for path, source in sources.items() for name in functions_longer_than(LONGEST_FUNCTION, path, source)}
    assert found == LONGER_FUNCTIONS


def test_no_module_is_longer_than_a_reader_takes_in_at_a_sitting(sources: dict[str, str]) -> None:
    assert {path: size for path, source in sources.items() if (size := source.count("\n")) > LONGEST_MODULE} == {}
