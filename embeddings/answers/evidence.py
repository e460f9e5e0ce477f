"""What speaks for and against a candidate as the answer to a question: features by name, each in about [-1, 1]."""

import math
from collections.abc import Collection, Mapping, Sequence

import msgspec

from embeddings.answers.reader import Candidate
from embeddings.indonesian.periods import times_named
from embeddings.indonesian.regions import lies_in, names_region, regions_named, regions_printed
from embeddings.indonesian.words import stem_words
from embeddings.passages import passage_context
from embeddings.question.expects import COUNTED, Expects, lacks, tells_reason
from embeddings.question.question import Question
from embeddings.question.thing import thing_asked
from embeddings.search.retriever import Hit, Retrieval, inverse_document_frequency
from embeddings.topics.meetings.answer import Aspect
from embeddings.topics.officials.asked import AskedOffice
from embeddings.topics.officials.find import officials_of
from embeddings.topics.officials.grammar import Official
from embeddings.topics.officials.offices import Office, find_offices, in_headline
from embeddings.types import Article, Span

# Kinds of questions for which it tells otherwise than for the rest that a sentence has the words asked: what eggs cost
# stands beside "eggs", but who was elected stands beside what the winner did.
_WORDS_TELL = (Expects.YES, Expects.MONEY, Expects.PERSON)


def for_candidates(question: Question, retrieval: Retrieval, candidates: Sequence[Candidate]) -> list[dict[str, float]]:
    """What tells which of the candidates answer, in their order."""
    asked = _asked(question, retrieval)
    articles = {hit.passage.article.id: hit.passage.article for hit in retrieval.hits}
    of_articles = {id: _of_article(question, asked, article) for id, article in articles.items()}
    of_hits = {
        hit.passage.id: of_articles[hit.passage.article.id] | _of_hit(asked, retrieval.most_lexical, hit)
        for hit in retrieval.hits
    }
    office = question.officials.office if question.officials else None
    # As costly as the rest of the evidence, so only where an office is asked for; an article may be a megabyte long.
    officials = {hit.passage.id: officials_of(hit.passage.text) if office else [] for hit in retrieval.hits}
    return [
        of_hits[one.hit.passage.id]
        | _of_sentence(question, asked, one)
        | _of_office(office, one, officials[one.hit.passage.id])
        for one in candidates
    ]


class _Asked(msgspec.Struct, frozen=True):
    """What of a question is looked for in texts."""

    weights: dict[str, float]
    """How telling each stem is."""
    known: frozenset[str]
    """The stems that some passage holds."""
    thing: frozenset[str]
    """The stems of the words for the thing asked about."""


def _asked(question: Question, retrieval: Retrieval) -> _Asked:
    thing = thing_asked(question.query.text, question.words)
    return _Asked(retrieval.weights, _known(retrieval), thing)


def _known(retrieval: Retrieval) -> frozenset[str]:
    """The stems of the query that some passage holds."""
    held_by_none = inverse_document_frequency(0, retrieval.searched)
    return frozenset(stem for stem, weight in retrieval.weights.items() if weight < held_by_none)


def _of_hit(asked: _Asked, most: float, hit: Hit) -> dict[str, float]:
    passage = passage_context(hit.passage.article) + hit.passage.text
    return {
        "found first": hit.score,
        "shares most words": hit.lexical / most if most else 0.0,
        **_of_words(asked, "passage", passage),
    }


def _of_sentence(question: Question, asked: _Asked, candidate: Candidate) -> dict[str, float]:
    article, sentence = candidate.hit.passage.article, candidate.text
    words = _of_words(asked, "sentence", sentence)
    share = words["words in the sentence"]
    return {
        "the passage answers": candidate.answers / 4,
        "the words are certain": candidate.certainty / 4,
        "other words are more certain": candidate.behind / 4,
        **words,
        **{f"{kind} asked, words in the sentence": share * (question.expects is kind) for kind in _WORDS_TELL},
        **_of_regions(question, sentence),
        **_of_time(question, article, sentence),
        "lacks what is asked for": float(lacks(sentence, question.expects)),
        "tells a reason": float(question.expects is Expects.REASON and tells_reason(sentence)),
        "marks another kind of thing": float(lacks(candidate.answer_text, question.expects)),
        "headline": float(in_headline(article.text, candidate.sentence[0])),
    }


def for_question(
    question: Question, retrieval: Retrieval, best: Mapping[str, float], log_odds: float
) -> dict[str, float]:
    """What tells whether the best candidate answers at all: its own evidence, and what was asked among how many."""
    return {
        **best,
        "odds among candidates": log_odds / 4,
        "passages searched": math.log10(max(retrieval.searched, 1)) / 5,
        "words asked": len(retrieval.query.words) / 10,
        "words that no article holds": _held_by_none(retrieval),
        "office asked": float(bool(question.officials and question.officials.office)),
        "list of officials asked": float(bool(question.officials and question.officials.region is not None)),
        "name asked": float(bool(question.officials and question.officials.name)),
        "meeting asked": float(question.meetings is not None),
        "region asked": float(bool(question.regions)),
        "list of meetings asked": float(question.meetings is not None and question.meetings.aspect is Aspect.WHICH),
        **{f"{kind} asked": float(question.expects is kind) for kind in Expects},
    }


