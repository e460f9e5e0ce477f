"""The officials that articles name, as facts: by office, region and the words of the name."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from embeddings.indonesian.regions import Level, region_around, regions_named, regions_printed, wider_regions
from embeddings.indonesian.words import words_of
from embeddings.storage.store import Store
from embeddings.topics.officials.find import officials_of
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.offices import has_own_name
from embeddings.topics.topic import Topic
from embeddings.types import Article

# Characters of an article that are looked at for where an office is; the news tells it sooner.
MOST_READ = 5_000


def _keys(article: Article, official: Official) -> Iterator[str]:
    yield f"office:{official.office}"
    yield f"region:{official.region}"
    yield from _other_keys(official)
    if around := _kabupaten_around(official.region, f"{article.title} {article.place}\n{article.text[:MOST_READ]}"):
        yield f"within:{around}"
    for word in words_of(article.text[slice(*official.name)]):
        yield f"name:{word}"


def _other_keys(official: Official) -> Iterator[str]:
    """What people ask for by a part: "dinas pendidikan" for one of education and sports, "RSUD Soemarno"."""
    words = official.office.split()
    if words[:2] == ["kepala", "dinas"]:
        yield from (f"office:{' '.join(words[:size])}" for size in range(3, len(words)))
    own = official.region.split() if has_own_name(official.office) else []
    if not regions_named(official.region):
        yield from (f"region:{' '.join(own[:size])}" for size in range(1, len(own)))
        yield from (f"region:{' '.join(own[-size:])}" for size in range(1, len(own)))


@lru_cache
def _kabupaten_around(name: str, text: str) -> str:
    """In which kabupaten or kota a kecamatan or village lies, as the list or else the text tells; or empty."""
    regions = regions_named(name)
    if any(region.level is not Level.DISTRICT for region in regions):
        return ""
    if len(regions) > 1:
        return region_around(name, text)
    found = wider_regions(name) or regions_printed(text)
    around = {one for one in found if {region.level for region in regions_named(one)} & {Level.REGENCY, Level.CITY}}
    return around.pop() if len(around) == 1 else ""


OFFICIALS = Topic("officials", Official, lambda article: officials_of(article.text), _keys, ("topics/officials",))


def officials(
    store: Store, offices: Sequence[str] = (), region: str = "", name: Sequence[str] = (), within: str = ""
) -> list[tuple[Article, Official]]:
    """Who is named for one of the offices, for a region or within it, or with these words in the name; newest first."""
    of_region = [f"{key}:{of}" for key, of in (("region", region), ("within", within)) if of]
    of_office = [{f"office:{office}" for office in offices}] if offices else []
    return OFFICIALS.facts(store, *of_region, *of_office, *(f"name:{word.casefold()}" for word in name))
