"""Real parts for the tests: the bundled model, a real store and real indexes over the articles in seeds/."""

from pathlib import Path

import pytest

from embeddings import (
    Answerer,
    AnswerSettings,
    ArticleSettings,
    Encoder,
    EncoderSettings,
    PassageSettings,
    RetrieverSettings,
    Store,
    index_files,
)
from embeddings.reader import Reader
from embeddings.retriever import Retriever
from embeddings.store import FILE_NAME as STORE_FILE

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
# The bundled model is made here once and shared with `make run`.
DATA = ROOT / "data"
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation data is not beside this checkout")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder(EncoderSettings(), DATA)


@pytest.fixture(scope="session")
def seeds_data(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which seeds/ is indexed; do not change it."""
    return make_data(tmp_path_factory.mktemp("data"), encoder, SEEDS)


@pytest.fixture(scope="session")
def answerer(encoder: Encoder, seeds_data: Path) -> Answerer:
    return make_answerer(seeds_data, encoder)


def make_data(folder: Path, encoder: Encoder, articles: Path) -> Path:
    store = Store(folder / STORE_FILE)
    report = index_files(store, encoder, [articles], ArticleSettings(), PassageSettings())
    assert report.refused == []
    store.close()
    return folder


def make_answerer(data: Path, encoder: Encoder, settings: AnswerSettings | None = None) -> Answerer:
    retriever = Retriever(Store(data / STORE_FILE), encoder, data, RetrieverSettings())
    return Answerer(retriever, Reader(), settings or AnswerSettings())
