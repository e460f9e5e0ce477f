"""Ask a question for a chat, keep what its card is made of, and draw the card."""

from telegram import Chat, InlineKeyboardMarkup, Message
from telegram.constants import ChatType

from bot import replies
from bot.cards import Card, View, answer_card, reaction_buttons, verified
from bot.chats import SentAnswer, SentQuote, StoredAnswer
from bot.conversations import Conversations
from bot.heads import heads, table
from bot.rich import Json, rich_list
from bot.texts import Texts
from bot.worker import Urgency
from embeddings import Answer, Certainty, Turn

QUOTES_KEPT = 12
NEAR_KEPT = 3

RichCard = tuple[Json, InlineKeyboardMarkup]
"""A rich message, and the buttons under it."""


async def ask(
    state: Conversations, question: str, chat: Chat, texts: Texts, before: Turn | None = None, any_time: bool = False
) -> SentAnswer:
    """What the card of an answer is drawn from; raises QuestionTooLong.

    `before` is what the question may follow on; with `any_time` a period in the question does not count.
    """
    hurried = state.waiting_questions > state.settings.hurried_above
    answer = await state.in_worker(lambda: state.answerer.answer(question, QUOTES_KEPT, any_time, hurried, before))
    state.metrics.questions.labels(answer.certainty).inc()
    return to_send(answer, texts, state.chats.settings.of(chat.id).per_page)


def to_send(answer: Answer, texts: Texts, per_page: int) -> SentAnswer:
    """What the card of this answer is drawn from."""
    continued = [texts.continued.format(question=answer.question)] if answer.typed else []
    return SentAnswer(
        answer.question,
        answer.answered,
        tuple(SentQuote.of(quote) for quote in answer.quotes or answer.near[:NEAR_KEPT]),
        texts.language,
        per_page,
        tuple(heads(answer, texts)),
        answer.typed,
        answer.unnamed_office,
        of_period=answer.period is not None,
        understood=(*continued, *replies.understood(answer, texts)),
        maybe=answer.certainty is Certainty.MAYBE,
        table=tuple(table(answer, texts)),
    )


def answer_before(state: Conversations, message: Message) -> StoredAnswer | None:
    """What a question may follow on: that of the card it replies to, or in private the one just asked."""
    other = message.reply_to_message
    stored = state.chats.answers.in_message(message.chat_id, other.message_id) if other else None
    if stored is None and message.chat.type == ChatType.PRIVATE:
        stored = state.chats.answers.last(message.chat_id, message.chat_id, state.settings.follow_up_minutes)
    return stored


def turn_of(stored: StoredAnswer) -> Turn:
    """What was asked and answered, for a question that may follow on it."""
    content = stored.content
    return Turn(content.question, content.quotes[0].article if content.answered and content.quotes else None)


async def draw(
    state: Conversations, token: str, content: SentAnswer, texts: Texts, bot_name: str, view: View | None = None
) -> Card:
    """The card of an answer, each quote held against its article at this moment."""
    quotes, summary = await state.in_worker(
        lambda: (verified(content, state.answerer.store), state.answerer.summary()), Urgency.DRAWING
    )
    return answer_card(token, content, quotes, summary, texts, bot_name, view or View())


async def draw_rich(state: Conversations, stored: StoredAnswer, texts: Texts) -> RichCard | None:
    """A list as a rich message with its buttons, where the server may know them; None for any other answer."""
    content = stored.content
    if state.knows_rich is False or not content.table:
        return None
    quotes = await state.in_worker(lambda: verified(content, state.answerer.store), Urgency.DRAWING)
    rich = rich_list(content, quotes, texts)
    return (rich, reaction_buttons(stored.token, content, View(for_all=stored.everyone), texts)) if rich else None
