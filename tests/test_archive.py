"""Administrators add and remove articles from their private chats, and take either back."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from bot.chats import FILE_NAME, Chats
from embeddings import Article, Change, KnowledgeBase
from tests.bot_process import Bot, running_bot, wait_until
from tests.telegram_server import OTHER, PERSON
from tests.test_administrators import ADMINISTRATOR
from tests.test_telegram import buttons, card, press
from tests.web_server import WebServer, article_page, feed

Json = dict[str, Any]

RAKOR = b"""---
title: Rakor Tanjung Mentari bahas banjir
source: Kabar Muara Kita
published: 2024-03-12
---
Camat Tanjung Mentari, Rahmat Hidayatullah, membuka rapat koordinasi di aula kecamatan, Selasa (12/3/2024).

Rapat itu dihadiri sebelas kepala desa dan membahas tanggul yang jebol pada awal bulan.
"""
QUESTION = "siapa camat tanjung mentari?"


def of_id(id: str, document: bytes) -> bytes:
    return document.replace(b"---\n", f"---\nid: {id}\n".encode(), 1)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("archive")
    with running_bot(folder, administrators="[700]", digest_day='"never"', max_file_mb=1) as running:
        yield running


def send(bot: Bot, name: str, content: bytes, **fields: Any) -> Json:
    """An administrator sends a file; the message that tells what was done with it."""
    return done(bot, bot.server.send_file(name, content, ADMINISTRATOR, **fields))


def done(bot: Bot, asked: int) -> Json:
    """The message that tells what was done with what this message asked for."""

    def last() -> Json:
        said = [one for one in list(bot.server.messages[700].values()) if one["message_id"] > asked]
        return said[-1] if said else {"text": ""}

    wait_until(lambda: last()["text"] and "sedang dibaca" not in last()["text"])
    return dict(last())


def pressed(bot: Bot, label: str, message: Json) -> Json:
    """The message after an administrator has pressed a button under it."""
    press(bot, label, message, ADMINISTRATOR)
    wait_until(lambda: bot.server.messages[700][message["message_id"]]["text"] != message["text"])
    return dict(bot.server.messages[700][message["message_id"]])


@pytest.mark.slow
def test_a_file_is_added_answered_from_taken_back_and_restored(bot: Bot) -> None:
    message = send(bot, "Rakor 12 Maret.txt", RAKOR)
    assert message["text"] == (
        "Ditambahkan:\nRakor Tanjung Mentari bahas banjir\nKabar Muara Kita · 12 Maret 2024 · 1 bagian"
    )
    assert "Rahmat Hidayatullah" in card(bot, QUESTION)["text"]
    message = pressed(bot, "Urungkan", message)
    assert message["text"].startswith("Dihapus:\nRakor Tanjung Mentari")
    assert "Rahmat Hidayatullah" not in card(bot, QUESTION)["text"]
    message = pressed(bot, "Urungkan", message)
    assert message["text"].startswith("Dikembalikan:\nRakor Tanjung Mentari")
    assert "Rahmat Hidayatullah" in card(bot, QUESTION)["text"]
    assert send(bot, "Rakor 12 Maret.txt", RAKOR)["text"].startswith("Sudah ada, tidak berubah:\nRakor Tanjung")
    pressed(bot, "Urungkan", message)


@pytest.mark.slow
def test_a_changed_article_takes_the_place_of_the_one_with_its_id_and_comes_back(bot: Bot) -> None:
    first = send(bot, "a.txt", of_id("rakor-mentari", RAKOR))
    assert first["text"].startswith("Ditambahkan:")
    second = send(bot, "b.txt", of_id("rakor-mentari", RAKOR).replace(b"Rahmat Hidayatullah", b"Siti Maulidya"))
    assert second["text"].startswith("Diperbarui:")
    assert "Siti Maulidya" in card(bot, QUESTION)["text"]
    # What has been changed since is not taken back.
    assert "it has been changed since" in pressed(bot, "Urungkan", first)["text"]
    assert pressed(bot, "Urungkan", second)["text"].startswith("Dikembalikan:")
    assert "Rahmat Hidayatullah" in card(bot, QUESTION)["text"]


@pytest.mark.slow
def test_several_articles_of_one_file_are_added_and_taken_back_together(bot: Bot) -> None:
    lines = [
        f'{{"id": "kilas-{n}", "title": "Kilas {n}", "text": "Warga desa {n} bergotong royong."}}' for n in range(7)
    ]
    message = send(bot, "kilas.jsonl", "\n".join([*lines, "{"]).encode())
    assert message["text"].startswith("Ditambahkan:\nKilas 0\n") and "… dan 2 berita lagi." in message["text"]
    assert "Tidak bisa diproses:" in message["text"]
    assert pressed(bot, "Urungkan", message)["text"].count("Kilas") == 5
    articles = KnowledgeBase(bot.folder).store.known_articles()
    assert not any(id.startswith("kilas-") for id in articles)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("gambar.xyz", b"\0\1\2", "not an article file"),
        ("kosong.txt", b"  \n", "Tidak bisa diproses:"),
        ("antara.txt", of_id("antara-rakor-sungai-raya", RAKOR), "this article is in a file"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_reason(bot: Bot, name: str, content: bytes, reason: str) -> None:
    message = send(bot, name, content)
    assert reason in message["text"] and "Urungkan" not in str(message.get("reply_markup"))


@pytest.mark.slow
def test_a_file_that_is_too_large_is_not_even_downloaded(bot: Bot) -> None:
    before = len(bot.server.called("getFile", 0))
    bot.server.send_file("besar.txt", b"x" * (1024 * 1024 + 1), ADMINISTRATOR)
    bot.server.message_with("paling besar 1 MB", 700)
    assert len(bot.server.called("getFile", 0)) == before


@pytest.mark.slow
def test_a_file_that_telegram_does_not_give_can_be_sent_again(bot: Bot) -> None:
    bot.server.fail_next("getFile", 400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    bot.server.send_file("a.txt", RAKOR, ADMINISTRATOR)
    bot.server.message_with("tidak bisa diunduh", 700)


@pytest.mark.slow
def test_tambah_adds_the_file_of_the_message_that_it_replies_to(bot: Bot) -> None:
    other = bot.server.send_file("nanti.txt", RAKOR, ADMINISTRATOR, delivered=False)
    message = done(bot, bot.server.say("/tambah", ADMINISTRATOR, reply_to=other))
    assert message["text"].startswith("Ditambahkan:\nRakor Tanjung Mentari")
    pressed(bot, "Urungkan", message)
    assert "Kirim berkas atau tautan" in bot.ask("/tambah", ADMINISTRATOR)["text"]


@pytest.mark.slow
def test_an_article_is_removed_by_words_of_its_title_once_it_is_confirmed_and_restored(bot: Bot) -> None:
    question = "Siapa camat Sungai Raya?"
    bot.ask("/hapus RAKOR sungai raya", ADMINISTRATOR)
    message = bot.server.last_message(700)
    assert message["text"].startswith("Hapus berita ini?\nBupati HSS minta aparat desa")
    assert "Berkasnya tetap ada di server" in message["text"]
    assert "Fathul Mushalli" in card(bot, question)["text"]
    message = pressed(bot, "Ya, hapus", dict(message))
    assert message["text"].startswith("Dihapus:\nBupati HSS minta")
    assert "Fathul Mushalli" not in card(bot, question)["text"]
    assert pressed(bot, "Urungkan", message)["text"].startswith("Dikembalikan:\nBupati HSS minta")
    assert "Fathul Mushalli" in card(bot, question)["text"]
    # It belongs to its file as before.
    restored = KnowledgeBase(bot.folder).store.article("antara-rakor-sungai-raya")
    assert restored is not None and (restored.path or "").endswith("antara-rakor-sungai-raya.md")


@pytest.mark.slow
def test_which_of_several_articles_is_asked_and_nothing_is_removed_without_a_yes(bot: Bot) -> None:
    bot.ask("/hapus rakor", ADMINISTRATOR)
    message = dict(bot.server.last_message(700))
    assert "berita yang cocok" in message["text"]
    title = next(label for label in buttons(message) if "Sungai Raya" in label or "HSS" in label)
    message = pressed(bot, title, message)
    assert message["text"].startswith("Hapus berita ini?")
    assert pressed(bot, "Batal", message)["text"] == "Baik, tidak ada yang dihapus."
    link = buttons(card(bot, "Siapa camat Sungai Raya?"))["Buka berita"]["url"]
    assert "Hapus berita ini?" in bot.ask(f"/hapus {link}", ADMINISTRATOR)["text"]
    assert "Tidak ada berita" in bot.ask("/hapus https://tidak.example/ada", ADMINISTRATOR)["text"]
    assert "Tulis tautan atau" in bot.ask("/hapus", ADMINISTRATOR)["text"]


@pytest.mark.slow
def test_nobody_else_adds_or_removes_anything(bot: Bot) -> None:
    articles = KnowledgeBase(bot.folder).store.known_articles()
    before = len(bot.server.sent(0, OTHER["id"]))
    bot.server.send_file("a.txt", RAKOR, OTHER)
    assert "hanya bisa membaca tulisan" in bot.server.sent(before + 1, OTHER["id"])[-1]["text"]
    assert bot.ask("/hapus rakor", OTHER)["text"] == bot.ask("/tidakada", OTHER)["text"]
    bot.ask("/hapus RAKOR sungai raya", ADMINISTRATOR)
    message = bot.server.last_message(700)
    forged = {**message, "chat": {"id": OTHER["id"], "type": "private", "first_name": "Siti"}}
    for shown in (message, forged):
        assert "kedaluwarsa" in press(bot, "Ya, hapus", shown, OTHER)["text"]
    data = buttons(message)["Ya, hapus"]["callback_data"]
    for wrong in ("op:", "op:undo:" + "x" * 16, "op:remove:" + "0" * 16, data + "0"):
        query = bot.server.press(wrong, message, ADMINISTRATOR)
        wait_until(lambda query=query: any(  # type: ignore[misc]
            call["callback_query_id"] == query for call in bot.server.called("answerCallbackQuery", 0)
        ))  # fmt: skip
    assert KnowledgeBase(bot.folder).store.known_articles() == articles


@pytest.mark.slow
def test_while_another_run_indexes_the_file_is_refused_with_the_way_out(bot: Bot) -> None:
    with FileLock(bot.folder / "indexing.lock"):
        assert "Another `wartabot index`" in send(bot, "a.txt", RAKOR + b"\n\nSelesai.")["text"]


@pytest.mark.slow
def test_questions_are_answered_while_a_large_file_is_taken_in(bot: Bot) -> None:
    sentences = " ".join(f"Warga rukun tetangga {number} menanam padi di lahan desa." for number in range(40))
    lines = [f'{{"id": "besar-{n}", "text": "Dusun {n}. {sentences}"}}' for n in range(60)]
    asked = bot.server.send_file("besar.jsonl", "\n".join(lines).encode(), ADMINISTRATOR)
    bot.server.message_with("sedang dibaca", 700)
    waited = []
    while "sedang dibaca" in bot.server.last_message(700)["text"]:
        begin = time.monotonic()
        assert "Fathul Mushalli" in bot.ask("Siapa camat Sungai Raya?", PERSON)["text"]
        waited.append(time.monotonic() - begin)
        # Nobody asks without a pause, which would hold up the file, not the answers.
        time.sleep(1)
    assert len(waited) >= 2 and max(waited) < 10
    pressed(bot, "Urungkan", done(bot, asked))


def editors(bot: Bot) -> list[int]:
    """The processes in which the bot changes articles."""
    children = Path(f"/proc/{bot.process.pid}/task/{bot.process.pid}/children").read_text().split()
    with contextlib.suppress(OSError):
        return [int(child) for child in children if b"editing" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return []


@pytest.mark.slow
def test_a_process_that_is_killed_costs_this_file_alone(bot: Bot) -> None:
    lines = [f'{{"id": "mati-{n}", "text": "{"Sawah dibajak lagi. " * 400}"}}' for n in range(100)]
    bot.server.send_file("mati.jsonl", "\n".join(lines).encode(), ADMINISTRATOR)
    wait_until(lambda: editors(bot))
    os.kill(editors(bot)[0], signal.SIGKILL)
    bot.server.message_with("gagal diproses", 700)
    message = send(bot, "a.txt", RAKOR)
    assert message["text"].startswith(("Ditambahkan:", "Sudah ada"))


# --- from the web ---------------------------------------------------------------------------------------------

FETCHING = "[fetching]\nloopback_for_tests = true\ndelay_seconds = 0\n"
SENTENCES = (
    "Camat Sungai Embun, Taufik Ramadhani, meresmikan jembatan gantung di Desa Lubuk Rukam, Rabu (20/5/2026).",
    "Jembatan sepanjang enam puluh meter itu menghubungkan dua dusun yang selama ini dipisahkan sungai.",
    "Warga menyambutnya dengan doa bersama dan makan siang di balai desa setelah upacara selesai.",
)


@pytest.mark.slow
def test_a_link_is_fetched_added_and_taken_back_and_sources_are_read_when_asked(tmp_path: Path) -> None:
    with WebServer().running() as web:
        link = web.add("/jembatan", article_page("Camat resmikan jembatan gantung", *SENTENCES))
        other = web.add("/pasar", article_page("Pasar Lubuk dibuka lagi", *reversed(SENTENCES)))
        rss = web.add("/feed", feed((other, "Pasar Lubuk dibuka lagi", "Wed, 20 May 2026 08:00:00 +0700")))
        sources = [f'[[sources]]\nurl = "{url}"\nevery = 500000\n' for url in (rss, f"{web.url}/rusak")]
        tables = FETCHING + "".join(sources)
        with running_bot(tmp_path, further=tables, administrators="[700]", digest_day='"never"') as bot:
            message = done(bot, bot.server.say(link, ADMINISTRATOR))
            assert message["text"].startswith("Ditambahkan:\nCamat resmikan jembatan gantung\nKabar Musi · 20 Mei 2026")
            assert "Taufik Ramadhani" in card(bot, "siapa camat sungai embun?")["text"]
            # Another link to the same article.
            web.pages["/jembatan?utm_source=wa"] = web.pages["/jembatan"]
            again = done(bot, bot.server.say(f"/tambah {link}?utm_source=wa", ADMINISTRATOR))
            assert again["text"].startswith("Sudah ada, tidak berubah:")
            assert "Hapus berita ini?" in bot.ask(f"/hapus {link}", ADMINISTRATOR)["text"]
            assert pressed(bot, "Urungkan", message)["text"].startswith("Dihapus:")
            missing = done(bot, bot.server.say(f"{web.url}/tidak-ada", ADMINISTRATOR))
            assert "answered 404" in missing["text"]
            bot.server.say("/sinkron", ADMINISTRATOR)
            told = bot.server.message_with("Sumber sudah dibaca:", 700, timeout=60)["text"]
            assert rss in told
            assert f"• {web.url}/rusak: 127.0.0.1 answered 404" in bot.ask("/stat", ADMINISTRATOR)["text"]
            assert any(article.url == other for article in KnowledgeBase(tmp_path).store.articles())


@pytest.mark.slow
def test_a_link_into_the_servers_own_network_is_not_fetched(bot: Bot) -> None:
    with WebServer().running() as web:
        link = web.add("/rahasia", article_page("Rahasia", *SENTENCES))
        message = done(bot, bot.server.say(link, ADMINISTRATOR))
        assert "Tidak bisa diproses:" in message["text"] and web.asked == []
    assert "Belum ada sumber di pengaturan" in bot.ask("/sinkron", ADMINISTRATOR)["text"]


@pytest.mark.slow
def test_a_link_of_whoever_is_no_administrator_is_a_question_like_any_other(bot: Bot) -> None:
    assert "tidak ada dalam arsip" in bot.ask("https://kabar.example/jembatan", OTHER)["text"]


@pytest.mark.slow
def test_what_was_changed_can_be_taken_back_for_so_many_days_by_whoever_changed_it(tmp_path: Any) -> None:
    chats = Chats(tmp_path / FILE_NAME)
    token = chats.administration.keep_change(700, b"[]")
    assert chats.administration.change(700, token) == b"[]" and chats.administration.change(701, token) is None
    chats.database.do("UPDATE changes SET made = made - 31 * 86400")
    chats.forget_old(30)
    assert chats.administration.change(700, token) is None


def test_an_edit_in_which_nothing_is_left_to_do_changes_nothing(tmp_path: Any, encoder: Any) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    added = knowledge.add_document("rakor.txt", RAKOR)
    assert [change.before for change in added.changes] == [None] and not added.refused
    again = knowledge.add_document("rakor.txt", RAKOR)
    assert again.changes == () and [article.title for article in again.unchanged] == [added.changes[0].after.title]  # type: ignore[union-attr]
    undone = knowledge.revert(added.changes)
    assert knowledge.summary().articles == 0 and undone.changes == (Change(added.changes[0].after, None),)
    assert knowledge.revert(added.changes).changes == ()
    assert knowledge.revert(undone.changes).changes == added.changes


def test_two_documents_of_one_name_are_two_articles(tmp_path: Any, encoder: Any) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    for content in (RAKOR, RAKOR.replace(b"banjir", b"jalan")):
        knowledge.add_document("surat.txt", content)
    assert knowledge.summary().articles == 2


def test_more_articles_than_can_be_taken_back_at_once_are_refused_whole(tmp_path: Any, encoder: Any) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    lines = "\n".join(f'{{"id": "{n}", "text": "Warga {n} rapat."}}' for n in range(201))
    refused = knowledge.add_document("semua.jsonl", lines.encode()).refused
    assert "more than 200 articles" in refused[0].reason and knowledge.summary().articles == 0


def test_titles_are_found_by_all_their_words_whatever_these_are(tmp_path: Any, encoder: Any) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    knowledge.add([Article("a", "Isi.", "Rakor 100% Selesai"), Article("b", "Isi lain.", None)])
    assert [one.id for one in knowledge.store.titled(["RAKOR", "100%"], 5)] == ["a"]
    for words in (["%"], ["_akor"], ["'"], ["rakor", "batal"]):
        assert [one.id for one in knowledge.store.titled(words, 5)] == (["a"] if words == ["%"] else [])
    assert knowledge.store.titled([], 5) == []
