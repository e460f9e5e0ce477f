import argparse
import importlib.util
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NoReturn

import pytest
import typer

from bot.commands import app
from embeddings import KnowledgeBase
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"
RESULTS = json.loads((DOCS / "results.json").read_text())
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "seeds/README.md")),
    *(ROOT / name for name in ("tests/newsrooms/README.md", "embeddings/models/weights/README.md")),
    *sorted(DOCS.glob("*.md")),
]
EVERYTHING = "".join(path.read_text() for path in DOCUMENTS)
CODE = "".join(path.read_text() for package in ("bot", "embeddings") for path in (ROOT / package).rglob("*.py"))
COMMANDS = [
    command
    for promise in RESULTS["promises"]
    for measurement in promise["measurements"]
    for command in measurement["commands"]
]
WARTABOT = typer.main.get_group(app).commands
LINKED_HOSTS = {"t.me", "api.telegram.org", "keepachangelog.com", "github.com", "bot.example.org"} | {
    "127.0.0.1:8080",
    "127.0.0.1:6333",
}
# Where a server keeps what docs/operations.md tells of.
FOLDERS = ("/dev/", "/etc/", "/healthz/", "/opt/", "/srv/", "/var/", "/usr/", "/path/to/")

document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def test_the_exchange_that_opens_the_readme_is_what_the_bot_answers(knowledge: KnowledgeBase) -> None:
    exchange = re.search(
        r"^> \*\*(?P<question>.+?)\*\*\n>\n> (?P<quote>.+?)\n>\n> — (?P<source>.+?)$", README, re.MULTILINE
    )
    assert exchange is not None
    quote = knowledge.answer(exchange["question"]).quotes[0]
    answer = quote.article.text[slice(*quote.answer)] if quote.answer else ""
    assert exchange["quote"].replace(f"**{answer}**", answer) == quote.text
    assert f"**{answer}**" in exchange["quote"]
    assert exchange["source"].startswith(f"{quote.article.source} · ")


def test_the_readme_names_every_command() -> None:
    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        assert f"wartabot {name}" in README


@document
def test_every_link_within_the_documents_leads_to_a_file_and_a_heading_of_it(document: Path) -> None:
    for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", document.read_text()):
        path = document.parent / target if target else document
        assert path.exists(), target
        assert not heading or heading in headings(path), f"{target}#{heading}"


def headings(document: Path) -> set[str]:
    """The headings of a document as links name them."""
    found = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@document
def test_no_document_names_a_folder_of_somebodys_machine_or_a_strangers_host(document: Path) -> None:
    text = document.read_text()
    assert set(re.findall(r"https?://([^/\s)\"'`]+)", text)) <= LINKED_HOSTS
    for path in re.findall(r"(?<![\w.:/<~*-])/[a-z][\w.-]*/[\w./-]+", text):
        assert path.startswith(FOLDERS), path


@document
def test_no_line_of_prose_is_longer_than_120_characters(document: Path) -> None:
    if document.name in ("architecture.md", "decisions.md", "CONTRIBUTING.md", "security.md", "CHANGELOG.md"):
        lines = document.read_text().splitlines()
        assert not [line for line in lines if len(line) > 120 and not line.startswith("|")]


def test_the_evaluation_page_is_what_the_script_writes_from_the_results() -> None:
    write = runpy.run_path(str(DOCS / "write_evaluation.py"))["evaluation_page"]
    assert (DOCS / "evaluation.md").read_text() == write(RESULTS), "run: python docs/write_evaluation.py"


def test_every_measurement_names_a_machine_that_is_described_and_its_date() -> None:
    for measurement in chain.from_iterable(promise["measurements"] for promise in RESULTS["promises"]):
        assert measurement["machine"] in RESULTS["machines"]
        dated = [measurement["date"]] if "date" in measurement else [row[-1] for row in measurement["rows"]]
        assert all(re.match(r"20\d\d-\d\d-\d\d\b", date) for date in dated)


