"""Articles in, answers out: everything that finds and quotes, and nothing that knows of Telegram."""

from embeddings.answers.answer import Answer, Certainty, Quote
from embeddings.answers.overview import News, Overview, opening
from embeddings.answers.quotes import with_neighbours
from embeddings.answers.settings import AnswerSettings
from embeddings.answers.standing import StandingQuestion, StandingQuestions, naming, regions_of
from embeddings.errors import (
    EncoderUnavailable,
    IndexingUnderWay,
    IndexMismatch,
    QuestionTooLong,
    SearchUnreachable,
    SettingsError,
    StoreBusy,
    StoreUnreachable,
    StoreUnusable,
    WartabotError,
)
from embeddings.fetching.fetcher import FetchSettings
from embeddings.filter import Filter
from embeddings.indexing.due import SourceSettings, due_at
from embeddings.indexing.editing import Change, Edit
from embeddings.indexing.report import IndexReport, OnProgress
from embeddings.indexing.sharing import help_encoding
from embeddings.indexing.sync import SourceReport, shown
from embeddings.indonesian.periods import Period
from embeddings.indonesian.regions import regions_in
from embeddings.knowledge_base import KnowledgeBase
from embeddings.models.encoder import Encoder, EncoderSettings
from embeddings.passages import PassageSettings
from embeddings.postgresql import Connection, PostgreSQL
from embeddings.question.alike import group_alike
from embeddings.question.context import Turn
from embeddings.question.courtesies import parted
from embeddings.question.several import asks, split_questions
from embeddings.search.retriever import RetrieverSettings
from embeddings.search.server import SEARCH_KEY_VARIABLE, SearchSettings
from embeddings.settings import KnowledgeSettings
from embeddings.sources.bulk import read_line
from embeddings.sources.documents import read_document
from embeddings.sources.files import ArticleSettings
from embeddings.sources.plain_text import printable
from embeddings.sources.refusals import Refusal, Remark, fault
from embeddings.storage.articles import Outlet, Summary
from embeddings.storage.moving import Table, copy_tables, move_store
from embeddings.storage.opening import StoreSettings, open_store
from embeddings.storage.schema import SCHEMA_VERSION as STORE_VERSION
from embeddings.storage.schema import article_key
from embeddings.storage.sources import SourceHealth
from embeddings.storage.store import FILE_NAME as STORE_FILE
from embeddings.storage.store import Store
from embeddings.topics.meetings.answer import Aspect, MeetingAnswer
from embeddings.topics.officials.answer import OfficialAnswer, by_office, disagree
from embeddings.types import Article

__all__ = [
    "SEARCH_KEY_VARIABLE",
    "STORE_FILE",
    "STORE_VERSION",
    "Answer",
    "AnswerSettings",
    "Article",
    "ArticleSettings",
    "Aspect",
    "Certainty",
    "Change",
    "Connection",
    "Edit",
    "Encoder",
    "EncoderSettings",
    "EncoderUnavailable",
    "FetchSettings",
    "Filter",
    "IndexMismatch",
    "IndexReport",
    "IndexingUnderWay",
    "KnowledgeBase",
    "KnowledgeSettings",
    "MeetingAnswer",
    "News",
    "OfficialAnswer",
    "OnProgress",
    "Outlet",
    "Overview",
    "PassageSettings",
    "Period",
    "PostgreSQL",
    "QuestionTooLong",
    "Quote",
    "Refusal",
    "Remark",
    "RetrieverSettings",
    "SearchSettings",
    "SearchUnreachable",
    "SettingsError",
    "SourceHealth",
    "SourceReport",
    "SourceSettings",
    "StandingQuestion",
    "StandingQuestions",
    "Store",
    "StoreBusy",
    "StoreSettings",
    "StoreUnreachable",
    "StoreUnusable",
    "Summary",
    "Table",
    "Turn",
    "WartabotError",
    "article_key",
    "asks",
    "by_office",
    "copy_tables",
    "disagree",
    "due_at",
    "fault",
    "group_alike",
    "help_encoding",
    "move_store",
    "naming",
    "open_store",
    "opening",
    "parted",
    "printable",
    "read_document",
    "read_line",
    "regions_in",
    "regions_of",
    "shown",
    "split_questions",
    "with_neighbours",
]  # fmt: skip
