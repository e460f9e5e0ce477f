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
