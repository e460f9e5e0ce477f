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
