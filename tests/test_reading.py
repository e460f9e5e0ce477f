"""Which sentence answers, which words of it are marked, and how probable that is."""

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from embeddings import Article, Certainty, KnowledgeBase
from embeddings.answers.evidence import for_candidates, for_question
from embeddings.answers.probability import Logistic, learnt_weights, probability
from embeddings.answers.reader import Reader
from embeddings.answers.settings import AnswerSettings
from embeddings.answers.told import find_told, for_told
from embeddings.indonesian.sentences import split_sentences
from embeddings.question.question import Question
from embeddings.question.understand import understand
from embeddings.search.retriever import Retrieval


def asked(knowledge: KnowledgeBase, question: str) -> tuple[Question, Retrieval]:
    understood = understand(question, date(2026, 5, 20), knowledge.retriever)
    return understood, knowledge.retriever.retrieve(understood.query, 4)


def test_each_sentence_that_was_found_is_a_candidate_with_words_of_its_own(
    knowledge: KnowledgeBase, reader: Reader
) -> None:
    _, retrieval = asked(knowledge, "kapan rakor Tanjung Lago?")
    candidates = reader.read(retrieval)
    assert len(candidates) == sum(len(split_sentences(hit.passage.text)) for hit in retrieval.hits)
    for one in candidates:
        assert one.sentence[0] <= one.answer[0] < one.answer[1] <= one.sentence[1]
        assert one.answer_text in one.text and one.behind >= 0
    assert {hit.passage.id for hit in retrieval.hits} == {one.hit.passage.id for one in candidates if one.behind == 0}


def test_words_that_fit_are_taken_where_there_are_any(knowledge: KnowledgeBase, reader: Reader) -> None:
    _, retrieval = asked(knowledge, "siapa yang hadir rakor Tanjung Lago?")
    fitting = reader.read(retrieval, lambda words: any(map(str.isdigit, words)))
    assert sum(any(map(str.isdigit, one.answer_text)) for one in fitting) > sum(
        any(map(str.isdigit, one.answer_text)) for one in reader.read(retrieval)
    )


def test_an_english_question_is_read_as_it_was_typed_too(knowledge: KnowledgeBase, reader: Reader) -> None:
    question, retrieval = asked(knowledge, "Who attended the coordination meeting in Tanjung Lago?")
    assert question.query.english == "Who attended the coordination meeting in Tanjung Lago?"
    assert question.query.text.startswith("siapa")
    translated = reader.read(replace(retrieval, query=replace(question.query, english="")))
    typed = reader.read(replace(retrieval, query=replace(question.query, text=question.query.english, english="")))
    both = reader.read(retrieval)
    assert [one.sentence for one in both] == [one.sentence for one in translated]
    for one, first, second in zip(both, translated, typed, strict=True):
        assert one.answers == max(first.answers, second.answers)
        assert (one.answer, one.certainty) in {(read.answer, read.certainty) for read in (first, second)}
        assert one.certainty == max(first.certainty, second.certainty)
    assert [one.certainty for one in translated] != [one.certainty for one in typed]


@pytest.mark.parametrize(
    "question",
    ["Apakah rakor Tanjung Lago digelar?", "apa benar rakor tanjung lago digelar?", "rakor tanjung lago jadi tidak?"],
)
def test_nothing_is_marked_where_a_yes_or_a_no_is_asked_for(knowledge: KnowledgeBase, question: str) -> None:
    quotes = knowledge.answer(question).quotes
    assert all(quote.answer is None for quote in quotes)


def test_nothing_is_marked_in_a_quote_that_may_not_answer(knowledge: KnowledgeBase, reader: Reader) -> None:
    answers = [
        knowledge.answer(question)
        for question in (
            "gedung apa yang banyak tidak layak?",
            "Apa isi pesan Fikry kepada kepala desa?",
            "siapa Fikry?",
        )
    ]
    assert {answer.certainty for answer in answers} & {Certainty.MAYBE, Certainty.NO}
    for answer in answers:
        for quote in (*answer.quotes, *answer.near):
            assert quote.answer is None or quote.score >= AnswerSettings().sure_from


def test_every_weight_is_for_a_feature_that_there_is(knowledge: KnowledgeBase, reader: Reader) -> None:
    question, retrieval = asked(knowledge, "siapa camat Sungai Raya?")
    evidence = for_candidates(question, retrieval, reader.read(retrieval, question.fits))
    weights = learnt_weights()
    assert set(weights.candidate.weights) == set(evidence[0])
    assert set(weights.best.weights) == set(for_question(question, retrieval, evidence[0], 0.0))
    assert set(weights.told.weights) == set(for_told(question, find_told(knowledge.store, question)))


def test_each_feature_is_a_small_number(knowledge: KnowledgeBase, reader: Reader) -> None:
    for text in ("siapa camat Sungai Raya?", "berapa penduduk Banyuasin tahun 2023?", "kenapa jalan rusak"):
        question, retrieval = asked(knowledge, text)
        evidence = for_candidates(question, retrieval, reader.read(retrieval, question.fits))
        every = [*evidence, for_question(question, retrieval, evidence[0], 4.0)]
        assert all(-6 <= value <= 6 for features in every for value in features.values()), text


def test_the_holder_of_a_neighbours_office_is_another(tmp_path: Path, reader: Reader) -> None:
    text = (
        "KUALA PEMBUANG – Bupati Seruyan melantik empat pejabat, Senin (3/3/2025).\n"
        "Mereka yang dilantik:\n"
        "1. Rusdianto, S.Sos., sebagai Camat Hanau\n"
        "2. Marlina, S.IP., sebagai Camat Danau Sembuluh\n"
        "3. Yusran, S.E., sebagai Lurah Pembuang Hulu\n"
    )
    knowledge = KnowledgeBase(tmp_path, reader=reader)
    knowledge.add([Article("lantik", text, "Empat Pejabat Seruyan Dilantik")])
    for asked_for, another in (
        ("camat seruyan hilir siapa", {"Rusdianto", "Marlina"}),
        ("camat hanau sebelumnya siapa", {"Rusdianto", "Marlina"}),
        ("camat hanau siapa", {"Marlina"}),
    ):
        question, retrieval = asked(knowledge, asked_for)
        candidates = reader.read(retrieval, question.fits)
        weighed = for_candidates(question, retrieval, candidates)
        found = {
            name
            for name in ("Rusdianto", "Marlina")
            for one, features in zip(candidates, weighed, strict=True)
            if name in one.text and (features["another's name"] or features["names a region"])
        }
        assert found == another
    knowledge.close()


def test_a_logistic_regression_weighs_features_by_their_names() -> None:
    regression = Logistic({"a": 2.0, "b": -1.0}, 0.5)
    assert regression.log_odds({"a": 1.0, "b": 0.5, "other": 9.0}) == 2.0
    assert probability(0.0) == 0.5 and probability(1000.0) == 1.0 and probability(-1000.0) < 1e-200


@pytest.mark.parametrize(
    ("confidence", "certainty"),
    [(0.0, "no"), (0.19, "no"), (0.2, "maybe"), (0.59, "maybe"), (0.6, "sure"), (1.0, "sure")],
)
def test_certainty_has_three_steps(confidence: float, certainty: str) -> None:
    assert AnswerSettings(sure_from=0.6, min_confidence=0.2).certainty(confidence) == certainty
