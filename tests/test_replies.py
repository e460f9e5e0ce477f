import ast
import dataclasses
import io
import re
import string

import pytest
from rich.console import Console

from bot import replies
from bot.cards import View, answer_card, sources_card
from bot.chats import SentAnswer, SentQuote
from bot.config import NewsroomSettings
from bot.offers import news_card
from bot.terminal import quote_view
from bot.texts import ENGLISH, INDONESIAN, texts_for
from embeddings import Answer, Article, Certainty, News, Outlet, Quote, Summary
from embeddings.question.news import AskedNews
from tests.conftest import ROOT
from tests.telegram_server import parse_html

ARTICLE = Article(
    "a", "Camat <Sungai> & Raya, Fathul, hadir.", "Judul", "Kabar & Kita", "https://k.example/?a=1&b=2", "2023-07-17"
)
SUMMARY = Summary(5, 9, "2022-03-21", "2023-07-17")
QUOTE = Quote(ARTICLE, 0, 37, (23, 29), 0.9)


def answered(*quotes: Quote) -> Answer:
    return Answer("?", Certainty.SURE, 0.9, quotes)


def test_a_quote_is_escaped_its_answer_bold_and_its_source_dated_and_linked() -> None:
    assert replies.answer_message(answered(QUOTE), SUMMARY, INDONESIAN) == (
        "<blockquote>Camat &lt;Sungai&gt; &amp; Raya, <b>Fathul</b>, hadir.</blockquote>\n"
        '— Kabar &amp; Kita · 17 Juli 2023 · <a href="https://k.example/?a=1&amp;b=2">buka berita</a>'
    )


@pytest.mark.parametrize(("start", "page"), [(0, 1), (9, 1), (10, 3), (20, 4), (30, 4)])
def test_a_quote_from_a_document_names_the_page_on_which_it_begins(start: int, page: int) -> None:
    # The second page has no text.
    article = Article("a", "kata " * 8, source="Diskominfo", published="2024", pages=(10, 10, 20))
    quote = Quote(article, start, 40, None, 0.9)
    assert replies.quote_source(quote, INDONESIAN) == f"Diskominfo · 2024 · hlm. {page}"
    assert replies.quote_source(quote, ENGLISH) == f"Diskominfo · 2024 · p. {page}"
    assert f"hlm. {page}\n" in replies.answer_message(answered(quote), SUMMARY, INDONESIAN) + "\n"
    assert answered(quote).to_json()["quotes"][0]["page"] == page
    console = Console(file=io.StringIO(), width=80)
    console.print(quote_view(quote, INDONESIAN))
    assert f"— Diskominfo · 2024 · hlm. {page} " in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("published", "indonesian", "english"),
    [
        ("2023-07-07", "7 Juli 2023", "7 July 2023"),
        ("2023-12", "Desember 2023", "December 2023"),
        ("2023", "2023", "2023"),
        (None, "tanpa tanggal", "date unknown"),
    ],
)
def test_a_date_is_shown_only_as_exactly_as_it_is_known(published: str | None, indonesian: str, english: str) -> None:
    assert replies.date_text(published, INDONESIAN) == indonesian
    assert replies.date_text(published, ENGLISH) == english


def test_what_is_unknown_is_said_to_be_unknown() -> None:
    quote = Quote(Article("a", "Isi."), 0, 4, None, 0.9)
    assert replies.answer_message(answered(quote), SUMMARY, INDONESIAN) == (
        "<blockquote>Isi.</blockquote>\n— sumber tidak diketahui · tanpa tanggal"
    )


def test_a_card_that_answers_perhaps_says_so_first_and_marks_nothing() -> None:
    content = SentAnswer("?", True, (SentQuote.of(QUOTE),), "id", 3, maybe=True)
    for unfolded in (False, True):
        html, markup = answer_card("t" * 16, content, [QUOTE], SUMMARY, INDONESIAN, "bot", View(unfolded=unfolded))
        assert html == (
            "❔ Mungkin ini yang dicari:\n\n<blockquote>Camat &lt;Sungai&gt; &amp; Raya, Fathul, hadir.</blockquote>\n"
            '— Kabar &amp; Kita · 17 Juli 2023 · <a href="https://k.example/?a=1&amp;b=2">buka berita</a>'
        )
        assert markup is not None and [button.text for button in markup.inline_keyboard[-1]] == ["👍", "👎", "Laporkan"]


