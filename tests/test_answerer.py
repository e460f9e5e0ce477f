import tomllib
from pathlib import Path
from typing import Any

import pytest

from embeddings import AnswerSettings, Article, Encoder, KnowledgeBase, KnowledgeSettings, QuestionTooLong, Quote
from embeddings.answers.probability import Reading
from embeddings.answers.quotes import choose_quotes
from embeddings.answers.reader import Reader
from embeddings.evaluation.questions import evaluate
from embeddings.indonesian.sentences import split_sentences
from embeddings.types import Passage
from tests.conftest import SEEDS

FURTHER_QUESTIONS = Path(__file__).parent / "further_questions.jsonl"
QUESTIONS: list[dict[str, Any]] = tomllib.loads((SEEDS / "questions.toml").read_text())["question"]


ANSWERED = [asked for asked in QUESTIONS if "article" in asked]
UNANSWERED = [asked for asked in QUESTIONS if "article" not in asked]


@pytest.mark.parametrize("asked", ANSWERED, ids=lambda asked: asked["question"])
def test_the_first_quote_or_the_nearest_passage_is_the_right_one(
    knowledge: KnowledgeBase, asked: dict[str, Any]
) -> None:
    answer = knowledge.answer(asked["question"])
    first = (answer.quotes or answer.near)[0]
    assert first.article.id == asked["article"]
    assert any(wanted in first.text for wanted in asked["answers"])


def test_most_questions_that_the_seeds_answer_are_answered(knowledge: KnowledgeBase) -> None:
    answered = [asked["question"] for asked in ANSWERED if knowledge.answer(asked["question"]).answered]
    assert len(answered) >= 0.75 * len(ANSWERED), answered


@pytest.mark.parametrize("asked", UNANSWERED, ids=lambda asked: asked["question"])
def test_what_the_seeds_do_not_answer_gets_an_honest_no(knowledge: KnowledgeBase, asked: dict[str, Any]) -> None:
    answer = knowledge.answer(asked["question"])
    assert not answer.answered and answer.quotes == ()


@pytest.mark.slow
def test_of_further_questions_most_are_answered_rightly_and_few_falsely(knowledge: KnowledgeBase) -> None:
    outcomes = evaluate(knowledge, FURTHER_QUESTIONS).outcomes
    assert len(outcomes) == 168
    assert sum(outcome.right for outcome in outcomes) >= 52
    false = {
        outcome.question.question: outcome.sure
        for outcome in outcomes
        if not outcome.question.answerable and outcome.answered
    }
    assert sum(false.values()) <= 2 and len(false) <= 10, false


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_every_quote_is_a_slice_of_its_stored_article_made_of_whole_sentences(
    knowledge: KnowledgeBase, asked: dict[str, Any]
) -> None:
    answer = knowledge.answer(asked["question"])
    for quote in (*answer.quotes, *answer.near):
        stored = knowledge.store.article(quote.article.id)
        assert stored is not None
        assert quote.text == stored.text[quote.start : quote.end]
        sentences = split_sentences(stored.text)
        assert quote.start in {start for start, _ in sentences} and quote.end in {end for _, end in sentences}
        if quote.answer:
            assert quote.start <= quote.answer[0] < quote.answer[1] <= quote.end


def test_the_answering_words_are_marked_where_they_are_known(knowledge: KnowledgeBase) -> None:
    marked = {}
    for question in ("Siapa camat Sungai Raya?", "Kapan rakor Tanjung Lago?", "Berapa jumlah penduduk Banyuasin?"):
        quote = knowledge.answer(question).quotes[0]
        assert quote.answer is not None
        marked[question] = quote.article.text[slice(*quote.answer)]
    assert marked["Siapa camat Sungai Raya?"] == "Fathul Mushalli"
    assert "17/7/2023" in marked["Kapan rakor Tanjung Lago?"] and len(marked["Kapan rakor Tanjung Lago?"]) < 25
    assert marked["Berapa jumlah penduduk Banyuasin?"] in ("837.062", "837.062 jiwa")


def test_up_to_three_quotes_that_do_not_overlap_come_best_first(knowledge: KnowledgeBase) -> None:
    quotes = knowledge.answer("Berapa jumlah kecamatan di Banyuasin?").quotes
    assert 1 <= len(quotes) <= 3
    spans = [(quote.article.id, quote.start, quote.end) for quote in quotes]
    assert len(set(spans)) == len(spans)


