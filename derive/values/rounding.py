"""Correctly rounded values: precision is raised until the rounding of a ball is certain.

Beside the nearest number of the format stands the excess, the exact value less the nearest number
in ulp, so that the error of a computed value is known to a small fraction of an ulp.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from flint import arb, ctx, fmpz
from numpy.typing import NDArray

from derive.term import Term
from derive.values.ball_columns import Points, evaluate
from derive.values.formats import Floats, Format

PRECISIONS: Final = (80, 160, 320, 1280, 5120)  # bits
CHUNK: Final = 8192  # points evaluated at once; bounds the memory
# A float64 pair holds a value to 2^-100 of itself; the ball around it must be narrower than this.
NARROW: Final = 72  # bits
# A ball this narrow that still straddles a tie is taken to be the tie: precision alone never tells.
SETTLED: Final = 1000  # bits
UNCERTAIN: Final = 2.0**-12  # ulp on either side of a tie, where only exact arithmetic decides
SAFE: Final = 2.0**-900  # above it, the low part of a pair of float64 is not subnormal


@dataclass(frozen=True)
class Rounded:
    """`nearest` (in the format), `excess` in ulp of it (0 where it is infinite), and which points are `known`."""

    nearest: Floats
    excess: NDArray[np.float64]
    known: NDArray[np.bool_]


def correctly_rounded(
    forms: Sequence[Term],
    points: Callable[[NDArray[np.intp]], Points],
    length: int,
    format_: Format,
    precisions: Sequence[int] = PRECISIONS,
) -> Rounded:
    """The values of a formula at `length` points, rounded to nearest, ties to even.

    forms: the formula, and others that are exactly equal to it; at each precision the first that is
        certain decides. A form that cancels or overflows is helped by one that doesn't.
    points: builds, at the current precision, the points that an array of positions picks.
    Points that the last precision leaves undecided are not `known`, and NaN.
    """
    nearest = np.full(length, np.nan)
    excess = np.zeros(length)
    open_ = np.arange(length)
    for bits in precisions:
        with ctx.workprec(bits):
            for form in forms:
                parts = [open_[at : at + CHUNK] for at in range(0, len(open_), CHUNK)]
                for part in parts:
                    nearest[part], excess[part] = round_balls(evaluate(form, points(part)), format_)
                open_ = open_[np.isnan(nearest[open_])]
    known = ~np.isnan(nearest)
    with np.errstate(over="ignore"):
        return Rounded(nearest.astype(format_.dtype), excess, known)


def round_balls(balls: list[arb], format_: Format) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each ball rounded, and the excess in ulp; NaN where the two ends of a ball round apart."""
    high = np.fromiter(map(float, balls), np.float64, len(balls))
    narrow = np.fromiter(map(arb.rel_accuracy_bits, balls), np.float64, len(balls)) >= NARROW
    low = np.fromiter(map(float, map(operator.sub, balls, map(arb, high.tolist()))), np.float64, len(balls))
    with np.errstate(over="ignore", invalid="ignore"):
        nearest = high.astype(format_.dtype).astype(np.float64)
        excess = ((high - nearest) + low) / format_.ulp(nearest)
        plain = narrow & (np.abs(high) > SAFE) & np.isfinite(nearest)
        distance = np.abs(excess)
        # Just below a power of two the tie is a quarter of the upper ulp away.
        tie = (np.abs(distance - 0.5) < UNCERTAIN) | (np.abs(distance - 0.25) < UNCERTAIN)
        certain = plain & ~tie & (distance < 0.5)
    zero = np.fromiter(map(arb.is_zero, balls), np.bool_, len(balls))
    excess[zero] = 0.0
    for place in np.flatnonzero(~certain & ~zero):
        nearest[place], excess[place] = round_ball(balls[place], format_)
    return nearest, excess


def round_ball(ball: arb, format_: Format) -> tuple[float, float]:
    """One ball rounded with integers alone; (NaN, 0) where two of its numbers may round apart."""
    if not ball.is_finite():
        return float("nan"), 0.0
    nearest, excess, margin = _round_exact(ball.mid(), format_)
    certain = ball.is_exact() or ball.rad() < margin or ball.rel_accuracy_bits() > SETTLED
    return (nearest, excess) if certain else (float("nan"), 0.0)


def _round_exact(value: arb, format_: Format) -> tuple[float, float, arb]:
    """A binary number rounded, the excess, and a distance within which all numbers round alike."""
    mantissa, exponent = (int(part) for part in value.man_exp())
    sign = -1 if mantissa < 0 else 1
    top = exponent + abs(mantissa).bit_length()  # the magnitude lies below 2^top, at 2^(top - 1) or above
    if mantissa == 0 or top < format_.lowest - 1:
        return sign * 0.0, 0.0, arb(2) ** (format_.lowest - 2)
    if top > format_.overflow:
        return sign * float("inf"), 0.0, arb(2) ** (top - format_.precision - 3)
    quantum = max(top - format_.precision, format_.lowest)
    # Just below a power of two the cells of rounding are half as wide.
    narrowest = arb(2) ** (quantum - 2)
    if quantum <= exponent:
        return sign * _float(abs(mantissa) << (exponent - quantum), quantum, format_), 0.0, narrowest
    one = 1 << (quantum - exponent)
    units, rest = divmod(abs(mantissa), one)
    upwards = 2 * rest > one or (2 * rest == one and units % 2 == 1)
    nearest = _float(units + upwards, quantum, format_)
    tie = abs(arb(fmpz(2 * rest - one))) * arb(2) ** (exponent - 1)
    if nearest > format_.largest:
        return sign * nearest, 0.0, tie.min(narrowest)
    scale = 2.0**quantum / float(format_.ulp(np.array(nearest)))
    return sign * nearest, sign * scale * ((rest - one * upwards) / one), tie.min(narrowest)


def _float(units: int, quantum: int, format_: Format) -> float:
    """units * 2^quantum, or infinity where that reaches the end of the format."""
    if units.bit_length() + quantum > format_.overflow:
        return float("inf")
    return float(np.ldexp(float(units), quantum))
