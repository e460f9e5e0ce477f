"""The knowledge base in SQLite: articles, passages and embeddings; the only truth, from which the indexes derive."""

import logging
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.errors import IndexMismatch, StoreUnusable
from embeddings.filter import Filter
from embeddings.storage.facts import FACT_COLUMNS, Findings, is_intact, matching, save_findings
from embeddings.storage.failures import LOCK_TIMEOUT_SECONDS, errors_explained
from embeddings.storage.schema import SCHEMA_VERSION, migrate, version_of
from embeddings.storage.stories import has_story, save_story, signature
from embeddings.storage.times import save_times, times_of, within
from embeddings.types import Article, Passage, Span

logger = logging.getLogger(__name__)

FILE_NAME = "knowledge.db"
# An article as it was stored, with the digest that it is held against.
ARTICLE_COLUMNS = "id, text, title, source, url, published, place, path, content_hash"
JOINED_COLUMNS = ", ".join(f"articles.{column}" for column in ARTICLE_COLUMNS.split(", "))
# A passage that does not fit its article; NULL is no match either.
MISFITS = """
SELECT 1 FROM passages WHERE article = :number
  AND (0 <= start AND start < end AND end <= :length AND typeof(embedding) = 'blob'
  AND length(embedding) = coalesce(:embedding, length(embedding))) IS NOT TRUE
UNION ALL SELECT 1 FROM times WHERE article = :number
  AND (date(first) = first AND date(last) = last AND first <= last) IS NOT TRUE
"""
_KEY = re.compile(r"[0-9a-f]{16}")
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?")


class Watermark(msgspec.Struct, frozen=True, order=True):
    """How much of the store an index has seen: the last passage added and the last removal."""

    passage: int = 0
    removal: int = 0


class Summary(msgspec.Struct, frozen=True):
    """How many articles and passages there are, and the dates of the oldest and the newest article if any has one."""

    articles: int
    passages: int
    oldest: str | None
    newest: str | None


class Outlet(msgspec.Struct, frozen=True):
    """An outlet (None where unknown), how many articles it has, and the date of the newest if any has one."""

    source: str | None
    articles: int
    newest: str | None


def article_key(article_id: str) -> str:
    """A short name for an article that fits into a link: 16 hexadecimal digits."""
    return blake2b(article_id.encode(), digest_size=8).hexdigest()


class KnownArticle(msgspec.Struct, frozen=True):
    """Where a stored article's file lies."""

    path: str | None


