"""What a question asks about: the thing that it counts, or else the first that it names."""

from collections.abc import Iterator, Sequence

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import mentions
from embeddings.indonesian.words import stem_words, words_of

_SAME = lexicon.table("embeddings.question", "same_things.csv")
_MEASURES = lexicon.words("embeddings.question", "measures.txt")


def thing_asked(text: str, words: Sequence[str]) -> frozenset[str]:
    """The stems of the words for what a question's text counts behind "berapa", or for the first thing that it names.

    `words` are those it is about. Empty where it names only regions and how something is measured.
    """
    regions = {word for one in mentions(text) for word in words_of(text[slice(*one.span)])}
    things = {word for word in words if word not in _MEASURES | regions and not word.isdigit()}
    said = words_of(text)
    asked = next((place for place, word in enumerate(said) if word in ("berapa", "berapakah")), len(said))
    named = next((word for word in (*said[asked:], *said[:asked]) if word in things), None)
    return frozenset(stem_words(" ".join(_called(named)))) if named else frozenset()


def _called(thing: str) -> Iterator[str]:
    """The words that a thing goes by."""
    name = _SAME.get(thing, thing)
    yield from (thing, name)
    yield from (other for other, of in _SAME.items() if of == name)
