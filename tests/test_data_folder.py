import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import data_folder, doctor
from bot.chats import FILE_NAME as CHATS_FILE
from bot.chats import Chats
from bot.config import Config
from bot.data_folder import open_knowledge_base, refuse_closed
from embeddings import Article, Encoder, Store, StoreUnusable
from embeddings.storage.store import FILE_NAME
from tests.conftest import SEEDS, make_data


@pytest.mark.parametrize("left", ["chats.db", "dense", "lexical", "knowledge.db-wal"])
def test_a_lost_knowledge_base_is_not_replaced_by_an_empty_one(tmp_path: Path, left: str) -> None:
    (tmp_path / left).mkdir() if "." not in left else (tmp_path / left).write_bytes(b"x")
    with pytest.raises(
        StoreUnusable, match=rf"knowledge.db is missing, .* \({left}\) shows.*--data.*backup.*wartabot index"
    ):
        open_knowledge_base(tmp_path, Config())
    assert not (tmp_path / FILE_NAME).exists() and (tmp_path / left).exists()
    (tmp_path / FILE_NAME).touch()
    with pytest.raises(StoreUnusable, match=r"knowledge.db is empty"):
        open_knowledge_base(tmp_path, Config())


def test_a_folder_that_never_held_articles_is_a_first_start(tmp_path: Path) -> None:
    for name in ("indexing.lock", "indexes.lock", "models"):
        (tmp_path / name).touch()
    assert open_knowledge_base(tmp_path, Config()).summary().articles == 0
    assert open_knowledge_base(tmp_path / "new", Config()).summary().articles == 0


def test_a_new_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    Store(tmp_path / "data" / FILE_NAME)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.fixture
def nobody() -> Iterator[None]:
    """Without root's rights, where the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that nobody may enter."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    Path("data").mkdir(mode=0)
    return Path("data")


def test_the_folder_of_another_user_is_refused_with_the_way_out(closed: Path, nobody: None) -> None:
    with pytest.raises(StoreUnusable, match=r"is closed to you. .* as in sudo -u wartabot"):
        refuse_closed(closed)
    store, telegram = [check for check in doctor.checks(Path("config.toml"), closed, None) if check.name != "server"][
        1:
    ]
    assert not store.sound and "is closed to you" in store.finding and telegram.sound


# --- wartabot doctor ---


@pytest.fixture
def examined(encoder: Encoder, tmp_path: Path) -> Callable[[], dict[str, doctor.Check]]:
    """What doctor finds in a data folder with the seeds and an empty chats.db."""
    config = tmp_path / "config.toml"
    config.write_text("")
    data = make_data(tmp_path / "data", encoder, SEEDS)
    Chats(data / CHATS_FILE).close()
    for file in data.glob(f"{CHATS_FILE}*"):
        file.chmod(0o600)
    return lambda: {check.name: check for check in doctor.checks(config, data, None)}


def test_doctor_names_damaged_articles_and_says_what_to_do(
    examined: Callable[[], dict[str, doctor.Check]], tmp_path: Path
) -> None:
    assert all(check.sound for check in examined().values())
    store = Store(tmp_path / "data" / FILE_NAME)
    store._database.execute("UPDATE articles SET text = replace(text, 'Fathul', 'Fatkul')")
    store._database.execute("UPDATE articles SET published = '2024-07-17' WHERE id LIKE 'merahputih%'")
    check = examined()["store"]
    assert not check.sound and "2 articles are damaged and not shown" in check.finding
    assert "'antara-rakor-sungai-raya'" in check.finding and "'merahputih-rakor-tanjung-lago'" in check.finding
    assert "wartabot index FILES" in check.finding


def test_doctor_names_a_few_of_many_damaged_articles(
    examined: Callable[[], dict[str, doctor.Check]], tmp_path: Path, encoder: Encoder
) -> None:
    store = Store(tmp_path / "data" / FILE_NAME)
    store.save(Article("x", "Isi."), [(0, 4)], encoder.encode_passages(["Isi."]))
    store._database.execute("UPDATE articles SET text = text || '!'")
    finding = examined()["store"].finding
    assert "6 articles are damaged" in finding and finding.count("', '") == 4 and "and others" in finding


def test_doctor_says_that_the_knowledge_base_is_lost_and_makes_no_other(
    examined: Callable[[], dict[str, doctor.Check]], tmp_path: Path
) -> None:
    for file in (tmp_path / "data").glob(f"{FILE_NAME}*"):
        file.unlink()
    check = examined()["store"]
    assert not check.sound and "is missing, and what lies beside it (chats.db" in check.finding
    assert not (tmp_path / "data" / FILE_NAME).exists()


@pytest.mark.parametrize(("name", "open_mode", "closed_mode"), [(".", 0o755, "700"), (CHATS_FILE, 0o640, "600")])
def test_doctor_says_how_to_close_to_others_what_people_asked(
    examined: Callable[[], dict[str, doctor.Check]], tmp_path: Path, name: str, open_mode: int, closed_mode: str
) -> None:
    path = tmp_path / "data" / name
    path.chmod(open_mode)
    check = examined()["privacy"]
    assert not check.sound
    command = f"chmod {closed_mode} {path}"
    assert check.finding.endswith(command)
    assert os.system(command) == 0 and "privacy" not in examined()


def test_doctor_says_that_the_disk_is_nearly_full(
    examined: Callable[[], dict[str, doctor.Check]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "disk" not in examined()
    monkeypatch.setattr(data_folder, "LEAST_FREE_BYTES", 1 << 60)
    assert not examined()["disk"].sound
