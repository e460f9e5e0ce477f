"""What people reported as wrong, a queue for the operator; and what the operator writes back, sent at most once."""

import time
from typing import NamedTuple

import msgspec

from bot.chats.answers import SentAnswer, SentQuote
from bot.chats.database import Database

# Whoever has so many before them reads the oldest first.
MOST_SHOWN = 1000
# After so long, Telegram has confirmed what it took.
SECONDS_TO_ARRIVE = 60
OPEN = "kind = 'wrong' AND closed IS NULL"


class Report(msgspec.Struct, frozen=True):
    """A report that is open: what was asked, which quote was shown, and what is said to be wrong with it."""

    id: int
    reason: str | None
    given: float
    content: SentAnswer
    page: int

    @property
    def quote(self) -> SentQuote | None:
        """The first quote that was shown when it was reported."""
        return _shown(self.content, self.page)


class Reply(NamedTuple):
    """What is to be sent to whoever reported; the quote that it is about, and the language of its card."""

    report: int
    person: int
    content: str
    quote: str | None
    language: str


class Reports:
    """The reports of all people, without their names; with an answer that is forgotten go its reports."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> list[Report]:
        """The open reports, oldest first."""
        rows = self._database.all(
            "SELECT feedback.id, reason, given, content, page FROM feedback JOIN answers ON answers.id = answer "
            f"WHERE {OPEN} ORDER BY feedback.id LIMIT ?",
            MOST_SHOWN,
        )
        return [
            Report(id, reason, given, msgspec.json.decode(content, type=SentAnswer), page)
            for id, reason, given, content, page in rows
        ]

    def count(self) -> int:
        """How many are open."""
        return int(self._database.one(f"SELECT count(*) FROM feedback WHERE {OPEN}")[0])

    def close(self, report: int) -> bool:
        """Nothing more is to be done for a report; False where none of this number is open."""
        statement = f"UPDATE feedback SET closed = ? WHERE id = ? AND {OPEN}"
        return self._database.do(statement, time.time(), report) == 1

    def answer(self, report: int, words: str) -> bool:
        """Close a report with an answer, which the bot sends to whoever reported; False where it is not open."""
        with self._database.transaction() as connection:
            now = time.time()
            closed = connection.execute(f"UPDATE feedback SET closed = ? WHERE id = ? AND {OPEN}", (now, report))
            if closed.rowcount:
                query = "INSERT INTO replies(report, content, written) VALUES (?, ?, ?)"
                connection.execute(query, (report, words, now))
            return closed.rowcount == 1

    def to_send(self) -> list[Reply]:
        """The replies that nobody has begun to send, oldest first."""
        rows = self._database.all(
            "SELECT report, person, replies.content, answers.content, page FROM replies "
            "JOIN feedback ON feedback.id = report JOIN answers ON answers.id = answer "
            "WHERE released IS NULL ORDER BY written, report"
        )
        found = []
        for report, person, words, content, page in rows:
            answer = msgspec.json.decode(content, type=SentAnswer)
            quote = _shown(answer, page)
            found.append(Reply(report, person, words, quote.text if quote else None, answer.language))
        return found

    def release(self, report: int) -> bool:
        """The reply is about to be sent, and never again; False where it was before, or is forgotten."""
        statement = "UPDATE replies SET released = ? WHERE report = ? AND released IS NULL"
        return self._database.do(statement, time.time(), report) == 1

    def take_back(self, report: int) -> None:
        """The reply has surely not been sent, so that it may be sent again."""
        self._database.do("UPDATE replies SET released = NULL WHERE report = ?", report)

    def note_arrived(self, report: int) -> None:
        """Telegram has confirmed the reply."""
        self._database.do("UPDATE replies SET arrived = 1 WHERE report = ?", report)

    def lost(self) -> list[int]:
        """The reports whose replies were sent a while ago, and of which it is not known that they have arrived."""
        query = "SELECT report FROM replies WHERE arrived = 0 AND released < ? ORDER BY report"
        return [row[0] for row in self._database.all(query, time.time() - SECONDS_TO_ARRIVE)]


def _shown(answer: SentAnswer, page: int) -> SentQuote | None:
    return answer.quotes[min(page, len(answer.quotes) - 1)] if answer.quotes else None