def _of_article(question: Question, words: _Asked, article: Article) -> dict[str, float]:
    """Which of the words and of the regions asked about the article names."""
    whole = f"{article.title} {article.place} {article.source} {article.text}"
    asked = question.regions
    named = {region for region in asked if names_region(whole, region)}
    # Who asks for a kecamatan and its kabupaten is answered by an article that names the one.
    fitting = {region for region in asked if region in named or any(lies_in(inner, region) for inner in named)}
    of_words = _of_words(words, "article", whole)
    return {
        **of_words,
        "counted thing not in the article": of_words["thing asked not in the article"] * (question.expects in COUNTED),
        "on another region": float(bool(asked) and not fitting),
        "regions not in the article": (len(asked) - len(fitting)) / len(asked) if asked else 0.0,
    }


def _of_regions(question: Question, sentence: str) -> dict[str, float]:
    """Whether a sentence is on other regions than those asked about."""
    asked = question.regions
    # Found only where they are looked at: it takes longer than all the rest.
    printed = regions_printed(sentence) if asked else set()
    return {
        "names other regions": float(names_others(asked, printed)),
        "counts in other regions": float(question.expects in COUNTED and counts_elsewhere(asked, printed)),
    }


def names_others(asked: Collection[str], printed: Collection[str]) -> bool:
    """Whether a sentence names regions, but none that is one of those asked about, or lies in or around one."""
    return bool(asked and printed) and not any(_fits(region, asked) for region in printed)


def counts_elsewhere(asked: Collection[str], printed: Collection[str]) -> bool:
    """Whether a number in a sentence is of other regions: even of the kabupaten where its kecamatan is asked about."""
    return bool(asked and printed) and not any(
        region == other or lies_in(region, other) for region in printed for other in asked
    )


def _of_time(question: Question, article: Article, sentence: str) -> dict[str, float]:
    """Whether a sentence names the time that is asked about, or other times."""
    period = question.period
    times = times_named(sentence, article.published) if period else set()
    asked = period is not None and any(map(period.holds, times))
    return {"names the time asked": float(asked), "names other times": float(bool(times) and not asked)}


def _fits(region: str, asked: Collection[str]) -> bool:
    """Whether a region is one of those asked about, or lies in one, or around one."""
    return any(region == other or lies_in(region, other) or lies_in(other, region) for other in asked)


def _of_office(asked: AskedOffice | None, candidate: Candidate, officials: Sequence[Official]) -> dict[str, float]:
    """Why the words marked may not be the name of the holder of the office asked for; all 0 where none is.

    `officials` are those of its passage, which holds the mark of a list that the sentence lacks.
    """
    features = dict.fromkeys(("names a region", "another's name", "office not named", "office without a holder"), 0.0)
    if asked is None:
        return features
    begin = candidate.hit.passage.start
    answer = (candidate.answer[0] - begin, candidate.answer[1] - begin)
    official = next((one for one in officials if _overlap(_named(one), answer)), None)
    if regions_named(candidate.answer_text):
        features["names a region"] = 1.0
    elif official is not None:
        features["another's name"] = float(not _holds(official, asked))
    else:
        offices = [(one, _is_asked(one, asked)) for one in find_offices(candidate.text)]
        # "Wakil Ketua II DPRD" names no "Ketua DPRD".
        apart = candidate.text
        for start, end in (one.span for one, is_asked in reversed(offices) if not is_asked):
            apart = f"{apart[:start]} {apart[end:]}"
        named = any(is_asked for _, is_asked in offices) or asked.named_in(apart)
        features["office not named"] = float(not named)
        holderless = any((one.office, one.region) == (asked.office, asked.region) for one, _ in offices)
        features["office without a holder"] = float(holderless)
    return features


def _is_asked(office: Office, asked: AskedOffice) -> bool:
    """Whether an office is the one asked for, as far as its region tells."""
    return office.office == asked.office and (not office.region or _fits(office.region, (asked.region,)))


def _holds(official: Official, asked: AskedOffice) -> bool:
    same = asked.may_be(official.office) and (official.region or asked.region) == asked.region
    return same and official.acting >= asked.acting and official.former >= asked.former


def _named(official: Official) -> Span:
    """Name and office, with what stands between them."""
    return min(official.name[0], official.office_span[0]), max(official.name[1], official.office_span[1])


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _of_words(asked: _Asked, name: str, text: str) -> dict[str, float]:
    """How much of the query is in a text: of all its words, each weighing as much as it tells, of the rarest, and of
    those that other texts hold; and whether the thing asked about is."""
    weights, stems = asked.weights, set(stem_words(text))
    total, most = sum(weights.values()), max(weights.values(), default=0.0)
    missing = {stem: weight for stem, weight in weights.items() if stem not in stems}
    elsewhere = sum(weight for stem, weight in missing.items() if stem in asked.known)
    return {
        f"words in the {name}": 1 - sum(missing.values()) / total if total else 0.0,
        f"rarest word not in the {name}": max(missing.values(), default=0.0) / most if most else 0.0,
        f"words of others, not in the {name}": elsewhere / total if total else 0.0,
        f"thing asked not in the {name}": float(bool(asked.thing) and asked.thing.isdisjoint(stems)),
    }


def _held_by_none(retrieval: Retrieval) -> float:
    """How much of the query weigh the words that no passage holds."""
    total, known = sum(retrieval.weights.values()), _known(retrieval)
    return sum(weight for stem, weight in retrieval.weights.items() if stem not in known) / total if total else 0.0
