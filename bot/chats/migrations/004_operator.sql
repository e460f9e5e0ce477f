-- What is counted of each day, for the operator: no question, no person.
CREATE TABLE counts(
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (day, kind, value)
) STRICT;
-- Feedback with a number that a report is named by; `page` is the first quote that was shown, `closed` is when the
-- operator was done with the report.
ALTER TABLE feedback RENAME TO old_feedback;
CREATE TABLE feedback(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  answer INTEGER NOT NULL REFERENCES answers(id) ON DELETE CASCADE,
  person INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  page INTEGER NOT NULL DEFAULT 0,
  given REAL NOT NULL,
  closed REAL,
  UNIQUE (answer, person, kind)
) STRICT;
INSERT INTO feedback(answer, person, kind, reason, given)
SELECT answer, person, kind, reason, given FROM old_feedback ORDER BY given;
DROP TABLE old_feedback;
-- What the operator writes to whoever reported; `released` is when the sending began, `arrived` whether it has.
CREATE TABLE replies(
  report INTEGER PRIMARY KEY REFERENCES feedback(id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  written REAL NOT NULL,
  released REAL,
  arrived INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Which weekly digests were sent to whom.
CREATE TABLE digests(
  administrator INTEGER NOT NULL,
  due TEXT NOT NULL,
  PRIMARY KEY (administrator, due)
) STRICT;
-- What administrators changed among the articles, each as it was before, so that it can be undone.
CREATE TABLE changes(
  token TEXT PRIMARY KEY,
  administrator INTEGER NOT NULL,
  content BLOB NOT NULL,
  made REAL NOT NULL
) STRICT;
