"""Pieces that approximate: power series near 0 and near a simple zero, within what Arb proves on an interval."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import inf
from typing import Final

from flint import arb, ctx

from derive.calculus.derivative import minus, plus, times
from derive.term import Term, decimal, symbol, term
from derive.values.balls import to_ball
from derive.values.formats import Format
from derive.values.taylor import BITS, Laurent, NoSeries, TaylorFold, polynomial

RADII: Final = tuple(map(Fraction, "0.001 0.01 0.03 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.85 1 1.25 1.5".split()))
REACH_FACTOR: Final = 1 + Fraction(1, 2**20)  # what is proved reaches so far, as ends are rounded to each format
CELL_COUNT: Final = 32  # of an interval; bounds are taken in each apart
BOUND_BITS: Final = 96  # bits that they are computed in
MAX_ORDER: Final = 64  # terms of an expansion
MAX_POWER: Final = 38  # the highest power of t that a piece may have
GUARD_BITS: Final = 3  # bits beyond the format's last digit
MAX_DENOMINATOR: Final = 10**7  # denominators up to it are written as fractions
MIN_COEFFICIENT: Final = 1e-60  # a coefficient below it that may be 0 is left out
MIN_FRACTION_BITS: Final = 120  # bits of a ball that a plain fraction is taken from
COEFFICIENT_DIGITS: Final = 22  # of a coefficient that is no plain fraction


@dataclass(frozen=True)
class Approximation:
    """`form` stands for what it expands where low < x < high, within `error` of `what`, relatively."""

    expanded: Term
    form: Term
    low: Fraction
    high: Fraction
    error: float
    what: str = "of the value"
    rule: str = "power series"

    @property
    def within(self) -> str:
        low, high = float(self.low), float(self.high)
        return f"{self.rule}, within {self.error:.1e} {self.what}, relatively, between {low:.6g} and {high:.6g}"


@dataclass(frozen=True, eq=False)
class Zero:
    """A simple zero of a formula: a ball around it, and numbers that add up to nearly it, the greatest first."""

    at: arb
    parts: tuple[Fraction, ...]

    def shift(self, format_: Format) -> float:
        """What the sum lacks, relative to the distance of the nearest number of the format."""
        with ctx.workprec(BITS):
            away = abs(self.at - arb(float(format_.dtype.type(float(self.parts[0] + sum(self.parts[1:]))))))
            lacks = abs(self.at - to_ball(sum(self.parts, Fraction(0))))
            return float((lacks / away).upper()) if len(self.parts) > 1 else 0.0


def about_origin(root: Term, name: str, formats: Collection[Format]) -> Iterator[Approximation]:
    """Power series about 0, each on the widest interval where its number of terms suffices."""
    seen = set[Term]()
    for radius in RADII:
        try:
            reach = to_ball(radius * REACH_FACTOR)
            expansion = TaylorFold(arb(0), reach, MAX_ORDER).of(root).stripped()
        except NoSeries:
            return
        found = _truncated(expansion, symbol(name), reach, formats)
        if found is not None and found[0] not in seen:
            form, error = found
            seen.add(form)
            yield Approximation(root, form, -radius, radius, error)


def about_zero(root: Term, name: str, at: Zero, formats: Collection[Format]) -> Iterator[Approximation]:
    """Power series about a simple zero, in x less its parts, without the constant term that is 0."""
    distance = reduce(minus, map(_number, at.parts), symbol(name))
    shift, middle = max(map(at.shift, formats)), at.parts[0]
    for radius in RADII:
        # As far from the zero as a point within `radius` of its first part may be.
        reach = to_ball(radius * REACH_FACTOR) + abs(at.at - to_ball(middle)).upper()
        try:
            found = TaylorFold(at.at, reach, MAX_ORDER).of(root)
        except NoSeries:
            return
        if found.low or not found.parts[0].contains(0) or found.parts[1].contains(0):
            return
        # The zero is there by its change of sign; the expansion about it has no constant term.
        piece = _truncated(Laurent(1, found.parts[1:], found.rest), distance, reach, formats)
        if piece is not None:
            form, error = piece
            yield Approximation(root, form, middle - radius, middle + radius, error + shift)


def _truncated(expansion: Laurent, t: Term, reach: arb, formats: Collection[Format]) -> tuple[Term, float] | None:
    """The expansion to the least power that suffices, in `t`, and the bound of its error where abs(t) <= reach."""
    with ctx.workprec(BITS):
        allowed = 2.0 ** -(max(format_.precision for format_ in formats) + GUARD_BITS)
        written = [_coefficient(part) for part in expansion.parts[:MAX_POWER]]

        def suffices(count: int) -> bool:
            return relative_error(expansion, written[:count], reach) <= allowed

        count = bisect_left(range(1, len(written) + 1), True, key=suffices) + 1
        if count > len(written):
            return None
        form = _polynomial(written[:count], expansion.low, t)
        return form, relative_error(expansion, written[:count], reach)


def relative_error(expansion: Laurent, written: Sequence[Fraction], reach: arb) -> float:
    """A bound of |f - p|/|p| where abs(t) <= reach, from one for each of its cells; infinite where p may vanish."""
    with ctx.workprec(BOUND_BITS):
        balls = tuple(map(to_ball, written))
        missing = [abs(part - (balls[k] if k < len(balls) else 0)).upper() for k, part in enumerate(expansion.parts)]
        missing.append(abs(expansion.rest).upper())
        half = reach / CELL_COUNT
        return max(_error_in(balls, tuple(missing), (2 * k + 1 - CELL_COUNT) * half, half) for k in range(CELL_COUNT))


def _error_in(written: tuple[arb, ...], missing: tuple[arb, ...], middle: arb, half: arb) -> float:
    least = polynomial(written, middle + arb(0, 1) * half).abs_lower()
    if not least > 0:
        return inf
    return float((polynomial(missing, abs(middle) + half) / least).upper())


def _coefficient(ball: arb) -> Fraction:
    """A plain fraction that the ball contains, else so many digits that rounding them changes nothing."""
    if ball.contains(0) and abs(ball) < MIN_COEFFICIENT:
        return Fraction(0)
    plain = _fraction(ball.mid()).limit_denominator(MAX_DENOMINATOR)
    if ball.rel_accuracy_bits() > MIN_FRACTION_BITS and (ball - to_ball(plain)).contains(0):
        return plain
    return Fraction(ball.mid().str(COEFFICIENT_DIGITS, radius=False))


def _fraction(exact: arb) -> Fraction:
    found = exact.fmpq()
    return Fraction(int(found.p), int(found.q))


def _polynomial(coefficients: list[Fraction], low: int, t: Term) -> Term:
    """t^low times the polynomial, by Horner's scheme; in t^2 where every other coefficient is 0."""
    even = not any(coefficients[1::2])
    variable = t**2 if even else t
    first, *others = reversed(coefficients[:: 2 if even else 1])
    total = _number(first)
    for value in others:
        total = plus(_number(value), times(variable, total))
    if low < 0:
        return total / _power(t, -low)
    return times(_power(t, low), total) if low else total


def _power(t: Term, exponent: int) -> Term:
    return t if exponent == 1 else t ** term(exponent)


def _number(value: Fraction) -> Term:
    """As a fraction where it is plain or binary, else as a decimal."""
    if value.denominator <= MAX_DENOMINATOR or value.denominator.bit_count() == 1:
        return term(value)
    return -decimal(-value) if value < 0 else decimal(value)
