"""Part what people say beside a question from the question: greetings, thanks, and what only fills."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import words_of_regions
from embeddings.question.query import CHAT_WORDS, FUNCTION_WORDS

_REPEATED = re.compile(r"(\w)\1+")
# "assalamu'alaikum" is one word.
_WORD = re.compile(r"[^\W_]+(?:['’`´]?[^\W_]+)*+")
_CLAUSE = re.compile(r"([^.,;:!?…\n]*+)([.,;:!?…\n]++|$)")
_SPACES_AND_COMMAS = " \t,;:-–—"


def _folded(word: str) -> str:
    """A word in lower case, without apostrophes, and each letter that is repeated once: "Haloooo" is "halo"."""
    return _REPEATED.sub(r"\1", re.sub(r"['’`´]", "", word.casefold()))


def _forms() -> dict[tuple[str, ...], str]:
    listed = lexicon.table("embeddings.question", "courtesies.csv")
    return {tuple(map(_folded, form.split())): kind for form, kind in listed.items()}


_FORMS = _forms()
_REVERSED = {form[::-1]: kind for form, kind in _FORMS.items()}
_LONGEST = max(map(len, _FORMS))
_SAID_OF = frozenset(map(_folded, lexicon.words("embeddings.question", "said_of.txt")))
_ALONE = " alone"
_CHATTER = {_folded(word): kind for word, kind in lexicon.table("embeddings.question", "chatter.csv").items()}
_ASKING = lexicon.words("embeddings.question", "asking.txt")
_ASKS_NOTHING = frozenset(map(_folded, CHAT_WORDS | FUNCTION_WORDS - _ASKING))
# More words than that tell something.
MOST_CHATTER = 6


class Said(msgspec.Struct, frozen=True):
    """A message in its parts."""

    question: str
    """What is left of it without the courtesies; empty where there was nothing else."""
    courtesies: frozenset[str]
    """What else was said: "salam", "hello", "thanks", "praise", "goodbye", "yes", "filler", "chatter"."""


def parted(message: str) -> Said:
    """The question of a message, letter by letter as it was written, and the courtesies beside it."""
    kept: list[list[str]] = []
    said: set[str] = set()
    names = frozenset(map(_folded, words_of_regions(message)))
    for clause, end in _CLAUSE.findall(message):
        question, kinds = _without_courtesies(clause, names)
        said |= kinds
        if question:
            kept.append([question, end])
        elif kept and "?" in end:
            # The mark in "siapa camatnya, min?" is the question's.
            kept[-1][1] = end
    question = "".join(part for clause in kept for part in clause).strip(_SPACES_AND_COMMAS + "\n")
    chatter = _chatter(question)
    return Said("" if chatter else question, frozenset(said | chatter))


def _chatter(text: str) -> set[str]:
    """Of which kinds a text is that holds nothing but chatter: "kamu pintar ya"; none where it may ask something."""
    words = [_folded(word[0]) for word in _WORD.finditer(text)]
    kinds = {_CHATTER[word] for word in words if word in _CHATTER}
    told = {kind for kind in kinds if not kind.endswith(_ALONE)}
    known = all(word in _CHATTER or word in _ASKS_NOTHING or (word,) in _FORMS for word in words)
    return told if told and known and len(words) <= MOST_CHATTER else set()


def _without_courtesies(clause: str, names: frozenset[str]) -> tuple[str, set[str]]:
    """A clause without the courtesies at its ends, and their kinds; empty where there is nothing else in it."""
    found = list(_WORD.finditer(clause))
    words = [_folded(word[0]) for word in found]
    first = list(_run(words, names, _FORMS))
    if sum(size for size, _ in first) == len(words):
        return "", {kind.removesuffix(_ALONE) for _, kind in first}
    start, kinds = _taken(first, words, spoken_of=("thanks",))
    last = list(_run(words[start:][::-1], names, _REVERSED))
    size, more = _taken(last, words[::-1], spoken_of=("thanks", "hello", "salam"))
    end = len(words) - size
    text = clause[found[start].start() if start else 0 : found[end - 1].end() if size else len(clause)]
    return (text if start == 0 else " " + text), kinds | more


def _taken(run: Sequence[tuple[int, str]], words: Sequence[str], spoken_of: Sequence[str]) -> tuple[int, set[str]]:
    """How many words of a run of courtesies may go where other words follow it, and their kinds.

    None may where the question speaks of the one beside it, of a kind in `spoken_of`.
    """
    size, kinds, taken = 0, list[str](), 0
    for length, kind in run:
        size += length
        if not kind.endswith(_ALONE):
            taken = size
            kinds.append(kind)
    if kinds and kinds[-1] in spoken_of and words[taken] in _SAID_OF:
        return 0, set()
    return taken, set(kinds)


def _run(words: Sequence[str], names: frozenset[str], forms: dict[tuple[str, ...], str]) -> Iterator[tuple[int, str]]:
    """The courtesies that words begin with: how many words each has, the longest first, and its kind."""
    position = 0
    while position < len(words) and words[position] not in names:
        sizes = range(min(_LONGEST, len(words) - position), 0, -1)
        size = next((size for size in sizes if tuple(words[position : position + size]) in forms), 0)
        if not size:
            return
        yield size, forms[tuple(words[position : position + size])]
        position += size
