"""Logging for the operator, as text or JSON, with secrets blotted out wherever they would appear, and nothing twice a
minute."""

import io
import json
import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Literal

from bot.redaction import Redaction

logger = logging.getLogger("wartabot")

MOST_REMEMBERED = 1000


class TextFormatter(logging.Formatter):
    """A line for a person, a traceback below it; without secrets."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, a traceback included; without secrets."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            # Before it is JSON, in which a secret may be written otherwise.
            "message": self._redact(record.getMessage()),
        }
        if record.exc_info:
            said["traceback"] = self._redact(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


class LoggedLines(io.TextIOBase):
    """A file whose lines are logged, for what is otherwise printed for a person."""

    def __init__(self) -> None:
        self.level = logging.INFO
        self._unfinished = ""

    def write(self, text: str) -> int:
        *lines, self._unfinished = (self._unfinished + text).split("\n")
        for line in filter(None, map(str.strip, lines)):
            logger.log(self.level, "%s", line)
        return len(text)


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


def set_up_logging(form: Literal["text", "json"] = "text", level: int = logging.INFO) -> None:
    """Log to standard error, without the environment's secrets; libraries only when something is wrong."""
    redact = Redaction(os.environ)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(redact) if form == "json" else TextFormatter(redact))
    handler.addFilter(OnceAMinute())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "sentence_transformers", "transformers", "filelock", "tornado"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Every error of python-telegram-bot also reaches bot/handlers/errors.py, which says it in one line.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
    # What Python itself would print, unredacted.
    logging.captureWarnings(True)
    threading.excepthook = _log_failed_thread
    sys.unraisablehook = _log_unraisable


def _log_failed_thread(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None:
        logger.error("A thread has ended", exc_info=failure.exc_value)


def _log_unraisable(failure: "sys.UnraisableHookArgs") -> None:
    if failure.exc_value is not None:
        logger.error("%s", failure.err_msg or "Something could not be tidied up", exc_info=failure.exc_value)
