"""Send what was matched: drawn, released in the moment before it is sent, and never sent twice unasked."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec
from zoneinfo import ZoneInfo

from telegram import Message
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.alerts.due import SECONDS_AN_HOUR, in_messages, midnight_before
from bot.alerts.messages import Told, alert_card, lost_alert_card, still_there
from bot.cards import Card
from bot.chats import Alert, Match, StoredAnswer, is_quiet
from bot.conversations import conversations
from bot.failures import is_of_network, may_not_write, surely_not_sent
from bot.limits import ChatFull
from bot.repeating import repeat
from bot.sending import Place, send_to
from bot.texts import Texts
from bot.worker import Urgency

logger = logging.getLogger(__name__)
P = ParamSpec("P")

LOOK_EVERY_SECONDS = 2.0
# Whoever asks finds places among them: Telegram takes thirty messages a second.
SENT_AT_ONCE = 20
# A chat that Telegram would not take a message for is left alone for so long.
PAUSE_SECONDS = 60.0


class Telling:
    """Tells each chat, and each topic of a group, by itself, so that none waits for another."""

    def __init__(self, context: ContextTypes.DEFAULT_TYPE) -> None:
        self._context = context
        self._state = conversations(context)
        self._tasks: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(SENT_AT_ONCE)
        self._not_before: dict[tuple[int, int], float] = {}

    async def keep_on(self) -> None:
        """Tell whatever is due, for as long as the bot runs."""
        await repeat(self._look, LOOK_EVERY_SECONDS, "What people wait for could not be told")

    async def end(self) -> None:
        """Wait for what is being sent."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _look(self) -> None:
        if self._state.stopping:
            return
        self._offer_what_is_doubtful()
        if await self._state.processes.leads():
            self._tell_what_is_due()

    def _offer_what_is_doubtful(self) -> None:
        """What was sent by this process, or by one whose work it took over, and nobody knows whether it has arrived."""
        moment = time.monotonic()
        self._not_before = {place: until for place, until in self._not_before.items() if until > moment}
        for alert in self._state.chats.alerts.doubtful():
            # Where something is being sent, it will be known.
            self._begin((alert.chat, alert.topic), self._offer, alert)

    def _tell_what_is_due(self) -> None:
        """Of several processes, the one that leads tells."""
        now = self._now()
        for place in self._state.chats.alerts.due_places(now.timestamp(), midnight_before(now)):
            self._begin(place, self._tell, *place)

    def _begin(
        self, place: tuple[int, int], work: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Begin some work for a place that has none and may be written to at this hour."""
        if place not in self._tasks and place not in self._not_before and self._may_tell(place[0]):
            task = asyncio.create_task(self._guarded(work(*args, **kwargs)))
            self._tasks[place] = task
            task.add_done_callback(partial(self._done, place))

    def _done(self, place: tuple[int, int], task: "asyncio.Task[None]") -> None:
        self._tasks.pop(place, None)

    def _may_tell(self, chat: int) -> bool:
        settings = self._state.chats.settings.of(chat)
        return self._state.reaches(chat) and not is_quiet(settings, self._state.settings.timezone)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        async with self._places:
            try:
                await work
            # One chat's trouble is not that of the others.
            except Exception:
                logger.exception("A chat could not be told of new articles")

    async def _tell(self, chat: int, topic: int) -> None:
        state, now, alerts = self._state, self._now(), self._state.chats.alerts
        due = alerts.due(chat, topic, now.timestamp(), midnight_before(now))
        recent = alerts.recent(chat, topic, SECONDS_AN_HOUR)
        for matches in in_messages(due, recent, state.settings.alerts_an_hour):
            if not state.stopping:
                await self._send(chat, topic, matches)

    async def _send(self, chat: int, topic: int, matches: Sequence[Match]) -> None:
        state, alerts = self._state, self._state.chats.alerts
        told = await self.told(matches)
        if not told:
            return
        card = await self.card(told)
        released = [one.match.id for one in told]
        alert = await state.write(alerts.release, chat, topic, released)
        if alert is None:
            return
        try:
            sent = await send_to(self._context, Place(chat, topic or None), *card)
        except TelegramError as error:
            await self._failed(Alert(alert, chat, topic), error)
            return
        await self.note_arrived(alert, told, sent)

    async def told(self, matches: Sequence[Match]) -> list[Told]:
        """The matches that can be told, answers saved for their buttons; what has changed or gone is dropped."""
        state, told = self._state, list[Told]()
        for match in matches:
            article = await state.in_worker(partial(still_there, match, state.answerer), Urgency.ALERT)
            if article is None:
                await state.write(state.chats.alerts.drop, match.id)
                continue
            answer: StoredAnswer | None = None
            if match.content is not None:
                openly = match.chat < 0
                answer = await state.write(
                    state.chats.answers.save, match.chat, match.chat, None, match.content, everyone=openly
                )
                if answer is None:
                    continue
            told.append(Told(match, article, answer))
        return told

    async def card(self, told: Sequence[Told]) -> Card:
        """The message that tells of these."""
        state, texts = self._state, self._texts(told[0].match.chat, told[0].match.language)
        name = self._context.bot.username
        return await state.in_worker(lambda: alert_card(told, state.answerer, texts, name), Urgency.ALERT)

    async def note_arrived(self, alert: int, told: Sequence[Told], message: Message) -> None:
        """Nothing more is to be done for this message."""
        state = self._state
        await state.write(state.chats.alerts.finish, alert)
        if len(told) == 1 and told[0].answer is not None:
            await state.write(state.chats.answers.note_sent, told[0].answer.id, message.message_id)

    async def _failed(self, alert: Alert, error: TelegramError) -> None:
        state, place = self._state, (alert.chat, alert.topic)
        if surely_not_sent(error) or isinstance(error, ChatFull):
            self._not_before[place] = time.monotonic() + PAUSE_SECONDS
            await state.write(state.chats.alerts.take_back, alert.id)
        elif is_of_network(error):
            # Left in doubt, it is offered at the next look.
            logger.warning("It is not known whether news has arrived (%s); the chat is told.", error)
        elif may_not_write(error):
            await self._end(alert, error)
        else:
            logger.error("News could not be sent to a chat and is given up: %s", error)
            await state.write(state.chats.alerts.finish, alert.id)

    async def _end(self, alert: Alert, error: TelegramError) -> None:
        """A chat that cannot be written to, or a topic that is gone, is told nothing more."""
        state = self._state
        logger.info("Subscriptions end where the bot may not write: %s", error)
        topic = alert.topic if alert.topic and not isinstance(error, Forbidden) else None
        await state.write(state.chats.subscriptions.end, alert.chat, topic)
        await state.write(state.chats.alerts.finish, alert.id)
        await state.leave_no_trace()

    async def _offer(self, alert: Alert) -> None:
        """Tell that news may be lost; a button shows it, so that nothing comes twice unasked."""
        state, matches = self._state, self._state.chats.alerts.unfinished(alert.id)
        if not matches:
            await state.write(state.chats.alerts.finish, alert.id)
            return
        card = lost_alert_card(alert.id, self._texts(alert.chat, matches[0].language))
        try:
            await send_to(self._context, Place(alert.chat, alert.topic or None), *card)
        except TelegramError as error:
            if may_not_write(error):
                await self._end(alert, error)
            if surely_not_sent(error) or isinstance(error, ChatFull):
                self._not_before[(alert.chat, alert.topic)] = time.monotonic() + PAUSE_SECONDS
                return
        await state.write(state.chats.alerts.note_offered, alert.id)

    def _texts(self, chat: int, language: str) -> Texts:
        return self._state.texts_in(chat, language)

    def _now(self) -> datetime:
        return datetime.now(ZoneInfo(self._state.settings.timezone))
