"""The regions that articles are of, as facts: one an article, under the key of each region."""

from embeddings.topics.regions.find import Regions, find_regions
from embeddings.topics.topic import Topic

REGIONS = Topic(
    "regions",
    Regions,
    find_regions,
    lambda article, regions: (f"region:{name}" for name in regions.names),
    ("topics/regions",),
)
