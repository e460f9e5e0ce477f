"""Spell a question's words as the articles have them, or else the list of regions."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import region_word_like, regions_in, words_of_regions
from embeddings.indonesian.spelling import MAX_LENGTH_OF_SHORT, MIN_LENGTH_TO_FILL, plainly_meant, with_vowels
from embeddings.question.colloquial import STAYS, formal_forms
from embeddings.question.query import Query, with_words_replaced
from embeddings.topics.officials.asked import asked_office
from embeddings.topics.officials.offices import is_office_word

_CLITICS = ("nya", "lah", "kah")
# What is left of "ke-" and "di-" where their vowel is not typed.
_PREFIXES = {"k": "ke", "d": "di"}
_BEGUN = re.compile("[kd][bcdfghjklmnpqrstvwxz]")
# A verb by its prefix, which few other words have.
_AFFIXED = re.compile("(?:me[mnrlwy]|di|ter)[^\\W\\d]{3}")
_COMMON = lexicon.table("embeddings.question", "common_colloquial.csv")


class Vocabulary(Protocol):
    """The words that the articles and the encoder know."""

    def pieces(self, words: Sequence[str]) -> list[int]:
        """In how many pieces the encoder reads each word; a common word, rightly spelt, is one."""

    def holds(self, word: str) -> bool:
        """Whether an article holds the word, or another form of it."""

    def nearest(self, word: str) -> str | None:
        """The most frequent word of the articles that is one slip of the fingers away, if any."""

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        """In how many passages each of these words stands, as it is, of those that do in any."""


def spelt_as_indexed(query: Query, vocabulary: Vocabulary) -> Query:
    """The query with misspelt words as they were meant."""
    pieces = dict(zip(query.words, vocabulary.pieces(query.words), strict=True))
    listed = {word: meant for word in pieces if (meant := _listed(word, query, vocabulary))}
    unfamiliar = [word for word in pieces if pieces[word] > 1 and word not in listed]
    replacements = {word: near for word in unfamiliar if (near := _rightly_spelt(word, vocabulary)) != word} | listed
    if not replacements:
        return query
    corrected = with_words_replaced(query, replacements)
    named = _words_of_named_regions(corrected)
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


def _words_of_named_regions(query: Query) -> set[str]:
    """The words of the regions that a query names, and of the one whose office it asks for."""
    office = asked_office(query.words)
    regions = {*regions_in(query.text), *([office.region] if office else [])}
    return {part for region in regions for part in region.split()}


def _listed(word: str, query: Query, vocabulary: Vocabulary) -> str | None:
    """What a common word of chats is in the news, where articles have that alone and no region is meant."""
    meant = _COMMON.get(word)
    if meant is None or vocabulary.holds(word) or not vocabulary.holds(meant):
        return None
    return None if word in _words_of_named_regions(query) else meant


def _rightly_spelt(word: str, vocabulary: Vocabulary) -> str:
    # A region or an office that no article names is none of those that articles name, misspelt.
    region = region_word_like(word)
    if word in STAYS or vocabulary.holds(word) or region == word or is_office_word(word):
        return word
    return _of_chats(word, vocabulary) or vocabulary.nearest(word) or region or word


def _of_chats(word: str, vocabulary: Vocabulary) -> str | None:
    """What a word of chats is in the news, if that can be told, with what is added to it: "hrganya" is "harganya"."""
    clitic = next((one for one in _CLITICS if word.endswith(one) and len(word) >= len(one) + MIN_LENGTH_TO_FILL), "")
    base = word.removesuffix(clitic)
    meant = _formal(base, vocabulary) or _filled(base, vocabulary)
    return f"{meant}{clitic}" if meant else None


def _formal(word: str, vocabulary: Vocabulary) -> str | None:
    """What articles hold of what a word of chats may be: as it is, or else, of a common word, another form."""
    (known,) = vocabulary.pieces((word,))
    for forms in formal_forms(word):
        pieces = dict(zip(forms, vocabulary.pieces(forms), strict=True)) if forms else {}
        held = vocabulary.counts(forms) if forms else {}
        as_it_is = (form for form in forms if form in held and (pieces[form] < known or _AFFIXED.match(form)))
        common = (form for form in forms if pieces[form] == 1 and vocabulary.holds(form))
        if found := next(as_it_is, None) or next(common, None):
            return found
    return None


def _filled(word: str, vocabulary: Vocabulary) -> str | None:
    """The word of the articles that is meant by one without vowels, if that can be told."""
    if meant := plainly_meant(vocabulary.counts(with_vowels(word))):
        before, after = vocabulary.pieces((word, meant))
        return meant if after == 1 or (after < before and len(word) > MAX_LENGTH_OF_SHORT) else None
    # "Kbakar" is "kebakar", and that is "terbakar".
    return _formal(f"{_PREFIXES[word[0]]}{word[1:]}", vocabulary) if _BEGUN.match(word) else None
