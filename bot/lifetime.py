"""What the bot does from its start to its end, whether anybody asks or not."""

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine
from typing import Any

from telegram.ext import Application

from bot import registration
from bot.alerts.matching import Matching
from bot.alerts.telling import Telling
from bot.chats import BEAT_SECONDS
from bot.conversations import KEY, Conversations
from bot.handlers import asking
from bot.operating.digest import send_digests
from bot.operating.replies import send_replies
from bot.polling import WatchedRequest, keep_polling
from bot.repeating import repeat
from bot.server import build_server
from bot.webhook import Webhook

logger = logging.getLogger(__name__)

# What is not finished by then is left to the next start.
STOP_SECONDS = 25.0
SECONDS_A_DAY = 86_400
# So that a new article is found within a second.
TAKE_IN_EVERY = 0.3
# After trouble, so that it is not told again and again.
PAUSE_SECONDS = 5.0

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


async def begin(application: AnyApplication) -> None:
    """Go on with what nobody asks for, and with what a stopped process has left."""
    state: Conversations = application.bot_data[KEY]
    link: WatchedRequest | Webhook = application.bot_data["link"]
    server = application.bot_data["server"] = build_server(state, link)
    server.add_sockets(application.bot_data["sockets"])
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stop, application)
    context = application.context_types.context(application)
    application.bot_data["telling"] = telling = Telling(context)
    work: list[Coroutine[Any, Any, None]] = [
        state.processes.keep_on(),
        link.keep() if isinstance(link, Webhook) else keep_polling(application, link, state),
        repeat(state.take_in, TAKE_IN_EVERY, "New articles are not found at the moment", pause=PAUSE_SECONDS),
        *_what_nobody_asks_for(application, state, telling),
    ]
    for one in work:
        _start(application, one)
    # In the order they were asked, and before what comes now.
    await _take_over(application)
    if state.chats.database.shared:
        _start(application, repeat(lambda: _take_over(application), BEAT_SECONDS, "Nothing could be taken over"))


def _start(application: AnyApplication, work: Coroutine[Any, Any, None]) -> None:
    """Let it go on until it ends or the bot does."""
    tasks: set[asyncio.Task[None]] = application.bot_data.setdefault("tasks", set())
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    task.add_done_callback(_tell_failure)


async def _take_over(application: AnyApplication) -> None:
    """Say that this process is at work, and go on with the questions of those that are no more."""
    state: Conversations = application.bot_data[KEY]
    context = application.context_types.context(application)
    for pending in await state.write(state.chats.take_over):
        _start(application, asking.take_up(pending, context))


def _what_nobody_asks_for(
    application: AnyApplication, state: Conversations, telling: Telling
) -> list[Coroutine[Any, Any, None]]:
    """What the bot does by itself; of several processes, the one that leads."""
    leading = state.processes.until_leading
    return [
        repeat(lambda: _forget_old(state), SECONDS_A_DAY, "What is old could not be deleted", leading),
        Matching(state).keep_on(),
        telling.keep_on(),
        registration.register(application, state),
        repeat(lambda: send_replies(application, state), 2, "Answers to reports could not be sent", leading),
        repeat(lambda: send_digests(application, state), 30, "The weekly digest could not be sent", leading),
    ]


def _tell_failure(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.error("A task of the bot's own has ended", exc_info=task.exception())


async def _forget_old(state: Conversations) -> None:
    await state.write(state.chats.forget_old, state.settings.keep_days)
    await state.leave_no_trace()


def _stop(application: AnyApplication) -> None:
    """End in good order, and soon: nothing waits for Telegram's patience, and what is not done the next start does."""
    application.bot_data[KEY].stopping = True
    application.bot_data["limiter"].stop()
    _start(application, _stop_running(application))
    asyncio.get_running_loop().call_later(STOP_SECONDS, _end_at_once)


async def _stop_running(application: AnyApplication) -> None:
    """Stop it as soon as it runs: while it is about to, it does not notice that it is told to."""
    about_to_run = not application.running
    while not application.running:
        application.stop_running()
        await asyncio.sleep(0.1)
    if about_to_run:
        # What makes it run has returned by then.
        await asyncio.sleep(0.1)
    application.stop_running()


def _end_at_once() -> None:
    logger.warning("Not everything was finished within %.0f s; the next start goes on with it.", STOP_SECONDS)
    # Whatever is stored survives a kill at any moment.
    os._exit(0)


async def end(application: AnyApplication) -> None:
    """Finish what is being sent, and let the other processes go on."""
    application.bot_data["server"].stop()
    for task in tuple(application.bot_data.get("tasks", ())):
        task.cancel()
    # What is being sent is not sent again, so it is waited for.
    await application.bot_data["telling"].end()
    state: Conversations = application.bot_data[KEY]
    await state.write(state.chats.workers.leave)
    await state.processes.close()
