"""Spell a question's words as the articles have them, or else the list of regions."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from embeddings.indonesian.regions import region_word_like, regions_in, words_of_regions
from embeddings.question.query import Query, with_words_replaced
from embeddings.topics.officials.asked import asked_office
from embeddings.topics.officials.offices import is_office_word

# What a verb's root may begin with where chats put a nasal.
_ROOTS = (("ng", ""), ("ng", "k"), ("ng", "h"), ("ny", "s"), ("ny", "c"), ("n", "t"), ("m", "p"))
SHORTEST_SAID = 5


class Vocabulary(Protocol):
    """The words that the articles and the encoder know."""

    def pieces(self, words: Sequence[str]) -> list[int]:
        """In how many pieces the encoder reads each word; a common word, rightly spelt, is one."""

    def holds(self, word: str) -> bool:
        """Whether an article holds the word, or another form of it."""

    def nearest(self, word: str) -> str | None:
        """The most frequent word of the articles that is one slip of the fingers away, if any."""


def spelt_as_indexed(query: Query, vocabulary: Vocabulary) -> Query:
    """The query with misspelt words as they were meant."""
    unfamiliar = [word for word, pieces in zip(query.words, vocabulary.pieces(query.words), strict=True) if pieces > 1]
    replacements = {word: near for word in unfamiliar if (near := _rightly_spelt(word, vocabulary)) != word}
    if not replacements:
        return query
    corrected = with_words_replaced(query, replacements)
    office = asked_office(corrected.words)
    regions = {*regions_in(corrected.text), *([office.region] if office else [])}
    named = {part for region in regions for part in region.split()}
    before, after = words_of_regions(" ".join(query.words)), words_of_regions(" ".join(corrected.words))
    kept = {
        word: near
        for word, near in replacements.items()
        # "Banyu Asin" is Banyuasin otherwise written, and no slip of "Bayu".
        if (word not in before or near in after)
        # "Cabai" is no slip of the kecamatan Cambai where no region is asked for.
        and (vocabulary.holds(near) or near in named)
    }
    return with_words_replaced(query, kept)


def _rightly_spelt(word: str, vocabulary: Vocabulary) -> str:
    # A region or an office that no article names is none of those that articles name, misspelt.
    region = region_word_like(word)
    if vocabulary.holds(word) or region == word or is_office_word(word):
        return word
    formal = next(filter(vocabulary.holds, _formal(word)), None)
    return formal or vocabulary.nearest(word) or region or word


def _formal(word: str) -> Iterator[str]:
    """What a word of chats may be in the news: "ngungsi" is "mengungsi", "nabrak" is of "tabrak", "ilang" "hilang"."""
    for said in dict.fromkeys((word, word.removesuffix("in"))):
        if len(said) < SHORTEST_SAID:
            continue
        yield said
        yield f"me{said}"
        yield from (f"{first}{said.removeprefix(nasal)}" for nasal, first in _ROOTS if said.startswith(nasal))
        if said.startswith("ke"):
            yield f"ter{said.removeprefix('ke')}"
        if said[0] in "aiueo":
            yield f"h{said}"
