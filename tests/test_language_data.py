"""Words, tables and patterns of the language are data, checked when loaded and shipped with the program."""

import ast
import importlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from embeddings.indonesian import lexicon

ROOT = Path(__file__).parent.parent
# Loaded by regions.py, in forms of their own.
LISTS_OF_REGIONS = {"embeddings/indonesian/data/regions.csv", "embeddings/indonesian/data/villages.txt.gz"}
DATA = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("bot", "embeddings")
    for path in (ROOT / package).glob("**/data/*")
    if path.relative_to(ROOT).as_posix() not in LISTS_OF_REGIONS
)
SOURCES = sorted(path for package in ("bot", "embeddings") for path in (ROOT / package).rglob("*.py"))
LOADS = re.compile(r'lexicon\.(?P<loader>\w+)\(\s*"(?P<package>[\w.]+)",\s*"(?P<name>[\w.]+)",?\s*\)')
MOST_INLINE = 0.02


def loads() -> dict[str, str]:
    """With which loader the program loads each data file."""
    return {
        f"{found['package'].replace('.', '/')}/data/{found['name']}": found["loader"]
        for source in SOURCES
        for found in LOADS.finditer(source.read_text(encoding="utf-8"))
    }


def test_every_data_file_is_used_and_every_file_that_is_used_exists() -> None:
    assert sorted(loads()) == DATA


@pytest.mark.parametrize("path", DATA)
def test_a_data_file_loads_so_that_each_pattern_does_with_its_examples_what_it_should(path: str) -> None:
    package, _, name = path.partition("/data/")
    assert getattr(lexicon, loads()[path])(package.replace("/", "."), name)


@pytest.mark.parametrize("path", DATA)
def test_a_data_file_says_what_it_holds_and_is_sorted_where_it_says_so(path: str) -> None:
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    comment = " ".join(line for line in lines if line.startswith("# "))
    entries = [line for line in lines if not line.startswith("# ")]
    if path.endswith(".toml"):
        return
    assert comment.endswith((" Sorted.", " In order."))
    if comment.endswith(" Sorted."):
        assert entries == sorted(entries)


@pytest.mark.parametrize("path", [path for path in DATA if path.endswith(".toml")])
def test_no_pattern_fits_its_examples_only_because_it_fits_anything(path: str) -> None:
    content = tomllib.loads((ROOT / path).read_text(encoding="utf-8"))
    package, _, name = path.partition("/data/")
    for key, pattern in lexicon.patterns(package.replace("/", "."), name).items():
        assert (content | content[key]).get("whole") or not pattern.search(""), key


