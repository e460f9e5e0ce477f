"""The data folder: its knowledge base opened where it is not lost, and what is wrong with the folder itself."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from zoneinfo import ZoneInfo

from bot.chats import FILE_NAME as CHATS_FILE
from bot.config import Config
from embeddings import STORE_FILE, KnowledgeBase, StoreUnusable

# What is only there where there was a knowledge base, too.
BESIDE_IT = (CHATS_FILE, "dense", "lexical", f"{STORE_FILE}-wal")
# Room for the next articles, and for SQLite to tidy up.
LEAST_FREE_BYTES = 200_000_000


def open_knowledge_base(folder: Path, config: Config, anew: bool = False) -> KnowledgeBase:
    """The folder's knowledge base; raises StoreUnusable where it has gone, unless it is to be built `anew`."""
    # A new one would take its place in silence.
    if not anew and not config.store.url:
        _refuse_lost_file(folder)
    knowledge = KnowledgeBase(folder, config, ZoneInfo(config.telegram.timezone))
    if not anew and config.store.url and not knowledge.store.had_articles():
        _refuse_other_database(folder, knowledge)
    return knowledge


def _refuse_lost_file(folder: Path) -> None:
    path = folder / STORE_FILE
    left = [name for name in BESIDE_IT if (folder / name).exists()]
    # An empty file is what a failed copy leaves.
    if left and not (path.exists() and path.stat().st_size):
        raise StoreUnusable(
            f"{path} is {'empty' if path.exists() else 'missing'}, and what lies beside it ({', '.join(left)}) shows "
            "that there were articles: it was deleted or moved, or --data names another folder than before. Put it "
            "back from a backup, or build it again from the articles' files: wartabot index FILES"
        )


def _refuse_other_database(folder: Path, knowledge: KnowledgeBase) -> None:
    left = [name for name in (STORE_FILE, "dense", "lexical") if (folder / name).exists()]
    if left:
        knowledge.close()
        raise StoreUnusable(
            f"{knowledge.store.name} never held an article, and {', '.join(left)} in {folder} shows that there were "
            "some. Carry those of the folder over: wartabot move. If [store] url names another database "
            "than before, mend it; or fill this one from the articles' files: wartabot index FILES"
        )


def refuse_closed(folder: Path) -> None:
    """Raise StoreUnusable where the folder is closed to whoever gives the command, as the bot's is to everyone else."""
    try:
        closed = folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK, effective_ids=True)
    except PermissionError:
        closed = True
    if closed:
        raise StoreUnusable(
            f"{folder} is closed to you. Give the command as the user that it belongs to, as in sudo -u wartabot, or "
            "name another folder with --data"
        )


def open_to_others(folder: Path) -> Iterator[str]:
    """Commands that close to others what only its owner may read, where people's data lies in the folder."""
    if not (folder / CHATS_FILE).exists():
        return
    for path, mode in ((folder, 0o700), *((file, 0o600) for file in sorted(folder.glob(f"{CHATS_FILE}*")))):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield f"chmod {mode:o} {quote(str(path))}"


def last_indexed(folder: Path) -> float:
    """When the folder's indexes last took in a change of the articles, in seconds since 1970; 0 where never."""
    try:
        return (folder / "dense" / "manifest.json").stat().st_mtime
    except FileNotFoundError:
        return 0.0


def free_bytes_if_few(folder: Path) -> int | None:
    """How much room is left on the disk, where it is little."""
    free = shutil.disk_usage(folder).free
    return free if free < LEAST_FREE_BYTES else None
