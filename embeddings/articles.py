"""Read files into articles: clean text, title, outlet, place and date, each only as far as the file says it."""

import gzip
import io
import re
import tomllib
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec
import yaml

from embeddings import dates

ENDINGS = (".txt", ".md", ".jsonl", ".jsonl.gz")
HEADER_KEYS = ("id", "title", "source", "url", "published", "place")
MAX_ID_LENGTH = 200


class ArticleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where articles come from, and how large one may be."""

    paths: tuple[str, ...] = ("seeds",)
    max_size_kb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1024


class Article(msgspec.Struct, frozen=True):
    """A published article; what its file does not say is None.

    `published` is an ISO 8601 date of the precision that is known: 2023-07-17, 2023-07 or 2023.
    """

    id: str
    text: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    published: str | None = None
    place: str | None = None
    path: str | None = None

    def content_hash(self) -> str:
        """Digest of all that a reader or the encoder sees of the article; where it lies does not count."""
        content = (self.id, self.text, self.title, self.source, self.url, self.published, self.place)
        return blake2b(msgspec.json.encode(content), digest_size=16).hexdigest()


class Refusal(msgspec.Struct, frozen=True):
    """What could not be read, and why, for the person who can mend it."""

    where: str
    reason: str


class UnreadableError(ValueError):
    """This file or line is not an article; the message says why."""


class BulkLine(msgspec.Struct, frozen=True):
    """One line of a .jsonl file; other keys may stand beside these and are not read."""

    id: str | int
    text: str
    title: str | None = None
    date: str | None = None
    source: str | None = None
    url: str | None = None
    place: str | None = None


def find_files(paths: Sequence[Path]) -> Iterator[Path | Refusal]:
    """The article files under these files and folders, in a stable order; a README in a folder is not an article."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                file
                for file in path.rglob("*")
                if file.name.lower().endswith(ENDINGS) and file.is_file() and file.stem.upper() != "README"
            )
        elif not path.exists():
            yield Refusal(str(path), "no such file or folder")
        elif path.name.lower().endswith(ENDINGS):
            yield path
        else:
            yield Refusal(str(path), f"not an article file; these are read: {', '.join(ENDINGS)}")


def read_file(path: Path, settings: ArticleSettings) -> Iterator[Article | Refusal]:
    """Read one file's articles, streamed; what cannot be read is refused by name and the rest goes on."""
    max_size = settings.max_size_kb * 1024
    try:
        if path.name.lower().endswith((".jsonl", ".jsonl.gz")):
            yield from _read_bulk(path, max_size)
        else:
            yield _read_single(path, max_size)
    except UnreadableError as error:
        yield Refusal(str(path), str(error))
    except OSError as error:
        yield Refusal(str(path), f"cannot be read: {error.strerror or error}")


# --- one article a file ---------------------------------------------------------------------------------------


def _read_single(path: Path, max_size: int) -> Article:
    with path.open("rb") as file:
        content = file.read(max_size + 1)
    if len(content) > max_size:
        raise UnreadableError(f"larger than {max_size // 1024} kB; raise [articles] max_size_kb to read it")
    header, body = _split_header(decode(content))
    article_id = str(header.get("id") or path.stem).strip()
    return build_article(
        body,
        id=article_id,
        path=str(path.resolve()),
        title=_text_or_none(header.get("title")),
        source=_text_or_none(header.get("source")),
        url=_text_or_none(header.get("url")),
        published=_published_or_none(header.get("published", header.get("date"))),
        place=_text_or_none(header.get("place")),
    )


def decode(content: bytes) -> str:
    """Decode UTF-8 (with or without byte order mark), UTF-16 or Windows-1252; raises UnreadableError otherwise."""
    if not content.strip():
        raise UnreadableError("the file is empty")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        # Latin text in UTF-16 has a zero in every second byte; anything else with zeros is binary.
        zeros_first, zeros_second = content[0::2].count(0), content[1::2].count(0)
        half = len(content) / 2
        if zeros_second > 0.7 * half and zeros_first < 0.1 * half:
            encodings = ["utf-16-le"]
        elif zeros_first > 0.7 * half and zeros_second < 0.1 * half:
            encodings = ["utf-16-be"]
        else:
            raise UnreadableError("a binary file, not text")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(character < " " and character not in "\t\n\r\f\v" for character in text):
            raise UnreadableError("a binary file, not text")
        return text
    raise UnreadableError("text in an unknown encoding; save it as UTF-8")


