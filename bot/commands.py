"""The command line: `wartabot run`, `chat`, `index`, `ask`, `show`, `articles`, `eval`, `unanswered`, `doctor`."""

import io
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot import doctor, terminal
from bot.config import TOKEN_VARIABLE, Config, load_config, token_problem
from bot.data_folder import open_store
from bot.logs import set_up_logging
from bot.proxies import proxy_problem
from bot.texts import INDONESIAN
from embeddings import (
    Answer,
    Answerer,
    Encoder,
    IndexReport,
    Refusal,
    SettingsError,
    Store,
    StoreUnusable,
    WartabotError,
    index_files,
    open_answerer,
    rebuild,
)
from embeddings.evaluation.questions import evaluate
from embeddings.indexing import OnProgress
from embeddings.search.retriever import Retriever
from embeddings.sources.bulk import read_line
from embeddings.sources.plain_text import printable
from embeddings.sources.refusals import fault
from embeddings.storage.store import FILE_NAME as STORE_FILE
from embeddings.storage.store import Watermark

# EX_CONFIG of sysexits.h: starting again changes nothing until somebody mends the token or the configuration.
MISCONFIGURED = 78

logger = logging.getLogger("wartabot")
app = typer.Typer(
    help="Answers questions about Indonesian local-government news with verbatim quotes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Results go to standard output; progress, notes and errors to standard error.
output = Console()
notes = Console(stderr=True)

ConfigOption = Annotated[
    Path, typer.Option("--config", envvar="WARTABOT_CONFIG", help="The configuration file.", show_default=True)
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", envvar="WARTABOT_DATA", help="The data folder; default: data beside the configuration file."
    ),
]


def _utf_8(text: str | None) -> str | None:
    if text is not None and not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise typer.BadParameter("it is not UTF-8") from error
    return text


JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_CONFIG = Path("config.toml")
# More than any question that max_question_length allows.
MAX_QUESTION_BYTES = 500_000
MOST_ENDINGS = 8


