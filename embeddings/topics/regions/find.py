"""Find the regions that an article is of."""

from collections.abc import Iterator

import msgspec

from embeddings.indonesian.regions import regions_named, regions_printed, wider_regions
from embeddings.types import Article


class Regions(msgspec.Struct, frozen=True):
    """Regions by canonical name, in order."""

    names: tuple[str, ...]


def find_regions(article: Article) -> Iterator[Regions]:
    """The regions that an article names and those in which they lie; of several with one name it is not told which."""
    printed = regions_printed("\n".join(filter(None, (article.title, article.place, article.text))))
    around = (wider_regions(name) for name in printed if len(regions_named(name)) == 1)
    if names := printed.union(*around):
        yield Regions(tuple(sorted(names)))
