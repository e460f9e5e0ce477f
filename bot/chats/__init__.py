"""What is kept of people, apart from the articles; imports `embeddings` alone."""

from bot.chats.answers import SentAnswer, SentQuote, StoredAnswer
from bot.chats.chats import FILE_NAME, Chats
from bot.chats.database import ChatsLocked
from bot.chats.feedback import Judged
from bot.chats.questions import Pending
from bot.chats.settings import ChatSettings, is_quiet

__all__ = [
    "FILE_NAME",
    "ChatSettings",
    "Chats",
    "ChatsLocked",
    "Judged",
    "Pending",
    "SentAnswer",
    "SentQuote",
    "StoredAnswer",
    "is_quiet",
]
