"""What is kept of people, apart from the articles; imports `embeddings` alone."""

from bot.chats.alerts import Alert, Match
from bot.chats.answers import SentAnswer, SentQuote, StoredAnswer
from bot.chats.chats import FILE_NAME, Chats
from bot.chats.counts import Counts, Outcome
from bot.chats.database import ChatsLocked
from bot.chats.feedback import REPORT, Judged
from bot.chats.questions import Pending, Unanswered
from bot.chats.reports import Report
from bot.chats.settings import ChatSettings, is_quiet
from bot.chats.sqlite import CHATS_VERSION
from bot.chats.subscriptions import Kind, Subscription, SubscriptionsFull, WaitingQuestion
from bot.chats.workers import BEAT_SECONDS

__all__ = [
    "BEAT_SECONDS",
    "CHATS_VERSION",
    "FILE_NAME",
    "REPORT",
    "Alert",
    "ChatSettings",
    "Chats",
    "ChatsLocked",
    "Counts",
    "Judged",
    "Kind",
    "Match",
    "Outcome",
    "Pending",
    "Report",
    "SentAnswer",
    "SentQuote",
    "StoredAnswer",
    "Subscription",
    "SubscriptionsFull",
    "Unanswered",
    "WaitingQuestion",
    "is_quiet",
]
