"""Ratios of polynomials in opaque terms: read from sums and products, and written back for evaluation.

What is written has no cancellation that a factorisation or a common denominator can remove: common factors are
cancelled, factors stay factors, and a sum is nested so that terms of one sign meet first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import gcd, lcm
from typing import Any, Final

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from derive.term import ONE, ZERO, Term, rational_value, term

SLOTS: Final = 16
MOST_TERMS: Final = 60
Polynomial = Any  # flint.fmpq_mpoly


class TooLarge(ArithmeticError):  # noqa: N818 - a fact about a formula, not a fault
    """The formula has too many parts, or powers too high, to be worth writing as one ratio."""


@cache
def _context() -> Any:
    return fmpq_mpoly_ctx.get(tuple(f"g{slot}" for slot in range(SLOTS)), Ordering.lex)


@dataclass(frozen=True)
class Ratio:
    above: Polynomial
    below: Polynomial

    def __add__(self, other: Ratio) -> Ratio:
        return reduced(self.above * other.below + other.above * self.below, self.below * other.below)

    def __neg__(self) -> Ratio:
        return Ratio(-self.above, self.below)

    def __mul__(self, other: Ratio) -> Ratio:
        return reduced(self.above * other.above, self.below * other.below)

    def __truediv__(self, other: Ratio) -> Ratio:
        if other.above == 0:
            raise ZeroDivisionError("division by a polynomial that is zero")
        return reduced(self.above * other.below, self.below * other.above)

    def __pow__(self, exponent: int) -> Ratio:
        if abs(exponent) > 12:
            raise TooLarge
        power = Ratio(self.above ** abs(exponent), self.below ** abs(exponent))
        return power if exponent >= 0 else constant(1) / power

    def equals(self, other: Ratio) -> bool:
        return bool(self.above * other.below == other.above * self.below)

    @property
    def is_constant(self) -> bool:
        return bool(self.above.is_constant() and self.below.is_constant())

    def value(self) -> Fraction:
        """The rational that a constant ratio is."""
        return _coefficient(self.above) / _coefficient(self.below)

    def replaced(self, slot: int, polynomial: Polynomial) -> Ratio:
        """This ratio with a generator replaced."""
        return reduced(composed(self.above, slot, polynomial), composed(self.below, slot, polynomial))


def composed(of: Polynomial, slot: int, polynomial: Polynomial) -> Polynomial:
    """`of` with a generator replaced."""
    images = [*_context().gens()]
    images[slot] = polynomial
    return of.compose(*images)


def constant(value: int | Fraction) -> Ratio:
    number = Fraction(value)
    return Ratio(_context().constant(fmpq(number.numerator, number.denominator)), _context().constant(1))


def reduced(above: Polynomial, below: Polynomial) -> Ratio:
    if max(len(above.to_dict()), len(below.to_dict())) > MOST_TERMS:
        raise TooLarge
    common = above.gcd(below)
    return Ratio(above / common, below / common)


def generator(slot: int) -> Polynomial:
    return _context().gens()[slot]


def degree(polynomial: Polynomial, slot: int) -> int:
    return int(polynomial.degrees()[slot])


def lowest(polynomial: Polynomial, slot: int) -> int:
    """The least exponent of a generator in any monomial."""
    return min((int(monomial[slot]) for monomial in polynomial.monoms()), default=0)


def lowered(polynomial: Polynomial, slot: int) -> Polynomial:
    """`polynomial` divided by the greatest power of a generator that divides it."""
    power = lowest(polynomial, slot)
    return polynomial / generator(slot) ** power if power else polynomial


def slots_in(polynomial: Polynomial) -> set[int]:
    return {slot for monomial in polynomial.monoms() for slot, exponent in enumerate(monomial) if exponent}


def _coefficient(polynomial: Polynomial) -> Fraction:
    found = polynomial.coeffs()
    return _fraction(found[0]) if found else Fraction(0)


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


@dataclass
class Ring:
    """Which opaque term each generator stands for."""

    terms: list[Term] = field(default_factory=list)

    def slot(self, opaque: Term) -> int:
        if opaque not in self.terms:
            if len(self.terms) == SLOTS:
                raise TooLarge
            self.terms.append(opaque)
        return self.terms.index(opaque)

    def ratio(self, opaque: Term) -> Ratio:
        return Ratio(generator(self.slot(opaque)), _context().constant(1))


ARITHMETIC: Final = ("add", "sub", "mul", "div", "neg", "pow")


def read_ratio(node: Term, read: Callable[[Term], Ratio]) -> Ratio | None:
    """The ratio that an arithmetic node is, its parts being read by `read`; None for any other node."""
    value = rational_value(node)
    if value is not None:
        return constant(value)
    if node.head == "pow":
        exponent = rational_value(node.args[1])
        whole = exponent is not None and exponent.denominator == 1
        return read(node.args[0]) ** int(exponent) if whole and exponent is not None else None
    if node.head not in ARITHMETIC:
        return None
    if node.head == "neg":
        return -read(node.args[0])
    left, right = read(node.args[0]), read(node.args[1])
    if node.head in ("add", "sub"):
        return left + (right if node.head == "add" else -right)
    return left * right if node.head == "mul" else left / right


class Writer:
    """Writes polynomials as Terms. `terms`: what each generator is written as; `special`: factors written in a
    way of their own, such as 1 - e^u; `bounded`: the generators that stay within a few units of 0."""

    def __init__(
        self, terms: Mapping[int, Term], special: Iterable[tuple[Polynomial, Term]], bounded: set[int]
    ) -> None:
        self.terms, self.special, self.bounded = terms, tuple(special), bounded

    def ratio(self, of: Ratio) -> Term:
        number_above, above = self.factors(of.above)
        number_below, below = self.factors(of.below)
        number = number_above / number_below
        if number == 0:
            return ZERO
        top = product([term(abs(number).numerator)] * (abs(number).numerator != 1) + self.powers(above))
        if number < 0:
            top = -top
        bottom = [term(abs(number).denominator)] * (abs(number).denominator != 1)
        return self.divided(top, bottom, below)

    def factors(self, polynomial: Polynomial) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
        """A number, and factors with whole coefficients, each of the sign in which it is written."""
        number, found = _factors(polynomial)
        signed = []
        for factor, power in found:
            flip = any(-factor == known for known, _ in self.special)
            signed.append((-factor if flip else factor, power))
            number *= (-1) ** power if flip else 1
        return number, signed

    def divided(self, top: Term, numbers: list[Term], factors: list[tuple[Polynomial, int]]) -> Term:
        """Unbounded factors divide one after another: their product could overflow where the quotient does not."""
        unbounded = [(p, e) for p, e in factors if not slots_in(p) <= self.bounded]
        if sum(e for _, e in unbounded) < 2:
            bottom = numbers + self.powers(factors)
            return top / product(bottom) if bottom else top
        bounded = numbers + self.powers([found for found in factors if found not in unbounded])
        for part in [product(bounded)] * bool(bounded) + [self.factor(p) for p, e in unbounded for _ in range(e)]:
            top = top / part
        return top

    def powers(self, factors: list[tuple[Polynomial, int]]) -> list[Term]:
        return [self.factor(p) if e == 1 else self.factor(p) ** e for p, e in factors]

    def factor(self, polynomial: Polynomial) -> Term:
        return next((written for known, written in self.special if polynomial == known), None) or self.sum(polynomial)

    def sum(self, polynomial: Polynomial) -> Term:
        """Nested by the generator that most monomials share, those that may be large outermost."""
        slot = self.shared(polynomial)
        if slot is None:
            return self.monomials(polynomial)
        without, within = _parted(polynomial, slot)
        sign, factor = self.signed(within)
        inner = product([self.terms[slot]] if factor == ONE else [self.terms[slot], factor])
        return _joined([(sign, inner)] + ([self.signed(without)] if without != 0 else []))

    def signed(self, polynomial: Polynomial) -> tuple[int, Term]:
        """The sign to write before, and what to write after it."""
        negative = all(coefficient < 0 for coefficient in polynomial.coeffs())
        return (-1, self.sum(-polynomial)) if negative else (1, self.sum(polynomial))

    def shared(self, polynomial: Polynomial) -> int | None:
        """What to take out first: powers of what may be large, then z, then whatever most monomials share."""
        slots = sorted(slots_in(polynomial))
        counts = {slot: sum(1 for monomial in polynomial.monoms() if monomial[slot]) for slot in slots}
        large = {slot for slot in slots if slot not in self.bounded and polynomial.degrees()[slot] > 1}
        several = [slot for slot in slots if counts[slot] > 1]
        first = [slot for slot in slots if slot == 0] if several else []
        return max(several + first, key=lambda slot: (slot in large, slot == 0, counts[slot], -slot), default=None)

    def monomials(self, polynomial: Polynomial) -> Term:
        parts = []
        for monomial, coefficient in polynomial.to_dict().items():
            number = _fraction(coefficient)
            powers = [self.terms[s] if e == 1 else self.terms[s] ** int(e) for s, e in enumerate(monomial) if e]
            size = abs(number)
            numbers = [term(size)] if size != 1 or not powers else []
            parts.append((1 if number > 0 else -1, product(numbers + powers)))
        return _joined(parts)


def _joined(parts: list[tuple[int, Term]]) -> Term:
    """A sum: numbers first, then what is added, then what is subtracted."""
    ordered = sorted(parts, key=lambda part: (part[0] < 0, rational_value(part[1]) is None))
    sign, total = ordered[0]
    total = total if sign > 0 else -total
    for sign, part in ordered[1:]:
        total = total + part if sign > 0 else total - part
    return total


def product(factors: list[Term]) -> Term:
    total = factors[0] if factors else ONE
    for factor in factors[1:]:
        total = total * factor
    return total


def _parted(polynomial: Polynomial, slot: int) -> tuple[Polynomial, Polynomial]:
    """p, q with polynomial = p + generator*q, where the generator is not in p."""
    without, within = {}, {}
    for monomial, coefficient in polynomial.to_dict().items():
        if monomial[slot]:
            within[tuple(int(e) - (s == slot) for s, e in enumerate(monomial))] = coefficient
        else:
            without[monomial] = coefficient
    return _context().from_dict(without), _context().from_dict(within)


def _factors(polynomial: Polynomial) -> tuple[Fraction, list[tuple[Polynomial, int]]]:
    """A number and factors with whole coefficients that have no common divisor, most of them positive."""
    if polynomial == 0:
        return Fraction(0), []
    scale, found = polynomial.factor()
    number, factors = _fraction(scale), []
    for factor, power in found:
        content = _content(factor)
        factors.append((factor * (1 / fmpq(content.numerator, content.denominator)), int(power)))
        number *= content ** int(power)
    return number, factors


def _content(polynomial: Polynomial) -> Fraction:
    """The signed number to divide by: what is left over is positive where most terms, or the first, are."""
    coefficients = [_fraction(found) for found in polynomial.coeffs()]
    size = Fraction(gcd(*(c.numerator for c in coefficients)), lcm(*(c.denominator for c in coefficients)))
    positive = sum(1 if c > 0 else -1 for c in coefficients)
    if positive == 0:
        first = max(polynomial.to_dict(), key=lambda monomial: (-sum(monomial), monomial))
        positive = 1 if polynomial.to_dict()[first] > 0 else -1
    return size if positive > 0 else -size
