"""Laws that hold for whatever is asked and whatever an article says; `make test-long` tries many more of each."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot import replies
from bot.cards import View, answer_card, article_card, sources_card
from bot.chats import SentAnswer, SentQuote
from bot.heads import heads
from bot.small_talk import small_talk
from bot.texts import ENGLISH, INDONESIAN, Texts
from embeddings import Answer, Article, Certainty, KnowledgeBase, Outlet, Quote, Summary, Turn
from tests.telegram_server import parse_html

SUMMARY = Summary(5, 9, "2022-03-21", "2023")
# Whatever Python holds as text and UTF-8 can carry, with what markup and Indonesian news are made of more often.
TEXT = st.text(st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from("<>&\"' \n.,()0123456789aeiou😀")))
WORDS = st.lists(
    st.sampled_from(
        "siapa kapan di mana berapa camat bupati kepala desa rakor rapat Sungai Raya Banyuasin Tanjung Lago tahun 2023 "
        "kemarin sebelum Juli kalau itu wakilnya dan , ? ! . ( ) \" ' 17/7/2023 dr. H. S.Sos. min dong".split()
    ),
    max_size=30,
).map(" ".join)
DATES = st.sampled_from([None, "2023", "2023-07", "2023-07-17"])


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text = draw(TEXT.filter(lambda text: text.strip() != "")) * draw(st.sampled_from([1, 1, 1, 40, 400]))
    maybe = st.one_of(st.none(), TEXT.map(lambda text: text * 20))
    return Article("id", text, draw(maybe), draw(maybe), draw(maybe), draw(DATES), draw(maybe))


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    article = draw(articles())
    start = draw(st.integers(0, len(article.text) - 1))
    end = draw(st.integers(start + 1, len(article.text)))
    first = draw(st.integers(start, end - 1))
    answer = draw(st.one_of(st.none(), st.just((first, draw(st.integers(first + 1, end))))))
    return Quote(article, start, end, answer, draw(st.floats(0, 1)))


def assert_telegram_takes(html: str) -> str:
    text = parse_html(html)
    assert 1 <= replies.telegram_length(text) <= replies.MAX_MESSAGE_LENGTH
    return text


@given(st.lists(quotes(), min_size=1, max_size=4), st.booleans(), st.sampled_from([INDONESIAN, ENGLISH]))
def test_every_answer_is_a_message_that_telegram_takes_and_quotes_only_what_stands_in_the_article(
    found: list[Quote], answered: bool, texts: Texts
) -> None:
    answer = Answer(
        "?",
        Certainty.SURE if answered else Certainty.NO,
        0.9,
        tuple(found) if answered else (),
        () if answered else tuple(found),
    )
    html = replies.answer_message(answer, SUMMARY, texts)
    assert_telegram_takes(html)
    for block in re.findall(r"<blockquote(?: expandable)?>(.*?)</blockquote>", html, re.DOTALL):
        assert any(parse_html(block) in quote.text for quote in found)


@given(
    st.lists(quotes(), min_size=1, max_size=4),
    st.sampled_from(["sure", "maybe", "no"]),
    st.integers(0, 999),
    st.booleans(),
    st.booleans(),
)
def test_every_card_is_one_that_telegram_takes_whatever_its_button_carried(
    found: list[Quote], certainty: str, page: int, unfolded: bool, reporting: bool
) -> None:
    sent, maybe = tuple(map(SentQuote.of, found)), certainty == "maybe"
    content = SentAnswer("q", certainty != "no", sent, "id", 1, typed="t", of_period=True, maybe=maybe)
    view = View(page, unfolded, reporting)
    html, markup = answer_card("A" * 16, content, found, SUMMARY, INDONESIAN, "warta_bot", view)
    assert_telegram_takes(html)
    for button in (button for row in markup.inline_keyboard for button in row):
        assert 1 <= len((button.callback_data or "x").encode()) <= 64
        assert button.copy_text is None or replies.telegram_length(button.copy_text.text) <= 256


@given(articles(), st.integers(0, 10**9))
def test_every_page_of_an_article_is_a_message_and_the_pages_come_to_an_end(article: Article, start: int) -> None:
    html, _ = article_card(article, start, INDONESIAN)
    assert_telegram_takes(html)
    pages = 0
    following: int | None = 0
    while following is not None:
        page, after = replies.article_page(article, following, INDONESIAN)
        assert_telegram_takes(page)
        assert after is None or after > following
        following, pages = after, pages + 1
    assert pages <= 2 + 3 * len(article.text.encode("utf-16-le")) // 1000


@given(
    st.lists(st.builds(Outlet, st.one_of(st.none(), TEXT), st.integers(0, 10**6), DATES), max_size=30), st.integers(0)
)
def test_every_page_of_the_outlets_is_a_message(outlets: list[Outlet], page: int) -> None:
    text, _ = sources_card(outlets, page, INDONESIAN)
    assert 1 <= replies.telegram_length(text) <= replies.MAX_MESSAGE_LENGTH


@given(st.one_of(TEXT, WORDS), st.one_of(TEXT, WORDS))
def test_any_question_is_answered_with_quotes_of_the_archive_or_with_none(
    knowledge: KnowledgeBase, question: str, before: str
) -> None:
    small_talk(question, INDONESIAN)
    answer = knowledge.answer(question[:1000], before=Turn(before[:1000]))
    assert answer.answered == bool(answer.quotes)
    for quote in (*answer.quotes, *answer.near):
        assert quote.text.strip() and 0 <= quote.start < quote.end <= len(quote.article.text)
    assert_telegram_takes(replies.answer_message(answer, SUMMARY, INDONESIAN, heads(answer, INDONESIAN)))