def test_above_what_answers_perhaps_stands_how_the_question_was_read_and_below_it_what_articles_tell() -> None:
    content = SentAnswer(
        "?", True, (SentQuote.of(QUOTE),), "en", 3, ("Camat: Fathul",), understood=("Period: 2023",), maybe=True
    )
    html, _ = answer_card("t" * 16, content, [QUOTE], SUMMARY, ENGLISH, "bot", View())
    assert html.startswith(
        "<i>Period: 2023</i>\n❔ This may be what you are looking for:\nCamat: Fathul\n\n<blockquote>Camat"
    )


def test_near_passages_are_labelled_as_near() -> None:
    message = replies.answer_message(
        Answer("?", Certainty.NO, 0.1, near=(QUOTE,)), Summary(30_340, 9, "2019-09-01", "2023"), INDONESIAN
    )
    assert message.startswith(
        "Maaf, saya belum menemukan jawabannya dalam 30.340 berita yang saya punya (2019–2023).\n\n"
        "Yang paling dekat, tetapi mungkin bukan jawabannya:\n\n<blockquote>"
    )


def test_without_any_article_it_says_so() -> None:
    message = replies.answer_message(Answer("?", Certainty.NO, 0.0), Summary(0, 0, None, None), INDONESIAN)
    assert message == "Maaf, belum ada berita yang bisa saya cari."


def test_a_long_quote_folds() -> None:
    quote = Quote(Article("a", "kata " * 200), 0, 999, None, 0.9)
    assert replies.answer_message(answered(quote), SUMMARY, INDONESIAN).startswith("<blockquote expandable>")


