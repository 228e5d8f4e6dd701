"""Polynomials in one generator: their real roots, and their sign between them."""

from __future__ import annotations

from fractions import Fraction

from flint import ctx, fmpz_poly

from derive.proof.algebra.field import Polynomial
from derive.spec.domain import Interval
from derive.values.balls import to_fraction


def linear_in(polynomial: Polynomial, slot: int) -> tuple[Fraction, Fraction]:
    """(slope, constant) of a polynomial that is linear in one generator alone."""
    slope = constant = Fraction(0)
    for powers, coefficient in polynomial.to_dict().items():
        if powers[slot]:
            slope = Fraction(int(coefficient))
        else:
            constant = Fraction(int(coefficient))
    return slope, constant


def real_roots(polynomial: Polynomial, slot: int) -> list[tuple[Fraction, Fraction]] | None:
    """Intervals with rational ends, one around each real root; None where they cannot be isolated."""
    degree = int(polynomial.degrees()[slot])
    if degree > 60:
        return None
    coefficients = [0] * (degree + 1)
    for powers, coefficient in polynomial.to_dict().items():
        coefficients[int(powers[slot])] = int(coefficient)
    before = ctx.prec
    ctx.prec = 128
    try:
        roots = fmpz_poly(coefficients).complex_roots()
    finally:
        ctx.prec = before
    found = []
    for root, _ in roots:
        if root.imag.is_zero():
            middle, radius = map(to_fraction, (root.real.mid(), root.real.rad()))
            found.append((middle - radius, middle + radius))
    return sorted(found)


def may_lie_in(root: tuple[Fraction, Fraction], interval: Interval) -> bool:
    low, high = root
    above = interval.low is None or high > interval.low or (high == interval.low and not interval.low_open)
    below = interval.high is None or low < interval.high or (low == interval.high and not interval.high_open)
    return above and below


def a_point_of(interval: Interval) -> Fraction:
    """A rational strictly inside, or the end of a single point."""
    low, high = interval.low, interval.high
    if low is None and high is None:
        return Fraction(0)
    if low is None or high is None:
        return high - 1 if low is None and high is not None else (low or Fraction(0)) + 1
    return (low + high) / 2


def sign_at(polynomial: Polynomial, slot: int, point: Fraction) -> int | None:
    value = sum((Fraction(int(c)) * point ** int(p[slot]) for p, c in polynomial.to_dict().items()), Fraction(0))
    return (value > 0) - (value < 0) if value else None