@app.command()
def run(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Start the bot: on Telegram where TELEGRAM_BOT_TOKEN is set, else in this terminal."""
    settings, folder = _prepare(config, data)
    token = _token()
    answerer = _ready_answerer(settings, folder, config)
    if token is None:
        notes.print(f"{TOKEN_VARIABLE} is not set, so the conversation opens here.", style="dim")
        terminal.converse(answerer, output, INDONESIAN, _read_line)
    else:
        _poll(token, settings, answerer, folder)


@app.command()
def chat(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Open the conversation in this terminal."""
    settings, folder = _prepare(config, data)
    terminal.converse(_ready_answerer(settings, folder, config), output, INDONESIAN, _read_line)


@app.command()
def index(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders; default: [articles] paths.")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Drop articles whose file is gone.")] = False,
    rebuild_all: Annotated[
        bool, typer.Option("--rebuild", help="Encode every stored article anew, after a change of model.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Add or update articles; exit status 0 only if nothing was refused."""
    settings, folder = _prepare(config, data)
    store, encoder = Store(folder / STORE_FILE), Encoder(settings.encoder)
    lost: list[Refusal] = []
    if rebuild_all:
        with _progress() as on_progress:
            store = rebuild(store, encoder, settings.passages, on_progress, lost)
        _print_refused(lost)
    report = _index(store, encoder, settings, paths or _default_paths(settings, config), prune)
    # Opening the retriever brings the indexes up to date, so that the first question does not wait for it.
    Retriever(store, encoder, folder, settings.retriever)
    if report.refused or lost:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.", callback=_utf_8)] = None,
    as_json: JsonOption = False,
    batch: Annotated[
        bool, typer.Option("--batch", help="Read one question a line from standard input; needs --json.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Answer one question, or with --json --batch one a line."""
    if batch == (question is not None) or (batch and not as_json):
        raise typer.BadParameter("give one QUESTION, or --json --batch and the questions on standard input")
    settings, folder = _prepare(config, data)
    answerer = _ready_answerer(settings, folder, config)
    if question is not None:
        answer = answerer.answer(question)
        if as_json:
            _print_json(answer.to_json())
        else:
            output.print(terminal.answer_view(answer, answerer.summary(), INDONESIAN))
        return
    for line in _lines(sys.stdin.buffer):
        _print_json(_answer_in_batch(answerer, line))


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(help="The article's id.", callback=_utf_8)],
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Print a stored article with its full text."""
    _, folder = _prepare(config, data)
    article = open_store(folder).article(article_id)
    if article is None:
        _fail(f"No article {article_id!r} is stored in {folder}. `wartabot articles` lists them.")
    if as_json:
        _print_json(msgspec.to_builtins(article))
    else:
        output.print(terminal.article_view(article, INDONESIAN))


@app.command()
def articles(as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """List the stored articles, newest first."""
    _, folder = _prepare(config, data)
    for article in open_store(folder).articles():
        if as_json:
            _print_json({key: value for key, value in msgspec.to_builtins(article).items() if key != "text"})
        else:
            columns = (article.published or "-", article.id, article.source or "-", article.title or "-")
            typer.echo("\t".join(columns))


@app.command("eval")
def evaluate_command(
    questions: Annotated[Path, typer.Argument(help="A .jsonl file of questions with their answers.")],
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Ask a file's questions and print how many were answered right, per kind, with the misses."""
    settings, folder = _prepare(config, data)
    try:
        result = evaluate(_ready_answerer(settings, folder, config), questions)
    except OSError as error:
        _fail(f"{questions} cannot be read as questions: {error.strerror}")
    _print_refused(result.refused)
    if as_json:
        _print_json(msgspec.to_builtins(result))
    else:
        output.print(result.table())
    if result.refused:
        raise typer.Exit(1)


@app.command()
def unanswered(
    most: Annotated[int, typer.Option("--most", min=1, help="How many to print.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Print the questions that no article answered, and how often each was asked."""
    from bot.chats import FILE_NAME as CHATS_FILE
    from bot.chats import Chats

    _, folder = _prepare(config, data)
    path = folder / CHATS_FILE
    # Where nobody has asked yet, looking leaves no file behind.
    found = Chats(path).unanswered()[:most] if path.exists() else []
    if as_json:
        _print_json([{"question": question, "times": times} for question, times in found])
        return
    for question, times in found:
        output.print(f"{times:5}  {question}", markup=False, highlight=False)
    if not found:
        notes.print("Every question so far was answered.")


@app.command("doctor")
def doctor_command(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Check configuration, model, store, indexes, token and Telegram, and say what to do about each."""
    sound = True
    for check in doctor.checks(config, data or config.parent / "data", _token()):
        sound = sound and check.sound
        output.print(f"[{'green' if check.sound else 'red'}]{'✓' if check.sound else '✗'}[/] {check.name}: ", end="")
        output.print(check.finding, markup=False, highlight=False)
    if not sound:
        raise typer.Exit(1)


def run_command_line() -> NoReturn:
    """Run a command; what the operator can mend is one line on standard error, anything else a traceback in the log."""
    set_up_logging(_token())
    # A terminal that knows fewer characters than an article has shows them spelt out; a bad byte ends no conversation.
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
    try:
        app()
        sys.exit(0)
    except SettingsError as error:
        _fail(str(error), MISCONFIGURED)
    except WartabotError as error:
        _fail(str(error))
    except Exception:
        logger.exception("Unexpected error; please report it with these lines")
        sys.exit(1)


def _prepare(config: Path, data: Path | None) -> tuple[Config, Path]:
    return load_config(config), data or config.parent / "data"


def _token() -> str | None:
    return os.environ.get(TOKEN_VARIABLE, "").strip() or None


def _default_paths(settings: Config, config: Path) -> list[Path]:
    return [config.parent / path for path in settings.articles.paths]


def _ready_answerer(settings: Config, folder: Path, config: Path) -> Answerer:
    """An answerer, after the first start has indexed the configured articles; raises StoreUnusable if they are lost."""
    store, encoder = open_store(folder), Encoder(settings.encoder)
    if store.summary().articles == 0:
        # Other articles would be answered from, and nobody would know.
        if store.watermark() != Watermark():
            raise StoreUnusable(f"{store.path} holds no articles any more. Add some: wartabot index FILES")
        _index(store, encoder, settings, _default_paths(settings, config), prune=False)
    newsroom = ZoneInfo(settings.telegram.timezone)
    return open_answerer(
        store, encoder, folder, settings.retriever, settings.answers, lambda: datetime.now(newsroom).date()
    )


def _index(store: Store, encoder: Encoder, settings: Config, paths: list[Path], prune: bool) -> IndexReport:
    newsroom = ZoneInfo(settings.telegram.timezone)
    with _progress() as on_progress:
        report = index_files(store, encoder, paths, settings.articles, settings.passages, prune, on_progress, newsroom)
    _print_refused(report.refused)
    for remark in report.remarks:
        _print_note(f"note: {remark.where}: {remark.note}")
    if report.skipped:
        _print_note(_skipped(report.skipped))
    notes.print(
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, {report.removed} removed, "
        f"{len(report.refused)} refused; {store.summary().articles} articles stored, {report.found_anew} searched anew",
        highlight=False,
        soft_wrap=True,
    )
    return report


def _print_refused(refused: list[Refusal]) -> None:
    for refusal in refused:
        _print_note(f"refused: {refusal.where}: {refusal.reason}")


def _print_note(line: str) -> None:
    notes.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _skipped(by_ending: Counter[str]) -> str:
    """How many files were not read: "12 files skipped: .html 9, .pdf 3"."""
    named = sorted(by_ending.items(), key=lambda ending: (-ending[1], ending[0]))[:MOST_ENDINGS]
    parts = [f"{printable(ending) or 'without ending'} {number}" for ending, number in named]
    if others := by_ending.total() - sum(number for _, number in named):
        parts.append(f"others {others}")
    files = "1 file" if by_ending.total() == 1 else f"{by_ending.total()} files"
    return f"{files} skipped: {', '.join(parts)}"


@contextmanager
def _progress() -> Iterator[OnProgress]:
    columns = (TextColumn("Indexing"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _lines(lines: IO[bytes]) -> Iterator[bytes | None]:
    """The lines without their ends; None for one that is longer than any question."""
    while (line := read_line(lines, MAX_QUESTION_BYTES)) != b"":
        yield line and line.rstrip(b"\r\n")


def _answer_in_batch(answerer: Answerer, line: bytes | None) -> dict[str, Any]:
    """The answer as JSON; one bad line must not cost the answers to the others, which are read in order."""
    question = "" if line is None else line.decode("utf-8", "replace")
    try:
        if line is None:
            raise WartabotError(f"The line has more than {MAX_QUESTION_BYTES} bytes.")
        return answerer.answer(line.decode()).to_json()
    except UnicodeDecodeError as error:
        reason = f"The line is not UTF-8: byte {error.start + 1} is 0x{error.object[error.start]:02x}."
    except WartabotError as error:
        reason = str(error)
    except Exception as error:
        reason = fault(error)
    return {**Answer(question, answered=False, confidence=0.0).to_json(), "error": reason}


def _poll(token: str, settings: Config, answerer: Answerer, folder: Path) -> None:
    from telegram.error import InvalidToken

    from bot.application import UPDATES, build_application
    from bot.chats import FILE_NAME as CHATS_FILE
    from bot.chats import Chats
    from bot.polling import WatchedRequest

    if problem := token_problem(token) or proxy_problem():
        raise SettingsError(problem)
    application = build_application(token, settings.telegram, answerer, Chats(folder / CHATS_FILE))
    notes.print(f"Answering on Telegram, with {answerer.summary().articles} articles. Ctrl-C stops.")
    try:
        application.run_polling(allowed_updates=UPDATES, bootstrap_retries=-1, close_loop=False)
    except InvalidToken:
        refused = True
    else:
        polling = application.bot_data["polling"]
        refused = isinstance(polling, WatchedRequest) and polling.refused
    if refused:
        _fail(f"Telegram does not accept the token in {TOKEN_VARIABLE}. Copy it again from @BotFather.", MISCONFIGURED)


def _read_line() -> str:
    return output.input("[bold cyan]> [/]")


def _print_json(value: Any) -> None:
    # JSON is UTF-8, whatever the terminal is.
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def _fail(message: str, status: int = 1) -> NoReturn:
    notes.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(status)
