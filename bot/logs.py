"""Logging for the operator, with the bot's token blotted out wherever it would appear, and nothing twice a minute."""

import logging
import sys
import time
from collections import OrderedDict

MOST_REMEMBERED = 1000


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and then takes the secret out of it."""

    def __init__(self, secret: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text.replace(self._secret, "<token>") if self._secret else text


class OnceAMinute(logging.Filter):
    """Lets the same warning or error through once a minute, and says how often it was left out since."""

    def __init__(self, seconds: float = 60.0) -> None:
        super().__init__()
        self._seconds = seconds
        self._seen: OrderedDict[tuple[str, str, str], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        error = record.exc_info[1] if record.exc_info else None
        key = (record.name, record.getMessage(), repr(error))
        last, left_out = self._seen.pop(key, (float("-inf"), 0))
        now = time.monotonic()
        if now - last < self._seconds:
            self._seen[key] = (last, left_out + 1)
            return False
        self._seen[key] = (now, 0)
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} times more since this was last said)", ()
        return True


def set_up_logging(secret: str | None, level: int = logging.INFO) -> None:
    """Log to standard error; libraries only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secret))
    handler.addFilter(OnceAMinute())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "sentence_transformers", "transformers", "filelock"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Every error of python-telegram-bot also reaches bot/handlers/errors.py, which says it in one line.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
