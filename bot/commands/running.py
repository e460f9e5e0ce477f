"""Start the bot or a conversation, and check that all it needs is there: `wartabot run`, `chat`, `doctor`."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from bot import doctor, terminal
from bot.commands.app import (
    DEFAULT_CONFIG,
    MISCONFIGURED,
    ConfigOption,
    DataOption,
    app,
    prepare,
    ready,
    token_given,
)
from bot.config import LISTEN_VARIABLE, TOKEN_VARIABLE, Config, ServerSettings, listen_problem, token_problem
from bot.console import fail, notes, output, read_typed
from bot.processes import OneProcess, Processes, SeveralProcesses
from bot.proxies import proxy_problem
from bot.sources import keep_syncing
from bot.texts import INDONESIAN
from embeddings import KnowledgeBase, SettingsError


@app.command()
def run(
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
    listen: Annotated[
        str | None,
        typer.Option(
            "--listen", envvar=LISTEN_VARIABLE, help="Where the bot's own server listens, instead of \\[server] listen."
        ),
    ] = None,
) -> None:
    """Start the bot: on Telegram where TELEGRAM_BOT_TOKEN is set, else in this terminal."""
    settings, folder = prepare(config, data)
    settings = replace(settings, server=ServerSettings(settings.server.listen if listen is None else listen))
    token = token_given()
    if token is not None:
        _check(token, settings)
    knowledge = ready(settings, folder, config)
    # In the terminal, what is fetched must not stand among the answers.
    processes = SeveralProcesses(settings.store.url, token) if token and settings.store.url else OneProcess()
    keep_syncing(config, settings, folder, silently=token is None, processes=processes)
    if token is None:
        notes.print(f"{TOKEN_VARIABLE} is not set, so the conversation opens here.", style="dim")
        terminal.converse(knowledge, output, INDONESIAN, read_typed, settings.newsroom)
    else:
        _serve(token, settings, knowledge, folder, processes)


@app.command()
def chat(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Open the conversation in this terminal."""
    settings, folder = prepare(config, data)
    terminal.converse(ready(settings, folder, config), output, INDONESIAN, read_typed, settings.newsroom)


@app.command("doctor")
def doctor_command(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Check configuration, model, store, indexes, token and Telegram, and say what to do about each."""
    sound = True
    for check in doctor.checks(config, data or config.parent / "data", token_given()):
        sound = sound and check.sound
        output.print(f"[{'green' if check.sound else 'red'}]{'✓' if check.sound else '✗'}[/] {check.name}: ", end="")
        output.print(check.finding, markup=False, highlight=False)
    if not sound:
        raise typer.Exit(1)


def _check(token: str, settings: Config) -> None:
    """Raise SettingsError for what Telegram would only refuse after the articles are indexed."""
    listen = settings.server.listen
    if problem := token_problem(token) or proxy_problem() or listen_problem(listen):
        raise SettingsError(problem)
    if settings.telegram.webhook_url and not listen:
        raise SettingsError(
            "[telegram] webhook_url needs a server to which the proxy hands the updates on. Write under [server], for "
            'instance: listen = "127.0.0.1:8080"'
        )


def _serve(token: str, settings: Config, knowledge: KnowledgeBase, folder: Path, processes: Processes) -> None:
    from bot.application import build_application, run_until_stopped
    from bot.chats import FILE_NAME as CHATS_FILE
    from bot.chats import Chats
    from bot.server import bind

    listen, webhook = settings.server.listen, settings.telegram.webhook_url
    sockets = bind(listen) if listen else []
    chats = Chats(folder / CHATS_FILE, settings.telegram.timezone, settings.store.url)
    chats.claim(token.partition(":")[0])
    application = build_application(token, settings, knowledge, chats, sockets, processes)
    how = f"by the webhook {webhook}" if webhook else "by polling"
    there = f"; how it is: http://{listen}/healthz" if listen else ""
    line = f"Answering on Telegram, {how}, with {knowledge.summary().articles} articles{there}. Ctrl-C stops."
    notes.print(line, markup=False, highlight=False, soft_wrap=True)
    if not run_until_stopped(application):
        fail(f"Telegram does not accept the token in {TOKEN_VARIABLE}. Copy it again from @BotFather.", MISCONFIGURED)
