"""When to answer, and with how much."""

from typing import Annotated

import msgspec

from embeddings.answers.answer import Certainty

_Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may set of answers."""

    sure_from: _Probability = 0.7
    min_confidence: _Probability = 0.35
    max_quotes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    max_question_length: Annotated[int, msgspec.Meta(ge=10, le=100_000)] = 1000
    passages_read: Annotated[int, msgspec.Meta(ge=1, le=100)] = 6
    passages_read_in_a_hurry: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3

    def certainty(self, confidence: float) -> Certainty:
        """How sure an answer of this probability may be called."""
        if confidence < self.min_confidence:
            return Certainty.NO
        return Certainty.SURE if confidence >= self.sure_from else Certainty.MAYBE
