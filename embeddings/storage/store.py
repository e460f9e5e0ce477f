"""The knowledge base in SQLite: articles, passages and embeddings; the only truth, from which the indexes derive."""

import logging
import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.errors import IndexMismatch, StoreUnusable
from embeddings.passages import Span
from embeddings.sources.files import Article
from embeddings.storage.stories import LEAST_ALIKE, bands, likeness, signature
from embeddings.topics.meetings.find import Meeting, find_meetings
from embeddings.topics.officials.find import Official, name_words, officials_of

logger = logging.getLogger(__name__)

FILE_NAME = "knowledge.db"
SCHEMA_VERSION = 4
MEETINGS_AND_STORIES_SCHEMA = """
-- The meetings that an article tells of: found in its text, and found again when the finding changes.
CREATE TABLE meetings(
  number INTEGER PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
  content BLOB NOT NULL
) STRICT;
CREATE INDEX meetings_by_article ON meetings(article);
CREATE TABLE meeting_regions(
  region TEXT NOT NULL,
  meeting INTEGER NOT NULL REFERENCES meetings(number) ON DELETE CASCADE,
  PRIMARY KEY (region, meeting)
) STRICT, WITHOUT ROWID;
CREATE INDEX meeting_regions_by_meeting ON meeting_regions(meeting);
-- Articles with the same text in other outlets have the same story.
CREATE TABLE stories(
  article INTEGER PRIMARY KEY REFERENCES articles(number) ON DELETE CASCADE,
  story INTEGER NOT NULL,
  signature BLOB NOT NULL
) STRICT;
CREATE INDEX stories_by_story ON stories(story);
CREATE TABLE story_bands(
  band INTEGER NOT NULL,
  article INTEGER NOT NULL REFERENCES stories(article) ON DELETE CASCADE,
  PRIMARY KEY (band, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_bands_by_article ON story_bands(article);
"""
OFFICIALS_SCHEMA = """
-- Who holds which office, as an article names it: found in its text, and found again when the finding changes.
CREATE TABLE officials(
  article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
  office TEXT NOT NULL,
  region TEXT NOT NULL,
  acting INTEGER NOT NULL,
  former INTEGER NOT NULL,
  -- In lower case, with a space before and behind it, so that a word of it can be looked for.
  name TEXT NOT NULL,
  name_start INTEGER NOT NULL,
  name_end INTEGER NOT NULL,
  office_start INTEGER NOT NULL,
  office_end INTEGER NOT NULL
) STRICT;
CREATE INDEX officials_by_office ON officials(region, office);
CREATE INDEX officials_by_article ON officials(article);
"""
SCHEMA = """
CREATE TABLE identity(only INTEGER PRIMARY KEY CHECK (only = 1), value TEXT NOT NULL) STRICT;
INSERT INTO identity VALUES (1, lower(hex(randomblob(8))));
CREATE TABLE encoder(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  name TEXT NOT NULL,
  dimension INTEGER NOT NULL
) STRICT;
CREATE TABLE articles(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  title TEXT,
  source TEXT,
  url TEXT,
  published TEXT,
  place TEXT,
  path TEXT,
  content_hash TEXT NOT NULL
) STRICT;
-- AUTOINCREMENT: an id is never given twice, so that an index can tell what it has seen.
CREATE TABLE passages(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  embedding BLOB NOT NULL
) STRICT;
CREATE INDEX passages_by_article ON passages(article);
CREATE TABLE removed_passages(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  passage INTEGER NOT NULL
) STRICT;
CREATE TRIGGER remember_removed_passages AFTER DELETE ON passages BEGIN
  INSERT INTO removed_passages(passage) VALUES (old.id);
END;
"""
KEYS_AND_DATES_SCHEMA = """
-- See article_key.
ALTER TABLE articles ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE INDEX articles_by_key ON articles(key);
CREATE INDEX articles_by_date ON articles(published DESC, id);
-- Articles that an older version stored, and that this one has yet to bring up to date.
CREATE TABLE outdated(article INTEGER PRIMARY KEY REFERENCES articles(number) ON DELETE CASCADE) STRICT;
INSERT INTO outdated SELECT number FROM articles;
"""
SCHEMAS = (SCHEMA, OFFICIALS_SCHEMA, MEETINGS_AND_STORIES_SCHEMA, KEYS_AND_DATES_SCHEMA)
"""What each version adds to the one before."""
# An article as it was stored, with the digest that it is held against.
ARTICLE_COLUMNS = "id, text, title, source, url, published, place, path, content_hash"
JOINED_COLUMNS = ", ".join(f"articles.{column}" for column in ARTICLE_COLUMNS.split(", "))
# What belongs to an article and does not fit it; NULL is no match either.
MISFITS = """
SELECT 1 FROM passages WHERE article = :number
  AND (0 <= start AND start < end AND end <= :length AND typeof(embedding) = 'blob'
  AND length(embedding) = coalesce(:embedding, length(embedding))) IS NOT TRUE
UNION ALL SELECT 1 FROM officials WHERE article = :number
  AND (0 <= name_start AND name_start < name_end AND name_end <= :length
  AND 0 <= office_start AND office_start < office_end AND office_end <= :length) IS NOT TRUE
"""
LOCK_TIMEOUT_SECONDS = 10.0
DAMAGED = (
    "the database is damaged ({message}). Move the file away and run wartabot index: it is built again from the "
    "articles' files."
)
ARTICLES_AT_ONCE = 100
_KEY = re.compile(r"[0-9a-f]{16}")
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?")


