"""People's data in one place: settings, open questions, sent answers, feedback; and how all of it is forgotten.

Kept little and kept private: what belongs to a person goes with `forget_person`, what is old with `forget_old`, and
the file is readable by its owner alone.
"""

import time
from datetime import UTC, datetime
from pathlib import Path

from bot.chats.administration import Administration
from bot.chats.alerts import Alerts
from bot.chats.answers import Answers
from bot.chats.counts import Counts
from bot.chats.database import Database
from bot.chats.feedback import Feedback
from bot.chats.postgresql import PostgreSQLDatabase
from bot.chats.questions import Pending, Questions
from bot.chats.reports import Reports
from bot.chats.settings import Settings
from bot.chats.sqlite import SQLiteDatabase
from bot.chats.subscriptions import UNDO_SECONDS, Subscriptions
from bot.chats.workers import SECONDS_OF_PATIENCE, Workers
from embeddings import Connection, StoreUnusable

FILE_NAME = "chats.db"
REGISTER = "INSERT INTO registered VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content"
# What a group has takes the place of the same in the supergroup that it becomes.
REPLACED_BY_MIGRATION = (
    "DELETE FROM settings WHERE chat = :new AND EXISTS (SELECT 1 FROM settings WHERE chat = :old)",
    "DELETE FROM groups WHERE chat = :new AND EXISTS (SELECT 1 FROM groups WHERE chat = :old)",
    "DELETE FROM unanswered WHERE asker = :new AND question IN (SELECT question FROM unanswered WHERE asker = :old)",
    # Of the same in several of its topics, the newest stays.
    "DELETE FROM subscriptions WHERE EXISTS (SELECT 1 FROM subscriptions AS other WHERE other.chat = :old "
    "AND other.kind = subscriptions.kind AND other.words = subscriptions.words "
    "AND (subscriptions.chat = :new AND subscriptions.topic = 0 "
    "OR subscriptions.chat = :old AND subscriptions.id < other.id))",
)


