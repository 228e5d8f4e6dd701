"""What derive knows of each function, as a table for the docs: `python -m derive.support > docs/functions.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from derive.elementary.record import EVERYWHERE, Elementary
from derive.elementary.table import PAGES, TABLE
from derive.targets.table import TARGETS

HEADING: Final = """# Functions

What derive knows of each function: a row for each record in `derive/elementary/`. A dot is a field that the record
fills in, or a target that has the function; a blank one is not known, and what needs it says so. Made by
`python -m derive.support`.
"""
COLUMNS: Final[dict[str, Callable[[Elementary], Any]]] = {
    "derivative": lambda record: all(record.derivatives),
    "proof": lambda record: record.equals or record.transcendental or record.never_constant or record.pieces,
    "ball": lambda record: record.ball,
    "range": lambda record: record.range or (record.monotone and record.ends),
    "limits": lambda record: record.ends,
    "asymptotics": lambda record: record.analytic or record.equals or record.pieces,
    "Taylor": lambda record: record.series,
    "SymPy": lambda record: record.sympy != "" or record.sympy_form or record.equals,
}


def _marks(record: Elementary) -> Iterator[bool]:
    yield from (bool(fills(record)) for fills in COLUMNS.values())
    yield from (all(record.name in it.operations for it in target.formats) for target in TARGETS.values())


def support_matrix() -> str:
    """The table, as Markdown."""
    return "\n".join((HEADING, *_lines())) + "\n"


def _lines() -> Iterator[str]:
    for page in PAGES:
        yield f"## {(page.__doc__ or '').strip().splitlines()[0].rstrip('.')}\n"
        columns = ("function", "real where", *COLUMNS, *(target.title for target in TARGETS.values()))
        yield f"| {' | '.join(columns)} |"
        yield "|---" * len(columns) + "|"
        for function in page.FUNCTIONS:
            record = TABLE[function.name]
            marks = " | ".join("•" if mark else " " for mark in _marks(record))
            arguments = ", ".join("uv"[: record.arity])
            where = "everywhere" if record.real == EVERYWHERE else f"`{record.real}`" if record.real else ""
            yield f"| `{record.name}({arguments})` | {where} | {marks} |"
        yield ""


if __name__ == "__main__":
    print(support_matrix(), end="")
