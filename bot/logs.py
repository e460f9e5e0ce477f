"""Logging for the operator, with the bot's token blotted out wherever it would appear."""

import logging
import sys


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and then takes the secret out of it."""

    def __init__(self, secret: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text.replace(self._secret, "<token>") if self._secret else text


def set_up_logging(secret: str | None, level: int = logging.INFO) -> None:
    """Log to standard error; libraries only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secret))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "sentence_transformers", "transformers", "filelock"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Every error of python-telegram-bot also reaches bot/handlers/errors.py, which says it in one line.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
