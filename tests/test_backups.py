"""wartabot backup, restore and export: whole or not at all, verified before anything is touched, also while it runs."""

import gzip
import json
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.backups import Manifest, back_up, restore
from bot.chats import CHATS_VERSION, Chats, SentAnswer, SentQuote
from bot.chats import FILE_NAME as CHATS_FILE
from embeddings import STORE_FILE, STORE_VERSION, Article, Encoder, KnowledgeBase, Quote, Store, StoreUnusable
from tests.bot_process import running_bot
from tests.conftest import ROOT, SEEDS
from tests.old_stores import make_old_store
from tests.telegram_server import PERSON
from tests.test_chats import SCHEMA_OF_VERSION_1

ARTICLE = Article(
    "satu", "Camat Ali hadir. Rapat selesai.", "Rakor", "Kabar", "https://kabar.example/satu", "2024-01-05"
)
# KILLS=200 pytest tests/test_backups.py is the long form.
KILLS = int(os.environ.get("KILLS", "10"))
CONTENT = SentAnswer("Siapa camatnya?", True, (SentQuote.of(Quote(ARTICLE, 0, 16, (6, 9), 0.9)),), "id", 3)


def save(store: Store, *articles: Article) -> None:
    for article in articles:
        store.save(article, [(0, len(article.text))], np.eye(1, 4, dtype=np.float32))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with an article and a sent answer."""
    folder = tmp_path / "data"
    store = Store(folder / STORE_FILE)
    save(store, ARTICLE)
    store.close()
    chats = Chats(folder / CHATS_FILE)
    chats.answers.save(7, 7, 1, CONTENT)
    chats.close()
    return folder


def take(folder: Path, file: Path, with_chats: bool = True) -> Manifest:
    return back_up(folder, file, with_chats, lambda done, total: None)


def put_back(file: Path, folder: Path, force: bool = False) -> Manifest:
    return restore(file, folder, force, lambda done, total: None)


def articles_in(folder: Path) -> list[str]:
    store = Store(folder / STORE_FILE)
    try:
        assert store.check() is None and list(store.damaged()) == []
        return sorted(article.id for article in store.articles())
    finally:
        store.close()


def answers_in(folder: Path) -> list[str]:
    chats = Chats(folder / CHATS_FILE)
    found = [json.loads(row[0])["question"] for row in chats.database.all("SELECT content FROM answers")]
    chats.close()
    return found


def test_what_was_backed_up_is_restored_and_only_its_owner_can_read_it(data: Path, tmp_path: Path) -> None:
    file, steps = tmp_path / "cadangan", list[tuple[int, int]]()
    manifest = back_up(data, file, True, lambda done, total: steps.append((done, total)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and steps[-1][0] <= steps[-1][1]
    assert {name: part.data_version for name, part in manifest.parts.items()} == {
        CHATS_FILE: CHATS_VERSION,
        STORE_FILE: STORE_VERSION,
    }
    assert put_back(file, tmp_path / "new") == manifest
    assert articles_in(tmp_path / "new") == ["satu"] and answers_in(tmp_path / "new") == ["Siapa camatnya?"]
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / CHATS_FILE).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cadangan", "data", "new"]


def test_without_chats_nothing_of_them_is_in_the_backup_and_those_that_are_there_stay(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cadangan"
    assert list(take(data, file, with_chats=False).parts) == [STORE_FILE]
    with zipfile.ZipFile(file) as archive:
        assert all(b"Siapa camatnya" not in archive.read(name) for name in archive.namelist())
    put_back(file, tmp_path / "new")
    assert articles_in(tmp_path / "new") == ["satu"] and not (tmp_path / "new" / CHATS_FILE).exists()
    put_back(file, data, force=True)
    assert answers_in(data) == ["Siapa camatnya?"]


def test_a_folder_with_articles_is_not_written_over_unless_forced_and_its_indexes_go(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cadangan"
    take(data, file)
    store = Store(data / STORE_FILE)
    save(store, Article("dua", "Lain."))
    store.close()
    (data / "dense").mkdir()
    with pytest.raises(
        StoreUnusable, match=r"is not empty \(chats.db, knowledge.db, dense\).*wartabot restore --force"
    ):
        put_back(file, data)
    assert articles_in(data) == ["dua", "satu"] and (data / "dense").exists()
    put_back(file, data, force=True)
    assert articles_in(data) == ["satu"] and not (data / "dense").exists()


def test_a_folder_in_use_is_not_restored_into(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "cadangan"
    take(data, file)
    for in_use in (Store(data / STORE_FILE), Chats(data / CHATS_FILE)):
        with pytest.raises(StoreUnusable, match=r"is in use. Stop the bot"):
            put_back(file, data, force=True)
        in_use.close()
    put_back(file, data, force=True)


def test_a_damaged_folder_can_be_restored_into(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "cadangan"
    take(data, file)
    (data / STORE_FILE).write_bytes(b"this is no database at all" * 100)
    put_back(file, data, force=True)
    assert articles_in(data) == ["satu"]


def changed(file: Path, change: Callable[[bytearray], None]) -> None:
    content = bytearray(file.read_bytes())
    change(content)
    file.write_bytes(content)


def test_whatever_bytes_of_a_backup_are_damaged_nothing_is_touched(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "cadangan"
    take(data, file)
    sound, rng = file.read_bytes(), random.Random(3)
    refused = 0
    for number in range(60):
        damaged = bytearray(sound)
        damaged[rng.randrange(len(sound))] ^= 1 << rng.randrange(8)
        file.write_bytes(damaged[: rng.randrange(len(sound))] if number % 3 == 0 else damaged)
        new = tmp_path / f"new-{number}"
        try:
            put_back(file, new)
        except StoreUnusable as error:
            refused += 1
            assert "no backup, or is damaged" in str(error) or "newer" in str(error)
            assert not new.exists() or [path.name for path in new.iterdir()] == ["backup.lock"]
        else:
            # A bit of what the archive says beside its contents.
            assert articles_in(new) == ["satu"] and answers_in(new) == ["Siapa camatnya?"]
    assert refused > 40


def rewritten(file: Path, **members: bytes) -> Path:
    """The backup with other members."""
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    other = file.with_name("other")
    with zipfile.ZipFile(other, "w") as archive:
        for name, content in {**contents, **members}.items():
            archive.writestr(name, content)
    return other


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({STORE_FILE: {"data_version": STORE_VERSION + 1}}, r"newer wartabot \(data version.*Update wartabot"),
        ({CHATS_FILE: {"data_version": 99}}, r"chats.db in .* was written by a newer wartabot"),
        ({STORE_FILE: {"data_version": 1}}, "of another version than it says"),
        ({STORE_FILE: {"sha256": "0" * 64}}, "is not what was backed up"),
        ({STORE_FILE: {"size": 10}}, "is not what was backed up"),
        ({STORE_FILE: {"size": 1 << 60}}, "no room"),
        ({"../evil": {"size": 1}}, r"it holds \.\./evil"),
    ],
)
def test_a_backup_that_says_what_is_not_so_is_refused(
    data: Path, tmp_path: Path, part: dict[str, dict[str, object]], told: str
) -> None:
    file = tmp_path / "cadangan"
    take(data, file)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    ((name, fields),) = part.items()
    manifest["parts"][name] = {**manifest["parts"].get(name, manifest["parts"][STORE_FILE]), **fields}
    other = rewritten(file, **{"manifest.json": json.dumps(manifest).encode()})
    with pytest.raises(StoreUnusable, match=told):
        put_back(other, tmp_path / "new")
    assert not (tmp_path / "new" / STORE_FILE).exists() and not (tmp_path / "evil").exists()


def test_what_is_no_backup_is_neither_restored_nor_written_over(data: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("catatan")
    with pytest.raises(StoreUnusable, match="is no backup and is not written over"):
        take(data, notes)
    with pytest.raises(StoreUnusable, match="no backup, or is damaged"):
        put_back(notes, tmp_path / "new")
    with pytest.raises(StoreUnusable, match=r"There is no .*nothing"):
        put_back(tmp_path / "nothing", tmp_path / "new")
    with pytest.raises(StoreUnusable, match="nothing to back up"):
        take(tmp_path / "empty", tmp_path / "cadangan")
    with pytest.raises(StoreUnusable, match=r"There is no .*nowhere"):
        take(data, tmp_path / "nowhere" / "cadangan")
    assert notes.read_text() == "catatan" and articles_in(data) == ["satu"]


def test_a_damaged_database_and_a_newer_one_are_not_backed_up(data: Path, tmp_path: Path) -> None:
    with sqlite3.connect(data / CHATS_FILE) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreUnusable, match=r"chats.db was written by a newer wartabot \(data version 99"):
        take(data, tmp_path / "cadangan")
    with pytest.raises(StoreUnusable, match="newer wartabot"):
        Chats(data / CHATS_FILE)
    content = bytearray((data / STORE_FILE).read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    (data / STORE_FILE).write_bytes(content)
    with pytest.raises(StoreUnusable, match="doctor"):
        take(data, tmp_path / "cadangan", with_chats=False)
    assert not (tmp_path / "cadangan").exists()


# --- while others write, and when it is killed ---

WRITING = """
import sys, numpy as np
from pathlib import Path
from embeddings import Article, Store
store, number = Store(Path(sys.argv[1])), 0
while True:
    number += 1
    for name in ("kiri", "kanan"):
        text = f"Rapat nomor {number} digelar. " * 50
        store.save(Article(f"{name}-{number % 40}", text), [(0, 20)], np.eye(1, 4, dtype=np.float32))
    print(number, flush=True)
