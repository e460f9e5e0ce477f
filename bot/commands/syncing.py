"""Fetch articles from the sources that config.toml names, and see how these fare: `wartabot sync`, `sources`."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Annotated

import msgspec
import typer

from bot.commands.app import DEFAULT_CONFIG, ConfigOption, DataOption, JsonOption, app, prepare
from bot.config import Config
from bot.console import fail, notes, output, print_json, print_note, print_unread, progress
from bot.data_folder import open_knowledge_base
from bot.sources import health_line, report_line
from embeddings import IndexingUnderWay, KnowledgeBase, OnProgress, SourceReport, SourceSettings, due_at

# The lowest priority that there is: whoever else wants the processor has it.
YIELDING = 19


@app.command()
def sync(
    named: Annotated[
        list[str] | None, typer.Argument(help="Urls or outlets of sources; default: those that are due.")
    ] = None,
    every_one: Annotated[bool, typer.Option("--all", help="Also sources that are not due yet.")] = False,
    gently: Annotated[bool, typer.Option("--gently", help="Yield to everything else, and to another run.")] = False,
    end_with_input: Annotated[bool, typer.Option("--end-with-input", hidden=True)] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Fetch what is new at the sources of config.toml; exit status 0 only if none of them failed."""
    if end_with_input:
        Thread(target=_end_with_input, daemon=True).start()
    settings, folder = prepare(config, data)
    if not settings.sources:
        fail(_no_sources(config))
    knowledge = open_knowledge_base(folder, _yielding(settings) if gently else settings)
    chosen = _chosen(knowledge, settings, named or [], every_one)
    try:
        failed = [report.url for report in _synced(knowledge, chosen) if report.error]
        knowledge.catch_up()
    except IndexingUnderWay:
        if not gently:
            raise
        return
    if not chosen:
        notes.print("No source is due; --all fetches from all of them.")
    if failed:
        raise typer.Exit(1)


@app.command()
def sources(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Show how the sources fare: last success, last error, new articles."""
    settings, folder = prepare(config, data)
    knowledge = open_knowledge_base(folder, settings)
    for source in settings.sources:
        health = knowledge.store.source_health(source.url)
        if as_json:
            print_json(msgspec.to_builtins(health) | {"outlet": source.outlet, "due": due_at(source, health)})
        else:
            output.print(health_line(source, health), markup=False, highlight=False, soft_wrap=True)
    if not settings.sources:
        print_note(_no_sources(config))


def _no_sources(config: Path) -> str:
    return f"{config} names no sources. Add one under [[sources]]: docs/configuration.md tells how."


def _yielding(settings: Config) -> Config:
    """Leave the processor to whoever else wants it; the settings for that."""
    os.nice(YIELDING)
    return msgspec.structs.replace(settings, encoder=msgspec.structs.replace(settings.encoder, threads=1))


def _chosen(knowledge: KnowledgeBase, settings: Config, named: list[str], every_one: bool) -> list[SourceSettings]:
    for name in named:
        if not any(name in (source.url, source.outlet) for source in settings.sources):
            known = ", ".join(source.outlet or source.url for source in settings.sources)
            fail(f"No source has the url or outlet {name!r}. Known here: {known}.")
    if named:
        return [source for source in settings.sources if {source.url, source.outlet} & {*named}]
    return list(settings.sources) if every_one else knowledge.due_sources(time.time())


def _synced(knowledge: KnowledgeBase, chosen: list[SourceSettings]) -> Iterator[SourceReport]:
    """Each source's report, printed."""
    with progress("Fetching") as on_progress:

        def on_source(source: SourceSettings) -> OnProgress:
            return on_progress

        for report in knowledge.sync(chosen, on_source):
            print_unread(report.changes)
            print_note(report_line(report), style="red" if report.error else "none")
            yield report


def _end_with_input() -> None:
    """End when whoever started this process has ended, and with it the other side of standard input."""
    sys.stdin.buffer.read()
    os._exit(1)
