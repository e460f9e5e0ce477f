"""Start the bot or a conversation, and check that all it needs is there: `wartabot run`, `chat`, `doctor`."""

from pathlib import Path

import typer

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
from bot.config import TOKEN_VARIABLE, Config, token_problem
from bot.console import fail, notes, output, read_typed
from bot.proxies import proxy_problem
from bot.texts import INDONESIAN
from embeddings import KnowledgeBase, SettingsError


@app.command()
def run(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Start the bot: on Telegram where TELEGRAM_BOT_TOKEN is set, else in this terminal."""
    settings, folder = prepare(config, data)
    token = token_given()
    knowledge = ready(settings, folder, config)
    if token is None:
        notes.print(f"{TOKEN_VARIABLE} is not set, so the conversation opens here.", style="dim")
        terminal.converse(knowledge, output, INDONESIAN, read_typed, settings.newsroom)
    else:
        _poll(token, settings, knowledge, folder)


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


def _poll(token: str, settings: Config, knowledge: KnowledgeBase, folder: Path) -> None:
    from telegram.error import InvalidToken

    from bot.application import UPDATES, build_application
    from bot.chats import FILE_NAME as CHATS_FILE
    from bot.chats import Chats
    from bot.polling import WatchedRequest

    if problem := token_problem(token) or proxy_problem():
        raise SettingsError(problem)
    chats = Chats(folder / CHATS_FILE)
    application = build_application(token, settings.telegram, knowledge, chats, settings.newsroom)
    notes.print(f"Answering on Telegram, with {knowledge.summary().articles} articles. Ctrl-C stops.")
    try:
        application.run_polling(allowed_updates=UPDATES, bootstrap_retries=-1, close_loop=False)
    except InvalidToken:
        refused = True
    else:
        polling = application.bot_data["polling"]
        refused = isinstance(polling, WatchedRequest) and polling.refused
    if refused:
        fail(f"Telegram does not accept the token in {TOKEN_VARIABLE}. Copy it again from @BotFather.", MISCONFIGURED)
