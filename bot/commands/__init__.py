"""The command line; each module here holds the commands of one concern."""

import io
import logging
import os
import sys
from typing import NoReturn

from bot.commands import articles, asking, backups, moving, operating, running, syncing
from bot.commands.app import MISCONFIGURED, app
from bot.console import fail
from bot.logs import set_up_logging
from bot.redaction import Redaction
from embeddings import SettingsError, WartabotError

__all__ = ["app", "articles", "asking", "backups", "moving", "operating", "run_command_line", "running", "syncing"]

logger = logging.getLogger("wartabot")


def run_command_line() -> NoReturn:
    """Run a command; what the operator can mend is one line on standard error, anything else a traceback in the log."""
    set_up_logging()
    redact = Redaction(os.environ)
    # A terminal that knows fewer characters than an article has shows them spelt out; a bad byte ends no conversation.
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
    try:
        app()
        sys.exit(0)
    except SettingsError as error:
        fail(redact(str(error)), MISCONFIGURED)
    except WartabotError as error:
        fail(redact(str(error)))
    except Exception:
        logger.exception("Unexpected error; please report it with these lines")
        sys.exit(1)
