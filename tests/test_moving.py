"""`wartabot move`: all rows arrive, a kill costs nothing, and nothing that is there is written over."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from bot.chats import Chats
from bot.chats.moving import TABLES as CHAT_TABLES
from bot.chats.moving import _Side, move_chats
from embeddings import (
    Article,
    SourceHealth,
    Store,
    StoreSettings,
    StoreUnusable,
    move_store,
    open_store,
)
from embeddings.storage.moving import ARTICLE_TABLES, _pages
from embeddings.storage.sources import KnownLink
from embeddings.topics.finding import find_all
from tests.conftest import ROOT
from tests.postgresql_server import PASSWORD

TOLD = "Camat Rambutan, Dewi Lestari, membuka rapat koordinasi di Kecamatan Rambutan, Senin (17/7/2023)."


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    """A file with every kind of row, in which ids were given up."""
    store = open_store(tmp_path / "data", StoreSettings())
    store.claim("model", 4)
    for number in range(30):
        save(store, f"a{number}", f"{TOLD} Acara ke-{number} selesai.")
    save(store, "a3", TOLD + " Diralat.")
    save(store, "terakhir", TOLD)
    store.remove("terakhir")
    store.note_source(SourceHealth("https://kabar.example/feed", tried=5, added=2, etag='"x"'))
    store.note_link("https://kabar.example/feed", "https://kabar.example/1", KnownLink("e", True))
    store.save_position("http://search.example:6333", "{}")
    yield store
    store.close()


def save(store: Store, id: str, text: str) -> None:
    article = Article(id, text, "Judul ✓", f"Koran {id}", None, "2023-07-18", pages=(9,))
    store.save(article, [(0, 9), (9, len(text))], np.eye(2, 4, dtype=np.float32), find_all(article))


def rows(store: Store) -> dict[str, list[object]]:
    return {table.name: [row for page in _pages(store.engine, table) for row in page] for table in ARTICLE_TABLES}


def opened(url: str, folder: Path) -> Store:
    return open_store(folder, StoreSettings(url))


def test_every_table_of_a_file_is_carried_over(source: Store) -> None:
    found = source._database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    known = {"identity", "sqlite_sequence", "counts", *(table.name for table in ARTICLE_TABLES)}
    assert {name for (name,) in found} == known
    assert all(rows(source).values())


def test_a_folder_goes_into_a_database_and_back_as_it_was(source: Store, postgresql_url: str, tmp_path: Path) -> None:
    before, told = rows(source), list[tuple[int, int]]()
    moved = move_store(source, opened(postgresql_url, tmp_path), lambda done, total: told.append((done, total)))
    assert rows(moved) == before
    assert (moved.identity, moved.watermark()) == (source.identity, source.watermark())
    assert told[-1][0] == told[-1][1] == 2 * sum(map(len, before.values()))
    back = move_store(moved, open_store(tmp_path / "back", StoreSettings()))
    assert rows(back) == before
    assert (back.identity, back.watermark()) == (source.identity, source.watermark())
    # No id is given again on either side, also not those of passages that were removed.
    for store in (moved, back):
        save(store, "baru", TOLD)
        assert store.passage_ids("baru") == [source.watermark().passage + 1, source.watermark().passage + 2]
        save(store, "a5", TOLD + " Diralat.")
        assert list(store.damaged()) == [] and store.older_version(source.article("a5").content_hash())  # type: ignore[union-attr]
        store.close()


def test_a_target_that_holds_anything_is_left_alone(source: Store, postgresql_url: str, tmp_path: Path) -> None:
    target = opened(postgresql_url, tmp_path)
    save(target, "punya-sendiri", TOLD)
    with pytest.raises(StoreUnusable, match=r"holds articles already, and nothing was changed"):
        move_store(source, target)
    assert [article.id for article in target.articles()] == ["punya-sendiri"]
    target.close()


def test_what_came_in_while_it_was_copied_is_not_written_over(
    source: Store, postgresql_url: str, tmp_path: Path
) -> None:
    target, other = opened(postgresql_url, tmp_path), opened(postgresql_url, tmp_path)

    def save_meanwhile(done: int, total: int) -> None:
        # The lock of a connection that was lost keeps nobody out.
        if done == total:
            save(other, "meanwhile", TOLD)

    with pytest.raises(StoreUnusable, match=r"holds articles already, and nothing was changed"):
        move_store(source, target, save_meanwhile)
    assert [article.id for article in other.articles()] == ["meanwhile"]
    for store in (target, other):
        store.close()


def test_damaged_articles_are_named_and_nothing_is_moved(source: Store, postgresql_url: str, tmp_path: Path) -> None:
    source._database.execute("UPDATE articles SET text = text || '!' WHERE id = 'a7'")
    target = opened(postgresql_url, tmp_path)
    with pytest.raises(StoreUnusable, match=r"1 damaged articles \('a7'\)"):
        move_store(source, target)
    assert not target.had_articles()
    target.close()


class Stopped(Exception):
    pass


def stop_after(rows: int) -> object:
    def on_progress(done: int, total: int) -> None:
        if done >= rows:
            raise Stopped

    return on_progress


@pytest.mark.parametrize("changed", [False, True])
def test_a_run_that_was_stopped_goes_on_and_one_of_another_state_starts_anew(
    source: Store, postgresql_url: str, tmp_path: Path, changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.storage.moving.ROWS_AT_ONCE", 7)
    with pytest.raises(Stopped):
        move_store(source, opened(postgresql_url, tmp_path), stop_after(50))  # type: ignore[arg-type]
    assert opened(postgresql_url, tmp_path).summary().articles == 0
    if changed:
        save(source, "a4", TOLD + " Diralat.")
        source.remove("a1")
    told: list[int] = []
    moved = move_store(source, opened(postgresql_url, tmp_path), lambda done, total: told.append(done))
    assert rows(moved) == rows(source)
    assert (told[0] <= 7) == changed
    moved.close()


def test_rows_that_changed_after_they_were_copied_are_noticed(
    source: Store, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.storage.moving.ROWS_AT_ONCE", 7)
    with pytest.raises(Stopped):
        move_store(source, opened(postgresql_url, tmp_path), stop_after(50))  # type: ignore[arg-type]
    source.move("a0", "/elsewhere.txt")
    with pytest.raises(StoreUnusable, match="its table articles is another now"):
        move_store(source, opened(postgresql_url, tmp_path))
    moved = move_store(source, opened(postgresql_url, tmp_path))
    assert rows(moved) == rows(source)
    moved.close()


def wartabot(url: str, *arguments: str | Path) -> tuple[int, str]:
    environment = {**os.environ, "WARTABOT_STORE_URL": url}
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert PASSWORD not in done.stdout + done.stderr
    # In as few lines as a terminal of any width.
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.slow
def test_killed_in_the_middle_the_next_run_goes_on(source: Store, postgresql_url: str, tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys; from embeddings import StoreSettings, move_store, open_store\n"
        "from embeddings.storage import moving\n"
        "moving.ROWS_AT_ONCE = 7\n"
        "folder, url = pathlib.Path(sys.argv[1]), sys.argv[2]\n"
        "move_store(open_store(folder, StoreSettings()), open_store(folder, StoreSettings(url)),\n"
        "    lambda done, total: done > 50 and os.kill(os.getpid(), signal.SIGKILL))"
    )
    killed = subprocess.run([sys.executable, "-c", program, tmp_path / "data", postgresql_url], check=False)
    assert killed.returncode == -signal.SIGKILL
    told: list[int] = []
    moved = move_store(source, opened(postgresql_url, tmp_path), lambda done, total: told.append(done))
    assert rows(moved) == rows(source) and told[0] > 50
    moved.close()


@pytest.mark.slow
def test_a_database_that_is_named_without_a_scheme_is_no_folder(
    source: Store, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    parts = urlsplit(postgresql_url)
    named = f"host=127.0.0.1 port={parts.port} user={parts.username} password={PASSWORD} dbname={parts.path[1:]}"
    at_work = Chats(tmp_path / "unused.db", url=postgresql_url)
    at_work.claim("123")
    status, said = wartabot(named, "move")
    assert status == 1 and "Stop them first; nothing was changed" in said
    at_work.workers.leave()
    at_work.database.do("DELETE FROM registered")
    at_work.close()
    status, said = wartabot(named, "move")
    assert status == 0 and "are in postgresql://127.0.0.1" in said
    assert not [path.name for path in tmp_path.iterdir() if "host=" in path.name]


@pytest.mark.slow
def test_the_commands_work_on_what_was_moved(
    seeds_data: Path, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(seeds_data, "data")
    status, said = wartabot("", "move")
    assert status == 1 and "WARTABOT_STORE_URL" in said
    status, said = wartabot(postgresql_url, "ask", "siapa camat sungai raya?")
    assert status == 1 and "never held an article" in said and "wartabot move" in said
    status, said = wartabot(postgresql_url, "move")
    assert status == 0 and "5 articles in" in said and "postgresql://127.0.0.1" in said
    status, said = wartabot(postgresql_url, "ask", "siapa camat sungai raya?")
    assert status == 0 and "Fathul Mushalli" in said
    status, said = wartabot(postgresql_url, "export", "all.jsonl")
    assert status == 0 and len(Path("all.jsonl").read_text().splitlines()) == 5
    status, said = wartabot(postgresql_url, "backup", "all.backup")
    assert status == 1 and "pg_dump" in said
    status, said = wartabot(postgresql_url, "doctor")
    assert status == 0 and "5 articles" in said and "postgresql://127.0.0.1" in said
    status, said = wartabot(postgresql_url.replace(PASSWORD, PASSWORD + "x"), "doctor")
    assert status == 1 and "password authentication failed" in said
    status, said = wartabot(postgresql_url, "move", "--to", "back")
    assert status == 0
    status, said = wartabot("", "ask", "siapa camat sungai raya?", "--data", "back")
    assert status == 0 and "Fathul Mushalli" in said


def test_what_is_kept_of_people_goes_along_and_back(postgresql_url: str, tmp_path: Path) -> None:
    def chat_rows(chats: Chats) -> list[object]:
        with chats.database.transaction() as connection:
            return [list(_pages(_Side(connection), table)) for table in CHAT_TABLES]

    file, server = Chats(tmp_path / "chats.db"), Chats(tmp_path / "unused.db", url=postgresql_url)
    file.settings.change(7, language="en")
    for number in range(3):
        file.database.do(
            "INSERT INTO answers(token, chat, asker, everyone, content, sent) VALUES (?, 7, 7, 0, ?, 1.5)",
            f"t{number}", b"\0\xff",
        )  # fmt: skip
    file.database.do("INSERT INTO feedback(answer, person, kind, given) VALUES (1, 7, 'up', 2.5)")
    file.database.do("DELETE FROM answers WHERE id = 3")
    move_chats(file, server, lambda done, total: None)
    assert chat_rows(server) == chat_rows(file)
    assert server.settings.of(7) == file.settings.of(7)
    # An id that was given is not given again.
    statement = "INSERT INTO answers(token, chat, asker, everyone, content, sent) VALUES ('n', 7, 7, 0, ?, 1.5)"
    server.database.do(statement, b"")
    assert server.database.one("SELECT id FROM answers WHERE token = 'n'") == (4,)
    back = Chats(tmp_path / "back.db")
    move_chats(server, back, lambda done, total: None)
    assert chat_rows(back) == chat_rows(server)
    with pytest.raises(StoreUnusable, match=r"in the table answers, the target holds rows of its own"):
        move_chats(file, server, lambda done, total: None)
    found = file.database.all("SELECT name FROM sqlite_master WHERE type = 'table'")
    left = {"sqlite_sequence", "workers", "waiting_changes"}
    assert {name for (name,) in found} - left == {table.name for table in CHAT_TABLES}
    for chats in (file, server, back):
        chats.close()
