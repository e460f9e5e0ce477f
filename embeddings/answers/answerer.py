"""Answer a question with quotes, or with an honest no."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec.structs import replace
from rapidfuzz import fuzz

from embeddings.answers.answer import Answer, Quote
from embeddings.answers.reader import Reader, Reading
from embeddings.errors import QuestionTooLong
from embeddings.indonesian.periods import Period, find_period, wants_latest, without_period
from embeddings.indonesian.regions import names_region, regions_in, regions_printed
from embeddings.models.encoder import Encoder
from embeddings.passages import Span, split_sentences
from embeddings.question.expects import asks_number, lacks_what_is_asked
from embeddings.question.query import Query, parse_question, spelt_out
from embeddings.search.retriever import Retrieval, Retriever, RetrieverSettings
from embeddings.sources.files import Article
from embeddings.storage.store import Store, Summary
from embeddings.topics.abbreviations import asked_abbreviation, spelt_out_in
from embeddings.topics.meetings.answer import Aspect, Held, asked_meetings, find_held
from embeddings.topics.officials.answer import Holder, find_holders, is_anothers, neighbours, unnamed_office
from embeddings.topics.officials.find import asked_office

# A sentence that begins so is not understood without the one before it.
_LEANS = re.compile(
    r"[“\"‘'(]*(?:ia|dia|beliau|mereka|keduanya|ketiganya|menurutnya|katanya|ujarnya|hal\s+(?:itu|ini|tersebut)|di\s+antaranya"
    r"|selain\s+itu|karena\s+itu|oleh\s+(?:karena|sebab)\s+itu|untuk\s+itu|maka\s+dari\s+itu|dengan\s+(?:begitu|demikian)"
    r"|sehingga|selanjutnya|kemudian|namun|tetapi|padahal|juga|it|he|she|they)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"(?:\S+\s+){1,3}(?:itu|tersebut)\b", re.IGNORECASE)
_POINTS_NOWHERE = re.compile(r"sementara\s+itu\b", re.IGNORECASE)
MAX_SENTENCES_BEFORE = 2
NEIGHBOURS = 2


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When to answer, and with how much."""

    min_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.3
    max_quotes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    max_question_length: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = 1000
    passages_read: Annotated[int, msgspec.Meta(ge=1, le=100)] = 8
    passages_read_in_a_hurry: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3


