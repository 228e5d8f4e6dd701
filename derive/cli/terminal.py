"""What a person at a terminal sees beyond plain lines: a progress bar, and a table in colour."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from derive.verify.report import COLUMNS, VerificationReport

Tell = Callable[[int, int, str], None]


@contextmanager
def progress() -> Iterator[Tell | None]:
    """A bar on standard error that is told of each job done; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("verifying", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name)


def table(report: VerificationReport) -> None:
    """Print the figures of every kernel; the last column in red where a contract is broken."""
    if not sys.stdout.isatty():
        print(report)
        return
    from rich.console import Console
    from rich.table import Table

    grid = Table(*COLUMNS, box=None, header_style="dim")
    for kernel, row in zip(report.kernels, report.rows, strict=True):
        grid.add_row(*row, style=None if kernel.held else "red")
    console = Console()
    console.print(grid)
    for problem in report.problems():
        console.print(problem, style="red", markup=False)
