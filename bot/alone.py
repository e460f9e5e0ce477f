"""What a run has learnt of answers that only their asker sees: Telegram's ephemeral messages (Bot API 10.3)."""

import msgspec
from telegram import MaybeInaccessibleMessage, Message


class Alone(msgspec.Struct):
    """Whether answers can be shown to their askers alone, and what it takes."""

    known: bool | None = None
    """Whether the server knows such answers; None until one was sent."""
    by_tap: set[int] = msgspec.field(default_factory=set)
    """The groups in which the bot is no administrator, and so may show such an answer only to somebody who taps."""
    refused: set[int] = msgspec.field(default_factory=set)
    """The groups in which they were refused after a tap, too."""

    def is_possible(self, chat: int) -> bool:
        """Whether it is worth trying in this group."""
        return self.known is not False and chat not in self.refused


def number_of(message: MaybeInaccessibleMessage | Message | None) -> int | None:
    """The number of a message that only one person sees; None where it is any other."""
    number = message.api_kwargs.get("ephemeral_message_id") if message is not None else None
    return number if isinstance(number, int) else None
