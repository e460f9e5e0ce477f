"""What each chat has chosen."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bot.chats.database import Database

DEFAULT_QUOTES = 1
OF_CHAT = "SELECT content FROM settings WHERE chat = ?"
CHANGE = "INSERT INTO settings VALUES (?, ?) ON CONFLICT (chat) DO UPDATE SET content = excluded.content"


class ChatSettings(msgspec.Struct, frozen=True):
    """What a chat has chosen; None leaves the default for its kind."""

    language: str | None = None
    quotes: int | None = None
    on_mention: bool = True
    """In groups: answer when mentioned, not only to /tanya and replies."""
    only_asker_sees: bool = False
    quiet_from: int | None = None
    """Hours of the day between which answers make no sound."""
    quiet_until: int | None = None

    @property
    def per_page(self) -> int:
        """How many quotes a card shows at once."""
        return self.quotes or DEFAULT_QUOTES


class Settings:
    """The settings of every chat that has changed one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, chat: int) -> ChatSettings:
        return _settings(self._database.one(OF_CHAT, chat))

    def change(self, chat: int, **changes: Any) -> ChatSettings:
        """Change some settings of a chat and return all of them."""
        with self._database.transaction(alone=True) as connection:
            row = connection.execute(OF_CHAT, (chat,)).fetchone()
            settings = msgspec.structs.replace(_settings(row), **changes)
            connection.execute(CHANGE, (chat, msgspec.json.encode(settings)))
        return settings


def _settings(row: Any) -> ChatSettings:
    return msgspec.json.decode(row[0], type=ChatSettings) if row else ChatSettings()


def is_quiet(settings: ChatSettings, timezone: str, now: datetime | None = None) -> bool:
    """Whether it is within the chat's quiet hours, which may span midnight."""
    if settings.quiet_from is None or settings.quiet_until is None:
        return False
    hour = (now or datetime.now(UTC)).astimezone(ZoneInfo(timezone)).hour
    start, end = settings.quiet_from, settings.quiet_until
    return start <= hour < end if start <= end else hour >= start or hour < end
