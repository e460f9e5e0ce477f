"""Answer questions: read the update, ask, reply; and follow a question that is edited."""

import asyncio
import html
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.ask import answer_before, ask, draw, draw_rich, turn_of
from bot.cards import Card, View
from bot.chats import ChatSettings, ChatsLocked, Pending, SentAnswer, StoredAnswer, is_quiet
from bot.conversations import RETRY_SECONDS, Conversations, conversations, texts_of
from bot.delivery import Delivery, LeftForLater, arrived, deliver, deliver_after_the_first, offer_lost_answer
from bot.handlers.offers import offered
from bot.handlers.pasted import pasted
from bot.questions import MEETINGS, OFFICIALS, AddressedQuestion, asker_of, find_question
from bot.sending import edit, reply, send, typing
from bot.small_talk import Heard, heard
from bot.texts import Texts
from embeddings import QuestionTooLong, SearchUnreachable, StoreUnreachable, split_questions

logger = logging.getLogger(__name__)


async def answer_message(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a message, new or edited, that asks the bot something; leave every other alone.

    It is answered once, and kept until that is done: a process that is killed leaves it to the next one.
    """
    message, state = update.effective_message, conversations(context)
    assert message is not None
    question = await _question_in(message, context)
    if question is None:
        return
    # Taken before the first wait: an edit right after asking comes to its turn after the question itself.
    async with state.processes.turn(message.chat_id, message.message_id):
        if await state.write(
            state.chats.questions.receive, update.update_id, message.chat_id, asker_of(message), update.to_json()
        ):
            state.arrivals.safe(update.update_id)
            await _answer_what_is_taken_in(update, message, question, context)


async def _answer_what_is_taken_in(
    update: Update, message: Message, question: AddressedQuestion, context: ContextTypes.DEFAULT_TYPE
) -> None:
    state = conversations(context)
    with state.metrics.answer_seconds.time():
        async with _finishing(update.update_id, state):
            while not await _is_answered(update, message, question, context):
                await asyncio.sleep(RETRY_SECONDS)
                await state.until_chats_are_there()


async def _is_answered(
    update: Update, message: Message, question: AddressedQuestion, context: ContextTypes.DEFAULT_TYPE
) -> bool:
    """Answer it; False where the database went away before the answer was sent, and it may be tried again."""
    answer, state = _follow_edit if update.edited_message is not None else _respond, conversations(context)
    try:
        if not state.chats.questions.is_open(update.update_id):
            # Released before, by an attempt that did not get to its end.
            await offer_lost_answer(message, context)
            return True
        await answer(update, message, question, context)
    except (ChatsLocked, StoreUnreachable) as error:
        if isinstance(error, SearchUnreachable) or not _is_recent(message, state):
            raise
        logger.warning("A question waits for the database: %s", error)
        return False
    return True


async def take_up(pending: Pending, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Go on with a question taken over from a stopped process: answer it, or tell that its answer may be lost."""
    update, state = _update_of(pending, context), conversations(context)
    message = update.effective_message if update else None
    try:
        question = await _question_in(message, context) if message else None
        if update is not None and message is not None and question is not None and not pending.released:
            async with state.processes.turn(message.chat_id, message.message_id):
                await _answer_what_is_taken_in(update, message, question, context)
            return
        async with _finishing(pending.update_id, state):
            if message is not None and question is not None:
                await offer_lost_answer(message, context)
    # Whatever stands in this one's way must not cost the others theirs.
    except Exception as error:
        await context.application.process_error(update, error)


def _update_of(pending: Pending, context: ContextTypes.DEFAULT_TYPE) -> Update | None:
    try:
        return Update.de_json(json.loads(pending.content), context.bot)
    # Whatever a version of the library makes of what another one has written.
    except Exception as error:
        logger.error("Question %d cannot be read any more and is given up: %s", pending.update_id, error)
        return None


@asynccontextmanager
async def _finishing(update_id: int, state: Conversations) -> AsyncIterator[None]:
    """However the block ends, its question is finished; only one that is left for later stays, if there is a later."""
    try:
        yield
    except LeftForLater as left:
        if state.stopping:
            logger.info("An answer is left to the next start: %s", left)
            return
        logger.warning("An answer could not be sent for long and is given up: %s", left)
    except Exception:
        await state.write(state.chats.questions.finish, update_id)
        raise
    await state.write(state.chats.questions.finish, update_id)


async def _question_in(message: Message, context: ContextTypes.DEFAULT_TYPE) -> AddressedQuestion | None:
    """What a message asks the bot, where it is still to be answered."""
    state = conversations(context)
    if not state.serves(message.chat, message.from_user) or not _is_recent(message, state):
        return None
    settings = await state.read(state.chats.settings.of, message.chat_id)
    return find_question(message, context.bot.id, context.bot.username, settings.on_mention)


def _is_recent(message: Message, state: Conversations) -> bool:
    # After downtime, an answer to what was asked long ago would only puzzle people.
    sent = message.edit_date or message.date
    return datetime.now(UTC) - sent < timedelta(minutes=state.settings.answer_within_minutes)


async def _respond(
    update: Update, message: Message, question: AddressedQuestion, context: ContextTypes.DEFAULT_TYPE
) -> None:
    """Answer in the chat's turn, or say in a sentence why not."""
    state, texts = conversations(context), texts_of(update, context)
    said = heard(question.text, texts)
    if (sentence := await _instead_of_an_answer(question, said, message, state, texts)) is not None:
        await _say(sentence, update, message, context)
        return
    question = replace(question, text=said.question, salam=said.salam)
    # Read before anything is waited for, in which the group may get another number.
    settings = state.chats.settings.of(message.chat_id)
    await state.processes.until_next(lambda: state.chats.questions.is_next(update.update_id, message.chat_id))
    async with state.processes.turn(message.chat_id), typing(message):
        card = await pasted(message, question.text, state, texts) or await offered(state, question.text, texts)
        if card:
            await _show(card, question, update, message, context)
            return
        try:
            first, *others = split_questions(question.text)
            answered = await _answer(update, message, replace(question, text=first), texts, settings, context)
            for part in others if answered else ():
                # Each is a question of those that a person may ask a minute.
                if not await state.allows(message.chat_id, asker_of(message)):
                    await _slow_down(message, texts, context)
                    break
                further = replace(question, text=part, salam=None)
                await _answer(update, message, further, texts, settings, context, answered)
        except QuestionTooLong as error:
            await _say(_too_long(error, texts), update, message, context)


async def _instead_of_an_answer(
    question: AddressedQuestion, said: Heard, message: Message, state: Conversations, texts: Texts
) -> str | None:
    """A sentence, an empty one where enough was said; None where the question is to be answered."""
    if not question.text:
        return {OFFICIALS: texts.ask_region, MEETINGS: texts.ask_meetings}.get(question.command, texts.ask_something)
    if said.reply is not None:
        return said.reply
    if not await state.allows(message.chat_id, asker_of(message)):
        return await state.slow_down(asker_of(message), texts)
    return texts.busy if state.waiting_questions >= state.settings.most_waiting else None


async def _slow_down(message: Message, texts: Texts, context: ContextTypes.DEFAULT_TYPE) -> None:
    if sentence := await conversations(context).slow_down(asker_of(message), texts):
        await reply(context, message, sentence)


def _too_long(error: QuestionTooLong, texts: Texts) -> str:
    return texts.question_too_long.format(length=error.length, most=error.most)


async def _say(sentence: str, update: Update, message: Message, context: ContextTypes.DEFAULT_TYPE) -> None:
    state = conversations(context)
    released = bool(sentence) and await state.write(state.chats.questions.release, update.update_id)
    if released:
        await reply(context, message, sentence)


async def _show(
    card: Card, question: AddressedQuestion, update: Update, message: Message, context: ContextTypes.DEFAULT_TYPE
) -> None:
    """Send a card that is no answer, below the salam that is returned."""
    state = conversations(context)
    text = f"{html.escape(question.salam)}\n\n{card[0]}" if question.salam else card[0]
    quiet = is_quiet(state.chats.settings.of(message.chat_id), state.settings.timezone)
    if await state.write(state.chats.questions.release, update.update_id):
        await send(context, message, text, card[1], attach_to=question.attach_to, quiet=quiet)


async def _answer(
    update: Update,
    message: Message,
    question: AddressedQuestion,
    texts: Texts,
    settings: ChatSettings,
    context: ContextTypes.DEFAULT_TYPE,
    first: StoredAnswer | None = None,
) -> StoredAnswer | None:
    """Draw the card first and release the message in the moment before it is sent; None where it is not sent.

    Another question of the same message comes after the answer to its `first`, with which the message was released.
    """
    state = conversations(context)
    alone = _is_for_asker_alone(message, settings) and state.alone.is_possible(message.chat_id)
    stored = await _asked_and_saved(state, question, message, update.update_id, texts, alone, first)
    # Forgotten by /hapusdata while it was being answered.
    if stored is None:
        return None
    content = stored.content
    # Until it is known that the server keeps it to the asker, the card does not claim so.
    view = View(only_for_asker=alone and bool(state.alone.known), for_all=stored.everyone)
    card = await draw(state, stored.token, content, texts, context.bot.username, view)
    rich = None if alone else await draw_rich(state, stored, texts)
    if first is None and not await _release(state, update.update_id, content):
        return None
    quiet = is_quiet(settings, state.settings.timezone)
    delivery = Delivery(stored, message, question.attach_to, texts, quiet, alone, rich)
    await (deliver if first is None else deliver_after_the_first)(context, delivery, card, update.update_id)
    return stored


async def _release(state: Conversations, update_id: int, content: SentAnswer) -> bool:
    """Note that its card is about to be sent; False where the question was forgotten meanwhile."""
    unanswered = None if content.answered or content.of_another else content.question
    return await state.write(state.chats.questions.release, update_id, unanswered, content.outcome)


def _is_for_asker_alone(message: Message, settings: ChatSettings) -> bool:
    return settings.only_asker_sees and message.chat.type != ChatType.PRIVATE and asker_of(message) > 0


async def _asked_and_saved(
    state: Conversations,
    question: AddressedQuestion,
    message: Message,
    update_id: int,
    texts: Texts,
    alone: bool,
    first: StoredAnswer | None,
) -> StoredAnswer | None:
    asker, before = asker_of(message), first or answer_before(state, message)
    content = await ask(state, question.text, message.chat, texts, turn_of(before) if before else None)
    of_another = before is not None and (before.asker != asker or (before is first and first.content.of_another))
    content = replace(content, of_another=of_another and content.typed is not None, salam=question.salam)
    return await state.write(
        state.chats.answers.save, message.chat_id, asker, message.message_id, content,
        everyone=message.chat.type != ChatType.PRIVATE and not alone,
        follows=before.id if before and content.of_another else None,
        update_id=update_id,
    )  # fmt: skip


async def _follow_edit(
    update: Update, message: Message, question: AddressedQuestion, context: ContextTypes.DEFAULT_TYPE
) -> None:
    """Give an edited question its new answer in the message that held the old one."""
    state = conversations(context)
    stored = state.chats.answers.to_message(message.chat_id, message.message_id)
    if stored is None or stored.message is None:
        await _respond(update, message, question, context)
        return
    texts = state.texts(message.chat, message.from_user)
    said = heard(question.text, texts)
    if not said.question or said.question in (stored.content.question, stored.content.typed):
        return
    if not await state.allows(message.chat_id, asker_of(message)):
        await _slow_down(message, texts, context)
        return
    async with state.processes.turn(message.chat_id):
        try:
            content = await ask(state, said.question, message.chat, texts)
        except QuestionTooLong as error:
            await edit(context, message.chat_id, stored.message, html.escape(_too_long(error, texts)), None)
            return
        card = await draw(state, stored.token, content, texts, context.bot.username)
        await arrived(edit(context, message.chat_id, stored.message, *card))
        await state.write(state.chats.answers.replace, stored.id, content)
