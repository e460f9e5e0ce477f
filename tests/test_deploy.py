"""What deploy/ holds, as far as it can be checked without a service manager or a container engine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

UNIT = (ROOT / "deploy" / "wartabot.service").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "wartabot.service"
    # The program that it names stands on the server only.
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT, flags=re.MULTILINE))
    finished = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (0, "")


def test_what_the_image_copies_exists_and_is_let_through_and_nothing_else_is() -> None:
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    }
    assert all((ROOT / source).exists() for source in copied)
    assert copied == set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))


def test_the_image_runs_without_root_and_holds_no_token() -> None:
    instructions = re.findall(r"^[A-Z]+\b.*$", DOCKERFILE.rpartition("\nFROM ")[2], re.MULTILINE)
    users = [line.split()[1] for line in instructions if line.startswith("USER ")]
    assert users and users[-1] not in ("0", "root")
    assert "VOLUME /data" in instructions
    assert "TOKEN" not in DOCKERFILE
