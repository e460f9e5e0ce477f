"""The article among the lines of a web page: those that trafilatura finds, as they are printed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from embeddings.indonesian import lexicon
from embeddings.indonesian.words import words_of
from embeddings.sources.markup import lines_of
from embeddings.sources.plain_text import UnreadableError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What a theme calls the parts of a page that are no article.
BESIDES = lexicon.patterns("embeddings.sources", "page_parts.toml")["beside_the_article"]
# So many words of a line are looked for together.
WORDS_IN_ORDER = 4
LONG_LINE = 6


def body_lines(tree: "HtmlElement") -> list[str]:
    """The lines of a page's article as they are printed there; raises UnreadableError where none is found.

    trafilatura tells which they are; its own text joins, divides and marks them.
    """
    lines = lines_of(tree, BESIDES)
    # Nothing else needs these 0.3 s.
    import trafilatura
    from trafilatura.settings import Document

    found = trafilatura.bare_extraction(tree, include_comments=False, with_metadata=False)
    text = found.as_dict().get("text") if isinstance(found, Document) else None
    article = lines_within(lines, text or "")
    if not article:
        raise UnreadableError("a web page in which no article is found; save its text alone")
    return article


def lines_within(lines: Sequence[str], text: str) -> list[str]:
    """The lines whose words stand in a text in the same order, from the first long one of them to the last.

    Shorter ones beside these belong to them, such as the items of a list; names in a menu stand in any text.
    """
    sequences = {sequence for length in range(1, WORDS_IN_ORDER + 1) for sequence in _sequences(text, length)}
    found = [all(one in sequences for one in _sequences(line, WORDS_IN_ORDER)) for line in lines]
    long = [number for number, line in enumerate(lines) if found[number] and len(line.split()) >= LONG_LINE]
    if not long:
        return []
    start, end = long[0], long[-1] + 1
    while start and found[start - 1] and len(lines[start - 1].split()) >= WORDS_IN_ORDER:
        start -= 1
    while end < len(lines) and found[end]:
        end += 1
    return [line for line, is_found in zip(lines[start:end], found[start:end], strict=True) if is_found]


def _sequences(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """Every so many words of a text in order; all of them where there are fewer."""
    words = words_of(text)
    return (tuple(words[start : start + length]) for start in range(max(1, len(words) - length + 1)))
