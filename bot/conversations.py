"""What every handler needs: the answerer in its worker thread, the chats, the texts, and who may ask how much."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from telegram import Chat, Update, User
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.alone import Alone
from bot.chats import Chats, ChatsLocked
from bot.config import NewsroomSettings, TelegramSettings
from bot.metrics import Metrics
from bot.processes import OneProcess, Processes
from bot.texts import ENGLISH, INDONESIAN, Texts, texts_for
from bot.updates import Arrivals
from bot.worker import Urgency, Worker
from embeddings import KnowledgeBase

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
KEY = "conversations"
RETRY_SECONDS = 0.5
EXAMPLES_SECONDS = 600.0


class Conversations:
    """The bot's state: one answerer, used by one worker thread so that the event loop never waits, and the chats."""

    knows_rich: bool | None = None
    """Whether the server knows rich messages; None until one was sent."""
    stopping = False
    """Whether the bot is being stopped: what is not done is left to the next start."""

    def __init__(
        self,
        knowledge: KnowledgeBase,
        chats: Chats,
        settings: TelegramSettings,
        newsroom: NewsroomSettings | None = None,
        processes: Processes | None = None,
    ) -> None:
        self.answerer = knowledge
        self.chats = chats
        self.settings = settings
        self.metrics = Metrics()
        self.arrivals = Arrivals()
        self.newsroom = newsroom or NewsroomSettings()
        self._examples: tuple[str, ...] = ()
        self._next_examples = 0.0
        self.processes = processes = processes or OneProcess()
        self.people = processes.allowance("people", settings.questions_a_minute_person)
        self.groups = processes.allowance("groups", settings.questions_a_minute_chat)
        self.taps = processes.allowance("taps", settings.taps_a_minute_person)
        self.inline_queries = processes.allowance("inline queries", settings.inline_queries_a_minute_person)
        self.newest_inline: dict[int, str] = {}
        """The newest inline query of each person who is typing one; the ones before are not computed any more."""
        self.changing_articles = asyncio.Lock()
        """Held while a process changes articles for an administrator."""
        self.alone = Alone()
        self._answerer_thread = Worker("answerer")
        self._tidying = asyncio.Lock()
        self._next_tidy = 0.0
        self._chats_thread, self._taking_in = (ThreadPoolExecutor(1, name) for name in ("chats", "taking in"))

    async def in_worker(self, function: Callable[[], T], urgency: Urgency = Urgency.QUESTION) -> T:
        """Run something that reads the articles, in the one thread that may."""
        return await self._answerer_thread.run(function, urgency)

    async def take_in(self) -> None:
        """Let articles be found that other processes have stored, while questions are answered."""
        loop = asyncio.get_running_loop()
        while True:
            if await loop.run_in_executor(self._taking_in, self.answerer.take_in):
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def examples(self) -> tuple[str, ...]:
        """Questions that are surely answered, for people to see what may be asked; found anew every ten minutes."""
        if not self._examples or time.monotonic() >= self._next_examples:
            self._examples = await self.in_worker(lambda: self.answerer.examples(self.newsroom.examples))
            self._next_examples = time.monotonic() + EXAMPLES_SECONDS
        return self._examples

    @property
    def waiting_questions(self) -> int:
        """How many questions wait for the answerer or are in work."""
        return self._answerer_thread.waiting_questions

    async def allows(self, chat: int, asker: int) -> bool:
        """Take one question of what this person, and in a group all together, may ask a minute."""
        return await self.people.take(asker) and (chat > 0 or await self.groups.take(chat))

    async def slow_down(self, asker: int, texts: Texts) -> str:
        """What to tell somebody who has asked too much; once, then nothing."""
        if not await self.people.notice_due(asker):
            return ""
        return texts.slow_down.format(seconds=await self.people.seconds_left(asker))

    async def write(self, change: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Change the chats, in the one thread that may; for as long as another program has them locked, wait."""
        return await self._unlocked(self._chats_thread, lambda: change(*args, **kwargs))

    async def _unlocked(self, thread: ThreadPoolExecutor | None, change: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(thread, change)
            except ChatsLocked as error:
                logger.error("%s It is tried again.", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def read(self, what: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read from the chats what must not fail; where the server with them has gone, once it is back."""
        while True:
            try:
                return what(*args, **kwargs)
            except ChatsLocked as error:
                logger.warning("What was sent waits for the database: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                await self.until_chats_are_there()

    async def until_chats_are_there(self) -> None:
        """Return at once, or where the server with the chats is away once it is back."""
        if self.chats.database.lost:
            await self.write(self.chats.database.reach)

    async def leave_no_trace(self) -> None:
        """Let nothing of what was deleted be legible; deletions in quick succession share the work."""
        async with self._tidying:
            if not self.chats.database.traces:
                return
            await asyncio.sleep(max(0.0, self._next_tidy - time.monotonic()))
            begin = time.monotonic()
            database = self.chats.database
            # On a server it takes as long as there is much, and needs nothing of what is written meanwhile.
            thread = None if database.shared else self._chats_thread
            await self._unlocked(thread, database.leave_no_trace)
            # However large the file has grown, writing it anew takes a tenth of the time at most.
            self._next_tidy = time.monotonic() + 9 * (time.monotonic() - begin)

    def texts(self, chat: Chat | None, user: User | None) -> Texts:
        """The chat's language; in private the person's own Telegram decides until they choose, in groups Indonesian."""
        chosen = self.chats.settings.of(chat.id).language if chat else None
        if chosen is not None:
            return ENGLISH if chosen == ENGLISH.language else INDONESIAN
        if chat is not None and chat.type != ChatType.PRIVATE:
            return INDONESIAN
        return texts_for(user.language_code if user else None)

    def texts_in(self, chat: int, language: str) -> Texts:
        """The texts of a chat that nobody is writing in: in its language, or where it chose none in this one."""
        return ENGLISH if (self.chats.settings.of(chat).language or language) == ENGLISH.language else INDONESIAN

    def reaches(self, chat: int) -> bool:
        """Whether the operator lets this chat be told of anything."""
        if chat in self.settings.blocked_chats or chat in self.settings.blocked_people:
            return False
        return not self.settings.allowed_chats or chat in self.settings.allowed_chats

    def serves(self, chat: Chat | None, user: User | None) -> bool:
        """Whether this chat and person are among those the operator lets ask; administrators are in their own chats."""
        if chat is not None and chat.type == ChatType.PRIVATE and chat.id in self.settings.administrators:
            return True
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
