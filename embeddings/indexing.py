"""Bring the store up to date with the articles' files: new and changed ones are encoded, unchanged ones are not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from embeddings.errors import IndexMismatch, StoreUnusable, WartabotError
from embeddings.indonesian.dates import WIB
from embeddings.models.encoder import Encoder
from embeddings.passages import passage_context, split_passages
from embeddings.sources.files import ArticleSettings, find_files, read_file
from embeddings.sources.refusals import Refusal, Remark, fault
from embeddings.storage.store import KnownArticle, Store
from embeddings.topics.finding import find_all, find_anew
from embeddings.types import Article, Span

# Articles encoded together: enough for full batches, few enough that a kill loses seconds of work.
ARTICLES_AT_ONCE = 32
# So many refused lines of a file are named, and the rest counted: a file may have millions.
MOST_NAMED = 100
# What has so many lines that are no articles, and none between them, is no file of articles.
MOST_REFUSED_IN_A_ROW = 1000

OnProgress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


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
        self.found_anew = 0
        """Stored articles that the finders of another version had gone through."""
        self.passages = 0
        self.refused: list[Refusal] = []
        self.remarks: list[Remark] = []
        self.skipped: Counter[str] = Counter()
        """Files of kinds that are not read, by their ending."""


def index_files(
    store: Store,
    encoder: Encoder,
    paths: Sequence[Path],
    articles: ArticleSettings,
    passages: PassageSettings,
    prune: bool = False,
    on_progress: OnProgress = lambda done, total: None,
    newsroom: tzinfo = WIB,
) -> IndexReport:
    """Read the files and folders into the store; a second run at once is refused with StoreUnusable.

    Timestamps are dated in the newsroom's time zone; progress is in bytes of files, then in articles whose facts were
    found by another version. A run that was killed is simply run again: each article is stored whole or not at all.
    """
    report = IndexReport()
    with _only_run(store):
        store.claim(encoder.name, encoder.dimension)
        found = find_files(paths)
        report.refused += found.refused
        report.skipped += found.skipped
        reading = _Reading(found.files, articles, newsroom, store, report)
        for batch in _batches(reading.changed(on_progress)):
            for article, spans in _encode_and_save(store, encoder, passages, batch, report.refused):
                report.passages += len(spans)
                if article.id in reading.known:
                    report.updated += 1
                else:
                    report.added += 1
        if prune:
            report.removed = _prune(store, reading.known, reading.seen, reading.read_whole)
        report.found_anew = find_anew(store, on_progress, report.refused)
    return report


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
    unfinished = store.path.with_suffix(f".{passages.target_tokens}-tokens.unfinished")
    refused = [] if refused is None else refused
    with _only_run(store):
        rebuilt = _store_for(unfinished, encoder)
        done = rebuilt.known_articles()
        todo: list[Article] = []
        for article in store.articles():
            done.pop(article.id, None)
            if not rebuilt.holds(article):
                todo.append(article)
        for gone in done:
            rebuilt.remove(gone)
        for number, batch in enumerate(_batches(todo)):
            on_progress(number * ARTICLES_AT_ONCE, len(todo))
            for _ in _encode_and_save(rebuilt, encoder, passages, batch, refused):
                pass
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


class _Reading:
    """A run through the articles' files: which articles are new or changed, and what was seen on the way."""

    def __init__(
        self, files: Sequence[Path], settings: ArticleSettings, newsroom: tzinfo, store: Store, report: IndexReport
    ) -> None:
        self.known = store.known_articles()
        self.seen: dict[str, str] = {}
        """By article id, the file that it was read from."""
        self.read_whole: set[str] = set()
        self._files = files
        self._settings = settings
        self._newsroom = newsroom
        self._store = store
        self._report = report

    def changed(self, on_progress: OnProgress) -> Iterator[Article]:
        """The articles that the store lacks or has otherwise, as they are read; progress is in bytes of files."""
        sizes = [_size(file) for file in self._files]
        total, before = sum(sizes), 0

        def on_position(position: int) -> None:
            on_progress(before + position, total)

        for file, size in zip(self._files, sizes, strict=True):
            yield from self._changed_in(file, on_position)
            before += size
            on_progress(before, total)

    def _changed_in(self, file: Path, on_position: Callable[[int], None]) -> Iterator[Article]:
        report = self._report
        refused = in_a_row = remarks = 0
        for found in read_file(file, self._settings, self._newsroom, on_position):
            if isinstance(found, Remark):
                remarks += 1
                if remarks <= MOST_NAMED:
                    report.remarks.append(found)
                continue
            refusal = found if isinstance(found, Refusal) else self._refuse_second(found, file)
            if isinstance(found, Article) and refusal is None:
                in_a_row = 0
                yield from self._if_changed(found, file)
                continue
            assert refusal is not None
            refused += 1
            in_a_row += 1
            if refused <= MOST_NAMED:
                report.refused.append(refusal)
            if in_a_row == MOST_REFUSED_IN_A_ROW:
                reason = f"{in_a_row} lines in a row are no articles; what follows them was not read"
                report.refused.append(Refusal(str(file), reason))
                break
        if refused > MOST_NAMED:
            report.refused.append(Refusal(str(file), f"{refused - MOST_NAMED} further lines are refused"))
        if remarks > MOST_NAMED:
            report.remarks.append(Remark(str(file), f"{remarks - MOST_NAMED} further lines have such fields"))
        if not refused:
            self.read_whole.add(str(file.resolve()))

    def _if_changed(self, article: Article, file: Path) -> Iterator[Article]:
        self.seen[article.id] = str(file)
        stored = self.known.get(article.id)
        if stored is None or not self._store.holds(article):
            yield article
            return
        if stored.path != article.path:
            self._store.move(article.id, article.path)
        self._report.unchanged += 1

    def _refuse_second(self, article: Article, file: Path) -> Refusal | None:
        other = self.seen.get(article.id)
        if other is None and article.id in self.known:
            path = self.known[article.id].path
            if path is not None and path != article.path and Path(path).exists():
                other = path
        if other is None:
            return None
        return Refusal(
            str(file), f"its id {article.id!r} is already that of an article in {other}; give one of them another id"
        )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _encode_and_save(
    store: Store, encoder: Encoder, settings: PassageSettings, articles: Iterable[Article], refused: list[Refusal]
) -> Iterator[tuple[Article, list[Span]]]:
    """Store the articles one by one; one in which anything fails is refused, and those beside it are stored."""
    split: list[tuple[Article, list[Span]]] = []
    for article in articles:
        with _refusing(article, refused):
            spans = split_passages(article, encoder.count_tokens, encoder.max_passage_tokens, settings.target_tokens)
            split.append((article, spans))
    for article, spans, embeddings in _encoded(encoder, split, refused):
        with _refusing(article, refused):
            store.save(article, spans, embeddings, find_all(article))
            yield article, spans


def _encoded(
    encoder: Encoder, split: Sequence[tuple[Article, list[Span]]], refused: list[Refusal]
) -> Iterator[tuple[Article, list[Span], NDArray[np.float32]]]:
    """The articles with their passages' embeddings, encoded together, or one by one where that fails."""
    texts = [[passage_context(article) + article.text[start:end] for start, end in spans] for article, spans in split]
    try:
        together = encoder.encode_passages([text for of_one in texts for text in of_one])
    except Exception:
        for (article, spans), of_one in zip(split, texts, strict=True):
            with _refusing(article, refused):
                yield article, spans, encoder.encode_passages(of_one)
        return
    position = 0
    for article, spans in split:
        yield article, spans, together[position : position + len(spans)]
        position += len(spans)


@contextmanager
def _refusing(article: Article, refused: list[Refusal]) -> Iterator[None]:
    """Refuse this article where anything fails; what is wrong with the store concerns them all."""
    try:
        yield
    except WartabotError:
        raise
    except Exception as error:
        # Raised on purpose where a title leaves no room; whatever else is raised is a fault of the program.
        reason = str(error) if type(error) is ValueError else fault(error)
        refused.append(Refusal(f"{article.path or '-'}, article {article.id!r}", reason))


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
