"""What every handler needs: the answerer in its worker thread, the chats, the texts, and who may ask how much."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from telegram import Chat, Update, User
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.chats import Chats, ChatSettings
from bot.config import TelegramSettings
from bot.limits import Allowance
from bot.texts import ENGLISH, INDONESIAN, Texts, texts_for
from embeddings import Answerer

T = TypeVar("T")
KEY = "conversations"
DEFAULT_QUOTES_PRIVATE = 3
DEFAULT_QUOTES_GROUP = 1


class Conversations:
    """The bot's state: one answerer, used by one worker thread so that the event loop never waits, and the chats."""

    def __init__(self, answerer: Answerer, chats: Chats, settings: TelegramSettings) -> None:
        self.answerer = answerer
        self.chats = chats
        self.settings = settings
        self.people = Allowance(settings.questions_a_minute_person)
        self.groups = Allowance(settings.questions_a_minute_chat)
        self.turns: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.waiting = 0
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answerer")

    async def in_worker(self, function: Callable[[], T]) -> T:
        """Run something that reads the articles, in the one thread that may."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, function)

    def texts(self, chat: Chat | None, user: User | None) -> Texts:
        """The chat's language; in private the person's own Telegram decides until they choose, in groups Indonesian."""
        chosen = self.chats.settings(chat.id).language if chat else None
        if chosen is not None:
            return ENGLISH if chosen == ENGLISH.language else INDONESIAN
        if chat is not None and chat.type != ChatType.PRIVATE:
            return INDONESIAN
        return texts_for(user.language_code if user else None)

    def quotes_per_page(self, chat: Chat, chat_settings: ChatSettings) -> int:
        default = DEFAULT_QUOTES_PRIVATE if chat.type == ChatType.PRIVATE else DEFAULT_QUOTES_GROUP
        return chat_settings.quotes or default

    def serves(self, chat: Chat | None, user: User | None) -> bool:
        """Whether this chat and person are among those the operator lets ask."""
        if user is not None and user.id in self.settings.blocked_people:
            return False
        if chat is None:
            return not self.settings.allowed_chats
        if chat.id in self.settings.blocked_chats:
            return False
        return not self.settings.allowed_chats or chat.id in self.settings.allowed_chats


def conversations(context: ContextTypes.DEFAULT_TYPE) -> Conversations:
    """The one that application.py has put there."""
    found = context.bot_data[KEY]
    assert isinstance(found, Conversations)
    return found


def texts_of(update: Update, context: ContextTypes.DEFAULT_TYPE) -> Texts:
    """The texts in the language of this update's chat."""
    return conversations(context).texts(update.effective_chat, update.effective_user)
