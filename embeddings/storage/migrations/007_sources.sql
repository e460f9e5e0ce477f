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
