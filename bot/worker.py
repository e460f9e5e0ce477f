"""One thread for what takes long, so that the event loop never waits; the most urgent piece of work comes first."""

import asyncio
import heapq
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")


class Urgency(IntEnum):
    """Who comes first: a card that only has to be drawn, a question, what somebody still types, what nobody asked."""

    DRAWING = 0
    QUESTION = 1
    TYPING = 2
    ALERT = 3


class Worker:
    """Runs functions one at a time, of equal urgency in the order they came."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._line: list[tuple[Urgency, int, Callable[[], Any], asyncio.Future[Any]]] = []
        self._number = count()
        self._task: asyncio.Task[None] | None = None
        self.waiting_questions = 0
        """How many questions wait or are in work."""

    async def run(self, function: Callable[[], T], urgency: Urgency = Urgency.QUESTION) -> T:
        """The function's result, or its exception."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        heapq.heappush(self._line, (urgency, next(self._number), function, result))
        if self._task is None:
            self._task = loop.create_task(self._work_off())
        self.waiting_questions += urgency is Urgency.QUESTION
        try:
            return await result
        finally:
            self.waiting_questions -= urgency is Urgency.QUESTION

    async def _work_off(self) -> None:
        loop = asyncio.get_running_loop()
        while self._line:
            _, _, function, result = heapq.heappop(self._line)
            if result.cancelled():
                continue
            try:
                done = await loop.run_in_executor(self._thread, function)
            except Exception as error:
                if not result.cancelled():
                    result.set_exception(error)
            else:
                if not result.cancelled():
                    result.set_result(done)
        self._task = None
