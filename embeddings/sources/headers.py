"""The header of an article's file, YAML or TOML, whose values are read as the text that stands there."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date

import yaml

from embeddings.sources.plain_text import UnreadableError

KEYS = frozenset(("id", "title", "source", "url", "published", "date", "place"))
MAX_LENGTH = 16_384
MAX_DEPTH = 20
_HEADER = re.compile(r"(---|\+\+\+)[ \t]*+\n(.*?\n)?\1[ \t]*+(?:\n|$)", re.DOTALL)
# What YAML calls nothing; in quotation marks, each is text.
_NULL = ("", "~", "null", "Null", "NULL")


def split_header(text: str) -> tuple[dict[str, str], str]:
    """The known values of the header and the text behind it; raises UnreadableError for a header that is not clear."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    found = _HEADER.match(text)
    if not found:
        return {}, text
    content = found[2] or ""
    if len(content) > MAX_LENGTH:
        raise UnreadableError(f"its header has {len(content)} characters; at most {MAX_LENGTH} are read")
    header = _read_toml(content) if found[1] == "+++" else _read_yaml(content)
    # Two rules with prose between them: part of the text, not a header.
    return ({}, text) if header is None else (header, text[found.end() :])


def _read_toml(content: str) -> dict[str, str]:
    try:
        header = tomllib.loads(content)
    except RecursionError as error:
        raise UnreadableError("its header is nested too deeply") from error
    # Beside its own error, a number of thousands of digits.
    except ValueError as error:
        raise UnreadableError(f"its header is not valid TOML: {error}") from error
    return {key: _toml_text(key, value) for key, value in header.items() if key in KEYS}


def _toml_text(key: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise UnreadableError(f"its header's {key} is neither text nor a date; write it in quotation marks")


def _read_yaml(content: str) -> dict[str, str] | None:
    """The values by key; None where the content is not keys with values.

    Events are read, not values: YAML would take 017 for 15 and "on" for true, and a few aliases for gigabytes.
    """
    try:
        return _header_of(list(_shallow(yaml.parse(content, Loader=yaml.SafeLoader))))
    # Beside its own errors, escapes that name no character and versions of thousands of digits.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"its header is not valid YAML: {' '.join(str(error).split())}") from error


def _shallow(events: Iterable[yaml.Event]) -> Iterator[yaml.Event]:
    depth = 0
    for event in events:
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        if depth > MAX_DEPTH:
            raise UnreadableError(f"its header is nested more than {MAX_DEPTH} levels deep")
        yield event


def _header_of(events: list[yaml.Event]) -> dict[str, str] | None:
    header: dict[str, str] = {}
    key: str | None = None
    depth = 0
    for event in events:
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
            key = key if depth > 1 else None
        elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            raise UnreadableError("its header ends twice, once with a line of three dots; leave that line out")
        elif isinstance(event, yaml.NodeEvent):
            _refuse_references(event)
            is_scalar = isinstance(event, yaml.ScalarEvent)
            if depth == 0 and not isinstance(event, yaml.MappingStartEvent):
                return None
            if depth == 1 and key is None:
                key = _key(event, header)
            elif depth == 1 and key in KEYS:
                header[key] = _yaml_text(key, event)
                key = None
            elif depth == 1 and is_scalar:
                key = None
            depth += not is_scalar
    return {name: value for name, value in header.items() if value}


def _refuse_references(event: yaml.NodeEvent) -> None:
    if event.anchor or getattr(event, "tag", None):
        mark = "*" if isinstance(event, yaml.AliasEvent) else "&" if event.anchor else "!"
        raise UnreadableError(
            f"its header's line {_line(event)} has a value that begins with {mark}, to which YAML gives a "
            "meaning of its own; put the value in quotation marks"
        )


def _line(event: yaml.NodeEvent) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _key(event: yaml.NodeEvent, header: dict[str, str]) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise UnreadableError(f"its header's line {_line(event)} has a key that is not text")
    if event.value in header:
        raise UnreadableError(f"its header gives {event.value} twice; leave one of them")
    return str(event.value)


def _yaml_text(key: str, event: yaml.NodeEvent) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise UnreadableError(
            f"its header's {key} is a list or a table; write it as text, in quotation marks if need be"
        )
    return "" if event.style is None and event.value in _NULL else str(event.value)
