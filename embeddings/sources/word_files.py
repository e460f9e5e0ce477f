"""An article from a .docx file of a word processor."""

import io
import zipfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from embeddings.sources.build import build_article
from embeddings.sources.origin import Attempt, Origin, read_whole_document
from embeddings.sources.packed import DAMAGE, open_packed
from embeddings.sources.plain_text import UnreadableError, one_line
from embeddings.sources.refusals import OnRemark
from embeddings.sources.titles import told_title
from embeddings.types import Article

if TYPE_CHECKING:
    from docx.document import Document

# Marks and properties take many times the room of the text; what is parsed takes twenty times that.
MOST_MARKUP_SIZES = 8
# What an XML file may begin with, in any encoding: blanks and marks of the order of bytes, and then "<".
BEGINNING = 4096
BEFORE_XML = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"
# All of it may be blank; EBCDIC has another "<".
FIRST_OF_XML = (b"", b"<", b"\x4c")
# A paragraph of a style that bears such a name is the headline.
HEADLINE_STYLES = ("Title", "Heading 1", "Judul")


def read_word_file(file: IO[bytes], origin: Origin) -> Iterator[Attempt]:
    """The one article of a .docx file."""

    def read(on_remark: OnRemark) -> Article:
        return word_article(read_whole_document(file, origin), origin, on_remark)

    yield origin.where, read


def word_article(content: bytes, origin: Origin, on_remark: OnRemark) -> Article:
    """The article of a .docx file; raises UnreadableError for one that is damaged, locked or made to be slow."""
    document = _opened(content, origin)
    text = "\n".join(_lines(document))
    if len(text) > origin.max_size:
        raise UnreadableError(f"a .docx of {len(text)} characters, more than an article has; divide it")
    return build_article(
        text,
        id=origin.id,
        path=origin.path,
        title=_headline(document) or told_title(document.core_properties.title),
        source=origin.outlet,
        url=origin.url,
        otherwise_published=_saved(document),
        newsroom=origin.newsroom,
        on_remark=on_remark,
    )


def _opened(content: bytes, origin: Origin) -> "Document":
    # Nothing else needs these 0.2 s.
    import docx
    from docx.opc.exceptions import OpcError
    from lxml import etree

    # What a password locks is packed in another way.
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("a document that is locked with a password, or a .doc; save it as .docx without one")
    try:
        with open_packed(io.BytesIO(content), len(content), origin.max_size) as archive:
            _check(archive, MOST_MARKUP_SIZES * origin.max_size)
        return docx.Document(io.BytesIO(content))
    except UnreadableError:
        raise
    except (OpcError, etree.XMLSyntaxError, LookupError, AttributeError, *DAMAGE) as error:
        raise UnreadableError(f"a .docx that is damaged or none ({error})") from error


def _check(archive: zipfile.ZipFile, most: int) -> None:
    markup = [member for member in archive.infolist() if _may_be_xml(archive, member)]
    if (unfolded := sum(member.file_size for member in markup)) > most:
        raise UnreadableError(f"a .docx whose XML unfolds to {unfolded // 1024} kB, as no article does; divide it")
    # No word processor declares entities, which could unfold without end.
    # Without its zeros, UTF-16 reads as ASCII.
    if any(b"<!DOCTYPE" in archive.read(member).replace(b"\0", b"") for member in markup):
        raise UnreadableError("a .docx that declares XML entities, as no word processor does")


def _may_be_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part may be parsed, whatever it is called: the text may stand in "media/image1.png"."""
    with archive.open(member) as content:
        return content.read(BEGINNING).lstrip(BEFORE_XML)[:1] in FIRST_OF_XML


def _lines(document: "Document") -> Iterator[str]:
    """Each paragraph, and each row of a table, its cells side by side."""
    from docx.oxml.ns import qn
    from docx.table import Table

    for block in document.iter_inner_content():
        if not isinstance(block, Table):
            yield block.text
            continue
        # The library's own cells are as many as they say they span, which may be a million.
        for row in block._tbl.iterchildren(qn("w:tr")):
            cells = ("".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.iterchildren(qn("w:tc")))
            yield " | ".join(cell for cell in map(str.strip, cells) if cell)


def _headline(document: "Document") -> str | None:
    styled = (paragraph for paragraph in document.paragraphs if _style(paragraph).startswith(HEADLINE_STYLES))
    return next((line for paragraph in styled if (line := one_line(paragraph.text))), None)


def _style(paragraph: Any) -> str:
    return (paragraph.style and paragraph.style.name) or ""


def _saved(document: "Document") -> str | None:
    """The moment at which it was last saved, else made; word processors tell it in UTC."""
    try:
        saved = document.core_properties.modified or document.core_properties.created
    except ValueError:
        return None
    return f"{saved.replace(tzinfo=None).isoformat()} UTC" if saved else None
