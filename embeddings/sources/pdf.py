"""An article from a PDF with a text layer, and where its pages begin."""

import io
import logging
import time
from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING

from embeddings.sources.build import build_article
from embeddings.sources.origin import Attempt, Origin, read_whole_document
from embeddings.sources.pdf_lines import text_of_pages
from embeddings.sources.plain_text import UnreadableError, readable
from embeddings.sources.refusals import OnRemark
from embeddings.sources.titles import told_title
from embeddings.types import Article

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_PAGES = 500
# A page of news has 1,500 letters; a scan at most the name of the program that made it.
LETTERS_OF_A_SCAN = 50
MOST_SECONDS = 30.0
# What a page unfolds to, and how many steps it takes to draw; a page of news takes some thousand.
MOST_UNFOLDED = 10_000_000
MOST_STEPS = 300_000
MOST_FORMS = 200


def read_pdf(file: IO[bytes], origin: Origin) -> Iterator[Attempt]:
    """The one article of a PDF."""

    def read(on_remark: OnRemark) -> Article:
        return pdf_article(read_whole_document(file, origin), origin, on_remark)

    yield origin.where, read


def pdf_article(content: bytes, origin: Origin, on_remark: OnRemark) -> Article:
    """The article of a PDF; raises UnreadableError for a scan, for one that is locked, damaged or made to be slow."""
    pages, title, created = _read(content)
    letters = sum(map(str.isalpha, "".join(pages)))
    if letters < LETTERS_OF_A_SCAN * len(pages):
        raise UnreadableError(
            "a PDF of pictures without text, such as a scan; let a program recognise its text first, for instance "
            "`ocrmypdf FILE.pdf FILE-text.pdf`"
        )
    if letters > origin.max_size:
        raise UnreadableError(f"a PDF of {letters} letters, more than an article has; divide it")
    text, starts = text_of_pages([readable(page) for page in pages])
    return build_article(
        text,
        id=origin.id,
        path=origin.path,
        title=title,
        source=origin.outlet,
        url=origin.url,
        pages=starts,
        otherwise_published=created,
        newsroom=origin.newsroom,
        on_remark=on_remark,
    )


def _read(content: bytes) -> tuple[list[str], str | None, str | None]:
    """The text of each page, and what the document says of its title and when it was made."""
    # Nothing else needs these 0.3 s.
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    bounds = pypdf.apply_configuration(
        zlib_maximum_output_length=MOST_UNFOLDED,
        lzw_maximum_output_length=MOST_UNFOLDED,
        run_length_maximum_output_length=MOST_UNFOLDED,
        array_based_stream_maximum_output_length=MOST_UNFOLDED,
        stream_parsing_work_maximum_count=MOST_STEPS,
        xform_maximum_invocations_per_extraction=MOST_FORMS,
    )
    with bounds:
        try:
            reader = pypdf.PdfReader(io.BytesIO(content))
            _check(reader)
            return list(_pages(reader)), _title(reader), _created(reader)
        except (UnreadableError, MemoryError):
            raise
        except PyPdfError as error:
            raise UnreadableError(f"a PDF that is damaged or that cannot be read ({error})") from error
        # Of a damaged file, whatever pypdf stumbles over.
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise UnreadableError(f"a PDF that is damaged or that cannot be read ({type(error).__name__})") from error


def _check(reader: "PdfReader") -> None:
    # Most that are encrypted only forbid printing, and have no password to read them.
    if reader.is_encrypted and not _opens(reader):
        raise UnreadableError("a PDF that is locked with a password; save it without one")
    if len(reader.pages) > MOST_PAGES:
        raise UnreadableError(f"a PDF of {len(reader.pages)} pages; at most {MOST_PAGES} are read. Divide it")


def _opens(reader: "PdfReader") -> bool:
    from pypdf.errors import DependencyError

    try:
        return bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        return False


def _pages(reader: "PdfReader") -> Iterator[str]:
    end = time.monotonic() + MOST_SECONDS

    def in_time(*drawn: object) -> None:
        if time.monotonic() > end:
            raise UnreadableError(f"a PDF that takes more than {MOST_SECONDS:.0f} s to read; print it to a PDF anew")

    for page in reader.pages:
        in_time()
        yield page.extract_text(visitor_operand_before=in_time)


def _title(reader: "PdfReader") -> str | None:
    return told_title(reader.metadata.title if reader.metadata else None)


def _created(reader: "PdfReader") -> str | None:
    try:
        created = reader.metadata.creation_date if reader.metadata else None
    except ValueError:
        return None
    return created.isoformat() if isinstance(created, datetime) else None
