"""What people hear, and what the bot does, while the PostgreSQL server with the chats is away or busy."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from telegram import Update

from bot.application import AnyApplication, build_application
from bot.chats import Chats, Pending
from bot.config import Config, TelegramSettings
from bot.conversations import KEY, Conversations
from bot.handlers.asking import take_up
from embeddings import KnowledgeBase
from tests.postgresql_server import Server
from tests.telegram_server import PERSON, TOKEN, TelegramServer
from tests.test_telegram import QUESTION


@pytest.fixture
def chats(postgresql_url: str) -> Iterator[Chats]:
    chats = Chats(Path("no file"), url=postgresql_url)
    chats.take_over()
    yield chats
    chats.close()


def built(telegram: TelegramServer, knowledge: KnowledgeBase, chats: Chats) -> AnyApplication:
    return build_application(TOKEN, Config(telegram=TelegramSettings(api_url=telegram.url)), knowledge, chats)


def update_of(telegram: TelegramServer, application: AnyApplication) -> Update:
    telegram.say(QUESTION)
    return Update.de_json(telegram._updates[-1], application.bot)


@pytest.mark.slow
@pytest.mark.parametrize("taken_over", [False, True])
def test_a_question_whose_first_read_finds_no_server_is_answered_once_it_is_back(
    taken_over: bool, postgresql_server: Server, chats: Chats, knowledge: KnowledgeBase
) -> None:
    async def ask(telegram: TelegramServer) -> None:
        application = built(telegram, knowledge, chats)
        await application.initialize()
        update = update_of(telegram, application)
        if taken_over:
            assert chats.questions.receive(update.update_id, PERSON["id"], PERSON["id"], update.to_json())
        context = application.context_types.context(application)
        postgresql_server.kill()
        try:
            pending = Pending(update.update_id, update.to_json(), released=False)
            work = take_up(pending, context) if taken_over else application.process_update(update)
            answering = asyncio.create_task(work)
            await asyncio.sleep(1)
            assert telegram.sent(0) == []
        finally:
            await asyncio.to_thread(postgresql_server.start)
        await asyncio.wait_for(answering, 60)
        await application.shutdown()

    with TelegramServer().running() as telegram:
        asyncio.run(ask(telegram))
        (answer,) = telegram.sent(1)
        assert "Fathul Mushalli" in answer["text"]
    assert chats.database.all("SELECT 1 FROM questions WHERE update_content IS NOT NULL") == []


def test_while_the_database_is_tidied_questions_are_written_down(
    postgresql_url: str, chats: Chats, knowledge: KnowledgeBase
) -> None:
    async def tidy(telegram: TelegramServer) -> None:
        state: Conversations = built(telegram, knowledge, chats).bot_data[KEY]
        tidying = asyncio.create_task(state.leave_no_trace())
        await asyncio.sleep(0.5)
        assert await asyncio.wait_for(state.write(chats.questions.receive, 1, 7, 7, "{}"), 5)
        assert not tidying.done()
        await asyncio.to_thread(holding.rollback)
        await tidying

    with psycopg.connect(postgresql_url) as holding, TelegramServer().running() as telegram:
        # As a large table does, it takes long.
        holding.execute("LOCK TABLE chats.changes IN SHARE UPDATE EXCLUSIVE MODE")
        asyncio.run(tidy(telegram))
