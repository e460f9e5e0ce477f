"""Complete a question that leaves out what the one before has said: "kapan itu?", "kalau Tanjung Lago?", "bupatinya?"."""

from collections.abc import Iterator
from datetime import date

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.periods import find_period, without_period
from embeddings.indonesian.regions import canonical, regions_in, regions_named
from embeddings.indonesian.words import words_of
from embeddings.question.context import Context
from embeddings.question.expects import Expects, expected
from embeddings.question.query import CHAT_WORDS, content_words, spelt_out
from embeddings.topics.officials.asked import AskedOffice, asked_office
from embeddings.topics.officials.offices import BODY

# Any will do, to see whether words name an office.
_ANY_REGION = "banyuasin"
# A longer question says itself what it is about.
MAX_LENGTH = 80
_PATTERNS = lexicon.patterns("embeddings.question", "follow_up.toml")
_OPENER = _PATTERNS["opener"]
_ASPECTS = lexicon.words("embeddings.indonesian", "aspects_of_before.txt")
_DEPUTY = _PATTERNS["deputy"]
_PREDECESSOR = lexicon.words("embeddings.question", "predecessor.txt")
_OF_IT = _PATTERNS["of_it"]
_ADVERBS = lexicon.words("embeddings.question", "adverbs.txt")
_ASKS = _PATTERNS["asks"]
_POINTING = _PATTERNS["pointing"]
_HAPPENS = _PATTERNS["happens"]


class _Rest(msgspec.Struct, frozen=True):
    """What a question says itself."""

    text: str
    """Behind "kalau" or the like."""
    opened: bool
    words: tuple[str, ...]
    """What it is about."""

    @property
    def bare(self) -> tuple[str, ...]:
        """Its words without "-nya"."""
        return tuple(without_its(word) for word in self.words)

    @property
    def asks_who(self) -> bool:
        """Whether nothing but a person can be asked for."""
        return expected(spelt_out(self.text)) in (None, Expects.PERSON)


def without_its(word: str) -> str:
    """The word without the "-nya" that points at something said before: "kapolresnya"."""
    return word.removesuffix("nya") if _OF_IT.fullmatch(word) else word


def complete(question: str, before: Context, today: date) -> str | None:
    """The question with what it leaves out, taken from the one before; None where it stands alone."""
    opener = _OPENER.match(question)
    text = question[opener.end() :] if opener else question
    rest = _Rest(text.strip(" ?"), opener is not None, content_words(spelt_out(text)))
    # "halo" asks nothing, "kapan itu?" does.
    if not before.words or len(question) > MAX_LENGTH or CHAT_WORDS.issuperset(words_of(spelt_out(text))):
        return None
    return next(_completions(rest, before, today), None)


def stands_alone(question: str) -> bool:
    """Whether a question may be asked without the one before: it points at nothing, and is about two things or more."""
    words = content_words(spelt_out(question))
    return len(words) > 1 and asked_head(words) is None


def _completions(rest: _Rest, before: Context, today: date) -> Iterator[str]:
    if office := _office(rest, before):
        yield office
    period = find_period(rest.text, today)
    if period and not content_words(spelt_out(without_period(rest.text, period))):
        plain = without_period(before.text, find_period(before.text, today)).strip(" ?")
        yield f"{plain} {rest.text[slice(*period.span)]}"
    if place := _place(rest, before):
        yield place
    elif _goes_on(rest) and not regions_in(rest.text):
        carried = " ".join(word for word in before.words if word not in rest.bare)
        yield f"{rest.text} {carried}".strip()


def _office(rest: _Rest, before: Context) -> str | None:
    """The holder of another office there, or the one before in the same."""
    if not rest.words or not rest.asks_who:
        return None
    held = before.office
    if held and rest.words in (("wakil",), ("wakilnya",)) and _DEPUTY.search(rest.text):
        return f"siapa wakil {held.office} {before.told_apart(held.region)}"
    if held and _PREDECESSOR.issuperset(rest.bare):
        return f"siapa mantan {held.office} {before.told_apart(held.region)}"
    bodies = tuple(word for word in before.words if word in BODY)
    for words in (rest.bare, (*rest.bare, *bodies)):
        office = asked_head(words)
        region = next(before.regions_of(office), None) if office else None
        if region:
            return f"siapa {' '.join(words)} {region}"
    return None


def asked_head(words: tuple[str, ...]) -> AskedOffice | None:
    """The office that words name without its region, if they do."""
    return None if asked_office(words) else asked_office((*words, _ANY_REGION))


def _place(rest: _Rest, before: Context) -> str | None:
    """The question before, of another place."""
    named = regions_in(rest.text) or (_whole_region(rest.words) if rest.opened else set())
    others = [word for word in rest.words if without_its(word) not in before.words]
    place = " ".join(others)
    if not rest.opened or not others or not (canonical(place) in named or before.is_place(place)):
        return None
    asks = " ".join(match[0] for match in _ASKS.finditer(spelt_out(rest.text)))
    text = before.with_place(place)
    return f"{asks} {' '.join(content_words(spelt_out(text)))}" if asks else text


def _whole_region(words: tuple[str, ...]) -> set[str]:
    name = " ".join(words)
    return {canonical(name)} if regions_named(name) else set()


def _goes_on(rest: _Rest) -> bool:
    """Whether a question is about what the one before was about."""
    if _ASPECTS.issuperset(rest.words) or any(_OF_IT.fullmatch(word) for word in rest.words):
        return True
    if _POINTING.search(rest.text) or rest.opened:
        return True
    about = [word for word in rest.words if word not in _ADVERBS]
    # "siapa Askolani?" is about somebody, "kenapa naik?" and "siapa menang?" are about nothing named.
    named = rest.asks_who and not any(map(_HAPPENS.fullmatch, about))
    return len(about) < 2 and not named
