"""A rational region as one fraction: cancelled, factored, its numerator taken apart, or in 1/x where x is large."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from typing import Final

from derive.calculus.derivative import minus, plus
from derive.stabilisation.writer import Writer, multiplied
from derive.term import ONE, ZERO, Term, call, cases, free_symbols, relation, symbol, term
from derive.values.ratio import (
    ARITHMETIC,
    Polynomial,
    Ratio,
    Ring,
    TooLarge,
    as_fraction,
    degree,
    generator,
    polynomial_of,
    ratio_of,
    slots_in,
)

MIN_DEGREE: Final = 2  # below which no power overflows


def rational_forms(node: Term) -> Iterator[Term]:
    """Other ways to write `node` as a fraction in its subterms that are not arithmetic."""
    if node.head not in ARITHMETIC or all(part.head not in ARITHMETIC for part in node.args):
        return
    # The writer nests by its first generator before any other: that one is left unused.
    ring = Ring([symbol("#")])
    try:
        ratio = ratio_of(node, ring)
        if ratio.below.is_constant() and ratio.above.is_constant():
            yield term(ratio.value())
            return
        factored = Writer(dict(enumerate(ring.terms)), (), set(range(len(ring.terms)))).ratio(ratio)
    except (TooLarge, ZeroDivisionError):
        return
    yield factored
    above, below = _sum(ratio.above, ring), _sum(ratio.below, ring)
    yield above if below == ONE else above / below
    if below != ONE:
        yield _total([(sign, part / below) for sign, part in _monomials(ratio.above, ring)])


def by_reciprocal(node: Term) -> Iterator[Term]:
    """A fraction in one variable as it is where that is small, and beyond in its reciprocal, of which no power
    overflows: x/(1 + x**2)**2 there is t**3/(1 + t**2)**2, t = 1/x."""
    names = free_symbols(node)
    if node.head not in ARITHMETIC or len(names) != 1:
        return
    ring, x = Ring([symbol("#")]), symbol(*names)
    try:
        ratio = ratio_of(node, ring)
    except (TooLarge, ZeroDivisionError):
        return
    slot = ring.slot(x)
    degrees = degree(ratio.above, slot), degree(ratio.below, slot)
    if slots_in(ratio.above * ratio.below) != {slot} or max(degrees) < MIN_DEGREE or degrees[1] == 0:
        return
    above, below = (_reversed(part, slot, top) for part, top in zip((ratio.above, ratio.below), degrees, strict=True))
    grows = degrees[0] - degrees[1]
    shrunk = Ratio(above * generator(slot) ** max(-grows, 0), below)
    beyond = Writer({slot: ONE / x}, (), {slot}).ratio(shrunk)
    beyond = beyond if grows <= 0 else beyond * (x if grows == 1 else x ** term(grows))
    yield cases((node, relation("le", call("abs", x), 1)), otherwise=beyond)


def _reversed(polynomial: Polynomial, slot: int, top: int) -> Polynomial:
    """x^top p(1/x)."""
    return polynomial_of({
        tuple(top - int(power) if place == slot else int(power) for place, power in enumerate(monomial)): coefficient
        for monomial, coefficient in polynomial.to_dict().items()
    })  # fmt: skip


def _sum(polynomial: Polynomial, ring: Ring) -> Term:
    return _total(_monomials(polynomial, ring))


def _monomials(polynomial: Polynomial, ring: Ring) -> Iterator[tuple[int, Term]]:
    """Each with its sign."""
    for powers, coefficient in polynomial.to_dict().items():
        number = as_fraction(coefficient)
        factors = [ring.terms[slot] if power == 1 else ring.terms[slot] ** int(power)
                   for slot, power in enumerate(powers) if power]  # fmt: skip
        yield (1 if number > 0 else -1), _scaled(abs(number), multiplied(factors))


def _scaled(number: Fraction, by: Term) -> Term:
    above = by if number.numerator == 1 else term(number.numerator) if by == ONE else term(number.numerator) * by
    return above if number.denominator == 1 else above / term(number.denominator)


def _total(parts: list[tuple[int, Term]] | Iterator[tuple[int, Term]]) -> Term:
    ordered = sorted(parts, key=lambda part: -part[0])

    def add(total: Term, part: tuple[int, Term]) -> Term:
        return plus(total, part[1]) if part[0] > 0 else minus(total, part[1])

    return reduce(add, ordered, ZERO)
