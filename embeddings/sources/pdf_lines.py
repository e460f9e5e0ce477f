"""The text of a document's pages from their printed lines: without running headers, paragraphs in one line."""

import re
from collections import Counter
from collections.abc import Sequence
from math import ceil

from embeddings.indonesian import lexicon

_PATTERNS = lexicon.patterns("embeddings.sources", "printed_lines.toml")
PAGE_NUMBER = _PATTERNS["page_number"]
LIST_ITEM = _PATTERNS["list_item"]
HYPHENATED = _PATTERNS["hyphenated"]
SENTENCE_END = _PATTERNS["sentence_end"]
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
# So many lines at the top and at the bottom of a page may be those of every page.
RUNNING_LINES = 3
# A line that is shorter ends its paragraph; one that ends a sentence, if it is shorter than the second.
SHORT_LINE, SHORT_LAST_LINE = 0.7, 0.92


def text_of_pages(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, a paragraph a line, and the offsets at which the pages after the first begin."""
    lines = without_running_lines([_lines_of(page) for page in pages])
    full = _full_line(lines)
    parts: list[str] = []
    starts: list[int] = []
    length, before = 0, ""
    for page in lines:
        first = True
        for line in page:
            between = _between(before, line, full) if parts else ""
            if between == "-":
                parts[-1], between, length = parts[-1][:-1], "", length - 1
            if first:
                starts.append(length + len(between))
            parts += [between, line]
            length += len(between) + len(line)
            first, before = False, line
        if first:
            starts.append(length)
    return "".join(parts), tuple(starts[1:])


def without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without their numbers, and without what stands on most of them at the top or the bottom."""
    seen = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    running = {key for key, pages_with in seen.items() if pages_with >= max(2, ceil(len(pages) / 2))}
    return [_trimmed(page, running) for page in pages]


def _trimmed(page: list[str], running: set[str]) -> list[str]:
    inner = range(RUNNING_LINES, len(page) - RUNNING_LINES)
    return [line for number, line in enumerate(page) if number in inner or not _is_running(line, running)]


def _is_running(line: str, running: set[str]) -> bool:
    return _key(line) in running or PAGE_NUMBER.fullmatch(line) is not None


def _edges(page: list[str]) -> list[str]:
    return [*page[:RUNNING_LINES], *page[-RUNNING_LINES:]]


def _key(line: str) -> str:
    """A line but for its numbers, which differ from page to page."""
    return re.sub(r"\d++", "#", line.casefold())


def _lines_of(page: str) -> list[str]:
    lines = (" ".join(line.split()) for line in page.translate(_LIGATURES).splitlines())
    return [line for line in lines if line]


def _full_line(pages: Sequence[list[str]]) -> int:
    """The length of a line that is full: nine of ten are no longer."""
    lengths = sorted(len(line) for page in pages for line in page)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _between(before: str, line: str, full: int) -> str:
    """What stands between two printed lines: an end of the paragraph, a space, or nothing where a word goes on.

    "-" says that the word before loses its hyphen.
    """
    if found := HYPHENATED.search(before):
        return "" if _keeps_hyphen(found["part"], line) else "-"
    ends = len(before) < SHORT_LINE * full or (len(before) < SHORT_LAST_LINE * full and SENTENCE_END.search(before))
    return "\n\n" if ends or LIST_ITEM.match(line) else " "


def _keeps_hyphen(part: str, line: str) -> bool:
    """Whether a hyphen at the end of a line is the word's own: "anak-anak", "sayur-mayur", "se-Kalimantan", "ke-17"."""
    following = line.split(maxsplit=1)[0]
    return not following[:1].islower() or len(part) < 3 or part[-3:].casefold() in following.casefold()
