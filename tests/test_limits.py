"""What the bot does where Telegram's servers or the way to them are slow; over real HTTP."""

import asyncio
import socket
from contextlib import ExitStack
from itertools import pairwise

import pytest
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.limits import ChatRateLimiter
from tests.telegram_server import PERSON, TOKEN, TelegramServer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_message_that_finds_no_connection_is_sent_once_there_is_one() -> None:
    port = free_port()

    async def send_while_the_server_starts(stack: ExitStack) -> TelegramServer:
        bot = ExtBot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", rate_limiter=ChatRateLimiter())
        sending = asyncio.create_task(bot.send_message(int(PERSON["id"]), "Camat Sungai Raya: Fathul Mushalli"))
        await asyncio.sleep(0.5)
        assert not sending.done()
        server = stack.enter_context(TelegramServer(port).running())
        server.say("halo")
        await sending
        await bot.request.shutdown()
        return server

    with ExitStack() as stack:
        server = asyncio.run(send_while_the_server_starts(stack))
        assert len(server.sent(0)) == 1


def test_a_message_that_broke_off_on_its_way_is_not_sent_twice() -> None:
    async def send(server: TelegramServer) -> None:
        bot = ExtBot(TOKEN, base_url=f"{server.url}/bot", rate_limiter=ChatRateLimiter())
        server.say("halo")
        server.drop_next("sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(int(PERSON["id"]), "Camat Sungai Raya: Fathul Mushalli")
        await bot.request.shutdown()

    with TelegramServer().running() as server:
        asyncio.run(send(server))
        assert len(server.sent(0)) == 1


def test_a_private_chat_gets_no_more_than_a_message_a_second_and_holds_up_no_other() -> None:
    async def send(server: TelegramServer) -> None:
        bot = ExtBot(TOKEN, base_url=f"{server.url}/bot", rate_limiter=ChatRateLimiter())
        chats = [777, 777, 777, 778]
        for chat in chats:
            server.say("halo", {**PERSON, "id": chat})
        await asyncio.gather(*(bot.send_message(chat, f"nomor {number}") for number, chat in enumerate(chats)))
        await bot.request.shutdown()

    with TelegramServer().running() as server:
        asyncio.run(send(server))
        times = [(moment, fields["chat_id"]) for moment, method, fields in server.times if method == "sendMessage"]
    assert all(later - earlier > 0.9 for earlier, later in pairwise(moment for moment, chat in times if chat == "777"))
    assert times.index(next(one for one in times if one[1] == "778")) < 2
