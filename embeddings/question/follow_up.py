"""Complete a question that leaves out what the one before has said: "kapan itu?", "kalau Betung?", "bupatinya?"."""

from collections.abc import Iterator
from datetime import date

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.periods import find_period, without_period
from embeddings.indonesian.regions import canonical, mentions, regions_in, regions_named
from embeddings.indonesian.words import words_of
from embeddings.question.context import Context
from embeddings.question.expects import COUNTED, Expects, expected
from embeddings.question.query import CHAT_WORDS, content_words
from embeddings.question.shortened import spelt_out
from embeddings.topics.officials.asked import AskedOffice, asked_list, asked_office

# A longer question says itself what it is about.
MAX_LENGTH = 80
# Any will do, to see whether words name an office.
_ANY_REGION = "banyuasin"
_PATTERNS = lexicon.patterns("embeddings.question", "follow_up.toml")
_OPENER = _PATTERNS["opener"]
_DEPUTY = _PATTERNS["deputy"]
_OF_IT = _PATTERNS["of_it"]
_POINTING = _PATTERNS["pointing"]
_ASKS = _PATTERNS["asks"]
_HAPPENS = _PATTERNS["happens"]
_FORMER = _PATTERNS["former"]
_ASPECTS = lexicon.words("embeddings.indonesian", "aspects_of_before.txt")
_PREDECESSOR = lexicon.words("embeddings.question", "predecessor.txt")
_ADVERBS = lexicon.words("embeddings.question", "adverbs.txt")


class Completed(msgspec.Struct, frozen=True):
    """A question with what it leaves out."""

    text: str
    same: bool = False
    """Whether it asks more of the very thing that was told of before."""


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
        return tuple(map(_bare, self.words))

    @property
    def things(self) -> list[str]:
        """Its words for things: none that tells what happened, or how."""
        return [word for word in self.words if word not in _ADVERBS and not _HAPPENS.fullmatch(word)]

    @property
    def pointed(self) -> list[str]:
        """Those that end in the "-nya" of something said before."""
        return [word for word in self.things if _OF_IT.fullmatch(word) and _bare(word) not in _PREDECESSOR]

    @property
    def asks_who(self) -> bool:
        """Whether nothing but a person can be asked for."""
        return expected(spelt_out(self.text)) in (None, Expects.PERSON)


def complete(question: str, before: Context, today: date) -> Completed | None:
    """The question with what it leaves out, taken from the one before; None where it stands alone."""
    opener = _OPENER.match(question)
    text = question[opener.end() :] if opener else question
    # "halo" asks nothing, "kapan itu?" does.
    if not before.words or len(question) > MAX_LENGTH or CHAT_WORDS.issuperset(words_of(spelt_out(text))):
        return None
    rest = _Rest(text.strip(" ?"), opener is not None, content_words(spelt_out(text)))
    # "Siapa saja camat?" asks for all, wherever they are.
    if asked_list(spelt_out(rest.text), rest.words):
        return None
    if changed := _another_time(rest, before, today) or _another_office(rest, before) or _another_place(rest, before):
        return Completed(changed)
    if regions_in(rest.text) or not _goes_on(rest):
        return None
    # "Pengungsinya?" behind "berapa rumah yang kebanjiran?"
    counts = before.question.expects in COUNTED and not _ASKS.search(spelt_out(rest.text))
    asks = ("berapa", *rest.bare) if counts and rest.pointed == list(rest.words) != [] else (rest.text,)
    replaced = _words_of_time(rest, before, today)
    return Completed(" ".join((*asks, *(word for word in _carried(rest, before) if word not in replaced))), same=True)


def stands_alone(question: str) -> bool:
    """Whether a question may be asked without the one before: it is about two things or more, and no bare office."""
    words = content_words(spelt_out(question))
    regions = {word for one in mentions(question) for word in words_of(question[slice(*one.span)])}
    return len(set(words) - regions) > 1 and _head(tuple(map(_bare, words))) is None


def _bare(word: str) -> str:
    """The word without the "-nya" that points at something said before: "kapolresnya"."""
    return word.removesuffix("nya") if _OF_IT.fullmatch(word) else word