class Passage(msgspec.Struct, frozen=True):
    """A stretch of an article: start and end are character offsets into its text."""

    id: int
    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]


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


class Findings(msgspec.Struct, frozen=True):
    """What is found in an article's text and stored beside it."""

    officials: list[Official]
    meetings: list[Meeting]
    signature: bytes


def find_in(article: Article) -> Findings:
    """Find officials, meetings, and what its copies are recognised by."""
    return Findings(officials_of(article.text), find_meetings(article), signature(article.text))


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
            self._bring_up_to_date()
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

    def save(self, article: Article, passages: Sequence[Span], embeddings: NDArray[np.float32]) -> None:
        """Add an article or replace the one with its id; embeddings of shape (len(passages), dimension)."""
        if len(passages) != len(embeddings):
            raise ValueError(f"{article.id}: {len(passages)} passages but {len(embeddings)} embeddings")
        # Half precision halves the file; the cosine moves by less than 0.0001.
        blobs = [embedding.tobytes() for embedding in embeddings.astype(np.float16)]
        # Before the transaction, so that nobody waits for it.
        findings = find_in(article)
        with self._transaction() as database:
            database.execute("DELETE FROM articles WHERE id = ?", (article.id,))
            row = (
                article.id, article.text, article.title, article.source, article.url, article.published,
                article.place, article.path, article.content_hash(), article_key(article.id),
            )  # fmt: skip
            number = database.execute(
                f"INSERT INTO articles({ARTICLE_COLUMNS}, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row
            ).lastrowid
            database.executemany(
                "INSERT INTO passages(article, start, end, embedding) VALUES (?, ?, ?, ?)",
                ((number, start, end, blob) for (start, end), blob in zip(passages, blobs, strict=True)),
            )
            assert number is not None
            _save_findings(database, number, article, findings)
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

    def officials(
        self, offices: Sequence[str] = (), region: str | None = None, name: Sequence[str] = ()
    ) -> list[tuple[Article, Official]]:
        """Who is named for one of the offices, for a region, or with these words in the name; newest article first."""
        conditions = [
            *([f"office IN ({', '.join(f':office{number}' for number in range(len(offices)))})"] if offices else []),
            *(["region = :region"] if region else []),
            *(f"instr(name, :word{number}) > 0" for number in range(len(name))),
        ]
        values = {
            **{f"office{n}": office for n, office in enumerate(offices)},
            "region": region,
            **{f"word{n}": f" {word.casefold()} " for n, word in enumerate(name)},
        }
        query = (
            f"SELECT name_start, name_end, office_start, office_end, office, region, acting, former, {JOINED_COLUMNS} "
            f"FROM officials JOIN articles ON number = article WHERE {' AND '.join(conditions)} "
            "ORDER BY published DESC, articles.id, name_start"
        )
        found: list[tuple[Article, Official]] = []
        with self._errors_explained():
            seen: dict[object, Article | None] = {}
            for row in self._database.execute(query, values):
                official = Official(row[:2], row[2:4], row[4], row[5], bool(row[6]), bool(row[7]))
                article = self._intact(row[8:], seen)
                if article and self._lie_in(article, official.name, official.office_span):
                    found.append((article, official))
        return found

    def meetings(self, regions: Collection[str]) -> list[tuple[Article, Meeting]]:
        """The meetings held in, or by, all of these regions."""
        query = (
            f"SELECT content, {JOINED_COLUMNS} FROM meeting_regions JOIN meetings ON meetings.number = meeting "
            "JOIN articles ON articles.number = article "
            f"WHERE region IN ({', '.join('?' * len(regions))}) GROUP BY meeting HAVING count(*) = ?"
        )
        found: list[tuple[Article, Meeting]] = []
        with self._errors_explained():
            seen: dict[object, Article | None] = {}
            for content, *fields in self._database.execute(query, (*regions, len(regions))):
                if (article := self._intact(fields, seen)) is None:
                    continue
                if (meeting := _meeting_or_none(content)) is None:
                    self._report_damage(article.id, article.path)
                else:
                    found.append((article, meeting))
        return found

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
                if (article := self._intact(fields, seen)) and self._lie_in(article, (start, end)):
                    found[id] = Passage(id, article, start, end)
            return found

    def watermark(self) -> Watermark:
        """What an index that has seen everything has seen."""
        with self._errors_explained():
            row = self._database.execute(
                "SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'),"
                " (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'removed_passages')"
            )
            return Watermark(*row.fetchone())

    def embeddings_after(
        self, passage_id: int, batch_size: int = 4096
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Passages added since, oldest first, in batches: ids of shape (n,) and embeddings of shape (n, dimension)."""
        for rows in self._passage_rows("id, embedding", passage_id, batch_size):
            self._refuse_misshapen(rows)
            ids = np.array([row[0] for row in rows], dtype=np.int64)
            embeddings = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
            yield ids, embeddings.reshape(len(rows), -1).astype(np.float32)

    def passages_after(self, passage_id: int, batch_size: int = 4096) -> Iterator[dict[int, Passage | None]]:
        """Passages added since by id, oldest first, in batches; None for one whose article is damaged."""
        for rows in self._passage_rows("id", passage_id, batch_size):
            ids = [row[0] for row in rows]
            found = self.passages(ids)
            yield {id: found.get(id) for id in ids}

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
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreUnusable(
                f"{self.path} was written by a newer wartabot (data version {version}, this one knows "
                f"{SCHEMA_VERSION}). Update wartabot, or choose another folder with --data."
            )
        if version == SCHEMA_VERSION:
            return
        with self._transaction() as database:
            # Another process may have done it while this one waited for the lock.
            version = database.execute("PRAGMA user_version").fetchone()[0]
            for schema in SCHEMAS[version:]:
                for statement in _statements(schema):
                    database.execute(statement)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _bring_up_to_date(self) -> None:
        """Add to each outdated article what this version stores of one; after a kill, the next opening goes on."""
        query = (
            "SELECT number, EXISTS (SELECT 1 FROM stories WHERE stories.article = number), "
            f"{ARTICLE_COLUMNS} FROM outdated JOIN articles ON number = outdated.article LIMIT {ARTICLES_AT_ONCE}"
        )
        while rows := self._database.execute(query).fetchall():
            found = []
            for number, searched, *fields in rows:
                article = None if searched else self._intact(fields)
                found.append((number, article_key(str(fields[0])), article, article and find_in(article)))
            with self._transaction() as database:
                for number, key, article, findings in found:
                    # Another process may have done it meanwhile, or replaced the article.
                    if database.execute("DELETE FROM outdated WHERE article = ?", (number,)).rowcount == 0:
                        continue
                    database.execute("UPDATE articles SET key = ? WHERE number = ?", (key, number))
                    if article and findings:
                        database.execute("DELETE FROM officials WHERE article = ?", (number,))
                        _save_findings(database, number, article, findings)

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

    def _lie_in(self, article: Article, *spans: Sequence[Any]) -> bool:
        if all(type(n) is int for span in spans for n in span) and all(
            0 <= start < end <= len(article.text) for start, end in spans
        ):
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
        meetings = self._database.execute("SELECT content FROM meetings WHERE article = ?", (number,))
        misfit = self._database.execute(MISFITS, values).fetchone()
        return misfit is None and all(_meeting_or_none(content) for (content,) in meetings)

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

    @contextmanager
    def _errors_explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StoreUnusable(f"{self.path}: {_advice(error)}") from error
        # SQLite's own message holds what it found, which here is no text.
        except UnicodeDecodeError as error:
            raise StoreUnusable(f"{self.path}: {DAMAGED.format(message='its schema is no text')}") from error
        except OSError as error:
            raise StoreUnusable(
                f"{self.path} cannot be opened ({error.strerror or error}). Check that the folder exists and may be "
                "written, or choose another with --data."
            ) from error


def _save_findings(database: sqlite3.Connection, number: int, article: Article, findings: Findings) -> None:
    database.executemany(
        "INSERT INTO officials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                number,
                found.office,
                found.region,
                found.acting,
                found.former,
                f" {' '.join(name_words(article.text[slice(*found.name)]))} ",
                *found.name,
                *found.office_span,
            )
            for found in findings.officials
        ),
    )
    for meeting in findings.meetings:
        row = (number, msgspec.json.encode(meeting))
        saved = database.execute("INSERT INTO meetings(article, content) VALUES (?, ?)", row).lastrowid
        database.executemany(
            "INSERT INTO meeting_regions VALUES (?, ?)", ((region, saved) for region in meeting.regions)
        )
    _save_story(database, number, article.source, findings.signature)


def _save_story(database: sqlite3.Connection, number: int, source: str | None, own: bytes) -> None:
    """Note the article's signature, and the story of the most alike article of another outlet, or a new one."""
    own_bands = list(bands(own))
    candidates = database.execute(
        "SELECT DISTINCT story, signature FROM story_bands JOIN stories USING (article) "
        f"JOIN articles ON number = article WHERE band IN ({', '.join('?' * len(own_bands))}) AND source IS NOT ? "
        "AND typeof(signature) = 'blob' AND length(signature) = ?",
        (*own_bands, source, len(own)),
    )
    alike = max(((likeness(own, other), -story) for story, other in candidates), default=(0.0, 0))
    story = -alike[1] if alike[0] >= LEAST_ALIKE else number
    database.execute("INSERT INTO stories VALUES (?, ?, ?)", (number, story, own))
    database.executemany("INSERT INTO story_bands VALUES (?, ?)", ((band, number) for band in set(own_bands)))


def _meeting_or_none(content: Any) -> Meeting | None:
    try:
        return msgspec.json.decode(content, type=Meeting)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return None


def _date_or_none(published: object) -> str | None:
    """A date in a damaged row may be none."""
    return published if isinstance(published, str) and _DATE.fullmatch(published) else None


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _advice(error: sqlite3.DatabaseError) -> str:
    message = str(error)
    if "locked" in message:
        return (
            f"another process has held the database locked for {LOCK_TIMEOUT_SECONDS:.0f} s. Nothing was lost; wait "
            "for it to finish and try again."
        )
    if "full" in message:
        return "the disk is full. Nothing was lost; free some space and run the same command again."
    if "unable to open" in message or "readonly" in message:
        return f"{message}. Check that the folder exists and may be written, or choose another with --data."
    if "not a database" in message or "malformed" in message:
        return DAMAGED.format(message=message)
    return message
