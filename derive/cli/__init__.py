"""The command `derive`: each subcommand asks one room and prints what it answers.

Exit codes: 0 holds, 1 does not hold (stale, refuted, undecided, out of contract), 2 usage or
internal error. What a subcommand needs is imported inside it, so that `derive --help` is quick.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Final, TextIO

import typer

from derive import __version__
from derive.cli import auditing, benching, building, exporting, proving, searching, showing
from derive.cli.ending import ending
from derive.errors import refusal

__all__ = ["main"]

INTERRUPTED: Final = 130  # the exit code after Ctrl-C
UNHEARD: Final = 141  # that of a program whose reader has gone, as `head` does: 128 and SIGPIPE

app = typer.Typer(
    help="State a function once: a proved gradient, a readable derivation, accurate kernels.",
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
)  # fmt: skip

PLAIN: tuple[Callable[..., None], ...] = (
    building.build, building.check, building.verify, benching.bench, exporting.export, showing.show, auditing.audit,
)  # fmt: skip
# Those that take a formula, which may begin with a minus sign.
OF_FORMULAS: tuple[Callable[..., None], ...] = (proving.prove, searching.stabilise)
for command in PLAIN:
    app.command()(command)
app.command("list")(showing.list_functions)
for command in OF_FORMULAS:
    app.command(context_settings={"ignore_unknown_options": True})(command)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"derive {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="show a traceback for errors")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    ending.debug = debug


def main() -> None:
    warnings.formatwarning = lambda message, *_, **__: f"warning: {message}\n"
    output = sys.stdout
    try:
        with ending:
            app()
    except BrokenPipeError:  # what reads standard error has gone
        os._exit(UNHEARD)
    except SystemExit as ended:
        _deliver(output)
        if ended.code == INTERRUPTED:
            os._exit(INTERRUPTED)  # a thread may be waiting for input still
        raise


def _deliver(output: TextIO | None) -> None:
    """Write out what waits to be, while a fault can still be told. There is no output where it was closed."""
    try:
        if output is not None:
            output.flush()
    except BrokenPipeError:
        os._exit(UNHEARD)
    except OSError as problem:
        print(f"{refusal(problem, 'the output')}", file=sys.stderr)
        os._exit(2)
    if sys.stdout is not output:  # Typer puts another in its place where a pipe broke
        os._exit(UNHEARD)
