"""People's data in SQLite, apart from the articles: settings, sent answers and their buttons, feedback, open questions.

Kept little and kept private: what belongs to a person goes with `forget_person`, what is old with `forget_old`.
"""

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from embeddings import Article, Quote, StoreUnusable

FILE_NAME = "chats.db"
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE settings(chat INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
-- Groups the bot has greeted.
CREATE TABLE groups(chat INTEGER PRIMARY KEY) STRICT;
-- Each question once: `update_content` is the update as it came, until the answer is on its way.
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
-- What no article answered, for the operator; without who asked.
CREATE TABLE unanswered(question TEXT PRIMARY KEY, times INTEGER NOT NULL, last_asked REAL NOT NULL) STRICT;
CREATE TABLE registered(name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
"""


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
    """Plain lines above the quotes: what was understood, and who holds the office that was asked for."""
    typed: str | None = None
    """What the person wrote, where `question` was completed from the one before."""
    unnamed_office: str | None = None
    """The office asked for, where no article names anybody in it."""
    of_period: bool = False
    """Whether only a period that the question names was searched."""


class StoredAnswer(msgspec.Struct, frozen=True):
    """A sent answer and where it stands."""

    id: int
    chat: int
    asker: int
    message: int | None
    content: SentAnswer


class Chats:
    """One SQLite file, used from the event loop: each statement takes well under a millisecond."""

    def __init__(self, path: Path) -> None:
        """Open or create the database; raises StoreUnusable where that cannot be done."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._lock = threading.Lock()
            self._run = secrets.token_hex(8)
            self._database.execute("PRAGMA journal_mode = WAL")
            # Waiting for the disk with every message would hold up all others; a killed process loses nothing.
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._database.execute("PRAGMA secure_delete = ON")
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise StoreUnusable(
                    f"{path} was written by a newer wartabot (version {version}, this one knows {SCHEMA_VERSION}). "
                    "Update wartabot, or choose another folder with --data."
                )
            if version == 0:
                self._database.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        except (sqlite3.DatabaseError, OSError) as error:
            raise StoreUnusable(
                f"{path} cannot be used ({error}). Check that the folder may be written; a damaged file may be moved "
                "away, which forgets the chats' settings."
            ) from error

    def close(self) -> None:
        self._database.close()

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
        for table in ("settings", "groups", "answers", "wishes"):
            self._do(f"DELETE FROM {table} WHERE chat = ?", chat)

    def migrate(self, old: int, new: int) -> None:
        """Follow a group that has become a supergroup and so has another id."""
        for table in ("settings", "groups", "answers", "wishes"):
            self._do(f"UPDATE OR REPLACE {table} SET chat = ? WHERE chat = ?", new, old)

    def forget_person(self, person: int) -> None:
        """Delete all that is kept of a person: the private chat, what was asked anywhere, feedback and wishes."""
        self.forget_chat(person)
        self._do("DELETE FROM answers WHERE asker = ?", person)
        self._do("DELETE FROM feedback WHERE person = ?", person)
        self._do("DELETE FROM wishes WHERE person = ?", person)

    def forget_old(self, days: int) -> None:
        """Delete answers, with their feedback, and questions that are older."""
        before = time.time() - days * 86400
        self._do("DELETE FROM answers WHERE sent < ?", before)
        self._do("DELETE FROM questions WHERE received < ?", before)

    # --- each question at most once ---

    def receive(self, update_id: int, content: str) -> bool:
        """Take a question in; False where this process has it already or any process has answered it."""
        return (
            self._do(
                "INSERT INTO questions VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET run = excluded.run "
                "WHERE update_content IS NOT NULL AND run != excluded.run",
                update_id, content, self._run, time.time(),
            )
            == 1
        )  # fmt: skip

    def release(self, update_id: int) -> bool:
        """The answer is about to be sent, so the question is never answered again; False where it was before."""
        return (
            self._do(
                "UPDATE questions SET update_content = NULL WHERE update_id = ? AND update_content IS NOT NULL",
                update_id,
            )
            == 1
        )

    def unreleased(self) -> list[tuple[int, str]]:
        """Questions that a process took in and did not come to answer, oldest first."""
        return self._all(
            "SELECT update_id, update_content FROM questions WHERE update_content IS NOT NULL ORDER BY update_id"
        )

    # --- answers and their buttons ---

    def save_answer(self, chat: int, asker: int, question_message: int | None, content: SentAnswer) -> int:
        """Store an answer before it is sent, and return the id that its buttons carry."""
        with self._statement(
            "INSERT INTO answers(chat, asker, question_message, content, sent) VALUES (?, ?, ?, ?, ?)",
            (chat, asker, question_message, msgspec.json.encode(content), time.time()),
        ) as cursor:
            assert cursor.lastrowid is not None
            return cursor.lastrowid

    def replace_answer(self, answer: int, content: SentAnswer) -> None:
        """An edited question has another answer in the same message."""
        self._do("UPDATE answers SET content = ? WHERE id = ?", msgspec.json.encode(content), answer)
        self._do("DELETE FROM feedback WHERE answer = ?", answer)

    def answer_sent(self, answer: int, message: int) -> None:
        self._do("UPDATE answers SET answer_message = ? WHERE id = ?", message, answer)

    def answer(self, answer: int) -> StoredAnswer | None:
        return self._answer("id = ?", answer)

    def answer_to(self, chat: int, question_message: int) -> StoredAnswer | None:
        """The answer that a message got, for when the message is edited."""
        return self._answer("chat = ? AND question_message = ? ORDER BY id DESC", chat, question_message)

    def answer_in(self, chat: int, answer_message: int) -> StoredAnswer | None:
        """The answer that one of the bot's messages holds."""
        return self._answer("chat = ? AND answer_message = ? ORDER BY id DESC", chat, answer_message)

    def last_answer(self, chat: int, asker: int, minutes: float) -> StoredAnswer | None:
        """What this person was last answered in this chat, within so many minutes."""
        since = time.time() - 60 * minutes
        return self._answer("chat = ? AND asker = ? AND sent >= ? ORDER BY id DESC", chat, asker, since)

    def _answer(self, condition: str, *values: float) -> StoredAnswer | None:
        row = self._one(f"SELECT id, chat, asker, answer_message, content FROM answers WHERE {condition}", *values)
        if row is None:
            return None
        id, chat, asker, message, content = row
        return StoredAnswer(id, chat, asker, message, msgspec.json.decode(content, type=SentAnswer))

    def give_feedback(self, answer: int, person: int, kind: str, reason: str | None = None) -> None:
        """Note a vote ("good" or "bad", one of them) or a report ("wrong", perhaps with a reason)."""
        if kind in ("good", "bad"):
            self._do("DELETE FROM feedback WHERE answer = ? AND person = ? AND kind IN ('good', 'bad')", answer, person)
        self._do("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?)", answer, person, kind, reason, time.time())

    def feedback(self, answer: int) -> list[tuple[int, str, str | None]]:
        """Person, kind and reason of every feedback on an answer."""
        return self._all("SELECT person, kind, reason FROM feedback WHERE answer = ? ORDER BY given", answer)

    def wish(self, person: int, chat: int, question: str) -> None:
        """Someone wants to know when an article answers."""
        self._do("INSERT OR REPLACE INTO wishes VALUES (?, ?, ?, ?)", person, chat, question, time.time())

    def wishes(self, person: int) -> list[str]:
        return [row[0] for row in self._all("SELECT question FROM wishes WHERE person = ? ORDER BY wished", person)]

    def note_unanswered(self, question: str) -> None:
        self._do(
            "INSERT INTO unanswered VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET times = times + 1, last_asked = ?",
            " ".join(question.casefold().split()), time.time(), time.time(),
        )  # fmt: skip

    def unanswered(self) -> list[tuple[str, int]]:
        """Questions that no article answered, and how often each was asked, the most frequent first."""
        return self._all("SELECT question, times FROM unanswered ORDER BY times DESC, last_asked DESC")

    # --- what Telegram has been told ---

    def registered(self, name: str) -> str | None:
        row = self._one("SELECT content FROM registered WHERE name = ?", name)
        return row[0] if row else None

    def register(self, name: str, content: str) -> None:
        self._do("INSERT OR REPLACE INTO registered VALUES (?, ?)", name, content)

    @contextmanager
    def _statement(self, statement: str, values: tuple[Any, ...]) -> Iterator[sqlite3.Cursor]:
        with self._lock:
            yield self._database.execute(statement, values)

    def _do(self, statement: str, *values: Any) -> int:
        with self._statement(statement, values) as cursor:
            return cursor.rowcount

    def _one(self, statement: str, *values: Any) -> Any:
        with self._statement(statement, values) as cursor:
            return cursor.fetchone()

    def _all(self, statement: str, *values: Any) -> list[Any]:
        with self._statement(statement, values) as cursor:
            return cursor.fetchall()
