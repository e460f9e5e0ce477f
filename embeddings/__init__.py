"""Articles in, answers out: everything that finds and quotes, and nothing that knows of Telegram."""

from embeddings.answers.answer import Answer, Quote
from embeddings.answers.answerer import Answerer, AnswerSettings, open_answerer
from embeddings.answers.quotes import with_neighbours
from embeddings.errors import (
    EncoderUnavailable,
    IndexMismatch,
    QuestionTooLong,
    SettingsError,
    StoreUnusable,
    WartabotError,
)
from embeddings.indexing import IndexReport, PassageSettings, index_files, rebuild
from embeddings.indonesian.periods import Period
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.search.retriever import RetrieverSettings
from embeddings.sources.files import ArticleSettings
from embeddings.sources.refusals import Refusal, Remark
from embeddings.storage.store import Outlet, Store, Summary, article_key
from embeddings.topics.meetings.answer import Aspect, MeetingAnswer
from embeddings.topics.officials.answer import OfficialAnswer, disagree, same_office
from embeddings.types import Article

__all__ = [
    "Answer",
    "AnswerSettings",
    "Answerer",
    "Article",
    "ArticleSettings",
    "Aspect",
    "Encoder",
    "EncoderSettings",
    "EncoderUnavailable",
    "IndexMismatch",
    "IndexReport",
    "MeetingAnswer",
    "OfficialAnswer",
    "Outlet",
    "PassageSettings",
    "Period",
    "QuestionTooLong",
    "Quote",
    "Refusal",
    "Remark",
    "RetrieverSettings",
    "SettingsError",
    "Store",
    "StoreUnusable",
    "Summary",
    "WartabotError",
    "article_key",
    "disagree",
    "index_files",
    "open_answerer",
    "rebuild",
    "same_office",
    "with_neighbours",
]  # fmt: skip
