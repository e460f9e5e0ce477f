"""Hostile files beside good articles: each is refused by name for its own reason, and costs nothing."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from embeddings.sources.files import ArticleSettings, find_files, read_file
from embeddings.sources.refusals import Refusal
from embeddings.types import Article
from tests.conftest import SEEDS
from tests.hostile import GOOD_IDS, write_hostile


def test_each_is_refused_for_its_own_reason_and_the_good_ones_beside_it_are_read(tmp_path: Path) -> None:
    expected = write_hostile(tmp_path)
    found = find_files([tmp_path])
    items = [
        item
        for file in found.files
        for item in islice(read_file(file, ArticleSettings(), folder=found.folders.get(file)), 1000)
    ]
    refused = [*found.refused, *(item for item in items if isinstance(item, Refusal))]
    reasons = {refusal.where.removeprefix(f"{tmp_path}/"): refusal.reason for refusal in refused}
    for name, reason in expected.items():
        # What is known by its lines alone is refused where the index is made.
        if not name.startswith("bomb-of-lines"):
            assert reason in reasons[name], name
    assert not any("wartabot fails" in reason for reason in reasons.values())
    assert {item.id for item in items if isinstance(item, Article)} >= GOOD_IDS


MEASURED = """
import json, resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([status, usage.ru_maxrss, usage.ru_utime + usage.ru_stime]))
"""


@pytest.mark.slow
def test_indexing_them_takes_seconds_and_little_memory_and_stores_every_good_article(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    expected = write_hostile(folder)
    (tmp_path / "config.toml").write_text("")
    environment = {**os.environ, "PYTHONPATH": str(SEEDS.parent)}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True)

    # In a process between, as the memory of this one would be counted too.
    finished = run("-c", MEASURED, sys.executable, "-m", "bot", "index", str(folder))
    status, kilobytes, seconds = json.loads(finished.stdout)
    said = finished.stderr
    assert status == 1
    assert "Traceback" not in said and "wartabot fails" not in said and "\x1b" not in said
    for name, reason in expected.items():
        assert any(f"/{name}: " in line and reason in line for line in said.splitlines()), name
    stored = {json.loads(line)["id"] for line in run("-m", "bot", "articles", "--json").stdout.splitlines()}
    assert stored == GOOD_IDS
    assert kilobytes < 500_000
    assert seconds < 20
