"""`near_zero`: a formula beside 0, where it is c x and a little more: what a radius cannot tell from a tie."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from flint import arb, ctx

from derive.errors import DeriveError
from derive.term import Term
from derive.values.taylor import BITS, Laurent, NoSeries, TaylorFold

REACH: Final = 101  # inputs of magnitudes up to 2^-REACH
ORDER: Final = 6  # terms of the series
SLOPE_BITS: Final = (
    24  # so that a product with a float has 48, and lies 2^-50 of itself or more from a tie that it is not
)
SMALL: Final = 55  # bits by which what is added is smaller than c x


@dataclass(frozen=True)
class Line:
    """For 0 < |x| <= 2^-REACH the value lies strictly beyond `slope` x: on the side `after` for x > 0, `before` for
    x < 0, 1 being above; by less than 2^-SMALL of it. At 0 it is 0."""

    slope: Fraction
    before: int
    after: int


def near_zero(formula: Term) -> Line | None:
    """The line, proved by a series with a bound on its rest; None where there is none that is of use."""
    with suppress(NoSeries, DeriveError, ArithmeticError), ctx.workprec(BITS):
        return _line(TaylorFold(arb(0), arb(2) ** -REACH, ORDER).of(formula))
    return None


def _line(found: Laurent) -> Line | None:
    parts = [arb(0)] * found.low + list(found.parts)
    if found.low < 0 or len(parts) < 2 or not parts[0].is_zero() or not parts[1].is_exact() or parts[1].is_zero():
        return None
    slope = Fraction(int(parts[1].fmpq().p), int(parts[1].fmpq().q))
    mantissa = slope.numerator >> ((slope.numerator & -slope.numerator).bit_length() - 1)
    power = next((k for k in range(2, len(parts)) if not parts[k].is_zero()), len(parts))
    t = arb(0, arb(2) ** -REACH)
    rest = found.rest
    for part in reversed(parts[power:]):
        rest = rest * t + part
    is_small = abs(rest) * arb(2) ** (SMALL - REACH * (power - 1)) < abs(parts[1])
    if rest.contains(0) or not is_small or abs(mantissa).bit_length() > SLOPE_BITS:
        return None
    sign = 1 if rest > 0 else -1
    return Line(slope, sign if power % 2 == 0 else -sign, sign)
