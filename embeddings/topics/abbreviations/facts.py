"""The abbreviations that articles spell out, as facts: by the abbreviation."""

from embeddings.storage.store import Store
from embeddings.topics.abbreviations.find import Abbreviation, find_abbreviations
from embeddings.topics.topic import Topic
from embeddings.types import Article

ABBREVIATIONS = Topic(
    "abbreviations",
    Abbreviation,
    lambda article: find_abbreviations(article.text),
    lambda article, abbreviation: [f"abbreviation:{abbreviation.short}"],
    ("topics/abbreviations",),
)


def abbreviations(store: Store, short: str) -> list[tuple[Article, Abbreviation]]:
    """Where an abbreviation (in lower case) is spelt out; newest article first."""
    return ABBREVIATIONS.facts(store, f"abbreviation:{short}")
