"""Several processes that are one bot, on a real PostgreSQL; each object here stands for one of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from telegram import Update
from telegram.ext import ApplicationBuilder, MessageHandler, filters

from bot.polling import ElectedUpdater, WatchedRequest, keep_polling
from bot.processes import SeveralProcesses, several
from bot.processes.counting import Counting, SharedAllowance
from embeddings import PostgreSQL
from tests.postgresql_server import Server
from tests.telegram_server import TOKEN, TelegramServer


def together(url: str, count: int, do: Callable[..., Awaitable[None]]) -> None:
    """Let so many processes be there while something is done with them."""

    async def run() -> None:
        processes = [SeveralProcesses(url) for _ in range(count)]
        elections = [asyncio.create_task(process.keep_on()) for process in processes]
        try:
            await do(*processes)
        finally:
            for election in elections:
                election.cancel()
            await asyncio.gather(*elections, return_exceptions=True)
            for process in processes:
                await process.close()

    asyncio.run(run())


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def lose_connection(process: SeveralProcesses, server: Server, database: str) -> None:
    """What a network does that ends one process's connection."""
    session = process._locks._session.connection
    administrator = PostgreSQL(server.url(database), "processes")
    with administrator.connection() as connection:
        connection.execute("SELECT pg_terminate_backend(?)", (session.info.backend_pid,))
    administrator.close()


def test_one_process_leads_and_another_takes_over_once_its_connection_is_lost(
    postgresql_server: Server, postgresql_url: str
) -> None:
    async def lead_in_turn(one: SeveralProcesses, other: SeveralProcesses) -> None:
        await until(lambda: one.leading or other.leading)
        leader, second = (one, other) if one.leading else (other, one)
        assert [await leader.leads(), await second.leads()] == [True, False]
        waiting = asyncio.create_task(second.until_leading())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await asyncio.to_thread(lose_connection, leader, postgresql_server, postgresql_url.rpartition("/")[2])
        # The first that is asked finds out, and is the leader no more in the same moment.
        assert not await leader.leads() and not leader.leading
        assert await second.leads()
        await asyncio.wait_for(waiting, 5)
        assert not await leader.leads()

    together(postgresql_url, 2, lead_in_turn)


class Poller:
    """A process of the bot, as far as it fetches updates."""

    def __init__(self, server: TelegramServer, url: str) -> None:
        self.processes, self.stopping = SeveralProcesses(url), False
        self.request = WatchedRequest(60, lambda: None, connection_pool_size=1)
        builder = ApplicationBuilder().token(TOKEN).base_url(f"{server.url}/bot").get_updates_request(self.request)
        self.application = builder.build()
        self.application.updater = ElectedUpdater(self.application.bot, self.application.update_queue, self.processes)
        self.application.add_handler(MessageHandler(filters.ALL, self.hear))
        self.heard: list[str] = []

    async def hear(self, update: Update, context: object) -> None:
        self.heard.append(update.message.text)

    async def start(self) -> None:
        await self.application.initialize()
        await self.application.updater.start_polling()
        await self.application.start()
        self.tasks = [
            asyncio.create_task(self.processes.keep_on()),
            asyncio.create_task(keep_polling(self.application, self.request, self)),
        ]

    def polls(self) -> bool:
        return bool(self.application.updater.running)

    async def end(self) -> None:
        self.stopping = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.polls():
            await self.application.updater.stop()
        await self.application.stop()
        await self.application.shutdown()
        await self.processes.close()


def test_one_process_polls_and_another_once_the_first_is_gone(postgresql_url: str) -> None:
    async def poll(server: TelegramServer) -> None:
        one, other = Poller(server, postgresql_url), Poller(server, postgresql_url)
        await one.start()
        await other.start()
        await asyncio.sleep(1.5)
        assert [one.polls(), other.polls()] == [True, False]
        # Nor is that any trouble of the one that waits.
        other.request.last_answer -= 3600
        await until(lambda: other.request.trouble() is None)
        server.say("halo")
        await until(lambda: one.heard == ["halo"])
        await one.end()
        await until(other.polls, 5)
        server.say("pagi")
        await until(lambda: other.heard == ["pagi"])
        await other.end()

    with TelegramServer().running() as server:
        asyncio.run(poll(server))


