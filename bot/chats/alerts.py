"""What subscriptions are to be told of, and the messages that tell it: each once, also over a kill."""

import time
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from bot.chats.answers import SentAnswer
from bot.chats.database import Database
from bot.chats.subscriptions import Kind
from embeddings import Connection

MATCH = (
    "SELECT matches.id, subscription, subscriptions.chat, subscriptions.topic, kind, words, language, "
    "minute, article, content, found "
    "FROM matches JOIN subscriptions ON subscriptions.id = subscription"
)
# At once, or where it was found before the last time at which its subscription's digest was due.
DUE = (
    "alert IS NULL AND stopped IS NULL AND (minute IS NULL OR found < CASE WHEN ? + 60 * minute <= ? "
    "THEN ? + 60 * minute ELSE ? + 60 * minute - 86400 END)"
)
MATCHED = "INSERT INTO matched VALUES (?, ?) ON CONFLICT (store) DO UPDATE SET passage = excluded.passage"
NOTE_ANSWER = (
    "INSERT INTO matches(subscription, article, content, found) SELECT id, ?, ?, ? FROM subscriptions WHERE id = ? "
    "AND NOT EXISTS (SELECT 1 FROM matches WHERE subscription = subscriptions.id AND article IN {copies}) "
    "ON CONFLICT (subscription, article) DO NOTHING"
)
NOTE_NEWS = (
    "INSERT INTO matches(subscription, article, found) SELECT one.id, ?, ? FROM subscriptions AS one WHERE one.id = ? "
    "AND NOT EXISTS (SELECT 1 FROM matches JOIN subscriptions AS other ON other.id = subscription "
    "WHERE article IN {copies} AND (other.chat, other.topic) = (one.chat, one.topic) "
    "AND (other.stopped IS NULL OR other.id = one.id)) ON CONFLICT (subscription, article) DO NOTHING"
)
RELEASE = "INSERT INTO alerts(chat, topic, released, run) VALUES (?, ?, ?, ?) RETURNING id"
TELL = (
    "UPDATE matches SET alert = ? WHERE id = ? AND alert IS NULL "
    "AND subscription IN (SELECT id FROM subscriptions WHERE chat = ? AND stopped IS NULL)"
)


class _NotThere(Exception):
    """Something that was to be told was told, stopped or forgotten meanwhile."""


class Match(msgspec.Struct, frozen=True):
    """An article that a subscription is to be told of."""

    id: int
    subscription: int
    chat: int
    topic: int
    kind: Kind
    words: str
    language: str
    minute: int | None
    article: str
    content: SentAnswer | None
    """What the card of an answer is made of; None for news of a region."""
    found: float


class Alert(msgspec.Struct, frozen=True):
    """A message of which it is not known whether it has arrived, and where it goes."""

    id: int
    chat: int
    topic: int


