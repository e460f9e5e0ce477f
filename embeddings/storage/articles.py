"""Articles as they were stored: each is held against its digest, and one that the disk has damaged counts as absent."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from embeddings.addresses import canonical_address
from embeddings.filter import EVERYTHING, Filter
from embeddings.storage.database import Database
from embeddings.storage.facts import FACT_COLUMNS, is_intact
from embeddings.storage.filtering import within
from embeddings.storage.schema import article_key
from embeddings.types import Article

# An article as it was stored, with the digest that it is held against.
ARTICLE_COLUMNS = "id, text, title, source, url, published, place, path, pages, content_hash"
JOINED_COLUMNS = ", ".join(f"articles.{column}" for column in ARTICLE_COLUMNS.split(", "))
# The first byte tells whether it is bytes at all.
PASSAGE_SIZES = 'SELECT start, "end", length(embedding), substr(embedding, 1, 1) FROM passages WHERE article = ?'
_KEY = re.compile(r"[0-9a-f]{16}")
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?")


class Summary(msgspec.Struct, frozen=True):
    """How many articles and passages there are, and the dates of the oldest and the newest article if any has one.

    `undated` are the articles that have none.
    """

    articles: int
    passages: int
    oldest: str | None
    newest: str | None
    undated: int = 0


class Outlet(msgspec.Struct, frozen=True):
    """An outlet (None where unknown), how many articles it has, and the date of the newest if any has one."""

    source: str | None
    articles: int
    newest: str | None


class KnownArticle(msgspec.Struct, frozen=True):
    """Where a stored article's file lies; None where it came from the web, or its address."""

    path: str | None

    @property
    def is_of_the_web(self) -> bool:
        """Whether no file was ever read for it."""
        return self.path is None or self.path.startswith(("https://", "http://"))

    @property
    def has_file(self) -> bool:
        """Whether there is a file of it still."""
        return self.path is not None and not self.is_of_the_web and Path(self.path).exists()