@pytest.mark.parametrize("question", ["", "   ", "?!", "😀😀", "siapa?"])
def test_a_question_that_asks_nothing_is_not_answered(knowledge: KnowledgeBase, question: str) -> None:
    answer = knowledge.answer(question)
    assert (answer.answered, answer.confidence, answer.quotes, answer.near) == (False, 0.0, (), ())


def test_a_question_of_ten_thousand_characters_is_refused_with_its_length(knowledge: KnowledgeBase) -> None:
    with pytest.raises(QuestionTooLong, match="10000 characters; at most 1000"):
        knowledge.answer("a" * 10_000)


def test_what_has_nothing_to_do_with_the_articles_is_near_none_of_them(knowledge: KnowledgeBase) -> None:
    assert knowledge.answer("Bagaimana cara membuat rendang?").near == ()
    assert len(knowledge.answer("Apa tema rakor Rantau Bayur?").near) > 0


def test_below_the_configured_confidence_quotes_are_only_near(
    seeds_data: Path, encoder: Encoder, reader: Reader
) -> None:
    settings = KnowledgeSettings(answers=AnswerSettings(min_confidence=1.0))
    answer = KnowledgeBase(seeds_data, settings, encoder=encoder, reader=reader).answer("Siapa camat Sungai Raya?")
    assert not answer.answered and answer.quotes == ()
    assert "Fathul Mushalli" in answer.near[0].text


def test_an_empty_knowledge_base_answers_nothing(tmp_path: Path, encoder: Encoder, reader: Reader) -> None:
    answer = KnowledgeBase(tmp_path, encoder=encoder, reader=reader).answer("Siapa camat Sungai Raya?")
    assert (answer.answered, answer.quotes, answer.near) == (False, (), ())


def reading(article: Article, sentence: str, probability: float = 0.9) -> Reading:
    start = article.text.index(sentence)
    span = (start, start + len(sentence))
    return Reading(Passage(1, article, 0, len(article.text)), span, span, probability)


@pytest.mark.parametrize(
    "leaning",
    ["Ia berterima kasih.", "Menurutnya semua baik.", "Hal itu penting.", "Rapat tersebut selesai.", "Dia pun hadir."],
)
def test_a_sentence_that_leans_on_the_one_before_takes_it_along(leaning: str) -> None:
    article = Article("a", f"Judul kegiatan. Camat Umar membuka rapat. {leaning} Selesai.")
    assert choose_quotes([reading(article, leaning)], 1, 0.0)[0].text == f"Camat Umar membuka rapat. {leaning}"


@pytest.mark.parametrize("own", ["Camat Ali hadir.", "Sementara itu, Camat Ali hadir.", "Iain Raden Fatah hadir."])
def test_a_sentence_that_stands_alone_is_quoted_alone(own: str) -> None:
    article = Article("a", f"Camat Umar membuka rapat. {own}")
    assert choose_quotes([reading(article, own)], 1, 0.0)[0].text == own


def quotes_of(*found: tuple[str, str | None, float]) -> list[Quote]:
    readings = [
        reading(Article(f"a{number}", text, published=published), text, probability)
        for number, (text, published, probability) in enumerate(found)
    ]
    return list(choose_quotes(readings, 3, 0.25))


def test_of_two_equally_good_quotes_the_newer_comes_first() -> None:
    quotes = quotes_of(("Camat Ali.", "2021", 0.90), ("Camat Umar.", "2023-05", 0.88), ("Camat Adi.", None, 0.87))
    assert [quote.text for quote in quotes] == ["Camat Umar.", "Camat Ali.", "Camat Adi."]


def test_a_newer_quote_does_not_bury_a_better_one() -> None:
    assert [quote.text for quote in quotes_of(("Baik.", "2021", 0.9), ("Kurang.", "2023", 0.7))] == ["Baik.", "Kurang."]


def test_a_copy_of_a_quote_is_not_shown_twice_and_a_poor_one_not_at_all() -> None:
    quotes = quotes_of(("Camat Ali.", "2021", 0.9), ("Camat Ali.", "2020", 0.8), ("Entah.", "2023", 0.1))
    assert [quote.text for quote in quotes] == ["Camat Ali."]
