"""What people reported as wrong, as the operator reads it, and the answers to them, each sent once."""

import msgspec

from bot.chats import Report
from bot.operating.unanswered import moment_text
from embeddings import Store

MOST_CHARACTERS = 3000


class DescribedReport(msgspec.Struct, frozen=True):
    """A report with what was quoted and where from; `reason` is a key of `Texts.report_reasons`."""

    id: int
    given: str
    reason: str | None
    question: str
    quote: str | None
    article: str | None
    source: str | None
    url: str | None


def described(report: Report, store: Store) -> DescribedReport:
    """A report with its quote and the outlet and date of the article, as far as the article is still stored."""
    quote = report.quote
    article = store.article(quote.article) if quote else None
    known = [article.source, article.published, article.title] if article else []
    return DescribedReport(
        report.id,
        moment_text(report.given),
        report.reason,
        report.content.question,
        quote.text if quote else None,
        quote.article if quote else None,
        " · ".join(filter(None, known)) or None,
        article.url if article else None,
    )


def check_words(words: str) -> str | None:
    """Why these words cannot be sent as an answer; None where they can."""
    if not words.strip():
        return "the answer is empty; write a sentence to whoever reported"
    if len(words) > MOST_CHARACTERS:
        return f"the answer has {len(words)} characters; write at most {MOST_CHARACTERS}"
    return None