def _split_header(text: str) -> tuple[dict[str, Any], str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    found = re.match(r"(---|\+\+\+)[ \t]*\n(.*?\n)?\1[ \t]*(?:\n|$)", text, re.DOTALL)
    if not found:
        return {}, text
    fence, content = found[1], found[2] or ""
    try:
        header = tomllib.loads(content) if fence == "+++" else yaml.safe_load(content)
    except (tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        kind = "TOML" if fence == "+++" else "YAML"
        raise UnreadableError(f"its header is not valid {kind}: {' '.join(str(error).split())}") from error
    if header is None:
        header = {}
    if not isinstance(header, dict):
        # Two rules with prose between them: part of the text, not a header.
        return {}, text
    return header, text[found.end() :]


def _text_or_none(value: object) -> str | None:
    text = " ".join(str(value).split()) if value is not None else ""
    return text or None


def _published_or_none(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    parsed = dates.parse_published(str(value))
    if parsed is None:
        raise UnreadableError(f"published: {str(value)!r} is not a date; write 2023-07-17, 2023-07 or 2023")
    return parsed


# --- one article a line ---------------------------------------------------------------------------------------


def _read_bulk(path: Path, max_size: int) -> Iterator[Article | Refusal]:
    decoder = msgspec.json.Decoder(BulkLine)
    resolved = str(path.resolve())
    with open_bulk(path) as lines:
        for number, line in enumerate(_bounded_lines(lines, max_size), start=1):
            where = f"{path}, line {number}"
            try:
                if line is None:
                    raise UnreadableError(f"larger than {max_size // 1024} kB; raise [articles] max_size_kb to read it")
                if not line.strip():
                    continue
                yield _read_bulk_line(line.removeprefix(b"\xef\xbb\xbf"), decoder, resolved)
            except UnreadableError as error:
                yield Refusal(where, str(error))


def open_bulk(path: Path) -> IO[bytes]:
    """The lines of a .jsonl or .jsonl.gz file, as bytes."""
    if path.name.lower().endswith(".gz"):
        return io.BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def _bounded_lines(lines: IO[bytes], max_size: int) -> Iterator[bytes | None]:
    """Lines, with None for one that is too long, so that no line can fill the memory."""
    too_long = False
    try:
        while part := lines.readline(max_size + 1):
            if not part.endswith(b"\n") and len(part) > max_size:
                too_long = True
                continue
            yield None if too_long else part
            too_long = False
        if too_long:
            yield None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"the compressed file is damaged; what stood before was read ({error})") from error


def _read_bulk_line(line: bytes, decoder: msgspec.json.Decoder[BulkLine], path: str) -> Article:
    try:
        content = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableError(f"not an article: {error}") from error
    return build_article(
        content.text,
        id=str(content.id).strip(),
        path=path,
        title=_text_or_none(content.title),
        source=_text_or_none(content.source),
        url=_text_or_none(content.url),
        published=_published_or_none(content.date),
        place=_text_or_none(content.place),
    )


# --- cleaning -------------------------------------------------------------------------------------------------

# Whole lines that newsroom software puts around an article. Every pattern must match the entire line.
NOISE_LINES = re.compile(
    r"""
      (?:\(|\[)?\s*(?:baca|simak|lihat|tonton|cek|klik)\s+(?:juga|pula|selengkapnya|lainnya)\b.*
    | (?:artikel|berita)\s+(?:terkait|lainnya|sebelumnya|selanjutnya|populer|terpopuler)\s*:?.*
    | also\s+read\s*:.* | read\s+also\s*:.*
    | \d+\s*(?:min(?:ute)?s?|menit)\s+(?:read|baca|membaca|waktu\s+baca)
    | news\s*feed | komentar(?:\s*\(?\d+\)?)? | \d+\s+komentar | comments? | tulis\s+komentar.*
    | oleh\s*:? | by\s*:? | admin | redaksi
    | (?:oleh|penulis|pewarta|reporter|editor|wartawan|jurnalis|kontributor|uploader|penyunting|fotografer|sumber\s+foto
        |laporan|redaktur)\s*:.*
    | oleh\s+redaksi(?:\s.{0,40})?
    | (?:bagikan|share|sebarkan|bagi\s+ke)(?:\s+(?:ini|this|on|ke|artikel|berita|via|berita\s+ini|artikel\s+ini))?
        (?:\s*[:|,]?\s*(?:facebook|twitter|x|whatsapp|telegram|line|email|pinterest|linkedin|copy\s*link
        |salin\s*tautan))*\s*:?
    | (?:(?:facebook|twitter|whatsapp|telegram|line|email|pinterest|linkedin|instagram|tiktok|copy\s*link
        |salin\s*tautan)[\s|,/·]*)+
    | (?:iklan|advertisement|advertorial|scroll\s+to\s+continue.*|loading\.{2,}|sponsored)
    | ikuti\s+(?:kami|berita\s+terbaru|terus\s+berita|saluran|channel).*
    | (?:dapatkan|cek)\s+(?:update\s+)?berita\s+(?:pilihan|terkini|terbaru).*
    | (?:copyright|hak\s+cipta|©|\(c\)\s).*
    | .*\ball\s+rights\s+reserved\b.*
    | (?:home|beranda)\s*(?:[>»/›].*)?
    | (?:tag|tags|topik|label|kategori)\s*:.*
    | dibaca\s*:?\s*[\d.,]+(?:\s*kali)? | [\d.,]+\s+(?:views?|kali\s+dibaca|shares?)
    | (?:foto|gambar|ilustrasi|caption)\s*:.*
    | \([^()]{1,40}\)\.? | \[[^\[\]]{0,40}\]
    | [\W_]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
# From such a line on, a saved page holds its comment form and what the site shows under it.
COMMENT_FORM = re.compile(
    r"tinggalkan\s+(?:balasan|komentar)|leave\s+a\s+(?:reply|comment)|beri\s+komentar", re.IGNORECASE
)
NOISE_SPANS = re.compile(r"[(\[]\s*(?:baca|simak|lihat|tonton)\s+(?:juga|pula)\s*:?[^()\[\]]*[)\]]", re.IGNORECASE)
COPYRIGHT = re.compile(
    r"(?:copyright|hak\s+cipta)\s*(?:©|\(c\))?\s*(?P<owner>[^\d©]*?)[\s,]*(?P<year>(?:19|20)\d\d)?\s*\.?", re.IGNORECASE
)

MAX_TITLE_LENGTH = 200
DATE_LINES = 8
LEAD_LINES = 3


def build_article(
    raw: str,
    *,
    id: str,
    path: str | None = None,
    title: str | None = None,
    source: str | None = None,
    url: str | None = None,
    published: str | None = None,
    place: str | None = None,
) -> Article:
    """Clean a raw text and find what it says of itself; given values win. Raises UnreadableError if no text stays."""
    if not id or len(id) > MAX_ID_LENGTH:
        raise UnreadableError(f"its id must have 1 to {MAX_ID_LENGTH} characters, and has {len(id)}")
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
    return Article(
        id=id,
        text=text,
        title=title,
        source=source or (dateline and dateline.source) or copyright_owner,
        url=url,
        published=published or stamp or dates.find_published(body[:LEAD_LINES], years) or copyright_year,
        place=place or (dateline and dateline.place) or None,
        path=path,
    )


def _folded(line: str) -> str:
    return " ".join(line.casefold().split()).rstrip(".")


def _find_copyright(lines: list[str]) -> tuple[str | None, str | None]:
    for line in lines:
        if found := COPYRIGHT.fullmatch(line):
            return found["owner"].strip(" ,.-") or None, found["year"]
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
    if first.startswith("# "):
        return first
    if len(first) > MAX_TITLE_LENGTH or first.endswith((".", ":", ",", ";", "”", '"')) or find_dateline(first):
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


_DASH = r"(?:\s*[–—]\s*|\s+-{1,2}\s*|-{1,2}\s+)"
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
    if bracketed := re.fullmatch(r"(?P<place>[^()]+?)\s*\((?P<source>[^()]+)\)", names):
        if not (_is_upper(bracketed["source"]) or _DOMAIN.fullmatch(bracketed["source"])):
            return None
        source, place = bracketed["source"], bracketed["place"]
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
