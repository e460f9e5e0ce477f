"""What people say of answers: votes and reports."""

import time

import msgspec

from bot.chats.database import Database


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

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, answer: int, person: int, kind: str, reason: str | None = None) -> None:
        """Note a vote ("good" or "bad", one of them) or a report ("wrong", with a reason)."""
        with self._database.transaction() as connection:
            if kind in ("good", "bad"):
                connection.execute(
                    "DELETE FROM feedback WHERE answer = ? AND person = ? AND kind IN ('good', 'bad')",
                    (answer, person),
                )
            # Forgotten in the meantime, the answer takes no feedback any more.
            connection.execute(
                "INSERT OR REPLACE INTO feedback SELECT id, ?, ?, ?, ? FROM answers WHERE id = ?",
                (person, kind, reason, time.time(), answer),
            )

    def withdraw_vote(self, answer: int, person: int) -> None:
        """Take a person's vote back."""
        statement = "DELETE FROM feedback WHERE answer = ? AND person = ? AND kind IN ('good', 'bad')"
        self._database.do(statement, answer, person)

    def withdraw_report(self, answer: int, person: int) -> bool:
        """Take a person's report back; False where there is none."""
        statement = "DELETE FROM feedback WHERE answer = ? AND person = ? AND kind = 'wrong'"
        return self._database.do(statement, answer, person) > 0

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
