"""Answer questions: read the update, ask, reply; and follow a question that is edited."""

import asyncio
import html
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters, Update
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import ContextTypes

from bot import replies
from bot.cards import Card, View, answer_card, verified
from bot.chats import ChatSettings, SentAnswer, SentQuote
from bot.conversations import Conversations, conversations, texts_of
from bot.questions import MEETINGS, OFFICIALS, Asked, find_question
from bot.small_talk import small_talk
from bot.texts import Texts
from embeddings import Answer, QuestionTooLong, complete

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Telegram shows "typing" for five seconds at a time.
TYPING_SECONDS = 4.5
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
QUOTES_KEPT = 12
# So many questions in work, the answered one among them, take about a second.
HURRIED_FROM = 5


async def answer_message(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a new message that asks the bot something; leave every other alone."""
    message = update.message
    assert message is not None
    asked = _find(message, context)
    if asked is not None and _is_recent(message, conversations(context)):
        await _take_in(update, message, asked, context)


async def answer_edited_message(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Give an edited question its new answer in the message that held the old one."""
    message = update.edited_message
    assert message is not None
    state = conversations(context)
    asked = _find(message, context)
    if asked is None or not _is_recent(message, state):
        return
    stored = state.chats.answer_to(message.chat_id, message.message_id)
    if stored is None or stored.message is None:
        await _take_in(update, message, asked, context)
        return
    texts = texts_of(update, context)
    unchanged = asked.question in (stored.content.question, stored.content.typed)
    if not asked.question or unchanged or not _allowed(state, message):
        return
    async with state.turns[message.chat_id]:
        try:
            content, _ = await answer_question(state, asked.question, message, texts)
        except QuestionTooLong as error:
            text, buttons = texts.question_too_long.format(length=error.length, most=error.most), None
            await edit(context, message.chat_id, stored.message, html.escape(text), buttons)
            return
        state.chats.replace_answer(stored.id, content)
        card = await draw(state, stored.id, content, texts, context.bot.username)
        await edit(context, message.chat_id, stored.message, *card)


def _find(message: Message, context: ContextTypes.DEFAULT_TYPE) -> Asked | None:
    state = conversations(context)
    if not state.serves(message.chat, message.from_user):
        return None
    settings = state.chats.settings(message.chat_id)
    return find_question(message, context.bot.id, context.bot.username, settings.on_mention)


def _is_recent(message: Message, state: Conversations) -> bool:
    # After downtime, an answer to what was asked long ago would only puzzle people.
    sent = message.edit_date or message.date
    return datetime.now(UTC) - sent < timedelta(minutes=state.settings.answer_within_minutes)


def _allowed(state: Conversations, message: Message) -> bool:
    person = message.from_user.id if message.from_user else message.chat_id
    if message.chat.type == ChatType.PRIVATE:
        return state.people.take(person)
    return state.people.take(person) and state.groups.take(message.chat_id)


async def _take_in(update: Update, message: Message, asked: Asked, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a question once, in its chat's turn, unless there are too many."""
    state, texts = conversations(context), texts_of(update, context)
    if not state.chats.receive(update.update_id, update.to_json()):
        return
    try:
        if not asked.question:
            bare = {OFFICIALS: texts.ask_region, MEETINGS: texts.ask_meetings}
            await reply(context, message, bare.get(asked.command, texts.ask_something))
        elif line := small_talk(asked.question, texts):
            await reply(context, message, line)
        elif not _allowed(state, message):
            await _say_slow_down(state, message, texts, context)
        elif state.waiting >= state.settings.most_waiting:
            await reply(context, message, texts.busy)
        else:
            state.waiting += 1
            try:
                async with state.turns[message.chat_id], typing(message):
                    await _answer_and_send(update, message, asked, texts, context)
            finally:
                state.waiting -= 1
    finally:
        state.chats.release(update.update_id)


async def _say_slow_down(
    state: Conversations, message: Message, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> None:
    person = message.from_user.id if message.from_user else message.chat_id
    if state.people.notice_due(person):
        await reply(context, message, texts.slow_down.format(seconds=state.people.seconds_left(person)))


async def _answer_and_send(
    update: Update, message: Message, asked: Asked, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> None:
    state = conversations(context)
    try:
        before = _question_before(state, message)
        question = complete(asked.question, before) if before else None
        typed = asked.question if question else None
        content, answer = await answer_question(state, question or asked.question, message, texts, typed)
    except QuestionTooLong as error:
        text = texts.question_too_long.format(length=error.length, most=error.most)
        await reply(context, message, text)
        return
    if not answer.answered:
        state.chats.note_unanswered(content.question)
    settings = state.chats.settings(message.chat_id)
    asker = message.from_user.id if message.from_user else message.chat_id
    id = state.chats.save_answer(message.chat_id, asker, message.message_id, content)
    if not state.chats.release(update.update_id):
        return
    quiet = is_quiet(settings, state.settings.timezone)
    if settings.only_asker_sees and message.chat.type != ChatType.PRIVATE and message.from_user is not None:
        card = await draw(state, id, content, texts, context.bot.username, View(only_for_asker=True))
        sent = await _send_to_asker_alone(context, message, card, asker)
        if sent is not None and "ephemeral_message_id" in sent.api_kwargs:
            return
        if sent is not None:
            # An older server ignores what it does not know, and has sent it to everyone.
            state.chats.answer_sent(id, sent.message_id)
            card = await draw(state, id, content, texts, context.bot.username)
            await edit(context, message.chat_id, sent.message_id, *card)
            return
    card = await draw(state, id, content, texts, context.bot.username)
    sent = await send(context, message, *card, attach_to=asked.attach_to, quiet=quiet)
    state.chats.answer_sent(id, sent.message_id)


def _question_before(state: Conversations, message: Message) -> str | None:
    """What the question may follow on: that of the card it replies to, or in private the one just asked."""
    other = message.reply_to_message
    stored = state.chats.answer_in(message.chat_id, other.message_id) if other else None
    if stored is None and message.chat.type == ChatType.PRIVATE:
        stored = state.chats.last_answer(message.chat_id, message.chat_id, state.settings.follow_up_minutes)
    return stored.content.question if stored else None


async def answer_question(
    state: Conversations,
    question: str,
    message: Message,
    texts: Texts,
    typed: str | None = None,
    any_time: bool = False,
) -> tuple[SentAnswer, Answer]:
    """Ask, and make what a card is drawn from.

    `typed` is what the person wrote where the question was completed; with `any_time` its period does not count.
    """
    hurried = state.waiting > HURRIED_FROM
    answer = await state.in_worker(lambda: state.answerer.answer(question, QUOTES_KEPT, any_time, hurried))
    per_page = state.quotes_per_page(message.chat, state.chats.settings(message.chat_id))
    quotes = tuple(SentQuote.of(quote) for quote in answer.quotes or answer.near[:per_page])
    heads = [texts.continued.format(question=question)] if typed else []
    heads += replies.heads(answer, texts)
    return SentAnswer(
        question,
        answer.answered,
        quotes,
        texts.language,
        per_page,
        tuple(heads),
        typed,
        answer.unnamed_office,
        of_period=answer.period is not None,
    ), answer


async def draw(
    state: Conversations, id: int, content: SentAnswer, texts: Texts, bot_name: str, view: View | None = None
) -> Card:
    """The card of an answer, each quote held against its article at this moment."""
    quotes = await state.in_worker(lambda: verified(content, state.answerer.store))
    summary = await state.in_worker(state.answerer.summary)
    return answer_card(id, content, quotes, summary, texts, bot_name, view or View())


def is_quiet(settings: ChatSettings, timezone: str, now: datetime | None = None) -> bool:
    """Whether it is within the chat's quiet hours, which may span midnight."""
    if settings.quiet_from is None or settings.quiet_until is None:
        return False
    hour = (now or datetime.now(UTC)).astimezone(ZoneInfo(timezone)).hour
    start, end = settings.quiet_from, settings.quiet_until
    return start <= hour < end if start <= end else hour >= start or hour < end


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show that the bot is typing for as long as the block takes."""

    async def keep_typing() -> None:
        thread = message.message_thread_id if message.is_topic_message else None
        while True:
            try:
                await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING, thread)
            except TelegramError as error:
                logger.info("The typing sign could not be shown: %s", error)
            await asyncio.sleep(TYPING_SECONDS)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()


async def reply(context: ContextTypes.DEFAULT_TYPE, message: Message, text: str) -> None:
    """Reply with a plain sentence."""
    await send(context, message, html.escape(text), None, attach_to=message.message_id)


async def send(
    context: ContextTypes.DEFAULT_TYPE,
    message: Message,
    text: str,
    buttons: InlineKeyboardMarkup | None,
    *,
    attach_to: int,
    quiet: bool = False,
) -> Message:
    """Send HTML into the message's chat and topic; where Telegram refuses the markup, the same words as plain text."""

    async def attempt(words: str, mode: str | None) -> Message:
        return await context.bot.send_message(
            message.chat_id,
            words,
            parse_mode=mode,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            reply_parameters=ReplyParameters(attach_to, allow_sending_without_reply=True),
            link_preview_options=NO_PREVIEW,
            disable_notification=quiet,
            reply_markup=buttons,
        )

    return await _as_html_or_plain(attempt, text)


async def _send_to_asker_alone(
    context: ContextTypes.DEFAULT_TYPE, message: Message, card: Card, asker: int
) -> Message | None:
    """Send what only the asker sees (Bot API 10.2); None where the server refuses."""
    try:
        return await context.bot.send_message(
            message.chat_id,
            card[0],
            parse_mode=ParseMode.HTML,
            message_thread_id=message.message_thread_id if message.is_topic_message else None,
            link_preview_options=NO_PREVIEW,
            reply_markup=card[1],
            api_kwargs={"receiver_user_id": asker},
        )
    except BadRequest as error:
        logger.warning("An answer for the asker alone was refused (%s); it is sent to everyone", error)
        return None


async def edit(
    context: ContextTypes.DEFAULT_TYPE, chat: int, message: int, text: str, buttons: InlineKeyboardMarkup | None
) -> None:
    """Change a message of the bot's; one that is gone or the same already is no error."""

    async def attempt(words: str, mode: str | None) -> None:
        await context.bot.edit_message_text(
            words, chat, message, parse_mode=mode, link_preview_options=NO_PREVIEW, reply_markup=buttons
        )

    try:
        await _as_html_or_plain(attempt, text)
    except BadRequest as error:
        if not re.search(r"not modified|message to edit not found|can't be edited", error.message, re.IGNORECASE):
            raise
        logger.info("A message was left as it is: %s", error)


async def _as_html_or_plain(attempt: Callable[[str, str | None], Awaitable[T]], text: str) -> T:
    try:
        return await attempt(text, ParseMode.HTML)
    except BadRequest as error:
        if "parse entities" not in error.message.lower():
            raise
        logger.error("Telegram refused the markup of a message (%s); sent as plain text", error)
        return await attempt(plain(text), None)


def plain(text: str) -> str:
    """The words of an HTML message."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))
