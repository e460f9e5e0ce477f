"""Build the Telegram application; read it as a table of contents of what the bot reacts to."""

from collections.abc import Sequence
from socket import socket

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import InvalidToken
from telegram.ext import (
    ApplicationBuilder,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.alone import number_of
from bot.chats import Chats
from bot.config import Config
from bot.conversations import KEY, Conversations, conversations, texts_of
from bot.handlers import (
    archive,
    asking,
    buttons,
    errors,
    groups,
    guidance,
    inline,
    offers,
    operator,
    privacy,
    settings,
    subscriptions,
)
from bot.lifetime import AnyApplication, begin, end
from bot.limits import ChatRateLimiter
from bot.polling import ElectedUpdater, WatchedRequest
from bot.processes import Processes
from bot.questions import asker_of
from bot.redaction import webhook_secret
from bot.sending import acknowledge
from bot.updates import UPDATES, CountingProcessor
from bot.webhook import Webhook
from embeddings import KnowledgeBase

# An answer that Telegram took but was slow to confirm would be followed by an apology.
CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0

NEW = filters.UpdateType.MESSAGE
PRIVATE = NEW & filters.ChatType.PRIVATE
WORDS = filters.TEXT | filters.CAPTION
ONLY_A_LINK = r"^\s*https?://\S+\s*$"


def build_application(
    token: str,
    settings: Config,
    knowledge: KnowledgeBase,
    chats: Chats,
    sockets: Sequence[socket] = (),
    processes: Processes | None = None,
) -> AnyApplication:
    """The application, not started: it polls or takes in a webhook's updates, and its server listens at the sockets.

    `processes` are those that answer for this bot, by default this one alone.
    """
    telegram = settings.telegram
    state = Conversations(knowledge, chats, telegram, settings.newsroom, processes)
    limiter = ChatRateLimiter(60.0 * telegram.answer_within_minutes, state.metrics.count_call, state.processes)
    polling = WatchedRequest(telegram.stalled_after_seconds, lambda: application.stop_running(), connection_pool_size=1)
    application = _built(token, telegram.api_url.rstrip("/"), polling, limiter, state)
    if not telegram.webhook_url:
        application.updater = ElectedUpdater(application.bot, application.update_queue, state.processes)
    link = _webhook(application, telegram.webhook_url, token, state) if telegram.webhook_url else polling
    application.bot_data |= {KEY: state, "link": link, "limiter": limiter, "sockets": sockets}
    _add_gates(application)
    _add_handlers_for_administrators(application, telegram.administrators)
    _add_handlers(application)
    return application


def _built(
    token: str, api_url: str, polling: WatchedRequest, limiter: ChatRateLimiter, state: Conversations
) -> AnyApplication:
    return (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .get_updates_request(polling)
        .connect_timeout(CONNECT_SECONDS)
        .read_timeout(READ_SECONDS)
        .rate_limiter(limiter)
        .concurrent_updates(CountingProcessor(state.metrics, state.arrivals))
        .post_init(begin)
        .post_stop(end)
        .build()
    )


def _webhook(application: AnyApplication, url: str, token: str, state: Conversations) -> Webhook:
    """Let updates come by a webhook in place of polling."""
    secret, queue = webhook_secret(token), application.update_queue
    webhook = Webhook(application.bot, queue, url, secret, state, application.stop_running)
    application.updater = webhook
    return webhook


def run_until_stopped(application: AnyApplication) -> bool:
    """Answer until the process is told to end; False where Telegram does not accept the token (any more)."""
    link: WatchedRequest | Webhook = application.bot_data["link"]
    run = application.run_webhook if isinstance(link, Webhook) else application.run_polling
    try:
        # Polling deletes a webhook first, and a webhook ends polling.
        run(allowed_updates=UPDATES, bootstrap_retries=-1, close_loop=False)
    except InvalidToken:
        return False
    return not link.refused


def _add_gates(application: AnyApplication) -> None:
    """What an update has to pass before anything reacts to it."""
    application.add_handler(TypeHandler(Update, _once_chats_are_there), group=-4)
    application.add_handler(TypeHandler(Update, _only_so_much), group=-3)
    application.add_handler(TypeHandler(Update, _only_those_served), group=-2)
    application.add_handler(CallbackQueryHandler(_only_what_is_offered), group=-1)


def _add_handlers_for_administrators(application: AnyApplication, administrators: Sequence[int]) -> None:
    """Whoever else gives these commands is answered as with any that the bot does not know."""
    among_them = PRIVATE & filters.User(administrators)
    application.add_handler(CommandHandler("stat", operator.stat, among_them))
    application.add_handler(CommandHandler("laporan", operator.reports, among_them))
    application.add_handler(CommandHandler("jawab", operator.answer_report, among_them))
    application.add_handler(CommandHandler("tutup", operator.close_report, among_them))
    application.add_handler(CommandHandler("tambah", archive.add, among_them))
    application.add_handler(
        MessageHandler(among_them & (filters.Document.ALL | filters.Regex(ONLY_A_LINK)), archive.add)
    )
    application.add_handler(CommandHandler("sinkron", archive.sync_sources, among_them))
    application.add_handler(CommandHandler("hapus", archive.remove, among_them))
    application.add_handler(CallbackQueryHandler(archive.press, "^op:"))


def _add_handlers(application: AnyApplication) -> None:

    application.add_handler(CommandHandler("start", guidance.start, NEW))
    application.add_handler(CommandHandler(["bantuan", "help"], guidance.explain, NEW))
    application.add_handler(CommandHandler("langganan", subscriptions.subscribe, NEW))
    application.add_handler(CommandHandler("sumber", guidance.sources, NEW))
    application.add_handler(CommandHandler(["setelan", "settings"], settings.show, NEW))
    application.add_handler(CommandHandler(["privasi", "privacy"], privacy.explain, NEW))
    application.add_handler(CommandHandler("hapusdata", privacy.ask_to_forget, NEW))
    application.add_handler(CommandHandler(["tanya", "pejabat", "rapat", "berita"], asking.answer_message, NEW))
    application.add_handler(MessageHandler(PRIVATE & filters.COMMAND, guidance.explain))
    application.add_handler(MessageHandler(NEW & filters.StatusUpdate.MIGRATE, groups.migration))
    application.add_handler(MessageHandler(NEW & WORDS, asking.answer_message))
    application.add_handler(MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, guidance.ask_for_text))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE & WORDS, asking.answer_message))

    application.add_handler(CallbackQueryHandler(privacy.forget, "^x:"))
    application.add_handler(CallbackQueryHandler(settings.change, "^g:"))
    application.add_handler(CallbackQueryHandler(subscriptions.press, "^l:"))
    application.add_handler(CallbackQueryHandler(guidance.turn_page, "^[st]:"))
    application.add_handler(CallbackQueryHandler(offers.press, "^[hnpq]:"))
    application.add_handler(CallbackQueryHandler(buttons.press))
    application.add_handler(InlineQueryHandler(inline.answer_inline))
    application.add_handler(ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(TypeHandler(Update, inline.answer_guest))
    application.add_error_handler(errors.report)


async def _once_chats_are_there(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Hold everything back here while the server with the chats is away."""
    await conversations(context).until_chats_are_there()


async def _only_those_served(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Stop here for chats and people that the operator does not serve; leaving and joining are still noted."""
    if update.my_chat_member is not None or update.inline_query is not None or update.guest_message is not None:
        return
    if not conversations(context).serves(update.effective_chat, update.effective_user):
        await guidance.refuse(update, context)
        raise ApplicationHandlerStop


async def _only_what_is_offered(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Stop here in groups for what no button of the message holds: it would be done to what others see.

    A program of one's own may send any data under any of the bot's messages.
    """
    query = update.callback_query
    assert query is not None
    message = query.message
    if not isinstance(message, Message) or message.chat.type == ChatType.PRIVATE or number_of(message) is not None:
        return
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    if not any(button.callback_data == query.data for row in rows for button in row):
        await acknowledge(query, texts_of(update, context).expired)
        raise ApplicationHandlerStop


async def _only_so_much(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Stop here for who presses and commands more than one person can; questions have an allowance of their own."""
    state, query, message = conversations(context), update.callback_query, update.message
    if query is not None:
        person = query.from_user.id
    elif message is not None and _costs_a_tap(message, state):
        person = asker_of(message)
    else:
        return
    if await state.taps.take(person):
        return
    line = state.texts(update.effective_chat, update.effective_user).slow_down.format(
        seconds=await state.taps.seconds_left(person)
    )
    if query is not None:
        await acknowledge(query, line)
    elif message is not None and message.chat.type == ChatType.PRIVATE and await state.taps.notice_due(person):
        await message.reply_text(line)
    raise ApplicationHandlerStop


def _costs_a_tap(message: Message, state: Conversations) -> bool:
    """Whether the bot reacts to a message that is no question: those have an allowance of their own."""
    if (message.text or "").startswith("/"):
        return True
    asks = bool(message.text or message.caption) and state.serves(message.chat, message.from_user)
    return message.chat.type == ChatType.PRIVATE and not asks
