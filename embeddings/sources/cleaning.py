"""Clean the raw text of an article, and find what it says of itself: title, outlet, place and date."""

import re

import msgspec

from embeddings.indonesian import dates, lexicon
from embeddings.sources.plain_text import UnreadableError

NOISE_LINES = re.compile(
    "|".join(line.pattern for line in lexicon.patterns("embeddings.sources", "noise_lines.toml").values()),
    re.IGNORECASE,
)
_SAVED_PAGES = lexicon.patterns("embeddings.sources", "saved_pages.toml")
COMMENT_FORM = _SAVED_PAGES["comment_form"]
NOISE_SPANS = _SAVED_PAGES["see_also_within"]
COPYRIGHT = _SAVED_PAGES["copyright"]

MAX_TITLE_LENGTH = 200
DATE_LINES = 8
LEAD_LINES = 3


class Cleaned(msgspec.Struct, frozen=True):
    """An article's text, and what its lines say of it; what they do not say is None."""

    text: str
    title: str | None
    source: str | None
    place: str | None
    published: str | None


def clean(raw: str, title: str | None) -> Cleaned:
    """Drop what does not belong to the article; a given title wins. Raises UnreadableError if no text stays."""
    lines = [line.strip() for line in NOISE_SPANS.sub("", raw).splitlines()]
    copyright_owner, copyright_year = _find_copyright(lines)
    lines = _cut_comment_form(lines)

    stamp = next((stamp for line in lines[:DATE_LINES] if (stamp := dates.parse_date_line(line)) is not None), None)
    kept = [line for line in lines if not line or not (NOISE_LINES.fullmatch(line) or dates.parse_date_line(line))]

    found_title = _find_title(kept)
    title = title or (found_title.lstrip("# ").strip() if found_title else None)
    if title:
        same = _folded(title)
        kept = [line for line in kept if _folded(line.lstrip("# ")) != same]
    body = [line for line in kept if line]
    if not body:
        raise UnreadableError("no article text is left after cleaning")
    dateline = find_dateline(body[0])
    if dateline is not None:
        first = kept.index(body[0])
        kept[first] = body[0] = body[0][dateline.length :]

    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    if not text:
        raise UnreadableError("no article text is left after cleaning")
    years = dates.years_in("\n".join([title or "", text, copyright_year or ""]))
    return Cleaned(
        text=text,
        title=title,
        source=(dateline.source if dateline else None) or copyright_owner,
        place=dateline.place if dateline else None,
        published=stamp or dates.find_published(body[:LEAD_LINES], years) or copyright_year,
    )


def _folded(line: str) -> str:
    return " ".join(line.casefold().split()).rstrip(".")


def _find_copyright(lines: list[str]) -> tuple[str | None, str | None]:
    for line in lines:
        if found := COPYRIGHT.fullmatch(line):
            return " ".join(found["owner"].split()).strip(" ,.-") or None, found["year"]
    return None, None


def _cut_comment_form(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if COMMENT_FORM.fullmatch(line) and any(lines[:number]):
            return lines[:number]
    return lines


def _find_title(lines: list[str]) -> str | None:
    """The first line where it reads as a headline: short, no full stop, with text after it."""
    filled = [line for line in lines if line]
    if len(filled) < 2:
        return None
    first = filled[0]
    if len(first) > MAX_TITLE_LENGTH:
        return None
    if first.startswith("# "):
        return first
    if first.endswith((".", ":", ",", ";", "”", '"')) or find_dateline(first):
        return None
    # A headline is not a list item, and the paragraph after it is longer or is the headline again.
    if re.match(r"[-*•\d]", first) and not re.match(r"\d+\s+\w", first):
        return None
    return first if len(filled[1]) > len(first) or _folded(filled[1]) == _folded(first) else None


class Dateline(msgspec.Struct, frozen=True):
    """The opening "BANYUASIN, SOROTKAMERA.COM – ": its length in characters, and what it names."""

    length: int
    source: str | None
    place: str | None


_DASH = r"(?:\s*+[–—]\s*+|\s++-{1,2}\s*+|-{1,2}\s++)"
_DATELINE = re.compile(rf"(?P<names>[^–—\n]{{2,70}}?){_DASH}(?=\S)")
_DOMAIN = re.compile(r"[\w-]+[. ](?:com|co|id|net|org|news|info|tv|go|ac)(?:[. ]id)?", re.IGNORECASE)


def find_dateline(line: str) -> Dateline | None:
    """Recognise "PLACE, OUTLET –", "outlet.co.id, PLACE –", "Place (OUTLET) –" and "PLACE –"."""
    found = _DATELINE.match(line)
    if not found:
        return None
    names = found["names"].strip()
    source: str | None = None
    place: str | None = None
    if bracketed := re.fullmatch(r"(?P<place>[^()]++)\((?P<source>[^()]++)\)", names):
        if not (_is_upper(bracketed["source"]) or _DOMAIN.fullmatch(bracketed["source"])):
            return None
        source, place = bracketed["source"], bracketed["place"].rstrip()
    else:
        parts = [part.strip() for part in re.split(r"[,|/]", names)]
        outlets = [part for part in parts if _DOMAIN.fullmatch(part)]
        if len(parts) > 2 or len(outlets) > 1:
            return None
        if outlets:
            source = outlets[0]
            place = next((part for part in parts if part != source), None)
        elif all(_is_upper(part) for part in parts):
            place = parts[0]
            source = parts[1] if len(parts) == 2 else None
        else:
            return None
    if place is not None and (len(place.split()) > 4 or not all(word[:1].isupper() for word in place.split())):
        return None
    return Dateline(found.end(), source, _place_name(place) if place else None)


def _is_upper(text: str) -> bool:
    return text.isupper() and not any(character.isdigit() for character in text)


def _place_name(place: str) -> str:
    # Short names in capitals are abbreviations and stay so: OKU, HSS.
    return " ".join(word.capitalize() if word.isupper() and len(word) > 3 else word for word in place.split())
