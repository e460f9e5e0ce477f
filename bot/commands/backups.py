"""Keep a copy of everything, put it back, and take the articles elsewhere: `wartabot backup`, `restore`, `export`."""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import msgspec
import typer

from bot.backups import Manifest, back_up
from bot.backups import restore as put_back
from bot.commands.app import DEFAULT_CONFIG, ConfigOption, DataOption, app, prepare
from bot.config import Config
from bot.console import fail, notes, progress
from bot.data_folder import open_knowledge_base
from embeddings import Article, StoreUnusable

FileArgument = Annotated[Path, typer.Argument(help="The backup.", readable=False)]


@app.command()
def backup(
    file: FileArgument,
    without_chats: Annotated[
        bool, typer.Option("--without-chats", help="Leave out what people asked and were answered.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Put articles and chats into one file, also while the bot runs."""
    settings, folder = prepare(config, data)
    _refuse_server(settings)
    with progress("Backing up") as on_progress:
        manifest = back_up(folder, file, not without_chats, on_progress)
    _tell(f"{file} holds", manifest)


@app.command()
def restore(
    file: FileArgument,
    force: Annotated[bool, typer.Option("--force", help="Write over articles and chats that are there.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Put a backup back once all of it is verified; the bot has to be stopped."""
    settings, folder = prepare(config, data)
    _refuse_server(settings)
    with progress("Restoring") as on_progress:
        manifest = put_back(file, folder, force, on_progress)
    _tell(f"{folder} is restored from", manifest)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="A .jsonl or .jsonl.gz file; default: standard output.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Write every article as a line of JSON, which `wartabot index` reads as the same article."""
    if file is not None and not file.name.lower().endswith((".jsonl", ".jsonl.gz")):
        raise typer.BadParameter(f"{file}: name it .jsonl or .jsonl.gz, as `wartabot index` reads no other")
    settings, folder = prepare(config, data)
    store = open_knowledge_base(folder, settings).store
    total = store.summary().articles
    try:
        if file is None:
            sys.stdout.buffer.writelines(map(_line, store.articles()))
            sys.stdout.buffer.flush()
            return
        with progress("Exporting") as on_progress, _replacing(file) as output:
            for number, article in enumerate(store.articles(), 1):
                output.write(_line(article))
                on_progress(number, total)
    except OSError as error:
        fail(f"The articles could not be written to {file or 'standard output'}: {error.strerror}")
    notes.print(f"{total} articles are in {file}", highlight=False, soft_wrap=True, markup=False)


def _refuse_server(settings: Config) -> None:
    """Raise StoreUnusable where articles and chats lie on a server, which has tools of its own for that."""
    if settings.store.url:
        raise StoreUnusable(
            "Articles and chats are in the PostgreSQL database of [store] url, whose own tools keep copies of it, also "
            "while the bot runs: pg_dump --format=custom --file=wartabot.dump URL. They put it back with the bot "
            "stopped: pg_restore --clean --if-exists --dbname=URL wartabot.dump. What the data folder holds is made "
            "anew from it. The articles alone: wartabot export"
        )


def _line(article: Article) -> bytes:
    fields = {
        "id": article.id, "title": article.title, "text": article.text, "date": article.published,
        "source": article.source, "url": article.url, "place": article.place,
    }  # fmt: skip
    known = {key: value for key, value in fields.items() if value is not None}
    pages = {"pages": article.pages} if article.pages else {}
    return msgspec.json.encode({**known, **pages, "cleaned": True}) + b"\n"


@contextmanager
def _replacing(file: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Write beside the file and swap it in once it is whole."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    with unfinished.open("wb") as content:
        if file.name.lower().endswith(".gz"):
            with gzip.GzipFile(fileobj=content, mode="wb", filename="", mtime=0) as packed:
                yield packed
        else:
            yield content
        content.flush()
        os.fsync(content.fileno())
    unfinished.replace(file)


def _tell(what: str, manifest: Manifest) -> None:
    parts = ", ".join(f"{name} ({part.size / 1e6:.1f} MB)" for name, part in manifest.parts.items())
    notes.print(f"{what} {parts}, as of {manifest.made}", highlight=False, soft_wrap=True, markup=False)
