"""Bring the store up to date with files, add articles to it, or rebuild it for another model: one run at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path

from embeddings.errors import IndexMismatch
from embeddings.indexing.changes import Reading
from embeddings.indexing.encoding import encode_and_save
from embeddings.indexing.pruning import prune_gone
from embeddings.indexing.recognition import Recognition
from embeddings.indexing.report import IndexReport, OnProgress
from embeddings.indonesian.dates import WIB
from embeddings.models.encoder import Encoder
from embeddings.passages import PassageSettings
from embeddings.sources.files import ArticleSettings
from embeddings.sources.refusals import Refusal
from embeddings.storage.store import Store
from embeddings.topics.finding import find_anew
from embeddings.types import Article


def index_files(
    store: Store,
    encoder: Encoder,
    paths: Sequence[Path],
    articles: ArticleSettings,
    passages: PassageSettings,
    prune: bool = False,
    on_progress: OnProgress = lambda done, total: None,
    newsroom: tzinfo = WIB,
    force: bool = False,
) -> IndexReport:
    """Read what is new or changed in files and folders into the store; `prune` drops what is gone from disk.

    Where that would be more than the settings allow, nothing is dropped unless by `force`. Raises StoreUnusable where
    another run is under way. Timestamps are dated in the newsroom's time zone. Progress is in bytes of files, then in
    articles whose facts were found by another version. A run that was killed is simply run again: each article is
    stored whole or not at all.
    """
    report = IndexReport()
    with store.alone():
        store.claim(encoder.name, encoder.dimension)
        reading = Reading(paths, articles, newsroom, store, report)
        for article, spans in encode_and_save(store, encoder, passages, reading.changed(on_progress), report.refused):
            report.count(len(spans), reading.is_new(article.id))
        if prune:
            prune_gone(store, list(reading.gone()), 1.0 if force else articles.prune_share, report)
        report.found_anew = find_anew(store, on_progress, report.refused)
    return report


def add_articles(
    store: Store,
    encoder: Encoder,
    passages: PassageSettings,
    articles: Iterable[Article],
    report: IndexReport | None = None,
) -> list[Refusal]:
    """Store these articles, each in the place of the one with its address or id; those that could not be stored.

    One that is stored already as it is costs nothing, and one of which there is a file is left alone. `report` is told
    what became of each.
    """
    report = IndexReport() if report is None else report
    with store.alone():
        store.claim(encoder.name, encoder.dimension)
        recognition = Recognition(store)
        changed = _changed(articles, recognition, store, report)
        for article, spans in encode_and_save(store, encoder, passages, changed, report.refused):
            report.count(len(spans), article.id not in recognition.known)
    return report.refused


def _changed(
    articles: Iterable[Article], recognition: Recognition, store: Store, report: IndexReport
) -> Iterator[Article]:
    for article in articles:
        known = recognition.of_web(article)
        if known is None or store.holds(known):
            report.unchanged += 1
        else:
            yield known
        recognition.seen[(known or article).id] = ""


def rebuild(
    store: Store,
    encoder: Encoder,
    passages: PassageSettings,
    on_progress: OnProgress = lambda done, total: None,
    refused: list[Refusal] | None = None,
) -> Store:
    """Split and encode every stored article anew and return the store that replaces this one, which is closed.

    The old store stays in place until the new one is complete; after a kill, the next run goes on where it stopped.
    `refused` is filled with the articles that the new one has no place for; progress is in articles.
    """
    refused = [] if refused is None else refused
    with store.alone():
        rebuilt = _beside(store, f"{passages.target_tokens}-tokens", encoder)
        todo = _still_missing(rebuilt, store)
        for number, _ in enumerate(encode_and_save(rebuilt, encoder, passages, todo, refused)):
            on_progress(number, len(todo))
        rebuilt.take_versions(store)
        rebuilt.take_sources(store)
        return store.replaced_by(rebuilt)


def _still_missing(rebuilt: Store, store: Store) -> list[Article]:
    """What an unfinished store lacks of another, once what it has beside it is removed."""
    done = rebuilt.known_articles()
    missing: list[Article] = []
    for article in store.articles():
        done.pop(article.id, None)
        if not rebuilt.holds(article):
            missing.append(article)
    for gone in done:
        rebuilt.remove(gone)
    return missing


def _beside(store: Store, name: str, encoder: Encoder) -> Store:
    unfinished = store.beside(name)
    try:
        unfinished.claim(encoder.name, encoder.dimension)
    except IndexMismatch:
        # Left by a rebuild for another encoder, which was stopped.
        unfinished.discard()
        unfinished = store.beside(name)
        unfinished.claim(encoder.name, encoder.dimension)
    return unfinished
