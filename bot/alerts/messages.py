"""What is told: the card of an answer, news of a region, a digest, and the list of what a chat is told of."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

import msgspec
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import replies
from bot.cards import Card, View, answer_card, verified
from bot.chats import Kind, Match, StoredAnswer, Subscription
from bot.sharing import article_link, deep_link
from bot.texts import Texts
from embeddings import Article, KnowledgeBase, naming

LISTED = 10
BUTTONS_A_ROW = 5
LONGEST_TITLE = 120
LONGEST_WORDS = 60
LONGEST_LABEL = 30
HOURS = (7, 12, 18)


class Told(msgspec.Struct, frozen=True):
    """A match with its article, and for a question the answer that its buttons name."""

    match: Match
    article: Article
    answer: StoredAnswer | None = None


def still_there(match: Match, knowledge: KnowledgeBase) -> Article | None:
    """The article of a match, where it and the words to be quoted from it are still stored."""
    if match.content is None:
        return knowledge.store.article(match.article)
    quotes = verified(match.content, knowledge.store)
    return quotes[0].article if quotes else None


def alert_card(told: Sequence[Told], knowledge: KnowledgeBase, texts: Texts, bot_name: str) -> Card:
    """The message that tells of these."""
    if len(told) > 1:
        return _digest(told, texts, bot_name)
    answer = told[0].answer
    if answer is None:
        return _news(told[0], texts, bot_name)
    quotes = verified(answer.content, knowledge.store)
    return answer_card(
        answer.token, answer.content, quotes, knowledge.summary(), texts, bot_name, View(for_all=answer.everyone)
    )


def _news(told: Told, texts: Texts, bot_name: str) -> Card:
    head = escape(texts.alert_region.format(region=name_of(told.match)))
    title = f"<b>{escape((told.article.title or texts.untitled)[:LONGEST_TITLE])}</b>"
    html = replies.fitted([f"{head}\n{title}"], [naming(told.article, told.match.words)], texts)
    opening = InlineKeyboardButton(texts.open_article, url=article_link(told.article, bot_name))
    return html, InlineKeyboardMarkup([[opening], [stop_button(told.match.subscription, texts)]])


def _digest(told: Sequence[Told], texts: Texts, bot_name: str) -> Card:
    listed = sorted(told, key=lambda one: (one.match.subscription, one.match.id))[:LISTED]
    blocks, buttons = [escape(texts.digest.format(number=len(told)))], list[InlineKeyboardButton]()
    for _, of_one in groupby(listed, key=lambda one: one.match.subscription):
        together = list(of_one)
        lines = [f"<b>{escape(_short(name_of(together[0].match)))}</b>"]
        for one in together:
            title = (one.article.title or texts.untitled)[:LONGEST_TITLE]
            number = len(buttons) + 1
            lines.append(f"{number}. {escape(title)}\n— {escape(replies.source_text(one.article, texts))}")
            buttons.append(InlineKeyboardButton(str(number), url=_link(one, bot_name)))
        blocks.append("\n".join(lines))
    if len(told) > len(listed):
        blocks.append(escape(texts.digest_more.format(number=len(told) - len(listed))))
    rows = [buttons[at : at + BUTTONS_A_ROW] for at in range(0, len(buttons), BUTTONS_A_ROW)]
    subscriptions = {one.match.subscription for one in told}
    manage = InlineKeyboardButton(texts.manage, callback_data="l:list")
    last = stop_button(subscriptions.pop(), texts) if len(subscriptions) == 1 else manage
    return "\n\n".join(blocks), InlineKeyboardMarkup([*rows, [last]])


def _link(told: Told, bot_name: str) -> str:
    if told.answer is not None:
        return deep_link(bot_name, f"a{told.answer.token}")
    return article_link(told.article, bot_name)


def lost_alert_card(alert: int, texts: Texts) -> Card:
    """That a message may not have arrived, with a button that shows it."""
    button = InlineKeyboardButton(texts.show_alert, callback_data=f"l:show:{alert}")
    return escape(texts.maybe_lost_alert), InlineKeyboardMarkup([[button]])


# --- what a chat is told of ---


def subscribed_card(subscription: Subscription, texts: Texts) -> Card:
    """That a subscription has begun, and when it is told of, which buttons change; or that it is stopped."""
    question = subscription.kind is Kind.QUESTION
    form = texts.subscribed_question if question else texts.subscribed_region
    minute = subscription.minute
    when = texts.told_at_once if minute is None else texts.told_daily.format(time=clock(minute))
    choices: list[tuple[str, int | None]] = [(texts.at_once, None), *((clock(60 * hour), 60 * hour) for hour in HOURS)]
    at_once, *daily = [
        InlineKeyboardButton(
            f"✓ {label}" if minute == choice and subscription.stopped is None else label,
            callback_data=f"l:at:{subscription.id}:{'now' if choice is None else choice}",
        )
        for label, choice in choices
    ]
    text, last = f"{form.format(words=name_of(subscription))}\n{when}", stop_button(subscription.id, texts)
    if subscription.stopped is not None:
        text, last = texts.stopped, InlineKeyboardButton(texts.resume, callback_data=f"l:resume:{subscription.id}")
    return escape(text), InlineKeyboardMarkup([[at_once], daily, [last]])


def is_subscribed_card(markup: InlineKeyboardMarkup) -> bool:
    """Whether a message with these buttons says that a subscription has begun."""
    return any(str(button.callback_data).startswith("l:at:") for row in markup.inline_keyboard for button in row)


def list_card(subscriptions: Sequence[Subscription], texts: Texts) -> Card:
    """All that a chat is told of, with a button each to stop it."""
    if not subscriptions:
        return escape(texts.no_subscriptions), None
    lines, rows = [texts.subscriptions.format(number=len(subscriptions)), ""], list[list[InlineKeyboardButton]]()
    for number, one in enumerate(subscriptions, start=1):
        form = texts.subscription_at_once if one.minute is None else texts.subscription_daily
        lines.append(form.format(number=number, words=_short(name_of(one)), time=clock(one.minute or 0)))
        label = f"{_sign(texts.stop)} {number}. {name_of(one)}"
        rows.append([InlineKeyboardButton(label[:LONGEST_LABEL], callback_data=f"l:stop:{one.id}")])
    return escape("\n".join([*lines, "", texts.subscriptions_how])), InlineKeyboardMarkup(rows)


def stop_button(subscription: int, texts: Texts) -> InlineKeyboardButton:
    """The button that stops a subscription at once."""
    return InlineKeyboardButton(texts.stop, callback_data=f"l:stop:{subscription}")


def with_stop_turned(
    markup: InlineKeyboardMarkup, subscription: int, stopped: bool, texts: Texts
) -> InlineKeyboardMarkup:
    """The same buttons, the one that stops or takes up this subscription turned into the other."""
    before, after = ("stop", "resume") if stopped else ("resume", "stop")
    old, new = (texts.stop, texts.resume) if stopped else (texts.resume, texts.stop)

    def turned(button: InlineKeyboardButton) -> InlineKeyboardButton:
        if button.callback_data != f"l:{before}:{subscription}":
            return button
        label = new if button.text == old else button.text.replace(_sign(old), _sign(new), 1)
        return InlineKeyboardButton(label, callback_data=f"l:{after}:{subscription}")

    return InlineKeyboardMarkup([[turned(button) for button in row] for row in markup.inline_keyboard])


def clock(minute: int) -> str:
    """A minute of the day as it is written here: "07.00"."""
    return f"{minute // 60:02d}.{minute % 60:02d}"


def name_of(told: Match | Subscription) -> str:
    """The question as written, or the region's name as it is printed."""
    return told.words.title() if told.kind is Kind.REGION else told.words


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"


def _sign(label: str) -> str:
    return label.partition(" ")[0]
