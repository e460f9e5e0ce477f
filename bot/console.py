"""What the commands print: results to standard output; progress, notes and errors to standard error."""

import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, NoReturn, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.logs import LoggedLines
from embeddings import IndexReport, OnProgress, Refusal, printable

output = Console()
notes = Console(stderr=True)
MOST_ENDINGS = 8


def log_notes() -> None:
    """From now on notes are lines of the log, for whatever reads it."""
    notes.file = cast(IO[str], LoggedLines())


def print_json(value: Any) -> None:
    """One line of JSON, which is UTF-8, whatever the terminal is."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def fail(message: str, status: int = 1) -> NoReturn:
    """End with a message for the person who must act."""
    if isinstance(notes.file, LoggedLines):
        notes.file.level = logging.ERROR
    notes.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(status)


def read_typed() -> str:
    """What a person types; raises EOFError at the end of input."""
    return output.input("[bold cyan]> [/]")


@contextmanager
def progress(doing: str = "Indexing") -> Iterator[OnProgress]:
    """A bar that is gone in the end."""
    columns = (TextColumn(doing, markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def print_refused(refused: Sequence[Refusal]) -> None:
    """One note for each."""
    for refusal in refused:
        print_note(f"refused: {refusal.where}: {refusal.reason}")


def print_unread(report: IndexReport) -> None:
    """What an indexing run refused, left out and skipped."""
    print_refused(report.refused)
    for remark in report.remarks:
        print_note(f"note: {remark.where}: {remark.note}")
    if report.skipped:
        print_note(_skipped(report.skipped))


def print_report(report: IndexReport, stored: int) -> None:
    """What an indexing run did, after which so many articles are stored."""
    print_unread(report)
    notes.print(
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, {report.removed} removed, "
        f"{len(report.refused)} refused; {stored} articles stored, {report.found_anew} searched anew",
        highlight=False,
        soft_wrap=True,
    )


def print_note(line: str, style: str = "yellow") -> None:
    """A line for the operator."""
    notes.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def _skipped(by_ending: Counter[str]) -> str:
    """How many files were not read: "12 files skipped: .html 9, .pdf 3"."""
    named = sorted(by_ending.items(), key=lambda ending: (-ending[1], ending[0]))[:MOST_ENDINGS]
    parts = [f"{printable(ending) or 'without ending'} {number}" for ending, number in named]
    if others := by_ending.total() - sum(number for _, number in named):
        parts.append(f"others {others}")
    files = "1 file" if by_ending.total() == 1 else f"{by_ending.total()} files"
    return f"{files} skipped: {', '.join(parts)}"
