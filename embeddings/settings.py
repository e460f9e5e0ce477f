"""What may be set of a knowledge base."""

import msgspec

from embeddings.answers.settings import AnswerSettings
from embeddings.fetching.fetcher import FetchSettings
from embeddings.indexing.due import SourceSettings
from embeddings.models.encoder import EncoderSettings
from embeddings.passages import PassageSettings
from embeddings.search.retriever import RetrieverSettings
from embeddings.search.server import SearchSettings
from embeddings.sources.files import ArticleSettings
from embeddings.storage.opening import StoreSettings


class KnowledgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How articles are read, encoded, found and quoted, one table of config.toml per concern."""

    articles: ArticleSettings = ArticleSettings()
    fetching: FetchSettings = FetchSettings()
    sources: tuple[SourceSettings, ...] = ()
    store: StoreSettings = StoreSettings()
    encoder: EncoderSettings = EncoderSettings()
    passages: PassageSettings = PassageSettings()
    retriever: RetrieverSettings = RetrieverSettings()
    search: SearchSettings = SearchSettings()
    answers: AnswerSettings = AnswerSettings()
