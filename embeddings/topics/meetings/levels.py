"""Of which level a meeting is: a kecamatan's musrenbang is another than the kabupaten's."""

import re
from collections.abc import Sequence

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import Level, level_of

_LEVEL = lexicon.patterns("embeddings.topics.meetings", "patterns.toml")["level"]
Mention = tuple[int, re.Match[str]]
"""The number of a sentence, and the words in it for a kind of meeting."""


def level_behind(text: str, position: int) -> str:
    """The level that stands behind a meeting's kind, empty for none; that of a kota is a kabupaten's."""
    found = _LEVEL.match(text, position)
    level = found["level"].casefold() if found else ""
    return {"distrik": Level.DISTRICT, "kota": Level.REGENCY}.get(level) or level_of(level) or level


def by_level(text: str, mentions: Sequence[Mention]) -> list[list[Mention]]:
    """The mentions of one kind of meeting, those of each level apart; one without goes with the first level."""
    levels = [level_behind(text, match.end()) for _, match in mentions]
    named = list(dict.fromkeys(filter(None, levels))) or [""]
    return [
        [mention for mention, level in zip(mentions, levels, strict=True) if (level or named[0]) == one]
        for one in named
    ]
