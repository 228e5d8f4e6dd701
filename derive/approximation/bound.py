"""How far a polynomial is from what it stands for, at most: by Taylor's formula on balls of Arb's."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from flint import arb, arb_series, ctx, fmpq

from derive.elementary.cores import Core

Ball = Any
BITS: Final = 400
ORDER: Final = 48  # of the Taylor polynomials


def error_bound(core: Core, coefficients: Sequence[Fraction], powers: Sequence[int]) -> float:
    """The largest |r^weight * (polynomial - numerator/r^power)|/least on the interval, from above."""
    with ctx.workprec(BITS):
        length = core.high - core.low
        largest = 0.0
        for piece in range(core.pieces):
            low = core.low + length * piece / core.pieces
            largest = max(largest, _on(core, coefficients, powers, low, low + length / core.pieces))
    return largest / float(core.least)


def _on(core: Core, coefficients: Sequence[Fraction], powers: Sequence[int], low: Fraction, high: Fraction) -> float:
    """On a piece: polynomial * r^power - numerator by its Taylor polynomial, about 0 where that is in it."""
    assert max(powers) + core.power < ORDER, "the polynomial is its own Taylor polynomial"
    centre = Fraction(0) if low <= 0 <= high else (low + high) / 2
    reach = max(high - centre, centre - low)
    previous, ctx.cap = ctx.cap, ORDER + 1
    try:
        function = _padded(core.numerator(_line(_number(centre))))
        rest = _padded(core.numerator(_line(_number(centre) + arb(0, _number(reach)))))[ORDER]
        line = _line(_number(centre))
        terms = (_number(c) * line ** (p + core.power) for c, p in zip(coefficients, powers, strict=True))
        polynomial = _padded(sum(terms, arb_series([0], prec=ORDER + 1)))
    finally:
        ctx.cap = previous
    difference = [*[a - b for a, b in zip(polynomial, function, strict=True)][:ORDER], rest]
    least, most = sorted((abs(low), abs(high)))
    # About 0 the first terms vanish, so that a power of r divides out.
    shift = core.power if centre == 0 else 0
    total = sum(abs(d) * _number(reach) ** n for n, d in enumerate(difference[shift:]))
    below = _number(least) ** (0 if centre == 0 else core.power)
    return float((total * _number(most) ** core.weight / below).upper())


def _line(centre: Ball) -> Ball:
    return arb_series([centre, 1], prec=ORDER + 1)


def _padded(series: Ball) -> list[Ball]:
    found = list(series)
    return [*found, *([arb(0)] * (ORDER + 1 - len(found)))]


def _number(value: Fraction) -> Ball:
    return arb(fmpq(value.numerator, value.denominator))
