"""What a word of chats may be in the news: "nyampe" is "sampai", "dibagiin" "dibagikan", "kebakar" "terbakar"."""

from collections.abc import Iterator

from embeddings.indonesian import lexicon

_RULES = lexicon.patterns("embeddings.question", "colloquial.toml")
STAYS = lexicon.words("embeddings.question", "stays.txt")
# "Nyelesein" is "selesai" by three.
MOST_RULES = 3
MOST_FORMS = 100
# What is longer is no word.
LONGEST = 30


def formal_forms(word: str) -> Iterator[tuple[str, ...]]:
    """The forms that one rule makes of a word, then those of two and of three, whether they are words or not."""
    known = {word}
    last: tuple[str, ...] = (word,) if len(word) <= LONGEST else ()
    for _ in range(MOST_RULES):
        made = (form for one in last if one not in STAYS for form in _by_one_rule(one))
        last = tuple(dict.fromkeys(form for form in made if form not in known))[:MOST_FORMS]
        known.update(last)
        yield last


def _by_one_rule(word: str) -> Iterator[str]:
    matches = ((rule, pattern.fullmatch(word)) for rule, pattern in _RULES.items())
    return (match.expand(rule) for rule, match in matches if match)
