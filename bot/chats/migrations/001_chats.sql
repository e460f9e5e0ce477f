CREATE TABLE settings(chat INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
-- Groups the bot has greeted.
CREATE TABLE groups(chat INTEGER PRIMARY KEY) STRICT;
CREATE TABLE questions(
  update_id INTEGER PRIMARY KEY,
  update_content TEXT,
  run TEXT NOT NULL,
  received REAL NOT NULL
) STRICT;
CREATE TABLE answers(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat INTEGER NOT NULL,
  asker INTEGER NOT NULL,
  question_message INTEGER,
  answer_message INTEGER,
  content BLOB NOT NULL,
  sent REAL NOT NULL
) STRICT;
CREATE INDEX answers_by_question ON answers(chat, question_message);
CREATE TABLE feedback(
  answer INTEGER NOT NULL REFERENCES answers(id) ON DELETE CASCADE,
  person INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  given REAL NOT NULL,
  PRIMARY KEY (answer, person, kind)
) STRICT;
CREATE TABLE wishes(
  person INTEGER NOT NULL,
  chat INTEGER NOT NULL,
  question TEXT NOT NULL,
  wished REAL NOT NULL,
  PRIMARY KEY (person, chat, question)
) STRICT;
CREATE TABLE unanswered(question TEXT PRIMARY KEY, times INTEGER NOT NULL, last_asked REAL NOT NULL) STRICT;
-- What Telegram has been told: commands, descriptions.
CREATE TABLE registered(name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