class Answerer:
    """Retriever and reader together; use it from one thread at a time."""

    def __init__(
        self,
        retriever: Retriever,
        reader: Reader,
        settings: AnswerSettings,
        today: Callable[[], date] = date.today,
    ) -> None:
        """`today` tells what day "kemarin" is counted from."""
        self._today = today
        self._retriever = retriever
        self._reader = reader
        self._settings = settings

    @property
    def store(self) -> Store:
        return self._retriever.store

    def summary(self) -> Summary:
        """How much can be searched at this moment."""
        return self.store.summary()

    def answer(
        self, question: str, most_quotes: int | None = None, any_time: bool = False, hurried: bool = False
    ) -> Answer:
        """Quotes, or none; raises QuestionTooLong. A question without a word in it gets no quotes.

        With `any_time`, a period that the question names does not count; `hurried`, fewer passages are read.
        """
        asked, settings = self._understood(question, any_time), self._settings
        most, least = most_quotes or settings.max_quotes, settings.min_confidence
        retrieval = self._retrieve(asked, settings.passages_read_in_a_hurry if hurried else settings.passages_read)
        searched_for = corrected(asked.searched, retrieval.query) if retrieval else None
        no = Answer(question, answered=False, confidence=0.0, searched_for=searched_for, period=asked.period)
        if (holders := self._holders(asked, retrieval)) and least <= OFFICIAL_CONFIDENCE:
            quotes = tuple(self._with_copies(_evidence(holder)) for holder in holders[:most])
            return replace(no, answered=True, confidence=OFFICIAL_CONFIDENCE, quotes=quotes, holders=holders)
        if (meetings := self._meetings(asked, retrieval)) and least <= MEETING_CONFIDENCE:
            quotes = tuple(self._with_copies(_evidence_of(held)) for held in meetings[:most])
            return replace(no, answered=True, confidence=MEETING_CONFIDENCE, quotes=quotes, meetings=meetings)
        if retrieval is None:
            return no
        readings = self._readings(asked, retrieval)
        confidence = readings[0].probability
        # Marked words claim to be the answer, so a quote that may well be none has none.
        quotes = tuple(
            quote if quote.score >= least else quote.slice(quote.start, quote.end, None)
            for quote in self._chosen(asked, readings, most, LEAST_SHARE_OF_FIRST * confidence)
        )
        if confidence < least:
            words = asked.words(retrieval)
            # Who holds another office is no answer, and is not marked as one.
            beside = [
                self._with_copies(replace(_evidence(holder), answer=None, score=0.0))
                for holder in neighbours(self.store, words)
            ]
            near = (quote for quote in quotes if quote.score >= LEAST_NEAR)
            return replace(
                no,
                confidence=confidence,
                near=_without_repeats((*beside[:NEIGHBOURING_OFFICIALS], *near))[:most],
                unnamed_office=unnamed_office(self.store, words),
            )
        return replace(no, answered=True, confidence=confidence, quotes=quotes)

    def search(self, question: str, most: int, hurried: bool = False) -> tuple[Quote, ...]:
        """Up to `most` quotes to browse, down to those that are only near; none where the question is not answered.

        `hurried`, fewer passages are read.
        """
        asked, settings = self._understood(question), self._settings
        passages = max(settings.passages_read, min(most, MOST_READ))
        retrieval = self._retrieve(asked, settings.passages_read_in_a_hurry if hurried else passages)
        evidence = [self._with_copies(_evidence(holder)) for holder in self._holders(asked, retrieval)]
        evidence = evidence or [self._with_copies(_evidence_of(held)) for held in self._meetings(asked, retrieval)]
        readings = self._readings(asked, retrieval) if retrieval else []
        if not evidence and (not readings or readings[0].probability < self._settings.min_confidence):
            return ()
        others = self._chosen(asked, readings, most, LEAST_NEAR)
        return _without_repeats((*evidence, *others))[:most]

    def _understood(self, question: str, any_time: bool = False) -> "Asked":
        if len(question) > self._settings.max_question_length:
            raise QuestionTooLong(len(question), self._settings.max_question_length)
        text = spelt_out(question)
        period = find_period(text, self._today())
        plain = without_period(text, period)
        # "kemarin" stands in no article and "sebelum 2023" not as such; "Juli 2023" may.
        spoken = period and (any_time or period.relative or None in (period.start, period.end))
        return Asked(plain, plain if spoken else question, None if any_time else period, wants_latest(text))

    def _retrieve(self, asked: "Asked", passages: int) -> Retrieval | None:
        query = parse_question(asked.searched)
        keep = asked.period.concerns if asked.period else None
        retrieval = self._retriever.retrieve(query, passages, keep) if query.words else None
        return retrieval if retrieval and retrieval.hits else None

    def _holders(self, asked: "Asked", retrieval: Retrieval | None) -> tuple[Holder, ...]:
        return find_holders(self.store, asked.plain, asked.words(retrieval), asked.period)

    def _meetings(self, asked: "Asked", retrieval: Retrieval | None) -> tuple[Held, ...]:
        meetings = asked_meetings(asked.plain, asked.words(retrieval))
        return find_held(self.store, meetings, asked.period) if meetings else ()

    def _readings(self, asked: "Asked", retrieval: Retrieval) -> list[Reading]:
        words = asked.words(retrieval)
        office, meetings, regions = (
            asked_office(words),
            asked_meetings(asked.plain, words),
            regions_in(retrieval.query.text),
        )
        # The meetings are known one by one: where a list of them is asked for and none was found, no sentence is one.
        no_list = meetings is not None and meetings.aspect is Aspect.WHICH
        readings = [
            _at_most(ELSEWHERE, reading)
            if no_list
            or is_elsewhere(regions, reading)
            or is_anothers(office, reading)
            or lacks_what_is_asked(retrieval.query.text, _sentence(reading))
            or counts_elsewhere(retrieval.query.text, regions, _sentence(reading))
            else reading
            for reading in self._reader.read(retrieval)
        ]
        readings.sort(key=lambda reading: -reading.probability)
        if (abbreviation := asked_abbreviation(asked.plain)) and not spelt_out_in(_sentence(readings[0]), abbreviation):
            readings[:0] = _spelt_out(abbreviation, retrieval)
        return readings

    def _chosen(self, asked: "Asked", readings: list[Reading], most: int, least: float) -> tuple[Quote, ...]:
        same = SAME_PROBABILITY_OF_NEWS if asked.latest else SAME_PROBABILITY
        return choose_quotes(readings, most, least, self._with_copies, same)

    def _with_copies(self, quote: Quote) -> Quote:
        return replace(quote, copies=tuple(self.store.copies(quote.article.id)))


