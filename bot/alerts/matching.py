"""Match new articles with what chats wait for, in the background and in short pieces: whoever asks comes first."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from bot.ask import to_send
from bot.chats import SentAnswer, Subscription, WaitingQuestion
from bot.conversations import Conversations
from bot.worker import Urgency
from embeddings import (
    Answer,
    Certainty,
    StandingQuestion,
    StandingQuestions,
    StoreUnusable,
    WartabotError,
    regions_of,
)

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
# After trouble, until it is tried again.
PAUSE_SECONDS = 30.0
T = TypeVar("T")


class NewArticle(msgspec.Struct, frozen=True):
    """An article to be matched, and the last of its passages."""

    passage: int
    id: str
    story: frozenset[str]
    near: tuple[int, ...]
    """The positions of the questions that it may answer."""
    regions: frozenset[str]


class Matching:
    """Goes through the articles in the order in which they were stored; what was matched is kept with the matches."""

    def __init__(self, state: Conversations) -> None:
        self._state = state
        self._asked: Sequence[WaitingQuestion] = ()
        self._side_by_side = StandingQuestions([])
        self._changes: int | None = None

    async def keep_on(self) -> None:
        """Match whatever comes in, for as long as the bot runs."""
        while True:
            try:
                await self._state.processes.until_leading()
                while await self.step():
                    await self._state.processes.until_leading()
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            except WartabotError as error:
                logger.error("New articles are not matched at the moment: %s", error)
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception:
                logger.exception("New articles could not be matched with what people wait for")
                await asyncio.sleep(PAUSE_SECONDS)

    async def step(self) -> bool:
        """One piece of work, the most urgent first; False where there is none."""
        subscriptions, encoder = self._state.chats.subscriptions, self._state.answerer.encoder.name
        if not subscriptions.exist():
            await self._pass_over()
            return False
        if unprepared := subscriptions.unprepared(encoder):
            await self._prepare(unprepared, encoder)
        elif waiting := subscriptions.look_back():
            await self._look_back(waiting)
        elif (found := await self._next()) is not None:
            await self._match(found)
        else:
            return False
        return True

    async def _pass_over(self) -> None:
        """Nobody waits, so what came in until now is of no concern."""
        store, alerts = self._state.answerer.store, self._state.chats.alerts
        newest = await self._state.in_worker(store.watermark, Urgency.ALERT)
        if alerts.matched_until(store.identity) != newest.passage:
            await self._state.write(alerts.begin_at, store.identity, newest.passage)

    async def _prepare(self, subscription: Subscription, encoder: str) -> None:
        state, day = self._state, self._day(subscription.since)
        question = await self._or_none(lambda: state.answerer.standing(subscription.words, day), subscription.id)
        if question is None:
            question = StandingQuestion(bytes(2 * state.answerer.encoder.dimension), (), (), None, False)
        await state.write(state.chats.subscriptions.prepare, subscription.id, encoder, question)

    async def _look_back(self, waiting: Subscription) -> None:
        """Ask once more what found no answer: articles may have come in since, and now there is time to read more."""
        state = self._state
        answer = await self._or_none(lambda: state.answerer.answer(waiting.words, 1), waiting.id)
        content = self._content(answer, waiting) if answer and answer.certainty is Certainty.SURE else None
        article = content.quotes[0].article if content else ""
        story = await state.in_worker(lambda: state.answerer.store.of_story(article), Urgency.ALERT)
        await state.write(state.chats.alerts.record_look_back, waiting.id, story, content)

    # --- one article ---

    async def _next(self) -> NewArticle | None:
        """The next article, with the questions that it is near to; None where all were matched."""
        state, alerts, store = self._state, self._state.chats.alerts, self._state.answerer.store
        seen, newest = alerts.matched_until(store.identity), await state.in_worker(store.watermark, Urgency.ALERT)
        if seen is None or seen > newest.passage:
            # Before there were alerts, in another store or in one from a backup: what is there is not new.
            await state.write(alerts.begin_at, store.identity, newest.passage)
            return None
        following = await state.in_worker(lambda: state.answerer.next_article(seen), Urgency.ALERT)
        if following is None:
            return None
        await self._take_in_changes()
        passage, article = following
        found = await self._or_none(lambda: self._near(passage, article), article)
        return found or NewArticle(passage, article, frozenset(), (), frozenset())

    async def _or_none(self, work: Callable[[], T], what: object) -> T | None:
        """What a piece of work gives; None where it fails over this question or article, which holds up no other."""
        try:
            return await self._state.in_worker(work, Urgency.ALERT)
        except StoreUnusable:
            raise
        except Exception:
            logger.exception("Passed over in matching: %r", what)
            return None

    async def _take_in_changes(self) -> None:
        state, subscriptions = self._state, self._state.chats.subscriptions
        if self._changes == subscriptions.changes:
            return
        self._changes = subscriptions.changes
        self._asked = await state.write(subscriptions.waiting_questions, state.answerer.encoder.name)
        questions = [one.compared for one in self._asked]
        self._side_by_side = await state.in_worker(lambda: StandingQuestions(questions), Urgency.ALERT)

    def _near(self, passage: int, article_id: str) -> NewArticle:
        store = self._state.answerer.store
        article = store.article(article_id)
        if article is None:
            # Damaged, or gone by now.
            return NewArticle(passage, article_id, frozenset(), (), frozenset())
        near = self._side_by_side.near(article, store.article_embeddings(article_id))
        story, regions = frozenset(store.of_story(article_id)), frozenset(regions_of(article))
        return NewArticle(passage, article_id, story, tuple(near), regions)

    async def _match(self, found: NewArticle) -> None:
        state, subscriptions = self._state, self._state.chats.subscriptions
        answers: list[tuple[int, SentAnswer]] = []
        for position in found.near:
            answers += await self._answers(found, self._asked[position])
        regions = [one.id for one in subscriptions.of_regions(found.regions)]
        identity = state.answerer.store.identity
        await state.write(state.chats.alerts.record, identity, found.passage, found.id, found.story, answers, regions)

    async def _answers(self, found: NewArticle, asked: WaitingQuestion) -> list[tuple[int, SentAnswer]]:
        """What the article answers for sure, for each subscription that waits for it."""
        state, day = self._state, self._day(asked.since) if asked.since else None
        answer = await self._or_none(lambda: state.answerer.answer_from(asked.words, found.id, day), found.id)
        if answer is None or answer.certainty is not Certainty.SURE:
            return []
        waiting = filter(None, map(state.chats.subscriptions.by_id, asked.subscriptions))
        return [(one.id, self._content(answer, one)) for one in waiting]

    def _content(self, answer: Answer, subscription: Subscription) -> SentAnswer:
        texts = self._state.texts_in(subscription.chat, subscription.language)
        content = to_send(answer, texts, per_page=1)
        return msgspec.structs.replace(content, of_period=False, subscription=subscription.id)

    def _day(self, moment: float) -> date:
        return datetime.fromtimestamp(moment, ZoneInfo(self._state.settings.timezone)).date()
