"""Bring the store up to date with the articles' files: new and changed ones are encoded, unchanged ones are not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec
from filelock import FileLock, Timeout

from embeddings.articles import Article, ArticleSettings, Refusal, find_files, open_bulk, read_file
from embeddings.encoder import Encoder
from embeddings.errors import IndexMismatch, StoreUnusable
from embeddings.passages import Span, passage_context, split_passages
from embeddings.store import KnownArticle, Store

# Articles encoded together: enough for full batches, few enough that a kill loses seconds of work.
ARTICLES_AT_ONCE = 32


class PassageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long passages are."""

    target_tokens: Annotated[int, msgspec.Meta(ge=16, le=400)] = 128


class IndexReport:
    """What an indexing run did."""

    def __init__(self) -> None:
        self.added = 0
        self.updated = 0
        self.unchanged = 0
        self.removed = 0
        self.passages = 0
        self.refused: list[Refusal] = []


def index_files(
    store: Store,
    encoder: Encoder,
    paths: Sequence[Path],
    articles: ArticleSettings,
    passages: PassageSettings,
    prune: bool = False,
    on_progress: Callable[[int], None] = lambda articles_done: None,
) -> IndexReport:
    """Read the files and folders into the store; a second run at once is refused with StoreUnusable.

    A run that was killed is simply run again: each article is stored whole or not at all.
    """
    report = IndexReport()
    with _only_run(store):
        store.claim(encoder.name, encoder.dimension)
        known = store.known_articles()
        seen: dict[str, str] = {}
        read_whole: set[str] = set()
        changed = _changed_articles(paths, articles, store, known, seen, read_whole, report, on_progress)
        for batch in _batches(changed):
            for article, spans in _encode_and_save(store, encoder, passages, batch, report):
                report.passages += len(spans)
                if article.id in known:
                    report.updated += 1
                else:
                    report.added += 1
                on_progress(1)
        if prune:
            report.removed = _prune(store, known, seen, read_whole)
    return report


def rebuild(
    store: Store,
    encoder: Encoder,
    passages: PassageSettings,
    on_progress: Callable[[int], None] = lambda articles_done: None,
) -> Store:
    """Split and encode every stored article anew and return the store that replaces this one, which is closed.

    The old store stays in place until the new one is complete; after a kill, the next run goes on where it stopped.
    """
    unfinished = store.path.with_suffix(f".{passages.target_tokens}-tokens.unfinished")
    report = IndexReport()
    with _only_run(store):
        rebuilt = _store_for(unfinished, encoder)
        done = rebuilt.known_articles()
        todo: list[Article] = []
        for article in store.articles():
            done.pop(article.id, None)
            if rebuilt.holds(article):
                on_progress(1)
            else:
                todo.append(article)
        for gone in done:
            rebuilt.remove(gone)
        for batch in _batches(todo):
            for _ in _encode_and_save(rebuilt, encoder, passages, batch, report):
                on_progress(1)
        path = store.path
        store.close()
        rebuilt.close()
        for leftover in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            leftover.unlink(missing_ok=True)
        unfinished.replace(path)
    return Store(path)


def _store_for(path: Path, encoder: Encoder) -> Store:
    store = Store(path)
    try:
        store.claim(encoder.name, encoder.dimension)
    except IndexMismatch:
        # Left by a rebuild for another encoder, which was stopped.
        store.close()
        path.unlink()
        store = Store(path)
        store.claim(encoder.name, encoder.dimension)
    return store


def count_articles(paths: Sequence[Path]) -> int:
    """How many articles the files seem to hold, for a progress bar: one a file, or one a line."""
    total = 0
    for path in find_files(paths):
        if isinstance(path, Refusal):
            continue
        total += _count_lines(path) if path.name.lower().endswith((".jsonl", ".jsonl.gz")) else 1
    return total


def _changed_articles(
    paths: Sequence[Path],
    settings: ArticleSettings,
    store: Store,
    known: dict[str, KnownArticle],
    seen: dict[str, str],
    read_whole: set[str],
    report: IndexReport,
    on_progress: Callable[[int], None],
) -> Iterator[Article]:
    for file in find_files(paths):
        if isinstance(file, Refusal):
            report.refused.append(file)
            continue
        refused_before = len(report.refused)
        for found in read_file(file, settings):
            refusal = found if isinstance(found, Refusal) else _refuse_second(found, file, known, seen)
            if refusal is not None:
                report.refused.append(refusal)
                on_progress(1)
                continue
            assert isinstance(found, Article)
            seen[found.id] = str(file)
            stored = known.get(found.id)
            if stored is None or not store.holds(found):
                yield found
                continue
            if stored.path != found.path:
                store.move(found.id, found.path)
            report.unchanged += 1
            on_progress(1)
        if len(report.refused) == refused_before:
            read_whole.add(str(file.resolve()))


def _refuse_second(
    article: Article, file: Path, known: dict[str, KnownArticle], seen: dict[str, str]
) -> Refusal | None:
    other = seen.get(article.id)
    if other is None and article.id in known:
        path = known[article.id].path
        if path is not None and path != article.path and Path(path).exists():
            other = path
    if other is None:
        return None
    return Refusal(
        str(file), f"its id {article.id!r} is already that of an article in {other}; give one of them another id"
    )


def _encode_and_save(
    store: Store, encoder: Encoder, settings: PassageSettings, articles: Iterable[Article], report: IndexReport
) -> Iterator[tuple[Article, list[Span]]]:
    split: list[tuple[Article, list[Span]]] = []
    texts: list[str] = []
    for article in articles:
        try:
            spans = split_passages(article, encoder.count_tokens, encoder.max_passage_tokens, settings.target_tokens)
        except ValueError as error:
            report.refused.append(Refusal(article.path or article.id, str(error)))
            continue
        split.append((article, spans))
        texts.extend(passage_context(article) + article.text[start:end] for start, end in spans)
    embeddings = encoder.encode_passages(texts)
    position = 0
    for article, spans in split:
        store.save(article, spans, embeddings[position : position + len(spans)])
        position += len(spans)
        yield article, spans


def _prune(store: Store, known: dict[str, KnownArticle], seen: dict[str, str], read_whole: set[str]) -> int:
    """Drop what is gone from disk; a file that could not be read whole loses nothing."""
    removed = 0
    for article_id, article in known.items():
        if article_id in seen or article.path is None:
            continue
        if article.path in read_whole or not Path(article.path).exists():
            store.remove(article_id)
            removed += 1
    return removed


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    # itertools.batched comes with Python 3.12.
    remaining = iter(articles)
    while batch := list(islice(remaining, ARTICLES_AT_ONCE)):
        yield batch


@contextmanager
def _only_run(store: Store) -> Iterator[None]:
    try:
        lock = FileLock(store.path.with_name("indexing.lock")).acquire(timeout=0)
    except Timeout as error:
        raise StoreUnusable(
            f"Another `wartabot index` is running on {store.path.parent}. Wait for it to finish; it loses nothing."
        ) from error
    with lock:
        yield


def _count_lines(path: Path) -> int:
    try:
        with open_bulk(path) as lines:
            return sum(1 for _ in lines)
    except (OSError, EOFError):
        return 0