class Asked(msgspec.Struct, frozen=True):
    """A question as it is understood."""

    plain: str
    """With abbreviations spelt out, and without its period."""
    searched: str
    """What is looked for by meaning and by words."""
    period: Period | None
    latest: bool

    def words(self, retrieval: Retrieval | None) -> tuple[str, ...]:
        """What the plain question is about, in words spelt as the articles have them where something was retrieved."""
        plain = parse_question(self.plain).words
        if retrieval is None:
            return plain
        of_period = set(parse_question(self.searched).words) - set(plain)
        return tuple(word for word in retrieval.query.words if word not in of_period)


def corrected(question: str, query: Query) -> str | None:
    """What was searched for, where a word of the question was taken for another that the articles hold."""
    return None if query.words == parse_question(question).words else " ".join(query.words)


def open_answerer(
    store: Store,
    encoder: Encoder,
    data: Path,
    retriever: RetrieverSettings,
    answers: AnswerSettings,
    today: Callable[[], date] = date.today,
) -> Answerer:
    """An answerer whose indexes lie in this data folder."""
    reader = Reader(threads=encoder.settings.threads)
    return Answerer(Retriever(store, encoder, data, retriever), reader, answers, today)


# How often a name found for an office is its holder's, in articles that the rules had not seen (docs/evaluation.md).
OFFICIAL_CONFIDENCE = 0.93
# How often a meeting found is one, and held when it says; the same.
MEETING_CONFIDENCE = 0.8
# Of 200 words in brackets in the news corpus, 156 were taken to be spelt out before them, 3 of these wrongly.
SPELT_OUT_CONFIDENCE = 0.9
# What is left of a probability where the sentence is on another office, or the article on another region.
ELSEWHERE = 0.2
# Browsing may take longer than answering, but not without end.
MOST_READ = 24
# Two quotes this near in probability are told apart by their date instead.
SAME_PROBABILITY = 0.05
# The same where the newest is asked for.
SAME_PROBABILITY_OF_NEWS = 0.25
# Sentences of one story's copies that share more than this, in percent, are one sentence.
SAME_WORDING = 80
# So many officials of the region are shown where the one asked for is not known.
NEIGHBOURING_OFFICIALS = 2
# A quote far less probable than the first is noise beside it.
LEAST_SHARE_OF_FIRST = 0.25
# Below this, even the nearest passage has nothing to do with the question.
LEAST_NEAR = 0.015