def test_a_process_that_ends_hands_its_lead_and_its_turns_on_at_once(postgresql_url: str) -> None:
    async def end_one() -> None:
        one, other = SeveralProcesses(postgresql_url), SeveralProcesses(postgresql_url)
        assert [await one.leads(), await other.leads()] == [True, False]
        first, second = one.turn(7), other.turn(7)
        await first.__aenter__()
        waiting = asyncio.create_task(second.__aenter__())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await one.close()
        assert await other.leads()
        await asyncio.wait_for(waiting, 2)
        # What the first held is let go of only now.
        await first.__aexit__(None, None, None)
        await second.__aexit__(None, None, None)
        await other.close()

    asyncio.run(end_one())


def test_a_chats_turn_is_one_processs_at_a_time_and_other_chats_do_not_wait(postgresql_url: str) -> None:
    async def take_turns(*processes: SeveralProcesses) -> None:
        held: list[tuple[int, str]] = []

        async def answer(process: SeveralProcesses, chat: int) -> None:
            async with process.turn(chat):
                held.append((chat, "begin"))
                await asyncio.sleep(0.02)
                held.append((chat, "end"))

        tasks = [answer(process, chat) for chat in (1, 2, -3) for process in processes for _ in range(3)]
        await asyncio.gather(*tasks)
        for chat in (1, 2, -3):
            assert [what for where, what in held if where == chat] == ["begin", "end"] * 9
        # They were held side by side.
        assert any(one != other for (one, what), (other, _) in pairwise(held) if what == "begin")

    together(postgresql_url, 3, take_turns)


def test_a_process_that_is_frozen_does_not_hold_a_chats_turn_for_ever(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several, "MOST_WAITING_SECONDS", 0.5)

    async def wait(frozen: SeveralProcesses, other: SeveralProcesses) -> None:
        async with frozen.turn(7):
            for _ in range(2):
                async with asyncio.timeout(5), other.turn(7):
                    pass

    together(postgresql_url, 2, wait)


def test_what_was_asked_before_comes_first_in_whichever_process_it_is(postgresql_url: str) -> None:
    async def in_order(process: SeveralProcesses) -> None:
        answered: list[int] = []

        async def answer(question: int) -> None:
            await process.until_next(lambda: len(answered) >= question)
            answered.append(question)

        await asyncio.gather(*(answer(question) for question in (3, 1, 2, 0)))
        assert answered == [0, 1, 2, 3]

    together(postgresql_url, 1, in_order)


def test_what_each_may_ask_a_minute_is_counted_over_all_processes(postgresql_url: str) -> None:
    async def ask(one: SeveralProcesses, other: SeveralProcesses) -> None:
        allowances = [process.allowance("people", 5) for process in (one, other)]
        taken = await asyncio.gather(*(allowances[number % 2].take(7) for number in range(12)))
        assert sum(taken) == 5
        assert await allowances[0].take(8)
        assert await one.allowance("taps", 5).take(7)
        # Told once, whichever process it was that refused.
        assert sum([await allowance.notice_due(7) for allowance in (*allowances, *allowances)]) == 1
        assert 55 <= await allowances[1].seconds_left(7) <= 60
        make_older(postgresql_url, 58)
        assert await allowances[0].seconds_left(7) <= 2
        make_older(postgresql_url, 3)
        assert await allowances[1].take(7)

    together(postgresql_url, 2, ask)


def make_older(url: str, seconds: float) -> None:
    """Let time go by for what is counted."""
    database = PostgreSQL(url, "processes")
    with database.connection() as connection:
        for table in ("allowances", "moments"):
            connection.execute(
                f"UPDATE {table} SET taken = ARRAY(SELECT moment - ? FROM unnest(taken) AS moment)", (seconds,)
            )
    database.close()