"""


@pytest.fixture
def writing(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that changes the articles without a pause."""
    with subprocess.Popen([sys.executable, "-c", WRITING, str(data / STORE_FILE)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline()
        yield process
        process.kill()


def test_a_backup_is_of_one_moment_while_another_process_writes(
    data: Path, tmp_path: Path, writing: subprocess.Popen[bytes]
) -> None:
    for number in range(5):
        take(data, tmp_path / "cadangan")
        put_back(tmp_path / "cadangan", tmp_path / f"new-{number}")
        assert "satu" in articles_in(tmp_path / f"new-{number}")
    assert writing.poll() is None


@pytest.mark.slow
def test_killed_at_any_moment_a_backup_is_the_old_one_or_a_whole_new_one(data: Path, tmp_path: Path) -> None:
    store = Store(data / STORE_FILE)
    rng = random.Random(5)
    save(store, *(Article(f"a{n}", " ".join(f"kata{rng.random()}" for _ in range(2000))) for n in range(60)))
    store.close()
    file = tmp_path / "cadangan"
    program = "import sys; from pathlib import Path; from bot.backups import back_up; print(flush=True)\n"
    program += "while True: back_up(Path(sys.argv[1]), Path(sys.argv[2]), True, lambda d, t: None)"
    before = 61
    take(data, file)
    for number in range(KILLS):
        store = Store(data / STORE_FILE)
        save(store, Article(f"b{number}", "Sesudahnya."))
        store.close()
        command = [sys.executable, "-c", program, str(data), str(file)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.random() / 2)
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        put_back(file, tmp_path / "new", force=True)
        there = len(articles_in(tmp_path / "new"))
        assert before <= there <= 62 + number
        before = there
    # What a killed one left is gone after the next.
    take(data, file)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("cadangan")] == ["cadangan"]


@pytest.mark.slow
def test_killed_at_any_moment_a_restore_leaves_what_was_there_or_what_was_backed_up(data: Path, tmp_path: Path) -> None:
    file, rng = tmp_path / "cadangan", random.Random(6)
    store = Store(data / STORE_FILE)
    save(store, *(Article(f"a{n}", " ".join(f"kata{rng.random()}" for _ in range(2000))) for n in range(60)))
    store.close()
    take(data, file)
    program = "import sys; from pathlib import Path; from bot.backups import restore; print(flush=True)\n"
    program += "while True: restore(Path(sys.argv[2]), Path(sys.argv[1]), True, lambda d, t: None)"
    seen = set[int]()
    for _ in range(10):
        store = Store(data / STORE_FILE)
        save(store, Article("sesudah", "Sesudah cadangan."))
        store.close()
        command = [sys.executable, "-c", program, str(data), str(file)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.random() / 4)
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
        seen.add(len(articles_in(data)))
        assert answers_in(data) == ["Siapa camatnya?"]
    assert seen <= {61, 62}
    put_back(file, data, force=True)
    assert len(articles_in(data)) == 61 and not (data / "restore.unfinished").exists()


# --- upgrades and the way back ---


@pytest.mark.parametrize("version", range(1, STORE_VERSION))
def test_an_upgrade_can_be_rolled_back_from_the_backup_that_was_taken_before_it(tmp_path: Path, version: int) -> None:
    data, file = tmp_path / "data", tmp_path / "cadangan"
    data.mkdir()
    make_old_store(data / STORE_FILE, version, [ARTICLE])
    with sqlite3.connect(data / CHATS_FILE) as database:
        database.executescript(f"{SCHEMA_OF_VERSION_1} PRAGMA user_version = 1;")
    database.close()

    def schema() -> list[tuple[object, ...]]:
        with sqlite3.connect(data / STORE_FILE) as database:
            rows = [*database.execute("PRAGMA user_version"), *database.execute("SELECT sql FROM sqlite_master")]
        database.close()
        return rows

    before = schema()
    # Taken by the new version, it upgrades nothing.
    manifest = take(data, file)
    assert schema() == before and manifest.parts[STORE_FILE].data_version == version
    store = Store(data / STORE_FILE)
    save(store, Article("dua", "Sesudah naik versi."))
    store.close()
    Chats(data / CHATS_FILE).close()
    assert schema() != before
    put_back(file, data, force=True)
    assert schema() == before
    # And forward again.
    assert articles_in(data) == ["satu"]


# --- the commands ---


def wartabot(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.slow
def test_the_commands_say_what_they_did_and_what_is_in_the_way(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "cadangan"
    taken = wartabot("backup", file, "--data", data)
    assert taken.returncode == 0 and b"holds chats.db (0." in taken.stderr and b"knowledge.db (0." in taken.stderr
    refused = wartabot("restore", file, "--data", data)
    assert refused.returncode == 1 and b"is not empty" in refused.stderr and b"Traceback" not in refused.stderr
    restored = wartabot("restore", file, "--data", data, "--force")
    assert restored.returncode == 0 and b"is restored from chats.db" in restored.stderr
    exported = wartabot("export", "--data", data)
    assert json.loads(exported.stdout) == {
        "id": "satu", "title": "Rakor", "text": ARTICLE.text, "date": "2024-01-05", "source": "Kabar",
        "url": ARTICLE.url, "cleaned": True,
    }  # fmt: skip
    misnamed = wartabot("export", tmp_path / "semua.zip", "--data", data)
    assert misnamed.returncode == 2 and not (tmp_path / "semua.zip").exists()
    packed = wartabot("export", tmp_path / "semua.jsonl.gz", "--data", data)
    assert packed.returncode == 0 and b"1 articles are in" in packed.stderr
    assert gzip.decompress((tmp_path / "semua.jsonl.gz").read_bytes()) == exported.stdout


def test_exported_articles_are_indexed_as_the_same_articles(encoder: Encoder, tmp_path: Path) -> None:
    from bot.commands.backups import export

    knowledge = KnowledgeBase(tmp_path / "data", encoder=encoder)
    knowledge.index([SEEDS])
    # What cleaning would drop from a page stands in this text by right.
    odd = "Rakor Banyuasin\n\nBaca juga: aturan baru.\n\n# Bukan judul\n\nRapat selesai, 3 < 4 > 2.\n\nBagikan"
    knowledge.add([Article("aneh", odd, "Rakor Banyuasin", pages=(17, 41)), ARTICLE])
    (tmp_path / "config.toml").write_text("")
    export(tmp_path / "semua.jsonl", tmp_path / "config.toml", tmp_path / "data")
    again = KnowledgeBase(tmp_path / "again", encoder=encoder)
    report = again.index([tmp_path / "semua.jsonl"])
    assert report.refused == [] and report.remarks == []
    hashes = [[article.content_hash() for article in base.store.articles()] for base in (knowledge, again)]
    assert hashes[0] == hashes[1] and len(hashes[0]) == report.added
    assert again.store.article("aneh") is not None and knowledge.index([tmp_path / "semua.jsonl"]).updated == 0


@pytest.mark.parametrize("pages", [[9, 5], [5, 300], [-1, 5]])
def test_pages_that_no_text_has_are_left_out_with_a_note(encoder: Encoder, tmp_path: Path, pages: list[int]) -> None:
    line = {"id": "a", "text": "Rapat desa digelar.", "pages": pages, "cleaned": True}
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    knowledge = KnowledgeBase(tmp_path, encoder=encoder)
    report = knowledge.index([tmp_path / "a.jsonl"])
    assert "its pages do not begin one after the other" in report.remarks[0].note
    article = knowledge.store.article("a")
    assert article is not None and article.pages == ()


@pytest.mark.slow
def test_a_running_bot_is_backed_up_and_after_a_loss_its_buttons_work_again(tmp_path: Path, encoder: Encoder) -> None:
    file = tmp_path / "cadangan"
    with running_bot(tmp_path) as bot:
        assert "Fathul Mushalli" in bot.ask("Siapa camat Sungai Raya?")["text"]
        message = bot.server.last_message(int(PERSON["id"]))
        take(tmp_path, file)
        with pytest.raises(StoreUnusable, match=r"is in use. Stop the bot"):
            put_back(file, tmp_path, force=True)
        bot.stop()
        for name in (STORE_FILE, CHATS_FILE):
            for lost in tmp_path.glob(f"{name}*"):
                lost.unlink()
        put_back(file, tmp_path, force=True)
        bot.start()
        rows = message["reply_markup"]["inline_keyboard"]
        unfold = next(button for row in rows for button in row if button["text"] == "Selengkapnya")
        bot.server.press(unfold["callback_data"], message, PERSON)
        assert "Ringkas" in json.dumps(bot.server.called("editMessageText", timeout=120)[-1])
        assert "Fathul Mushalli" in bot.ask("Siapa camat Sungai Raya?")["text"]
