"""What holds of reading for any bytes, headers, JSON and dates: `pytest --hypothesis-profile=long` looks for longer."""

import gzip
import json
import re
import tempfile
import unicodedata
from datetime import date, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from embeddings.indonesian.dates import (
    complete_date,
    find_dates,
    find_published,
    parse_date_line,
    parse_published,
    years_in,
)
from embeddings.sources.build import MAX_ID_LENGTH, MAX_NAME_LENGTH, MAX_TITLE_LENGTH, MAX_URL_LENGTH
from embeddings.sources.files import ArticleSettings, read_file
from embeddings.sources.refusals import Refusal
from embeddings.types import Article

SETTINGS = ArticleSettings(max_size_kb=4)
GOOD = "Rapat desa digelar hari Senin."
DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
# Format characters that are seen: Arabic signs that stand around numbers and verses.
SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]")

# What means something to some reader of files, beside any character at all.
marks = some.sampled_from(
    [
        *"\n\r\t \0\x1b\x85\u2028\u202e\u200b\ufeff\x07<>()[]{}:&*!|'\"\\/#-–©",
        "---\n", "+++\n", "id: ", "title: ", "published: ", "source = ", "<p>", "</p>", "<br>", "<b>", "\x1b[31m",
        "\x1b]0;", "Copyright 2023 ", "BANYUASIN, KABAR.COM – ", "Senin, 17 Juli 2023\n", "(13/7)", "(baca juga ",
        "Bagikan ", "x ", "Judul\n", "# ", GOOD, "\\u0000", "\\ud800", "https://", "2023-07-17", "e\u0301",
        "\U0001f468\u200d\U0001f469",
    ]
)  # fmt: skip
texts = some.lists(some.one_of(marks, some.text(max_size=8)), max_size=30).map("".join)
# Bytes as files have them: any, and texts of which some were damaged.
contents = some.one_of(
    some.binary(max_size=200),
    some.tuples(texts, some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])).map(
        lambda pair: pair[0].encode(pair[1], "replace")
    ),
    some.lists(some.one_of(texts.map(str.encode), some.binary(max_size=3)), max_size=8).map(b"".join),
)
values = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), texts),
    lambda inner: some.one_of(
        some.lists(inner, max_size=3), some.dictionaries(some.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ("title", "source", "url", "date", "published", "place")
json_lines = some.one_of(
    values.map(json.dumps),
    some.fixed_dictionaries(
        {"id": some.one_of(some.just("a"), values), "text": some.one_of(some.just(GOOD), texts)},
        optional={name: some.one_of(texts, texts, values) for name in FIELDS},
    ).map(json.dumps),
)
headers = some.lists(
    some.tuples(
        some.sampled_from(["id", *FIELDS, "tags"]), some.sampled_from([": ", " = ", ": |\n  ", ": ["]), texts
    ).map("".join),
    max_size=5,
).map("\n".join)


def check(name: str, content: bytes) -> None:
    """Read the content as a file: articles that are clean and bounded, or refusals, and nothing raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        for found in read_file(path, SETTINGS):
            if isinstance(found, Article):
                check_article(found)
            else:
                said = found.reason if isinstance(found, Refusal) else found.note
                assert said and "wartabot fails" not in said
                assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in said)


def check_article(article: Article) -> None:
    assert article.content_hash()
    assert 0 < len(article.text) <= SETTINGS.max_size_kb * 1024
    assert not unseen(article.text, allowed="\n\t")
    for field, most in (
        (article.id, MAX_ID_LENGTH),
        (article.title, MAX_TITLE_LENGTH),
        (article.source, MAX_NAME_LENGTH),
        (article.place, MAX_NAME_LENGTH),
        (article.url, MAX_URL_LENGTH),
    ):
        assert field is None or (0 < len(field) <= most and not unseen(field))
    assert not set(article.id) & {"/", "\\"}
    assert article.url is None or re.match(r"https?://[^\s/]", article.url, re.IGNORECASE)
    assert article.published is None or DATE.fullmatch(article.published)
    assert not re.search(r"</?(?:p|br|b|html)>", article.text)


def unseen(text: str, allowed: str = "") -> list[str]:
    return [
        character
        for character in text
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and character not in allowed
        and not SEEN.match(character)
    ]


@given(contents)
def test_any_bytes_are_an_article_or_refused(content: bytes) -> None:
    check("a.txt", content)


@given(some.sampled_from(["---", "+++"]), some.one_of(headers, texts), texts)
def test_any_header_is_read_as_text_or_refused(fence: str, header: str, text: str) -> None:
    check("a.md", f"{fence}\n{header}\n{fence}\n{GOOD}{text}".encode("utf-8", "replace"))


@given(some.lists(some.one_of(json_lines.map(str.encode), contents), max_size=6))
def test_any_lines_are_articles_or_refused(lines: list[bytes]) -> None:
    check("a.jsonl", b"\n".join(lines))


@given(
    some.one_of(some.binary(max_size=100), contents.map(gzip.compress)), some.integers(0, 100), some.binary(max_size=4)
)
def test_any_compressed_file_is_read_or_refused(content: bytes, at: int, damage: bytes) -> None:
    check("a.jsonl.gz", content[:at] + damage + content[at:])


pieces = some.sampled_from(
    """
    Senin jum'at ſelasa Minggu Jun\u0131 jul\u0130 Mei agu\u017ftus 17 31 0 99 2023 ２０２３ 1900 9999 / - . , ( )
    T t : 18 30 59.5 Z WIB wita +07:00 -23:59 +99 utc pukul pagi tanggal
    """.split()
)
spaces = some.sampled_from(["", " ", "\u00a0"])
date_texts = some.lists(some.one_of(pieces, spaces, some.text(max_size=2)), max_size=14).map("".join)
zones = some.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(date_texts, zones, some.lists(some.integers(1900, 2099), max_size=3))
def test_any_text_is_a_date_that_exists_or_none(text: str, zone: timezone, years: list[int]) -> None:
    for found in (parse_published(text, zone), parse_date_line(text), find_published([text], tuple(years))):
        assert found is None or date.fromisoformat(f"{found}-01-01"[:10])
    assert all(1900 <= year <= 2099 for year in years_in(text))


@given(date_texts, some.one_of(some.none(), some.dates(date(1900, 1, 1), date(2099, 12, 31)).map(str)), some.booleans())
def test_any_day_that_is_mentioned_is_completed_to_one_that_exists_or_to_none(
    text: str, published: str | None, ahead: bool
) -> None:
    for mention in find_dates(text):
        found = complete_date(mention, published, ahead)
        assert found is None or date.fromisoformat(found)


@given(some.datetimes(timezones=zones), zones)
def test_a_timestamp_is_dated_as_the_newsroom_had_it(moment, newsroom: timezone) -> None:  # type: ignore[no-untyped-def]
    moment = moment.replace(year=2000 + moment.year % 90, day=min(moment.day, 28))
    there = moment.astimezone(newsroom).date().isoformat()
    assert parse_published(moment.isoformat(), newsroom) == there
