"""The command line: `wartabot run`, `chat`, `index`, `ask`, `show`, `articles`, `eval`, `unanswered`, `doctor`."""

import io
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from bot import doctor, terminal
from bot.batch import answers as batch_answers
from bot.config import TOKEN_VARIABLE, Config, load_config, token_problem
from bot.console import fail, notes, output, print_json, print_refused, print_report, progress, read_typed
from bot.data_folder import open_knowledge_base
from bot.logs import set_up_logging
from bot.proxies import proxy_problem
from bot.texts import INDONESIAN
from embeddings import IndexReport, KnowledgeBase, Refusal, SettingsError, StoreUnusable, WartabotError
from embeddings.evaluation.questions import evaluate

# EX_CONFIG of sysexits.h: starting again changes nothing until somebody mends the token or the configuration.
MISCONFIGURED = 78

logger = logging.getLogger("wartabot")
app = typer.Typer(
    help="Answers questions about Indonesian local-government news with verbatim quotes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

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


@app.command()
def run(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Start the bot: on Telegram where TELEGRAM_BOT_TOKEN is set, else in this terminal."""
    settings, folder = _prepare(config, data)
    token = _token()
    knowledge = _ready(settings, folder, config)
    if token is None:
        notes.print(f"{TOKEN_VARIABLE} is not set, so the conversation opens here.", style="dim")
        terminal.converse(knowledge, output, INDONESIAN, read_typed)
    else:
        _poll(token, settings, knowledge, folder)


@app.command()
def chat(config: ConfigOption = DEFAULT_CONFIG, data: DataOption = None) -> None:
    """Open the conversation in this terminal."""
    settings, folder = _prepare(config, data)
    terminal.converse(_ready(settings, folder, config), output, INDONESIAN, read_typed)


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
    knowledge = open_knowledge_base(folder, settings, anew=True)
    lost: list[Refusal] = []
    if rebuild_all:
        with progress() as on_progress:
            lost = knowledge.rebuild(on_progress)
        print_refused(lost)
    report = _index(knowledge, paths or _default_paths(settings, config), prune)
    # So that the first question does not wait for the indexes.
    knowledge.retriever.refresh()
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
    knowledge = _ready(settings, folder, config)
    if question is not None:
        answer = knowledge.answer(question)
        if as_json:
            print_json(answer.to_json())
        else:
            output.print(terminal.answer_view(answer, knowledge.summary(), INDONESIAN))
        return
    for line in batch_answers(knowledge, sys.stdin.buffer):
        print_json(line)


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(help="The article's id.", callback=_utf_8)],
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Print a stored article with its full text."""
    settings, folder = _prepare(config, data)
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
    settings, folder = _prepare(config, data)
    for article in open_knowledge_base(folder, settings).store.articles():
        if as_json:
            print_json({key: value for key, value in msgspec.to_builtins(article).items() if key != "text"})
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
        result = evaluate(_ready(settings, folder, config), questions)
    except OSError as error:
        fail(f"{questions} cannot be read as questions: {error.strerror}")
    print_refused(result.refused)
    if as_json:
        print_json(msgspec.to_builtins(result))
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
    found = Chats(path).questions.unanswered()[:most] if path.exists() else []
    if as_json:
        print_json([{"question": question, "times": times} for question, times in found])
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
        fail(str(error), MISCONFIGURED)
    except WartabotError as error:
        fail(str(error))
    except Exception:
        logger.exception("Unexpected error; please report it with these lines")
        sys.exit(1)


def _prepare(config: Path, data: Path | None) -> tuple[Config, Path]:
    return load_config(config), data or config.parent / "data"


def _token() -> str | None:
    return os.environ.get(TOKEN_VARIABLE, "").strip() or None


def _default_paths(settings: Config, config: Path) -> list[Path]:
    return [config.parent / path for path in settings.articles.paths]


def _ready(settings: Config, folder: Path, config: Path) -> KnowledgeBase:
    """Open what answers, once the first start has indexed the articles; raises StoreUnusable if they are lost."""
    knowledge = open_knowledge_base(folder, settings)
    if knowledge.summary().articles == 0:
        # Other articles would be answered from, and nobody would know.
        if knowledge.store.had_articles():
            raise StoreUnusable(f"{knowledge.store.path} holds no articles any more. Add some: wartabot index FILES")
        _index(knowledge, _default_paths(settings, config), prune=False)
    knowledge.open()
    return knowledge


def _index(knowledge: KnowledgeBase, paths: list[Path], prune: bool) -> IndexReport:
    with progress() as on_progress:
        report = knowledge.index(paths, prune, on_progress)
    print_report(report, knowledge.summary().articles)
    return report


def _poll(token: str, settings: Config, knowledge: KnowledgeBase, folder: Path) -> None:
    from telegram.error import InvalidToken

    from bot.application import UPDATES, build_application
    from bot.chats import FILE_NAME as CHATS_FILE
    from bot.chats import Chats
    from bot.polling import WatchedRequest

    if problem := token_problem(token) or proxy_problem():
        raise SettingsError(problem)
    application = build_application(token, settings.telegram, knowledge, Chats(folder / CHATS_FILE))
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
