"""Facts are those of the finders as they are now: what another version has found is found anew, and nothing else."""

import ast
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
import pytest

import embeddings
from embeddings import Article, Encoder, IndexReport, KnowledgeBase, Store
from embeddings.answers.reader import Reader
from embeddings.storage.facts import Fact, Findings
from embeddings.storage.store import FILE_NAME
from embeddings.topics.finding import TOPICS, find_all, find_anew
from embeddings.topics.meetings.facts import meetings
from embeddings.topics.officials.facts import OFFICIALS, officials
from embeddings.topics.officials.grammar import Official
from embeddings.topics.topic import LANGUAGE, Topic
from tests.conftest import ROOT, on_both_engines

TOLD = "Camat Rambutan, Dewi Lestari, membuka rapat koordinasi di Kecamatan Rambutan, Senin (17/7/2023)."
OTHER = "Camat Rambutan, Joko Susilo, menutup pelatihan kader."


def save(store: Store, id: str, text: str, published: str | None = None) -> Article:
    article = Article(id, text, published=published, path=f"/{id}.md")
    store.save(article, [(0, len(text))], np.ones((1, 4), dtype=np.float32), find_all(article))
    return article


def names(store: Store, *offices: str) -> list[str]:
    return [article.text[slice(*found.name)] for article, found in officials(store, offices or ("camat",))]


def mend(monkeypatch: pytest.MonkeyPatch, topic: Topic[Official], version: str) -> None:
    """Another version of the finder of officials: first names only, and no camat but a head of the kecamatan."""
    find = topic.finder

    def mended(article: Article) -> Iterator[Official]:
        for found in find(article):
            end = found.name[0] + article.text[slice(*found.name)].index(" ")
            yield msgspec.structs.replace(found, name=(found.name[0], end), office="kepala kecamatan")

    monkeypatch.setitem(vars(topic), "finder", mended)
    monkeypatch.setitem(vars(topic), "version", version)


def passages(store: Store) -> list[tuple[object, ...]]:
    return store._database.execute("SELECT id, article, start, end, embedding FROM passages").fetchall()


# --- facts and their keys ---


@on_both_engines
def test_a_fact_must_have_all_of_the_keys_and_of_a_collection_any(store: Store) -> None:
    article = Article("satu", "Isi.")
    contents = {b"1": {"office:a", "region:x"}, b"2": {"office:b", "region:x"}, b"3": {"office:a", "region:y"}}
    facts = tuple(Fact(frozenset(keys), content) for content, keys in contents.items())
    other = Findings("meetings", "1", (Fact(frozenset({"region:x"}), b"4"),))
    store.save(article, [(0, 4)], np.ones((1, 4), dtype=np.float32), [Findings("officials", "1", facts), other])

    def found(*keys: str | set[str]) -> list[bytes]:
        return [content for of, content in store.facts("officials", *keys) if of == article]

    assert found() == [b"1", b"2", b"3"]
    assert found("region:x") == [b"1", b"2"]
    assert found("region:x", "office:a") == [b"1"]
    assert found("region:x", {"office:a", "office:b"}) == [b"1", b"2"]
    assert found("region:x", set()) == found("region:' OR 1") == found("region:y", "office:b") == []


@on_both_engines
def test_facts_come_newest_article_first_and_those_of_an_article_in_its_order(store: Store) -> None:
    save(store, "b", OTHER, "2022")
    save(store, "a", f"{OTHER} {TOLD}", "2023-07")
    save(store, "c", TOLD)
    assert names(store) == ["Joko Susilo", "Dewi Lestari", "Joko Susilo", "Dewi Lestari"]