def test_whatever_is_measured_outside_of_the_repository_says_so() -> None:
    for measurement in chain.from_iterable(promise["measurements"] for promise in RESULTS["promises"]):
        named = json.dumps([measurement["commands"], measurement["rows"]])
        assert "../shared" not in named or "outside" in measurement, measurement["commands"]


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_the_command_of_a_figure_exists_and_takes_its_options(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, *arguments = shlex.split(command.removeprefix("time ").split(" < ")[0])
    if program == "wartabot":
        WARTABOT[arguments[0]].make_context(arguments[0], arguments[1:])
    elif program == "python":
        parse_options(arguments[1], arguments[2:], monkeypatch)
    elif program == "pytest":
        assert all((ROOT / path).exists() for path in arguments)
    else:
        assert program == "make" or shutil.which(program)


def parse_options(module: str, options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a module's main() parse the options, and stop it there; without options it need only be there."""
    main = importlib.import_module(module).main
    if not options:
        return
    parse = argparse.ArgumentParser.parse_args

    def parse_and_stop(parser: argparse.ArgumentParser) -> NoReturn:
        parse(parser)
        raise InterruptedError

    monkeypatch.setattr(sys, "argv", [module, *options])
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_and_stop)
    with pytest.raises(InterruptedError):
        main()


def test_every_command_and_option_of_wartabot_that_the_documents_show_exists() -> None:
    for name, options in wartabot_commands():
        known = {option for parameter in WARTABOT[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", options)) <= known, f"wartabot {name}{options}"


def wartabot_commands() -> Iterator[tuple[str, str]]:
    """Each command that stands as code, with what follows it."""
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", EVERYTHING, flags=re.DOTALL))
    blocks = chain.from_iterable(block.splitlines() for block in re.findall(r"```sh\n(.*?)```", EVERYTHING, re.DOTALL))
    for code in chain(inline, blocks):
        if found := re.search(r"(?:^|bin/)wartabot ([a-z]+)(.*)", code):
            yield found[1], found[2].split("#")[0]


def test_every_module_and_script_that_the_documents_run_exists() -> None:
    for module in re.findall(r"python -m ([a-z_.]+[a-z_])", EVERYTHING):
        assert importlib.util.find_spec(module), module
    for script in re.findall(r"python3? ([a-z_/]+\.py)", EVERYTHING):
        assert (ROOT / script).exists(), script


def test_make_knows_every_target_that_the_documents_name() -> None:
    for target in set(re.findall(r"`make ([\w-]+)", EVERYTHING)):
        finished = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr


def test_every_name_of_the_program_in_the_architecture_exists() -> None:
    prose = re.sub(r"```.*?```", "", (DOCS / "architecture.md").read_text(), flags=re.DOTALL)
    for name in re.findall(r"`([\w/.]*[A-Z_./][\w/.]*)`", prose):
        last = re.split("[./]", name)[-1]
        defined = rf"(?:\b(?:def|class) {last}\b|^ *{last}(?:: .+)? = )"
        assert (ROOT / name).exists() or re.search(defined, CODE, re.MULTILINE), name


def test_the_tree_in_the_architecture_shows_every_folder_and_no_module_that_is_gone() -> None:
    tree = (DOCS / "architecture.md").read_text().split("```")[3]
    for package in ("bot", "embeddings"):
        folders = {path.parent.name for path in (ROOT / package).glob("*/*.py")}
        assert folders <= set(re.findall(r"(\w+)/", tree))
    modules = {path.name for package in ("bot", "embeddings") for path in (ROOT / package).rglob("*.py")}
    assert set(re.findall(r"\w+\.py", tree)) <= modules


def test_every_message_that_operations_explains_is_one_that_the_program_says() -> None:
    table = (DOCS / "operations.md").read_text().partition("| message | means | to do |")[2].partition("\n\n")[0]
    # The text of a message may run over several strings.
    said = re.sub(r'"\s*f?"', "", CODE)
    messages = re.findall(r"^\| `(.+?)` \| ", table, re.MULTILINE)
    assert len(messages) > 20
    for message in messages:
        parts = message.split(" … ")
        assert re.search(".{1,200}".join(map(re.escape, parts)), said, re.DOTALL), message
