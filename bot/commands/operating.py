"""See how the bot is doing, what it lacks, and what people report: `wartabot stats`, `unanswered`, `reports`."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from bot.chats import FILE_NAME as CHATS_FILE
from bot.chats import Chats
from bot.commands.app import DEFAULT_CONFIG, ConfigOption, DataOption, JsonOption, app, prepare, utf_8
from bot.config import Config
from bot.console import fail, notes, output, print_json
from bot.data_folder import open_knowledge_base
from bot.operating.reports import check_words, described
from bot.operating.stats import Day, bar, figures
from bot.operating.unanswered import gaps, moment_text
from bot.texts import ENGLISH
from embeddings import Store


class Action(StrEnum):
    """What to do with reports."""

    LIST = "list"
    ANSWER = "answer"
    CLOSE = "close"


@contextmanager
def chats_of(folder: Path, settings: Config) -> Iterator[Chats | None]:
    """The chats of a data folder or of the store's URL; where nobody has asked yet, looking leaves no file behind."""
    path, url = folder / CHATS_FILE, settings.store.url
    if not url and not path.exists():
        yield None
        return
    chats = Chats(path, settings.telegram.timezone, url)
    yield chats
    chats.close()


@app.command()
def stats(
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days, today included.")] = 14,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Print how much there is to answer from, and how much was asked a day and how it was answered."""
    settings, folder = prepare(config, data)
    summary = open_knowledge_base(folder, settings).summary()
    with chats_of(folder, settings) as chats:
        found = figures(chats, summary, days)
    if as_json:
        print_json(found.to_json())
        return
    newest = f", newest {found.newest}" if found.newest else ""
    output.print(f"{found.articles} articles, {found.passages} passages{newest}; open reports: {found.open_reports}\n")
    most = max((day.questions for day in found.days.values()), default=0)
    table = Table("day", "asked", "", *("sure", "maybe", "no", "p50", "p95", "👍", "👎", "wrong"), box=None)
    for column in table.columns:
        column.no_wrap, column.justify = True, "right"
    table.columns[2].justify = "left"
    for date, day in found.days.items():
        table.add_row(*_row(f"{date:%a %d %b}", day, most))
    table.add_row(*_row("together", found.total, 0), style="bold")
    output.print(table)


def _row(name: str, day: Day, most: int) -> list[str]:
    certainty = [f"{number / day.questions:.0%}" if day.questions else "" for number in (day.sure, day.maybe, day.no)]
    waited = [f"{milliseconds / 1000:.1f} s" if milliseconds else "" for milliseconds in (day.p50_ms, day.p95_ms)]
    said = [str(number or "") for number in (day.good, day.bad, day.reports)]
    return [name, str(day.questions or ""), bar(day.questions, most), *certainty, *waited, *said]


@app.command()
def unanswered(
    most: Annotated[int, typer.Option("--most", min=1, help="How many to print.")] = 20,
    newest: Annotated[bool, typer.Option("--newest", help="The newest first, instead of the most frequent.")] = False,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Print the questions that no article answered, alike ones together, and how often each was asked."""
    settings, folder = prepare(config, data)
    with chats_of(folder, settings) as chats:
        found = gaps(chats.questions.unanswered(), newest)[:most] if chats else []
    rows = [(gap.times, moment_text(gap.last_asked), gap.question, gap.others) for gap in found]
    if as_json:
        names = ("times", "last_asked", "question", "others")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("times", "last_asked", "question", "others"))
        writer.writerows(
            (times, moment, _cell(question), _cell("\n".join(others))) for times, moment, question, others in rows
        )
    else:
        _print_gaps(rows)


def _print_gaps(rows: list[tuple[int, str, str, list[str]]]) -> None:
    for times, moment, question, others in rows:
        further = f" (+{len(others)} alike)" if others else ""
        output.print(f"{times:5}  {moment[:10]}  {question}{further}", markup=False, highlight=False, soft_wrap=True)
    if not rows:
        notes.print("Every question so far was answered.")


def _cell(text: str) -> str:
    """A text as a cell of a table, in which a question must not become a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@app.command()
def reports(
    action: Annotated[Action, typer.Argument(help="What to do.", show_default=True)] = Action.LIST,
    number: Annotated[int | None, typer.Argument(help="The report's number.", min=1)] = None,
    words: Annotated[str | None, typer.Argument(help="What to write to whoever reported.", callback=utf_8)] = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """List what people reported as wrong, or close a report, with or without an answer to whoever reported."""
    settings, folder = prepare(config, data)
    if (number is None) != (action is Action.LIST) or (words is None) != (action is not Action.ANSWER):
        raise typer.BadParameter('write `reports`, `reports answer NUMBER "words"` or `reports close NUMBER`')
    with chats_of(folder, settings) as chats:
        if number is None:
            _list_reports(chats, open_knowledge_base(folder, settings).store, as_json)
        else:
            _close_report(chats, number, words)


def _list_reports(chats: Chats | None, store: Store, as_json: bool) -> None:
    listed = [described(report, store) for report in (chats.reports.open() if chats else ())]
    if as_json:
        print_json([msgspec.to_builtins(report) for report in listed])
        return
    for report in listed:
        reason = ENGLISH.report_reasons.get(report.reason or "", report.reason)
        lines = [
            f"{report.id}. {reason}, {report.given}", f"   asked:  {report.question}", f"   quoted: {report.quote}",
            f"   from:   {report.source}",
        ]  # fmt: skip
        output.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    if lost := chats.reports.lost() if chats else []:
        notes.print(
            f"Answers that may not have arrived, as the chat may be closed to the bot: {', '.join(map(str, lost))}"
        )
    if not listed:
        notes.print("No report is open.")


def _close_report(chats: Chats | None, number: int, words: str | None) -> None:
    if words is not None and (problem := check_words(words)):
        raise typer.BadParameter(problem)
    done = chats is not None and (
        chats.reports.close(number) if words is None else chats.reports.answer(number, words.strip())
    )
    if not done:
        fail(f"No report {number} is open. `wartabot reports` lists those that are.")
    sends = "; the bot sends it within seconds, or when it is started next" if words is not None else ""
    notes.print(f"Report {number} is closed{sends}.")
