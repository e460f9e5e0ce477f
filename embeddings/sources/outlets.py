"""Find the outlet of an article in what its page tells beside its dateline."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from embeddings.indonesian import lexicon
from embeddings.sources.datelines import DOMAIN, is_place
from embeddings.sources.pages import MENU, is_noise, is_stamp
from embeddings.sources.plain_text import folded

_SAVED_PAGES = lexicon.patterns("embeddings.sources", "saved_pages.toml")
COPYRIGHT = _SAVED_PAGES["copyright"]
FOLLOWED = _SAVED_PAGES["followed"]
OF_AUTHOR = _SAVED_PAGES["of_author"]
_SECTIONS = lexicon.words("embeddings.sources", "sections.txt")
MAX_NAME_WORDS = 4
# Fewer letters may stand in any word of the page.
MIN_PRINTED_LETTERS = 5


def find_copyright(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """The owner and the year in the first line that claims a copyright."""
    for line in lines:
        if found := COPYRIGHT.fullmatch(line):
            return " ".join(found["owner"].split()).strip(" ,.-") or None, found["before"] or found["after"]
    return None, None


def find_outlet(
    dateline: str | None, lines: list[str], head: list[str], title: str | None, path: str | None
) -> str | None:
    """The outlet by the first that tells it: dateline, copyright, masthead, byline, a call to follow it, a web address.

    Of a web address and a name that say the same, the name is taken.
    """
    owner, _ = find_copyright(lines)
    if dateline and owner and _same(dateline, owner):
        return owner
    return (
        dateline
        or owner
        or _masthead(lines, head, title, path)
        or _of_author(head)
        or _followed(lines)
        or _address(lines, path)
    )


def _masthead(lines: list[str], head: list[str], title: str | None, path: str | None) -> str | None:
    """The name at the top of a page, if the page, its file or its folder repeats it, or a menu stands below it."""
    names = [line for line in head if not is_noise(line)]
    if not names or not _is_name(names[0]) or names[0] == title or len(folded(names[0])) < MIN_PRINTED_LETTERS:
        return None
    name = folded(names[0])
    elsewhere = folded("\n".join(line for line in lines if folded(line) != name))
    below = head[head.index(names[0]) + 1 :][:2]
    is_masthead = names[0] == head[0] and any(is_noise(line) or MENU.search(line) for line in below)
    return names[0] if name in elsewhere or name in folded(path or "") or is_masthead else None


def _is_name(line: str) -> bool:
    return (
        len(line.split()) <= MAX_NAME_WORDS
        and line.casefold() not in _SECTIONS
        and not is_place(line)
        and not is_stamp(line)
        and MENU.search(line) is None
    )


def _of_author(head: list[str]) -> str | None:
    """The outlet behind the author's name, in the line above the date: "Rina - Kabar Musi"."""
    for line, below in pairwise(head):
        if is_stamp(below) and (found := OF_AUTHOR.fullmatch(line)):
            return found["outlet"]
    return None


def _followed(lines: list[str]) -> str | None:
    found = next((found for line in reversed(lines) if (found := FOLLOWED.match(line))), None)
    return found["outlet"].strip() if found else None


def _address(lines: list[str], path: str | None) -> str | None:
    """A line that is nothing but a web address, or such a name of the file or of its folder."""
    places = (Path(path).stem, Path(path).parent.name) if path else ()
    names: Iterable[str] = (*lines, *places)
    return next((name for name in names if "." in name and DOMAIN.fullmatch(name)), None)


def _same(address: str, name: str) -> bool:
    return "." in address and re.split(r"[. ]", address.casefold())[0] == folded(name)