@pytest.mark.parametrize("character", ["a", "&", "😀", "é"])
@pytest.mark.parametrize("length", [1000, 2000, 4090, 10_000])
def test_no_message_is_longer_than_telegram_takes_and_every_part_is_verbatim(character: str, length: int) -> None:
    text = (character * 9 + " ") * (length // 10) + "Ali " + (character * 9 + " ") * (length // 10)
    start = text.index("Ali")
    quotes = [Quote(Article(f"a{n}", text), 0, len(text), (start, start + 3), 0.9) for n in range(3)]
    message = replies.answer_message(answered(*quotes), SUMMARY, INDONESIAN)
    assert replies.telegram_length(message) <= replies.MAX_MESSAGE_LENGTH
    assert "<b>Ali</b>" in message
    for block in message.split("<blockquote expandable>")[1:]:
        quoted = parse_html(block.split("</blockquote>")[0])
        assert quoted in text
        assert replies.telegram_length(quoted) > 600


def test_the_welcome_tells_how_much_there_is() -> None:
    assert "5 berita (2022–2023)." in replies.welcome_text(
        Summary(5, 9, "2022-03-21", "2023"), INDONESIAN, NewsroomSettings()
    )
    assert "1 berita." in replies.welcome_text(Summary(1, 1, None, None), INDONESIAN, NewsroomSettings())
    undated = Summary(5, 9, "2022-03-21", "2023", undated=1)
    named = replies.welcome_text(undated, INDONESIAN, NewsroomSettings(name="Warta Sriwijaya"))
    assert named.startswith("Halo! Saya Warta Sriwijaya.") and "5 berita (2022–2023, 1 tanpa tanggal)." in named
    own = replies.welcome_text(undated, INDONESIAN, NewsroomSettings(greeting="Selamat datang!"))
    assert own.startswith("Selamat datang!\n\nSaat ini ada 5 berita")
    assert replies.welcome_text(Summary(0, 0, None, None), INDONESIAN, NewsroomSettings()) == INDONESIAN.welcome_empty


def test_english_is_for_those_whose_telegram_is_english() -> None:
    assert [texts_for(code) for code in ("en", "en-US", "id", None, "ms")] == [
        ENGLISH, ENGLISH, INDONESIAN, INDONESIAN, INDONESIAN,
    ]  # fmt: skip


def test_both_languages_fill_every_field_with_the_same_placeholders() -> None:
    def placeholders(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for field in dataclasses.fields(INDONESIAN):
        indonesian, english = getattr(INDONESIAN, field.name), getattr(ENGLISH, field.name)
        assert indonesian and english
        if isinstance(indonesian, dict):
            assert indonesian.keys() == english.keys()
        elif isinstance(indonesian, str):
            assert placeholders(indonesian) == placeholders(english), field.name


def test_every_sentence_fits_where_telegram_shows_it() -> None:
    for texts in (INDONESIAN, ENGLISH):
        for sentence in (
            texts.ask_reason,
            texts.not_yours,
            texts.slow_down,
            texts.wish_noted,
            texts.expired,
            texts.settings_only_admins,
            texts.failed,
        ):
            assert len(sentence) <= 200
        assert len(texts.description) <= 512 and len(texts.short_description) <= 120
        assert len(texts.inline_none) <= 64 and len(texts.inline_empty) <= 64
        assert len(texts.inline_slow_down) <= 64


def test_no_sentence_stands_in_the_code() -> None:
    # What is logged is for the operator, and what is compared comes from Telegram; anything else people may see.
    for path in [*(ROOT / "bot" / "handlers").glob("*.py"), ROOT / "bot" / "cards.py", ROOT / "bot" / "replies.py"]:
        tree = ast.parse(path.read_text())
        spared: set[ast.AST] = set()
        for node in ast.walk(tree):
            called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            # What stands beside a level is logged.
            logged = isinstance(node, ast.Tuple) and any("logging." in ast.unparse(part) for part in node.elts)
            if docstring or logged or isinstance(node, ast.Compare) or called in ("info", "warning", "error", "search"):
                spared.update(ast.walk(node))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in spared:
                assert len(node.value.split()) < 3 or "<" in node.value, (path.name, node.value)


def test_in_the_place_of_a_headline_stands_a_beginning_of_whole_words() -> None:
    article = Article("a", "Pemerintah kecamatan membagikan bibit kepada kelompok tani. " * 9, published="2023")
    head = parse_html(news_card(News(AskedNews(), (article,)), INDONESIAN)[0]).split("\n")[2]
    beginning = head.removeprefix("1. ").removesuffix(" …")
    assert head.endswith(" …") and len(head) > 80 and article.text.startswith(f"{beginning} ")


def test_the_outlets_are_listed_page_by_page() -> None:
    outlets = [Outlet(f"Kabar {number}", 20 - number, "2023") for number in range(19)] + [Outlet(None, 1, None)]
    shown = []
    page: int | None = 0
    while page is not None:
        text, markup = sources_card(outlets, page, INDONESIAN)
        shown += [line for line in text.split("\n") if line.startswith("• ")]
        labels = [button.text for row in markup.inline_keyboard for button in row] if markup else []
        page = page + 1 if INDONESIAN.next_page in labels else None
    assert len(shown) == 20
    assert shown[0] == "• Kabar 0: 20 berita, terbaru 2023"
    assert shown[-1] == "• Sumber tidak diketahui: 1 berita"


def test_an_article_is_shown_whole_page_by_page() -> None:
    text = "\n\n".join(f"Alinea {number} & " + "kata " * 60 for number in range(40)).strip()
    article = Article("a", text, title="Judul <b>", source="Kabar")
    start: int | None = 0
    pages = []
    while start is not None:
        html, start = replies.article_page(article, start, INDONESIAN)
        assert replies.telegram_length(html) <= replies.MAX_MESSAGE_LENGTH
        body = re.search("<blockquote expandable>(.*)</blockquote>", html, re.DOTALL)
        assert body is not None
        pages.append(parse_html(body[1]))
    assert len(pages) > 2
    assert "".join("".join(pages).split()) == "".join(text.split())
