"""Which stored article one that is read is: nothing is stored twice, nothing is taken for another."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.cards import verified
from bot.chats import SentAnswer, SentQuote
from embeddings import Article, Encoder, IndexReport, KnowledgeBase, Quote
from embeddings.sources.ids import id_of_url
from embeddings.storage.store import FILE_NAME
from tests.old_stores import make_old_store

URL = "https://kabar.example/2024/rakor-banyuasin"


class Archive:
    """A data folder, a folder of articles, and how many texts were encoded."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.articles = folder / "articles"
        self.articles.mkdir()
        self.data = folder / "data"
        self.encoder = encoder
        self.knowledge = KnowledgeBase(self.data, encoder=encoder)
        self.encoded = 0

    def write(self, name: str, text: str, **header: str) -> Path:
        path = self.articles / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{key}: {value}\n" for key, value in header.items())
        path.write_text(f"---\n{lines}---\n{text}\n" if header else f"{text}\n")
        return path

    def index(self, *paths: Path, prune: bool = False, force: bool = False) -> tuple[int, int, int, int]:
        self.report = self.knowledge.index(list(paths) or [self.articles], prune, force=force)
        return self.report.added, self.report.updated, self.report.unchanged, self.report.removed

    def texts(self) -> dict[str, str]:
        return {article.id: article.text for article in self.knowledge.store.articles()}


@pytest.fixture
def archive(tmp_path: Path, encoder: Encoder) -> Archive:
    return Archive(tmp_path, encoder)


