"""What is due to be told, and in how many messages: pure functions of the time and of what was told."""

from collections.abc import Sequence
from datetime import datetime

from bot.chats import Match

SECONDS_AN_HOUR = 3600.0


def midnight_before(now: datetime) -> float:
    """The beginning of the day, in seconds, from which the minutes of digests are counted."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def in_messages(due: Sequence[Match], recent: int, most: int) -> list[tuple[Match, ...]]:
    """What each message tells, the digest of the day first; what is not among them is left for later.

    A chat gets at most `most` messages an hour, of which it had `recent`; what is more comes together in the last one.
    """
    of_the_day = tuple(match for match in due if match.minute is not None)
    at_once = [match for match in due if match.minute is None]
    messages = [of_the_day] if of_the_day else []
    room = most - recent - len(messages)
    if len(at_once) <= room:
        return messages + [(match,) for match in at_once]
    return messages + ([tuple(at_once)] if room > 0 else [])
