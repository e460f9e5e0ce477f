"""Find which articles in files are new or changed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path

from embeddings.indexing.report import FileReport, IndexReport, OnProgress
from embeddings.sources.files import ArticleSettings, find_files, read_file
from embeddings.sources.refusals import Refusal, Remark
from embeddings.storage.store import Store
from embeddings.types import Article


class Reading:
    """A run through the articles' files: which articles are new or changed, and what was seen on the way."""

    def __init__(
        self, paths: Sequence[Path], settings: ArticleSettings, newsroom: tzinfo, store: Store, report: IndexReport
    ) -> None:
        found = find_files(paths)
        report.refused += found.refused
        report.skipped += found.skipped
        self.known = store.known_articles()
        self._seen: dict[str, str] = {}
        """By article id, the file that it was read from."""
        self._read_whole: set[str] = set()
        self._files = found.files
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

    def gone(self) -> Iterator[str]:
        """The ids of stored articles that are gone from disk; a file that could not be read whole loses nothing."""
        for article_id, article in self.known.items():
            if article_id in self._seen or article.path is None:
                continue
            if article.path in self._read_whole or not Path(article.path).exists():
                yield article_id

    def _changed_in(self, file: Path, on_position: Callable[[int], None]) -> Iterator[Article]:
        report = FileReport(file, self._report)
        for found in read_file(file, self._settings, self._newsroom, on_position):
            if isinstance(found, Remark):
                report.remark(found)
                continue
            refusal = found if isinstance(found, Refusal) else self._refuse_second(found, file)
            if isinstance(found, Article) and refusal is None:
                report.accept()
                yield from self._if_changed(found, file)
                continue
            assert refusal is not None
            if not report.refuse(refusal):
                break
        report.count_the_rest()
        if not report.refused:
            self._read_whole.add(str(file.resolve()))

    def _if_changed(self, article: Article, file: Path) -> Iterator[Article]:
        self._seen[article.id] = str(file)
        stored = self.known.get(article.id)
        if stored is None or not self._store.holds(article):
            yield article
            return
        if stored.path != article.path:
            self._store.move(article.id, article.path)
        self._report.unchanged += 1

    def _refuse_second(self, article: Article, file: Path) -> Refusal | None:
        other = self._seen.get(article.id)
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
