"""Decide what is said of what was told or read: an answer with its quotes, or an honest no."""

from msgspec.structs import replace

from embeddings.answers.answer import Answer, Certainty, Quote, honest_no
from embeddings.answers.probability import Logistic, Reading, probability
from embeddings.answers.quotes import choose_quotes, quote_of, without_repeats
from embeddings.answers.settings import AnswerSettings
from embeddings.answers.told import Told, for_told, others_of_region, unnamed
from embeddings.question.question import Question
from embeddings.storage.store import Store

# A quote far less probable than the first is noise beside it.
LEAST_SHARE_OF_FIRST = 0.25
# Below this, even the nearest passage has nothing to do with the question.
MIN_NEAR_SCORE = 0.01


class Decider:
    """Makes an `Answer` of what the facts tell, or of the sentences that were read."""

    def __init__(self, store: Store, settings: AnswerSettings, told: Logistic) -> None:
        """`told` weighs what speaks for and against what the facts tell."""
        self._store = store
        self._settings = settings
        self._told = told

    def from_facts(self, asked: Question, told: Told, most: int, article: str | None = None) -> Answer:
        """What the facts tell, or of all that they tell what this article does."""
        if not told.answers:
            return honest_no(asked)
        confidence = probability(self._told.log_odds(for_told(asked, told)))
        shown = told.of(article) if article else told
        quotes = (
            quote_of(one.article, one.evidence, asked.marked(one.answer), confidence) for one in shown.answers[:most]
        )
        return replace(
            honest_no(asked),
            certainty=self._settings.certainty(confidence),
            confidence=confidence,
            quotes=tuple(map(self._shown, quotes)),
            holders=shown.holders,
            meetings=shown.meetings,
        )

    def from_passages(self, asked: Question, readings: list[Reading], most: int) -> Answer:
        """What the sentences answer that were read, most probable first; where that is a no, with what is near."""
        # "Kenapa dipindah?" is asked of what was just told, even where another article tells more.
        told = [one for one in readings if one.passage.article.id == asked.article]
        if told and told[0].probability >= self._settings.min_confidence:
            readings = told
        no = honest_no(asked)
        if not readings:
            return no
        confidence = readings[0].probability
        certainty = self._settings.certainty(confidence)
        quotes = choose_quotes(readings, most, LEAST_SHARE_OF_FIRST * confidence, self._shown, asked.latest)
        if certainty is not Certainty.NO:
            return replace(no, certainty=certainty, confidence=confidence, quotes=quotes)
        near = self._near(asked, quotes, most)
        return replace(no, confidence=confidence, near=near, unnamed_office=unnamed(self._store, asked))

    def to_browse(self, asked: Question, told: Answer, readings: list[Reading], most: int) -> Answer:
        """What the facts tell, and behind it all that was read and is near; what they tell where that is no answer."""
        best = readings[0].probability if readings else 0.0
        if not told.answered and (not readings or best < self._settings.min_confidence):
            return told
        certainty = told.certainty if told.answered else self._settings.certainty(best)
        found = choose_quotes(readings, most, MIN_NEAR_SCORE, self._shown, asked.latest)
        return replace(told, certainty=certainty, quotes=without_repeats((*told.quotes, *found))[:most])

    def _near(self, asked: Question, quotes: tuple[Quote, ...], most: int) -> tuple[Quote, ...]:
        """Other officials of the region, and the quotes that have anything to do with the question."""
        # Who holds another office is no answer, and is not marked as one.
        others = (quote_of(one.article, one.evidence, None, 0.0) for one in others_of_region(self._store, asked))
        near = (quote for quote in quotes if quote.score >= MIN_NEAR_SCORE)
        return without_repeats((*map(self._shown, others), *near))[:most]

    def _shown(self, quote: Quote) -> Quote:
        """The quote with its copies. Marked words claim to be the answer, so one that may well be none has none."""
        answer = quote.answer if quote.score >= self._settings.sure_from else None
        return replace(quote, answer=answer, copies=tuple(self._store.copies(quote.article.id)))