def test_an_installed_program_has_every_data_file() -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    found = {
        path.relative_to(ROOT).as_posix()
        for package, globs in shipped.items()
        for glob in globs
        for path in (ROOT / package).glob(glob)
    }
    assert found >= {*DATA, *LISTS_OF_REGIONS}


Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Write:
    """Write a data file into a new package, and return the package's name."""
    package = f"package_{abs(hash(request.node.name))}"
    data = tmp_path / package / "data"
    data.mkdir(parents=True)
    (tmp_path / package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()

    def write(name: str, content: str) -> str:
        (data / name).write_text(content, encoding="utf-8")
        return package

    return write


@pytest.mark.parametrize(
    ("load", "content", "line", "problem"),
    [
        (lexicon.words, "# Sorted.\nkita\nkami\nkita\n", 4, "already"),
        (lexicon.words, "kita\n\nkami\n", 2, "empty"),
        (lexicon.words, "kita\nkami \n", 2, "spaces"),
        (lexicon.words, "kita\nKami\n", 2, "lower case"),
        (lexicon.table, "kab,kabupaten\nkec\n", 2, "comma"),
        (lexicon.table, "kab,kabupaten\nKec,kecamatan\n", 2, "lower case"),
        (lexicon.table, "kab,kabupaten\nkab,kabinet\n", 2, "already"),
        (lexicon.alternatives, "gelar\ndigelar(nya)?\n", 2, "needs an example"),
        (lexicon.alternatives, "gelar\ndigelar(nya)?  # digelarkan\n", 2, "does not match"),
        (lexicon.alternatives, "gelar\ndigelar(nya  # digelar\n", 2, "no pattern"),
        (lexicon.patterns, "[a]\npattern = 'a'\nexamples = ['a']\n[b]\npattern = '('\nexamples = ['(']\n", 4, "no pa"),
        (lexicon.patterns, "# Why.\n[one]\npattern = 'a'\nexamples = []\n", 2, "needs an example"),
        (lexicon.patterns, "[one]\npattern = 'a'\nexamples = ['a', 'b']\n", 1, "does not match"),
        (lexicon.patterns, "[one]\npattern = 'a'\nexamples = ['ab']\nwhole = true\n", 1, "does not match"),
        (lexicon.patterns, "[one]\npattern = 'a'\nexamples = ['a']\nnot = ['ba']\n", 1, "should not"),
        (lexicon.patterns, "[one]\npattern = 'a'\nexamples = ['a']\n[one]\n", 4, "declare"),
        (lexicon.patterns, "[parts]\nb = 'b'\n[one]\npattern = 'a<c>'\nexamples = ['a']\n", 3, "no part"),
        (lexicon.patterns, "[one]\npattern = 'a'\nexample = ['a']\n", 1, "example"),
        (lexicon.patterns, "# Why.\n\n['']\npattern = 'a'\nexamples = ['b']\n", 3, "does not match"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_refused_with_its_file_and_line(
    write: Write, load: Callable[[str, str], object], content: str, line: int, problem: str
) -> None:
    package = write("some.txt", content)
    with pytest.raises(ValueError, match=rf"^{package}'s some\.txt.*line {line}\b.*") as refused:
        load(package, "some.txt")
    assert problem in str(refused.value)


def test_a_pattern_is_loaded_as_it_is_described(write: Write) -> None:
    package = write(
        "some.toml",
        "ignore_case = true\n[parts]\nend = 'o+'\n[halo]\npattern = 'hal(?P<o>)<end>'\nexamples = ['HALOOO']\n",
    )
    assert lexicon.patterns(package, "some.toml") == {"halo": re.compile("hal(?P<o>)o+", re.IGNORECASE)}


def test_few_lines_of_the_engine_are_word_lists_and_long_patterns() -> None:
    engine = [source for source in SOURCES if source.is_relative_to(ROOT / "embeddings")]
    engine = [source for source in engine if not {"training", "evaluation"} & set(source.parts)]
    inline = {(source.relative_to(ROOT).as_posix(), line) for source in engine for line in inline_tables(source)}
    lines = sum(len(source.read_text(encoding="utf-8").splitlines()) for source in engine)
    assert len(inline) <= MOST_INLINE * lines, sorted(inline)


SQL = re.compile(r"\b(?:CREATE TABLE|ALTER TABLE|SELECT)\b")


def inline_tables(source: Path) -> Iterator[int]:
    """The lines of collections of a dozen strings or more, and of strings that are lists or over 400 characters long.

    What a package exports and SQL are no language.
    """
    tree = ast.parse(source.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            continue
        for node in ast.walk(statement):
            if id(node) not in docstrings and is_table(node):
                yield from range(node.lineno, node.end_lineno + 1)


def is_table(node: ast.AST) -> bool:
    match node:
        case ast.Dict():
            return len(strings(node.keys)) >= 12
        case ast.List() | ast.Tuple() | ast.Set():
            return len(strings(node.elts)) >= 12
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="split")):
            return len(text.split()) >= 12
        case ast.JoinedStr():
            return is_list("".join(strings(node.values)))
        case ast.Constant(value=str(text)):
            return is_list(text)
    return False


def strings(nodes: Iterable[ast.AST | None]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def is_list(text: str) -> bool:
    return (len(text) > 400 or text.count("|") >= 12) and not SQL.search(text)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("A = 1\nB = (\n" + "'a',\n" * 12 + ")", 14),
        ("A = {\n" + "".join(f"'{n}': 0,\n" for n in range(12)) + "}", 14),
        ("A = '''" + "a\n" * 12 + "'''.split()", 13),
        ("A = r'" + "a|" * 12 + "b'", 1),
        ("A = '" + "a" * 401 + "'", 1),
        ("A = 'SELECT " + "a" * 401 + "'", 0),
        ("__all__ = [\n" + "'a',\n" * 12 + "]", 0),
        ("def f():\n    '''" + "a" * 401 + "'''", 0),
    ],
)
def test_word_lists_and_long_patterns_are_counted_whatever_their_form(tmp_path: Path, code: str, lines: int) -> None:
    (tmp_path / "some.py").write_text(code)
    assert len(set(inline_tables(tmp_path / "some.py"))) == lines
