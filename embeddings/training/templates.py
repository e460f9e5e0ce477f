"""Questions on local-government news made from the news itself: offices, events, dates, places, numbers.

Each question stands with a passage that answers and with passages that differ from such a one by as little as
possible: another office, another region, the name, date, place or number left out. So only reading tells them apart.
"""

import random
from collections.abc import Sequence

from embeddings.indonesian import lexicon
from embeddings.topics.officials.find import find_officials
from embeddings.training.event_templates import EventTemplates
from embeddings.training.news import Passage, unanswered
from embeddings.training.office_templates import OfficeTemplates
from embeddings.training.questions import Example

_CHITCHAT = lexicon.lines("embeddings.training", "chitchat.txt")
_GUEST_LISTS, _CHITS = 1_200, 700


def make_examples(passages: Sequence[Passage], regions: Sequence[str], chance: random.Random) -> list[Example]:
    """All questions, each with both labels."""
    offices = OfficeTemplates(_names(passages), regions, chance)
    events = EventTemplates(regions, chance)
    found: list[Example] = []
    for passage in passages:
        found.extend(offices.holders(passage))
        found.extend(offices.holders_of_nothing(passage))
        found.extend(offices.offices(passage))
        found.extend(events.events(passage))
        found.extend(events.counts(passage))
        found.extend(events.sums(passage))
        found.extend(events.phrases(passage))
        found.extend(events.acronyms(passage))
    for _ in range(_GUEST_LISTS):
        found.extend(offices.guest_list(chance.choice(passages)))
    found.extend(unanswered(chance.choice(_CHITCHAT), chance.choice(passages)) for _ in range(_CHITS))
    return found


def _names(passages: Sequence[Passage]) -> list[str]:
    """The full names of all who hold an office of a region."""
    return sorted({
        name
        for passage in passages
        for official in find_officials(passage.text)
        if official.region and " " in (name := passage.text[slice(*official.name)])
    })  # fmt: skip
