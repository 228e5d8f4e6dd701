"""Lines of a chain in columns: what stands left of the equals sign, right of it, and why."""

from __future__ import annotations

from typing import Final, NamedTuple

GAP: Final = 4  # blanks between a formula and its reason
MAX_WIDTH: Final = 72  # of a formula that others align their reasons with


class DerivationRow(NamedTuple):
    """A line as it is printed: `left` = `right`, for `reason`; the left side stands on a first line alone."""

    left: str
    right: str
    reason: str


def with_standing(row: DerivationRow, standing: str) -> DerivationRow:
    """The last row of a chain, with what is known of the closed form behind its reason."""
    return row._replace(reason=f"{row.reason:<{GAP * 5}}    {standing}")


def aligned(rows: list[DerivationRow]) -> list[str]:
    """Rows for a terminal: formulas in one column, reasons in another."""
    indent = len(rows[0].left)
    column = max((len(row.right) for row in rows if len(row.right) <= MAX_WIDTH), default=MAX_WIDTH) + GAP
    return [f"{left:<{indent}} = {right:<{column - GAP}}{' ' * GAP}{reason}".rstrip() for left, right, reason in rows]
