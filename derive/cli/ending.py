"""How a command ends where something goes wrong: with a message, never a traceback."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final

from derive.errors import DeriveError, NotProvedError, UnknownFunctionError, nearest, refusal

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Ending:
    """Turns an error into its message on standard error and an exit code: 1 where something is not proved, else 2.

    `debug` lets the error through.
    """

    debug = False

    def __enter__(self) -> None:
        self.debug = False

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.debug or not isinstance(problem, Exception):
            return
        if isinstance(problem, NotProvedError):
            print(problem, file=sys.stderr)
            raise SystemExit(1) from None
        if isinstance(problem, DeriveError):
            print(problem, file=sys.stderr)
            print(*_written_out(problem), sep="\n", end="", file=sys.stderr)
        elif isinstance(problem, OSError):
            place = problem.filename or ("the output" if problem.errno in FULL else None)
            print(refusal(problem, place), file=sys.stderr)
        else:
            print(f"derive: internal error: {_described(problem)}", file=sys.stderr)
            print("  Please report it with the command line; derive --debug COMMAND shows more.", file=sys.stderr)
        raise SystemExit(2) from None


def _written_out(problem: DeriveError) -> Iterator[str]:
    """Where a formula calls what is like a function of the catalogue: how that is written in a formula."""
    if not isinstance(problem, UnknownFunctionError):
        return
    from derive.spec.pages import catalogue

    known = {function.name: function for function in catalogue()}
    if name := nearest(problem.name, known):
        yield f"  {name}, a function of the catalogue, is written out in a formula:  {known[name].body}\n"


def _described(problem: Exception) -> str:
    """What was raised, and the line that raised it."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(problem).__name__}: {problem}{where}"


ending = Ending()
