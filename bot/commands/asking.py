"""Ask, and measure how well it answers: `wartabot ask`, `eval`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bot import terminal
from bot.batch import answers as batch_answers
from bot.commands.app import DEFAULT_CONFIG, ConfigOption, DataOption, JsonOption, app, prepare, ready, utf_8
from bot.console import fail, output, print_json, print_refused
from bot.texts import INDONESIAN
from embeddings.evaluation.questions import evaluate


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.", callback=utf_8)] = None,
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
    settings, folder = prepare(config, data)
    knowledge = ready(settings, folder, config)
    if question is not None:
        answer = knowledge.answer(question)
        if as_json:
            print_json(answer.to_json())
        else:
            output.print(terminal.answer_view(answer, knowledge.summary(), INDONESIAN))
        return
    for line in batch_answers(knowledge, sys.stdin.buffer):
        print_json(line)


@app.command("eval")
def evaluate_command(
    questions: Annotated[Path, typer.Argument(help="A .jsonl file of questions with their answers.")],
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    data: DataOption = None,
) -> None:
    """Ask a file's questions and print how many were answered right, per kind, with the misses."""
    settings, folder = prepare(config, data)
    try:
        result = evaluate(ready(settings, folder, config), questions)
    except OSError as error:
        fail(f"{questions} cannot be read as questions: {error.strerror}")
    print_refused(result.refused)
    if as_json:
        print_json(msgspec.to_builtins(result))
    else:
        output.print(result.table())
    if result.refused:
        raise typer.Exit(1)
