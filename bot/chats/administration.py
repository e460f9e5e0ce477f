"""What the bot keeps of its administrators: the digests sent to them, and what they changed among the articles."""

import secrets
import time

from bot.chats.answers import TOKEN_BYTES
from bot.chats.database import Database


class Administration:
    """Digests, each sent at most once; and changes, each of which can be taken back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_digest(self, administrator: int, due: str) -> bool:
        """The digest that was due then is about to be sent, and never again; False where it was before."""
        statement = "INSERT INTO digests VALUES (?, ?) ON CONFLICT DO NOTHING"
        return self._database.do(statement, administrator, due) == 1

    def take_back_digest(self, administrator: int, due: str) -> None:
        """The digest has surely not been sent, so that it may be sent again."""
        self._database.do("DELETE FROM digests WHERE administrator = ? AND due = ?", administrator, due)

    def keep_change(self, administrator: int, content: bytes) -> str:
        """Keep what was changed; returns the token that a button carries."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        statement = "INSERT INTO changes VALUES (?, ?, ?, ?)"
        self._database.do(statement, token, administrator, content, time.time())
        return token

    def change(self, administrator: int, token: str) -> bytes | None:
        """What this administrator has changed; None where it is not known, or too old."""
        query = "SELECT content FROM changes WHERE administrator = ? AND token = ?"
        row = self._database.one(query, administrator, token)
        return row[0] if row else None
