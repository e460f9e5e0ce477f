"""People's data in SQLite, apart from the articles: settings, sent answers and their buttons, feedback, open questions.

Kept little and kept private: what belongs to a person goes with `forget_person`, what is old with `forget_old`, and
the file is readable by its owner alone.
"""

import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from embeddings import Article, Quote, StoreUnusable

logger = logging.getLogger(__name__)

FILE_NAME = "chats.db"
SCHEMA_VERSION = 2
KEPT_FROM_VERSION_1 = """
CREATE TABLE settings(chat INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
-- Groups the bot has greeted.
CREATE TABLE groups(chat INTEGER PRIMARY KEY) STRICT;
CREATE TABLE wishes(
  person INTEGER NOT NULL,
  chat INTEGER NOT NULL,
  question TEXT NOT NULL,
  wished REAL NOT NULL,
  PRIMARY KEY (person, chat, question)
) STRICT;
CREATE TABLE registered(name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
"""
SCHEMA_OF_VERSION_2 = """
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
"""
# Version 1 numbered its answers and did not keep whose an unanswered question was: old answers get tokens that only
# their askers may use, and the list of unanswered questions, of which nobody could delete theirs, starts anew.
FROM_VERSION_1 = """
ALTER TABLE answers RENAME TO old_answers;
ALTER TABLE questions RENAME TO old_questions;
ALTER TABLE feedback RENAME TO old_feedback;
DROP INDEX answers_by_question;
DROP TABLE unanswered;
{schema}
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
"""
# How long a statement waits for another program that has the file locked, before it is tried again.
LOCK_TIMEOUT_SECONDS = 5.0
CHECKPOINT_TIMEOUT_MS = 200
# 96 random bits, more than anybody can try.
TOKEN_BYTES = 12


class ChatSettings(msgspec.Struct, frozen=True):
    """What a chat has chosen; None leaves the default for its kind."""

    language: str | None = None
    quotes: int | None = None
    on_mention: bool = True
    """In groups: answer when mentioned, not only to /tanya and replies."""
    only_asker_sees: bool = False
    quiet_from: int | None = None
    """Hours of the day between which answers make no sound."""
    quiet_until: int | None = None


class SentQuote(msgspec.Struct, frozen=True):
    """A quote as it was sent: where it stands, and its words, to be held against the article again."""

    article: str
    start: int
    end: int
    answer: tuple[int, int] | None
    score: float
    text: str

    @classmethod
    def of(cls, quote: Quote) -> "SentQuote":
        return cls(quote.article.id, quote.start, quote.end, quote.answer, quote.score, quote.text)

    def found_in(self, article: Article | None) -> Quote | None:
        """The quote, where the article still holds these very words in this place."""
        if article is None or article.text[self.start : self.end] != self.text:
            return None
        return Quote(article, self.start, self.end, self.answer, self.score)


class SentAnswer(msgspec.Struct, frozen=True):
    """What a card was made of, so that its buttons work after a restart."""

    question: str
    answered: bool
    quotes: tuple[SentQuote, ...]
    language: str
    per_page: int
    heads: tuple[str, ...] = ()
    """Plain lines above the quotes that articles tell: who holds the office that was asked for, which meetings."""
    typed: str | None = None
    """What the person wrote, where `question` was completed from the one before."""
    unnamed_office: str | None = None
    """The office asked for, where no article names anybody in it."""
    of_period: bool = False
    """Whether only a period that the question names was searched."""
    of_another: bool = False
    """Whether what it leaves out was taken from another person's question."""
    understood: tuple[str, ...] = ()
    """Plain lines above `heads` that repeat words of the question: how it was completed or spelt, which period."""

    def without_question(self) -> "SentAnswer":
        """The same quotes without a word of whoever asked, for somebody else to see."""
        return msgspec.structs.replace(
            self, question="", typed=None, unnamed_office=None, of_period=False, understood=()
        )


