"""Ratios of polynomials over Q whose generators are opaque terms, read from sums, products and powers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any, Final

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from derive.term import Term, rational_value

SLOTS: Final = 16
MAX_TERMS: Final = 60
Polynomial = Any  # flint.fmpq_mpoly
Monomial = tuple[int, ...]  # an exponent for each generator


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
        return _constant(self.above) / _constant(self.below)

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
    if max(len(above.to_dict()), len(below.to_dict())) > MAX_TERMS:
        raise TooLarge
    common = above.gcd(below)
    return Ratio(above / common, below / common)


def polynomial_of(coefficients: Mapping[Monomial, Any]) -> Polynomial:
    return _context().from_dict(dict(coefficients))


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


def _constant(polynomial: Polynomial) -> Fraction:
    found = polynomial.coeffs()
    return as_fraction(found[0]) if found else Fraction(0)


def as_fraction(value: Any) -> Fraction:
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


def ratio_of(root: Term, ring: Ring) -> Ratio:
    """The ratio that a term is, whatever is not arithmetic being opaque. Raises TooLarge, and ZeroDivisionError."""
    memo: dict[Term, Ratio] = {}

    def read(node: Term) -> Ratio:
        if node not in memo:
            found = read_ratio(node, read)
            memo[node] = ring.ratio(node) if found is None else found
        return memo[node]

    return read(root)
