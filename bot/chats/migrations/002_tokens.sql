-- Version 1 numbered its answers and did not keep whose an unanswered question was: old answers get tokens that only
-- their askers may use, and the list of unanswered questions, of which nobody could delete theirs, starts anew.
ALTER TABLE answers RENAME TO old_answers;
ALTER TABLE questions RENAME TO old_questions;
ALTER TABLE feedback RENAME TO old_feedback;
DROP INDEX answers_by_question;
DROP TABLE unanswered;
-- Each question once: `update_content` is the update as it came, until Telegram has confirmed the answer;
-- `released` is when the sending began.
CREATE TABLE questions(
  update_id INTEGER PRIMARY KEY,
  chat INTEGER NOT NULL,
  asker INTEGER NOT NULL,
  update_content TEXT,
  run TEXT NOT NULL,
  received REAL NOT NULL,
  released REAL
) STRICT;
-- `token` names an answer to the outside and cannot be guessed; `everyone` is whether it stood in a group for all to
-- see; `original` is the answer that this one is a copy of; `follows` is the one whose question it repeats.
CREATE TABLE answers(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE,
  chat INTEGER NOT NULL,
  asker INTEGER NOT NULL,
  everyone INTEGER NOT NULL,
  original INTEGER REFERENCES answers(id) ON DELETE SET NULL,
  follows INTEGER REFERENCES answers(id) ON DELETE CASCADE,
  question_message INTEGER,
  answer_message INTEGER,
  content BLOB NOT NULL,
  sent REAL NOT NULL
) STRICT;
CREATE INDEX answers_by_question ON answers(chat, question_message);
CREATE INDEX answers_by_original ON answers(original);
CREATE INDEX answers_by_followed ON answers(follows);
CREATE INDEX answers_by_asker ON answers(asker);
CREATE TABLE feedback(
  answer INTEGER NOT NULL REFERENCES answers(id) ON DELETE CASCADE,
  person INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  given REAL NOT NULL,
  PRIMARY KEY (answer, person, kind)
) STRICT;
-- What no article answered; who asked is kept only to be able to delete it.
CREATE TABLE unanswered(
  asker INTEGER NOT NULL,
  question TEXT NOT NULL,
  times INTEGER NOT NULL,
  last_asked REAL NOT NULL,
  PRIMARY KEY (asker, question)
) STRICT;
INSERT INTO answers SELECT
  id, lower(hex(randomblob(8))), chat, asker, 0, NULL, NULL, question_message, answer_message, content, sent
FROM old_answers;
INSERT INTO feedback SELECT * FROM old_feedback;
INSERT INTO questions SELECT
  update_id,
  coalesce(update_content ->> '$.message.chat.id', update_content ->> '$.edited_message.chat.id', 0),
  coalesce(update_content ->> '$.message.from.id', update_content ->> '$.edited_message.from.id', 0),
  update_content, run, received, NULL
FROM old_questions;
DROP TABLE old_feedback;
DROP TABLE old_answers;
DROP TABLE old_questions;
