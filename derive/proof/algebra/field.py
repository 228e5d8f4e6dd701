"""`Field`: exact arithmetic with factored fractions over a growing set of generators.

An element is a rational number times irreducible integer polynomials to integer powers, so products
and powers never expand and common factors cancel by themselves. A generator may satisfy a relation
g**n = polynomial; sums are reduced by the relations, so an element that vanishes becomes 0.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod
from typing import Any, Final

from flint import Ordering, fmpz_mpoly_ctx

from derive.fuel import Fuel
from derive.term import Term

MAX_GENERATORS: Final = 40
MAX_TERMS: Final = 4_000  # of a polynomial that is expanded
MAX_TERMS_OF_POWER: Final = 600
MAX_TERMS_FACTORED: Final = 400  # terms of a polynomial that is factored
MAX_DEGREE_FACTORED: Final = 120  # its total degree
TERMS_PER_UNIT: Final = 16  # of fuel, of a polynomial that is made
Polynomial = Any  # flint.fmpz_mpoly; flint has no types


class OutOfReach(ArithmeticError):  # noqa: N818 - the answer is UNDECIDED, not an error
    """The arithmetic would grow too large, or leaves the class; the message says which."""


class Singular(ArithmeticError):  # noqa: N818 - a fact about a term, not a fault
    """A division by zero, or the logarithm of zero."""


@dataclass(frozen=True)
class Element:
    """`coefficient` times the polynomials numbered in `factors` to their exponents; 0 has no factors."""

    coefficient: Fraction
    factors: tuple[tuple[int, int], ...] = ()

    @property
    def is_zero(self) -> bool:
        return self.coefficient == 0

    @property
    def rational(self) -> Fraction | None:
        return None if self.factors else self.coefficient


ZERO: Final = Element(Fraction(0))
ONE: Final = Element(Fraction(1))


@dataclass(frozen=True)
class Generator:
    """`key` says what it is, `term` writes it."""

    slot: int
    key: Hashable
    term: Term


class Field:
    """Generators, their relations, the polynomials met so far, and arithmetic on Elements."""

    def __init__(self, fuel: Fuel, write: Callable[[Polynomial], Term]) -> None:
        self.fuel, self.write = fuel, write
        self.context = fmpz_mpoly_ctx.get([f"g{slot}" for slot in range(MAX_GENERATORS)], Ordering.lex)
        self.generators: list[Generator] = []
        self.by_key: dict[Hashable, Generator] = {}
        self.relations: dict[int, tuple[int, Polynomial]] = {}  # slot: (n, what g**n equals)
        self.kept_below: set[int] = set()  # slots whose negative powers are left as they are
        self.polynomials: list[Polynomial] = []
        self.numbers: dict[Hashable, int] = {}
        self.names: dict[int, Generator] = {}  # generators that stand for polynomials
        self.named_by: dict[int, int] = {}  # number of such a generator: number of the polynomial
        self.slot_of: dict[int, int] = {}  # number of a polynomial that is a bare generator: its slot

    # Generators

    def generator(self, key: Hashable, term: Term) -> Generator:
        """The generator of `key`, made on first use."""
        if key not in self.by_key:
            if len(self.generators) == MAX_GENERATORS:
                raise OutOfReach(f"more than {MAX_GENERATORS} independent functions")
            made = Generator(len(self.generators), key, term)
            self.generators.append(made)
            self.by_key[key] = made
            self.slot_of[self.number(self.context.gen(made.slot))] = made.slot
        return self.by_key[key]

    def relate(self, generator: Generator, order: int, value: Polynomial, inverted: bool = True) -> None:
        """From now on `generator`**order equals `value`; unless `inverted`, it may stay in denominators."""
        if not inverted:
            self.kept_below.add(generator.slot)
        self.relations[generator.slot] = (order, value)

    def element(self, generator: Generator, exponent: int = 1) -> Element:
        return self.canonical(Fraction(1), {self.number(self.context.gen(generator.slot)): exponent})

    def polynomial(self, generator: Generator) -> Polynomial:
        return self.context.gen(generator.slot)

    def number(self, polynomial: Polynomial) -> int:
        """The number of a primitive polynomial with a positive leading coefficient."""
        key = tuple(sorted((tuple(map(int, powers)), int(c)) for powers, c in polynomial.to_dict().items()))
        if key not in self.numbers:
            self.numbers[key] = len(self.polynomials)
            self.polynomials.append(polynomial)
        return self.numbers[key]

    # Arithmetic

    def multiply(self, *parts: Element) -> Element:
        self.fuel.spend()
        exponents: dict[int, int] = {}
        for part in parts:
            for number, exponent in part.factors:
                exponents[number] = exponents.get(number, 0) + exponent
        return self.canonical(prod((part.coefficient for part in parts), start=Fraction(1)), exponents)

    def power(self, base: Element, exponent: int) -> Element:
        if base.is_zero:
            if exponent <= 0:
                raise Singular("0 to a power that is not positive")
            return ZERO
        if abs(exponent) * max(_bits(base.coefficient), 1) > 100_000:
            raise OutOfReach("a number with too many digits")
        return self.canonical(base.coefficient**exponent, {number: e * exponent for number, e in base.factors})

    def divide(self, above: Element, below: Element) -> Element:
        return self.multiply(above, self.power(below, -1))

    def scale(self, part: Element, by: Fraction | int) -> Element:
        return Element(part.coefficient * by, part.factors) if by else ZERO

    def subtract(self, left: Element, right: Element) -> Element:
        return self.add(left, self.scale(right, -1))

    def add(self, left: Element, right: Element) -> Element:
        self.fuel.spend()
        if left.is_zero or right.is_zero:
            return right if left.is_zero else left
        mine, theirs = dict(left.factors), dict(right.factors)
        common = {number: min(mine.get(number, 0), theirs.get(number, 0)) for number in mine | theirs}
        scale = left.coefficient.denominator * right.coefficient.denominator
        total = self.context.constant(0)
        for part, exponents in ((left, mine), (right, theirs)):
            rest = {number: exponents.get(number, 0) - common[number] for number in common}
            total += self.expand(rest) * int(part.coefficient * scale)
        rest_sum = self.from_polynomial(total)
        return self.multiply(Element(Fraction(1, scale)), self.canonical(Fraction(1), common), rest_sum)

    def total(self, parts: list[Element]) -> Element:
        """The sum, added in halves so that intermediate sums stay small."""
        if not parts:
            return ZERO
        while len(parts) > 1:
            parts = [self.add(*parts[at : at + 2]) if at + 1 < len(parts) else parts[at]
                     for at in range(0, len(parts), 2)]  # fmt: skip
        return parts[0]

    def canonical(self, coefficient: Fraction, exponents: dict[int, int]) -> Element:
        """The element with these factors, powers of related generators brought below their order."""
        if coefficient == 0:
            return ZERO
        for number, exponent in list(exponents.items()):
            if exponent and number in self.names:
                name = self.number(self.named(number))
                others = {n: e for n, e in exponents.items() if n != number}
                return self.canonical(coefficient, {**others, name: others.get(name, 0) + exponent})
            slot = self.slot_of.get(number, -1)
            relation = self.relations.get(slot)
            if relation is None or 0 <= exponent < relation[0] or (exponent < 0 and slot in self.kept_below):
                continue
            whole, rest = divmod(exponent, relation[0])
            replaced = self.power(self.from_polynomial(relation[1]), whole)
            others = {n: rest if n == number else e for n, e in exponents.items()}
            for factor, e in replaced.factors:
                others[factor] = others.get(factor, 0) + e
            return self.canonical(coefficient * replaced.coefficient, others)
        return Element(coefficient, tuple(sorted((n, e) for n, e in exponents.items() if e)))

    def expand(self, exponents: dict[int, int]) -> Polynomial:
        """The product of polynomials to powers that are not negative, multiplied out."""
        product, terms, degrees = self.context.constant(1), 1, [0] * MAX_GENERATORS
        for number, exponent in exponents.items():
            base = self.polynomials[number]
            if not exponent:
                continue
            if _expanded_terms(base, exponent) > MAX_TERMS_OF_POWER:
                base = self.named(number)
            terms *= _expanded_terms(base, exponent)
            degrees = [mine + int(degree) * exponent for mine, degree in zip(degrees, base.degrees(), strict=True)]
            if min(terms, prod(degree + 1 for degree in degrees)) > MAX_TERMS:
                raise OutOfReach("a polynomial with too many terms")
            product *= base**exponent
        self.fuel.spend(1 + len(product) // TERMS_PER_UNIT)
        return product

    def named(self, number: int) -> Polynomial:
        """A generator in place of a polynomial whose powers are too long to write out."""
        if number not in self.names:
            made = self.generator(("name", number), self.write(self.polynomials[number]))
            self.names[number] = made
            self.named_by[self.number(self.polynomial(made))] = number
        return self.polynomial(self.names[number])

    def numerator(self, of: Element) -> Polynomial:
        """The numerator multiplied out and reduced (without its rational coefficient)."""
        if of.is_zero:
            return self.context.constant(0)
        return self.reduced(self.expand({n: e for n, e in of.factors if e > 0}))

    def fraction(self, of: Element) -> tuple[Polynomial, Polynomial]:
        """Numerator (coefficient's numerator included) and denominator, as polynomials."""
        below = self.expand({n: -e for n, e in of.factors if e < 0}) * of.coefficient.denominator
        return self.numerator(of) * of.coefficient.numerator, below

    def reduced(self, polynomial: Polynomial) -> Polynomial:
        """`polynomial` with every g**n replaced by what it equals."""
        changed = True
        while changed:
            changed = False
            degrees = polynomial.degrees()
            for slot, (order, value) in self.relations.items():
                if degrees[slot] >= order:
                    polynomial = self._rewrite(polynomial, slot, order, value)
                    changed = True
                    break
        return polynomial

    def _rewrite(self, polynomial: Polynomial, slot: int, order: int, value: Polynomial) -> Polynomial:
        groups: dict[int, dict[tuple[int, ...], Any]] = {}
        for powers, coefficient in polynomial.to_dict().items():
            whole, rest = divmod(int(powers[slot]), order)
            left = (*powers[:slot], rest, *powers[slot + 1 :])
            groups.setdefault(whole, {})[left] = coefficient
        total = self.context.constant(0)
        for whole, part in groups.items():
            if _expanded_terms(value, whole) * len(part) > MAX_TERMS:
                raise OutOfReach("a polynomial with too many terms")
            total += self.context.from_dict(part) * value**whole
        self.fuel.spend(1 + len(total) // TERMS_PER_UNIT)
        return total

    def from_polynomial(self, polynomial: Polynomial) -> Element:
        """The element that a polynomial is, reduced and factored."""
        polynomial = self.reduced(polynomial)
        if not polynomial:
            return ZERO
        content, factors = self._factored(polynomial)
        coefficient, exponents = Fraction(int(content)), dict[int, int]()
        for factor, exponent in factors:
            if factor.leading_coefficient() < 0:
                factor, coefficient = -factor, coefficient * (-1) ** int(exponent)
            number = self.number(factor)
            exponents[number] = exponents.get(number, 0) + int(exponent)
        return self.canonical(coefficient, exponents)

    def _factored(self, polynomial: Polynomial) -> tuple[int, list[tuple[Polynomial, int]]]:
        if len(polynomial) > MAX_TERMS_FACTORED or polynomial.total_degree() > MAX_DEGREE_FACTORED:
            return self._monomial_content(polynomial)
        self.fuel.spend(1 + len(polynomial) * int(polynomial.total_degree()) // TERMS_PER_UNIT)
        try:
            found: tuple[int, list[tuple[Polynomial, int]]] = polynomial.factor()
        except OverflowError:
            # flint sorts factors by coefficients as machine integers.
            return self._monomial_content(polynomial)
        return found

    def _monomial_content(self, polynomial: Polynomial) -> tuple[int, list[tuple[Polynomial, int]]]:
        """Numbers and variables taken out of a polynomial that is too large to factor."""
        content = polynomial.content()
        monomial = polynomial.term_content()
        powers = tuple(map(int, monomial.monoms()[0]))
        variables = [(self.context.gen(slot), power) for slot, power in enumerate(powers) if power]
        rest = polynomial / (self.context.from_dict({powers: 1}) * content)
        return int(content), [*variables, *([] if rest.is_one() else [(rest, 1)])]

    def slots(self, polynomial: Polynomial) -> list[int]:
        return [slot for slot, degree in enumerate(polynomial.degrees()) if degree]


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length() - 2


def _expanded_terms(base: Polynomial, exponent: int) -> int:
    """A bound on the number of terms of base**exponent."""
    if exponent <= 1 or len(base) <= 1:
        return len(base) if exponent else 1
    dense = prod(int(degree) * exponent + 1 for degree in base.degrees() if degree)
    return min(comb(exponent + len(base) - 1, len(base) - 1), dense)
