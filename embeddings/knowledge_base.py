"""A data folder as a whole: articles go in, answers come out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from pathlib import Path

from embeddings.answers.answer import Answer, Quote
from embeddings.answers.answerer import Answerer
from embeddings.answers.examples import find_examples
from embeddings.answers.overview import News, Overview, find_news, find_overview, news_of_person
from embeddings.answers.probability import Reading
from embeddings.answers.reader import Reader
from embeddings.answers.similar import LEAST_RELATED, LEAST_SIMILAR, find_similar
from embeddings.answers.standing import StandingQuestion
from embeddings.fetching.failures import FetchFailed
from embeddings.fetching.fetcher import Fetcher
from embeddings.filter import EVERYTHING, Filter
from embeddings.indexing.due import SourceSettings, due_at
from embeddings.indexing.editing import Change, Edit, Editor
from embeddings.indexing.intake import Intake
from embeddings.indexing.report import IndexReport, OnProgress
from embeddings.indexing.run import add_articles, index_files, rebuild
from embeddings.indexing.sync import SourceReport, index_pages, shown, sync_source
from embeddings.indonesian.dates import WIB
from embeddings.models.encoder import Encoder
from embeddings.question.context import Turn
from embeddings.question.news import AskedNews, asked_name, asked_news
from embeddings.search.retriever import Retriever
from embeddings.settings import KnowledgeSettings
from embeddings.sources.documents import read_document
from embeddings.sources.ids import id_of_content, id_of_url
from embeddings.sources.refusals import Refusal, Remark
from embeddings.storage.articles import Summary
from embeddings.storage.opening import open_store
from embeddings.topics.finding import find_missing
from embeddings.types import Article


class KnowledgeBase:
    """The articles in a data folder, and what it takes to index and to ask them; use it from one thread at a time.

    The models are loaded, and the indexes opened, when they are first needed.
    """

    def __init__(
        self,
        folder: Path,
        settings: KnowledgeSettings | None = None,
        newsroom: tzinfo = WIB,
        today: Callable[[], date] | None = None,
        encoder: Encoder | None = None,
        reader: Reader | None = None,
    ) -> None:
        """Open or create the store in this folder; raises StoreUnusable where that cannot be done.

        Timestamps are dated in the newsroom's time zone, and so is "kemarin" unless `today` tells the day. An encoder
        and a reader that are loaded already may be handed in, and are used instead of the configured ones.
        """
        self.settings = settings or KnowledgeSettings()
        self.folder = folder
        self.store = open_store(folder, self.settings.store)
        self._newsroom = newsroom
        self._today = today or (lambda: datetime.now(newsroom).date())
        self._encoder = encoder
        self._reader = reader
        self._retriever: Retriever | None = None
        self._answerer: Answerer | None = None

    def open(self) -> None:
        """Load all that answers, so that the first question need not wait for it.

        Raises EncoderUnavailable, IndexMismatch where the store has another encoder, and StoreUnusable.
        """
        self._answering()

    def close(self) -> None:
        if self._retriever is not None:
            self._retriever.close()
        self.store.close()

    @property
    def encoder(self) -> Encoder:
        """The model that the settings name; raises EncoderUnavailable."""
        if self._encoder is None:
            self._encoder = Encoder(self.settings.encoder)
        return self._encoder

    @property
    def retriever(self) -> Retriever:
        """The search in both indexes, brought up to date when it is opened; raises what `open` raises."""
        if self._retriever is None:
            settings = self.settings
            self._retriever = Retriever(self.store, self.encoder, self.folder, settings.retriever, settings.search.url)
        return self._retriever

    def _answering(self) -> Answerer:
        if self._answerer is None:
            threads = self.encoder.settings.threads
            # What an upgrade has yet to look for; what another version found is answered from until the next indexing.
            find_missing(self.store)
            if not self.settings.search.url:
                # So that the first question with a filter need not wait for it either.
                self.store.article_of_passages()
            reader = self._reader or Reader(threads=threads)
            self._answerer = Answerer(self.retriever, reader, self.settings.answers, self._today)
        return self._answerer

    @contextmanager
    def _at_one_moment(self) -> Iterator[Answerer]:
        """The answerer, before which all articles stay as they are, whatever is indexed meanwhile."""
        answerer = self._answering()
        with self.retriever.at_one_moment():
            yield answerer

    def take_in(self) -> bool:
        """Let what other processes have stored be found; False where another process is at it, so try again.

        Once all is open, one thread beside the one that asks may call it, again and again: from the first time on, a
        question takes in only what was stored through this object. Raises StoreUnusable.
        """
        return self.retriever.take_in()

    # --- articles in ---

    def index(
        self,
        paths: Sequence[Path],
        prune: bool = False,
        on_progress: OnProgress = lambda done, total: None,
        force: bool = False,
    ) -> IndexReport:
        """Read files and folders into the store (see index_files)."""
        settings, newsroom = self.settings, self._newsroom
        return index_files(
            self.store, self.encoder, paths, settings.articles, settings.passages, prune, on_progress, newsroom, force
        )

    def index_pages(self, urls: Sequence[str], on_progress: OnProgress = lambda done, total: None) -> IndexReport:
        """Fetch these pages and read them into the store (see Fetcher); raises StoreUnusable as `index` does."""
        with self.store.alone():
            return index_pages(urls, Fetcher(self.settings.fetching), self._intake(), on_progress)

    def sync(
        self,
        sources: Sequence[SourceSettings],
        on_source: Callable[[SourceSettings], OnProgress] = lambda source: lambda done, total: None,
    ) -> Iterator[SourceReport]:
        """Fetch what is new at these sources, one after the other; progress is in pages.

        Raises IndexingUnderWay where another run is under way: before each source, the lock is taken anew.
        """
        fetcher = Fetcher(self.settings.fetching)
        for source in sources:
            with self.store.alone():
                report = sync_source(source, fetcher, self._intake(), on_source(source))
            yield report

    def due_sources(self, now: float) -> list[SourceSettings]:
        """The configured sources that are to be fetched from by now, in seconds since 1970."""
        return [
            source for source in self.settings.sources if due_at(source, self.store.source_health(source.url)) <= now
        ]

    def _intake(self) -> Intake:
        reading, passages = self.settings.articles, self.settings.passages
        return Intake(self.store, lambda: self.encoder, passages, reading, self._newsroom)

    def add_document(self, name: str, content: bytes) -> Edit:
        """Read what was sent under this name, of any kind that is read, into the store; raises what `index` raises."""
        return self._editor().add(self._read(name, content, id_of_content(name, content)))

    def add_page(self, url: str) -> Edit:
        """Fetch this page (see Fetcher) and read it into the store; raises what `index` raises."""
        try:
            fetched = Fetcher(self.settings.fetching).fetch(url)
        except FetchFailed as failed:
            return Edit(refused=(Refusal(shown(url), str(failed)),))
        id, content = id_of_url(fetched.url), fetched.content or b""
        return self._editor().add(self._read(fetched.url, content, id, fetched.url, fetched.media_type), fetched.url)

    def _read(
        self, name: str, content: bytes, id: str, url: str | None = None, media_type: str | None = None
    ) -> Iterator[Article | Refusal | Remark]:
        sizes = (1024 * self.settings.articles.max_size_kb, 1024 * self.settings.articles.max_document_kb)
        return read_document(
            name, content, id=id, url=url, media_type=media_type, newsroom=self._newsroom,
            max_size=sizes[0], max_document_size=sizes[1],
        )  # fmt: skip

    def revert(self, changes: Sequence[Change]) -> Edit:
        """Take changes back, each unless its article has been changed since; raises what `index` raises."""
        return self._editor().revert(changes)

    def _editor(self) -> Editor:
        return Editor(self.store, lambda: self.encoder, self.settings.passages)

    def add(self, articles: Iterable[Article], report: IndexReport | None = None) -> list[Refusal]:
        """Store these articles and return those that could not be (see add_articles)."""
        return add_articles(self.store, self.encoder, self.settings.passages, articles, report)

    def rebuild(self, on_progress: OnProgress = lambda done, total: None) -> list[Refusal]:
        """Split and encode every stored article anew; those that there is no place for any more (see rebuild)."""
        lost: list[Refusal] = []
        if self._retriever is not None:
            self._retriever.close()
        self.store = rebuild(self.store, self.encoder, self.settings.passages, on_progress, lost)
        # They read the store that was replaced.
        self._retriever = self._answerer = None
        return lost

    def catch_up(self) -> None:
        """Have what was stored taken in by the indexes, so that no question waits for it: for whoever has stored it.

        Raises StoreUnusable; what is stored is not lost, and the next call goes on.
        """
        self.retriever.catch_up()

    # --- answers out ---

    def answer(
        self,
        question: str,
        most_quotes: int | None = None,
        any_time: bool = False,
        hurried: bool = False,
        before: Turn | None = None,
    ) -> Answer:
        """Quotes, or an honest no (see Answerer.answer); raises QuestionTooLong."""
        with self._at_one_moment() as answerer:
            return answerer.answer(question, most_quotes, any_time, hurried, before)

    def standing(self, question: str, asked_on: date | None = None) -> StandingQuestion:
        """What is to be kept of a question that waits for articles, asked today or then; raises QuestionTooLong."""
        with self._at_one_moment() as answerer:
            return answerer.standing(question, asked_on or self._today())

    def next_article(self, passage: int) -> tuple[int, str] | None:
        """The first article stored after this passage, by its last passage and its id, once it can be searched."""
        with self._at_one_moment():
            following = self.store.next_article(passage)
            return following if following and self.retriever.holds_passage(following[0]) else None

    def answer_from(self, question: str, article: str, asked_on: date | None = None) -> Answer:
        """What one article answers to a question (see Answerer.answer_from); raises QuestionTooLong."""
        with self._at_one_moment() as answerer:
            return answerer.answer_from(question, article, asked_on or self._today())

    def search(self, question: str, most: int, hurried: bool = False) -> Answer:
        """An answer with up to `most` quotes to browse (see Answerer.search); raises QuestionTooLong."""
        with self._at_one_moment() as answerer:
            return answerer.search(question, most, hurried)

    def readings(self, question: str) -> list[Reading]:
        """The sentences found for a question as they are judged, most probable first; raises QuestionTooLong."""
        with self._at_one_moment() as answerer:
            return answerer.readings(question)

    def newest(self, most: int, where: Filter = EVERYTHING) -> list[Article]:
        """The newest articles that a filter lets through: Filter(regions=("banyuasin",)); those without a date last."""
        return self.store.newest(most, where)

    def news(self, question: str, most: int) -> News | None:
        """The newest articles, where a question asks for no more: "berita hari ini", "berita Askolani"; else None."""
        if asked := asked_news(question, self._today()):
            return find_news(self.store, asked, most)
        of_person = self.news_of_person(asked_name(question), most)
        return of_person if of_person.articles else None

    def news_of_person(self, name: str, most: int) -> News:
        """The newest articles that name a person in an office."""
        return News(AskedNews(person=name), news_of_person(self.store, name, most))

    def overview(self, question: str) -> Overview | None:
        """What is known by a bare name: of a region, or of somebody in an office; None where a question says more."""
        return find_overview(self.store, question)

    def similar(self, text: str, most: int) -> tuple[Quote, ...]:
        """The articles that tell what a text of any length tells, each with its likest sentence (see find_similar)."""
        with self._at_one_moment():
            return find_similar(self.retriever, text, most, LEAST_SIMILAR)

    def related(self, text: str, most: int) -> tuple[Quote, ...]:
        """The same of articles that are about something near."""
        with self._at_one_moment():
            return find_similar(self.retriever, text, most, LEAST_RELATED)

    def examples(self, wanted: Sequence[str] = ()) -> tuple[str, ...]:
        """Up to three questions that are surely answered: of these, or else of the newest facts (see find_examples)."""
        return find_examples(self.store, self.answer, wanted)

    def summary(self) -> Summary:
        """How much can be searched at this moment."""
        return self.store.summary()
