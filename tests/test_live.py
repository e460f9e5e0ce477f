"""One process indexes, changes and removes articles while another answers: at once, whole, and without a failure."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from embeddings import Article, Encoder, KnowledgeBase, Store
from embeddings.answers.reader import Reader
from tests.conftest import SEEDS

# Two articles a round: one is added, one changes; what was added is removed again two rounds later.
INDEXING = """
import sys, time
from pathlib import Path
from embeddings import Encoder, EncoderSettings, KnowledgeBase
folder, data = map(Path, sys.argv[1:3])
knowledge = KnowledgeBase(data, encoder=Encoder(EncoderSettings(threads=1)))
number = 0
until = time.monotonic() + float(sys.argv[3])
while time.monotonic() < until:
    number += 1
    (folder / f"baru-{number}.txt").write_text(
        f"Camat Sungai Nomor{number}, Budi Santoso{number}, membuka rapat di Desa Nomor{number}, Senin (17/7/2023). "
        f"Rapat nomor {number} dihadiri {number} orang warga desa.\\n"
    )
    (folder / "berubah.txt").write_text(
        f"Jembatan Gantung Mekar Jaya diresmikan Bupati. Biaya jembatan itu {number} juta rupiah, kata Bupati.\\n"
    )
    (folder / f"baru-{number - 2}.txt").unlink(missing_ok=True)
    report = knowledge.index([folder], prune=True)
    assert not report.refused and report.added == 1 + (number == 1), vars(report)
    print(number, flush=True)
"""


@pytest.mark.slow
def test_answers_are_whole_and_never_fail_while_another_process_indexes_changes_and_removes(
    tmp_path: Path, encoder: Encoder, reader: Reader
) -> None:
    articles, data = tmp_path / "articles", tmp_path / "data"
    articles.mkdir()
    knowledge = KnowledgeBase(data, encoder=encoder, reader=reader)
    knowledge.index([SEEDS])
    knowledge.open()
    command = [sys.executable, "-c", INDEXING, str(articles), str(data), "20"]
    took: list[float] = []
    rounds = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as indexing:
        assert indexing.stdout is not None
        while indexing.poll() is None:
            for question in ("Siapa camat Sungai Raya?", "berapa biaya jembatan Mekar Jaya?", "rapat dihadiri berapa?"):
                begin = time.monotonic()
                answer = knowledge.answer(question)
                took.append(time.monotonic() - begin)
                for quote in (*answer.quotes, *answer.near):
                    assert quote.text and quote.article.content_hash()
                if question.startswith("Siapa"):
                    assert "Fathul Mushalli" in answer.quotes[0].text
        rounds = len(indexing.stdout.read().splitlines())
        assert indexing.returncode == 0
    assert rounds > 3 and len(took) > 5
    assert max(took) < 5
    answer = knowledge.answer("berapa biaya jembatan Mekar Jaya?")
    assert f"Biaya jembatan itu {rounds} juta rupiah" in answer.quotes[0].text


def test_a_question_is_answered_while_another_process_is_at_the_indexes(
    tmp_path: Path, encoder: Encoder, reader: Reader
) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder, reader=reader)
    knowledge.add([Article("satu", "Jembatan Mekar Jaya diresmikan Bupati hari Senin.")])
    knowledge.open()
    other = Store(knowledge.store.engine.path)
    other.save(Article("dua", "Isi."), [(0, 4)], encoder.encode_passages(["Isi."]))
    question = "kapan jembatan Mekar Jaya diresmikan?"
    with FileLock(tmp_path / "indexes.lock"):
        begin = time.monotonic()
        assert knowledge.answer(question).quotes[0].article.id == "satu"
        assert time.monotonic() - begin < 5
    other.remove("satu")
    assert not knowledge.answer(question).answered


def test_what_is_read_at_one_moment_stays_as_it_is_and_nobody_waits_for_it(tmp_path: Path) -> None:
    store, other = Store(tmp_path / "knowledge.db"), Store(tmp_path / "knowledge.db")
    with store.snapshot(), store.snapshot():
        before = store.summary()
        other.save(Article("dua", "Isi."), [(0, 4)], np.eye(1, 4, dtype=np.float32))
        assert store.summary() == before and other.summary().articles == 1
        assert store.article("dua") is None
    assert store.summary().articles == 1 and not store.in_snapshot