class Chats:
    """One database, a part for each subject, and what concerns a chat or a person as a whole."""

    def __init__(self, path: Path, timezone: str = "Asia/Jakarta", url: str = "") -> None:
        """Open or create the file, or connect to PostgreSQL where a URL is given; raises StoreUnusable.

        What is counted a day is counted in the newsroom's time zone.
        """
        self.database: Database = PostgreSQLDatabase(url) if url else SQLiteDatabase(path)
        self.workers = Workers(self.database)
        self.settings = Settings(self.database)
        self.counts = Counts(self.database, timezone)
        self.questions = Questions(self.database, self.counts, self.workers.run)
        self.answers = Answers(self.database)
        self.feedback = Feedback(self.database, self.counts)
        self.reports = Reports(self.database)
        self.administration = Administration(self.database)
        self.subscriptions = Subscriptions(self.database)
        self.alerts = Alerts(self.database, self.workers.run)

    def close(self) -> None:
        self.database.close()

    def take_over(self) -> list[Pending]:
        """Say that this process is at work, and take over what others have left that are no more, each thing once.

        To be called at the start, and then every BEAT_SECONDS; returns the questions among it, oldest first.
        """
        questions: list[Pending] = []
        with self.database.transaction() as connection:
            self.workers.beat(connection)
            for run in self.workers.gone(connection):
                self.alerts.take_over(connection, run)
                questions += self.questions.take_over(connection, run)
        return sorted(questions, key=lambda question: question.update_id)

    def claim(self, bot: str) -> None:
        """Note which bot the chats are of, by the number that its token begins with, and that this process is at work.

        Raises StoreUnusable where another one is at work on them: each would take the other's questions for its own.
        """
        if not self.database.shared and self.registered("bot") == bot:
            return
        with self.database.transaction(alone=True) as connection:
            noted = connection.execute("SELECT content FROM registered WHERE name = 'bot'").fetchone()
            if noted is not None and noted[0] != bot:
                if self.workers.others(connection):
                    raise StoreUnusable(
                        f"{self.database.name} is at work for the bot {noted[0]}, and the token is that of the bot "
                        f"{bot}. Give each bot a database of its own, or stop all processes of the other one first."
                    )
                # Nothing of that was told Telegram of this one.
                connection.execute("DELETE FROM registered")
            connection.execute(REGISTER, ("bot", bot))
            self.workers.beat(connection)

    def refuse_if_at_work(self) -> None:
        """Raise StoreUnusable where processes are at work on a database that several may share."""
        with self.database.transaction() as connection:
            if others := self.workers.others(connection):
                raise StoreUnusable(
                    f"{self.database.name} is what {others} running processes of the bot work on (those that were "
                    "killed count for half a minute). Stop them first; nothing was changed."
                )

    def greet(self, chat: int) -> bool:
        """Note that a group is greeted; False where it was before."""
        return self.database.do("INSERT INTO groups VALUES (?) ON CONFLICT DO NOTHING", chat) == 1

    def registered(self, name: str) -> str | None:
        """What Telegram was told under this name: commands, descriptions."""
        row = self.database.one("SELECT content FROM registered WHERE name = ?", name)
        return row[0] if row else None

    def registered_names(self, beginning: str) -> list[str]:
        """The names that begin so, under which Telegram was told something."""
        rows = self.database.all("SELECT name FROM registered WHERE substr(name, 1, ?) = ?", len(beginning), beginning)
        return [row[0] for row in rows]

    def register(self, name: str, content: str) -> None:
        """Note what Telegram was told."""
        self.database.do(REGISTER, name, content)

    def migrate(self, old: int, new: int) -> None:
        """Follow a group that has become a supergroup: another id, in which its messages have other numbers."""
        with self.database.transaction(alone=True) as connection:
            connection.execute(
                "UPDATE answers SET question_message = NULL, answer_message = NULL WHERE chat = ?", (old,)
            )
            for statement in REPLACED_BY_MIGRATION:
                connection.execute(statement, {"old": old, "new": new})
            for table in ("settings", "groups", "answers", "questions"):
                connection.execute(f"UPDATE {table} SET chat = ? WHERE chat = ?", (new, old))
            for table in ("subscriptions", "alerts"):
                # Numbers of topics mean others in the new chat.
                connection.execute(f"UPDATE {table} SET chat = ?, topic = 0 WHERE chat = ?", (new, old))
            for table in ("answers", "questions", "unanswered"):
                # Anonymous administrators ask as the group itself.
                connection.execute(f"UPDATE {table} SET asker = ? WHERE asker = ?", (new, old))

    def forget_chat(self, chat: int) -> None:
        """Delete all that is kept of a chat that the bot has left."""
        with self.database.forgetting() as connection:
            _forget_chat(connection, chat)

    def forget_person(self, person: int) -> None:
        """Delete all that is kept of a person: the private chat, what was asked anywhere, feedback, administration."""
        with self.database.forgetting() as connection:
            _forget_chat(connection, person)
            for table in ("answers", "questions", "unanswered"):
                connection.execute(f"DELETE FROM {table} WHERE asker = ?", (person,))
            connection.execute("DELETE FROM feedback WHERE person = ?", (person,))
            for table in ("changes", "digests"):
                connection.execute(f"DELETE FROM {table} WHERE administrator = ?", (person,))
            # That Telegram was told to show an administrator's commands.
            names = f"commands chat {person} "
            connection.execute("DELETE FROM registered WHERE substr(name, 1, ?) = ?", (len(names), names))

    def forget_old(self, days: int) -> None:
        """Delete answers, with their feedback, questions and alerts that are older, and what was stopped a day ago."""
        before = time.time() - days * 86400
        with self.database.forgetting() as connection:
            connection.execute("DELETE FROM answers WHERE sent < ?", (before,))
            connection.execute("DELETE FROM questions WHERE received < ?", (before,))
            connection.execute("DELETE FROM unanswered WHERE last_asked < ?", (before,))
            connection.execute("DELETE FROM changes WHERE made < ?", (before,))
            connection.execute(
                "DELETE FROM digests WHERE due < ?", (str(datetime.fromtimestamp(before - 86400, UTC).date()),)
            )
            connection.execute(f"DELETE FROM workers WHERE seen < {self.database.clock} - {SECONDS_OF_PATIENCE}")
            connection.execute("DELETE FROM subscriptions WHERE stopped < ?", (time.time() - UNDO_SECONDS,))
            # That an article was told of is known as long as it is subscribed to.
            connection.execute("DELETE FROM alerts WHERE released < ?", (before,))
            connection.execute(
                "UPDATE matches SET content = NULL WHERE content IS NOT NULL AND alert NOT IN (SELECT id FROM alerts)"
            )


def _forget_chat(connection: Connection, chat: int) -> None:
    for table in ("settings", "groups", "answers", "questions", "subscriptions", "alerts"):
        connection.execute(f"DELETE FROM {table} WHERE chat = ?", (chat,))
    # Anonymous administrators ask as the group itself.
    connection.execute("DELETE FROM unanswered WHERE asker = ?", (chat,))
