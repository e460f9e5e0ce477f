"""Read articles in, and look at what is stored: `wartabot index`, `show`, `articles`."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bot import terminal
from bot.commands.app import (
    DEFAULT_CONFIG,
    ConfigOption,
    DataOption,
    JsonOption,
    app,
    default_paths,
    index_into,
    prepare,
    utf_8,
)
from bot.config import STORE_VARIABLE
from bot.console import fail, output, print_json, print_note, print_refused, progress
from bot.data_folder import open_knowledge_base
from bot.texts import INDONESIAN
from embeddings import Encoder, Refusal, help_encoding


@app.command()
def index(
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATHS AND URLS]", help="Files, folders and web pages; default: \\[articles] paths."),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Drop articles whose file is gone.")] = False,
    force: Annotated[bool, typer.Option("--force", help="With --prune: drop them however many they are.")] = False,
    rebuild_all: Annotated[
        bool, typer.Option("--rebuild", help="Encode every stored article anew, after a change of model.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Add or update articles; exit status 0 only if nothing was refused."""
    if force and not prune:
        raise typer.BadParameter("--force goes with --prune")
    settings, folder = prepare(config, data)
    knowledge = open_knowledge_base(folder, settings, anew=True)
    lost: list[Refusal] = []
    if rebuild_all:
        with progress() as on_progress:
            lost = knowledge.rebuild(on_progress)
        print_refused(lost)
    urls = [name for name in named or [] if name.lower().startswith(("http://", "https://"))]
    paths = [Path(name) for name in named or [] if name not in urls] if named else default_paths(settings, config)
    report = index_into(knowledge, paths, prune, force, urls)
    if report.refused or lost:
        raise typer.Exit(1)


@app.command()
def encode(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Encode for a `wartabot index` that runs on another machine, until it is stopped."""
    settings, _ = prepare(config, data)
    if not settings.store.url:
        fail(f"Encoding is shared where articles lie in PostgreSQL: docs/scaling.md tells how. Set {STORE_VARIABLE}.")
    encoder = Encoder(settings.encoder)
    print_note(f"Encodes with {encoder.name} whatever is being indexed into the same database; Ctrl+C ends it.")
    help_encoding(settings.store.url, encoder, lambda: print_note("Encoded a batch."))


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(help="The article's id.", callback=utf_8)],
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Print a stored article with its full text."""
    settings, folder = prepare(config, data)
    article = open_knowledge_base(folder, settings).store.article(article_id)
    if article is None:
        fail(f"No article {article_id!r} is stored in {folder}. `wartabot articles` lists them.")
    if as_json:
        print_json(msgspec.to_builtins(article))
    else:
        output.print(terminal.article_view(article, INDONESIAN))


@app.command()
def articles(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """List the stored articles, newest first."""
    settings, folder = prepare(config, data)
    for article in open_knowledge_base(folder, settings).store.articles():
        if as_json:
            print_json({key: value for key, value in msgspec.to_builtins(article).items() if key != "text"})
        else:
            columns = (article.published or "-", article.id, article.source or "-", article.title or "-")
            typer.echo("\t".join(columns))
