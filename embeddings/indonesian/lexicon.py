"""Words, tables and patterns from the files in a package's data folder, which are checked as they are loaded."""

import re
import tomllib
from importlib.resources import files

import msgspec

# What is its own example; anything else in a list of alternatives is a pattern.
_WORDS = re.compile(r"[\w '’-]+")
# And not the name of a group.
_PART = re.compile(r"(?<!\?P)<(\w+)>")


def lines(package: str, name: str) -> tuple[str, ...]:
    """The entries of a package's file, one a line, in order; raises ValueError with file and line for a bad one."""
    return tuple(_entries(package, name))


def words(package: str, name: str) -> frozenset[str]:
    """The words of a package's file, one a line; raises ValueError with file and line for one not in lower case."""
    entries = _entries(package, name)
    for word, place in entries.items():
        _check_lower(word, place)
    return frozenset(entries)


def table(package: str, name: str) -> dict[str, str]:
    """What each form in a package's file stands for, in order: "oku,ogan komering ulu".

    Raises ValueError with file and line for a form not in lower case, without meaning or there twice.
    """
    found: dict[str, str] = {}
    for entry, place in _entries(package, name).items():
        form, _, meaning = entry.partition(",")
        _check_lower(form, place)
        if not form or not meaning:
            raise ValueError(f"{place}: {entry!r} should be a form, a comma and what it stands for")
        if form in found:
            raise ValueError(f"{place}: {form!r} stands for {found[form]!r} already; keep one of the two")
        found[form] = meaning
    return found


def alternatives(package: str, name: str) -> str:
    """The words and patterns of a package's file, one a line, as the alternatives of one pattern, in order.

    A line that is more than words has examples behind it: "digelar(?:nya)?  # digelar, digelarnya". Raises ValueError
    with file and line for a pattern that has none or does not match one whole.
    """
    found: list[str] = []
    for entry, place in _entries(package, name).items():
        alternative, _, examples = entry.partition("  # ")
        if not _WORDS.fullmatch(alternative):
            _check(_Pattern(alternative, examples.split(", "), whole=True), place)
        found.append(alternative)
    return "|".join(found)


class _Pattern(msgspec.Struct, forbid_unknown_fields=True, rename={"counter_examples": "not"}):
    pattern: str
    examples: list[str]
    counter_examples: list[str] = []
    ignore_case: bool = False
    whole: bool = False
    """Whether it is tried on the whole of a text, and not on any part of it."""


def patterns(package: str, name: str) -> dict[str, re.Pattern[str]]:
    """The patterns of a package's TOML file by name, in order.

    What stands above the first pattern holds for each, and "<word>" in a pattern is that entry of the table "parts".
    Raises ValueError with file and line for a pattern that does not compile, or does not do with its examples what it
    should.
    """
    text = _text(package, name)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{package}'s {name}: {error}") from error
    parts = content.pop("parts", {})
    for_each = {key: value for key, value in content.items() if not isinstance(value, dict)}
    headers = [line.strip("[]'\"") if line.startswith("[") else None for line in text.splitlines()]
    found: dict[str, re.Pattern[str]] = {}
    for key in (key for key in content if key not in for_each):
        place = f"{package}'s {name}, line {headers.index(key) + 1}"
        found[key] = _check(_described(for_each | content[key], parts, place), place)
    return found


def _described(described: dict[str, object], parts: dict[str, str], place: str) -> _Pattern:
    try:
        pattern = msgspec.convert(described, _Pattern)
        whole = _PART.sub(lambda part: parts[part[1]], pattern.pattern)
    except msgspec.ValidationError as error:
        raise ValueError(f"{place}: {error}") from error
    except KeyError as error:
        raise ValueError(f"{place}: no part is called {error}") from error
    return msgspec.structs.replace(pattern, pattern=whole)


def _check(described: _Pattern, place: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(described.pattern, re.IGNORECASE if described.ignore_case else 0)
    except re.error as error:
        raise ValueError(f"{place}: {described.pattern!r} is no pattern: {error}") from error
    matches = compiled.fullmatch if described.whole else compiled.search
    if not any(described.examples):
        raise ValueError(f"{place}: {described.pattern!r} needs an example that it matches")
    for example in described.examples:
        if not matches(example):
            raise ValueError(f"{place}: {described.pattern!r} does not match its example {example!r}")
    for example in described.counter_examples:
        if matches(example):
            raise ValueError(f"{place}: {described.pattern!r} matches {example!r}, which it should not")
    return compiled


def _entries(package: str, name: str) -> dict[str, str]:
    """Each entry of a file with its place, in order; a line that begins with "# " is a comment."""
    found: dict[str, str] = {}
    for number, line in enumerate(_text(package, name).splitlines(), start=1):
        place = f"{package}'s {name}, line {number}"
        if line.startswith("# "):
            continue
        if not line or line != line.strip():
            raise ValueError(f"{place}: {line!r} is empty or has spaces around it; take them out")
        if line in found:
            raise ValueError(f"{place}: {line!r} is there already, in {found[line]}; keep one of the two")
        found[line] = place
    return found


def _check_lower(word: str, place: str) -> None:
    if word != word.casefold():
        raise ValueError(f"{place}: {word!r} should be in lower case")


def _text(package: str, name: str) -> str:
    return files(package).joinpath("data", name).read_text(encoding="utf-8")
