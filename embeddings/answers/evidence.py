"""What a sentence is worth as an answer to this question, beside what the reader makes of the two."""

from collections.abc import Sequence

from msgspec.structs import replace

from embeddings.answers.reader import Reading
from embeddings.indonesian.regions import names_region, regions_named, regions_printed
from embeddings.indonesian.sentences import split_sentences
from embeddings.indonesian.words import words_of
from embeddings.question.expects import Expects, lacks
from embeddings.question.question import Question
from embeddings.search.retriever import Retrieval
from embeddings.topics.abbreviations import spelt_out_in
from embeddings.topics.meetings.answer import Aspect
from embeddings.topics.officials.asked import AskedOffice
from embeddings.topics.officials.find import find_officials
from embeddings.topics.officials.offices import find_offices

# What is left of a probability where the sentence is on another office, or the article on another region.
ELSEWHERE = 0.2
# Of 200 words in brackets in the news corpus, 156 were taken to be spelt out before them, 3 of these wrongly.
SPELT_OUT_CONFIDENCE = 0.9


def weighed(question: Question, retrieval: Retrieval, readings: Sequence[Reading]) -> list[Reading]:
    """The readings, most probable first, with little left of those that are on something else than was asked."""
    found = [_at_most(ELSEWHERE, reading) if is_beside(question, reading) else reading for reading in readings]
    found.sort(key=lambda reading: -reading.probability)
    if (short := question.abbreviation) and not spelt_out_in(found[0].text, short):
        found[:0] = _spelt_out(short, retrieval)
    return found


def is_beside(question: Question, reading: Reading) -> bool:
    """Whether a sentence cannot answer: it is on another region or office, or lacks the kind of thing asked for."""
    # The meetings are known one by one: where a list of them is asked for and none was found, no sentence is one.
    if question.meetings is not None and question.meetings.aspect is Aspect.WHICH:
        return True
    office = question.officials.office if question.officials else None
    return (
        is_elsewhere(question, reading)
        or (office is not None and is_anothers(office, reading))
        or lacks(reading.text, question.expects)
        or counts_elsewhere(question, reading.text)
    )


def is_elsewhere(question: Question, reading: Reading) -> bool:
    """Whether the question names regions, and the article not one of them."""
    article = reading.passage.article
    text = f"{article.title} {article.place} {article.source} {article.text}"
    return bool(question.regions) and not any(names_region(text, region) for region in question.regions)


def is_anothers(asked: AskedOffice | None, reading: Reading) -> bool:
    """Whether what the reader found cannot be the holder of the office asked for: it is another's, or nobody's.

    So where the sentence gives the name to another office, or names the office asked for without a holder, or not at
    all.
    """
    if asked is None:
        return False
    article = reading.passage.article
    start, end = reading.sentence
    sentence, answer = article.text[start:end], (reading.answer[0] - start, reading.answer[1] - start)
    if regions_named(sentence[slice(*answer)]):
        return True
    for official in find_officials(sentence):
        if official.name[0] < answer[1] and answer[0] < official.name[1]:
            return (official.office, official.region or asked.region) != (asked.office, asked.region) or (
                asked.acting > official.acting or asked.former > official.former
            )
    offices = list(find_offices(sentence))
    words = set(words_of(sentence))
    if not set(asked.office.split()) <= words and all(office.office != asked.office for office in offices):
        return True
    return any((office.office, office.region) == (asked.office, asked.region) for office in offices)


def counts_elsewhere(question: Question, sentence: str) -> bool:
    """Whether a number is asked for, and the sentence names regions, but none that the question names."""
    asked = question.regions if question.expects is Expects.NUMBER else frozenset()
    named = regions_printed(sentence) if asked else set()
    return bool(named) and not any(names_region(sentence, region) for region in asked)


def _at_most(probability: float, reading: Reading) -> Reading:
    return replace(reading, probability=min(probability, reading.probability))


def _spelt_out(abbreviation: str, retrieval: Retrieval) -> list[Reading]:
    """Each sentence that spells the abbreviation out."""
    found = []
    for passage in (hit.passage for hit in retrieval.hits):
        for start, end in split_sentences(passage.text):
            if words := spelt_out_in(passage.text[start:end], abbreviation):
                first = passage.start + start
                answer = (first + words[0], first + words[1])
                found.append(Reading(passage, (first, passage.start + end), answer, SPELT_OUT_CONFIDENCE))
    return found
