"""Lists as rich messages (Bot API 10.1): a table of what articles tell, and each quote folded below it."""

from collections.abc import Sequence
from typing import Any

from telegram import MaybeInaccessibleMessage

from bot.chats import SentAnswer
from bot.replies import quote_source
from bot.texts import Texts
from embeddings import Quote

Json = dict[str, Any]


def is_rich(message: MaybeInaccessibleMessage | None) -> bool:
    """Whether a message is a rich one, of which only the buttons are changed."""
    return message is not None and "rich_message" in message.api_kwargs


def rich_list(content: SentAnswer, quotes: Sequence[Quote], texts: Texts) -> Json | None:
    """A list that was asked for as an InputRichMessage; None for any other answer."""
    if len(content.table) < 2 or content.maybe or not content.answered or not quotes:
        return None
    above = [line for line in (content.salam, *content.understood) if line]
    return {
        "blocks": [
            *({"type": "paragraph", "text": line} for line in above),
            {"type": "table", "cells": _cells(content.table), "is_striped": True, "is_compact": True},
            *(_folded(quote, texts) for quote in quotes),
        ],
        # What looks like a link or a mention in a quote is none of the bot's.
        "skip_entity_detection": True,
    }


def _cells(table: Sequence[Sequence[str]]) -> list[list[Json]]:
    first = table[0]
    return [
        [{"text": text, "is_header": row is first, "align": "left", "valign": "top"} for text in row] for row in table
    ]


def _folded(quote: Quote, texts: Texts) -> Json:
    text: Any = quote.text
    if quote.answer is not None:
        start, end = quote.answer
        whole = quote.article.text
        parts = [whole[quote.start : start], {"type": "bold", "text": whole[start:end]}, whole[end : quote.end]]
        text = [part for part in parts if part]
    return {"type": "expandable_blockquote", "text": text, "credit": quote_source(quote, texts)}
