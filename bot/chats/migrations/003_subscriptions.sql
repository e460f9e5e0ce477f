-- What a chat (a person's private one, or a group's topic; 0 is none) wants to hear of: articles that answer a question,
-- or that name a region. `minute` is that of the day on which it comes as a digest, NULL is at once; `look_back` is
-- whether the articles that there are have yet to be asked. `embedding`, `stems` and `regions` are what articles are compared
-- with, as made by `encoder`; `from_its_day` is whether the question names a time counted from `since`.
CREATE TABLE subscriptions(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat INTEGER NOT NULL,
  topic INTEGER NOT NULL,
  kind TEXT NOT NULL,
  words TEXT NOT NULL,
  language TEXT NOT NULL,
  minute INTEGER,
  since REAL NOT NULL,
  look_back INTEGER NOT NULL,
  stopped REAL,
  encoder TEXT,
  embedding BLOB,
  stems TEXT,
  regions TEXT,
  from_its_day INTEGER NOT NULL DEFAULT 0,
  UNIQUE (chat, topic, kind, words)
) STRICT;
-- An article that a subscription is to be told of, once for all its copies; `content` is the answer's, until it has
-- arrived; `alert` is the message that tells of it.
CREATE TABLE matches(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription INTEGER NOT NULL REFERENCES subscriptions(id) ON DELETE CASCADE,
  article TEXT NOT NULL,
  content BLOB,
  found REAL NOT NULL,
  alert INTEGER,
  UNIQUE (subscription, article)
) STRICT;
CREATE INDEX matches_waiting ON matches(subscription) WHERE alert IS NULL;
CREATE INDEX matches_by_alert ON matches(alert);
-- Each message once: `released` is when its sending began, `finished` whether Telegram has confirmed it, `offered`
-- whether the chat was told that it may be lost.
CREATE TABLE alerts(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat INTEGER NOT NULL,
  topic INTEGER NOT NULL,
  released REAL NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0,
  offered INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX alerts_by_chat ON alerts(chat, released);
-- Up to which passage of which store articles have been matched.
CREATE TABLE matched(store TEXT PRIMARY KEY, passage INTEGER NOT NULL) STRICT;
-- Those who waited for an answer are told in private from now on.
INSERT OR IGNORE INTO subscriptions(chat, topic, kind, words, language, since, look_back)
SELECT person, 0, 'question', question, 'id', wished, 1 FROM wishes ORDER BY wished;
DROP TABLE wishes;
