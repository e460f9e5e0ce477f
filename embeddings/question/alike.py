"""Group questions that ask the same in other words' order or spelling, or with other small talk around it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from embeddings.indonesian.regions import region_word_like
from embeddings.indonesian.spelling import one_slip_away
from embeddings.indonesian.words import stem_words
from embeddings.question.expects import Expects, expected
from embeddings.question.query import parse_question
from embeddings.topics.officials.offices import is_office_word

# More often than any word is asked.
SURELY = 10**12
Asked = tuple[Expects | None, frozenset[str]]
"""What kind of thing must answer, and the stems of the words that tell about what."""


def group_alike(questions: Mapping[str, int]) -> list[list[str]]:
    """Questions, each with how often it was asked, in groups that ask the same; one that asks nothing is left out.

    In a group the most frequent wording comes first, of equal ones the shortest; the groups come in the order of
    their first question.
    """
    queries = {question: parse_question(question) for question in questions}
    meant = _meant(word for question, query in queries.items() for word in query.words * questions[question])
    groups: dict[Asked, list[str]] = {}
    for question, query in queries.items():
        stems = frozenset(stem_words(" ".join(meant[word] for word in query.words)))
        if stems:
            groups.setdefault((expected(query.text), stems), []).append(question)
    return [sorted(group, key=lambda one: (-questions[one], len(one))) for group in groups.values()]


def _meant(words: Iterable[str]) -> dict[str, str]:
    """Each word as it was meant: a slip of the fingers away, the one of an office or a region, or the most frequent."""
    by_letter: dict[str, list[tuple[str, int]]] = defaultdict(list)
    frequency = Counter(words)
    known = {word for word in frequency if is_office_word(word) or region_word_like(word) == word}
    for word, times in frequency.items():
        by_letter[word[0]].append((word, times + SURELY * (word in known)))
    return {word: word if word in known else one_slip_away(word, by_letter[word[0]]) or word for word in frequency}
