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
