"""Tell what a saved page shows around its article from the article: the head above its lead, the tail below its end."""

import re
from collections.abc import Iterator
from itertools import islice
from math import inf

import msgspec

from embeddings.indonesian import dates, lexicon
from embeddings.sources.datelines import DOMAIN, Dateline, find_dateline, find_own_dateline
from embeddings.sources.plain_text import folded

NOISE_LINES = re.compile(
    "|".join(line.pattern for line in lexicon.patterns("embeddings.sources", "noise_lines.toml").values()),
    re.IGNORECASE,
)
_SAVED_PAGES = lexicon.patterns("embeddings.sources", "saved_pages.toml")
COMMENT_FORM = _SAVED_PAGES["comment_form"]
LIST_HEADING = _SAVED_PAGES["list_heading"]
SEE_ALSO_HEADING = _SAVED_PAGES["see_also_heading"]
SIGNED = _SAVED_PAGES["signed"]
CAPTION = _SAVED_PAGES["caption"]
BYLINE = _SAVED_PAGES["byline"]
MENU = _SAVED_PAGES["menu"]
SENTENCE_END = _SAVED_PAGES["sentence_end"]

_PARTS = re.compile(r"\s[·|•]\s")
# The longest head seen, of menus and share bars, has 31 lines.
HEAD_LINES = 60
# So many lines a caption without its photographer may stand above the dateline.
LINES_TO_DATELINE = 3
# A line of a head that gives a date is no longer than this.
LONGEST_STAMP = 120
MIN_SENTENCE_WORDS = 4
# A headline in a list of other articles has no full stop, and hardly any advertisement so many words.
MIN_RESUMED_WORDS = 6
LONG_LINE = 150


class Page(msgspec.Struct, frozen=True):
    """The lines of a saved page: those that are not blank above its lead, and those of the article.

    Where nothing in the head shows that newsroom software wrote it, its lines are the article's too.
    """

    head: list[str]
    body: list[str]
    dateline: Dateline | None


def split_page(lines: list[str]) -> Page:
    """Divide stripped lines into head and article; of the article, what stands between and below it is dropped."""
    lines = _until_comment_form(lines)
    lead, dateline = _find_lead(lines)
    head = [line for line in lines[:lead] if line]
    body = list(_without_noise(lines[lead:]))
    if dateline is not None and body:
        body[0] = body[0][dateline.length :]
    above = _dateline_above(head)
    is_evident = above is not None or any(
        is_noise(line) or is_caption(line) or is_stamp(line) or MENU.search(line) for line in head
    )
    return Page(head, body if is_evident else [*lines[:lead], *body], _filled(dateline, above))


def _filled(dateline: Dateline | None, above: Dateline | None) -> Dateline | None:
    """The dateline that opens the lead, with what only one above it names."""
    if dateline is None or above is None:
        return dateline or above
    return Dateline(dateline.length, dateline.source or above.source, dateline.place or above.place, dateline.words)


def _dateline_above(head: list[str]) -> Dateline | None:
    """A dateline with a line for itself: the last one, or a part of a line that gives a date."""
    parts = [part for line in head if is_stamp(line) for part in _PARTS.split(line) if dates.find_full_date(part)]
    return next((found for part in [*head[-1:], *parts] if (found := find_own_dateline(part)) is not None), None)


def is_noise(line: str) -> bool:
    """Whether this whole line is what newsroom software puts around an article."""
    return (
        NOISE_LINES.fullmatch(line) is not None
        or dates.parse_date_line(line) is not None
        or ("." in line and DOMAIN.fullmatch(line) is not None)
    )


def is_caption(line: str) -> bool:
    """Whether this line tells of a photo, as its credit shows."""
    return CAPTION.search(line) is not None


def is_stamp(line: str) -> bool:
    """Whether this line tells who wrote an article, or when."""
    return len(line) <= LONGEST_STAMP and (
        BYLINE.match(line) is not None or (dates.find_full_date(line) is not None and not is_sentence(line))
    )


def is_sentence(line: str) -> bool:
    """Whether this line reads as sentences, and not as a headline, a menu or a name."""
    return len(line) > LONG_LINE or (SENTENCE_END.search(line) is not None and len(line.split()) >= MIN_SENTENCE_WORDS)


def _until_comment_form(lines: list[str]) -> list[str]:
    in_article = False
    for number, line in enumerate(lines):
        if in_article and COMMENT_FORM.fullmatch(line):
            return lines[:number]
        in_article = in_article or is_sentence(line)
    return lines


def _find_lead(lines: list[str]) -> tuple[int, Dateline | None]:
    """Where the article begins, and its dateline; the first line where none reads as a sentence."""
    printed = folded("".join(lines[:HEAD_LINES]))
    # A caption without its photographer may read as a sentence; what opens with an outlet or a place is the article.
    first = list(islice(_sentences(lines[:HEAD_LINES]), LINES_TO_DATELINE))
    datelines = [(number, find_dateline(lines[number], printed)) for number in first]
    found = [(number, dateline) for number, dateline in datelines if dateline is not None]
    with_source = [(number, dateline) for number, dateline in found if dateline.source]
    return next(iter([*with_source, *found]), (first[0] if first else 0, None))


def _sentences(lines: list[str]) -> Iterator[int]:
    """The places of the lines that read as sentences and are neither noise nor a photo's."""
    return (n for n, line in enumerate(lines) if is_sentence(line) and not is_noise(line) and not is_caption(line))


def _without_noise(lines: list[str]) -> Iterator[str]:
    """The lines but for noise, and for the lists of other articles and the tags that stand below their headings."""
    # Below a heading "Baca juga:" stands one headline, below the others whatever is not the article going on.
    to_skip = 0.0
    for line in lines:
        if any(ends.fullmatch(line) for ends in (LIST_HEADING, SIGNED, COMMENT_FORM)):
            to_skip = inf
        elif SEE_ALSO_HEADING.fullmatch(line):
            to_skip = max(to_skip, 1)
        elif not line:
            yield line
        elif is_noise(line):
            continue
        elif to_skip and not _resumes(line):
            to_skip -= 1
        else:
            to_skip = inf if SIGNED.search(line) else 0
            yield line


def _resumes(line: str) -> bool:
    return SENTENCE_END.search(line) is not None and len(line.split()) >= MIN_RESUMED_WORDS
