"""What the commands share: their options, the configuration, and a data folder that is ready to answer."""

import os
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from bot.config import DEFAULT_CONFIG as DEFAULT_CONFIG
from bot.config import TOKEN_VARIABLE, Config, load_config_if_any, with_environment
from bot.console import log_notes, notes, output, print_report, progress
from bot.data_folder import open_knowledge_base, refuse_closed
from bot.logs import set_up_logging
from embeddings import ArticleSettings, IndexReport, KnowledgeBase, StoreUnusable

# EX_CONFIG of sysexits.h: starting again changes nothing until somebody mends the token or the configuration.
MISCONFIGURED = 78

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigOption = Annotated[
    Path, typer.Option("--config", envvar="WARTABOT_CONFIG", help="The configuration file.", readable=False)
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="WARTABOT_DATA",
        help="The data folder; default: data beside the configuration file.",
        # What cannot be read is told with its way out where it is opened.
        readable=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
# The sample articles, which come with the program.
SAMPLES = Path(str(files("bot"))) / "seeds"


def _print_version(wanted: bool) -> None:
    if wanted:
        output.print(f"wartabot {version('wartabot')}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Answers questions about Indonesian local-government news with verbatim quotes."""


def utf_8(text: str | None) -> str | None:
    if text is not None and not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise typer.BadParameter("it is not UTF-8") from error
    return text


def prepare(config: Path, data: Path | None) -> tuple[Config, Path]:
    """The settings and the data folder; in a folder without a configuration the defaults hold, which a line tells.

    Raises StoreUnusable where the data folder is closed to whoever gives the command.
    """
    folder = data or config.parent / "data"
    settings = load_config_if_any(config)
    if settings is None:
        settings = Config()
        line = f"There is no {config} here, so the defaults hold; the data lie in {folder.absolute()}."
        notes.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)
    settings = with_environment(settings, os.environ)
    if settings.logs.format == "json":
        set_up_logging(settings.logs.format)
        log_notes()
    refuse_closed(folder)
    return settings, folder


def token_given() -> str | None:
    return os.environ.get(TOKEN_VARIABLE, "").strip() or None


def default_paths(settings: Config, config: Path) -> list[Path]:
    """The configured articles; where none are configured nor lie beside the configuration, the sample articles."""
    paths = [config.parent / path for path in settings.articles.paths]
    unset = settings.articles.paths == ArticleSettings().paths
    return [SAMPLES.resolve()] if unset and not any(path.exists() for path in paths) else paths


def ready(settings: Config, folder: Path, config: Path) -> KnowledgeBase:
    """Open what answers, once the first start has indexed the articles; raises StoreUnusable if they are lost."""
    knowledge = open_knowledge_base(folder, settings)
    if knowledge.summary().articles == 0:
        # Other articles would be answered from, and nobody would know.
        if knowledge.store.had_articles():
            raise StoreUnusable(f"{knowledge.store.name} holds no articles any more. Add some: wartabot index FILES")
        index_into(knowledge, default_paths(settings, config), prune=False)
    knowledge.open()
    return knowledge


def index_into(
    knowledge: KnowledgeBase, paths: list[Path], prune: bool, force: bool = False, urls: Sequence[str] = ()
) -> IndexReport:
    with progress() as on_progress:
        report = knowledge.index(paths, prune, on_progress, force)
        if urls:
            report.add(knowledge.index_pages(urls, on_progress))
    print_report(report, knowledge.summary().articles)
    knowledge.catch_up()
    return report
