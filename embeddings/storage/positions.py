"""What a search server is told beside the passages: how far it has read, and what a filter may ask of an article."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import msgspec

from embeddings.storage.database import Database
from embeddings.storage.times import Time


class Labels(msgspec.Struct):
    """What a Filter may ask of an article: its times and its regions; its outlet stands in the article."""

    times: list[Time] = []
    regions: list[str] = []


class Positions(Database):
    """How far others have read the store."""

    def position(self, name: str) -> str | None:
        """What was noted under this name."""
        with self._errors_explained():
            row = self._database.execute("SELECT content FROM positions WHERE name = ?", (name,)).fetchone()
            return str(row[0]) if row else None

    def save_position(self, name: str, content: str) -> None:
        """Note this in the place of what was noted."""
        statement = (
            "INSERT INTO positions(name, content) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET content = excluded.content"
        )
        with self._transaction() as database:
            database.execute(statement, (name, content))

    def only_filling(self) -> AbstractContextManager[None]:
        """Hold the lock of the one process that fills a search server, once no other has it."""
        return self.engine.filling()

    def labels(self, articles: Sequence[int]) -> dict[int, Labels]:
        """What a filter may ask of the articles with these numbers, by number."""
        found = {number: Labels() for number in articles}
        marks, numbers = ", ".join("?" * len(found)), tuple(found)
        times = f"SELECT article, kind, first, last FROM times WHERE article IN ({marks}) ORDER BY 1, 2, 3, 4"
        # Those of any topic, as in storage.filtering.
        keys = (
            f"SELECT DISTINCT article, key FROM facts JOIN fact_keys ON fact = number WHERE article IN ({marks}) "
            "AND key LIKE 'region:%' ORDER BY 1, 2"
        )
        with self._errors_explained():
            for number, *time in self._database.execute(times, numbers):
                found[number].times.append(Time(*time))
            for number, key in self._database.execute(keys, numbers):
                found[number].regions.append(key.removeprefix("region:"))
        return found
