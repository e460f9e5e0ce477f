"""The pinned lists: they hold what pyproject.toml asks for, and the bot runs with its own list alone."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bot.commands import app
from tests.conftest import ROOT, SEEDS
from tests.test_command_line import without_token

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
LISTS = {path.stem: path for path in sorted((ROOT / "requirements").glob("*.txt"))}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    found = {normalized(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]) for requirement in requirements}
    return found - {"wartabot"}


def pins(name: str) -> dict[str, str]:
    """A list's packages with their versions."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LISTS[name].read_text(), re.MULTILINE))


def test_each_list_holds_what_pyproject_asks_for() -> None:
    bot, encoders = pins("bot").keys(), pins("encoders").keys() | pins("gpu").keys()
    assert names(PROJECT["project"]["dependencies"]) <= bot
    assert names(PROJECT["build-system"]["requires"]) <= bot
    assert "socksio" in bot
    assert names(EXTRAS["encoders"]) <= encoders
    assert names(EXTRAS["postgresql"]) <= pins("postgresql").keys()
    assert {"psycopg-binary", "psycopg-pool"} <= pins("postgresql").keys()
    assert names(EXTRAS["dev"]) <= pins("checks").keys() | encoders
    assert names(EXTRAS["training"]) <= pins("training").keys() | encoders


def test_no_two_lists_pin_a_package_at_different_versions() -> None:
    versions: dict[str, set[str]] = {}
    for name in LISTS:
        for package, version in pins(name).items():
            # A CPU build of torch is of the same version as the registry's.
            versions.setdefault(package, set()).add(version.removesuffix("+cpu"))
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_no_list_holds_again_what_those_installed_before_it_hold() -> None:
    before = pins("bot").keys() | pins("encoders").keys() | pins("gpu").keys()
    assert pins("bot").keys() & (pins("encoders").keys() | pins("gpu").keys()) == set()
    assert pins("bot").keys() & pins("postgresql").keys() == set()
    assert (before | pins("postgresql").keys()) & pins("checks").keys() == set()
    assert before & pins("training").keys() == set()
    assert pins("cpu").keys() == {"torch"}


@pytest.mark.parametrize("path", LISTS.values(), ids=lambda path: path.name)
def test_every_line_of_a_list_is_a_pin_with_hashes(path: Path) -> None:
    lines = [line for line in path.read_text().replace("\\\n", "").splitlines() if not line.startswith("#")]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==\S+(\s+--hash=sha256:[0-9a-f]{64})+", line), line


@pytest.fixture(scope="module")
def beyond_the_bot() -> list[str]:
    """The modules that are installed here, but not where only the bot's list is."""
    bot = {*pins("bot"), "wartabot", "pip"}
    found = packages_distributions().items()
    modules = [module for module, packages in found if not {normalized(package) for package in packages} & bot]
    assert {"torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pytest"} <= set(modules)
    return modules


def without(modules: list[str], folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command where modules cannot be imported, as what stands as None cannot."""
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({modules!r}))\n"
        "from bot.__main__ import main; main()"
    )  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder, env=without_token({}), input=stdin, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.slow
def test_every_command_works_with_the_bots_own_list_alone(beyond_the_bot: list[str], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'[articles]\npaths = ["{SEEDS}"]\n')
    question = {"id": 1, "question": "Siapa camat Sungai Raya?", "article": None, "answers": ["Fathul Mushalli"]}
    (tmp_path / "q.jsonl").write_text(json.dumps({**question, "answerable": True, "kind": "official"}))
    conversation = "siapa camat sungai raya?\n\n"
    assert "5 added" in without(beyond_the_bot, tmp_path, "run", stdin=conversation).stderr
    others = {
        "chat": ([], "Fathul Mushalli"),
        "index": (["--rebuild"], ""),
        "ask": (["siapa camat sungai raya?"], "Fathul Mushalli"),
        "show": ([next(SEEDS.glob("*.txt")).stem], "Tanjung Lago"),
        "articles": ([], "ANTARA"),
        "eval": (["q.jsonl"], "1/1"),
        "unanswered": ([], ""),
        "stats": ([], "5 articles"),
        "reports": ([], ""),
        "doctor": ([], "encoder: wartabot"),
        "backup": (["cadangan"], ""),
        "restore": (["cadangan", "--force"], ""),
        "export": ([], "Fathul Mushalli"),
        "sync": ([], ""),
        "sources": ([], ""),
        "move": (["--to", "postgresql://127.0.0.1:1/wartabot"], ""),
        "encode": ([], ""),
    }
    # There is no source yet, nor a database or what speaks with one, and they say so.
    fails = {"sync": "[[sources]]", "move": "wartabot[postgresql]", "encode": "PostgreSQL"}
    assert others.keys() == {command.name or command.callback.__name__ for command in app.registered_commands} - {"run"}
    for command, (arguments, shown) in others.items():
        finished = without(beyond_the_bot, tmp_path, command, *arguments, stdin=conversation)
        assert finished.returncode == (1 if command in fails else 0), finished.stderr
        assert fails.get(command, "") in finished.stderr
        assert "Traceback" not in finished.stderr
        assert shown in finished.stdout


@pytest.mark.slow
def test_what_the_bot_imports_is_of_its_own_list_alone(tmp_path: Path, seeds_data: Path) -> None:
    program = (
        "import sys; from bot.commands import app; import bot.application\n"
        "try: app(['ask', 'siapa camat sungai raya?'])\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    (tmp_path / "config.toml").touch()
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env=without_token({"WARTABOT_DATA": str(seeds_data)}), capture_output=True, text=True,
    )  # fmt: skip
    assert "Fathul Mushalli" in finished.stdout, finished.stderr
    packages = packages_distributions()
    imported = {
        normalized(package) for name in finished.stdout.splitlines()[-1].split() for package in packages.get(name, [])
    }
    assert imported - pins("bot").keys() - {"wartabot"} == set()
