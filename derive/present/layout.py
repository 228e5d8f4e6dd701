"""A derivation within the width of a page: formulas on the left, broken where they are long, reasons beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from derive.derivation.columns import DerivationRow
from derive.errors import DeriveError, shown
from derive.notation.latex_lines import QUAD, broken, closed
from derive.notation.latex_width import latex_width

ENVIRONMENTS: Final = ("aligned", "align", "align*")
TEXT_WIDTH: Final = 345.0  # points, of LaTeX's article
NUMBER: Final = 35.0  # points that the number of an equation takes
RELATION: Final = 14.0  # of the equals sign
COLUMN_GAP: Final = 12.0  # between a formula and its reason
NARROWEST: Final = 60  # points that a column takes at least
STEP: Final = 10
LINE: Final = 2.0  # what a printed line costs, where a formula broken within brackets costs 3
ABOVE: Final = 20.0  # what left sides on lines of their own cost beside


class TableCells(NamedTuple):
    """A printed line: what stands left of the alignment mark, right of it, and why; `first` of its row or not."""

    left: str
    right: str
    reason: str
    first: bool


def page_lines(rows: Iterable[DerivationRow], environment: str = "aligned", room: float = TEXT_WIDTH) -> list[str]:
    r"""The lines of an environment of amsmath, each but the last with its `\\`; none is wider than `room` points.

    Of all widths that the column of reasons may have, that which breaks least. Left sides that leave too
    little room stand on lines of their own. Raises DeriveError for an environment that is none.
    """
    if environment not in ENVIRONMENTS:
        raise DeriveError(f"{shown(environment)} is not an environment: write {', '.join(ENVIRONMENTS)}")
    listed = list(rows)
    room -= NUMBER if environment == "align" else 0.0
    widest = max((latex_width(row.reason) for row in listed), default=0.0)
    widths = [widest, *range(int(widest), NARROWEST, -STEP)]
    layouts = [_cells(listed, room, reasons, above) for above in (False, True) for reasons in widths]
    _, best = min(layouts, key=lambda layout: (round(max(0.0, _width(layout[1]) - room)), layout[0]))
    lines = [_line(cells, numbered=environment == "align") for cells in best]
    # Words that go on below stand as close as lines of text do.
    ends = [r" \\[-4pt]" if cells.reason and not cells.right else r" \\" for cells in best[1:]]
    return [line + end for line, end in zip(lines, [*ends, ""], strict=True)]


def _cells(rows: Sequence[DerivationRow], room: float, reasons: float, above: bool) -> tuple[float, list[TableCells]]:
    """The rows in columns, `reasons` points for the last one, and what that costs a reader.

    `above`: left sides stand on lines of their own.
    """
    left = 0.0 if above else max(latex_width(row.left) for row in rows)
    formulas = max(
        NARROWEST, room - left - RELATION - (reasons + COLUMN_GAP if reasons else 0.0) - (QUAD if above else 0.0)
    )
    found: list[TableCells] = []
    cost = 0.0
    for row in rows:
        indent = ""
        if above:
            indent = r"\quad "
            found += [TableCells("", row.left, "", True)] if row.left else []
        lines, price = broken(row.right, formulas)
        cost += price
        rights = [f"{indent}= {lines[0]}", *(rf"{indent}\quad {line}" for line in lines[1:])]
        pairs = zip_longest(rights, wrapped(row.reason, reasons), fillvalue="")
        found += [
            TableCells("" if above or place else row.left, right, reason, place == 0)
            for place, (right, reason) in enumerate(pairs)
        ]
    return cost + LINE * len(found) + ABOVE * above, found


def _width(cells: Sequence[TableCells]) -> float:
    left, right, reason = (max(map(latex_width, column)) for column in list(zip(*cells, strict=True))[:3])
    return left + right + (reason + COLUMN_GAP if reason else 0.0)


def _line(cells: TableCells, numbered: bool) -> str:
    line = f"{cells.left} &{cells.right}"
    line += f" && {cells.reason}" if cells.reason else ""
    return line if cells.first or not numbered else rf"{line} \notag"


def wrapped(reason: str, room: float) -> list[str]:
    r"""A reason, `\text{...}` and formulas between, in lines of at most `room` points; each begins with a word."""
    lines: list[list[tuple[bool, str]]] = []
    for unit in _units(reason):
        if lines and latex_width(_joined([*lines[-1], *unit])) <= room:
            lines[-1] += unit
        else:
            lines.append(unit)
    return [_joined(line) for line in lines]


def _units(reason: str) -> Iterator[list[tuple[bool, str]]]:
    """Words, each with the formulas that follow it; True marks a formula."""
    unit: list[tuple[bool, str]] = []
    for formula, part in _parts(reason):
        for piece in [part] if formula else re.findall(r"\S*\s*", part)[:-1]:
            if unit and not formula and unit[-1][1].endswith(" ") and not piece.isspace():
                yield unit
                unit = []
            unit.append((formula, piece))
    if unit:
        yield unit


def _parts(reason: str) -> Iterator[tuple[bool, str]]:
    r"""The insides of `\text{...}`, and the formulas between them."""
    position = 0
    while position < len(reason):
        if reason.startswith(r"\text{", position):
            end = closed(reason, position + len(r"\text"))
            yield False, reason[position + len(r"\text{") : end - 1]
        else:
            end = position
            while end < len(reason) and not reason.startswith(r"\text{", end):
                end = closed(reason, end) if reason[end] == "{" else end + 1
            yield True, reason[position:end]
        position = end


def _joined(parts: Sequence[tuple[bool, str]]) -> str:
    line, words = "", ""
    for formula, part in [*parts, (True, "")]:
        if not formula:
            words += part
            continue
        line += (rf"\text{{{words if part else words.rstrip()}}}" if words.strip() else "") + part
        words = ""
    return line
