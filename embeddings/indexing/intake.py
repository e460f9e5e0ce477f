"""Take what was fetched into the store: read, recognised, and stored where it is new or changed."""

from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import cached_property

from embeddings.fetching.fetcher import Fetched
from embeddings.indexing.encoding import encode_and_save
from embeddings.indexing.recognition import Recognition
from embeddings.indexing.report import MOST_NAMED, IndexReport
from embeddings.models.encoder import Encoder
from embeddings.passages import PassageSettings
from embeddings.sources.documents import read_document
from embeddings.sources.files import ArticleSettings
from embeddings.sources.ids import id_of_url
from embeddings.sources.refusals import Refusal, Remark
from embeddings.storage.articles import KnownArticle
from embeddings.storage.store import Store
from embeddings.types import Article


class Intake:
    """Takes fetched documents into a store, for as long as one run holds the store's lock."""

    def __init__(
        self,
        store: Store,
        encoder: Callable[[], Encoder],
        passages: PassageSettings,
        articles: ArticleSettings,
        newsroom: tzinfo,
    ) -> None:
        """The encoder is loaded, and the store claimed for it, when there is something to encode."""
        self.store = store
        self._load_encoder = encoder
        self._passages = passages
        self._articles = articles
        self._newsroom = newsroom
        self._recognition = Recognition(store)

    def take(self, fetched: Fetched, outlet: str | None, report: IndexReport) -> None:
        """Store the document's articles that the store lacks or has otherwise, and tell the report."""
        for article in self._changed(fetched, outlet, report):
            for _, spans in encode_and_save(self.store, self._encoder, self._passages, [article], report.refused):
                report.count(len(spans), article.id not in self._recognition.known)
                self._recognition.known[article.id] = KnownArticle(article.path)

    @cached_property
    def _encoder(self) -> Encoder:
        encoder = self._load_encoder()
        self.store.claim(encoder.name, encoder.dimension)
        return encoder

    def _changed(self, fetched: Fetched, outlet: str | None, report: IndexReport) -> Iterator[Article]:
        for found in self._read(fetched, outlet):
            if isinstance(found, Remark):
                report.remarks.append(found)
            elif isinstance(found, Refusal):
                report.refused.append(found)
            elif refusal := self._recognition.refusal_of_foreign(found, fetched.url):
                report.refused.append(refusal)
            elif (article := self._recognition.of_web(found)) is None or self.store.holds(article):
                report.unchanged += 1
            else:
                yield article

    def _read(self, fetched: Fetched, outlet: str | None) -> Iterator[Article | Refusal | Remark]:
        """What the document holds; of what is refused, so much that it can be read."""
        refused = 0
        read = read_document(
            fetched.url,
            fetched.content or b"",
            id=id_of_url(fetched.url),
            url=fetched.url,
            media_type=fetched.media_type,
            outlet=outlet,
            newsroom=self._newsroom,
            max_size=self._articles.max_size_kb * 1024,
            max_document_size=self._articles.max_document_kb * 1024,
        )
        for found in read:
            refused += not isinstance(found, Article)
            if refused <= MOST_NAMED or isinstance(found, Article):
                yield found
