"""Pass a quote on with its source: the buttons that copy it, or send it to a chat on Telegram or WhatsApp."""

import re
from urllib.parse import quote as percent_encoded

from telegram import CopyTextButton, InlineKeyboardButton, SwitchInlineQueryChosenChat

from bot import replies
from bot.texts import Texts
from embeddings import Article, Quote, article_key

MAX_COPY_LENGTH = 256
# WhatsApp's apps and Telegram's buttons take longer links, but not all of them.
MAX_LINK_LENGTH = 2000
# What buttons and links carry of an answer and of an article, as it is checked when it comes back.
TOKEN = "[A-Za-z0-9_-]{16}"
ARTICLE_KEY = "[0-9a-f]{16}(?:[0-9a-f]{32})?"
SHARED_QUOTE = re.compile(f"kutipan ({TOKEN}) ([0-9]{{1,3}})")
"""The inline query that a share button begins: an answer's token, and the number of its quote from 1."""


def deep_link(bot_name: str, payload: str) -> str:
    """A link that opens the private chat at something; the payload has at most 64 characters of A-Z a-z 0-9 _ -."""
    return f"https://t.me/{bot_name}?start={payload}"


def key_of(article: Article, older: bool = False) -> str:
    """What names an article in buttons and links, or with the digest behind it an older version of it."""
    return article_key(article.id) + (article.content_hash() if older else "")


def article_link(article: Article, bot_name: str, older: bool = False) -> str:
    """Where an article can be read: on the web, or as it is stored, in the private chat, as is an older version."""
    own = deep_link(bot_name, f"t{key_of(article, older)}")
    # The publisher's page does not show an older version any more.
    return own if older else article.url or own


def quote_with_source(quote: Quote, texts: Texts) -> str:
    """A quote and the line under it, as plain text."""
    return f"{quote.text}\n— {replies.quote_source(quote, texts)}"


def copy_button(quote: Quote, token: str, page: int, texts: Texts, bot_name: str) -> InlineKeyboardButton:
    """A button that copies quote and source, or where they are too long for Telegram's, shows them to be copied."""
    text = quote_with_source(quote, texts)
    if replies.telegram_length(text) <= MAX_COPY_LENGTH:
        return InlineKeyboardButton(texts.copy, copy_text=CopyTextButton(text))
    return InlineKeyboardButton(texts.copy, url=deep_link(bot_name, f"c{token}{page}"))


def share_buttons(quote: Quote, token: str, page: int, texts: Texts, bot_name: str) -> list[InlineKeyboardButton]:
    """The buttons that send a quote with its source into a chat on Telegram, and on WhatsApp."""
    chosen = SwitchInlineQueryChosenChat(
        f"kutipan {token} {page + 1}", allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True
    )
    return [
        InlineKeyboardButton(texts.share, switch_inline_query_chosen_chat=chosen),
        InlineKeyboardButton(texts.share_whatsapp, url=whatsapp_link(quote, texts, bot_name)),
    ]


def whatsapp_link(quote: Quote, texts: Texts, bot_name: str) -> str:
    """A link that opens WhatsApp with a quote, its source and where to read on; too long a quote ends with a word."""
    below = f"— {replies.quote_source(quote, texts)}\n{article_link(quote.article, bot_name, quote.older)}"
    shown, shortened = quote.text, ""
    while True:
        link = "https://wa.me/?text=" + percent_encoded(f"“{shown}”{shortened}\n{below}", safe="")
        if len(link) <= MAX_LINK_LENGTH or " " not in shown:
            return link
        shown, shortened = _without_last_words(shown), f" {texts.shortened}"


def _without_last_words(text: str) -> str:
    """The text without its last tenth, to the end of a word."""
    cut = text.rfind(" ", 0, len(text) * 9 // 10)
    return text[: cut if cut > 0 else text.find(" ")].rstrip()
