"""Articles, passages and embeddings in one database: the only truth, from which the indexes derive."""

from collections.abc import Collection, Iterable, Sequence

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from embeddings.addresses import canonical_address
from embeddings.postgresql import Connection
from embeddings.storage.articles import ARTICLE_COLUMNS, JOINED_COLUMNS, article_of
from embeddings.storage.facts import FACT_COLUMNS, Findings, is_intact, matching, save_findings
from embeddings.storage.passages import Passages
from embeddings.storage.positions import Positions
from embeddings.storage.schema import article_key
from embeddings.storage.sources import Sources
from embeddings.storage.stories import has_story, save_story, signature
from embeddings.storage.times import save_times, times_of
from embeddings.storage.versions import Versions, keep_version
from embeddings.types import Article, Span

FILE_NAME = "knowledge.db"


class Store(Passages, Versions, Sources, Positions):
    """One SQLite file, or a schema of PostgreSQL; each article is written in one transaction, whole or not at all.

    What comes back is what was stored: an article is held against its digest whenever it is read, and one that the disk
    has damaged counts as absent and is logged.
    """

    def save(
        self,
        article: Article,
        passages: Sequence[Span],
        embeddings: NDArray[np.float32],
        findings: Iterable[Findings] = (),
    ) -> None:
        """Add an article or replace the one with its id, whose text is kept as an older version.

        The embeddings have the shape (len(passages), dimension).
        """
        if len(passages) != len(embeddings):
            raise ValueError(f"{article.id}: {len(passages)} passages but {len(embeddings)} embeddings")
        # Half precision halves the file; the cosine moves by less than 0.0001.
        blobs = [embedding.tobytes() for embedding in embeddings.astype(np.float16)]
        # Before the transaction, so that nobody waits for it.
        content_hash, own, times = article.content_hash(), signature(article.text), times_of(article)
        with self._transaction() as database:
            number = _replace(database, article, content_hash)
            database.executemany(
                'INSERT INTO passages(article, start, "end", embedding) VALUES (?, ?, ?, ?)',
                ((number, start, end, blob) for (start, end), blob in zip(passages, blobs, strict=True)),
            )
            for of_one_topic in findings:
                save_findings(database, number, content_hash, of_one_topic)
            save_story(database, number, article.source, own)
            save_times(database, number, times)
        self._damaged.discard(article.id)

    def move(self, article_id: str, path: str | None) -> None:
        """Note that an unchanged article now lies elsewhere."""
        with self._transaction() as database:
            database.execute("UPDATE articles SET path = ? WHERE id = ?", (path, article_id))

    def rename(self, article: Article, new_id: str, findings: Iterable[Findings]) -> None:
        """Give a stored article another id, under which it has these facts; its passages and their embeddings stay.

        Quotes that were sent of it under the old id still open.
        """
        renamed = replace(article, id=new_id)
        row = (new_id, article_key(new_id), renamed.content_hash(), article.id, article.content_hash())
        with self._transaction() as database:
            changed = database.execute(
                "UPDATE articles SET id = ?, key = ?, content_hash = ? WHERE id = ? AND content_hash = ? "
                "RETURNING number",
                row,
            ).fetchall()
            # Another process may have replaced or removed it meanwhile.
            for (number,) in changed:
                for of_one_topic in findings:
                    save_findings(database, number, renamed.content_hash(), of_one_topic)
                database.execute("UPDATE versions SET article = ? WHERE article = ?", (new_id, article.id))
                keep_version(database, article, new_id)

    def remove(self, article_id: str) -> None:
        """Forget an article and its older versions."""
        with self._transaction() as database:
            database.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            database.execute("DELETE FROM versions WHERE article = ?", (article_id,))

    def facts(self, topic: str, *keys: str | Collection[str]) -> list[tuple[Article, bytes]]:
        """The contents of the topic's facts that have all of these keys, of a collection any; newest article first."""
        condition, values = matching(keys)
        query = (
            f"SELECT {', '.join(FACT_COLUMNS)}, {JOINED_COLUMNS} FROM facts "
            f"JOIN articles ON articles.number = facts.article WHERE facts.topic = ? AND {condition} "
            "ORDER BY published DESC NULLS LAST, articles.id, facts.number"
        )
        found: list[tuple[Article, bytes]] = []
        with self._errors_explained():
            seen: dict[object, Article | None] = {}
            for row in self._database.execute(query, (topic, *values)):
                fact, fields = row[: len(FACT_COLUMNS)], row[len(FACT_COLUMNS) :]
                article = self._intact(fields, seen)
                if article and is_intact(fields[-1], fact):
                    found.append((article, fact[1]))
                elif article:
                    self._report_damage(article.id, article.path)
        return found

    def outdated(self, topic: str, version: str | None = None) -> list[str]:
        """The ids of the articles that the topic's finder, or this version of it, has not gone through."""
        query = (
            "SELECT id FROM articles WHERE number IN (SELECT number FROM articles EXCEPT "
            "SELECT article FROM findings WHERE topic = ? AND version = coalesce(?, version)) ORDER BY number"
        )
        with self._errors_explained():
            return [row[0] for row in self._database.execute(query, (topic, version))]

    def topics(self) -> set[str]:
        """The topics whose finders have gone through any article."""
        with self._errors_explained():
            return {row[0] for row in self._database.execute("SELECT DISTINCT topic FROM findings")}

    def renew(self, found: Sequence[tuple[Article, Findings]]) -> None:
        """Replace what the topics have of these articles, as far as the articles are stored as they are here."""
        with self._errors_explained():
            # Before the transaction, so that nobody waits for it.
            own = [None if has_story(self._database, article.id) else signature(article.text) for article, _ in found]
            times = [times_of(article) for article, _ in found]
        with self._transaction() as database:
            for (article, findings), signature_to_add, of_article in zip(found, own, times, strict=True):
                content_hash = article.content_hash()
                query = "SELECT number FROM articles WHERE id = ? AND content_hash = ?"
                # Another process may have replaced or removed it meanwhile.
                for (number,) in database.execute(query, (article.id, content_hash)).fetchall():
                    save_findings(database, number, content_hash, findings)
                    save_times(database, number, of_article)
                    if signature_to_add is not None:
                        save_story(database, number, article.source, signature_to_add)


def _replace(database: Connection, article: Article, content_hash: str) -> int:
    """The number of the article, which is put in the place of the one with its id."""
    _keep_before(database, article)
    database.execute("DELETE FROM articles WHERE id = ?", (article.id,))
    row = (
        article.id, article.text, article.title, article.source, article.url, article.published,
        article.place, article.path, msgspec.json.encode(article.pages).decode() if article.pages else None,
        content_hash, article_key(article.id), canonical_address(article.url),
    )  # fmt: skip
    query = (
        f"INSERT INTO articles({ARTICLE_COLUMNS}, key, address) VALUES ({', '.join('?' * len(row))}) RETURNING number"
    )
    return int(database.execute(query, row).fetchone()[0])


def _keep_before(database: Connection, article: Article) -> None:
    """Keep the text that an article had, where it is another and undamaged."""
    before = database.execute(f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE id = ?", (article.id,)).fetchone()
    if before is None:
        return
    replaced = article_of(before[:-1])
    if replaced.text != article.text and replaced.content_hash() == before[-1]:
        keep_version(database, replaced, article.id)
    # Changed back to what it was, it is no older version any more.
    query = "DELETE FROM versions WHERE article = ? AND content_hash = ?"
    database.execute(query, (article.id, article.content_hash()))
