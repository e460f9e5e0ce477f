"""Asking for a chat, with the real answerer in its worker thread."""

import asyncio
from pathlib import Path

import pytest
from telegram import Chat

from bot.ask import ask
from bot.chats import FILE_NAME, Chats
from bot.config import TelegramSettings
from bot.conversations import Conversations
from bot.texts import INDONESIAN
from embeddings import Answerer, AnswerSettings, Encoder
from embeddings.answers.reader import Reader
from tests.conftest import make_answerer

QUESTION = "siapa saja yang hadir rakor?"


@pytest.mark.parametrize(("hurried_above", "quotes"), [(0, [2, 1, 1]), (1, [2, 2, 1]), (5, [2, 2, 2])])
def test_a_question_that_finds_too_many_waiting_is_answered_from_fewer_passages(
    tmp_path: Path, seeds_data: Path, encoder: Encoder, reader: Reader, hurried_above: int, quotes: list[int]
) -> None:
    answerer = make_answerer(seeds_data, encoder, reader, AnswerSettings(passages_read_in_a_hurry=1))
    state = Conversations(answerer, Chats(tmp_path / FILE_NAME), TelegramSettings(hurried_above=hurried_above))

    async def ask_at_once() -> list[int]:
        asking = (ask(state, QUESTION, Chat(7, "private"), INDONESIAN) for _ in quotes)
        return [len(content.quotes) for content in await asyncio.gather(*asking)]

    assert asyncio.run(ask_at_once()) == quotes


def test_what_is_asked_for_a_chat_is_kept_with_how_certain_its_answer_is(answerer: Answerer, tmp_path: Path) -> None:
    state = Conversations(answerer, Chats(tmp_path / FILE_NAME), TelegramSettings())
    for question in ("siapa camat sungai raya?", "siapa gubernur sumatera selatan?", QUESTION, "apa tema rapat?"):
        content = asyncio.run(ask(state, question, Chat(7, "private"), INDONESIAN))
        certainty = answerer.answer(question).certainty
        assert (content.answered, content.maybe) == (certainty != "no", certainty == "maybe")
