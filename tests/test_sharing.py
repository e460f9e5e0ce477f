"""A quote is passed on whole, with its source, and with a link that reads on."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.cards import View, answer_card
from bot.chats import Judged, SentAnswer, SentQuote
from bot.sharing import MAX_LINK_LENGTH, copy_button, quote_with_source, whatsapp_link
from bot.texts import INDONESIAN
from embeddings import Article, Quote, Summary

TEXT = "Camat Sungai Raya, Fathul, membagikan 313 paket “bibit” & pupuk."
ARTICLE = Article("a", TEXT, "Judul", "Kabar & Kita", None, "2023-07-17")
QUOTE = Quote(ARTICLE, 0, len(TEXT), None, 0.9)


def sent_by_whatsapp(link: str) -> str:
    assert link.startswith("https://wa.me/?text=") and len(link) <= MAX_LINK_LENGTH
    (text,) = parse_qs(urlsplit(link).query)["text"]
    return text


def test_whatsapp_gets_the_quote_its_source_and_where_to_read_on() -> None:
    lines = sent_by_whatsapp(whatsapp_link(QUOTE, INDONESIAN, "warta_bot")).split("\n")
    assert lines[:2] == [f"“{TEXT}”", "— Kabar & Kita · 17 Juli 2023"]
    assert lines[2].startswith("https://t.me/warta_bot?start=t")


@pytest.mark.parametrize("text", ["Kata & kata. " * 300, "é" * 90 + " dan " + "ü" * 4000])
def test_a_quote_too_long_for_a_link_ends_with_a_word_and_says_so(text: str) -> None:
    quote = Quote(Article("a", text.strip(), url="https://kabar.example/1"), 0, len(text.strip()), None, 0.9)
    first, *_, last = sent_by_whatsapp(whatsapp_link(quote, INDONESIAN, "warta_bot")).split("\n")
    words, _, note = first.removeprefix("“").partition("”")
    assert note == f" {INDONESIAN.shortened}" and last == "https://kabar.example/1"
    assert words and text.startswith(words + " ")


def test_the_copy_button_copies_quote_and_source_or_opens_them_where_they_are_too_long() -> None:
    copied = copy_button(QUOTE, "t" * 16, 0, INDONESIAN, "warta_bot").copy_text
    assert copied is not None and copied.text == quote_with_source(QUOTE, INDONESIAN)
    text = "Camat hadir. " * 19
    long = Quote(Article("a", text, source="Kabar"), 0, len(text) - 1, None, 0.9)
    assert copy_button(long, "t" * 16, 2, INDONESIAN, "warta_bot").url == f"https://t.me/warta_bot?start=c{'t' * 16}2"


def labels(view: View) -> list[list[str]]:
    content = SentAnswer("?", True, (SentQuote.of(QUOTE),), "id", 1)
    _, markup = answer_card("t" * 16, content, [QUOTE], Summary(5, 9, None, None), INDONESIAN, "bot", view)
    assert markup is not None
    return [[button.text for button in row] for row in markup.inline_keyboard]


def test_a_private_card_shows_what_its_asker_has_said_and_one_in_a_group_how_many_have_voted() -> None:
    judged = Judged(good=2, bad=1, vote="bad", reason="old")
    assert labels(View(judged=judged))[-1] == ["👍", "👎 ✓", "Laporkan ✓"]
    assert labels(View(judged=judged, for_all=True))[-1] == ["👍 2", "👎 1", "Laporkan"]
    assert labels(View(judged=judged, reporting=True)) == [
        ["Salah orang", "Salah tempat"], ["Sudah usang ✓", "Tidak menjawab"], ["Batalkan laporan", "Kembali"],
    ]  # fmt: skip


def test_what_may_be_no_answer_is_not_offered_to_be_passed_on() -> None:
    assert labels(View())[:2] == [["Selengkapnya", "Buka berita"], ["Salin", "Bagikan", "WhatsApp"]]
    near = SentAnswer("?", False, (SentQuote.of(QUOTE),), "id", 1)
    _, markup = answer_card("t" * 16, near, [QUOTE], Summary(5, 9, None, None), INDONESIAN, "bot", View())
    assert markup is not None and not any(b.text == "Bagikan" for row in markup.inline_keyboard for b in row)