def test_what_telegram_takes_is_reserved_over_all_processes(postgresql_url: str) -> None:
    async def send(one: SeveralProcesses, other: SeveralProcesses) -> None:
        begin = time.monotonic()
        waits = [
            time.monotonic() - begin + await (one, other)[number % 2].reserve("all chats", 3, 1.0)
            for number in range(10)
        ]
        for number, (earlier, later) in enumerate(zip(waits, waits[3:], strict=False)):
            assert later - earlier > 0.9, (number, waits)
        assert waits[-1] < 3.5
        assert await one.reserve("chat 7", 1, 1.0) < 0.1
        assert 0.5 < await other.reserve("chat 7", 1, 1.0) <= 1.0
        assert await other.reserve("chat 8", 1, 1.0) == 0.0

    together(postgresql_url, 2, send)


@pytest.mark.parametrize("seconds", [61, -3600])
def test_what_counts_no_more_is_deleted_also_after_the_clock_was_put_back(postgresql_url: str, seconds: float) -> None:
    async def forget() -> None:
        database = PostgreSQL(postgresql_url, "processes")
        counting = Counting(database)
        await counting.reserve("chat 7", 1, 1.0)
        make_older(postgresql_url, seconds)
        await counting.reserve("chat 8", 1, 1.0)
        await counting.forget()
        assert await counting.first("SELECT string_agg(key, ', ') FROM moments") == (str(counting.masked("chat 8")),)
        await counting.close()

    asyncio.run(forget())


def test_after_the_servers_clock_was_put_back_nobody_waits_until_it_is_there_again(postgresql_url: str) -> None:
    async def ask(one: SeveralProcesses, other: SeveralProcesses) -> None:
        allowance = one.allowance("people", 2)
        for _ in range(2):
            assert await allowance.take(7)
            assert await one.reserve("all chats", 2, 1.0) == 0.0
        assert not await allowance.take(7)
        make_older(postgresql_url, -3600)
        assert [await allowance.take(7) for _ in range(3)] == [True, True, False]
        assert 55 <= await allowance.seconds_left(7) <= 60
        waits = [await other.reserve("all chats", 2, 1.0) for _ in range(4)]
        assert waits[:2] == [0.0, 0.0] and 0.5 < waits[2] <= 1.0 and 0.5 < waits[3] <= 1.0

    together(postgresql_url, 2, ask)


def test_no_number_of_a_person_or_a_chat_is_in_what_is_counted(postgresql_url: str) -> None:
    async def count() -> None:
        database = PostgreSQL(postgresql_url, "processes")
        counting, of_another_bot = Counting(database, TOKEN), Counting(database, "other")
        await counting.reserve("chat 6200000001", 1, 1.0)
        await SharedAllowance(counting, "people", 5).take(6200000001)
        rows = await counting.first("SELECT CAST(allowances AS TEXT) || CAST(moments AS TEXT) FROM allowances, moments")
        assert "6200000001" not in rows[0] and str(counting.masked(6200000001)) in rows[0]
        assert counting.masked(6200000001) != of_another_bot.masked(6200000001)
        await counting.close()

    asyncio.run(count())


@pytest.mark.slow
def test_while_the_database_is_away_nobody_leads_and_each_process_keeps_to_its_share(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()

    async def kill(one: SeveralProcesses, other: SeveralProcesses) -> None:
        await until(
            lambda: one._counting.processes == other._counting.processes == 2 and (one.leading or other.leading)
        )
        allowance = one.allowance("people", 4)
        assert await allowance.take(7)
        server.kill()
        assert not await one.leads() and not await other.leads()
        begin = time.monotonic()
        # A half of four for each of the two.
        assert [await allowance.take(7) for _ in range(3)] == [True, True, False]
        assert await one.reserve("chat 7", 1, 1.0) < 0.1
        assert await one.reserve("chat 7", 1, 1.0) > 0.9
        # Asked once, and not again for a while.
        assert time.monotonic() - begin < 3
        await asyncio.to_thread(server.start)
        await until(lambda: one.leading or other.leading)
        await asyncio.sleep(5)
        # What was counted before went with the server, but for the one that was still waiting for it.
        assert sum([await allowance.take(7) for _ in range(6)]) in (3, 4)

    try:
        together(server.url("postgres"), 2, kill)
    finally:
        server.close()
    assert "each process for itself" in caplog.text
