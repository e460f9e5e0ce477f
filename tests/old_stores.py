"""Knowledge bases as older versions left them, with the schemas that those had."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from embeddings import Article, Store
from embeddings.indonesian.words import words_of
from embeddings.topics.meetings.find import find_meetings
from embeddings.topics.officials.find import officials_of

FIRST = """
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
SECOND = """
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
THIRD = """
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
FOURTH = """
-- See article_key.
ALTER TABLE articles ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE INDEX articles_by_key ON articles(key);
CREATE INDEX articles_by_date ON articles(published DESC, id);
-- Articles that an older version stored, and that this one has yet to bring up to date.
CREATE TABLE outdated(article INTEGER PRIMARY KEY REFERENCES articles(number) ON DELETE CASCADE) STRICT;
INSERT INTO outdated SELECT number FROM articles;
"""
FIFTH = """
-- What articles tell of, by topic; officials and meetings are found again, as these.
DROP TABLE officials;
DROP TABLE meeting_regions;
DROP TABLE meetings;
DROP TABLE outdated;
CREATE TABLE facts(
  number INTEGER PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  content BLOB NOT NULL,
  -- Of the article's own digest and of all that is stored of the fact.
  digest BLOB NOT NULL
) STRICT;
CREATE INDEX facts_by_article ON facts(article);
CREATE TABLE fact_keys(
  key TEXT NOT NULL,
  fact INTEGER NOT NULL REFERENCES facts(number) ON DELETE CASCADE,
  PRIMARY KEY (key, fact)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_keys_by_fact ON fact_keys(fact);
-- Which version of a topic's finder has gone through an article, whether it found anything or not.
CREATE TABLE findings(
  article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (article, topic)
) STRICT, WITHOUT ROWID;
-- When an article appeared and which times it names: found in its text. A filter asks by kind and days, hence the key.
CREATE TABLE times(
  kind TEXT NOT NULL,
  first TEXT NOT NULL,
  last TEXT NOT NULL,
  article INTEGER NOT NULL REFERENCES articles(number) ON DELETE CASCADE,
  PRIMARY KEY (kind, first, last, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX times_by_article ON times(article);
CREATE INDEX articles_by_source ON articles(source, published);
"""
SIXTH = """
-- At which characters pages begin, as JSON, where an article has pages; the address that it is recognised by (see
-- canonical_address).
ALTER TABLE articles ADD COLUMN pages TEXT;
ALTER TABLE articles ADD COLUMN address TEXT;
CREATE INDEX articles_by_address ON articles(address);
-- What articles were before they were changed: for the quotes that were sent of them, and never for answers. `article`
-- is the id that the article has now, `id` the one that it had then.
CREATE TABLE versions(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  article TEXT NOT NULL,
  id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  content BLOB NOT NULL
) STRICT;
CREATE INDEX versions_by_article ON versions(article);
CREATE INDEX versions_by_id ON versions(id);
CREATE INDEX versions_by_hash ON versions(content_hash);
"""
SEVENTH = """
-- How each of the sources that config.toml names fares: times are seconds since 1970, `failures` those in a row, and
-- `etag` and `modified` are what its server knows the listing by of which nothing is left to fetch.
CREATE TABLE sources(
  url TEXT PRIMARY KEY,
  tried INTEGER,
  succeeded INTEGER,
  failed INTEGER,
  error TEXT,
  failures INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  added INTEGER NOT NULL,
  etag TEXT,
  modified TEXT
) STRICT, WITHOUT ROWID;
-- What a source listed when it was last read: a link that is settled is fetched again only when its entry is another.
CREATE TABLE links(
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  entry TEXT NOT NULL,
  settled INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID;
"""
SCHEMAS = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH)
TABLES = {FIRST: ("articles", "passages"), THIRD: ("stories", "story_bands")}


def make_old_store(path: Path, version: int, articles: Sequence[Article]) -> None:
    """A knowledge base of version 1 to 7; one of the last three has yet to find its facts, as after an upgrade."""
    newer = path.with_suffix(".newer")
    store = Store(newer)
    for article in articles:
        store.save(article, [(0, len(article.text))], np.eye(1, 4, dtype=np.float32))
    store.close()
    with sqlite3.connect(path) as database:
        database.execute("ATTACH ? AS newer", (str(newer),))
        for schema in SCHEMAS[:version]:
            database.executescript(schema)
            for table in TABLES.get(schema, ()):
                columns = ", ".join(row[1] for row in database.execute(f"PRAGMA main.table_info({table})"))
                database.execute(f"INSERT INTO main.{table}({columns}) SELECT {columns} FROM newer.{table}")
        for number, article in enumerate(articles, 1):
            if 2 <= version <= 4:
                save_officials(database, number, article)
            if 3 <= version <= 4:
                save_meetings(database, number, article)
        if version >= 6:
            address = "(SELECT address FROM newer.articles AS a WHERE a.id = articles.id)"
            database.execute(f"UPDATE main.articles SET address = {address}")
        if version >= 4:
            database.execute("UPDATE articles SET key = (SELECT key FROM newer.articles AS a WHERE a.id = articles.id)")
        if version == 4:
            database.execute("DELETE FROM outdated")
        database.execute(f"PRAGMA main.user_version = {version}")
    database.close()
    newer.unlink()


def save_officials(database: sqlite3.Connection, number: int, article: Article) -> None:
    for found in officials_of(article.text):
        words = " ".join(words_of(article.text[slice(*found.name)]))
        kind = (found.office, found.region, found.acting, found.former, f" {words} ")
        row = (number, *kind, *found.name, *found.office_span)
        database.execute(f"INSERT INTO officials VALUES ({', '.join('?' * len(row))})", row)


def save_meetings(database: sqlite3.Connection, number: int, article: Article) -> None:
    for meeting in find_meetings(article):
        row = (number, msgspec.json.encode(meeting))
        saved = database.execute("INSERT INTO meetings(article, content) VALUES (?, ?)", row).lastrowid
        regions = [(region, saved) for region in meeting.regions]
        database.executemany("INSERT INTO meeting_regions VALUES (?, ?)", regions)
