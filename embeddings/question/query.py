"""Understand a question as far as finding needs: abbreviations spelt out, and the words that carry it."""

import itertools
import re
from collections.abc import Iterator

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import words_of_regions
from embeddings.indonesian.words import stem_words, words_of


class Query(msgspec.Struct, frozen=True):
    """A question, cleaned and spelt out for the encoder, with its content words and their stems for the words' side."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    english: str = ""
    """What was typed, where that is English."""


ABBREVIATIONS = lexicon.table("embeddings.indonesian", "abbreviations.csv")
WRITTEN_BOTH_WAYS = lexicon.table("embeddings.indonesian", "written_both_ways.csv")
ENGLISH = lexicon.table("embeddings.indonesian", "english.csv")
_PATTERNS = lexicon.patterns("embeddings.question", "patterns.toml")
_ENGLISH_QUESTION = _PATTERNS["english"]
_ENGLISH_PHRASES = lexicon.patterns("embeddings.indonesian", "english_phrases.toml")
_ENGLISH_PLACES = lexicon.table("embeddings.indonesian", "english_places.csv")
_KNOWN_ENGLISH = ENGLISH | _ENGLISH_PLACES
# Endings of English words, and what stands there in the word that they are forms of: "bodies" is of "body".
_ENGLISH_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"))
_ENGLISH_PARTICLES = lexicon.words("embeddings.indonesian", "english_particles.txt")
FUNCTION_WORDS = lexicon.words("embeddings.indonesian", "function_words.txt")
CHAT_WORDS = lexicon.words("embeddings.indonesian", "chat_words.txt")
_OPENING_WORDS = lexicon.words("embeddings.indonesian", "opening_words.txt")
_THANKS = _PATTERNS["thanks"]


def parse_question(question: str) -> Query:
    """Clean a question of any length or none."""
    written = _replaced(spelt_out(question), WRITTEN_BOTH_WAYS)
    folded = written.casefold()
    english = _ENGLISH_QUESTION.match(folded) is not None
    text = _in_indonesian(folded) if english else written
    content = content_words(text)
    return Query(text, content, _stems(content), question if english else "")


def spelt_out(question: str) -> str:
    """The question with the abbreviations of chats written in full."""
    return _replaced(" ".join(question.split()), ABBREVIATIONS)


def _replaced(text: str, replacements: dict[str, str]) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: replacements.get(word[0].lower(), word[0]), text)


def content_words(text: str) -> tuple[str, ...]:
    """The words that tell what a text is about, in order; a word may recur: "Sungai Raya, Kubu Raya"."""
    said = words_of(_THANKS.sub("", text))
    # "Teluk Dalam" and "Pancoran Mas" are names.
    named = words_of_regions(" ".join(said))
    beside = (CHAT_WORDS | _OPENING_WORDS) - named
    empty = (CHAT_WORDS | FUNCTION_WORDS) - named
    asked = itertools.dropwhile(lambda word: word in beside, said)
    return tuple(word for word in asked if word not in empty)


def with_words_replaced(query: Query, replacements: dict[str, str]) -> Query:
    """The same query with some words written otherwise."""

    def replaced(word: re.Match[str]) -> str:
        return replacements.get(word[0].casefold(), word[0])

    content = tuple(replacements.get(word, word) for word in query.words)
    return Query(re.sub(r"[^\W_]+", replaced, query.text), content, _stems(content), query.english)


def _stems(content: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem_words(" ".join(content))))


def _in_indonesian(question: str) -> str:
    for phrase, pattern in _ENGLISH_PHRASES.items():
        question = pattern.sub(phrase, question)
    return " ".join(_word_in_indonesian(word) for word in words_of(question) if word not in _ENGLISH_PARTICLES)


def _word_in_indonesian(word: str) -> str:
    """What an English word means, or the word that it is a form of; the word itself where no list holds either."""
    known = (_KNOWN_ENGLISH[form] for form in (word, *_bases(word)) if form in _KNOWN_ENGLISH)
    return next(known, word)


def _bases(word: str) -> Iterator[str]:
    """What an English word may be a form of."""
    return (f"{word.removesuffix(ending)}{base}" for ending, base in _ENGLISH_ENDINGS if word.endswith(ending))
