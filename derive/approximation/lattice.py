"""Coefficients rounded together to a number format: the nearest vector of a lattice, by LLL and Babai's plane.

Source: N. Brisebarre, S. Chevillard, Efficient polynomial L-approximations, ARITH 18 (2007).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final

import mpmath
from flint import fmpz_mat

from derive.approximation.remez import DIGITS, chebyshev

Real = Any
SCALE: Final = 2**160  # entries of the lattice are whole numbers of 1/SCALE
POINTS_EACH: Final = 2  # points of the interval for each coefficient


def rounded(
    coefficients: Sequence[Real],
    powers: Sequence[int],
    weight: Callable[[Real], Real],
    low: Real,
    high: Real,
    bits: int,
) -> list[Fraction]:
    """Coefficients of so many bits, whose polynomial is about as near to the given one as any."""
    with mpmath.workdps(DIGITS):
        count = POINTS_EACH * len(powers)
        points = [chebyshev(low, high, place, count) for place in range(count)]
        units = [_unit(c, bits) for c in coefficients]
        rows = [[_whole(weight(x) * x**p * mpmath.mpf(u.numerator) / u.denominator) for x in points]
                for p, u in zip(powers, units, strict=True)]  # fmt: skip
        target = [_whole(weight(x) * sum(c * x**p for c, p in zip(coefficients, powers, strict=True))) for x in points]
        steps = _nearest(rows, target)
    return [step * unit for step, unit in zip(steps, units, strict=True)]


def _whole(value: Real) -> int:
    return int(mpmath.nint(value * SCALE))


def _unit(value: Real, bits: int) -> Fraction:
    """The spacing of numbers of so many bits about a value."""
    _, exponent = mpmath.frexp(value)
    return Fraction(2) ** (int(exponent) - bits)


def _nearest(rows: Sequence[Sequence[int]], target: Sequence[int]) -> list[int]:
    """Whole multiples of the rows whose sum is near to the target."""
    size = len(rows)
    reduced, change = fmpz_mat([list(row) for row in rows]).lll(transform=True)
    basis = [[int(reduced[n, m]) for m in range(len(target))] for n in range(size)]
    orthogonal = _gram_schmidt(basis)
    rest, steps = [Fraction(v) for v in target], [0] * size
    for place in reversed(range(size)):
        along = orthogonal[place]
        multiple = round(_dot(rest, along) / _dot(along, along))
        steps[place] = multiple
        rest = [a - multiple * b for a, b in zip(rest, basis[place], strict=True)]
    return [sum(steps[n] * int(change[n, m]) for n in range(size)) for m in range(size)]


def _gram_schmidt(basis: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    found: list[list[Fraction]] = []
    for row in basis:
        vector = [Fraction(v) for v in row]
        for other in found:
            factor = _dot(row, other) / _dot(other, other)
            vector = [a - factor * b for a, b in zip(vector, other, strict=True)]
        found.append(vector)
    return found


def _dot(one: Sequence[Any], other: Sequence[Any]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))