class Articles(Database):
    """The articles in a database, and how many there are."""

    def known_articles(self) -> dict[str, KnownArticle]:
        """Where every article lies, by article id."""
        with self._errors_explained():
            rows = self._database.execute("SELECT id, path FROM articles")
            return {id: KnownArticle(path) for id, path in rows}

    def ids_at(self, address: str) -> list[str]:
        """The ids of the articles that have this address (see canonical_address)."""
        with self._errors_explained():
            rows = self._database.execute("SELECT id FROM articles WHERE address = ? LIMIT 2", (address,))
            return [row[0] for row in rows]

    def holds(self, article: Article) -> bool:
        """Whether exactly this article is stored, and it and what was found in it are undamaged; its path apart."""
        with self._errors_explained():
            row = self._database.execute(
                f"SELECT number, key, {ARTICLE_COLUMNS} FROM articles WHERE id = ?", (article.id,)
            ).fetchone()
            return row is not None and row[-1] == article.content_hash() and self._is_whole(*row)

    def damaged(self) -> Iterator[str]:
        """The ids of the articles that are no longer what was stored, or whose findings are not."""
        with self._errors_explained():
            for row in self.engine.rows(f"SELECT number, key, {ARTICLE_COLUMNS} FROM articles ORDER BY number", ()):
                if not self._is_whole(*row):
                    yield str(row[2])

    def article(self, article_id: str) -> Article | None:
        """The article with this id; None where there is none, or where it is damaged."""
        try:
            return self._only("id = ?", article_id)
        except UnicodeEncodeError:
            # Typed in a terminal, an id may be no text at all.
            return None

    def articles(self, where: Filter = EVERYTHING) -> Iterator[Article]:
        """All articles that a filter lets through, newest first, those without a date last."""
        condition, values = within(where)
        with self._errors_explained():
            # The plus keeps SQLite to the order of dates, in which it need not go far: it would rather read all
            # articles that are let through, and sort them.
            query = (
                f"SELECT {ARTICLE_COLUMNS} FROM (SELECT *, +number AS article FROM articles) AS articles "
                f"WHERE {condition} ORDER BY published DESC NULLS LAST, id"
            )
            yield from filter(None, map(self._intact, self.engine.rows(query, values)))

    def outlets(self) -> list[Outlet]:
        """Every outlet with how many articles it has, those with most first; capitals tell no two outlets apart."""
        with self._errors_explained():
            # The spelling of the newest article comes last.
            query = (
                "SELECT source, count(*), max(published) FROM articles GROUP BY source "
                "ORDER BY max(published) NULLS FIRST, source"
            )
            outlets: dict[str, Outlet] = {}
            for source, articles, newest in self._database.execute(query):
                folded = str(source or "").lower()
                more = outlets[folded].articles if folded in outlets else 0
                outlets[folded] = Outlet(source, articles + more, _date_or_none(newest))
            return sorted(outlets.values(), key=lambda outlet: (-outlet.articles, outlet.source or ""))

    def article_by_key(self, key: str) -> Article | None:
        """The article whose id has this short key (see article_key); None where two share it, lest it be the other."""
        return self._only("key = ?", key) if _KEY.fullmatch(key) else None

    def article_at(self, url: str) -> Article | None:
        """The article of a web page, by any of the links to it (see canonical_address); None where there is none."""
        address = canonical_address(url if "://" in url else f"https://{url}")
        ids = self.ids_at(address) if address else []
        return next(filter(None, map(self.article, ids)), None)

    def titled(self, words: Sequence[str], most: int) -> list[Article]:
        """The newest articles in whose titles all of these words stand, in capitals or not; without a date last."""
        condition = " AND ".join(["instr(lower(title), ?) > 0"] * len(words)) or "FALSE"
        query = f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE {condition} ORDER BY published DESC NULLS LAST, id"
        with self._errors_explained():
            rows = self._database.execute(query, tuple(word.lower() for word in words))
            return list(islice(filter(None, map(self._intact, rows)), most))

    def newest(self, most: int, where: Filter = EVERYTHING) -> list[Article]:
        """The newest articles that a filter lets through, those without a date last."""
        return list(islice(self.articles(where), most))

    def copies(self, article_id: str) -> list[Article]:
        """The same story in other outlets, one of each, oldest first."""
        query = (
            f"SELECT {JOINED_COLUMNS} FROM articles AS one JOIN stories AS of_one ON of_one.article = one.number "
            "JOIN stories USING (story) JOIN articles ON articles.number = stories.article "
            "WHERE one.id = ? AND articles.source IS DISTINCT FROM one.source "
            "ORDER BY articles.published NULLS FIRST, articles.id"
        )
        with self._errors_explained():
            rows = self._database.execute(query, (article_id,))
            intact = filter(None, map(self._intact, reversed(rows.fetchall())))
            by_outlet = {article.source: article for article in intact}
            return list(reversed(by_outlet.values()))

    def of_story(self, article_id: str) -> set[str]:
        """The ids of all articles that tell the story of this one, its own among them."""
        query = (
            "SELECT articles.id FROM articles AS one JOIN stories AS of_one ON of_one.article = one.number "
            "JOIN stories USING (story) JOIN articles ON articles.number = stories.article WHERE one.id = ?"
        )
        with self._errors_explained():
            return {article_id, *(row[0] for row in self._database.execute(query, (article_id,)))}

    def summary(self) -> Summary:
        """How much the store holds."""
        with self._errors_explained():
            articles, passages, undated = self._counts()
            row = self._database.execute(
                "SELECT (SELECT min(published) FROM articles), (SELECT max(published) FROM articles)"
            )
            oldest, newest = map(_date_or_none, row.fetchone())
            return Summary(articles, passages, oldest, newest, undated)

    def _counts(self) -> tuple[int, int, int]:
        """How many articles, passages, and articles without a date there are."""
        kept: dict[str, Any] = dict(self._database.execute("SELECT name, number FROM counts").fetchall())
        articles, passages, undated = (kept.get(name, -1) for name in ("articles", "passages", "undated"))
        # Damaged, they may be anything.
        if not all(type(number) is int and number >= 0 for number in (articles, passages, undated)):
            articles, passages, undated = self._database.execute(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages),"
                " (SELECT count(*) FROM articles WHERE published IS NULL)"
            ).fetchone()
        return articles, passages, undated

    def _only(self, condition: str, value: str) -> Article | None:
        # PostgreSQL knows no such text.
        if "\0" in value:
            return None
        with self._errors_explained():
            rows = self._database.execute(f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE {condition}", (value,))
            found = rows.fetchall()
            return self._intact(found[0]) if len(found) == 1 else None

    def _intact(self, fields: Sequence[Any], seen: dict[object, Article | None] | None = None) -> Article | None:
        """The article in these ARTICLE_COLUMNS, None where it is damaged; `seen` saves checking one twice."""
        *columns, content_hash = fields
        seen = {} if seen is None else seen
        known = (columns[0], content_hash)
        if known not in seen:
            article = article_of(columns)
            seen[known] = article if article.content_hash() == content_hash else None
            if seen[known] is None:
                self._report_damage(article.id, article.path)
        return seen[known]

    def _is_whole(self, number: int, key: str, *fields: Any) -> bool:
        *columns, content_hash = fields
        article = article_of(columns)
        if article.content_hash() != content_hash or key != article_key(article.id):
            return False
        dimension = self._dimension()
        passages = self._database.execute(PASSAGE_SIZES, (number,)).fetchall()
        times = self._database.execute("SELECT first, last FROM times WHERE article = ?", (number,)).fetchall()
        facts = self._database.execute(f"SELECT {', '.join(FACT_COLUMNS)} FROM facts WHERE article = ?", (number,))
        return (
            all(_fits(passage, len(article.text), dimension and 2 * dimension) for passage in passages)
            and all(map(_is_day, chain.from_iterable(times)))
            and all(first <= last for first, last in times)
            and all(is_intact(content_hash, fact) for fact in facts)
        )


def article_of(columns: Sequence[Any]) -> Article:
    """The article in these ARTICLE_COLUMNS but for the last; pages that are damaged are none that an article has."""
    *fields, pages = columns
    try:
        fields.append(msgspec.json.decode(pages, type=tuple[int, ...]) if pages else ())
    except (msgspec.DecodeError, TypeError):
        fields.append((-1,))
    return Article(*fields)


def _fits(passage: Sequence[Any], length: int, embedding_length: int | None) -> bool:
    """Whether PASSAGE_SIZES are those of an article of so many characters; a damaged row may hold anything."""
    start, end, held, first = passage
    return (
        type(start) is int and type(end) is int and 0 <= start < end <= length
        and isinstance(first, bytes) and held == (embedding_length or held)
    )  # fmt: skip


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _date_or_none(published: object) -> str | None:
    """A date in a damaged row may be none."""
    return published if isinstance(published, str) and _DATE.fullmatch(published) else None