def test_a_fact_that_has_come_to_lie_under_another_article_is_not_shown(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    save(store, "satu", TOLD)
    save(store, "dua", OTHER)
    with sqlite3.connect(store.engine.path) as database:
        database.execute("UPDATE facts SET article = 2 WHERE article = 1 AND topic = 'officials'")
    assert names(store) == ["Joko Susilo"] and "'/dua.md'" in caplog.text and list(store.damaged()) == ["dua"]


def test_facts_that_cannot_be_read_and_topics_that_are_not_known_are_left_out_with_one_line_each(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    save(store, "satu", TOLD)
    for id in ("dua", "tiga"):
        article = save(store, id, OTHER)
        of_old_struct = Fact(frozenset({"office:camat"}), b'{"who":"Joko Susilo"}')
        store.renew([(article, Findings("officials", "old", (of_old_struct,)))])
        store.renew([(article, Findings("weather", "1", (Fact(frozenset({"day:1"}), b"\xff"),)))])
    for _ in range(2):
        assert names(store) == ["Dewi Lestari"]
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == (
        f"{store.name}: some officials were found by another version and cannot be read; wartabot index finds them anew"
    )
    assert find_anew(store) == 2 and find_anew(store) == 0
    (_, line) = [record.getMessage() for record in caplog.records]
    assert "'weather'" in line and len(store.facts("weather", "day:1")) == 2
    assert sorted(names(store)) == ["Dewi Lestari", "Joko Susilo", "Joko Susilo"] and list(store.damaged()) == []


# --- a mended rule reaches what is stored ---


def write_articles(folder: Path) -> Path:
    folder.mkdir()
    for id, text in (("satu", TOLD), ("dua", OTHER)):
        (folder / f"{id}.txt").write_text(text)
    return folder


def test_a_mended_rule_reaches_stored_articles_and_nothing_is_encoded_again(
    store: Store, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def index() -> IndexReport:
        return KnowledgeBase(tmp_path, encoder=encoder).index([articles])

    articles = write_articles(tmp_path / "articles")
    assert index().found_anew == 0
    before, of_meetings = passages(store), meetings(store, {"rambutan"})
    mend(monkeypatch, OFFICIALS, "mended")
    monkeypatch.setattr(encoder, "encode_passages", None)
    (articles / "dua.txt").unlink()
    report = index()
    assert (report.unchanged, report.updated, report.found_anew, report.refused) == (1, 0, 2, [])
    assert names(store) == [] and sorted(names(store, "kepala kecamatan")) == ["Dewi", "Joko"]
    assert passages(store) == before and meetings(store, {"rambutan"}) == of_meetings
    assert index().found_anew == 0


def test_answering_waits_for_no_finder_and_answers_from_what_another_version_found(
    encoder: Encoder, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = KnowledgeBase(tmp_path, encoder=encoder, reader=reader)
    knowledge.index([write_articles(tmp_path / "articles")])
    monkeypatch.setitem(vars(OFFICIALS), "version", "mended")
    monkeypatch.setitem(vars(OFFICIALS), "finder", None)
    holders = knowledge.answer("siapa camat rambutan?").holders
    assert {holder.name_text for holder in holders} == {"Dewi Lestari", "Joko Susilo"}


def test_an_article_in_which_a_finder_fails_is_named_and_keeps_its_facts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for id, text in (("satu", TOLD), ("dua", OTHER)):
        save(store, id, text)
    mend(monkeypatch, OFFICIALS, "mended")
    mended = OFFICIALS.finder
    monkeypatch.setitem(vars(OFFICIALS), "finder", lambda article: mended(article) if article.id == "dua" else 1 / 0)
    refused: list[embeddings.Refusal] = []
    assert find_anew(store, refused=refused) == 1
    assert [refusal.where for refusal in refused] == ["/satu.md, article 'satu'"]
    assert "ZeroDivisionError" in refused[0].reason
    assert names(store) == ["Dewi Lestari"] and names(store, "kepala kecamatan") == ["Joko"]


@on_both_engines
def test_an_article_that_was_replaced_meanwhile_keeps_the_facts_of_its_new_text(store: Store) -> None:
    old = save(store, "satu", TOLD)
    save(store, "satu", OTHER)
    store.renew([(old, OFFICIALS.findings(old)), (Article("gone", TOLD), OFFICIALS.findings(old))])
    assert names(store) == ["Joko Susilo"]


def test_killed_while_it_finds_anew_all_facts_are_there_and_the_next_run_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(250):
        save(store, f"a{number}", f"{OTHER} Nomor {number}.")
    program = f"""
import os, pathlib, signal
from embeddings.storage.store import Store
from embeddings.topics.finding import OFFICIALS, find_anew
find, found = OFFICIALS.finder, []
def find_or_die(article):
    found.append(article)
    if len(found) == 150:
        os.kill(os.getpid(), signal.SIGKILL)
    return find(article)
vars(OFFICIALS).update(finder=find_or_die, version="mended")
find_anew(Store(pathlib.Path({str(store.engine.path)!r})))
"""
    killed = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    assert len(names(store)) == 250
    monkeypatch.setitem(vars(OFFICIALS), "version", "mended")
    assert find_anew(store) == 150 and find_anew(store) == 0
    assert len(names(store)) == 250 and list(store.damaged()) == []


@pytest.mark.slow
def test_a_changed_line_in_a_finder_reaches_the_answers_with_the_next_index(tmp_path: Path) -> None:
    write_articles(tmp_path / "articles")
    (tmp_path / "config.toml").write_text('[articles]\npaths = ["articles"]\n')
    for package in ("bot", "embeddings"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("weights", "__pycache__"))
    (tmp_path / "embeddings/models/weights").symlink_to(ROOT / "embeddings/models/weights")

    def run(*command: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        program = [sys.executable, "-m", "bot", *command]
        finished = subprocess.run(program, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout + finished.stderr

    def asked() -> list[dict[str, str]]:
        return list(json.loads(run("ask", "--json", "siapa camat rambutan?"))["officials"])

    assert "2 added" in run("index")
    with sqlite3.connect(tmp_path / "data" / FILE_NAME) as database:
        before = database.execute("SELECT id, embedding FROM passages").fetchall()
    with (tmp_path / "embeddings/topics/officials/find.py").open("a") as source:
        source.write("\n\n_found = officials_of\ndef officials_of(text):\n    return _found(text)[:0]\n")
    assert asked()
    last_line = run("index").splitlines()[-1]
    assert last_line.startswith("0 added, 0 updated, 2 unchanged") and last_line.endswith("2 searched anew")
    assert asked() == []
    with sqlite3.connect(tmp_path / "data" / FILE_NAME) as database:
        assert database.execute("SELECT id, embedding FROM passages").fetchall() == before
    assert run("index").rstrip().endswith("0 searched anew")


def test_articles_stored_before_there_were_topics_are_gone_through_before_the_first_answer(
    store: Store, encoder: Encoder, reader: Reader, tmp_path: Path
) -> None:
    store.save(Article("satu", TOLD), [(0, len(TOLD))], encoder.encode_passages([TOLD]))
    assert names(store) == []
    knowledge = KnowledgeBase(tmp_path, encoder=encoder, reader=reader)
    assert [holder.name_text for holder in knowledge.answer("siapa camat rambutan?").holders] == ["Dewi Lestari"]
    assert names(store) == ["Dewi Lestari"] and len(meetings(store, {"rambutan"})) == 1


# --- the version ---


@pytest.fixture
def version_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Topic[Official]], str]:
    """The version that a topic has in a copy of the package, which may be changed."""
    shutil.copytree(files("embeddings"), tmp_path / "copy", ignore=shutil.ignore_patterns("weights", "__pycache__"))
    monkeypatch.setattr("embeddings.topics.topic.files", lambda package: tmp_path / "copy")
    return lambda topic: msgspec.convert(Topic.version.func(topic), str)


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("topics/officials/find.py", True),
        ("topics/officials/data/offices.toml", True),
        ("indonesian/regions.py", True),
        ("indonesian/data/regions.csv", True),
        ("types.py", True),
        ("topics/officials/__pycache__/find.cpython-311.pyc", False),
        ("topics/officials/.find.py.swp", False),
        ("topics/meetings/find.py", False),
        ("search/dense.py", False),
    ],
)
def test_the_version_is_one_of_code_and_data_that_the_finder_reads_and_of_nothing_else(
    version_in: Callable[[Topic[Official]], str], tmp_path: Path, file: str, counts: bool
) -> None:
    before = version_in(OFFICIALS)
    assert before == OFFICIALS.version == version_in(OFFICIALS)
    path = tmp_path / "copy" / file
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as changed:
        changed.write(b"#")
    assert (version_in(OFFICIALS) != before) is counts


def imported(module: str, seen: set[str]) -> set[str]:
    """The modules of the engine that a module reads, directly or through others, but for articles and storage."""
    seen.add(module)
    for node in ast.walk(ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text())):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("embeddings."):
            of_package = [f"{node.module}.{name.name}" for name in node.names]
            for name in [str(node.module), *of_package]:
                is_read = (ROOT / f"{name.replace('.', '/')}.py").exists() and name not in seen
                if is_read and not name.startswith(("embeddings.sources", "embeddings.types")):
                    imported(name, seen)
    return seen


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_whatever_code_a_finder_reads_is_part_of_its_version(topic: Topic[msgspec.Struct]) -> None:
    parts = tuple(f"embeddings.{part.removesuffix('.py').replace('/', '.')}" for part in (*topic.folders, *LANGUAGE))
    read = imported(f"embeddings.topics.{topic.name}.find", set())
    assert (
        f"embeddings.topics.{topic.name}.find" in read
        and {name for name in read if not name.startswith(parts)} == set()
    )
