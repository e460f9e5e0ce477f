"""What each chat wants to be told of: questions that wait for an article, and regions."""

import time
from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from bot.chats.database import Database
from embeddings import StandingQuestion

COLUMNS = "id, chat, topic, kind, words, language, minute, since, stopped"
COUNT_OTHERS = (
    "SELECT count(*) FROM subscriptions WHERE chat = ? AND stopped IS NULL "
    "AND NOT (chat = ? AND topic = ? AND kind = ? AND words = ?)"
)
ADD = (
    "INSERT INTO subscriptions(chat, topic, kind, words, language, minute, since, look_back) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (chat, topic, kind, words) "
    "DO UPDATE SET stopped = NULL, minute = coalesce(excluded.minute, subscriptions.minute)"
)
WAITING = (
    "SELECT id, words, CASE WHEN from_its_day = 1 THEN since END AS day, embedding, stems, regions, from_its_day "
    "FROM subscriptions WHERE kind = ? AND encoder = ? ORDER BY words, day NULLS FIRST, id"
)
# So long a stopped one can be taken up again, and nothing that came in meanwhile is missed.
UNDO_SECONDS = 86_400


class Kind(StrEnum):
    """What a subscription's words are."""

    QUESTION = "question"
    REGION = "region"


class Subscription(msgspec.Struct, frozen=True):
    """What one chat wants to be told of, in a topic of it where that is not 0."""

    id: int
    chat: int
    topic: int
    kind: Kind
    words: str
    """The question as written, or the region's canonical name."""
    language: str
    minute: int | None
    """Of the day on which it is told as a digest; None is at once."""
    since: float
    stopped: float | None


class WaitingQuestion(msgspec.Struct, frozen=True):
    """A question that subscriptions wait with, as it is compared with articles."""

    words: str
    since: float | None
    """When it was asked, where it names a time that is counted from then."""
    subscriptions: tuple[int, ...]
    compared: StandingQuestion


class SubscriptionsFull(Exception):
    """The chat has as many as it may have."""


class Subscriptions:
    """The subscriptions of all chats."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def changes(self) -> int:
        """Counts up with whatever changes which questions wait, whichever process does it."""
        return int(self._database.one("SELECT number FROM waiting_changes")[0])

    def add(
        self,
        chat: int,
        topic: int,
        kind: Kind,
        words: str,
        language: str,
        most: int,
        minute: int | None = None,
        answer: int | None = None,
    ) -> Subscription | None:
        """Begin a subscription, or take up the same one; raises SubscriptionsFull where the chat has `most` others.

        One that begins under an `answer` looks back on what there is; None where that answer was forgotten.
        """
        with self._database.transaction(alone=True) as connection:
            if answer and not connection.execute("SELECT 1 FROM answers WHERE id = ?", (answer,)).fetchone():
                return None
            key = (chat, topic, kind, words)
            if connection.execute(COUNT_OTHERS, (chat, *key)).fetchone()[0] >= most:
                raise SubscriptionsFull
            connection.execute(ADD, (*key, language, minute, time.time(), int(answer is not None)))
        return self._only("chat = ? AND topic = ? AND kind = ? AND words = ?", *key)

    def by_id(self, id: int) -> Subscription | None:
        return self._only("id = ?", id)

    def of(self, chat: int) -> list[Subscription]:
        """Those of a chat that are not stopped, oldest first."""
        return self._all("chat = ? AND stopped IS NULL ORDER BY id", chat)

    def of_regions(self, regions: Collection[str]) -> list[Subscription]:
        """All that wait for news of one of these regions, stopped today or not."""
        # A list in brackets must not be empty everywhere; no region has an empty name.
        names = sorted(regions) or [""]
        places = ", ".join("?" * len(names))
        return self._all(f"kind = ? AND words IN ({places}) ORDER BY id", Kind.REGION, *names)

    def stop(self, id: int) -> None:
        """Tell nothing more of it; for a day it can be taken up again."""
        self._database.do("UPDATE subscriptions SET stopped = ? WHERE id = ? AND stopped IS NULL", time.time(), id)

    def stop_words(self, chat: int, question: str) -> None:
        """Stop the one in a private chat that waits for this question."""
        self._database.do(
            "UPDATE subscriptions SET stopped = ? WHERE chat = ? AND topic = 0 AND kind = ? AND words = ?",
            time.time(), chat, Kind.QUESTION, question,
        )  # fmt: skip

    def take_up(self, id: int) -> None:
        """Undo that it was stopped."""
        self._database.do("UPDATE subscriptions SET stopped = NULL WHERE id = ?", id)

    def tell_at(self, id: int, minute: int | None) -> None:
        """Tell of it in a digest at this minute of the day, or at once; one that was stopped is taken up again."""
        self._database.do("UPDATE subscriptions SET minute = ?, stopped = NULL WHERE id = ?", minute, id)

    def end(self, chat: int, topic: int | None = None) -> None:
        """Delete those of a chat that cannot be written to, or of one topic of it."""
        with self._database.forgetting() as connection:
            connection.execute("DELETE FROM subscriptions WHERE chat = ? AND topic = coalesce(?, topic)", (chat, topic))

    # --- what articles are compared with ---

    def unprepared(self, encoder: str) -> Subscription | None:
        """A question that was not yet prepared for comparison by this encoder."""
        return self._only("kind = ? AND encoder IS DISTINCT FROM ? LIMIT 1", Kind.QUESTION, encoder)

    def prepare(self, id: int, encoder: str, question: StandingQuestion) -> None:
        """Keep what articles are compared with."""
        self._database.do(
            "UPDATE subscriptions SET encoder = ?, embedding = ?, stems = ?, regions = ?, from_its_day = ? "
            "WHERE id = ?",
            encoder, question.embedding, " ".join(question.stems), "\n".join(question.regions),
            int(question.from_its_day), id,
        )  # fmt: skip

    def waiting_questions(self, encoder: str) -> list[WaitingQuestion]:
        """Every question once that was prepared by this encoder, with all that wait for it, stopped today or not."""
        # Of many it takes a moment, in which the event loop must not wait: not over the connection that it reads with.
        with self._database.transaction() as connection:
            rows = connection.execute(WAITING, (Kind.QUESTION, encoder)).fetchall()
        return [_waiting(list(same)) for _, same in groupby(rows, key=itemgetter(1, 2))]

    def look_back(self) -> Subscription | None:
        """One that has yet to be asked of the articles that there are."""
        return self._only("look_back = 1 AND stopped IS NULL ORDER BY id LIMIT 1")

    def exist(self) -> bool:
        """Whether anybody waits for anything."""
        return self._database.one("SELECT 1 FROM subscriptions LIMIT 1") is not None

    def _only(self, condition: str, *values: object) -> Subscription | None:
        return next(iter(self._all(condition, *values)), None)

    def _all(self, condition: str, *values: object) -> list[Subscription]:
        rows = self._database.all(f"SELECT {COLUMNS} FROM subscriptions WHERE {condition}", *values)
        return [
            Subscription(id, chat, topic, Kind(kind), words, language, minute, since, stopped)
            for id, chat, topic, kind, words, language, minute, since, stopped in rows
        ]


def _waiting(same: Sequence[Any]) -> WaitingQuestion:
    """One question out of the rows of all that wait for it."""
    _, words, day, embedding, stems, regions, from_its_day = same[0]
    compared = StandingQuestion(embedding, tuple(stems.split()), tuple(regions.splitlines()), None, bool(from_its_day))
    return WaitingQuestion(words, day, tuple(row[0] for row in same), compared)
