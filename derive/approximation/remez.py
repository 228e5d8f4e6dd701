"""The polynomial of least weighted error: Remez' exchange, in mpmath.

Source: https://en.wikipedia.org/wiki/Remez_algorithm
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

import mpmath

Real = Any  # mpmath's, which has no types
Function = Callable[[Real], Real]
DIGITS: Final = 60
GRID: Final = 40  # points between two neighbouring points of the reference, on which extrema are looked for
MAX_ROUNDS: Final = 30


def minimax(function: Function, weight: Function, powers: Sequence[int], low: Real, high: Real) -> list[Real]:
    """Coefficients c of sum c_i x^powers_i with the least maximum of |weight * (sum - function)| on [low, high].

    The basis has to be unisolvent there: all powers, or even powers on one side of 0.
    """
    with mpmath.workdps(DIGITS):
        count = len(powers) + 1
        reference = [chebyshev(low, high, place, count) for place in range(count)]
        found: list[Real] = []
        for _ in range(MAX_ROUNDS):
            *found, level = _levelled(function, weight, powers, reference)

            def error(x: Real, found: Sequence[Real] = tuple(found)) -> Real:
                return weight(x) * (sum(c * x**p for c, p in zip(found, powers, strict=True)) - function(x))

            reference, largest = _exchanged(error, reference, low, high)
            if largest <= abs(level) * (1 + mpmath.mpf(10) ** -3):
                break
        return found


def chebyshev(low: Real, high: Real, place: int, count: int) -> Real:
    """One of `count` points of an interval, denser at its ends."""
    return (low + high) / 2 - (high - low) / 2 * mpmath.cos((2 * place + 1) * mpmath.pi / (2 * count))


def _levelled(function: Function, weight: Function, powers: Sequence[int], points: Sequence[Real]) -> list[Real]:
    """Coefficients, and the error, whose sign alternates from point to point."""
    rows = [[x**p for p in powers] + [(-1) ** place / weight(x)] for place, x in enumerate(points)]
    return list(mpmath.lu_solve(mpmath.matrix(rows), mpmath.matrix([function(x) for x in points])))


def _exchanged(error: Function, reference: Sequence[Real], low: Real, high: Real) -> tuple[list[Real], Real]:
    """The extrema of the error nearest to the points of a reference, of alternating sign; the largest error."""
    ends = [low, *((a + b) / 2 for a, b in pairwise(reference)), high]
    found = []
    for left, right, old in zip(ends, ends[1:], reference, strict=False):
        sign = mpmath.sign(error(old)) or 1
        grid = [left + (right - left) * step / GRID for step in range(GRID + 1)]
        best = max(grid, key=lambda x: sign * error(x))
        found.append(best)
    return found, max(abs(error(x)) for x in found)
