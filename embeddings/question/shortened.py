"""Write in full what people shorten as they type: "sblmnya", "d pasar", "dr bupati"."""

import re

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import level_of, regions_in, words_of_regions
from embeddings.indonesian.villages import longest_village

ABBREVIATIONS = lexicon.table("embeddings.indonesian", "abbreviations.csv")
_CLITICS = lexicon.table("embeddings.indonesian", "clitics.csv")
_PREPOSITIONS = lexicon.patterns("embeddings.question", "short_prepositions.toml")
_FROM = lexicon.patterns("embeddings.question", "patterns.toml")["from"]
# "Kec. Betung" and "Bpk Camat" are no names; "Gunung Gede" is.
MOST_LETTERS = 3
LONGEST_WORD = 60
_WORD = re.compile(r"[^\W\d_]+")


def spelt_out(question: str) -> str:
    """The question with the abbreviations of chats written in full, whatever is added to them."""
    text = " ".join(question.split())
    first, capitals_tell = text[:LONGEST_WORD], not text.isupper()
    words = {word for word in _WORD.findall(text) if not (capitals_tell and _is_name(word, first))}
    full = {word: meant for word in words if (meant := _in_full(word.lower()))}
    # "Bojong Gede" is a name.
    named = words_of_regions(text) if full else set()
    full = {word: meant for word, meant in full.items() if word.lower() not in named or level_of(word)}
    text = _WORD.sub(lambda word: full.get(word[0], word[0]), text)
    for preposition, pattern in _PREPOSITIONS.items():
        text = pattern.sub(preposition, text)
    return _FROM.sub(lambda found: _from_place(found, text), text)


def _is_name(word: str, first: str) -> bool:
    """Whether capitals say that a word is a name: "BPK", and "Gede" where it is not the first."""
    within = word.istitle() and len(word) > MOST_LETTERS and not first.startswith(word)
    return within or (word.isupper() and len(word) > 1)


def _in_full(short: str) -> str | None:
    """What an abbreviation stands for, alone or with what is added to a word: "sblmnya" is "sebelumnya"."""
    if short in ABBREVIATIONS:
        return ABBREVIATIONS[short]
    for added, whole in _CLITICS.items():
        meant = ABBREVIATIONS.get(short.removesuffix(added)) if short.endswith(added) else None
        # Klokah is a village.
        if meant and not longest_village([short]):
            return f"{meant}{whole}"
    return None


def _from_place(found: re.Match[str], text: str) -> str:
    """A verb and "dr" with that spelt out, where a place is named behind it, and no physician."""
    name = text[found.end() : found.end() + LONGEST_WORD].split()
    is_place = regions_in(f"di {' '.join(name[:2])}") or longest_village(name)
    return f"{found[0].removesuffix('dr')}dari" if is_place else found[0]
