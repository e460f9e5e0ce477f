"""What is kept of people, apart from the articles; imports `embeddings` alone."""

from bot.chats.alerts import Alert, Match
from bot.chats.answers import SentAnswer, SentQuote, StoredAnswer
from bot.chats.chats import FILE_NAME, Chats
from bot.chats.database import CHATS_VERSION, ChatsLocked
from bot.chats.feedback import Judged
from bot.chats.questions import Pending
from bot.chats.settings import ChatSettings, is_quiet
from bot.chats.subscriptions import Kind, Subscription, SubscriptionsFull, WaitingQuestion

__all__ = [
    "CHATS_VERSION",
    "FILE_NAME",
    "Alert",
    "ChatSettings",
    "Chats",
    "ChatsLocked",
    "Judged",
    "Kind",
    "Match",
    "Pending",
    "SentAnswer",
    "SentQuote",
    "StoredAnswer",
    "Subscription",
    "SubscriptionsFull",
    "WaitingQuestion",
    "is_quiet",
]