class Alerts:
    """What was matched, released in the moment before it is sent, and finished."""

    def __init__(self, database: Database, run: str) -> None:
        """`run` names this process among all that were ever at work."""
        self._database = database
        self._run = run

    # --- matching ---

    def matched_until(self, store: str) -> int | None:
        """The last passage of this store whose article was matched; None where none ever was."""
        row = self._database.one("SELECT passage FROM matched WHERE store = ?", store)
        return row[0] if row else None

    def begin_at(self, store: str, passage: int) -> None:
        """Count everything up to this passage as matched."""
        self._database.do(MATCHED, store, passage)

    def record(
        self,
        store: str,
        passage: int,
        article: str,
        story: Collection[str],
        answers: Sequence[tuple[int, SentAnswer]],
        regions: Sequence[int],
    ) -> None:
        """Note which subscriptions an article is for, with its answers, and that it was matched: all or nothing.

        Who was told of the article or of one of its copies (`story`) is not told again; nor of a region's news what
        answers a question of the same chat.
        """
        with self._database.transaction() as connection:
            # Whoever else records what is found in this store waits here.
            connection.execute(MATCHED, (store, passage))
            for subscription, content in answers:
                _note_answer(connection, subscription, article, story, content)
            copies = sorted({article, *story})
            for subscription in regions:
                statement = NOTE_NEWS.format(copies=_places(copies))
                connection.execute(statement, (article, time.time(), subscription, *copies))

    def record_look_back(self, subscription: int, story: Collection[str], content: SentAnswer | None) -> None:
        """Note that the articles that there are were asked, and what answers."""
        with self._database.transaction() as connection:
            if content is not None:
                _note_answer(connection, subscription, content.quotes[0].article, story, content)
            connection.execute("UPDATE subscriptions SET look_back = 0 WHERE id = ?", (subscription,))

    # --- telling ---

    def due_places(self, now: float, midnight: float) -> list[tuple[int, int]]:
        """The chats and topics for which anything is due at this moment of a day that began at `midnight`."""
        statement = f"SELECT DISTINCT chat, topic FROM ({MATCH} WHERE {DUE}) AS due ORDER BY 1, 2"
        return self._database.all(statement, midnight, now, midnight, midnight)

    def due(self, chat: int, topic: int, now: float, midnight: float) -> list[Match]:
        """What is due there, oldest first."""
        statement = f"{MATCH} WHERE {DUE} AND subscriptions.chat = ? AND subscriptions.topic = ? ORDER BY matches.id"
        return list(map(_match, self._database.all(statement, midnight, now, midnight, midnight, chat, topic)))

    def recent(self, chat: int, topic: int, seconds: float) -> int:
        """How many messages of alerts a topic got within so many seconds."""
        statement = "SELECT count(*) FROM alerts WHERE chat = ? AND topic = ? AND released > ?"
        return int(self._database.one(statement, chat, topic, time.time() - seconds)[0])

    def release(self, chat: int, topic: int, matches: Collection[int]) -> int | None:
        """The message about these is about to be sent, so that they are never sent again; its number.

        None where one of them was sent, stopped or forgotten meanwhile: nothing is released then.
        """
        # Of an archive that came in at once there are more than one statement takes as parameters.
        rows = [(match, chat) for match in sorted(matches)]
        try:
            with self._database.transaction() as connection:
                alert = connection.execute(RELEASE, (chat, topic, time.time(), self._run)).fetchone()[0]
                if connection.executemany(TELL, [(alert, *row) for row in rows]).rowcount != len(rows):
                    raise _NotThere
        except _NotThere:
            return None
        return int(alert)

    def take_back(self, alert: int) -> None:
        """The message has surely not been sent, so what it told is to be told again."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE matches SET alert = NULL WHERE alert = ?", (alert,))
            connection.execute("DELETE FROM alerts WHERE id = ?", (alert,))

    def finish(self, alert: int) -> None:
        """The message has arrived, or nothing more is to be done for it; its words are kept no longer."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE alerts SET finished = 1 WHERE id = ?", (alert,))
            connection.execute("UPDATE matches SET content = NULL WHERE alert = ?", (alert,))

    def drop(self, match: int) -> None:
        """There is nothing to tell any more: the article has changed or gone."""
        self._database.do("UPDATE matches SET alert = 0, content = NULL WHERE id = ? AND alert IS NULL", match)

    def doubtful(self) -> list[Alert]:
        """Messages that this process sends, or of which it is not known whether they have arrived, oldest first."""
        statement = "SELECT id, chat, topic FROM alerts WHERE finished = 0 AND offered = 0 AND run = ? ORDER BY id"
        rows = self._database.all(statement, self._run)
        return [Alert(*row) for row in rows]

    def take_over(self, connection: Connection, run: str) -> None:
        """Within a transaction, take over the doubtful messages of the process of another run."""
        statement = "UPDATE alerts SET run = ? WHERE run = ? AND finished = 0 AND offered = 0"
        connection.execute(statement, (self._run, run))

    def note_offered(self, alert: int) -> None:
        """The chat knows that the message may be lost, and is not told so again."""
        self._database.do("UPDATE alerts SET offered = 1 WHERE id = ?", alert)

    def unfinished(self, alert: int) -> list[Match]:
        """What a message tells that was not finished; nothing of any other."""
        rows = self._database.all(
            f"{MATCH} JOIN alerts ON alerts.id = alert WHERE alert = ? AND finished = 0 ORDER BY matches.id", alert
        )
        return [_match(row) for row in rows]


def _places(values: Collection[object]) -> str:
    """As many placeholders, in brackets."""
    return f"({', '.join('?' * len(values))})"


def _note_answer(
    connection: Connection, subscription: int, article: str, story: Collection[str], content: SentAnswer
) -> None:
    copies = sorted({article, *story})
    row = (article, msgspec.json.encode(content), time.time(), subscription, *copies)
    connection.execute(NOTE_ANSWER.format(copies=_places(copies)), row)


def _match(row: Sequence[Any]) -> Match:
    id, subscription, chat, topic, kind, words, language, minute, article, content, found = row
    sent = msgspec.json.decode(content, type=SentAnswer) if content else None
    return Match(id, subscription, chat, topic, Kind(kind), words, language, minute, article, sent, found)
