"""What articles were before they were changed, so that quotes that were sent of them can still be opened."""

import re

import msgspec

from embeddings.postgresql import Connection
from embeddings.storage.articles import Articles
from embeddings.types import Article

# Newsrooms correct an article a few times, mostly within hours; ten versions hold what any card still quotes.
MOST_VERSIONS = 10
_HASH = re.compile("[0-9a-f]{32}")


class Versions(Articles):
    """The older versions of the articles in a database; nothing searches them."""

    def quoted(self, article_id: str, start: int, words: str, content_hash: str | None) -> tuple[Article, bool] | None:
        """The article that has these words at this place, and whether its text has been changed since.

        The version that was quoted is named by its digest; where it is not kept, or not known, another that has the
        words will do, the newest first. None where no version has them.
        """
        current = self.article(article_id)
        versions = self._versions(article_id)
        known = [*([(article_id, current)] if current else []), *versions]
        # The very version that was quoted comes first; sorting keeps the order of the others.
        for id_now, article in sorted(known, key=lambda one: one[1].content_hash() != content_hash):
            if article.text[start : start + len(words)] == words:
                now = self.article(id_now)
                # Given another headline or id, it still says the same.
                return (now, False) if now and now.text == article.text else (article, True)
        return None

    def older_version(self, content_hash: str) -> Article | None:
        """The older version of an article that has this digest."""
        if not _HASH.fullmatch(content_hash):
            return None
        with self._errors_explained():
            query = "SELECT content_hash, content FROM versions WHERE content_hash = ?"
            row = self._database.execute(query, (content_hash,)).fetchone()
            return _intact(*row) if row else None

    def take_versions(self, other: "Versions") -> None:
        """Keep the older versions that another database has of the articles in this one."""
        with other._errors_explained():
            query = "SELECT article, id, content_hash, content FROM versions ORDER BY number"
            rows = other.engine.rows(query, ())
            known = self.known_articles()
            with self._transaction() as database:
                database.execute("DELETE FROM versions")
                database.executemany(
                    "INSERT INTO versions(article, id, content_hash, content) VALUES (?, ?, ?, ?)",
                    (row for row in rows if row[0] in known),
                )

    def _versions(self, article_id: str) -> list[tuple[str, Article]]:
        """What once had this id, newest first, and the id that it has now."""
        with self._errors_explained():
            query = "SELECT article, content_hash, content FROM versions WHERE id = ? ORDER BY number DESC"
            rows = self._database.execute(query, (article_id,)).fetchall()
        found = ((id_now, _intact(content_hash, content)) for id_now, content_hash, content in rows)
        return [(id_now, article) for id_now, article in found if article]


def keep_version(database: Connection, article: Article, id_now: str) -> None:
    """Keep an article that is about to be replaced or to get another id, and the newest few before it."""
    row = (id_now, article.id, article.content_hash(), msgspec.json.encode(article))
    database.execute("DELETE FROM versions WHERE article = ? AND content_hash = ?", (id_now, row[2]))
    database.execute("INSERT INTO versions(article, id, content_hash, content) VALUES (?, ?, ?, ?)", row)
    database.execute(
        "DELETE FROM versions WHERE article = :article AND number NOT IN "
        "(SELECT number FROM versions WHERE article = :article ORDER BY number DESC LIMIT :most)",
        {"article": id_now, "most": MOST_VERSIONS},
    )


def _intact(content_hash: object, content: bytes) -> Article | None:
    """The version, None where the disk has damaged it."""
    try:
        article = msgspec.json.decode(content, type=Article)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return article if article.content_hash() == content_hash else None
