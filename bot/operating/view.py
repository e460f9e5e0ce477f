"""What administrators read in their chats, as HTML: functions without side effects."""

from collections.abc import Mapping, Sequence
from html import escape

from bot.chats.reports import Reply
from bot.operating.reports import DescribedReport
from bot.operating.stats import Day, Figures, bar
from bot.operating.unanswered import Gap
from bot.replies import date_text, number_text
from bot.texts import Texts

GAPS_SHOWN = 5
SOURCES_SHOWN = 5
REPORTS_SHOWN = 7
QUESTION_LENGTH, QUOTE_LENGTH = 150, 250


def figures_text(
    figures: Figures, gaps: Sequence[Gap], failing: Mapping[str, str], texts: Texts, head: str | None = None
) -> str:
    """How the bot is doing: what it has, what was asked a day and how it was answered, what it lacks.

    `failing` are the sources that cannot be read at present, each with its error.
    """
    newest = texts.newest.format(date=date_text(figures.newest, texts)) if figures.newest else ""
    stored = texts.stat_stored.format(
        articles=number_text(figures.articles, texts), passages=number_text(figures.passages, texts), newest=newest
    )
    blocks = [f"<b>{escape(head)}</b>"] if head else []
    blocks += [escape(stored), *_asked(figures, texts)]
    if figures.open_reports:
        blocks.append(escape(texts.stat_reports.format(number=number_text(figures.open_reports, texts))))
    if gaps:
        lines = [_gap(gap, texts) for gap in gaps[:GAPS_SHOWN]]
        blocks.append("\n".join(map(escape, (texts.stat_gaps, *lines))))
    if failing:
        lines = [_source(source, error, texts) for source, error in list(failing.items())[:SOURCES_SHOWN]]
        blocks.append("\n".join(map(escape, (texts.stat_sources, *lines))))
    return "\n\n".join(blocks)


def _asked(figures: Figures, texts: Texts) -> list[str]:
    days = number_text(len(figures.days), texts)
    if not figures.total.questions:
        return [escape(texts.stat_nothing.format(days=days))]
    most = max(day.questions for day in figures.days.values())
    bars = [f"{date:%d/%m} {bar(day.questions, most):10} {day.questions}" for date, day in figures.days.items()]
    return [f"<pre>{chr(10).join(bars)}</pre>", escape("\n".join(_together(figures.total, days, texts)))]


def _together(total: Day, days: str, texts: Texts) -> list[str]:
    shares = {name: f"{getattr(total, name) / total.questions:.0%}" for name in ("sure", "maybe", "no")}
    lines = [texts.stat_total.format(days=days, questions=number_text(total.questions, texts), **shares)]
    if total.p50_ms and total.p95_ms:
        half, most = (_seconds(milliseconds, texts) for milliseconds in (total.p50_ms, total.p95_ms))
        lines.append(texts.stat_latency.format(half=half, most=most))
    lines.append(texts.stat_votes.format(good=total.good, bad=total.bad, reports=total.reports))
    return lines


def _seconds(milliseconds: int, texts: Texts) -> str:
    decimal = "," if texts.thousands_separator == "." else "."
    return f"{milliseconds / 1000:.1f}".replace(".", decimal)


def _gap(gap: Gap, texts: Texts) -> str:
    return texts.stat_gap.format(
        question=_shortened(gap.question, QUESTION_LENGTH), times=number_text(gap.times, texts)
    )


def _source(source: str, error: str, texts: Texts) -> str:
    source, error = _shortened(source, QUESTION_LENGTH), _shortened(error, QUESTION_LENGTH)
    return texts.stat_source.format(source=source, error=error)


def reports_text(reports: Sequence[DescribedReport], texts: Texts) -> str:
    """The oldest open reports, and how to answer and close them."""
    if not reports:
        return escape(texts.reports_none)
    blocks = [_report(report, texts) for report in reports[:REPORTS_SHOWN]]
    if (further := len(reports) - REPORTS_SHOWN) > 0:
        blocks.append(escape(texts.reports_more.format(number=number_text(further, texts))))
    return "\n\n".join([*blocks, escape(texts.reports_how.format(id=reports[0].id))])


def _report(report: DescribedReport, texts: Texts) -> str:
    reason = texts.report_reasons.get(report.reason or "", "–")
    head = texts.report_head.format(id=report.id, reason=reason, date=date_text(report.given[:10], texts))
    question = texts.report_question.format(question=_shortened(report.question, QUESTION_LENGTH))
    lines = [f"<b>{escape(head)}</b>", escape(question)]
    if report.quote:
        lines.append(f"<blockquote>{escape(_shortened(report.quote, QUOTE_LENGTH))}</blockquote>")
    return "\n".join([*lines, escape(f"— {_shortened(report.source or texts.unknown_source, QUESTION_LENGTH)}")])


def reply_text(reply: Reply, texts: Texts) -> str:
    """What whoever reported is told: thanks, what it is about, and the operator's words."""
    about = f"<blockquote>{escape(_shortened(reply.quote, QUOTE_LENGTH))}</blockquote>\n" if reply.quote else ""
    return f"{escape(texts.report_thanks)}\n{about}{escape(texts.report_reply)}\n\n{escape(reply.content)}"


def _shortened(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