def choose_quotes(
    readings: list[Reading],
    most: int,
    least: float,
    with_copies: Callable[[Quote], Quote] = lambda quote: quote,
    same: float = SAME_PROBABILITY,
) -> tuple[Quote, ...]:
    """Up to `most` quotes of a probability from `least` on, best first, of equals the newest first, none repeated.

    `same` is how near in probability equals are.
    """
    chosen: list[Quote] = []
    for reading in readings:
        if reading.probability < least or len(chosen) == most:
            break
        quote = with_copies(readable_alone(reading))
        if not any(_repeats(quote, other) for other in chosen):
            chosen.append(quote)
    # Equals are those close to the best of them, so that recency lifts a quote but never buries a better one.
    newest_first: list[Quote] = []
    while chosen:
        equals = [quote for quote in chosen if chosen[0].score - quote.score <= same]
        newest_first.extend(sorted(equals, key=lambda quote: quote.article.published or "", reverse=True))
        chosen = chosen[len(equals) :]
    return tuple(newest_first)


def readable_alone(reading: Reading) -> Quote:
    """The sentence as a quote, together with those before it that it leans on."""
    return _readable_alone(reading.passage.article, reading.sentence, reading.answer, reading.probability)


def _at_most(probability: float, reading: Reading) -> Reading:
    return replace(reading, probability=min(probability, reading.probability))


def is_elsewhere(regions: set[str], reading: Reading) -> bool:
    """Whether the question names regions, and the article not one of them."""
    article = reading.passage.article
    text = f"{article.title} {article.place} {article.source} {article.text}"
    return bool(regions) and not any(names_region(text, region) for region in regions)


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


def counts_elsewhere(question: str, regions: set[str], sentence: str) -> bool:
    """Whether a number is asked for, and the sentence names regions, but none that the question names."""
    named = regions_printed(sentence) if regions and asks_number(question) else set()
    return bool(named) and not any(names_region(sentence, region) for region in regions)


def _sentence(reading: Reading) -> str:
    return reading.passage.article.text[slice(*reading.sentence)]


def _evidence(holder: Holder) -> Quote:
    return _readable_alone(holder.article, holder.sentence, holder.name, OFFICIAL_CONFIDENCE)


def _evidence_of(held: Held) -> Quote:
    return _readable_alone(held.article, held.evidence, held.answer, MEETING_CONFIDENCE)


def _readable_alone(article: Article, sentence: Span, answer: Span | None, probability: float) -> Quote:
    sentences = split_sentences(article.text)
    position = next((n for n, (start, _) in enumerate(sentences) if start >= sentence[0]), 0)
    start = sentence[0]
    for earlier in range(position, max(position - MAX_SENTENCES_BEFORE, 0), -1):
        if not _leans(article.text, sentences[earlier]):
            break
        start = sentences[earlier - 1][0]
    return Quote(article, start, sentence[1], answer, probability)


def with_neighbours(quote: Quote) -> Quote:
    """The quote together with a sentence or two on either side of it."""
    sentences = split_sentences(quote.article.text)
    inside = [n for n, (start, end) in enumerate(sentences) if start < quote.end and quote.start < end]
    if not inside:
        return quote
    first, last = max(inside[0] - NEIGHBOURS, 0), min(inside[-1] + NEIGHBOURS, len(sentences) - 1)
    return quote.slice(sentences[first][0], sentences[last][1], quote.answer)


def _leans(text: str, sentence: Span) -> bool:
    beginning = text[sentence[0] : sentence[1]]
    if _POINTS_NOWHERE.match(beginning):
        return False
    return _LEANS.match(beginning) is not None or _POINTS_BACK.match(beginning) is not None


def _without_repeats(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    once: list[Quote] = []
    for quote in quotes:
        if not any(_repeats(quote, other) for other in once):
            once.append(quote)
    return tuple(once)


def _repeats(quote: Quote, other: Quote) -> bool:
    if quote.text == other.text:
        return True
    if quote.article in other.copies:
        return fuzz.token_set_ratio(quote.text, other.text) >= SAME_WORDING
    return quote.article.id == other.article.id and quote.start < other.end and other.start < quote.end
