"""Find which articles in files are new or changed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path

from embeddings.indexing.recognition import Recognition
from embeddings.indexing.report import FileReport, IndexReport, OnProgress
from embeddings.sources.files import ArticleSettings, find_files, read_file
from embeddings.sources.ids import id_of_file
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
        self._recognition = Recognition(store)
        self._recognition.make_room(found.folders)
        self._read_whole: set[str] = set()
        self._files = found.files
        self._folders = found.folders
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

    def is_new(self, article_id: str) -> bool:
        """Whether no article of this id was stored before."""
        return article_id not in self._recognition.known

    def gone(self) -> Iterator[str]:
        """The ids of stored articles that are gone from disk; a file that could not be read whole loses nothing."""
        for article_id, article in self._recognition.known.items():
            if article_id in self._recognition.seen or article.is_of_the_web:
                continue
            if article.path in self._read_whole or not article.has_file:
                yield article_id

    def _changed_in(self, file: Path, on_position: Callable[[int], None]) -> Iterator[Article]:
        report = FileReport(file, self._report)
        for found in read_file(file, self._settings, self._newsroom, on_position, self._folders.get(file)):
            known = self._recognised(found, file) if isinstance(found, Article) else found
            if isinstance(known, Remark):
                report.remark(known)
            elif isinstance(known, Article):
                report.accept()
                yield from self._if_changed(known, file)
            elif not report.refuse(known):
                break
        report.count_the_rest()
        if not report.refused:
            self._read_whole.add(str(file.resolve()))

    def _recognised(self, article: Article, file: Path) -> Article | Refusal | Remark:
        """The article under the id that it is stored under, or why it is left alone."""
        known = self._recognition.of_file(article, id_of_file(file, self._folders.get(file)))
        if known is None:
            self._report.unchanged += 1
            return Remark(str(file), f"it was fetched from its url already, and that stays as it is: {article.url}")
        return self._refusal_of_second(known, file) or known

    def _if_changed(self, article: Article, file: Path) -> Iterator[Article]:
        self._recognition.seen[article.id] = str(file)
        stored = self._recognition.known.get(article.id)
        if stored is None or not self._store.holds(article):
            yield article
            return
        # What came from the web is no file's because it was read from one, such as an export, too.
        if stored.path != article.path and not stored.is_of_the_web:
            self._store.move(article.id, article.path)
        self._report.unchanged += 1

    def _refusal_of_second(self, article: Article, file: Path) -> Refusal | None:
        other = self._recognition.seen.get(article.id)
        stored = self._recognition.known.get(article.id)
        if other is None and stored and stored.path != article.path and stored.has_file:
            other = stored.path
        if other is None:
            return None
        return Refusal(
            str(file),
            f"its id {article.id!r} is already that of an article in {other}; give one of them another id, or index a "
            "folder that holds both: their places in it tell them apart",
        )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
