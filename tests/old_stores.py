"""Knowledge bases as older versions left them, with the schemas that those had."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings import Article, Store

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

TABLES = {
    FIRST: ("articles", "passages"),
    SECOND: ("officials",),
    THIRD: ("meetings", "meeting_regions", "stories", "story_bands"),
}


def make_old_store(path: Path, version: int, articles: Sequence[Article]) -> None:
    """A knowledge base of version 1, 2 or 3."""
    newer = path.with_suffix(".newer")
    store = Store(newer)
    for article in articles:
        store.save(article, [(0, len(article.text))], np.eye(1, 4, dtype=np.float32))
    store.close()
    with sqlite3.connect(path) as database:
        database.execute("ATTACH ? AS newer", (str(newer),))
        for schema in (FIRST, SECOND, THIRD)[:version]:
            database.executescript(schema)
            for table in TABLES[schema]:
                columns = ", ".join(row[1] for row in database.execute(f"PRAGMA main.table_info({table})"))
                database.execute(f"INSERT INTO main.{table}({columns}) SELECT {columns} FROM newer.{table}")
        database.execute(f"PRAGMA main.user_version = {version}")
    database.close()
    newer.unlink()
