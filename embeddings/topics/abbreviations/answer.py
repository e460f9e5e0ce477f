"""Answer what an abbreviation stands for."""

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.sentences import sentence_of
from embeddings.indonesian.words import words_of
from embeddings.storage.store import Store
from embeddings.topics.abbreviations.facts import abbreviations
from embeddings.types import Article, Span

_ASKED = tuple(lexicon.patterns("embeddings.topics.abbreviations", "questions.toml").values())


class AbbreviationAnswer(msgspec.Struct, frozen=True):
    """The words of an article that an abbreviation stands for."""

    article: Article
    answer: Span
    outlets: int = 1
    """How many outlets spell it out so."""

    @property
    def evidence(self) -> Span:
        """The sentence that spells it out."""
        return sentence_of(self.article.text, *self.answer)


def asked_abbreviation(question: str) -> str | None:
    """The one word of which a question asks what it stands for."""
    found = next((match for pattern in _ASKED if (match := pattern.search(question))), None)
    return found["abbreviation"].casefold() if found else None


def find_meanings(store: Store, short: str | None) -> tuple[AbbreviationAnswer, ...]:
    """What an abbreviation stands for, each meaning once; first from the article that uses it most, or the newest."""
    meanings: dict[tuple[str, ...], list[AbbreviationAnswer]] = {}
    named = abbreviations(store, short) if short else []
    for article, found in sorted(named, key=lambda one: -words_of(one[0].text).count(one[1].short)):
        said = tuple(words_of(article.text[slice(*found.words)]))
        meanings.setdefault(said, []).append(AbbreviationAnswer(article, found.words))
    return tuple(
        msgspec.structs.replace(same[0], outlets=len({one.article.source for one in same}))
        for same in meanings.values()
    )
