"""Encoding is shared through PostgreSQL: helpers come, are killed and hang, and the embeddings are the same bits."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import numpy as np
import psycopg
import pytest

from embeddings import Article, Encoder, EncoderSettings, KnowledgeBase, KnowledgeSettings, StoreSettings
from embeddings.indexing import encoding
from embeddings.indexing.sharing import SharedEncoding, encoded, sharing
from tests.bot_process import wait_until
from tests.conftest import ROOT

WORDS = ("jembatan", "pasar", "irigasi", "sekolah", "puskesmas", "banjir", "lelang")


def articles(count: int) -> list[Article]:
    return [
        Article(
            f"a{number}", " ".join(f"Rapat {number} bagian {n} membahas {WORDS[n * number % 7]}." for n in range(9))
        )
        for number in range(count)
    ]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "ARTICLES_AT_ONCE", 3)


@pytest.fixture
def alone(tmp_path: Path, encoder: Encoder) -> Callable[[int], np.ndarray]:
    """The embeddings of so many articles, encoded by one process into a file."""

    def embeddings(count: int) -> np.ndarray:
        knowledge = KnowledgeBase(tmp_path / "alone", encoder=encoder)
        assert knowledge.add(articles(count)) == []
        return stored(knowledge)

    return embeddings


@pytest.fixture
def shared(tmp_path: Path, encoder: Encoder, postgresql_url: str) -> Iterator[KnowledgeBase]:
    settings = KnowledgeSettings(store=StoreSettings(postgresql_url))
    knowledge = KnowledgeBase(tmp_path / "shared", settings, encoder=encoder)
    yield knowledge
    knowledge.close()


def stored(knowledge: KnowledgeBase) -> np.ndarray:
    return np.concatenate([embeddings for _, embeddings in knowledge.store.embeddings_after(0)])


@contextmanager
def helper(url: str, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """`wartabot encode` on what stands for another machine."""
    config = folder / "config.toml"
    config.write_text("[encoder]\nthreads = 1\n")
    command = [sys.executable, "-m", "bot", "encode", "--config", str(config), "--data", str(folder / "data")]
    environment = {**os.environ, "WARTABOT_STORE_URL": url}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        assert "Encodes with" in process.stderr.readline()
        yield process
        process.kill()


def at_work(url: str) -> int:
    """How many batches somebody has in hand."""
    with psycopg.connect(url, autocommit=True) as connection:
        everything = "SELECT count(*) FROM encoding.batches WHERE embeddings IS NULL"
        free = f"SELECT count(*) FROM ({everything.replace('count(*)', '1')} FOR UPDATE SKIP LOCKED) AS free"
        counts = [connection.execute(query.encode()).fetchone() for query in (free, everything)]
        return int(counts[1][0]) - int(counts[0][0])  # type: ignore[index]


def left(url: str) -> int:
    with psycopg.connect(url) as connection:
        return int(connection.execute("SELECT count(*) FROM encoding.batches").fetchone()[0])  # type: ignore[index]


@pytest.mark.slow
def test_two_processes_share_the_encoding_and_the_embeddings_are_those_of_one(
    shared: KnowledgeBase, alone: Callable[[int], np.ndarray], postgresql_url: str, tmp_path: Path
) -> None:
    with helper(postgresql_url, tmp_path) as helping:
        assert shared.add(articles(120)) == []
        time.sleep(1)
        helping.kill()
        assert helping.stderr is not None
        assert helping.stderr.read().count("Encoded a batch") >= 3
    assert np.array_equal(stored(shared), alone(120))
    assert left(postgresql_url) == 0


@pytest.mark.slow
def test_a_helper_that_is_killed_while_another_indexes_changes_nothing(
    shared: KnowledgeBase, alone: Callable[[int], np.ndarray], postgresql_url: str, tmp_path: Path
) -> None:
    with helper(postgresql_url, tmp_path) as helping:

        def kill() -> None:
            assert helping.stderr is not None and "Encoded a batch" in helping.stderr.readline()
            helping.kill()

        killing = Thread(target=kill)
        killing.start()
        assert shared.add(articles(120)) == []
        killing.join(10)
        assert helping.wait() == -signal.SIGKILL
    assert np.array_equal(stored(shared), alone(120))
    wait_until(lambda: at_work(postgresql_url) == 0)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_what_a_killed_or_stopped_helper_had_in_hand_is_encoded_without_waiting_for_it(
    how: int, shared: KnowledgeBase, alone: Callable[[int], np.ndarray], postgresql_url: str, tmp_path: Path
) -> None:
    with helper(postgresql_url, tmp_path) as helping, SharedEncoding(postgresql_url, shared.encoder) as one:
        # Large enough that the helper is seen at it.
        ids = [one._lay_out([article.text for article in articles(400)]) for _ in range(2)]
        wait_until(lambda: at_work(postgresql_url) == 1)
        helping.send_signal(how)
        if how == signal.SIGKILL:
            wait_until(lambda: at_work(postgresql_url) == 0)
        assert one._taken(ids[0]) is None
        one.clear()
        # What somebody has in hand is left to him.
        assert left(postgresql_url) == (how == signal.SIGSTOP)
        assert shared.add(articles(30)) == []
        assert np.array_equal(stored(shared), alone(30))


def test_whoever_indexes_alone_encodes_it_all_and_leaves_nothing_behind(
    shared: KnowledgeBase, alone: Callable[[int], np.ndarray], postgresql_url: str
) -> None:
    with SharedEncoding(postgresql_url, shared.encoder) as killed:
        killed._lay_out(["Ditinggalkan."])
    assert shared.add(articles(20)) == []
    assert np.array_equal(stored(shared), alone(20))
    assert left(postgresql_url) == 0


def test_a_batch_is_taken_once_and_only_by_the_same_encoder(shared: KnowledgeBase, postgresql_url: str) -> None:
    other = Encoder(EncoderSettings(passage_prompt="tanya: "))
    texts = ["Rapat digelar.", "Jalan diperbaiki."]
    with sharing(postgresql_url, shared.encoder) as one, SharedEncoding(postgresql_url, other) as foreign:
        id = one._lay_out(texts)
        assert not foreign.encode_next()
        assert one.encode_next() and not one.encode_next()
        content = one._taken(id)
        assert content == shared.encoder.encode_passages(texts).tobytes() and one._taken(id) is None


def test_an_article_that_cannot_be_encoded_is_refused_alone_whoever_met_it(
    shared: KnowledgeBase, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = encoder.encode_passages

    def failing(texts: list[str]) -> np.ndarray:
        if any("rusak" in text for text in texts):
            raise ValueError("cannot be read")
        return encode(texts)

    monkeypatch.setattr(encoder, "encode_passages", failing)
    assert encoded(encoder, ["rusak"]) is None
    some = articles(10)
    some[4] = Article("a4", "Naskah ini rusak.")
    (refusal,) = shared.add(some)
    assert "a4" in refusal.where and refusal.reason == "cannot be read"
    assert shared.summary().articles == 9


def test_where_articles_lie_in_a_file_there_is_nothing_to_help_with(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "WARTABOT_STORE_URL"}
    command = [sys.executable, "-m", "bot", "encode", "--data", str(tmp_path / "data")]
    finished = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment | {"PYTHONPATH": str(ROOT)}
    )
    assert finished.returncode == 1 and "WARTABOT_STORE_URL" in finished.stderr
    assert not (tmp_path / "data").exists()
