"""Pieces that approximate: power series near 0 and near a simple zero, within what Arb proves on an interval."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Final

from flint import arb, ctx

from derive.differentiate import minus, plus, times
from derive.search.taylor import BITS, Expansion, Laurent, NoSeries, polynomial
from derive.term import Term, decimal, symbol, term
from derive.truth.enclose import to_ball
from derive.truth.formats import Format

RADII: Final = tuple(map(Fraction, "0.001 0.01 0.03 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.85 1 1.25 1.5".split()))
BEYOND: Final = 1 + Fraction(1, 2**20)  # what is proved reaches so far, as ends are rounded to each format
ORDER: Final = 64  # terms of an expansion
MOST: Final = 38  # the highest power of t that a piece may have
SLACK: Final = 3  # bits beyond the format's last digit
PLAIN: Final = 10**7  # denominators up to it are written as fractions
NOTHING: Final = 1e-60  # a coefficient below it that may be 0 is left out
NARROW: Final = 120  # bits of a ball that a plain fraction is taken from
DIGITS: Final = 22  # of a coefficient that is no plain fraction


@dataclass(frozen=True)
class Approximation:
    """`form` stands for a formula where low < x < high, within `error` of `what`, relatively."""

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
class Root:
    """A simple zero of a formula: a ball around it, and numbers that add up to nearly it, the greatest first."""

    at: arb
    parts: tuple[Fraction, ...]

    def shift(self, format_: Format) -> float:
        """What the sum lacks, relative to the distance of the nearest number of the format."""
        with ctx.workprec(BITS):
            away = abs(self.at - arb(float(format_.dtype.type(float(self.parts[0] + sum(self.parts[1:]))))))
            lacks = abs(self.at - to_ball(sum(self.parts, Fraction(0))))
            return float((lacks / away).upper()) if len(self.parts) > 1 else 0.0


def about_zero(root: Term, name: str, formats: Collection[Format]) -> Iterator[Approximation]:
    """Power series about 0, each on the widest interval where its number of terms suffices."""
    seen = set[Term]()
    for radius in RADII:
        try:
            expansion = Expansion(arb(0), to_ball(radius * BEYOND), ORDER).of(root).stripped()
        except NoSeries:
            return
        found = _cut(expansion, symbol(name), radius, formats)
        if found is not None and found.form not in seen:
            seen.add(found.form)
            yield found


def about_root(root: Term, name: str, at: Root, formats: Collection[Format]) -> Iterator[Approximation]:
    """Power series about a simple zero, in x less its parts, without the constant term that is 0."""
    distance = reduce(minus, map(_number, at.parts), symbol(name))
    shift = max(map(at.shift, formats))
    for radius in RADII:
        try:
            found = Expansion(at.at, to_ball(radius * BEYOND), ORDER).of(root)
        except NoSeries:
            return
        if found.low or not found.parts[0].contains(0) or found.parts[1].contains(0):
            return
        # The zero is there by its change of sign; the expansion about it has no constant term.
        expansion = Laurent(1, found.parts[1:], found.rest)
        piece = _cut(expansion, distance, radius, formats)
        if piece is not None:
            low, high = at.parts[0] - radius / 2, at.parts[0] + radius / 2
            yield Approximation(piece.form, low, high, piece.error + shift)


def _cut(expansion: Laurent, t: Term, radius: Fraction, formats: Collection[Format]) -> Approximation | None:
    """The expansion to the least power that suffices."""
    with ctx.workprec(BITS):
        allowed = arb(2) ** -(max(format_.precision for format_ in formats) + SLACK)
        written = [_coefficient(part) for part in expansion.parts[:MOST]]
        for count in range(1, len(written) + 1):
            error = relative_error(expansion, written[:count], radius * BEYOND)
            if error is not None and error <= allowed:
                form = _polynomial(written[:count], expansion.low, t)
                return Approximation(form, -radius, radius, float(error.upper()))
    return None


def relative_error(expansion: Laurent, written: Sequence[Fraction], radius: Fraction) -> arb | None:
    """A bound of |f - p|/|p| on the interval; None where p may vanish."""
    r = to_ball(radius)
    balls = tuple(map(to_ball, written))
    least = polynomial(balls, arb(0, r)).abs_lower()
    if not least > 0:
        return None
    error = abs(expansion.rest).upper() * r ** len(expansion.parts)
    for k, part in enumerate(expansion.parts):
        missing = abs(part - balls[k]) if k < len(balls) else abs(part)
        error += missing.upper() * r**k
    return error / least


def _coefficient(ball: arb) -> Fraction:
    """A plain fraction that the ball contains, else so many digits that rounding them changes nothing."""
    if ball.contains(0) and abs(ball) < NOTHING:
        return Fraction(0)
    plain = _fraction(ball.mid()).limit_denominator(PLAIN)
    if ball.rel_accuracy_bits() > NARROW and (ball - to_ball(plain)).contains(0):
        return plain
    return Fraction(ball.mid().str(DIGITS, radius=False))


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
    if value.denominator <= PLAIN or value.denominator.bit_count() == 1:
        return term(value)
    return -decimal(-value) if value < 0 else decimal(value)
