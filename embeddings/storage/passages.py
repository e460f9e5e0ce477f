"""Passages, offsets into articles, and their embeddings, which the indexes are derived from."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from embeddings.errors import StoreUnusable
from embeddings.filter import Filter
from embeddings.storage.articles import JOINED_COLUMNS, Articles
from embeddings.storage.engine import Engine
from embeddings.storage.failures import DAMAGED
from embeddings.storage.filtering import articles_within
from embeddings.types import Article, Passage


class Watermark(msgspec.Struct, frozen=True, order=True):
    """How much of the store an index has seen: the last passage added and the last removal."""

    passage: int = 0
    removal: int = 0


class Passages(Articles):
    """The passages of the articles in a database."""

    def __init__(self, place: Path | Engine) -> None:
        super().__init__(place)
        self._article_of = np.zeros(1, dtype=np.int64)
        self._articles_seen = Watermark()

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """The passages with these ids, by id; one that is gone is left out."""
        query = (
            f'SELECT passages.id, start, "end", {JOINED_COLUMNS} FROM passages JOIN articles ON number = article '
            f"WHERE passages.id IN ({', '.join('?' * len(ids)) or 'NULL'}) ORDER BY passages.id"
        )
        with self._errors_explained():
            seen: dict[object, Article | None] = {}
            found: dict[int, Passage] = {}
            for id, start, end, *fields in self._database.execute(query, tuple(ids)):
                if (article := self._intact(fields, seen)) and self._holds_span(article, start, end):
                    found[id] = Passage(id, article, start, end)
            return found

    def passage_ids(self, article_id: str) -> list[int]:
        """The ids of an article's passages, in the order of its text."""
        query = "SELECT passages.id FROM passages JOIN articles ON number = article WHERE articles.id = ? ORDER BY 1"
        with self._errors_explained():
            return [row[0] for row in self._database.execute(query, (article_id,))]

    def next_article(self, passage_id: int) -> tuple[int, str] | None:
        """Of the articles stored since this passage, the first: its last passage, and its id; None where none was."""
        query = (
            "SELECT passages.id, articles.id FROM passages JOIN articles ON number = article WHERE article = "
            "(SELECT article FROM passages WHERE id > ? ORDER BY id LIMIT 1) ORDER BY passages.id DESC LIMIT 1"
        )
        with self._errors_explained():
            row = self._database.execute(query, (passage_id,)).fetchone()
            return (row[0], row[1]) if row else None

    def article_embeddings(self, article_id: str) -> NDArray[np.float32]:
        """The embeddings of an article's passages, shape (n, dimension)."""
        query = (
            "SELECT passages.id, embedding FROM passages JOIN articles ON number = article WHERE articles.id = ? "
            "ORDER BY 1"
        )
        with self._errors_explained():
            rows = self._database.execute(query, (article_id,)).fetchall()
            self._refuse_misshapen(rows)
            embeddings = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
            return embeddings.reshape(len(rows), -1).astype(np.float32)

    def passages_within(self, where: Filter) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The ids of the passages that a filter lets through, and of each the number of its article; shapes (n,)."""
        article_of = self.article_of_passages()
        query, values = articles_within(where)
        with self._errors_explained():
            rows = self._database.execute(query, values)
            articles = np.fromiter(chain.from_iterable(rows), dtype=np.int64)
        selected = np.zeros(int(article_of.max(initial=0)) + 1, dtype=bool)
        selected[articles[(articles > 0) & (articles < len(selected))]] = True
        ids = np.flatnonzero(selected[article_of])
        return ids, article_of[ids]

    def article_of_passages(self) -> NDArray[np.int64]:
        """The number of each passage's article, 0 where there is no such passage, by passage id; to be left as it is.

        It is kept in memory, and only what was added since is read: 8 MB, and .4 s once, for a million.
        """
        watermark = self.watermark()
        if watermark != self._articles_seen:
            known, removed = self._article_of, self.removed_after(self._articles_seen.removal)
            self._article_of = np.zeros(watermark.passage + 1, dtype=np.int64)
            self._article_of[: len(known)] = known
            self._article_of[[id for id in removed if 0 <= id <= watermark.passage]] = 0
            added = self._articles_of_added(self._articles_seen.passage)
            # A damaged row may hold any number.
            added = added[(added[:, 0] > 0) & (added[:, 0] <= watermark.passage) & (added[:, 1] > 0)]
            self._article_of[added[:, 0]] = added[:, 1]
            self._articles_seen = watermark
        return self._article_of

    def _articles_of_added(self, passage: int) -> NDArray[np.int64]:
        # All of them are in an index that leaves the embeddings out.
        newer = "WHERE id > ?" if passage else ""
        with self._errors_explained():
            rows = self._database.execute(f"SELECT id, article FROM passages {newer}", (passage,) if passage else ())
            return np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, 2)

    def watermark(self) -> Watermark:
        """What an index that has seen everything has seen."""
        return Watermark(*self.engine.watermark())

    def had_articles(self) -> bool:
        """Whether an article was ever stored."""
        return self.watermark() != Watermark()

    def embeddings_after(
        self, passage_id: int, batch_size: int = 4096
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Passages added since, oldest first, in batches: ids of shape (n,) and embeddings of shape (n, dimension)."""
        for rows in self._passage_rows("id, embedding", passage_id, batch_size):
            self._refuse_misshapen(rows)
            ids = np.array([row[0] for row in rows], dtype=np.int64)
            embeddings = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
            yield ids, embeddings.reshape(len(rows), -1).astype(np.float32)

    def passages_after(
        self, passage_id: int, batch_size: int = 4096
    ) -> Iterator[list[tuple[int, int, Passage | None]]]:
        """Passages added since, oldest first, in batches: id, number of its article, None where that is damaged."""
        for rows in self._passage_rows("id, article", passage_id, batch_size):
            found = self.passages([id for id, _ in rows])
            yield [(id, article, found.get(id)) for id, article in rows]

    def removed_after(self, removal: int) -> list[int]:
        """The ids of the passages removed since."""
        with self._errors_explained():
            rows = self._database.execute("SELECT passage FROM removed_passages WHERE number > ?", (removal,))
            return [row[0] for row in rows]

    def _passage_rows(self, columns: str, after: int, batch_size: int) -> Iterator[list[Any]]:
        query = f"SELECT {columns} FROM passages WHERE id > ? ORDER BY id LIMIT ?"
        with self._errors_explained():
            while rows := self._database.execute(query, (after, batch_size)).fetchall():
                yield rows
                if rows[-1][0] <= after:
                    # In a damaged tree of rows, the search for what follows can lead back.
                    raise StoreUnusable(f"{self.name}: {DAMAGED.format(message='malformed order of passages')}")
                after = rows[-1][0]

    def _holds_span(self, article: Article, start: object, end: object) -> bool:
        if type(start) is int and type(end) is int and 0 <= start < end <= len(article.text):
            return True
        self._report_damage(article.id, article.path)
        return False

    def _refuse_misshapen(self, rows: Sequence[tuple[int, Any]]) -> None:
        """Raise StoreUnusable for an embedding that is not as long as the others."""
        query = "SELECT articles.id, path FROM passages JOIN articles ON number = article WHERE passages.id = ?"
        with self._errors_explained():
            dimension = self._dimension() or len(rows[0][1] or b"") // 2
            for passage, embedding in rows:
                if not isinstance(embedding, bytes) or len(embedding) != 2 * dimension:
                    article_id, path = self._database.execute(query, (passage,)).fetchone() or (None, None)
                    raise StoreUnusable(
                        f"{self.name}: an embedding of the article {article_id!r} is damaged. Index it again from its "
                        f"file: wartabot index {path!r}"
                    )
