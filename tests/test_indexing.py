import gzip
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings import STORE_FILE as FILE_NAME
from embeddings import (
    Article,
    Encoder,
    EncoderSettings,
    IndexMismatch,
    IndexReport,
    KnowledgeBase,
    Refusal,
    StoreUnusable,
)
from embeddings.indexing import encoding
from embeddings.passages import split_passages
from embeddings.question.query import parse_question
from tests.conftest import SEEDS


@pytest.fixture
def knowledge(encoder: Encoder, tmp_path: Path) -> KnowledgeBase:
    return KnowledgeBase(tmp_path / "data", encoder=encoder)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("satu", "dua", "tiga"):
        (folder / f"{name}.txt").write_text(f"Rapat desa {name} digelar hari Senin.\n")
    return folder


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_unchanged_articles_are_never_encoded_again(
    knowledge: KnowledgeBase, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counts(knowledge.index([articles])) == (3, 0, 0, 0)
    (articles / "dua.txt").write_text("Rapat desa dua ditunda.\n")
    encoded: list[str] = []
    encode = knowledge.encoder.encode_passages

    def remember(texts: list[str]) -> np.ndarray:
        encoded.extend(texts)
        return encode(texts)

    monkeypatch.setattr(knowledge.encoder, "encode_passages", remember)
    assert counts(knowledge.index([articles])) == (0, 1, 2, 0)
    assert encoded == ["Rapat desa dua ditunda."]


def test_two_articles_with_one_id_are_refused_by_name_and_the_first_stays(
    knowledge: KnowledgeBase, articles: Path
) -> None:
    (articles / "zz.jsonl").write_text(json.dumps({"id": "satu", "text": "Lain."}) + "\n")
    report = knowledge.index([articles])
    assert counts(report) == (3, 0, 0, 0)
    assert [refusal.where for refusal in report.refused] == [str(articles / "zz.jsonl")]
    assert str(articles / "satu.txt") in report.refused[0].reason
    again = knowledge.index([articles / "zz.jsonl"])
    assert counts(again) == (0, 0, 0, 0) and "give one of them another id" in again.refused[0].reason


def test_a_moved_file_keeps_its_article(knowledge: KnowledgeBase, articles: Path, tmp_path: Path) -> None:
    knowledge.index([articles])
    moved = tmp_path / "satu.txt"
    (articles / "satu.txt").rename(moved)
    assert counts(knowledge.index([moved])) == (0, 0, 1, 0)
    article = knowledge.store.article("satu")
    assert article is not None and article.path == str(moved)


def test_prune_drops_what_is_gone_and_nothing_that_could_not_be_read(knowledge: KnowledgeBase, articles: Path) -> None:
    bulk = articles / "bulk.jsonl"
    lines = [json.dumps({"id": f"b{n}", "text": f"Berita {n}."}) for n in range(3)]
    bulk.write_text("\n".join(lines))
    knowledge.index([articles])
    (articles / "satu.txt").unlink()
    bulk.write_text("\n".join([lines[0], "{rusak"]))
    assert counts(knowledge.index([articles])) == (0, 0, 3, 0)
    report = knowledge.index([articles], prune=True)
    assert counts(report) == (0, 0, 3, 1)
    bulk.write_text(lines[0])
    assert counts(knowledge.index([articles], prune=True)) == (0, 0, 3, 2)
    assert sorted(article.id for article in knowledge.store.articles()) == ["b0", "dua", "tiga"]


def test_a_refused_file_does_not_stop_the_rest(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "a.txt").write_bytes(b"")
    (articles / "judul.md").write_text(f"---\ntitle: {'judul ' * 600}\n---\nIsi.\n")
    (articles / "judul-2.md").write_text(f"---\ntitle: {'😀' * 300}\n---\nIsi.\n")
    (articles / "b.png").write_text("Isi.")
    report = knowledge.index([articles, articles / "tidak-ada"])
    assert counts(report) == (4, 0, 0, 0)
    assert len(report.refused) == 3
    assert "leaves no room for its text" in report.refused[2].reason
    assert [remark.where for remark in report.remarks] == [str(articles / "judul.md")]
    assert report.skipped == {".png": 1}


@pytest.mark.parametrize("part", ["split_passages", "find_all", "encoder"])
def test_a_fault_in_one_article_costs_that_article_alone(
    knowledge: KnowledgeBase, articles: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    (articles / "zz.txt").write_text("Rapat desa bersandi rahasia.\n")

    def failing(original: Callable[..., object]) -> Callable[..., object]:
        def fail_on_one(first: object, *rest: object) -> object:
            if "rahasia" in str(first):
                raise RecursionError("too deep")
            return original(first, *rest)

        return fail_on_one

    if part == "encoder":
        monkeypatch.setattr(knowledge.encoder, "encode_passages", failing(knowledge.encoder.encode_passages))
    else:
        monkeypatch.setattr(encoding, part, failing(getattr(encoding, part)))
    report = knowledge.index([articles])
    assert counts(report) == (3, 0, 0, 0)
    assert [refusal.where for refusal in report.refused] == [f"{articles / 'zz.txt'}, article 'zz'"]
    assert "RecursionError: too deep" in report.refused[0].reason
    monkeypatch.undo()
    knowledge.index([articles])
    monkeypatch.setattr(encoding, "split_passages", failing(split_passages))
    lost = knowledge.rebuild()
    assert len(list(knowledge.store.articles())) == 3
    assert len(lost) == 1 and "RecursionError" in lost[0].reason


def test_a_full_disk_is_no_fault_of_an_article(
    knowledge: KnowledgeBase, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnusable("the disk is full")

    monkeypatch.setattr(knowledge.store, "save", fail)
    with pytest.raises(StoreUnusable, match="the disk is full"):
        knowledge.index([articles])


def test_a_hundred_refused_lines_are_named_and_the_others_counted(knowledge: KnowledgeBase, articles: Path) -> None:
    bulk = articles / "bulk.jsonl"
    good = [json.dumps({"id": f"b{n}", "text": f"Berita {n}.", "url": "tidak ada"}) for n in range(2)]
    bulk.write_text("\n".join([good[0], *["{rusak"] * 900, good[1], *["{rusak"] * 900]))
    report = knowledge.index([bulk])
    assert counts(report) == (2, 0, 0, 0)
    assert len(report.refused) == 101 and len(report.remarks) == 2
    assert report.refused[100] == Refusal(str(bulk), "1700 further lines are refused")


def test_what_holds_no_articles_for_a_thousand_lines_is_given_up(knowledge: KnowledgeBase, articles: Path) -> None:
    bulk = articles / "bulk.jsonl"
    good = [json.dumps({"id": f"b{n}", "text": f"Berita {n}."}) for n in range(2)]
    # The same article again and again is none either.
    bulk.write_text("\n".join([good[0], *[good[0]] * 1000, good[1]]))
    report = knowledge.index([bulk])
    assert counts(report) == (1, 0, 0, 0)
    assert "1000 lines in a row are no articles" in report.refused[100].reason


def test_progress_is_in_bytes_of_files_and_ends_at_all_of_them(knowledge: KnowledgeBase, articles: Path) -> None:
    lines = "".join(json.dumps({"id": f"b{n}", "text": f"Berita {n * 7919}."}) + "\n" for n in range(3000))
    (articles / "b.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (articles / "c.jsonl").write_text(json.dumps({"id": "c", "text": "Berita."}))
    (articles / "rusak.txt").write_text("")
    steps: list[tuple[int, int]] = []
    knowledge.index([articles], on_progress=lambda done, total: steps.append((done, total)))
    size = sum(file.stat().st_size for file in articles.iterdir())
    assert {total for _, total in steps} == {size}
    done = [done for done, _ in steps]
    assert done == sorted(done) and done[-1] == size
    assert len(set(done)) > 6


def test_timestamps_are_dated_in_the_newsroom_that_was_given(encoder: Encoder, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "Isi.", "date": "2023-07-16T15:30:00Z"}))
    for zone, published in (("Asia/Jakarta", "2023-07-16"), ("Asia/Jayapura", "2023-07-17")):
        knowledge = KnowledgeBase(tmp_path, newsroom=ZoneInfo(zone), encoder=encoder)
        knowledge.index([path])
        article = knowledge.store.article("a")
        assert article is not None and article.published == published


def test_a_second_run_at_the_same_time_is_refused(knowledge: KnowledgeBase, articles: Path) -> None:
    with (
        knowledge.store.alone(),
        pytest.raises(StoreUnusable, match="Another `wartabot index` or `wartabot sync` is running"),
    ):
        knowledge.index([articles])
    assert counts(knowledge.index([articles])) == (3, 0, 0, 0)


def test_another_model_needs_a_rebuild_which_loses_no_article(
    knowledge: KnowledgeBase, articles: Path, other_model: Path, tmp_path: Path
) -> None:
    knowledge.index([articles])
    shutil.rmtree(articles)
    other = Encoder(EncoderSettings(model=str(other_model), passage_prompt="x: "))
    reopened = KnowledgeBase(tmp_path / "data", encoder=other)
    with pytest.raises(IndexMismatch):
        reopened.index([])
    with pytest.raises(IndexMismatch):
        reopened.open()
    assert reopened.rebuild() == []
    store = reopened.store
    assert [article.id for article in store.articles()] == ["dua", "satu", "tiga"]
    ((_, embeddings),) = store.embeddings_after(0)
    expected = other.encode_passages([passage.text for passage in store.passages([1, 2, 3]).values()])
    assert embeddings == pytest.approx(expected, abs=1e-3)
    assert sorted(path.name for path in store.engine.path.parent.glob("*.unfinished*")) == []


def test_after_a_rebuild_it_answers_from_what_was_rebuilt(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.index([articles])
    question = "kapan rapat desa dua digelar?"
    before = [quote.text for quote in knowledge.answer(question).quotes]
    assert before[0] == "Rapat desa dua digelar hari Senin."
    assert knowledge.rebuild() == []
    assert [quote.text for quote in knowledge.answer(question).quotes] == before
    (articles / "dua.txt").write_text("Rapat desa dua digelar hari Rabu.\n")
    knowledge.index([articles])
    assert knowledge.answer(question).quotes[0].text == "Rapat desa dua digelar hari Rabu."


def test_articles_at_hand_are_added_like_those_of_files(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.index([articles])
    added = [Article("dua", "Rapat desa dua ditunda."), Article("judul", "Isi.", title="😀" * 300)]
    (refused,) = knowledge.add(added)
    assert "'judul'" in refused.where and "leaves no room" in refused.reason
    assert {article.id: article.text for article in knowledge.store.articles()}["dua"] == "Rapat desa dua ditunda."
    with knowledge.store.alone(), pytest.raises(StoreUnusable):
        knowledge.add(added)


def contents(data: Path) -> tuple[list[tuple[str, str, int, int]], NDArray[np.float64]]:
    with sqlite3.connect(data / FILE_NAME) as database:
        rows = database.execute(
            "SELECT name, text, start, end, embedding FROM (SELECT articles.id AS name, text, start, end, embedding"
            " FROM articles JOIN passages ON number = article) ORDER BY name, start"
        ).fetchall()
    return [row[:4] for row in rows], np.array([np.frombuffer(row[4], dtype=np.float16) for row in rows], dtype=float)


@pytest.mark.slow
def test_killed_at_random_moments_and_run_again_it_ends_with_the_same_index(tmp_path: Path, encoder: Encoder) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    rng = random.Random(4)
    words = (SEEDS / "sorotkamera-rakor-rantau-bayur.md").read_text().split()
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(" ".join(rng.sample(words, 80)) + ".\n")
    config = tmp_path / "config.toml"
    config.write_text(f'[articles]\npaths = ["{folder}"]\n')

    def command(data: Path) -> list[str]:
        data.mkdir(exist_ok=True)
        return [sys.executable, "-m", "bot", "index", "--config", str(config), "--data", str(data)]

    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    subprocess.run(command(undisturbed), check=True, capture_output=True)
    kills = 0
    for _ in range(4):
        process = subprocess.Popen(command(killed), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Not before it has begun to write, else it would only be killed while loading the model.
        stored = stored_articles(killed)
        while process.poll() is None and stored_articles(killed) == stored < 300:
            time.sleep(0.02)
        time.sleep(rng.random() / 2)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.wait()
    assert kills >= 2
    finished = subprocess.run(command(killed), capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    (passages, embeddings), (expected, alike) = contents(killed), contents(undisturbed)
    assert passages == expected
    # Sums are taken in another order where other texts are read together, which a kill changes.
    assert embeddings == pytest.approx(alike, abs=1e-3)
    for name, text, start, end in passages[::50]:
        assert [found(data, encoder, text[start:end]) for data in (killed, undisturbed)] == [(name, start)] * 2


def stored_articles(data: Path) -> int:
    try:
        with sqlite3.connect(f"file:{data / FILE_NAME}?mode=ro", uri=True) as database:
            return int(database.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def found(data: Path, encoder: Encoder, text: str) -> tuple[str, int]:
    retriever = KnowledgeBase(data, encoder=encoder).retriever
    passage = retriever.retrieve(parse_question(text), 1).hits[0].passage
    return passage.article.id, passage.start
