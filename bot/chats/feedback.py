"""What people say of answers: votes and reports."""

import time

import msgspec

from bot.chats.counts import Counts
from bot.chats.database import Database
from embeddings import Connection

VOTES = ("good", "bad")
REPORT = "wrong"
# Forgotten in the meantime, the answer takes no feedback any more; nor does it take what is being given elsewhere.
GIVE = """
INSERT INTO feedback(answer, person, kind, reason, page, given)
SELECT id, :person, :kind, :reason, :page, :now FROM answers WHERE id = :answer
ON CONFLICT (answer, person, kind) DO NOTHING
"""


class Judged(msgspec.Struct, frozen=True):
    """What was said of an answer: votes of all, and what one person has said of it."""

    good: int = 0
    bad: int = 0
    vote: str | None = None
    """The person's own vote, "good" or "bad"."""
    reason: str | None = None
    """Why the person has reported it, where they have."""


class Feedback:
    """Votes and reports; they go with an answer that is forgotten."""

    def __init__(self, database: Database, counts: Counts) -> None:
        self._database = database
        self._counts = counts

    def give(self, answer: int, person: int, kind: str, reason: str | None = None, page: int = 0) -> None:
        """Note a vote ("good" or "bad", one of them) or a report ("wrong", with a reason and the quote shown)."""
        values = {"answer": answer, "person": person, "kind": kind, "reason": reason, "page": page, "now": time.time()}
        with self._database.transaction() as connection:
            self._take_back(connection, answer, person, VOTES if kind in VOTES else (kind,))
            if connection.execute(GIVE, values).rowcount:
                self._counts.note(connection, *_counted(kind), time.time())

    def withdraw_vote(self, answer: int, person: int) -> None:
        """Take a person's vote back."""
        with self._database.transaction() as connection:
            self._take_back(connection, answer, person, VOTES)

    def withdraw_report(self, answer: int, person: int) -> bool:
        """Take a person's report back; False where there is none."""
        with self._database.transaction() as connection:
            return self._take_back(connection, answer, person, (REPORT,))

    def _take_back(self, connection: Connection, answer: int, person: int, kinds: tuple[str, ...]) -> bool:
        """Whether the person had said any of this; what was counted of it counts no longer."""
        condition = f"answer = ? AND person = ? AND kind IN ({', '.join('?' * len(kinds))})"
        rows = connection.execute(
            f"DELETE FROM feedback WHERE {condition} RETURNING kind, given", (answer, person, *kinds)
        ).fetchall()
        for kind, given in rows:
            self._counts.note(connection, *_counted(kind), given, by=-1)
        return bool(rows)

    def on(self, answer: int) -> list[tuple[int, str, str | None]]:
        """Person, kind and reason of every vote and report on an answer."""
        return self._database.all("SELECT person, kind, reason FROM feedback WHERE answer = ? ORDER BY given", answer)

    def judged(self, answer: int, person: int) -> Judged:
        """How an answer was judged by all, and by this person."""
        given = self.on(answer)
        kinds = [kind for _, kind, _ in given]
        own = {kind: reason for other, kind, reason in given if other == person}
        vote = next((kind for kind in ("good", "bad") if kind in own), None)
        return Judged(kinds.count("good"), kinds.count("bad"), vote, own.get("wrong"))


def _counted(kind: str) -> tuple[str, str]:
    return ("vote", kind) if kind in VOTES else ("report", kind)
