"""Whether a formula that does not move is positive, negative or 0, for certain."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.fuel import Fuel
from derive.proof.algebra.facts import Facts
from derive.proof.algebra.normal import is_zero
from derive.spec.domain import Domain, Interval
from derive.term import ZERO, Term, free_symbols, rational_value, relation, term
from derive.values.balls import enclose, to_fraction
from derive.values.intervals import decide
from derive.values.one_sided import Indeterminate

BITS: Final = (64, 256)
DENOMINATORS: Final = 1000  # of a number that is taken for a fraction


def constant_sign(value: Term, domain: Domain, fuel: Fuel) -> int:
    """-1, 0 or 1, all over the domain. Raises Indeterminate where that is not shown."""
    number = rational_value(value)
    if number is not None:
        return (number > 0) - (number < 0)
    if not free_symbols(value) and (found := _by_balls(value)) is not None:
        return found
    if vanishes(value, domain, fuel):
        return 0
    for kind, sign in (("gt", 1), ("lt", -1)):
        if free_symbols(value) and decide(relation(kind, value, ZERO), domain):
            return sign
    raise Indeterminate


def vanishes(value: Term, domain: Domain, fuel: Fuel) -> bool:
    """Whether a formula is shown to be 0."""
    number = rational_value(value)
    return number == 0 if number is not None else bool(is_zero(value, Facts(domain), fuel))


def _by_balls(value: Term) -> int | None:
    for bits in BITS:
        try:
            ball = enclose(value, {}, bits)
        except Undetermined:
            continue
        except (Undefined, UnsupportedError):
            raise Indeterminate from None
        if ball.is_finite() and not ball.contains(0):
            return 1 if ball > 0 else -1
        if ball.is_zero():
            return 0
    return None


def evaluated(value: Term) -> Term:
    """A formula without variables as the number that it is, where its ball is a single number: sin(0) as 0."""
    if rational_value(value) is not None or free_symbols(value):
        return value
    try:
        ball = enclose(value, {}, BITS[0])
    except (Undetermined, Undefined, UnsupportedError):
        return value
    if not ball.is_exact() or not ball.is_finite():
        return value
    return term(to_fraction(ball))


def as_fraction(value: Term, domain: Domain, fuel: Fuel) -> Fraction:
    """The rational number that a formula is. Raises Indeterminate where it is not shown to be one."""
    number = rational_value(value)
    if number is not None:
        return number
    if free_symbols(value):
        raise Indeterminate
    try:
        middle = float(enclose(value, {}, BITS[0]).mid())
    except (Undetermined, Undefined, UnsupportedError):
        raise Indeterminate from None
    guess = Fraction(middle).limit_denominator(DENOMINATORS)
    if not vanishes(value - term(guess), domain, fuel):
        raise Indeterminate
    return guess


def at_large_values(domain: Domain, name: str) -> Domain:
    """The domain, with a name that is as large as need be."""
    ranges = {other: interval for other, interval in domain.ranges.items() if other != name}
    return Domain({**ranges, name: Interval(low=Fraction(1000))}, domain.relations, domain.integers, domain.values)
