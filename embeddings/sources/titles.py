"""Find the headline among the lines above an article."""

import re

from embeddings.indonesian import lexicon
from embeddings.sources.pages import HEAD_LINES, MENU, is_caption, is_noise, is_sentence, is_stamp
from embeddings.sources.plain_text import folded

MAX_TITLE_LENGTH = 200
# A section, a slogan or a name has fewer words.
MIN_TITLE_WORDS = 3
SURE_TITLE_WORDS = 5
NO_TITLE = lexicon.patterns("embeddings.sources", "document_titles.toml")["no_title"]
_LIST_ITEM = re.compile(r"[-*•]|\d+[.)]")


def told_title(title: str | None) -> str | None:
    """What a document's properties give as its title; None for what programs write there, and for a word or two."""
    title = " ".join((title or "").split())
    return title if len(title.split()) >= MIN_TITLE_WORDS and not NO_TITLE.search(title) else None


def find_title(head: list[str]) -> str | None:
    """The headline in a page's head: what it calls its heading, what it repeats, or its longest line of a title.

    Above the first line that tells who wrote it or when, a line of five words is a headline; below it, what tells of
    photos or sums up may be longer.
    """
    if heading := next((line for line in head if line.startswith("# ")), None):
        return heading
    # No longer than the head of a page, as each line is compared with all.
    head = head[:HEAD_LINES]
    lines = [line for line in head if _may_be_title(line)]
    repeated = [line for line in lines if sum(folded(other).endswith(folded(line)) for other in head) > 1]
    stamp = next((number for number, line in enumerate(head) if is_stamp(line)), len(head))
    above = [line for line in head[:stamp] if line in lines and len(line.split()) >= SURE_TITLE_WORDS]
    of_words = [line for line in repeated if len(line.split()) >= MIN_TITLE_WORDS] or above
    of_words = of_words or [line for line in lines if len(line.split()) >= MIN_TITLE_WORDS]
    return max(of_words or lines[:1], key=lambda line: len(line.split()), default=None)


def _may_be_title(line: str) -> bool:
    return (
        len(line) <= MAX_TITLE_LENGTH
        and not line.endswith((".", ":", ",", ";"))
        and not _LIST_ITEM.match(line)
        and not (is_noise(line) or is_caption(line) or is_stamp(line) or is_sentence(line))
        and MENU.search(line) is None
    )
