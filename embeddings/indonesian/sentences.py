"""The sentences of a text: offsets into it, so that what is quoted is what was published."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache

import sentencex

from embeddings.indonesian import lexicon
from embeddings.types import Span

_NEVER_LAST = tuple(
    dict.fromkeys(
        (
            *lexicon.lines("embeddings.indonesian", "never_last.txt"),
            *lexicon.lines("embeddings.indonesian", "short_names.txt"),
        )
    )
)
_ABBREVIATION = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, _NEVER_LAST))}|[A-Z])\.$")
# Further back than this no abbreviation begins.
_LONGEST_ABBREVIATION = max(map(len, _NEVER_LAST)) + 2
# "Sp.OG", "S.Tr.Kep.": no sentence ends so where the next word follows without a space.
_CUT_SHORT = re.compile(r"(?<!\w)[A-Z][a-z]{0,2}\.$")
_DEGREES = lexicon.alternatives("embeddings.indonesian", "degrees.txt")
_DEGREE = re.compile(rf"(?:{_DEGREES})")
_BYLINE = lexicon.patterns("embeddings.indonesian", "bylines.toml")["byline"]
_LEANING = lexicon.alternatives("embeddings.indonesian", "leaning.txt")
_LEANS = re.compile(rf"[“\"‘'(]*(?:{_LEANING})\b", re.IGNORECASE)
_POINTING = lexicon.patterns("embeddings.indonesian", "pointing.toml")
_POINTS_BACK = _POINTING["back"]
_POINTS_NOWHERE = _POINTING["nowhere"]
MAX_SENTENCES_BEFORE = 2
# The longest line of 140,000 in the news has 5,854 characters, the longest sentence 4,551.
LONGEST_SENTENCE = 6000


# More than are encoded together and then searched for facts; a quote asks for its article's sentences again and again.
@lru_cache(maxsize=64)
def split_sentences(text: str) -> tuple[Span, ...]:
    """The sentences in order, without the space around them; a line break always ends one."""
    spans: list[Span] = []
    line_start = 0
    for line in text.splitlines(keepends=True):
        spans.extend((line_start + start, line_start + end) for start, end in _split_line(line))
        line_start += len(line)
    return tuple(spans)


def sentences_around(text: str, start: int, end: int) -> range:
    """Which sentences of a text, by their place in order, share a character with these offsets."""
    sentences = split_sentences(text)
    first = bisect_right(sentences, start, key=lambda sentence: sentence[1])
    return range(first, bisect_left(sentences, end, first, key=lambda sentence: sentence[0]))


def sentence_of(text: str, start: int, end: int) -> Span:
    """From the first to the last sentence that shares a character with these offsets; the offsets where none does."""
    sentences, around = split_sentences(text), sentences_around(text, start, end)
    return (sentences[around[0]][0], sentences[around[-1]][1]) if around else (start, end)


def readable_alone(text: str, sentence: Span) -> Span:
    """The sentence together with those before it that it leans on."""
    sentences = split_sentences(text)
    position = next((n for n, (start, _) in enumerate(sentences) if start >= sentence[0]), 0)
    start = sentence[0]
    for earlier in range(position, max(position - MAX_SENTENCES_BEFORE, 0), -1):
        if not _leans(text[slice(*sentences[earlier])]):
            break
        start = sentences[earlier - 1][0]
    return start, sentence[1]


def _leans(sentence: str) -> bool:
    if _POINTS_NOWHERE.match(sentence):
        return False
    return _LEANS.match(sentence) is not None or _POINTS_BACK.match(sentence) is not None


def _split_line(line: str) -> list[Span]:
    if not line.strip():
        return []
    spans: list[Span] = []
    joined_to_next = False
    for start, end in _boundaries(line):
        # sentencex takes each of these for a boundary; they stand inside one sentence.
        within_word = spans and start == spans[-1][1] and _CUT_SHORT.search(line[max(start - 4, 0) : start])
        joined = joined_to_next or _DEGREE.match(line, start) or line[start].islower() or within_word
        if spans and joined and end - spans[-1][0] <= LONGEST_SENTENCE:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        joined_to_next = _ABBREVIATION.search(line[max(spans[-1][0], end - _LONGEST_ABBREVIATION) : end]) is not None
    return _without_byline(line, spans)


def _boundaries(line: str) -> Iterator[Span]:
    """What sentencex takes for sentences, without the space around them.

    It looks for the end of each quotation through the whole line, so that a long one is given to it in parts.
    """
    position = 0
    while position < len(line):
        part = line[position : position + LONGEST_SENTENCE]
        if position + len(part) < len(line):
            part = part[: part.rfind(" ") + 1] or part
        found = [
            (position + boundary["start_index"], position + boundary["end_index"])
            for boundary in sentencex.get_sentence_boundaries("id", part)
        ]
        position += len(part)
        # The last sentence may go on behind this part, unless it fills it.
        if position < len(line) and len(found) > 1:
            position = found.pop()[0]
        spans = (trimmed(line, *span) for span in found)
        yield from (span for span in spans if span[0] < span[1])


def _without_byline(line: str, spans: list[Span]) -> list[Span]:
    start, end = spans[-1]
    opening = line.rfind("(", start, end)
    if opening < 0 or not _BYLINE.match(line, opening, end) or (opening == start and len(spans) == 1):
        return spans
    if opening == start:
        return spans[:-1]
    # Only after a finished sentence: "… Badan Pusat Statistik (BPS)" names, it does not sign.
    before = line[start:opening].rstrip()
    return [*spans[:-1], (start, start + len(before))] if before.endswith((".", "!", "?", "”", '"')) else spans


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
