"""Understand a question as far as finding needs: abbreviations spelt out, and the words that carry it."""

import itertools
import re

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import words_of_regions
from embeddings.indonesian.words import stem_words, words_of
from embeddings.question.english import in_indonesian, is_english
from embeddings.question.expects import Expects, expected
from embeddings.question.shortened import spelt_out


class Query(msgspec.Struct, frozen=True):
    """A question, cleaned and spelt out for the encoder, with its content words and their stems for the words' side."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    english: str = ""
    """What was typed, where that is English."""


WRITTEN_BOTH_WAYS = lexicon.table("embeddings.indonesian", "written_both_ways.csv")
_PATTERNS = lexicon.patterns("embeddings.question", "patterns.toml")
FUNCTION_WORDS = lexicon.words("embeddings.indonesian", "function_words.txt")
CHAT_WORDS = lexicon.words("embeddings.indonesian", "chat_words.txt")
_OPENING_WORDS = lexicon.words("embeddings.indonesian", "opening_words.txt")
_THANKS = _PATTERNS["thanks"]


def parse_question(question: str) -> Query:
    """Clean a question of any length or none."""
    written = _replaced(spelt_out(question), WRITTEN_BOTH_WAYS)
    folded = written.casefold()
    english = is_english(folded)
    text = in_indonesian(folded) if english else written
    content = content_words(text)
    return Query(_as_news_ask(text), content, _stems(content), question if english else "")


def _as_news_ask(text: str) -> str:
    """The text with what chats say for "tidak" as news have it, and for a tag "apakah": of "rakor jadi gak?"."""
    denied = _PATTERNS["denied"].sub("tidak", text)
    plain = _PATTERNS["tag"].sub("", denied)
    if plain == denied or expected(denied) is not Expects.YES:
        return denied
    return _PATTERNS["addressed"].sub(r"\g<0>apakah ", plain, count=1)


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
