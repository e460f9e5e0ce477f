"""Articles in, answers out: everything that finds and quotes, and nothing that knows of Telegram."""

from embeddings.agenda import Aspect, Held
from embeddings.answerer import Answerer, AnswerSettings, open_answerer, with_neighbours
from embeddings.answers import Answer, Quote
from embeddings.articles import Article, ArticleSettings, Refusal, Remark
from embeddings.encoder import Encoder, EncoderSettings
from embeddings.errors import (
    EncoderUnavailable,
    IndexMismatch,
    QuestionTooLong,
    SettingsError,
    StoreUnusable,
    WartabotError,
)
from embeddings.follow_up import complete
from embeddings.holders import Holder, disagree, same_office
from embeddings.indexing import IndexReport, PassageSettings, index_files, rebuild
from embeddings.periods import Period
from embeddings.retriever import RetrieverSettings
from embeddings.store import Outlet, Store, Summary, article_key

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
    "Held",
    "Holder",
    "IndexMismatch",
    "IndexReport",
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
    "complete",
    "disagree",
    "index_files",
    "open_answerer",
    "rebuild",
    "same_office",
    "with_neighbours",
]  # fmt: skip
