"""Drop the marks of Markdown, and nothing else: what they stand around stays letter by letter."""

from embeddings.indonesian import lexicon

_SPANS = lexicon.patterns("embeddings.sources", "markdown.toml")
_IMAGE = _SPANS["image"]
_LINK = _SPANS["link"]
_EMPHASIS = tuple(_SPANS[name] for name in ("strong", "strong_underlined", "emphasis", "underlined"))
_LINE_MARK = _SPANS["line_mark"]
_HEADING = _SPANS["heading"]


def without_marks(text: str) -> str:
    """The text without images and their captions, and without the marks of links, emphasis, quotations and lists.

    Headings keep theirs, which tell the title from other lines; `without_heading_mark` drops it.
    """
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    for emphasis in _EMPHASIS:
        text = emphasis.sub(r"\1", text)
    return _LINE_MARK.sub("", text)


def without_heading_mark(line: str) -> str:
    """A line without the marks of a heading."""
    return _HEADING.sub("", line)
