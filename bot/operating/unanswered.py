"""What people asked and no article answered, each question once however it was worded; and nothing of who asked."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from bot.chats import Unanswered
from bot.small_talk import small_talk
from bot.texts import INDONESIAN
from embeddings import group_alike


class Gap(NamedTuple):
    """A question that no article answers, in its most frequent wording, and its other wordings."""

    question: str
    times: int
    last_asked: float
    """Seconds since 1970."""
    others: list[str]


def gaps(asked: Sequence[Unanswered], newest: bool = False) -> list[Gap]:
    """The questions without small talk, those that ask the same together; the most frequent or the newest first."""
    by_wording = {one.question: one for one in asked if small_talk(one.question, INDONESIAN) is None}
    found = []
    for first, *others in group_alike({question: one.times for question, one in by_wording.items()}):
        group = [by_wording[question] for question in (first, *others)]
        found.append(Gap(first, sum(one.times for one in group), max(one.last_asked for one in group), others))
    return sorted(found, key=lambda gap: -gap.last_asked if newest else (-gap.times, -gap.last_asked))


def moment_text(seconds: float) -> str:
    """A moment (since 1970) as other programs read it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