class Store:
    """One SQLite file; each article is written in one transaction, whole or not at all.

    What comes back is what was stored: an article is held against its digest whenever it is read, and one that the disk
    has damaged counts as absent and is logged.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the database; raises StoreUnusable where that cannot be done."""
        self.path = path
        self._damaged: set[object] = set()
        self._told: set[str] = set()
        self._errors_explained = partial(errors_explained, path)
        with self._errors_explained():
            # People's data will lie beside the articles.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Used from one worker thread at a time, not always the one that opened it.
            self._database = sqlite3.connect(
                path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            # Damaged text must not stop the reading of the rest; it fails its article's digest.
            self._database.text_factory = lambda text: text.decode(errors="replace")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._migrate()
            # Told apart from another store that happens to have reached the same watermark.
            self.identity: str = self._database.execute("SELECT value FROM identity").fetchone()[0]

    def close(self) -> None:
        self._database.close()

    def claim(self, encoder_name: str, dimension: int) -> None:
        """Note which encoder the embeddings come from; raises IndexMismatch where it is another."""
        with self._errors_explained():
            row = self._database.execute("SELECT name, dimension FROM encoder").fetchone()
            if row is None:
                self._database.execute("INSERT OR IGNORE INTO encoder VALUES (1, ?, ?)", (encoder_name, dimension))
            elif row != (encoder_name, dimension):
                raise IndexMismatch(
                    f"{self.path} was built with the encoder {row[0]!r} ({row[1]} dimensions), but config.toml asks "
                    f"for {encoder_name!r} ({dimension}). Rebuild it: wartabot index --rebuild"
                )

    def known_articles(self) -> dict[str, KnownArticle]:
        """Where every article lies, by article id."""
        with self._errors_explained():
            rows = self._database.execute("SELECT id, path FROM articles")
            return {id: KnownArticle(path) for id, path in rows}

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
            for row in self._database.execute(f"SELECT number, key, {ARTICLE_COLUMNS} FROM articles"):
                if not self._is_whole(*row):
                    yield str(row[2])

    def save(
        self,
        article: Article,
        passages: Sequence[Span],
        embeddings: NDArray[np.float32],
        findings: Iterable[Findings] = (),
    ) -> None:
        """Add an article or replace the one with its id; embeddings of shape (len(passages), dimension)."""
        if len(passages) != len(embeddings):
            raise ValueError(f"{article.id}: {len(passages)} passages but {len(embeddings)} embeddings")
        # Half precision halves the file; the cosine moves by less than 0.0001.
        blobs = [embedding.tobytes() for embedding in embeddings.astype(np.float16)]
        # Before the transaction, so that nobody waits for it.
        content_hash, own, times = article.content_hash(), signature(article.text), times_of(article)
        with self._transaction() as database:
            database.execute("DELETE FROM articles WHERE id = ?", (article.id,))
            row = (
                article.id, article.text, article.title, article.source, article.url, article.published,
                article.place, article.path, content_hash, article_key(article.id),
            )  # fmt: skip
            number = database.execute(
                f"INSERT INTO articles({ARTICLE_COLUMNS}, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row
            ).lastrowid
            database.executemany(
                "INSERT INTO passages(article, start, end, embedding) VALUES (?, ?, ?, ?)",
                ((number, start, end, blob) for (start, end), blob in zip(passages, blobs, strict=True)),
            )
            assert number is not None
            for of_one_topic in findings:
                save_findings(database, number, content_hash, of_one_topic)
            save_story(database, number, article.source, own)
            save_times(database, number, times)
        self._damaged.discard(article.id)

    def move(self, article_id: str, path: str | None) -> None:
        """Note that an unchanged article now lies elsewhere."""
        with self._transaction() as database:
            database.execute("UPDATE articles SET path = ? WHERE id = ?", (path, article_id))

    def remove(self, article_id: str) -> None:
        with self._transaction() as database:
            database.execute("DELETE FROM articles WHERE id = ?", (article_id,))

    def article(self, article_id: str) -> Article | None:
        """The article with this id; None where there is none, or where it is damaged."""
        try:
            return self._only("id = ?", article_id)
        except UnicodeEncodeError:
            # Typed in a terminal, an id may be no text at all.
            return None

    def articles(self) -> Iterator[Article]:
        """All articles, newest first, those without a date last."""
        with self._errors_explained():
            # SQLite counts NULL as less than any date.
            query = f"SELECT {ARTICLE_COLUMNS} FROM articles ORDER BY published DESC, id"
            yield from filter(None, map(self._intact, self._database.execute(query)))

    def outlets(self) -> list[Outlet]:
        """Every outlet with how many articles it has, those with most first."""
        with self._errors_explained():
            rows = self._database.execute(
                "SELECT source, count(*), max(published) FROM articles GROUP BY source ORDER BY count(*) DESC, source"
            )
            return [Outlet(source, articles, _date_or_none(newest)) for source, articles, newest in rows]

    def article_by_key(self, key: str) -> Article | None:
        """The article whose id has this short key (see article_key); None where two share it, lest it be the other."""
        return self._only("key = ?", key) if _KEY.fullmatch(key) else None

    def newest(self, most: int) -> list[Article]:
        """The newest articles, those without a date last."""
        return list(islice(self.articles(), most))

    def facts(self, topic: str, *keys: str | Collection[str]) -> list[tuple[Article, bytes]]:
        """The contents of the topic's facts that have all of these keys, of a collection any; newest article first."""
        condition, values = matching(keys)
        query = (
            f"SELECT {', '.join(FACT_COLUMNS)}, {JOINED_COLUMNS} FROM facts "
            f"JOIN articles ON articles.number = facts.article WHERE facts.topic = ? AND {condition} "
            "ORDER BY published DESC, articles.id, facts.number"
        )
        found: list[tuple[Article, bytes]] = []
        with self._errors_explained():
            seen: dict[object, Article | None] = {}
            for row in self._database.execute(query, (topic, *values)):
                fact, fields = row[: len(FACT_COLUMNS)], row[len(FACT_COLUMNS) :]
                article = self._intact(fields, seen)
                if article and is_intact(fields[-1], fact):
                    found.append((article, fact[1]))
                elif article:
                    self._report_damage(article.id, article.path)
        return found

    def outdated(self, topic: str, version: str | None = None) -> list[str]:
        """The ids of the articles that the topic's finder, or this version of it, has not gone through."""
        query = (
            "SELECT id FROM articles WHERE number IN (SELECT number FROM articles EXCEPT "
            "SELECT article FROM findings WHERE topic = ? AND version = coalesce(?, version)) ORDER BY number"
        )
        with self._errors_explained():
            return [row[0] for row in self._database.execute(query, (topic, version))]

    def topics(self) -> set[str]:
        """The topics whose finders have gone through any article."""
        with self._errors_explained():
            return {row[0] for row in self._database.execute("SELECT DISTINCT topic FROM findings")}

    def renew(self, found: Sequence[tuple[Article, Findings]]) -> None:
        """Replace what the topics have of these articles, as far as the articles are stored as they are here."""
        with self._errors_explained():
            # Before the transaction, so that nobody waits for it.
            own = [None if has_story(self._database, article.id) else signature(article.text) for article, _ in found]
            times = [times_of(article) for article, _ in found]
        with self._transaction() as database:
            for (article, findings), signature_to_add, of_article in zip(found, own, times, strict=True):
                content_hash = article.content_hash()
                query = "SELECT number FROM articles WHERE id = ? AND content_hash = ?"
                # Another process may have replaced or removed it meanwhile.
                for (number,) in database.execute(query, (article.id, content_hash)).fetchall():
                    save_findings(database, number, content_hash, findings)
                    save_times(database, number, of_article)
                    if signature_to_add is not None:
                        save_story(database, number, article.source, signature_to_add)

    def copies(self, article_id: str) -> list[Article]:
        """The same story in other outlets, one of each, oldest first."""
        query = (
            f"SELECT {JOINED_COLUMNS} FROM articles AS one JOIN stories AS of_one ON of_one.article = one.number "
            "JOIN stories USING (story) JOIN articles ON articles.number = stories.article "
            "WHERE one.id = ? AND articles.source IS NOT one.source ORDER BY articles.published, articles.id"
        )
        with self._errors_explained():
            rows = self._database.execute(query, (article_id,))
            intact = filter(None, map(self._intact, reversed(rows.fetchall())))
            by_outlet = {article.source: article for article in intact}
            return list(reversed(by_outlet.values()))

    def summary(self) -> Summary:
        """How much the store holds."""
        with self._errors_explained():
            row = self._database.execute(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages),"
                " (SELECT min(published) FROM articles), (SELECT max(published) FROM articles)"
            )
            articles, passages, oldest, newest = row.fetchone()
            return Summary(articles, passages, _date_or_none(oldest), _date_or_none(newest))

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """The passages with these ids, by id; one that is gone is left out."""
        query = (
            f"SELECT passages.id, start, end, {JOINED_COLUMNS} FROM passages JOIN articles ON number = article "
            f"WHERE passages.id IN ({', '.join('?' * len(ids))})"
        )
        with self._errors_explained():
            seen: dict[object, Article | None] = {}
            found: dict[int, Passage] = {}
            for id, start, end, *fields in self._database.execute(query, tuple(ids)):
                if (article := self._intact(fields, seen)) and self._holds_span(article, start, end):
                    found[id] = Passage(id, article, start, end)
            return found

    def passages_within(self, where: Filter) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The ids of the passages that a filter lets through, and of each the number of its article; shapes (n,)."""
        condition, values = within(where)
        with self._errors_explained():
            rows = self._database.execute(f"SELECT id, article FROM passages WHERE {condition}", values)
            found = np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, 2)
            return found[:, 0], found[:, 1]

    def watermark(self) -> Watermark:
        """What an index that has seen everything has seen."""
        with self._errors_explained():
            row = self._database.execute(
                "SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'),"
                " (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'removed_passages')"
            )
            return Watermark(*row.fetchone())

    def had_articles(self) -> bool:
        """Whether an article was ever stored."""
        return self.watermark() != Watermark()

    def embeddings_after(
        self, passage_id: int, batch_size: int = 4096
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Passages added since, oldest first, in batches: ids of shape (n,) and embeddings of shape (n, dimension)."""
        for rows in self._passage_rows("id, embedding", passage_id, batch_size):
            self._refuse_misshapen(rows)
            ids = np.array([row[0] for row in rows], dtype=np.int64)
            embeddings = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
            yield ids, embeddings.reshape(len(rows), -1).astype(np.float32)

    def passages_after(
        self, passage_id: int, batch_size: int = 4096
    ) -> Iterator[list[tuple[int, int, Passage | None]]]:
        """Passages added since, oldest first, in batches: id, number of its article, None where that is damaged."""
        for rows in self._passage_rows("id, article", passage_id, batch_size):
            found = self.passages([id for id, _ in rows])
            yield [(id, article, found.get(id)) for id, article in rows]

    def removed_after(self, removal: int) -> list[int]:
        """The ids of the passages removed since."""
        with self._errors_explained():
            rows = self._database.execute("SELECT passage FROM removed_passages WHERE number > ?", (removal,))
            return [row[0] for row in rows]

    def check(self) -> str | None:
        """What SQLite finds wrong with the file, None where it finds nothing."""
        with self._errors_explained():
            result = str(self._database.execute("PRAGMA quick_check").fetchone()[0])
            return None if result == "ok" else result

    def _migrate(self) -> None:
        if version_of(self._database, self.path) < SCHEMA_VERSION:
            self._database.create_function("article_key", 1, lambda id: article_key(str(id)))
            with self._transaction() as database:
                # Another process may have done it while this one waited for the lock.
                migrate(database, self.path)

    def _passage_rows(self, columns: str, after: int, batch_size: int) -> Iterator[list[Any]]:
        query = f"SELECT {columns} FROM passages WHERE id > ? ORDER BY id LIMIT ?"
        with self._errors_explained():
            while rows := self._database.execute(query, (after, batch_size)).fetchall():
                yield rows
                if rows[-1][0] <= after:
                    # In a damaged tree of rows, the search for what follows can lead back.
                    raise sqlite3.DatabaseError("malformed order of passages")
                after = rows[-1][0]

    def _only(self, condition: str, value: str) -> Article | None:
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
            article = Article(*columns)
            seen[known] = article if article.content_hash() == content_hash else None
            if seen[known] is None:
                self._report_damage(article.id, article.path)
        return seen[known]

    def _holds_span(self, article: Article, start: object, end: object) -> bool:
        if type(start) is int and type(end) is int and 0 <= start < end <= len(article.text):
            return True
        self._report_damage(article.id, article.path)
        return False

    def _is_whole(self, number: int, key: str, *fields: Any) -> bool:
        *columns, content_hash = fields
        article = Article(*columns)
        if article.content_hash() != content_hash or key != article_key(article.id):
            return False
        dimension = self._dimension()
        values = {"number": number, "length": len(article.text), "embedding": dimension and 2 * dimension}
        facts = self._database.execute(f"SELECT {', '.join(FACT_COLUMNS)} FROM facts WHERE article = ?", (number,))
        misfit = self._database.execute(MISFITS, values).fetchone()
        return misfit is None and all(is_intact(content_hash, fact) for fact in facts)

    def _dimension(self) -> int | None:
        row = self._database.execute("SELECT dimension FROM encoder").fetchone()
        return int(row[0]) if row else None

    def _refuse_misshapen(self, rows: Sequence[tuple[int, Any]]) -> None:
        """Raise StoreUnusable for an embedding that is not as long as the others."""
        query = "SELECT articles.id, path FROM passages JOIN articles ON number = article WHERE passages.id = ?"
        with self._errors_explained():
            dimension = self._dimension() or len(rows[0][1] or b"") // 2
            for passage, embedding in rows:
                if not isinstance(embedding, bytes) or len(embedding) != 2 * dimension:
                    article_id, path = self._database.execute(query, (passage,)).fetchone() or (None, None)
                    raise StoreUnusable(
                        f"{self.path}: an embedding of the article {article_id!r} is damaged. Index it again from its "
                        f"file: wartabot index {path!r}"
                    )

    def tell_once(self, line: str) -> None:
        """Tell the operator what is wrong with the store, however often it is met."""
        if line not in self._told:
            self._told.add(line)
            logger.warning("%s: %s", self.path, line)

    def _report_damage(self, article_id: object, path: object) -> None:
        """Tell the operator once which article is damaged."""
        if article_id not in self._damaged:
            self._damaged.add(article_id)
            logger.error(
                "%s: the article %r is damaged: it, or what was found in it, is no longer what was stored, and is not "
                "shown. Index it again from its file: wartabot index %r", self.path, article_id, path,
            )  # fmt: skip

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._errors_explained():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                # A failed COMMIT on a full disk has rolled back already.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


def _date_or_none(published: object) -> str | None:
    """A date in a damaged row may be none."""
    return published if isinstance(published, str) and _DATE.fullmatch(published) else None
