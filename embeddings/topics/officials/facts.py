"""The officials that articles name, as facts: by office, region and the words of the name."""

from collections.abc import Iterator, Sequence

from embeddings.indonesian.regions import Level, region_around, regions_named, regions_printed, wider_regions
from embeddings.indonesian.words import words_of
from embeddings.storage.store import Store
from embeddings.topics.officials.find import officials_of
from embeddings.topics.officials.grammar import Official
from embeddings.topics.topic import Topic
from embeddings.types import Article


def _keys(article: Article, official: Official) -> Iterator[str]:
    yield f"office:{official.office}"
    yield f"region:{official.region}"
    if around := _kabupaten_around(article, official):
        yield f"within:{around}"
    for word in words_of(article.text[slice(*official.name)]):
        yield f"name:{word}"


def _kabupaten_around(article: Article, official: Official) -> str:
    """In which kabupaten or kota the office's kecamatan or village lies, as the list or the article tells; or empty."""
    regions = regions_named(official.region)
    if any(region.level is not Level.DISTRICT for region in regions):
        return ""
    if len(regions) > 1:
        return region_around(official.region, article.text)
    found = wider_regions(official.region) or regions_printed(f"{article.title} {article.place}\n{article.text}")
    around = {name for name in found if {region.level for region in regions_named(name)} & {Level.REGENCY, Level.CITY}}
    return around.pop() if len(around) == 1 else ""


OFFICIALS = Topic("officials", Official, lambda article: officials_of(article.text), _keys, ("topics/officials",))


def officials(
    store: Store, offices: Sequence[str] = (), region: str = "", name: Sequence[str] = (), within: str = ""
) -> list[tuple[Article, Official]]:
    """Who is named for one of the offices, for a region or within it, or with these words in the name; newest first."""
    of_region = [f"{key}:{of}" for key, of in (("region", region), ("within", within)) if of]
    of_office = [{f"office:{office}" for office in offices}] if offices else []
    return OFFICIALS.facts(store, *of_region, *of_office, *(f"name:{word.casefold()}" for word in name))
