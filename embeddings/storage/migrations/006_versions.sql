-- At which characters pages begin, as JSON, where an article has pages; the address that it is recognised by (see
-- canonical_address).
ALTER TABLE articles ADD COLUMN pages TEXT;
ALTER TABLE articles ADD COLUMN address TEXT;
UPDATE articles SET address = canonical_address(CAST(url AS BLOB)) WHERE url IS NOT NULL;
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
