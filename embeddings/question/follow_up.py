"""Complete a question that leaves out what the one before has said: "kapan itu?", "kalau Tanjung Lago?"."""

from datetime import date

from embeddings.indonesian import lexicon
from embeddings.indonesian.periods import find_period, without_period
from embeddings.indonesian.regions import canonical, mentions, regions_in, regions_named
from embeddings.indonesian.words import words_of
from embeddings.question.query import CHAT_WORDS, content_words, spelt_out
from embeddings.topics.officials.asked import asked_office

# A longer question says itself what it is about.
MAX_LENGTH = 80
_PATTERNS = lexicon.patterns("embeddings.question", "follow_up.toml")
_OPENER = _PATTERNS["opener"]
_ASPECTS = lexicon.words("embeddings.indonesian", "aspects_of_before.txt")
_DEPUTY = _PATTERNS["deputy"]


def complete(question: str, before: str, today: date) -> str | None:
    """The question with what it leaves out, taken from the one before; None where it stands alone."""
    opener = _OPENER.match(question)
    rest = question[opener.end() :] if opener else question
    words = content_words(spelt_out(rest))
    known = content_words(spelt_out(before))
    # "halo" asks nothing, "kapan itu?" does.
    if not known or len(question) > MAX_LENGTH or CHAT_WORDS.issuperset(words_of(spelt_out(rest))):
        return None
    office = asked_office(known)
    if office and words in (("wakil",), ("wakilnya",)) and _DEPUTY.search(rest):
        return f"siapa wakil {office.office} {office.region}"
    period = find_period(rest, today)
    if period and not content_words(spelt_out(without_period(rest, period))):
        plain = without_period(before, find_period(before, today)).strip(" ?")
        return f"{plain} {rest[slice(*period.span)]}"
    named = regions_in(question) or (_whole_region(words) if opener else set())
    if opener and canonical(" ".join(words)) in named:
        replaced = _with_region(before, " ".join(words))
        return replaced or f"{before} {' '.join(words)}"
    if named or any(word not in _ASPECTS for word in words):
        return None
    carried = " ".join(word for word in known if word not in words)
    return f"{rest.strip(' ?')} {carried}".strip()


def _whole_region(words: tuple[str, ...]) -> set[str]:
    name = " ".join(words)
    return {canonical(name)} if regions_named(name) else set()


def _with_region(before: str, region: str) -> str | None:
    """The question before with its region changed; None where it named none."""
    named = [one.span for one in mentions(before)]
    if not named:
        return None
    start, end = max(named, key=lambda span: before.count(" ", *span))
    return before[:start] + region + before[end:]
