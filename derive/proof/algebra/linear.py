"""Fourier-Motzkin: whether linear inequalities over the rationals contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, TypeVar

# An unknown: the exponents of a monomial, or a name; that of all zeros, and the empty name, stand for 1.
Unknown = TypeVar("Unknown", tuple[int, ...], str)
Linear = Mapping[Unknown, Fraction]
# A row says: a linear form is > 0 (strict) or >= 0.
Inequality = tuple[Linear[tuple[int, ...]], bool]
MAX_ROWS: Final = 120


def infeasible(rows: list[tuple[Linear[Unknown], bool]]) -> bool:
    """True only if no values of the unknowns satisfy every row; False where that is not found."""
    current = [(dict(row), strict) for row, strict in rows]
    while True:
        unknown = _next_unknown(current)
        if unknown is None:
            return any(_contradicts(row, strict) for row, strict in current)
        above = [(row, s) for row, s in current if row.get(unknown, 0) > 0]
        below = [(row, s) for row, s in current if row.get(unknown, 0) < 0]
        current = [(row, s) for row, s in current if not row.get(unknown, 0)]
        if len(current) + len(above) * len(below) > MAX_ROWS:
            return False
        current += [(_eliminated(a, b, unknown), s or t) for a, s in above for b, t in below]


def _next_unknown(rows: list[tuple[dict[Unknown, Fraction], bool]]) -> Unknown | None:
    counts: dict[Unknown, int] = {}
    for row, _ in rows:
        for unknown, coefficient in row.items():
            if any(unknown) and coefficient:
                counts[unknown] = counts.get(unknown, 0) + 1
    return min(counts, key=lambda unknown: (counts[unknown], unknown)) if counts else None


def _contradicts(row: Linear[Unknown], strict: bool) -> bool:
    constant = sum(row.values(), Fraction(0))
    return constant < 0 or (strict and constant == 0)


def _eliminated(
    above: dict[Unknown, Fraction], below: dict[Unknown, Fraction], unknown: Unknown
) -> dict[Unknown, Fraction]:
    """The positive combination of two rows in which `unknown` cancels."""
    a, b = above[unknown], -below[unknown]
    keys = above.keys() | below.keys()
    return {key: above.get(key, Fraction(0)) * b + below.get(key, Fraction(0)) * a for key in keys if key != unknown}
