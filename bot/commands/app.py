"""What the commands share: their options, the configuration, and a data folder that is ready to answer."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.config import TOKEN_VARIABLE, Config, load_config
from bot.console import print_report, progress
from bot.data_folder import open_knowledge_base
from embeddings import IndexReport, KnowledgeBase, StoreUnusable

# EX_CONFIG of sysexits.h: starting again changes nothing until somebody mends the token or the configuration.
MISCONFIGURED = 78

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
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_CONFIG = Path("config.toml")


def utf_8(text: str | None) -> str | None:
    if text is not None and not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise typer.BadParameter("it is not UTF-8") from error
    return text


def prepare(config: Path, data: Path | None) -> tuple[Config, Path]:
    return load_config(config), data or config.parent / "data"


def token_given() -> str | None:
    return os.environ.get(TOKEN_VARIABLE, "").strip() or None


def default_paths(settings: Config, config: Path) -> list[Path]:
    return [config.parent / path for path in settings.articles.paths]


def ready(settings: Config, folder: Path, config: Path) -> KnowledgeBase:
    """Open what answers, once the first start has indexed the articles; raises StoreUnusable if they are lost."""
    knowledge = open_knowledge_base(folder, settings)
    if knowledge.summary().articles == 0:
        # Other articles would be answered from, and nobody would know.
        if knowledge.store.had_articles():
            raise StoreUnusable(f"{knowledge.store.path} holds no articles any more. Add some: wartabot index FILES")
        index_into(knowledge, default_paths(settings, config), prune=False)
    knowledge.open()
    return knowledge


def index_into(knowledge: KnowledgeBase, paths: list[Path], prune: bool, force: bool = False) -> IndexReport:
    with progress() as on_progress:
        report = knowledge.index(paths, prune, on_progress, force)
    print_report(report, knowledge.summary().articles)
    return report
