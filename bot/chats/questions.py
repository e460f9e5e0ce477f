"""Each question that the bot takes in, answered at most once, also over a kill; and those that no article answered."""

import secrets
import time
from typing import NamedTuple

import msgspec

from bot.chats.counts import Counts, Outcome
from bot.chats.database import Database


class Pending(msgspec.Struct, frozen=True):
    """A question that no process has finished: the update it came in, and whether its answer may have been sent."""

    update_id: int
    content: str
    released: bool


class Unanswered(NamedTuple):
    """A question that no article answered, in one wording: how often it was asked, and when last (since 1970)."""

    question: str
    times: int
    last_asked: float


class Questions:
    """The questions taken in: received, released in the moment before the answer is sent, finished."""

    def __init__(self, database: Database, counts: Counts) -> None:
        self._database = database
        self._counts = counts
        self._run = secrets.token_hex(8)

    def receive(self, update_id: int, chat: int, asker: int, content: str) -> bool:
        """Take a question in; False where this process has it already or any process has answered it."""
        return (
            self._database.do(
                "INSERT INTO questions VALUES (?, ?, ?, ?, ?, ?, NULL) "
                "ON CONFLICT (update_id) DO UPDATE SET run = excluded.run WHERE questions.update_content IS NOT NULL "
                "AND questions.released IS NULL AND questions.run != excluded.run",
                update_id, chat, asker, content, self._run, time.time(),
            )
            == 1
        )  # fmt: skip

    def release(self, update_id: int, unanswered: str | None = None, outcome: Outcome | None = None) -> bool:
        """The answer is about to be sent, so the question is never answered again; False where it was before.

        `unanswered` is the question where no article answers it, for the operator, who is also told the outcome and how
        long the asker has waited.
        """
        with self._database.transaction() as connection:
            released = connection.execute(
                "UPDATE questions SET released = ? "
                "WHERE update_id = ? AND update_content IS NOT NULL AND released IS NULL",
                (time.time(), update_id),
            ).rowcount
            if released and unanswered is not None:
                connection.execute(
                    "INSERT INTO unanswered SELECT asker, ?, 1, ? FROM questions WHERE update_id = ? "
                    "ON CONFLICT (asker, question) DO UPDATE "
                    "SET times = unanswered.times + 1, last_asked = excluded.last_asked",
                    (" ".join(unanswered.casefold().split()), time.time(), update_id),
                )
            if released and outcome is not None:
                query = "SELECT released - received FROM questions WHERE update_id = ?"
                self._counts.note_answer(connection, outcome, *connection.execute(query, (update_id,)).fetchone())
        return released == 1

    def take_back(self, update_id: int) -> None:
        """The answer has surely not been sent, so the question may be answered again."""
        self._database.do("UPDATE questions SET released = NULL WHERE update_id = ?", update_id)

    def finish(self, update_id: int) -> None:
        """Nothing more is to be done for this question."""
        self._database.do("UPDATE questions SET update_content = NULL WHERE update_id = ?", update_id)

    def pending(self) -> list[Pending]:
        """Questions that a process took in and did not finish, oldest first."""
        rows = self._database.all(
            "SELECT update_id, update_content, released IS NOT NULL FROM questions "
            "WHERE update_content IS NOT NULL AND run != ? ORDER BY update_id",
            self._run,
        )
        return [Pending(update_id, content, bool(released)) for update_id, content, released in rows]

    def unanswered(self) -> list[Unanswered]:
        """Questions that no article answered, the most frequent first; whose they were is not told."""
        rows = self._database.all(
            "SELECT question, sum(times), max(last_asked) FROM unanswered GROUP BY question "
            "ORDER BY sum(times) DESC, max(last_asked) DESC"
        )
        return [Unanswered(*row) for row in rows]
