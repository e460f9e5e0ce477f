"""Answer questions: read the update, ask, reply; and follow a question that is edited."""

import html
import json
import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import NetworkError
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

QUOTES_KEPT = 12
# So many questions in work, the answered one among them, take about a second.
HURRIED_FROM = 5


async def answer_message(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a new message that asks the bot something; leave every other alone."""
    message, state = update.message, conversations(context)
    assert message is not None
    asked = _find(message, context)
    if asked is not None and _is_recent(message, state):
        async with state.turn(message.chat_id, message.message_id):
            await _take_in(update, message, asked, context)


async def answer_edited_message(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Give an edited question its new answer in the message that held the old one."""
    message, state = update.edited_message, conversations(context)
    assert message is not None
    asked = _find(message, context)
    if asked is None or not _is_recent(message, state):
        return
    # Edited right after asking, the question may still be on its way to its answer.
    async with state.turn(message.chat_id, message.message_id):
        stored = state.chats.answer_to(message.chat_id, message.message_id)
        if stored is None or stored.message is None:
            await _take_in(update, message, asked, context)
        else:
            await _answer_edited(message, stored, stored.message, asked, context)


async def _answer_edited(
    message: Message, stored: StoredAnswer, answer_message: int, asked: Asked, context: ContextTypes.DEFAULT_TYPE
) -> None:
    state = conversations(context)
    texts = state.texts(message.chat, message.from_user)
    unchanged = asked.question in (stored.content.question, stored.content.typed)
    if not asked.question or unchanged or not allowed(state, message.chat_id, asker_of(message)):
        return
    async with state.turn(message.chat_id):
        try:
            content, _ = await answer_question(state, asked.question, message, texts)
        except QuestionTooLong as error:
            text = html.escape(texts.question_too_long.format(length=error.length, most=error.most))
            await edit(context, message.chat_id, answer_message, text, None)
            return
        await state.write(state.chats.replace_answer, stored.id, content)
        card = await draw(state, stored.token, content, texts, context.bot.username)
        await edit(context, message.chat_id, answer_message, *card)


async def take_up(pending: Pending, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Go on with a question that a stopped process has left: answer it, or tell that its answer may be lost."""
    state = conversations(context)
    update = Update.de_json(json.loads(pending.content), context.bot)
    message = update.effective_message
    if not isinstance(message, Message) or not _is_recent(message, state):
        await state.write(state.chats.finish, pending.update_id)
    elif pending.released:
        await _offer_lost_answer(update, message, context)
    else:
        await context.application.update_queue.put(update)


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


def allowed(state: Conversations, chat: int, asker: int) -> bool:
    """Take one question of what this person, and in a group all together, may ask a minute."""
    return state.people.take(asker) and (chat > 0 or state.groups.take(chat))


async def _take_in(update: Update, message: Message, asked: Asked, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a question once, and keep it until that is done: a process that is killed leaves it to the next one."""
    state = conversations(context)
    asker = asker_of(message)
    if not await state.write(state.chats.receive, update.update_id, message.chat_id, asker, update.to_json()):
        return
    try:
        await _respond(update, message, asked, context)
    except Exception as error:
        if surely_not_sent(error):
            # Telegram was out of reach for long, or the bot is being stopped: the next start answers.
            await state.write(state.chats.take_back, update.update_id)
        else:
            await state.write(state.chats.finish, update.update_id)
        raise
    await state.write(state.chats.finish, update.update_id)


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
        state.waiting += 1
        try:
            async with state.turn(message.chat_id), typing(message):
                await _answer_and_send(update, message, asked, texts, context)
        finally:
            state.waiting -= 1
    if sentence is not None:
        released = await state.write(state.chats.release, update.update_id)
        if released:
            await reply(context, message, sentence)


def _slow_down(state: Conversations, asker: int, texts: Texts) -> str | None:
    if not state.people.notice_due(asker):
        return None
    return texts.slow_down.format(seconds=state.people.seconds_left(asker))


async def _answer_and_send(
    update: Update, message: Message, asked: Asked, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> None:
    """Draw the card first and release the question in the moment before the card is sent."""
    state = conversations(context)
    try:
        before = _question_before(state, message)
        content, answer = await answer_question(state, asked.question, message, texts, before)
    except QuestionTooLong as error:
        if await state.write(state.chats.release, update.update_id):
            await reply(context, message, texts.question_too_long.format(length=error.length, most=error.most))
        return
    asker, in_group = asker_of(message), message.chat.type != ChatType.PRIVATE
    settings = state.chats.settings(message.chat_id)
    alone = settings.only_asker_sees and in_group and asker > 0
    stored = await state.write(
        state.chats.save_answer, message.chat_id, asker, message.message_id, content, everyone=in_group and not alone
    )
    card = await draw(state, stored.token, content, texts, context.bot.username, View(only_for_asker=alone))
    if not await state.write(state.chats.release, update.update_id):
        # Forgotten by /hapusdata while it was being answered.
        await state.write(state.chats.drop_answer, stored.id)
        return
    if not answer.answered:
        await state.write(state.chats.note_unanswered, asker, content.question)
    if alone and await _sent_to_asker_alone(context, message, stored, card, texts):
        return
    if alone:
        card = await draw(state, stored.token, content, texts, context.bot.username)
        await state.write(state.chats.show_to_everyone, stored.id, None)
    try:
        quiet = is_quiet(settings, state.settings.timezone)
        sent = await send(context, message, *card, attach_to=asked.attach_to, quiet=quiet)
    except NetworkError as error:
        if not is_of_network(error) or surely_not_sent(error):
            raise
        logger.warning("It is not known whether an answer has arrived (%s); its asker is told.", error)
        await _offer_lost_answer(update, message, context)
    else:
        await state.write(state.chats.answer_sent, stored.id, sent.message_id)


async def _sent_to_asker_alone(
    context: ContextTypes.DEFAULT_TYPE, message: Message, stored: StoredAnswer, card: Card, texts: Texts
) -> bool:
    """Whether the answer has reached its asker, alone or, from an older server, with everyone looking on."""
    state = conversations(context)
    sent = await send_to_asker_alone(context, message, card, stored.asker)
    if sent is None:
        return False
    if "ephemeral_message_id" not in sent.api_kwargs:
        # An older server ignores what it does not know, and has sent it to everyone.
        await state.write(state.chats.show_to_everyone, stored.id, sent.message_id)
        public = await draw(state, stored.token, stored.content, texts, context.bot.username)
        await edit(context, message.chat_id, sent.message_id, *public)
    return True


async def _offer_lost_answer(update: Update, message: Message, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Tell the asker that the answer may not have arrived; a button shows it, so that nothing comes twice unasked."""
    state = conversations(context)
    texts = texts_of(update, context)
    stored = state.chats.answer_to(message.chat_id, message.message_id)
    if stored is not None and stored.message is None:
        openly = stored.everyone or message.chat.type == ChatType.PRIVATE
        buttons = lost_answer_buttons(stored.token, texts) if openly else None
        text = html.escape(texts.maybe_lost if openly else texts.maybe_lost_ask_again)
        await send(context, message, text, buttons, attach_to=message.message_id)
    await state.write(state.chats.finish, update.update_id)


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
    before: str | None = None,
    any_time: bool = False,
) -> tuple[SentAnswer, Answer]:
    """Ask, and make what a card is drawn from.

    `before` is the question that this one may follow on; with `any_time` a period in the question does not count.
    """
    hurried = state.waiting > HURRIED_FROM
    answer = await state.in_worker(lambda: state.answerer.answer(question, QUOTES_KEPT, any_time, hurried, before))
    per_page = state.quotes_per_page(message.chat, state.chats.settings(message.chat_id))
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
