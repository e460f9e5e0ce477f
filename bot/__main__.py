"""Start the command line; until its libraries are loaded, this is all there is."""

import os
import signal
import sys
from types import FrameType


def stop(number: int, frame: FrameType | None) -> None:
    """End at once on Ctrl-C or SIGTERM.

    Whatever is stored survives a kill at any moment, so nothing needs unwinding, least of all half-loaded libraries.
    """
    if sys.stderr.isatty():
        # A progress bar may have hidden the cursor.
        os.write(2, b"\x1b[?25h\n")
    os._exit(128 + number)


def main() -> None:
    """Run a command."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    from bot.commands import run_command_line

    run_command_line()


if __name__ == "__main__":
    main()