def _another_office(rest: _Rest, before: Context) -> str | None:
    """Who holds another office of the region, or held the one that was asked for."""
    if not rest.words or not rest.asks_who:
        return None
    held = before.office
    if held and rest.bare == ("wakil",) and _DEPUTY.search(rest.text):
        return f"siapa wakil {held.office} {before.told_apart(held.region)}"
    if _PREDECESSOR.issuperset(rest.bare) and (held or before.question.expects is Expects.PERSON):
        return " ".join(("siapa mantan", *_lasting(before.words)))
    # "Sekretarisnya" of the dinas whose head was asked for.
    bodies = held.office.removeprefix("wakil ").split()[1:] if held else []
    for words in (rest.bare, (*rest.bare, *bodies)):
        office = _head(words)
        region = next(before.regions_of(office), None) if office else None
        if region:
            return f"siapa {' '.join(words)} {region}"
    told = before.office_told(" ".join(rest.bare))
    return f"siapa {told.office} {told.region}" if told else None


def _head(words: tuple[str, ...]) -> AskedOffice | None:
    """The office that words name without its region, if they do."""
    return None if asked_office(words) else asked_office((*words, _ANY_REGION))


def _another_time(rest: _Rest, before: Context, today: date) -> str | None:
    period = find_period(rest.text, today)
    if period is None or content_words(spelt_out(without_period(rest.text, period))):
        return None
    plain = without_period(before.text, find_period(before.text, today)).strip(" ?")
    return f"{plain} {rest.text[slice(*period.span)]}"


def _words_of_time(rest: _Rest, before: Context, today: date) -> set[str]:
    """The words of the time in the question before, where the question names one itself."""
    period = find_period(before.text, today) if find_period(rest.text, today) else None
    return set(content_words(spelt_out(before.text[slice(*period.span)]))) if period else set()


def _another_place(rest: _Rest, before: Context) -> str | None:
    """The question before about another place, and what is asked of it now: "kalau Rantau Bayur kapan?"."""
    place = _place(rest, before) if rest.opened else None
    if place is None:
        return None
    # "Kalau Betung?" asks for today's holder, also behind "siapa mantan camat Sungai Raya".
    text = _FORMER.sub("", before.with_place(place))
    asks = [match[0] for match in _ASKS.finditer(spelt_out(rest.text))]
    return " ".join((*asks, *content_words(spelt_out(text)))) if asks else text


def _place(rest: _Rest, before: Context) -> str | None:
    """The place that is all that a question adds to the one before."""
    name = " ".join(rest.words)
    named = regions_in(rest.text)
    if name and (canonical(name) in named or regions_named(name)):
        return name
    if not named:
        others = " ".join(word for word in rest.words if _bare(word) not in before.words)
        return others if others and before.is_place(others) else None
    regions = [one for one in mentions(rest.text) if one.name in named]
    inside = words_of(" ".join(rest.text[slice(*one.span)] for one in regions))
    if any(_bare(word) not in before.words for word in rest.words if word not in inside):
        return None
    return rest.text[regions[0].span[0] : regions[-1].span[1]]


def _goes_on(rest: _Rest) -> bool:
    """Whether a question is about what the one before was about."""
    if _ASPECTS.issuperset(rest.words) or any(map(_OF_IT.fullmatch, rest.words)) or _POINTING.search(rest.text):
        return True
    about = [word for word in rest.words if word not in _ADVERBS]
    if rest.opened or not _ASKS.search(spelt_out(rest.text)):
        return rest.opened and len(about) < 2
    # "siapa Askolani?" is about somebody, "kenapa naik?" and "siapa menang?" are about nothing named.
    return len(about) < 2 and not (rest.asks_who and rest.things)


def _carried(rest: _Rest, before: Context) -> Iterator[str]:
    """What the question before is about, without what was asked of it that the question replaces."""
    happens = any(map(_HAPPENS.fullmatch, rest.words))
    counted = _counted(before) if rest.pointed or "berapa" in words_of(spelt_out(rest.text)) else None
    for word in _lasting(before.words):
        # "Berapa yang mengungsi?" and "poskonya?" are about no houses any more.
        if word == counted:
            continue
        asked_of_it = bool(_OF_IT.fullmatch(word)) and bool(rest.things)
        if word not in rest.bare and not asked_of_it and not (happens and _HAPPENS.fullmatch(word)):
            happens = happens or bool(_HAPPENS.fullmatch(word))
            yield word


def _counted(before: Context) -> str | None:
    """What the question before counted: the word behind "berapa", or if that is the last, the first; None if none."""
    words = words_of(spelt_out(before.text))
    if "berapa" not in words:
        return None
    behind = [word for word in words[words.index("berapa") + 1 :] if word in before.words]
    return next(iter((*behind, *before.words)), None)


def _lasting(words: tuple[str, ...]) -> Iterator[str]:
    """The words that still hold where another thing is asked: "camat watulimo" of "camat watulimo baru"."""
    return (word for word in words if word not in _ADVERBS and _bare(word) not in _PREDECESSOR)
