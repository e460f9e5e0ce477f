"""What the words of a line are to the grammar of officials: offices, names, titles, degrees, and what joins them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from embeddings.indonesian import lexicon
from embeddings.indonesian.regions import mention_at, regions_named
from embeddings.topics.officials.offices import BODY, LIST_MARK, OFFICE, SHORT_NAMES, TITLE, Office
from embeddings.types import Span

_SHORT_DEGREES = lexicon.alternatives("embeddings.indonesian", "short_degrees.txt")
_DEGREES = re.compile(
    r"(?:\s*+[.,]?\s*+(?:(?:S|M|A|B|Sp|Ph)\.\s?[A-Z]\w*+(?:(?:\.\s?|\s)[A-Z]\w*+){0,8}+"
    rf"|{_SHORT_DEGREES})\b\.?){{1,12}}+"
)
_NAME_WORD = re.compile(
    rf"(?:(?:{SHORT_NAMES})\.(?=\s)|(?:[A-Z]\.){{2,4}}(?= [A-Z][a-z]))|"
    r"(?:[A-Z][a-zà-ÿ'’]+(?:-[A-Z][a-z]+)*|[A-Z]\.|[A-Z][a-z]*[A-Z][a-z]+|[A-Z](?=\s[A-Z])|[A-Z]{2,}(?=[\s,.]))(?!\w)"
)
_NAME_JOINT = re.compile(r"(?:bin|binti|al|van|de)\s+(?=[A-Z])")
_NO_NAME = lexicon.words("embeddings.topics.officials", "no_names.txt")
# "I Nyoman", "Bagus Pratama" and "MGS Hakim" are names, though "I", "pratama" and "hakim" alone belong to offices.
_NEVER_IN_NAME, _NEVER_FIRST = _NO_NAME - {"hakim", "pratama"}, (_NO_NAME - {"muda"}) | (BODY - {"i", "anak", "lalu"})
_LABELS = lexicon.patterns("embeddings.topics.officials", "labels.toml")
_LABEL = re.compile("|".join(f"(?P<{label}>{pattern.pattern})" for label, pattern in _LABELS.items()))
_SPACES = re.compile(r"[ ]+")
# Marks of bold print are none of the text.
_SKIPPED = re.compile(r"[\s*_'’]+")
_BRACKETS = re.compile(r"\([^()]{2,60}\)")
_WORD = re.compile(r"[^\W_][\w'’-]*")
_MARKS = {"–": "-", "“": '"', "”": '"'}
_NAME_BEHIND_TITLES = re.compile("T?[NM]")
MOST_NAME_WORDS = 5
# Of one word: "WASKITO", but not "DPMD".
SHORTEST_IN_CAPITALS = 5


class Line(NamedTuple):
    """A line of text by the labels of its words, one letter each, and where each stands."""

    labels: str
    spans: list[Span]
    offices: dict[int, Office]
    """By the number of their label."""


def label_line(text: str, line: Span, offices: Sequence[Office]) -> Line:
    """Label a line of a text in which these offices stand, in order."""
    found = Line("", [], {})
    labels: list[str] = []
    following = iter((*offices, None))
    office = next(following)
    position, end = line
    among_guests = False
    while position < end:
        if office and position >= office.span[0]:
            label, stop = "O" if office.region else "Q", office.span[1]
            found.offices[len(labels)] = office
            office = next(following)
        else:
            label, stop = _label_at(text, position, labels)
            stop = min(stop, office.span[0] if office else end)
        if label:
            among_guests = label == "g" or (among_guests and label != ".")
            labels.append(";" if label == "," and among_guests else label)
            found.spans.append((position, stop))
        position = stop
    return found._replace(labels="".join(labels))


def first_name(text: str, start: int, end: int) -> Span | None:
    """The name that stands here, behind titles."""
    line = label_line(text, (start, end), [])
    named = _NAME_BEHIND_TITLES.match(line.labels)
    return line.spans[named.end() - 1] if named else None


def _label_at(text: str, position: int, before: Sequence[str]) -> tuple[str, int]:
    """The label of what stands here, empty for nothing, and where it ends."""
    if before and before[-1] in "NMC" and (degrees := _DEGREES.match(text, position)):
        return "D", degrees.end()
    if not before and (mark := LIST_MARK.match(text, position)):
        return "#", mark.end()
    if skipped := _SKIPPED.match(text, position):
        return "", skipped.end()
    if (brackets := _BRACKETS.match(text, position)) and not OFFICE.search(brackets[0]):
        return "B", brackets.end()
    if joint := _LABEL.match(text, position):
        return joint.lastgroup or "", joint.end()
    if title := TITLE.match(text, position):
        return "T", title.end()
    if name := name_at(text, position):
        printed = text[slice(*name)]
        return "C" if printed.isupper() else "N" if " " in printed else "M", name[1]
    if word := _WORD.match(text, position):
        return "X" if word[0][0].isupper() else "x", word.end()
    return _MARKS.get(text[position], text[position]), position + 1


def name_at(text: str, position: int) -> Span | None:
    """The name of a person that begins here, without titles and degrees."""
    words = _name_words(text, position)
    while words and _is_no_end(words[-1][0]):
        words.pop()
    if not words or max(len(word[0]) for word in words) < 3:
        return None
    printed = text[words[0].start() : words[-1].end()]
    alone = len(words) == 1 and (len(printed) < SHORTEST_IN_CAPITALS if printed.isupper() else False)
    if alone or regions_named(printed) or (len(words) == 1 and mention_at(text, words[0].start())):
        return None
    return words[0].start(), words[-1].end()


def _is_no_end(word: str) -> bool:
    """Whether a name is not over with a word: "I", and "Muh.", but "R." may be its last."""
    return (len(word) == 1) if not word.endswith(".") else len(word) > 2


def _name_words(text: str, position: int) -> list[re.Match[str]]:
    words: list[re.Match[str]] = []
    while len(words) < MOST_NAME_WORDS and (word := _NAME_WORD.match(text, position)):
        folded = word[0].casefold().rstrip(".")
        if folded in (_NEVER_IN_NAME if words else _NEVER_FIRST) or folded.startswith("se-"):
            break
        if words and re.fullmatch(r"[SM][A-Z]{1,3}", word[0]) and _DEGREES.match(text, word.start()):
            break
        words.append(word)
        space = _SPACES.match(text, word.end())
        if space is None:
            break
        position = space.end()
        if joint := _NAME_JOINT.match(text, position):
            position = joint.end()
    return words
