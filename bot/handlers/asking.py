"""Answer questions: read the update, ask, reply; and follow a question that is edited."""

import html
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import NetworkError, RetryAfter, TelegramError
from telegram.ext import ContextTypes

from bot import replies
from bot.cards import Card, View, answer_card, lost_answer_buttons, verified
from bot.chats import ChatSettings, Pending, SentAnswer, SentQuote, StoredAnswer
from bot.conversations import Conversations, conversations, texts_of
from bot.failures import is_of_network, surely_not_sent
from bot.questions import MEETINGS, OFFICIALS, Asked, asker_of, find_question
from bot.sending import edit, reply, send, send_to_asker_alone, typing
from bot.small_talk import small_talk
from bot.texts import Texts
from bot.worker import Urgency
from embeddings import Answer, QuestionTooLong

logger = logging.getLogger(__name__)
T = TypeVar("T")

QUOTES_KEPT = 12
# So many questions in work, the answered one among them, take about a second.
HURRIED_FROM = 5


class LeftForLater(Exception):
    """An answer that surely was not sent, or was lost on its way: its question stays as it is for the next start."""


async def answer_message(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a new message that asks the bot something; leave every other alone."""
    assert update.message is not None
    await _take_in(update, update.message, context, _respond)


async def answer_edited_message(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Give an edited question its new answer in the message that held the old one."""
    assert update.edited_message is not None
    await _take_in(update, update.edited_message, context, _follow_edit)


async def take_up(pending: Pending, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Go on with a question that a stopped process has left: answer it, or tell that its answer may be lost."""
    state, update = conversations(context), None
    try:
        update = Update.de_json(json.loads(pending.content), context.bot)
        message = update.effective_message
        if not isinstance(message, Message) or not _is_recent(message, state) or _find(message, context) is None:
            await state.write(state.chats.questions.finish, pending.update_id)
        elif pending.released:
            await _offer_lost_answer(message, context)
            await state.write(state.chats.questions.finish, pending.update_id)
        elif update.edited_message is not None:
            await answer_edited_message(update, context)
        else:
            await answer_message(update, context)
    # Whatever stands in this one's way must not cost the others theirs.
    except Exception as error:
        if not surely_not_sent(error):
            await state.write(state.chats.questions.finish, pending.update_id)
        await context.application.process_error(update, error)


async def _take_in(
    update: Update,
    message: Message,
    context: ContextTypes.DEFAULT_TYPE,
    answer: Callable[[Update, Message, Asked, ContextTypes.DEFAULT_TYPE], Awaitable[None]],
) -> None:
    """Answer a question once, and keep it until that is done: a process that is killed leaves it to the next one."""
    state, asked, asker = conversations(context), _find(message, context), asker_of(message)
    if asked is None or not _is_recent(message, state):
        return
    # Taken before the first wait: an edit right after asking comes to its turn after the question itself.
    async with state.turn(message.chat_id, message.message_id):
        if not await state.write(
            state.chats.questions.receive, update.update_id, message.chat_id, asker, update.to_json()
        ):
            return
        try:
            await answer(update, message, asked, context)
        except LeftForLater as left:
            if state.stopping:
                logger.info("An answer is left to the next start: %s", left)
                return
            logger.warning("An answer could not be sent for long and is given up: %s", left)
        except Exception:
            await state.write(state.chats.questions.finish, update.update_id)
            raise
        await state.write(state.chats.questions.finish, update.update_id)


async def _follow_edit(update: Update, message: Message, asked: Asked, context: ContextTypes.DEFAULT_TYPE) -> None:
    state = conversations(context)
    stored = state.chats.answers.to_message(message.chat_id, message.message_id)
    if stored is None or stored.message is None:
        await _respond(update, message, asked, context)
        return
    texts = state.texts(message.chat, message.from_user)
    if not asked.question or asked.question in (stored.content.question, stored.content.typed):
        return
    if not allowed(state, message.chat_id, asker_of(message)):
        if line := _slow_down(state, asker_of(message), texts):
            await reply(context, message, line)
        return
    async with state.turn(message.chat_id):
        try:
            content, _ = await answer_question(state, asked.question, message, texts)
        except QuestionTooLong as error:
            text = html.escape(texts.question_too_long.format(length=error.length, most=error.most))
            await edit(context, message.chat_id, stored.message, text, None)
            return
        card = await draw(state, stored.token, content, texts, context.bot.username)
        await _sent(edit(context, message.chat_id, stored.message, *card))
        await state.write(state.chats.answers.replace, stored.id, content)


async def _sent(sending: Awaitable[T]) -> T:
    """What a sending gives; raises LeftForLater where it surely has not arrived."""
    try:
        return await sending
    except TelegramError as error:
        if surely_not_sent(error):
            raise LeftForLater(str(error)) from error
        raise


def _find(message: Message, context: ContextTypes.DEFAULT_TYPE) -> Asked | None:
    state = conversations(context)
    if not state.serves(message.chat, message.from_user):
        return None
    settings = state.chats.settings.of(message.chat_id)
    return find_question(message, context.bot.id, context.bot.username, settings.on_mention)


def _is_recent(message: Message, state: Conversations) -> bool:
    # After downtime, an answer to what was asked long ago would only puzzle people.
    sent = message.edit_date or message.date
    return datetime.now(UTC) - sent < timedelta(minutes=state.settings.answer_within_minutes)


def allowed(state: Conversations, chat: int, asker: int) -> bool:
    """Take one question of what this person, and in a group all together, may ask a minute."""
    return state.people.take(asker) and (chat > 0 or state.groups.take(chat))


async def _respond(update: Update, message: Message, asked: Asked, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer in the chat's turn, or say in a sentence why not."""
    state, texts = conversations(context), texts_of(update, context)
    sentence: str | None = None
    if not asked.question:
        bare = {OFFICIALS: texts.ask_region, MEETINGS: texts.ask_meetings}
        sentence = bare.get(asked.command, texts.ask_something)
    elif line := small_talk(asked.question, texts):
        sentence = line
    elif not allowed(state, message.chat_id, asker_of(message)):
        sentence = _slow_down(state, asker_of(message), texts)
    elif state.waiting >= state.settings.most_waiting:
        sentence = texts.busy
    else:
        # Read before anything is waited for, in which the group may get another number.
        settings = state.chats.settings.of(message.chat_id)
        async with state.turn(message.chat_id), typing(message):
            await _answer_and_send(update, message, asked, texts, settings, context)
    if sentence is not None:
        released = await state.write(state.chats.questions.release, update.update_id)
        if released:
            await reply(context, message, sentence)


def _slow_down(state: Conversations, asker: int, texts: Texts) -> str | None:
    if not state.people.notice_due(asker):
        return None
    return texts.slow_down.format(seconds=state.people.seconds_left(asker))


async def _answer_and_send(
    update: Update,
    message: Message,
    asked: Asked,
    texts: Texts,
    settings: ChatSettings,
    context: ContextTypes.DEFAULT_TYPE,
) -> None:
    """Draw the card first and release the question in the moment before the card is sent."""
    state = conversations(context)
    before = _answer_before(state, message)
    asker, in_group = asker_of(message), message.chat.type != ChatType.PRIVATE
    of_another = before is not None and before.asker != asker
    try:
        question_before = before.content.question if before else None
        content, answer = await answer_question(state, asked.question, message, texts, question_before, of_another)
    except QuestionTooLong as error:
        if await state.write(state.chats.questions.release, update.update_id):
            await reply(context, message, texts.question_too_long.format(length=error.length, most=error.most))
        return
    alone = settings.only_asker_sees and in_group and asker > 0
    stored = await state.write(
        state.chats.answers.save,
        message.chat_id,
        asker,
        message.message_id,
        content,
        everyone=in_group and not alone,
        follows=before.id if before and content.of_another else None,
        update_id=update.update_id,
    )
    # Forgotten by /hapusdata while it was being answered.
    if stored is None:
        return
    card = await draw(state, stored.token, content, texts, context.bot.username, View(only_for_asker=alone))
    unanswered = None if answer.answered or content.of_another else content.question
    if not await state.write(state.chats.questions.release, update.update_id, unanswered):
        return
    quiet = is_quiet(settings, state.settings.timezone)
    try:
        if alone:
            await _send_to_asker_alone(context, message, stored, card, asked.attach_to, quiet, texts)
        else:
            sent = await send(context, message, *card, attach_to=asked.attach_to, quiet=quiet)
            await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)
    except (NetworkError, RetryAfter) as error:
        if surely_not_sent(error):
            await state.write(state.chats.questions.take_back, update.update_id)
            raise LeftForLater(str(error)) from error
        if not is_of_network(error):
            raise
        logger.warning("It is not known whether an answer has arrived (%s); its asker is told.", error)
        await _sent(_offer_lost_answer(message, context))


async def _send_to_asker_alone(
    context: ContextTypes.DEFAULT_TYPE,
    message: Message,
    stored: StoredAnswer,
    card: Card,
    attach_to: int,
    quiet: bool,
    texts: Texts,
) -> None:
    """Send what only the asker sees; where the server refuses or does not know it, what everyone sees."""
    state = conversations(context)
    sent = await send_to_asker_alone(context, message, card, stored.asker)
    if sent is not None and "ephemeral_message_id" in sent.api_kwargs:
        return
    await state.write(state.chats.answers.show_to_everyone, stored.id)
    public = await draw(state, stored.token, stored.content, texts, context.bot.username)
    if sent is None:
        sent = await send(context, message, *public, attach_to=attach_to, quiet=quiet)
        await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)
        return
    # An older server ignores what it does not know, and has sent it to everyone.
    await state.write(state.chats.answers.note_sent, stored.id, sent.message_id)
    try:
        await edit(context, sent.chat_id, sent.message_id, *public)
    except TelegramError as error:
        logger.warning("A card still says that only its asker sees it: %s", error)


