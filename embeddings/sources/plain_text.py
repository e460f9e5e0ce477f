"""Text from outside, decoded by evidence and rid of what no reader sees."""

import re


class UnreadableError(ValueError):
    """This file, line or header is not an article; the message says why, and the way out."""


# --- bytes ----------------------------------------------------------------------------------------------------

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# A text may have caught a control character somewhere; a file full of them is none.
MOST_CONTROL = 0.05


def decode(content: bytes) -> str:
    """Decode UTF-8 (with or without byte order mark), UTF-16 or Windows-1252; raises UnreadableError otherwise."""
    if not content.strip():
        raise UnreadableError("the file is empty")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(content, "utf-16")
    elif b"\0" in content:
        text = _decoded(content, _utf_16_without_mark(content))
    else:
        text = _decode_utf_8(content)
    if "\0" in text or len(_CONTROL.findall(text)) > MOST_CONTROL * len(text):
        raise UnreadableError("a binary file, not text")
    return text


def _decode_utf_8(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Characters of several bytes prove UTF-8, in which the odd byte is damage; without any, the text may be older.
        if content.decode("utf-8", "ignore").isascii():
            return _decoded(content, "cp1252")
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"its line {line} holds a byte (0x{content[error.start]:02x}) that is not UTF-8, though the rest is; mend "
            "that line and save it as UTF-8"
        ) from error


def _utf_16_without_mark(content: bytes) -> str:
    """Latin text in UTF-16 has a zero in every second byte; anything else with zeros is binary."""
    zeros_first, zeros_second = content[0::2].count(0), content[1::2].count(0)
    half = len(content) / 2
    if zeros_second > 0.7 * half and zeros_first < 0.1 * half:
        return "utf-16-le"
    if zeros_first > 0.7 * half and zeros_second < 0.1 * half:
        return "utf-16-be"
    raise UnreadableError("a binary file, not text")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError("text in an unknown encoding; save it as UTF-8") from error


# --- characters -----------------------------------------------------------------------------------------------

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
# With their parameters, as without them these would stay as rubbish.
_TERMINAL_ESCAPE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*+[ -/]*+[@-~]|(?:\x1b\\]|\x9d)[^\x07\x1b\x9c\x9d\n]*+(?:\x07|\x1b\\\\|\x9c)"
)
# Controls but for tabs and line breaks, halves of characters, and what Unicode lists as Default_Ignorable_Code_Point
# (zero-width ones, soft hyphens, bidirectional overrides and isolates, tags) but for the variation selectors that an
# emoji is drawn by.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_UNPRINTABLE = re.compile(rf"{_UNSEEN.pattern[:-1]}\n\r\t\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def readable(text: str) -> str:
    """The text without terminal escapes, characters that nobody sees, and stray HTML tags.

    Raises UnreadableError for a web page, for markup of other kinds, and for what is no text.
    """
    # Looked for first, as hardly any text has one.
    if _UNSEEN.search(text):
        if found := _NO_TEXT.search(text):
            raise UnreadableError(f"it holds U+{ord(found[0]):04X}, which is no character of a text")
        text = _UNSEEN.sub("", _TERMINAL_ESCAPE.sub("", text))
    start = text.lstrip()[:5]
    if markup := next((name for mark, name in _OTHER_MARKUP.items() if start.startswith(mark)), None):
        raise UnreadableError(f"{markup}, not plain text; save its text alone")
    return _without_tags(text) if "<" in text else text


def folded(text: str) -> str:
    """The text without case and spaces, as two spellings of one name share it."""
    return "".join(text.casefold().split())


def one_line(text: str | None) -> str | None:
    """A readable text in one line; None where nothing is in it. Raises UnreadableError."""
    return " ".join(readable(text).split()) or None if text else None


def is_printable(text: str) -> bool:
    """Whether the text is one line that a terminal can show as it is."""
    return _UNPRINTABLE.search(text) is None


def printable(text: str) -> str:
    """The text with whatever a terminal cannot show spelt out, for messages that name what came from outside."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


# --- markup ---------------------------------------------------------------------------------------------------

_OTHER_MARKUP = {"{\\rtf": "RTF", "%PDF-": "PDF", "%!PS": "PostScript", "<?xml": "XML"}
_PAGE = re.compile(r"<!doctype\s|</?(?:html|head|body|script|style)(?=[\s>])", re.IGNORECASE)
_ATTRIBUTE = r"""\s++[\w:-]++\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=]++)"""
# "x<b and c>y" is arithmetic: a tag of one letter has attributes with values or none.
_BLOCK = re.compile(
    r"</?(?:(?:address|article|aside|blockquote|br|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    r"|header|hr|iframe|li|main|nav|ol|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)(?=[\s/>])[^<>]*+"
    rf"|p(?:{_ATTRIBUTE})*+\s*+/?)>",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"<!--[^<>]*+>|</?(?:(?:abbr|big|cite|code|del|em|font|img|ins|kbd|mark|small|span|strike|strong|sub|sup|wbr)(?=[\s/>])"
    rf"[^<>]*+|[abiqsu](?:{_ATTRIBUTE})*+\s*+/?)>",
    re.IGNORECASE,
)
# So many tags of paragraphs, lists or tables are no slip.
PAGE_BLOCKS = 3


def _without_tags(text: str) -> str:
    blocks = [tag for tag in _BLOCK.findall(text) if not tag.lower().startswith("<br")]
    if page := _PAGE.search(text):
        blocks.append(page[0])
    plain = _INLINE.sub("", _BLOCK.sub("\n", text))
    # A tag in a tag leaves one behind.
    left = _BLOCK.search(plain) or _INLINE.search(plain)
    if page or left or len(blocks) >= PAGE_BLOCKS:
        tag = left[0] if left else blocks[-1]
        raise UnreadableError(
            f"a web page (it holds {tag[:20]!r}), which would be quoted with its tags; name it .html, or save its text "
            "alone"
        )
    return plain