class StoredAnswer(msgspec.Struct, frozen=True):
    """A sent answer and where it stands."""

    id: int
    token: str
    chat: int
    asker: int
    everyone: bool
    """Whether it stood in a group, where all could see it."""
    original: int | None
    """The answer that this one is somebody's copy of."""
    message: int | None
    content: SentAnswer


class Pending(msgspec.Struct, frozen=True):
    """A question that no process has finished: the update it came in, and whether its answer may have been sent."""

    update_id: int
    content: str
    released: bool


class ChatsLocked(StoreUnusable):
    """Another program holds the file locked; nothing was changed, and the same call may be tried again."""


class Chats:
    """One SQLite file with two connections: reading never waits for another program, changing it may.

    Call the methods that change something from one thread at a time; they raise ChatsLocked after some seconds.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the database; raises StoreUnusable where that cannot be done."""
        self._path = path
        self._run = secrets.token_hex(8)
        self._legible = True
        """Whether deleted rows may still be legible in the file itself; a killed process may have left some."""
        self.traces = True
        """The same in the file or in its log."""
        try:
            _keep_private(path)
            self._changing = self._connect(LOCK_TIMEOUT_SECONDS)
            self._changing.execute("PRAGMA journal_mode = WAL")
            # Waiting for the disk with every message would hold up all others; a killed process loses nothing.
            self._changing.execute("PRAGMA synchronous = NORMAL")
            self._changing.execute("PRAGMA secure_delete = ON")
            # What it writes on the side holds people's words, too.
            os.environ.setdefault("SQLITE_TMPDIR", str(path.parent.resolve()))
            self._migrate()
            self._changing.execute("PRAGMA foreign_keys = ON")
            self._reading = self._connect(timeout=0.5)
            self._reading.execute("PRAGMA query_only = ON")
        except (sqlite3.DatabaseError, OSError) as error:
            raise StoreUnusable(
                f"{path} cannot be used ({error}). Check that the folder may be written; a damaged file may be moved "
                "away, which forgets the chats' settings."
            ) from error

    def _connect(self, timeout: float) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=timeout, isolation_level=None, check_same_thread=False)

    def _migrate(self) -> None:
        version = self._changing.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreUnusable(
                f"{self._path} was written by a newer wartabot (version {version}, this one knows {SCHEMA_VERSION}). "
                "Update wartabot, or choose another folder with --data."
            )
        if version == SCHEMA_VERSION:
            return
        steps = KEPT_FROM_VERSION_1 + SCHEMA_OF_VERSION_2
        if version == 1:
            steps = FROM_VERSION_1.format(schema=SCHEMA_OF_VERSION_2)
        self._changing.executescript(f"BEGIN; {steps} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")

    def close(self) -> None:
        self._reading.close()
        self._changing.close()

    # --- settings and groups ---

    def settings(self, chat: int) -> ChatSettings:
        row = self._one("SELECT content FROM settings WHERE chat = ?", chat)
        return msgspec.json.decode(row[0], type=ChatSettings) if row else ChatSettings()

    def change_settings(self, chat: int, **changes: Any) -> ChatSettings:
        """Change some settings of a chat and return all of them."""
        settings = msgspec.structs.replace(self.settings(chat), **changes)
        self._do("INSERT OR REPLACE INTO settings VALUES (?, ?)", chat, msgspec.json.encode(settings))
        return settings

    def greet(self, chat: int) -> bool:
        """Note that a group is greeted; False where it was before."""
        return self._do("INSERT OR IGNORE INTO groups VALUES (?)", chat) == 1

    def forget_chat(self, chat: int) -> None:
        """Delete all that is kept of a chat that the bot has left."""
        with self._forgetting() as database:
            _forget_chat(database, chat)

    def migrate(self, old: int, new: int) -> None:
        """Follow a group that has become a supergroup: another id, in which its messages have other numbers."""
        with self._transaction() as database:
            database.execute("UPDATE answers SET question_message = NULL, answer_message = NULL WHERE chat = ?", (old,))
            for table in ("settings", "groups", "answers", "wishes", "questions"):
                database.execute(f"UPDATE OR REPLACE {table} SET chat = ? WHERE chat = ?", (new, old))
            for table in ("answers", "questions", "unanswered"):
                # Anonymous administrators ask as the group itself.
                database.execute(f"UPDATE OR REPLACE {table} SET asker = ? WHERE asker = ?", (new, old))

    def forget_person(self, person: int) -> None:
        """Delete all that is kept of a person: the private chat, what was asked anywhere, feedback and wishes."""
        with self._forgetting() as database:
            _forget_chat(database, person)
            for table in ("answers", "questions", "unanswered"):
                database.execute(f"DELETE FROM {table} WHERE asker = ?", (person,))
            for table in ("feedback", "wishes"):
                database.execute(f"DELETE FROM {table} WHERE person = ?", (person,))

    def forget_old(self, days: int) -> None:
        """Delete answers, with their feedback, and questions that are older."""
        before = time.time() - days * 86400
        with self._forgetting() as database:
            database.execute("DELETE FROM answers WHERE sent < ?", (before,))
            database.execute("DELETE FROM questions WHERE received < ?", (before,))
            database.execute("DELETE FROM unanswered WHERE last_asked < ?", (before,))

    @contextmanager
    def _forgetting(self) -> Iterator[sqlite3.Connection]:
        """A transaction that deletes; `leave_no_trace` is due after it."""
        with self._transaction() as database:
            before = database.total_changes
            yield database
            self._legible = self._legible or database.total_changes > before
        self.traces = self.traces or self._legible

    def leave_no_trace(self) -> None:
        """Let no byte of what was deleted be left in the file or beside it; raises ChatsLocked while it is being read.

        `secure_delete` does not reach what SQLite has moved within its pages, so the file is written anew.
        """
        with self._errors_told():
            if self._legible:
                self._changing.execute("VACUUM")
                self._legible = False
            self._changing.execute(f"PRAGMA busy_timeout = {CHECKPOINT_TIMEOUT_MS}")
            try:
                busy, *_ = self._changing.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._changing.execute(f"PRAGMA busy_timeout = {int(1000 * LOCK_TIMEOUT_SECONDS)}")
        if busy:
            raise ChatsLocked(f"Another program reads {self._path}, whose log still holds what was deleted.")
        self.traces = False

    # --- each question at most once ---

    def receive(self, update_id: int, chat: int, asker: int, content: str) -> bool:
        """Take a question in; False where this process has it already or any process has answered it."""
        return (
            self._do(
                "INSERT INTO questions VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO UPDATE SET run = excluded.run "
                "WHERE update_content IS NOT NULL AND released IS NULL AND run != excluded.run",
                update_id, chat, asker, content, self._run, time.time(),
            )
            == 1
        )  # fmt: skip

    def release(self, update_id: int, unanswered: str | None = None) -> bool:
        """The answer is about to be sent, so the question is never answered again; False where it was before.

        `unanswered` is the question where no article answers it, for the operator.
        """
        with self._transaction() as database:
            released = database.execute(
                "UPDATE questions SET released = ? "
                "WHERE update_id = ? AND update_content IS NOT NULL AND released IS NULL",
                (time.time(), update_id),
            ).rowcount
            if released and unanswered is not None:
                database.execute(
                    "INSERT INTO unanswered SELECT asker, ?, 1, ? FROM questions WHERE update_id = ? "
                    "ON CONFLICT DO UPDATE SET times = times + 1, last_asked = excluded.last_asked",
                    (" ".join(unanswered.casefold().split()), time.time(), update_id),
                )
        return released == 1

    def take_back(self, update_id: int) -> None:
        """The answer has surely not been sent, so the question may be answered again."""
        self._do("UPDATE questions SET released = NULL WHERE update_id = ?", update_id)

    def finish(self, update_id: int) -> None:
        """Nothing more is to be done for this question."""
        self._do("UPDATE questions SET update_content = NULL WHERE update_id = ?", update_id)

    def pending(self) -> list[Pending]:
        """Questions that a process took in and did not finish, oldest first."""
        rows = self._all(
            "SELECT update_id, update_content, released IS NOT NULL FROM questions "
            "WHERE update_content IS NOT NULL AND run != ? ORDER BY update_id",
            self._run,
        )
        return [Pending(update_id, content, bool(released)) for update_id, content, released in rows]

    # --- answers and their buttons ---

    def save_answer(
        self,
        chat: int,
        asker: int,
        question_message: int | None,
        content: SentAnswer,
        everyone: bool = False,
        follows: int | None = None,
        update_id: int | None = None,
    ) -> StoredAnswer | None:
        """Store an answer before it is sent, with the token that its buttons carry.

        None where its question, taken in with `update_id`, was forgotten in the meantime.
        """
        return self._save(
            (chat, asker, everyone, None, follows, question_message, msgspec.json.encode(content)), update_id
        )

    def save_copy(self, person: int, original: StoredAnswer, content: SentAnswer) -> StoredAnswer | None:
        """Somebody's own card of an answer, the same one each time; None where the answer was forgotten."""
        source = original.original or original.id
        copy = self._answer("chat = ? AND asker = ? AND original = ? ORDER BY id DESC", person, person, source)
        if copy is not None and copy.content == content:
            return copy
        return self._save((person, person, False, source, None, None, msgspec.json.encode(content)), None)

    def _save(self, row: tuple[Any, ...], update_id: int | None) -> StoredAnswer | None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._errors_told():
            cursor = self._changing.execute(
                "INSERT INTO answers"
                "(token, chat, asker, everyone, original, follows, question_message, content, sent) "
                "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE "
                "(? IS NULL OR EXISTS (SELECT 1 FROM questions WHERE update_id = ? AND update_content IS NOT NULL)) "
                "AND (SELECT count(*) FROM answers WHERE id IN (?, ?)) = (? IS NOT NULL) + (? IS NOT NULL)",
                (token, *row, time.time(), update_id, update_id, *row[3:5], *row[3:5]),
            )
        return self.answer(token) if cursor.rowcount == 1 else None

    def replace_answer(self, answer: int, content: SentAnswer) -> None:
        """An edited question has another answer in the same message."""
        with self._transaction() as database:
            database.execute("UPDATE answers SET content = ? WHERE id = ?", (msgspec.json.encode(content), answer))
            database.execute("DELETE FROM feedback WHERE answer = ?", (answer,))

    def answer_sent(self, answer: int, message: int) -> None:
        self._do("UPDATE answers SET answer_message = ? WHERE id = ?", message, answer)

    def show_to_everyone(self, answer: int) -> bool:
        """An answer that only its asker saw is for all to see; False where it was before."""
        return self._do("UPDATE answers SET everyone = 1 WHERE id = ? AND everyone = 0", answer) == 1

    def hide_again(self, answer: int) -> None:
        """The answer could not be shown to everyone after all."""
        self._do("UPDATE answers SET everyone = 0 WHERE id = ?", answer)

    def answer(self, token: str) -> StoredAnswer | None:
        return self._answer("token = ?", token)

    def answer_to(self, chat: int, question_message: int) -> StoredAnswer | None:
        """The answer that a message got, for when the message is edited."""
        return self._answer("chat = ? AND question_message = ? ORDER BY id DESC", chat, question_message)

    def answer_in(self, chat: int, answer_message: int) -> StoredAnswer | None:
        """The answer that one of the bot's messages holds."""
        return self._answer("chat = ? AND answer_message = ? ORDER BY id DESC", chat, answer_message)

    def last_answer(self, chat: int, asker: int, minutes: float) -> StoredAnswer | None:
        """What this person was last answered in this chat, within so many minutes; a copy is nobody's question."""
        since = time.time() - 60 * minutes
        return self._answer(
            "chat = ? AND asker = ? AND sent >= ? AND original IS NULL ORDER BY id DESC", chat, asker, since
        )

    def _answer(self, condition: str, *values: float | str) -> StoredAnswer | None:
        row = self._one(
            "SELECT id, token, chat, asker, everyone, original, answer_message, content FROM answers "
            f"WHERE {condition}",
            *values,
        )
        if row is None:
            return None
        id, token, chat, asker, everyone, original, message, content = row
        return StoredAnswer(
            id, token, chat, asker, bool(everyone), original, message, msgspec.json.decode(content, type=SentAnswer)
        )

    def give_feedback(self, answer: int, person: int, kind: str, reason: str | None = None) -> None:
        """Note a vote ("good" or "bad", one of them) or a report ("wrong", with a reason)."""
        with self._transaction() as database:
            if kind in ("good", "bad"):
                database.execute(
                    "DELETE FROM feedback WHERE answer = ? AND person = ? AND kind IN ('good', 'bad')",
                    (answer, person),
                )
            # Forgotten in the meantime, the answer takes no feedback any more.
            database.execute(
                "INSERT OR REPLACE INTO feedback SELECT id, ?, ?, ?, ? FROM answers WHERE id = ?",
                (person, kind, reason, time.time(), answer),
            )

    def withdraw_report(self, answer: int, person: int) -> bool:
        """Take a person's report back; False where there is none."""
        return self._do("DELETE FROM feedback WHERE answer = ? AND person = ? AND kind = 'wrong'", answer, person) > 0

    def feedback(self, answer: int) -> list[tuple[int, str, str | None]]:
        """Person, kind and reason of every feedback on an answer."""
        return self._all("SELECT person, kind, reason FROM feedback WHERE answer = ? ORDER BY given", answer)

    def wish(self, answer: int, person: int, chat: int, question: str) -> None:
        """The asker of an answer wants to know when an article answers; nothing where it was forgotten."""
        self._do(
            "INSERT OR REPLACE INTO wishes SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM answers WHERE id = ?)",
            person, chat, question, time.time(), answer,
        )  # fmt: skip

    def wishes(self, person: int) -> list[str]:
        return [row[0] for row in self._all("SELECT question FROM wishes WHERE person = ? ORDER BY wished", person)]

    def unanswered(self) -> list[tuple[str, int]]:
        """Questions that no article answered, and how often each was asked, the most frequent first."""
        return self._all(
            "SELECT question, sum(times) FROM unanswered GROUP BY question "
            "ORDER BY sum(times) DESC, max(last_asked) DESC"
        )

    # --- what Telegram has been told ---

    def registered(self, name: str) -> str | None:
        row = self._one("SELECT content FROM registered WHERE name = ?", name)
        return row[0] if row else None

    def register(self, name: str, content: str) -> None:
        self._do("INSERT OR REPLACE INTO registered VALUES (?, ?)", name, content)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._errors_told():
            self._changing.execute("BEGIN IMMEDIATE")
            try:
                yield self._changing
                self._changing.execute("COMMIT")
            except BaseException:
                if self._changing.in_transaction:
                    self._changing.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise ChatsLocked(f"{self._path} is locked by another program; it is tried again.") from error
            raise StoreUnusable(f"{self._path} cannot be written: {error}.") from error

    def _do(self, statement: str, *values: Any) -> int:
        with self._errors_told():
            return self._changing.execute(statement, values).rowcount

    def _one(self, statement: str, *values: Any) -> Any:
        return self._reading.execute(statement, values).fetchone()

    def _all(self, statement: str, *values: Any) -> list[Any]:
        return self._reading.execute(statement, values).fetchall()


def _forget_chat(database: sqlite3.Connection, chat: int) -> None:
    for table in ("settings", "groups", "answers", "wishes", "questions"):
        database.execute(f"DELETE FROM {table} WHERE chat = ?", (chat,))
    # Anonymous administrators ask as the group itself.
    database.execute("DELETE FROM unanswered WHERE asker = ?", (chat,))


def _keep_private(path: Path) -> None:
    """Make the folder and the file readable by their owner alone, whatever they were before."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    try:
        path.parent.chmod(0o700)
        # SQLite gives the two files beside it the rights of the first one, but only when it makes them.
        for file in path.parent.glob(f"{path.name}*"):
            file.chmod(0o600)
    except PermissionError as error:
        logger.warning("%s belongs to another user, who can read people's questions in it: %s", path.parent, error)
