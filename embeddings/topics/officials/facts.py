"""The officials that articles name, as facts: by office, region and the words of the name."""

from collections.abc import Iterator, Sequence

from embeddings.indonesian.words import words_of
from embeddings.storage.store import Store
from embeddings.topics.officials.find import officials_of
from embeddings.topics.officials.grammar import Official
from embeddings.topics.topic import Topic
from embeddings.types import Article


def _keys(article: Article, official: Official) -> Iterator[str]:
    yield f"office:{official.office}"
    yield f"region:{official.region}"
    for word in words_of(article.text[slice(*official.name)]):
        yield f"name:{word}"


OFFICIALS = Topic("officials", Official, lambda article: officials_of(article.text), _keys, ("topics/officials",))


def officials(
    store: Store, offices: Sequence[str] = (), region: str | None = None, name: Sequence[str] = ()
) -> list[tuple[Article, Official]]:
    """Who is named for one of the offices, for a region, or with these words in the name; newest article first."""
    of_region = [f"region:{region}"] if region else []
    of_office = [{f"office:{office}" for office in offices}] if offices else []
    return OFFICIALS.facts(store, *of_region, *of_office, *(f"name:{word.casefold()}" for word in name))