async def _offer_lost_answer(message: Message, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Tell the asker that the answer may not have arrived; a button shows it, so that nothing comes twice unasked."""
    state = conversations(context)
    texts = state.texts(message.chat, message.from_user)
    stored = state.chats.answers.to_message(message.chat_id, message.message_id)
    if stored is not None and stored.message is None:
        openly = stored.everyone or message.chat.type == ChatType.PRIVATE
        buttons = lost_answer_buttons(stored.token, texts) if openly else None
        text = html.escape(texts.maybe_lost if openly else texts.maybe_lost_ask_again)
        await send(context, message, text, buttons, attach_to=message.message_id)


def _answer_before(state: Conversations, message: Message) -> StoredAnswer | None:
    """What the question may follow on: that of the card it replies to, or in private the one just asked."""
    other = message.reply_to_message
    stored = state.chats.answers.in_message(message.chat_id, other.message_id) if other else None
    if stored is None and message.chat.type == ChatType.PRIVATE:
        stored = state.chats.answers.last(message.chat_id, message.chat_id, state.settings.follow_up_minutes)
    return stored


async def answer_question(
    state: Conversations,
    question: str,
    message: Message,
    texts: Texts,
    before: str | None = None,
    of_another: bool = False,
    any_time: bool = False,
) -> tuple[SentAnswer, Answer]:
    """Ask, and make what a card is drawn from.

    `before` is the question that this one may follow on, perhaps another person's; with `any_time` a period in the
    question does not count.
    """
    hurried = state.waiting > HURRIED_FROM
    answer = await state.in_worker(lambda: state.answerer.answer(question, QUOTES_KEPT, any_time, hurried, before))
    per_page = state.quotes_per_page(message.chat, state.chats.settings.of(message.chat_id))
    quotes = tuple(SentQuote.of(quote) for quote in answer.quotes or answer.near[:per_page])
    continued = [texts.continued.format(question=answer.question)] if answer.typed else []
    return SentAnswer(
        answer.question,
        answer.answered,
        quotes,
        texts.language,
        per_page,
        tuple(replies.heads(answer, texts)),
        answer.typed,
        answer.unnamed_office,
        of_period=answer.period is not None,
        of_another=of_another and answer.typed is not None,
        understood=(*continued, *replies.understood(answer, texts)),
    ), answer


async def draw(
    state: Conversations, token: str, content: SentAnswer, texts: Texts, bot_name: str, view: View | None = None
) -> Card:
    """The card of an answer, each quote held against its article at this moment."""
    quotes, summary = await state.in_worker(
        lambda: (verified(content, state.answerer.store), state.answerer.summary()), Urgency.DRAWING
    )
    return answer_card(token, content, quotes, summary, texts, bot_name, view or View())


def is_quiet(settings: ChatSettings, timezone: str, now: datetime | None = None) -> bool:
    """Whether it is within the chat's quiet hours, which may span midnight."""
    if settings.quiet_from is None or settings.quiet_until is None:
        return False
    hour = (now or datetime.now(UTC)).astimezone(ZoneInfo(timezone)).hour
    start, end = settings.quiet_from, settings.quiet_until
    return start <= hour < end if start <= end else hour >= start or hour < end
