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
UPDATE articles SET key = article_key(id) WHERE key = '';
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
