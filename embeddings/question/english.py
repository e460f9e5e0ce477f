"""Turn an English question into Indonesian, word by word, and its compounds round: "flood victims", "korban banjir"."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from embeddings.indonesian import lexicon
from embeddings.indonesian.words import words_of

ENGLISH = lexicon.table("embeddings.indonesian", "english.csv")
_QUESTION = lexicon.patterns("embeddings.question", "patterns.toml")["english"]
_PHRASES = lexicon.patterns("embeddings.indonesian", "english_phrases.toml")
_KNOWN = ENGLISH | lexicon.table("embeddings.indonesian", "english_places.csv")
# Endings of English words, and what stands there in the word that they are forms of: "bodies" is of "body".
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"))
_PARTICLES = lexicon.words("embeddings.indonesian", "english_particles.txt")
_UNTURNED = lexicon.words("embeddings.indonesian", "english_unturned.txt")
# What is Indonesian already: no name, as other words are that no list has.
_OF_PHRASES = frozenset(word for phrase in _PHRASES for word in words_of(phrase))


def is_english(question: str) -> bool:
    """Whether a question, in lower case, begins as an English one does."""
    return _QUESTION.match(question) is not None


def in_indonesian(question: str) -> str:
    """An English question, in lower case, in the words of Indonesian news."""
    for phrase, pattern in _PHRASES.items():
        question = pattern.sub(phrase, question)
    return " ".join(_turned(words_of(question)))


def _turned(words: Sequence[str]) -> Iterator[str]:
    """Each word in Indonesian; what tells a thing apart, and the name of its place, stand behind it."""
    names: list[str] = []
    before = ""
    for kind, group in groupby(words, _kind):
        found = [_KNOWN.get(_base(word), word) for word in group if word not in _PARTICLES]
        if kind == "name" and before != "thing":
            names = found
        elif kind == "thing":
            yield from (*found[::-1], *names)
            names = []
        else:
            yield from (*names, *found)
            names = []
        before = kind
    yield from names


def _kind(word: str) -> str:
    """Whether a word is a "thing", or tells one apart, a "name", or neither."""
    if word in _PARTICLES or word in _OF_PHRASES or not word.isalpha():
        return ""
    base = _base(word)
    return "name" if base not in ENGLISH else "" if base in _UNTURNED else "thing"


def _base(word: str) -> str:
    """The word of a list that an English word is, or is a form of; the word itself where no list holds either."""
    forms = (f"{word.removesuffix(ending)}{base}" for ending, base in _ENDINGS if word.endswith(ending))
    return next((form for form in (word, *forms) if form in _KNOWN), word)
