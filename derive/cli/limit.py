"""`--timeout`: the one place where seconds bound work. They can end a command without an answer, never change one."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Annotated, Final

import typer

from derive.errors import DeriveError

Timeout = Annotated[
    float | None, typer.Option(min=0.0, help="seconds after which to give up; the answer is then UNDECIDED")
]
INTERVAL: Final = 0.005  # seconds between two looks at the process that works


def limit(seconds: float | None, tell: Callable[[str], None]) -> None:
    """Let the rest of the command take no more than `seconds`: it goes on in a child process, which is ended then.

    Returns in the child alone; this process ends with the child's exit code, or, where the time is over, with 1
    after `tell(reason)`. A child process, since no signal or thread can interrupt a long operation of a library.
    """
    if seconds is None:
        return
    if not hasattr(os, "fork"):
        raise DeriveError("--timeout is not supported on this system: leave it out; work is bounded without it")
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        return
    end = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            raise typer.Exit(os.waitstatus_to_exitcode(status))
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            tell(f"--timeout {seconds:g} s ended this")
            raise typer.Exit(1)
        time.sleep(INTERVAL)
