"""The questions that the first screen offers: of the stored facts, and surely answered."""

from pathlib import Path

import pytest

from embeddings import Certainty, Encoder, KnowledgeBase
from embeddings.answers.examples import LONGEST_EXAMPLE


def test_the_examples_are_questions_of_officials_and_a_meeting_and_are_answered(knowledge: KnowledgeBase) -> None:
    official, meeting, another = examples = knowledge.examples()
    answers = [knowledge.answer(question) for question in examples]
    assert all(answer.certainty is Certainty.SURE for answer in answers)
    assert answers[0].holders and official.startswith("Siapa ")
    assert answers[1].meetings and meeting.startswith("Kapan ")
    assert answers[2].holders and another.startswith("Siapa ")
    assert {question[-1] for question in examples} == {"?"}
    assert all(len(question) <= LONGEST_EXAMPLE for question in examples)


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        (["siapa camat sungai raya?", "kapan rakor tanjung lago?"], None),
        (["siapa kapolres banyuasin?", "siapa camat sungai raya?"], ["siapa camat sungai raya?"]),
    ],
)
def test_what_the_newsroom_wants_comes_first_as_far_as_it_is_answered(
    knowledge: KnowledgeBase, wanted: list[str], offered: list[str] | None
) -> None:
    assert list(knowledge.examples(wanted)) == (offered or wanted)


def test_where_nothing_wanted_is_answered_the_store_has_examples_of_its_own(knowledge: KnowledgeBase) -> None:
    assert knowledge.examples(["siapa kapolres banyuasin?"]) == knowledge.examples()


def test_an_empty_store_has_no_examples(tmp_path: Path, encoder: Encoder) -> None:
    empty = KnowledgeBase(tmp_path, encoder=encoder)
    assert empty.examples() == ()
    empty.close()
