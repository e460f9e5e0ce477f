"""Carry everything from a data folder into a PostgreSQL database, or back: `wartabot move`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.chats import FILE_NAME as CHATS_FILE
from bot.chats import Chats
from bot.chats.moving import move_chats
from bot.commands.app import DEFAULT_CONFIG, ConfigOption, DataOption, app, prepare
from bot.config import STORE_VARIABLE, Config
from bot.console import notes, progress
from embeddings import STORE_FILE, Store, StoreSettings, StoreUnusable, move_store, open_store


@app.command()
def move(
    to: Annotated[
        str, typer.Option("--to", help="A PostgreSQL URL, or a folder; default: the database of [store] url.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Carry the data folder's articles and chats into a PostgreSQL database, or those of [store] url into a folder."""
    settings, folder = prepare(config, data)
    into_server = not to or "://" in to
    to = to or settings.store.url
    if not to:
        raise StoreUnusable(
            f"Say where: --to postgresql://user@host/database, or better in {STORE_VARIABLE}, as a command line shows "
            "its passwords to others."
        )
    source, target = _stores(to, into_server, settings, folder)
    with _chats(to, into_server, settings, folder) as (from_chats, to_chats):
        for chats in (from_chats, to_chats):
            chats.refuse_if_at_work()
        _move_articles(source, target)
        with progress("Moving the chats") as on_progress:
            move_chats(from_chats, to_chats, on_progress)
    notes.print("What is kept of people is there as well.", highlight=False)


def _move_articles(source: Store, target: Store) -> None:
    with progress("Moving") as on_progress:
        moved = move_store(source, target, on_progress)
    found = moved.summary()
    line = f"{found.articles} articles in {found.passages} passages are in {moved.name}, row by row as in {source.name}"
    notes.print(line, highlight=False, soft_wrap=True, markup=False)
    moved.close()
    source.close()


@contextmanager
def _chats(to: str, into_server: bool, settings: Config, folder: Path) -> Iterator[tuple[Chats, Chats]]:
    timezone, url = settings.telegram.timezone, to if into_server else settings.store.url
    on_server = Chats(folder / CHATS_FILE, timezone, url)
    in_folder = Chats((folder if into_server else Path(to)) / CHATS_FILE, timezone)
    yield (in_folder, on_server) if into_server else (on_server, in_folder)
    on_server.close()
    in_folder.close()


def _stores(to: str, into_server: bool, settings: Config, folder: Path) -> tuple[Store, Store]:
    """Where the articles are, and where they are to be."""
    if into_server:
        if not (folder / STORE_FILE).exists():
            raise StoreUnusable(f"{folder} holds no {STORE_FILE}, so there is nothing to move. Name the folder: --data")
        return open_store(folder, StoreSettings()), open_store(folder, StoreSettings(to))
    if not settings.store.url:
        raise StoreUnusable(f"Say from where: [store] url is not set, nor is {STORE_VARIABLE}.")
    return open_store(folder, settings.store), open_store(Path(to), StoreSettings())
