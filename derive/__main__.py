"""The command `derive`, also as `python -m derive`: Ctrl-C is looked after before anything else is loaded."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False  # `typing` itself takes a while to load
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

__all__ = ["main"]

INTERRUPTED = 130  # the exit code after Ctrl-C


def main() -> None:
    # A process that is started in the background leaves Ctrl-C alone.
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        signal.signal(signal.SIGINT, _end)
    from derive.cli import main as command

    if is_ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        command()
    except KeyboardInterrupt:  # where the command line is not read yet, or all is said
        os._exit(INTERRUPTED)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """End at once: an exception would pass through half-loaded modules, some of which catch what they meet."""
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
