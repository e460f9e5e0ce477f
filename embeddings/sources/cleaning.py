"""Clean the raw text of an article, and find what it says of itself: title, outlet, place and date."""

import re

import msgspec

from embeddings.indonesian import dates, lexicon
from embeddings.sources.markdown import without_heading_mark, without_marks
from embeddings.sources.outlets import find_copyright, find_outlet
from embeddings.sources.pages import Page, is_caption, is_sentence, split_page
from embeddings.sources.plain_text import UnreadableError
from embeddings.sources.titles import find_title

NOISE_SPANS = lexicon.patterns("embeddings.sources", "saved_pages.toml")["see_also_within"]
LEAD_LINES = 3


class Cleaned(msgspec.Struct, frozen=True):
    """An article's text, and what its lines say of it; what they do not say is None."""

    text: str
    title: str | None
    source: str | None
    place: str | None
    published: str | None


def clean(raw: str, title: str | None, path: str | None = None) -> Cleaned:
    """Drop what does not belong to the article; a given title wins. Raises UnreadableError if no text stays."""
    lines = [line.strip() for line in NOISE_SPANS.sub("", without_marks(raw)).splitlines()]
    page = split_page(lines)
    title = title or find_title(page.head)
    title = without_heading_mark(title) if title else None
    text = _article_text(page, title)
    if not text:
        raise UnreadableError("no article text is left after cleaning")
    _, copyright_year = find_copyright(lines)
    opening = page.dateline.words if page.dateline else ""
    return Cleaned(
        text=text,
        title=title,
        source=find_outlet(page.dateline.source if page.dateline else None, lines, page.head, title, path),
        place=page.dateline.place if page.dateline else None,
        published=_stamp(page.head, title)
        or dates.find_full_date(opening)
        or _date_of_lead(title, opening, text, copyright_year)
        or copyright_year,
    )


def _article_text(page: Page, title: str | None) -> str:
    same = _folded(title) if title else None
    kept = [line for line in map(without_heading_mark, page.body) if same is None or _folded(line) != same]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _folded(line: str) -> str:
    return " ".join(line.casefold().split()).rstrip(".")


def _stamp(head: list[str], title: str | None) -> str | None:
    """The first date of a head; what tells of a photo or is the headline dates something else."""
    dated = (line for line in head if line != title and not is_caption(line) and not is_sentence(line))
    return next((date for line in dated if (date := dates.find_full_date(line)) is not None), None)


def _date_of_lead(title: str | None, opening: str, text: str, copyright_year: str | None) -> str | None:
    lead = [opening, *[line for line in text.splitlines() if line][:LEAD_LINES]]
    return dates.find_published(lead, dates.years_in("\n".join([title or "", text, copyright_year or ""])))
