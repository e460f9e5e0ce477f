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
from embeddings import AnswerSettings, Encoder, KnowledgeBase, KnowledgeSettings
from embeddings.answers.reader import Reader

QUESTION = "siapa saja yang hadir rakor?"


@pytest.mark.parametrize(("hurried_above", "articles"), [(0, [4, 1, 1]), (1, [4, 4, 1]), (5, [4, 4, 4])])
def test_a_question_that_finds_too_many_waiting_is_answered_from_fewer_passages(
    tmp_path: Path, seeds_data: Path, encoder: Encoder, reader: Reader, hurried_above: int, articles: list[int]
) -> None:
    settings = KnowledgeSettings(answers=AnswerSettings(passages_read_in_a_hurry=1))
    knowledge = KnowledgeBase(seeds_data, settings, encoder=encoder, reader=reader)
    state = Conversations(knowledge, Chats(tmp_path / FILE_NAME), TelegramSettings(hurried_above=hurried_above))

    async def ask_at_once() -> list[int]:
        asking = (ask(state, QUESTION, Chat(7, "private"), INDONESIAN) for _ in articles)
        return [len({quote.article for quote in content.quotes}) for content in await asyncio.gather(*asking)]

    assert asyncio.run(ask_at_once()) == articles


def test_what_is_asked_for_a_chat_is_kept_with_how_certain_its_answer_is(
    knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    state = Conversations(knowledge, Chats(tmp_path / FILE_NAME), TelegramSettings())
    for question in ("siapa camat sungai raya?", "siapa gubernur sumatera selatan?", QUESTION, "apa tema rapat?"):
        content = asyncio.run(ask(state, question, Chat(7, "private"), INDONESIAN))
        certainty = knowledge.answer(question).certainty
        assert (content.answered, content.maybe) == (certainty != "no", certainty == "maybe")
