"""The wheel: all that the bot needs is in it, and it runs in an empty folder, outside any checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT
from tests.telegram_server import TOKEN, TelegramServer
from tests.test_command_line import without_token

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made in a copy of the checkout, as building leaves files behind."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    for name in ("bot", "embeddings", "seeds"):
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", made, source], check=True)
    return next(made.glob("wartabot-*.whl"))


@pytest.fixture(scope="module")
def wartabot(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as installed from the wheel, in an environment of its own that sees the other packages here."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    options = ["--quiet", "--no-deps", "--no-index", "--no-compile", "--ignore-installed"]
    subprocess.run([*pip, "install", *options, str(wheel)], check=True)
    return folder / "bin" / "wartabot"


def run(wartabot: Path, folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in without_token({}).items() if name != "PYTHONPATH"}
    return subprocess.run(
        [wartabot, *arguments], cwd=folder, env=environment, input=stdin, capture_output=True, text=True, timeout=120
    )


def test_the_wheel_holds_the_model_the_samples_and_the_licences_and_nothing_of_the_tests(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        names = {name: opened.getinfo(name).file_size for name in opened.namelist()}
    folder = f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"
    assert {f"{folder}/licenses/LICENSE", f"{folder}/licenses/NOTICE"} <= names.keys()
    for package in ("bot", "embeddings"):
        files = (path.relative_to(ROOT) for path in (ROOT / package).rglob("*") if path.is_file())
        missing = {str(path) for path in files if "__pycache__" not in path.parts} - names.keys()
        assert {name for name in missing if not name.startswith("embeddings/training/")} == set()
    # Their questions measure; whoever starts the bot is not to be told that they are no article.
    assert {path.name for path in (ROOT / "seeds").iterdir()} - {"questions.toml"} == {
        Path(name).name for name in names if name.startswith("bot/seeds/")
    }
    assert sum(names.values()) > 59e6
    assert {name.partition("/")[0] for name in names} == {"bot", "embeddings", folder}


def test_in_an_empty_folder_the_first_conversation_works_and_says_where_the_data_lie(
    wartabot: Path, tmp_path: Path
) -> None:
    finished = run(wartabot, tmp_path, "run", stdin="siapa camat sungai raya?\n\n")
    assert finished.returncode == 0, finished.stderr
    assert "Fathul Mushalli" in finished.stdout
    assert f"There is no config.toml here, so the defaults hold; the data lie in {tmp_path}/data." in finished.stderr
    assert (
        "5 added" in finished.stderr
        and "skipped" not in finished.stderr
        and "refused" not in finished.stderr.replace("0 refused", "")
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    # Articles of one's own need no configuration either, and the samples count as they did.
    (tmp_path / "own.txt").write_text("Camat Baru Jaya, Sutrisno, meresmikan pasar desa pada Senin (1/7/2024).\n")
    assert "1 added" in run(wartabot, tmp_path, "index", "own.txt").stderr
    assert "0 added, 0 updated, 5 unchanged" in run(wartabot, tmp_path, "index").stderr
    assert run(wartabot, tmp_path, "doctor").returncode == 0
    # A file that is named must be there.
    named = run(wartabot, tmp_path, "run", "--config", "other.toml")
    assert named.returncode == 78 and "no such configuration file" in named.stderr


def test_it_answers_on_telegram_and_ends_cleanly(wartabot: Path, tmp_path: Path) -> None:
    with TelegramServer().running() as server:
        (tmp_path / "config.toml").write_text(f'[telegram]\napi_url = "{server.url}"\n')
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with (tmp_path / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                [wartabot, "run"], cwd=tmp_path, env={**environment, "TELEGRAM_BOT_TOKEN": TOKEN}, stderr=log
            )
        server.say("siapa camat sungai raya?")
        assert "Fathul Mushalli" in server.sent(1)[0]["text"]
        time.sleep(0.5)
        process.terminate()
        assert process.wait(30) == 0
        assert not server.problems
    assert "Traceback" not in (tmp_path / "log.txt").read_text()
