"""What is said of the sources that articles are fetched from, and the schedule that keeps them up to date."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

from bot.config import TOKEN_VARIABLE, Config
from bot.data_folder import open_knowledge_base
from bot.processes import OneProcess, Processes
from embeddings import SourceHealth, SourceReport, SourceSettings, WartabotError, due_at

logger = logging.getLogger(__name__)

# After a run that changed nothing about what is due: another one was under way, or the store cannot be used.
RETRY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 5.0
# Sources may fail to be read, or be synced by hand meanwhile.
MOST_SECONDS = 600.0
# A run of one source ends after 15 minutes; what goes on for longer hangs.
LONGEST_RUN_SECONDS = 1200.0


def report_line(report: SourceReport) -> str:
    """What a run through a source did: "https://…: 3 new, 1 updated, 5 left for later"."""
    changes = report.changes
    parts = [f"{changes.added} new", f"{changes.updated} updated", f"{changes.unchanged} unchanged"]
    if changes.refused:
        parts.append(f"{len(changes.refused)} refused")
    if report.left:
        parts.append(f"{report.left} left for later")
    if report.unchanged_since:
        parts = ["nothing new"]
    return f"{report.url}: {', '.join(parts)}" + (f"; failed: {report.error}" if report.error else "")


def health_line(source: SourceSettings, health: SourceHealth) -> str:
    """How a source fares, in one line."""
    name = f"{source.outlet} ({source.url})" if source.outlet else source.url
    if health.tried is None:
        return f"{name}: never tried"
    parts = [f"last success {_time(health.succeeded)}", f"{health.added} new so far"]
    if health.failed is not None:
        often = f", {health.failures} times in a row" if health.failures > 1 else ""
        parts.append(f"last error {_time(health.failed)}{often}: {health.error}")
    return f"{name}: {'; '.join(parts)}; next {_time(due_at(source, health))}"


def _time(seconds: int | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds is not None else "never"


# --- the schedule of a running bot ----------------------------------------------------------------------------------


def keep_syncing(
    config: Path, settings: Config, folder: Path, silently: bool = False, processes: Processes | None = None
) -> None:
    """From now on, fetch from each source whenever it is due, in a process of its own that yields to this one.

    Of several processes the one that leads does it; that a second one begins is prevented by the lock of indexing.
    """
    arguments = (config, settings, folder, silently, processes or OneProcess())
    if settings.sources:
        Thread(target=_keep_syncing, args=arguments, name="sources", daemon=True).start()


def _keep_syncing(config: Path, settings: Config, folder: Path, silently: bool, processes: Processes) -> None:
    while True:
        while not processes.leading:
            time.sleep(LOOK_EVERY_SECONDS)
        try:
            if _seconds_left(settings, folder) <= 0:
                _sync(config, folder, silently, LONGEST_RUN_SECONDS * len(settings.sources))
            left = _seconds_left(settings, folder)
            time.sleep(min(left, MOST_SECONDS) if left > 0 else RETRY_SECONDS)
        except (WartabotError, OSError) as error:
            logger.error("Sources cannot be synced: %s", error)
            time.sleep(MOST_SECONDS)


def _seconds_left(settings: Config, folder: Path) -> float:
    """For how long no source is due."""
    # Opened anew each time, as a rebuild puts another file in its place.
    knowledge = open_knowledge_base(folder, settings)
    due = min(due_at(source, knowledge.store.source_health(source.url)) for source in settings.sources)
    knowledge.close()
    return due - time.time()


def _sync(config: Path, folder: Path, silently: bool, seconds: float) -> None:
    """Run `wartabot sync`; it ends when this process does, and knows nothing of the token."""
    arguments = ["sync", "--gently", "--end-with-input", "--config", str(config), "--data", str(folder)]
    environment = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    command = [sys.executable, "-m", "bot", *arguments]
    said = subprocess.DEVNULL if silently else None
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said, env=environment) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            logger.error("`wartabot sync` was ended after %.0f s; the next run goes on. Please report this.", seconds)