@pytest.fixture
def encoded(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every passage that is encoded."""
    texts: list[str] = []
    encode = encoder.encode_passages

    def remember(passages: list[str]) -> object:
        texts.extend(passages)
        return encode(passages)

    monkeypatch.setattr(encoder, "encode_passages", remember)
    return texts


def sent(article: Article) -> SentAnswer:
    return SentAnswer("?", True, (SentQuote.of(Quote(article, 0, 5, None, 0.9)),), "id", 1)


# --- files ---


def test_files_of_one_stem_in_dated_folders_are_articles_of_their_own(archive: Archive) -> None:
    for month in ("01", "02"):
        archive.write(f"2024/{month}/rakor.txt", f"Rapat bulan {month} digelar.")
    archive.write("rakor.txt", "Rapat umum digelar.")
    assert archive.index() == (3, 0, 0, 0) and archive.report.refused == []
    assert archive.texts() == {
        "2024.01.rakor": "Rapat bulan 01 digelar.",
        "2024.02.rakor": "Rapat bulan 02 digelar.",
        "rakor": "Rapat umum digelar.",
    }
    assert archive.index() == (0, 0, 3, 0)


def test_a_stored_article_keeps_its_id_whichever_folder_is_named(archive: Archive, encoded: list[str]) -> None:
    path = archive.write("2024/01/rakor.txt", "Rapat digelar.")
    archive.index()
    encoded.clear()
    for named in (path.parent, path.parent.parent, path):
        assert archive.index(named) == (0, 0, 1, 0)
    path.write_text("Rapat ditunda.\n")
    assert archive.index(path.parent) == (0, 1, 0, 0)
    assert archive.texts() == {"2024.01.rakor": "Rapat ditunda."} and encoded == ["Rapat ditunda."]


def old_archive(archive: Archive, *paths: Path) -> None:
    """Store these files as a version did that gave each its bare name."""
    articles = [Article(path.stem, path.read_text().strip(), path=str(path)) for path in paths]
    archive.knowledge.close()
    for file in archive.data.glob(f"{FILE_NAME}*"):
        file.unlink()
    make_old_store(archive.data / FILE_NAME, 4, articles)
    archive.knowledge = KnowledgeBase(archive.data, encoder=archive.encoder)
    archive.knowledge.store._database.execute("UPDATE passages SET embedding = zeroblob(768)")


def test_an_upgrade_keeps_the_ids_of_stored_articles_and_encodes_nothing(archive: Archive, encoded: list[str]) -> None:
    paths = [archive.write(f"2024/{n}/rakor-{n}.txt", f"Rapat {n} digelar.") for n in range(3)]
    old_archive(archive, *paths)
    assert archive.index() == (0, 0, 3, 0) and sorted(archive.texts()) == ["rakor-0", "rakor-1", "rakor-2"]
    # Moved as a whole, they are the same articles.
    shutil.move(archive.articles / "2024", archive.articles / "arsip")
    assert archive.index(prune=True) == (0, 0, 3, 0) and sorted(archive.texts()) == ["rakor-0", "rakor-1", "rakor-2"]
    assert encoded == []


def test_where_a_bare_name_is_anothers_by_right_the_stored_article_is_moved_and_not_encoded(
    archive: Archive, encoded: list[str]
) -> None:
    dated, plain = archive.write("2024/rakor.txt", "Rapat 2024."), archive.write("rakor.txt", "Rapat umum.")
    old_archive(archive, dated)
    before = archive.knowledge.store.article("rakor")
    assert before is not None
    assert archive.index() == (1, 0, 1, 0) and archive.report.refused == []
    assert archive.texts() == {"2024.rakor": "Rapat 2024.", "rakor": "Rapat umum."} and encoded == ["Rapat umum."]
    assert list(archive.knowledge.store.damaged()) == []
    # A quote that was sent of it opens, as what it is: unchanged.
    (quote,) = verified(sent(before), archive.knowledge.store)
    assert quote.article.id == "2024.rakor" and not quote.older
    assert archive.index() == (0, 0, 2, 0) and plain.exists()


def test_an_id_that_a_header_gives_stays_and_moves_the_article(archive: Archive, encoded: list[str]) -> None:
    archive.write("2024/rakor.txt", "Rapat digelar.")
    archive.index()
    encoded.clear()
    archive.write("2024/rakor.txt", "Rapat digelar.", id="berita-17")
    assert archive.index() == (0, 0, 1, 0) and archive.texts() == {"berita-17": "Rapat digelar."}
    assert encoded == [] and list(archive.knowledge.store.damaged()) == []
    assert archive.index() == (0, 0, 1, 0)


# --- addresses ---


def test_an_article_is_recognised_by_its_address_under_another_name(archive: Archive, encoded: list[str]) -> None:
    first = archive.write("a.md", "Rapat digelar hari Senin.", url=URL)
    archive.index()
    first.unlink()
    archive.write("b.md", "Rapat digelar hari Senin.", url=f"{URL.replace('https', 'http')}/?utm_source=wa")
    encoded.clear()
    # Its url is another, so that a link to it leads where the file says.
    assert archive.index(prune=True) == (0, 1, 0, 0)
    archive.write("b.md", "Rapat ditunda.", url=URL)
    assert archive.index() == (0, 1, 0, 0) and archive.texts() == {"a": "Rapat ditunda."}
    article = archive.knowledge.store.article("a")
    assert article is not None and article.path == str(archive.articles / "b.md")


def test_two_files_with_one_address_stay_two_articles_and_never_take_turns(archive: Archive) -> None:
    for name in ("a", "b"):
        archive.write(f"{name}.md", f"Rapat {name} digelar.", url=URL)
    assert archive.index() == (2, 0, 0, 0)
    for _ in range(2):
        assert archive.index() == (0, 0, 2, 0) and sorted(archive.texts()) == ["a", "b"]


def test_lines_that_all_name_the_page_of_news_are_articles_of_their_own(archive: Archive) -> None:
    lines = [{"id": n, "text": f"Berita nomor {n}.", "url": "https://kabar.example/berita"} for n in range(20)]
    for name, some in (("satu.jsonl", lines[:12]), ("dua.jsonl", lines[12:])):
        (archive.articles / name).write_text("\n".join(map(json.dumps, some)))
        archive.index(archive.articles / name)
    assert len(archive.texts()) == 20
    assert archive.index() == (0, 0, 20, 0)


def test_lines_whose_numbers_have_shifted_are_the_articles_of_their_addresses(
    archive: Archive, encoded: list[str]
) -> None:
    lines = [{"id": n, "text": f"Berita nomor {n}.", "url": f"https://kabar.example/{n}"} for n in range(5)]
    bulk = archive.articles / "semua.jsonl"
    bulk.write_text("\n".join(map(json.dumps, lines)))
    archive.index()
    encoded.clear()
    bulk.write_text("\n".join(json.dumps({**line, "id": n + 1}) for n, line in enumerate(lines)))
    assert archive.index() == (0, 0, 5, 0) and encoded == [] and len(archive.texts()) == 5


# --- the web ---


def fetched(text: str, url: str = URL) -> Article:
    return Article(id_of_url(url), text, url=url)


def add(archive: Archive, *articles: Article) -> tuple[int, int, int]:
    report = IndexReport()
    assert archive.knowledge.add(articles, report) == []
    return report.added, report.updated, report.unchanged


def test_a_fetched_article_costs_nothing_until_it_changes(archive: Archive, encoded: list[str]) -> None:
    assert add(archive, fetched("Rapat digelar."), fetched("Lain.", "https://kabar.example/lain")) == (2, 0, 0)
    encoded.clear()
    for link in (URL, f"{URL}/?utm_source=rss", f"{URL}/amp"):
        assert add(archive, fetched("Rapat digelar.", link)) == (0, 0, 1)
    assert encoded == []
    assert add(archive, fetched("Rapat ditunda.", f"{URL}/amp")) == (0, 1, 0)
    assert sorted(archive.texts().values()) == ["Lain.", "Rapat ditunda."]


def test_a_fetched_article_of_which_there_is_a_file_is_left_to_the_file(archive: Archive) -> None:
    path = archive.write("a.md", "Rapat digelar.", url=URL)
    archive.index()
    assert add(archive, fetched("Rapat digelar, kata laman.")) == (0, 0, 1)
    assert archive.texts() == {"a": "Rapat digelar."}
    path.unlink()
    assert add(archive, fetched("Rapat digelar, kata laman.")) == (0, 1, 0)
    assert archive.texts() == {"a": "Rapat digelar, kata laman."}


def test_a_file_of_an_article_that_was_fetched_leaves_it_alone_and_says_so(archive: Archive) -> None:
    add(archive, fetched("Rapat digelar."))
    archive.write("a.md", "Rapat digelar, kata berkas.", url=URL)
    assert archive.index() == (0, 0, 1, 0)
    (remark,) = archive.report.remarks
    assert "fetched from its url already" in remark.note and URL in remark.note
    assert list(archive.texts().values()) == ["Rapat digelar."]


# --- pruning ---


def test_prune_removes_no_more_than_its_share_and_says_what_and_the_way_out(archive: Archive) -> None:
    for number in range(30):
        archive.write(f"{number:02}.txt", f"Berita nomor {number}.")
    add(archive, fetched("Rapat digelar."))
    archive.index()
    for number in range(6):
        (archive.articles / f"{number:02}.txt").unlink()
    assert archive.index(prune=True) == (0, 0, 24, 0) and len(archive.texts()) == 31
    (refused,) = archive.report.refused
    assert refused.where == "--prune"
    assert "would remove 6 of 31 articles, more than a share of 0.1" in refused.reason
    assert f"00 ({archive.articles / '00.txt'})" in refused.reason and "and 1 others" in refused.reason
    assert refused.reason.endswith("wartabot index --prune --force")
    assert archive.index(prune=True, force=True) == (0, 0, 24, 6)
    assert id_of_url(URL) in archive.texts() and len(archive.texts()) == 25


def test_a_few_may_always_go_and_nothing_goes_without_prune(archive: Archive) -> None:
    for number in range(5):
        archive.write(f"{number}.txt", f"Berita nomor {number}.")
    archive.index()
    shutil.rmtree(archive.articles)
    archive.articles.mkdir()
    assert archive.index() == (0, 0, 0, 0) and len(archive.texts()) == 5
    assert archive.index(prune=True) == (0, 0, 0, 5)


def test_an_article_keeps_its_facts_and_its_copies_under_another_id(archive: Archive) -> None:
    told = "Camat Rambutan, Dewi Lestari, membuka rapat koordinasi di Kecamatan Rambutan, Senin (17/7/2023)."
    archive.write("a/rakor.txt", told)
    archive.index()
    store = archive.knowledge.store

    def facts() -> list[bytes]:
        find: Callable[[str], list[tuple[Article, bytes]]] = store.facts
        return [content for topic in ("officials", "meetings") for _, content in find(topic)]

    before = facts()
    archive.write("a/rakor.txt", told, id="berita-1")
    archive.index()
    assert before == facts() and len(before) >= 2
    article = store.article("berita-1")
    assert article is not None and replace(article, path=None) == Article("berita-1", told, published="2023-07-17")
