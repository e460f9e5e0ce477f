"""A button pressed under an answer, and the card drawn anew for whoever pressed it."""

import msgspec
from msgspec.structs import replace
from telegram import CallbackQuery, MaybeInaccessibleMessage, Message
from telegram.ext import ContextTypes

from bot.alone import number_of
from bot.ask import draw
from bot.cards import Card, View, reaction_buttons
from bot.chats import SentAnswer, StoredAnswer
from bot.conversations import Conversations, conversations
from bot.rich import is_rich
from bot.sending import acknowledge, edit, edit_buttons, edit_for_asker_alone, plain
from bot.texts import Texts


class Press(msgspec.Struct, frozen=True):
    """A button pressed under an answer."""

    query: CallbackQuery
    context: ContextTypes.DEFAULT_TYPE
    stored: StoredAnswer
    texts: Texts

    @property
    def state(self) -> Conversations:
        return conversations(self.context)

    @property
    def person(self) -> int:
        return self.query.from_user.id

    @property
    def by_owner(self) -> bool:
        return self.person == self.stored.asker

    @property
    def judged(self) -> int:
        """What is said of a copy is said of the answer that it shows."""
        return self.stored.original or self.stored.id

    async def show(self, view: View, line: str | None = None) -> None:
        """Stop the button's spinner with a line of text or none, and show the card in this view."""
        await acknowledge(self.query, line)
        await self.redraw(view)

    async def redraw(self, view: View) -> None:
        """Show the card in this view; under a rich message only its buttons change."""
        message = self.query.message
        if is_rich(message):
            if isinstance(message, Message):
                content, view = self.stored.content, self._as_seen(view)
                buttons = reaction_buttons(self.stored.token, content, view, self.texts)
                await edit_buttons(self.context, message, buttons)
        elif message is not None:
            card = await self.card(self.stored.content, view)
            if not _looks_so(message, card):
                await self.put(message, card)

    async def put(self, message: MaybeInaccessibleMessage, card: Card) -> None:
        """Put a card into the message whose button was pressed."""
        if (number := number_of(message)) is not None:
            await edit_for_asker_alone(self.context, message.chat.id, self.person, number, card)
        else:
            await edit(self.context, message.chat.id, message.message_id, *card)

    async def card(self, content: SentAnswer, view: View | None = None) -> Card:
        """The card of what is now the answer, as whoever pressed sees it."""
        view = self._as_seen(view or View())
        return await draw(self.state, self.stored.token, content, self.texts, self.context.bot.username, view)

    def _as_seen(self, view: View) -> View:
        """A view with what was said of the answer, as whoever pressed sees it."""
        judged = self.state.chats.feedback.judged(self.judged, self.person)
        alone = view.only_for_asker or number_of(self.query.message) is not None
        return replace(view, only_for_asker=alone, for_all=self.stored.everyone, judged=judged)


def _looks_so(message: MaybeInaccessibleMessage, card: Card) -> bool:
    """Whether a message shows this card already, so that there is nothing to change."""
    html, buttons = card
    return isinstance(message, Message) and message.text == plain(html).strip() and message.reply_markup == buttons
