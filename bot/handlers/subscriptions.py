"""/langganan: what a chat wants to be told of, begun, listed, timed and stopped; and what may be lost, shown."""

import re
from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.alerts.messages import is_subscribed_card, list_card, subscribed_card, with_stop_turned
from bot.alerts.telling import Telling
from bot.alerts.typed import words_and_minute
from bot.cards import Card
from bot.chats import Kind, Subscription, SubscriptionsFull
from bot.conversations import conversations, texts_of
from bot.handlers.settings import is_administrator, may_change
from bot.sending import acknowledge, edit, edit_buttons, send
from bot.texts import Texts
from bot.worker import Urgency
from embeddings import QuestionTooLong

# What a button does, with a subscription's or a message's number, and what else it takes.
DATA = re.compile("l:(stop|resume|at|show|list)(?::([0-9]{1,15}))?(?::([0-9]{1,4}|now))?")
MINUTES_A_DAY = 24 * 60


async def subscribe(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /langganan: begin what stands behind it, or list what there is; in groups for administrators."""
    message, texts = update.message, texts_of(update, context)
    assert message is not None
    if not await may_change(message, context):
        await _reply(context, message, (texts.subscriptions_only_admins, None))
        return
    words, minute = words_and_minute(" ".join(context.args or ()))
    if words:
        await _reply(context, message, await _begin(message, words, minute, texts, context))
    else:
        subscriptions = conversations(context).chats.subscriptions.of(message.chat_id)
        await _reply(context, message, list_card(subscriptions, texts))


async def _begin(
    message: Message, words: str, minute: int | None, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> Card:
    state = conversations(context)
    try:
        question = await state.in_worker(lambda: state.answerer.standing(words), Urgency.DRAWING)
    except QuestionTooLong as error:
        return texts.question_too_long.format(length=error.length, most=error.most), None
    if not question.stems:
        return texts.subscription_unclear, None
    kind, about = (Kind.REGION, question.region) if question.region else (Kind.QUESTION, words)
    topic = message.message_thread_id if message.is_topic_message else None
    most = state.settings.most_subscriptions
    try:
        begun = await state.write(
            state.chats.subscriptions.add, message.chat_id, topic or 0, kind, about, texts.language, most, minute
        )
    except SubscriptionsFull:
        return texts.subscriptions_full.format(most=most), None
    assert begun is not None
    return subscribed_card(begun, texts)


async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Do what a button says; in groups what changes anything is for administrators."""
    query, texts = update.callback_query, texts_of(update, context)
    assert query is not None
    data, message = DATA.fullmatch(query.data or ""), query.message
    if data is None or not isinstance(message, Message):
        await acknowledge(query, texts.expired)
    elif data[1] == "show" and data[2]:
        await _show(query, message, int(data[2]), texts, context)
    elif message.chat.type != ChatType.PRIVATE and not await is_administrator(
        message.chat, query.from_user.id, context
    ):
        await acknowledge(query, texts.subscriptions_only_admins, show_alert=True)
    elif data[1] == "list":
        await acknowledge(query)
        subscriptions = conversations(context).chats.subscriptions.of(message.chat_id)
        await _reply(context, message, list_card(subscriptions, texts))
    else:
        subscription = conversations(context).chats.subscriptions.by_id(int(data[2] or 0))
        await _change(query, message, subscription, data.groups()[::2], texts, context)


async def _change(
    query: CallbackQuery,
    message: Message,
    subscription: Subscription | None,
    wanted: Sequence[str | None],
    texts: Texts,
    context: ContextTypes.DEFAULT_TYPE,
) -> None:
    """Change a subscription of the chat that the button stands in."""
    state = conversations(context)
    if subscription is None or subscription.chat != message.chat_id:
        await acknowledge(query, texts.expired)
        return
    match wanted:
        case "stop" | "resume" as done, None:
            change = state.chats.subscriptions.stop if done == "stop" else state.chats.subscriptions.take_up
            await state.write(change, subscription.id)
            await acknowledge(query, texts.stopped if done == "stop" else texts.resumed)
            await _show_stopped(message, state.chats.subscriptions.by_id(subscription.id), texts, context)
        case "at", str(time) if time == "now" or int(time) < MINUTES_A_DAY:
            await state.write(state.chats.subscriptions.tell_at, subscription.id, None if time == "now" else int(time))
            await acknowledge(query)
            changed = state.chats.subscriptions.by_id(subscription.id)
            if changed is not None:
                await edit(context, message.chat_id, message.message_id, *subscribed_card(changed, texts))
        case _:
            await acknowledge(query, texts.expired)


async def _show_stopped(
    message: Message, changed: Subscription | None, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> None:
    """Show that a subscription was stopped or taken up: the card that it began with says so, any other's button."""
    markup = message.reply_markup
    if changed is None or not isinstance(markup, InlineKeyboardMarkup):
        return
    if is_subscribed_card(markup):
        await edit(context, message.chat_id, message.message_id, *subscribed_card(changed, texts))
    else:
        turned = with_stop_turned(markup, changed.id, changed.stopped is not None, texts)
        await edit_buttons(context, message, turned)


async def _show(
    query: CallbackQuery, message: Message, alert: int, texts: Texts, context: ContextTypes.DEFAULT_TYPE
) -> None:
    """Show what a message told that may be lost, in the place of the one that says so."""
    telling = Telling(context)
    matches = conversations(context).chats.alerts.unfinished(alert)
    told = await telling.told(matches) if matches and matches[0].chat == message.chat_id else []
    if not told:
        await acknowledge(query, texts.expired)
        return
    await acknowledge(query)
    await edit(context, message.chat_id, message.message_id, *await telling.card(told))
    await telling.note_arrived(alert, told, message)


async def _reply(context: ContextTypes.DEFAULT_TYPE, message: Message, card: Card) -> None:
    await send(context, message, *card, attach_to=message.message_id)
