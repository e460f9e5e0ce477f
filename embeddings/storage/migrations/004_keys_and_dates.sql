-- See article_key.
ALTER TABLE articles ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE INDEX articles_by_key ON articles(key);
CREATE INDEX articles_by_date ON articles(published DESC, id);
-- Articles that an older version stored, and that this one has yet to bring up to date.
CREATE TABLE outdated(article INTEGER PRIMARY KEY REFERENCES articles(number) ON DELETE CASCADE) STRICT;
INSERT INTO outdated SELECT number FROM articles;
