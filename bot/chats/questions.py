"""Each question that the bot takes in, answered at most once, also over a kill; and those that no article answered."""

import time
from typing import NamedTuple

import msgspec

from bot.chats.counts import Counts, Outcome
from bot.chats.database import Database
from bot.chats.workers import ALIVE, LEASE_SECONDS
from embeddings import Connection

RECEIVE = (
    "INSERT INTO questions VALUES (?, ?, ?, ?, ?, ?, NULL) "
    "ON CONFLICT (update_id) DO UPDATE SET run = excluded.run WHERE questions.update_content IS NOT NULL "
    "AND questions.released IS NULL AND questions.run != excluded.run AND questions.run NOT IN ({alive})"
)
# Of one that another process has taken over, this one keeps its hands off.
OWN = "update_id = ? AND run = ?"


class Pending(msgspec.Struct, frozen=True):
    """A question that a process has left unfinished: its update, and whether its answer may have been sent."""

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

    def __init__(self, database: Database, counts: Counts, run: str) -> None:
        """`run` names this process among all that were ever at work."""
        self._database = database
        self._counts = counts
        self._run = run

    def receive(self, update_id: int, chat: int, asker: int, content: str) -> bool:
        """Take a question in; False where a process that is at work has it already, or any has answered it."""
        statement = RECEIVE.format(alive=ALIVE.format(clock=self._database.clock))
        row = (update_id, chat, asker, content, self._run, time.time())
        return self._database.do(statement, *row, LEASE_SECONDS) == 1

    def release(self, update_id: int, unanswered: str | None = None, outcome: Outcome | None = None) -> bool:
        """The answer is about to be sent, so the question is never answered again; False where it was before.

        Also where another process has taken the question over.

        `unanswered` is the question where no article answers it, for the operator, who is also told the outcome and how
        long the asker has waited.
        """
        with self._database.transaction() as connection:
            released = connection.execute(
                f"UPDATE questions SET released = ? WHERE {OWN} AND update_content IS NOT NULL AND released IS NULL",
                (time.time(), update_id, self._run),
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
        self._database.do(f"UPDATE questions SET released = NULL WHERE {OWN}", update_id, self._run)

    def finish(self, update_id: int) -> None:
        """Nothing more is to be done for this question."""
        self._database.do(f"UPDATE questions SET update_content = NULL WHERE {OWN}", update_id, self._run)

    def take_over(self, connection: Connection, run: str) -> list[Pending]:
        """Within a transaction, take over what the process of another run has not finished; each only one can."""
        rows = connection.execute(
            "UPDATE questions SET run = ? WHERE run = ? AND update_content IS NOT NULL "
            "RETURNING update_id, update_content, released IS NOT NULL",
            (self._run, run),
        ).fetchall()
        return [Pending(update_id, content, bool(released)) for update_id, content, released in rows]

    def is_open(self, update_id: int) -> bool:
        """Whether its answer was not released yet."""
        statement = "SELECT 1 FROM questions WHERE update_id = ? AND update_content IS NOT NULL AND released IS NULL"
        return self._database.one(statement, update_id) is not None

    def is_next(self, update_id: int, chat: int) -> bool:
        """Whether nothing that was asked before in the chat is still to be answered."""
        earlier = self._database.one(
            "SELECT 1 FROM questions WHERE chat = ? AND update_id < ? AND update_content IS NOT NULL "
            "AND released IS NULL LIMIT 1",
            chat, update_id,
        )  # fmt: skip
        return earlier is None

    def unanswered(self) -> list[Unanswered]:
        """Questions that no article answered, the most frequent first; whose they were is not told."""
        rows = self._database.all(
            "SELECT question, sum(times), max(last_asked) FROM unanswered GROUP BY question "
            "ORDER BY sum(times) DESC, max(last_asked) DESC"
        )
        return [Unanswered(*row) for row in rows]
