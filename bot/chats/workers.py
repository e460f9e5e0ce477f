"""The processes that are at work on one database: each says so every few seconds, or the others take over its work."""

import math
import secrets
import time

from bot.chats.database import Database
from embeddings import Connection

BEAT_SECONDS = 5.0
# A process that has said nothing for so long has ended, as far as the others know.
LEASE_SECONDS = 30.0
SECONDS_OF_PATIENCE = 86_400.0
# Nor does one that has spoken in the future: the clock of the server was put back.
ALIVE = "SELECT run FROM workers WHERE abs(seen - {clock}) < ?"
BEAT = "INSERT INTO workers VALUES (?, {clock}) ON CONFLICT (run) DO UPDATE SET seen = excluded.seen"
WITH_WORK = (
    "SELECT run FROM questions WHERE update_content IS NOT NULL "
    "UNION SELECT run FROM alerts WHERE finished = 0 AND offered = 0"
)


class Workers:
    """This process, and the others; where there are no others, whoever is not this one has ended."""

    def __init__(self, database: Database) -> None:
        self.run = secrets.token_hex(8)
        self._database = database
        self._last_beat = self._steady_since = -math.inf

    def beat(self, connection: Connection) -> None:
        """Say within a transaction that this process is at work."""
        if not self._database.shared:
            return
        now = time.monotonic()
        if now - self._last_beat > LEASE_SECONDS / 2:
            self._steady_since = now
        self._last_beat = now
        connection.execute(BEAT.format(clock=self._database.clock), (self.run,))

    def others(self, connection: Connection) -> int:
        """How many other processes are at work, as far as this one knows."""
        alive = ALIVE.format(clock=self._database.clock)
        rows = connection.execute(alive, (LEASE_SECONDS,)).fetchall()
        return sum(run != self.run for (run,) in rows)

    def leave(self) -> None:
        """Say that this process ends, so that others take over at once what it has left."""
        if self._database.shared:
            self._database.do("DELETE FROM workers WHERE run = ?", self.run)

    def gone(self, connection: Connection) -> list[str]:
        """The runs of processes that have ended and left something."""
        alive = ALIVE.format(clock=self._database.clock)
        rows = connection.execute(f"{WITH_WORK} EXCEPT {alive}", (self._patience(),)).fetchall()
        return [run for (run,) in rows if run != self.run]

    def _patience(self) -> float:
        """For how many seconds the others may say nothing.

        At first, and after the server was away, nobody could say anything: all get the time to do so.
        """
        steady = self._last_beat - self._steady_since >= LEASE_SECONDS / 2
        return LEASE_SECONDS if steady else SECONDS_OF_PATIENCE
