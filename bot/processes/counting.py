"""What all processes together may be asked and send, counted in PostgreSQL by the server's clock."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from bot.processes.locks import number_of
from bot.processes.one import SECONDS_A_MINUTE, AllowanceInMemory, OneProcess
from embeddings import PostgreSQL, StoreUnreachable, StoreUnusable

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Not written to the log of the database, nor to a standby, where the counts of a minute begin anew.
TABLES = """
CREATE UNLOGGED TABLE allowances(
    name TEXT NOT NULL, key BIGINT NOT NULL, taken DOUBLE PRECISION[] NOT NULL, noticed BOOLEAN NOT NULL DEFAULT false,
    PRIMARY KEY (name, key)
) WITH (fillfactor = 50);
CREATE UNLOGGED TABLE moments(key TEXT PRIMARY KEY, taken DOUBLE PRECISION[] NOT NULL) WITH (fillfactor = 50);
"""
NOW = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
# Of what lies farther ahead than anybody waits the server's clock was put back, and it counts for nothing.
LONGEST_WAIT_SECONDS = 180
LAST_MINUTE = f"abs(moment - {NOW}) < 60"
TAKE = f"""
INSERT INTO allowances AS held VALUES (:name, :key, ARRAY[{NOW}])
ON CONFLICT (name, key) DO UPDATE SET noticed = false, taken = array_append(
    ARRAY(SELECT moment FROM unnest(held.taken) AS moment WHERE {LAST_MINUTE} ORDER BY moment), {NOW})
WHERE (SELECT count(*) FROM unnest(held.taken) AS moment WHERE {LAST_MINUTE}) < :most
"""
NOTICE = "UPDATE allowances SET noticed = true WHERE name = :name AND key = :key AND NOT noticed"
SECONDS_LEFT = f"""
SELECT min(moment) + 60 - {NOW} FROM allowances, unnest(taken) AS moment
WHERE name = :name AND key = :key AND {LAST_MINUTE}
"""
# Behind the last element but so many there is none, and the moment is now.
RESERVE = f"""
INSERT INTO moments AS held VALUES (:key, ARRAY[{NOW}])
ON CONFLICT (key) DO UPDATE SET taken = (array_append(
    held.taken, greatest({NOW}, (
        SELECT moment + :window FROM CAST(held.taken[cardinality(held.taken) - :most + 1] AS DOUBLE PRECISION) AS moment
        WHERE moment < {NOW} + {LONGEST_WAIT_SECONDS}))
))[greatest(1, cardinality(held.taken) - :most + 2) : cardinality(held.taken) + 1]
RETURNING taken[cardinality(taken)] - {NOW}
"""
FORGET = [
    f"DELETE FROM {table} WHERE taken[cardinality(taken)] NOT BETWEEN {NOW} - 60 AND {NOW} + {LONGEST_WAIT_SECONDS}"
    for table in ("allowances", "moments")
]
# Whoever waits for a count waits for nothing else: it is one row.
PATIENCE_SECONDS = 2.0
AWAY_SECONDS = 5.0


class Counting:
    """Counts across processes; while the database is away, each process keeps to its share of what is allowed."""

    def __init__(self, database: PostgreSQL, secret: str = "") -> None:
        """`secret` is what all processes of the bot know, and nobody who only reads the database."""
        database.migrate([TABLES])
        self._secret = secret
        self.processes = 1
        """Among how many what is allowed is shared while the database is away."""
        self._database = database
        self._meanwhile = OneProcess()
        self._away_until = 0.0

    async def reserve(self, key: str, most: int, window: float) -> float:
        """Take the next free moment, of which so many fit into a window of seconds; return the seconds until then."""
        try:
            row = await self.first(RESERVE, key=str(self.masked(key)), most=most, window=window)
        except StoreUnreachable:
            return await self._meanwhile.reserve(key, self.share(most), window)
        return max(0.0, float(row[0]))

    def masked(self, key: object) -> int:
        """A number in the place of a person's or a chat's, lest whoever reads the database see who was busy."""
        return number_of(str(key), self._secret)

    def share(self, most: int) -> int:
        """What of so many a process may take without asking the others, at least 1."""
        return max(1, most // self.processes)

    async def forget(self) -> None:
        """Delete what counts no more."""
        for statement in FORGET:
            await self.changed(statement)

    async def first(self, statement: str, **values: Any) -> Any:
        """The first row; raises StoreUnreachable where the database is away."""

        def ask() -> Any:
            with self._database.connection() as connection:
                return connection.execute(statement, values).fetchone()

        return await self._unless_away(ask)

    async def changed(self, statement: str, **values: Any) -> int:
        """How many rows a statement has changed; raises StoreUnreachable where the database is away."""

        def change() -> int:
            with self._database.connection() as connection:
                return connection.execute(statement, values).rowcount

        return await self._unless_away(change)

    async def _unless_away(self, work: Callable[[], T]) -> T:
        if time.monotonic() < self._away_until:
            raise StoreUnreachable("The database was away a moment ago.")
        try:
            return await asyncio.wait_for(asyncio.to_thread(work), PATIENCE_SECONDS)
        # Nobody shall wait for an answer because it cannot be counted.
        except (TimeoutError, StoreUnusable) as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            logger.warning("Allowances are counted by each process for itself: %s", error or "no answer in time")
            raise StoreUnreachable(str(error)) from None

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._database.close)


class SharedAllowance:
    """How much one key (a person, a chat) may ask a minute of all processes together."""

    def __init__(self, counting: Counting, name: str, most_a_minute: int) -> None:
        self._counting = counting
        self._name = name
        self._most = most_a_minute
        self._meanwhile = AllowanceInMemory(most_a_minute)

    async def take(self, key: int) -> bool:
        """Use one; False where none is left."""
        try:
            return await self._counting.changed(TAKE, **self._row(key), most=self._most) == 1
        except StoreUnreachable:
            self._meanwhile.most = self._counting.share(self._most)
            return await self._meanwhile.take(key)

    async def notice_due(self, key: int) -> bool:
        """True once after the allowance is used up, until it is free again."""
        try:
            return await self._counting.changed(NOTICE, **self._row(key)) == 1
        except StoreUnreachable:
            return await self._meanwhile.notice_due(key)

    async def seconds_left(self, key: int) -> int:
        """Seconds until the next one is free, at least 1."""
        try:
            (seconds,) = await self._counting.first(SECONDS_LEFT, **self._row(key))
        except StoreUnreachable:
            return await self._meanwhile.seconds_left(key)
        return max(1, round(seconds or SECONDS_A_MINUTE))

    def _row(self, key: int) -> dict[str, Any]:
        return {"name": self._name, "key": self._counting.masked(key)}
