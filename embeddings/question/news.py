"""What is asked of the news as a whole, and not of what they say: "berita terbaru Banyuasin", or a bare name."""

from datetime import date

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.periods import Period, find_period, without_period
from embeddings.indonesian.regions import mentions
from embeddings.indonesian.words import words_of
from embeddings.question.query import CHAT_WORDS, FUNCTION_WORDS
from embeddings.question.shortened import spelt_out

_NEWS = lexicon.words("embeddings.question", "news_words.txt")
_ASIDES = lexicon.words("embeddings.question", "news_asides.txt")
LONGEST_NAME = 5


class AskedNews(msgspec.Struct, frozen=True):
    """The newest articles, of these regions and this time, or of this person, where any are named."""

    regions: tuple[str, ...] = ()
    """By canonical name, sorted."""
    period: Period | None = None
    when: str = ""
    """The period as it was written: "hari ini"."""
    person: str = ""
    """Somebody in an office whom they name."""


def asked_news(question: str, today: date) -> AskedNews | None:
    """The news that a question asks for; None where it asks for something that is in them."""
    text = spelt_out(question)
    period = find_period(text, today)
    plain = without_period(text, period)
    rest, regions = _without_regions(plain)
    if not _NEWS.intersection(rest) or not (_NEWS | _ASIDES | CHAT_WORDS | FUNCTION_WORDS).issuperset(rest):
        return None
    return AskedNews(tuple(sorted(regions)), period, text[slice(*period.span)].lower() if period else "")


def asked_name(question: str) -> str:
    """What stands beside the words for news, if that may be a name: "berita Askolani"; empty if they ask for none."""
    words = words_of(spelt_out(question))
    beside = [word for word in words if word not in _NEWS | _ASIDES | CHAT_WORDS | FUNCTION_WORDS]
    return " ".join(beside) if _NEWS.intersection(words) and len(beside) <= LONGEST_NAME else ""


def named_alone(question: str) -> tuple[str, ...]:
    """The words of a question that may be a name and nothing else; none where it asks something."""
    words = tuple(words_of(question))
    asks = not (CHAT_WORDS | FUNCTION_WORDS | _NEWS).isdisjoint(words)
    return () if asks or len(words) > LONGEST_NAME else words


def region_alone(question: str) -> str | None:
    """The region, by canonical name, that is all that a question names."""
    rest, regions = _without_regions(question)
    return regions.pop() if len(regions) == 1 and not rest else None


def _without_regions(text: str) -> tuple[list[str], set[str]]:
    """The words that belong to no region's name, and the regions named."""
    named = list(mentions(text))
    starts, ends = (0, *(one.span[1] for one in named)), (*(one.span[0] for one in named), len(text))
    rest = [word for start, end in zip(starts, ends, strict=True) for word in words_of(text[start:end])]
    return rest, {one.name for one in named}
