"""Moves on fractions: written from powers, multiplied, brought to one denominator, cancelled."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from derive.calculus.products import (
    SUMS,
    Factors,
    Product,
    addends,
    as_product,
    is_decimal,
    merged,
    product_of,
    raise_all,
    whole,
    without,
    write_sum,
)
from derive.term import Term


def negative_powers(node: Term) -> Term | None:
    found = product_of(node)
    if found is None:
        return None
    fraction = found.as_fraction()
    return None if fraction.above == found.above else fraction.write()


def multiply_fractions(node: Term) -> Term | None:
    return None if node.head == "pow" else _one_fraction(node)


def _one_fraction(node: Term) -> Term | None:
    """A product of fractions, or a power of one, as a single fraction."""
    found = product_of(node)
    if found is None or not any(base.head == "div" for base in (*found.above, *found.below)):
        return None
    coefficient, above, below = found.coefficient, Factors(), Factors()
    for factors, sign in ((found.above, 1), (found.below, -1)):
        for base, exponent in factors.items():
            inner = as_product(base) if base.head == "div" else Product(Fraction(1), {base: 1}, {})
            coefficient *= inner.coefficient ** (sign * int(exponent))
            over, under = (inner.above, inner.below) if sign > 0 else (inner.below, inner.above)
            above = merged(above, {part: count * exponent for part, count in over.items()})
            below = merged(below, {part: count * exponent for part, count in under.items()})
    return Product(coefficient, above, below).write()


def power_of_fraction(node: Term) -> Term | None:
    return _one_fraction(node) if node.head == "pow" and whole(node.args[1]) is not None else None


def common_denominator(node: Term) -> Term | None:
    if node.head not in SUMS:
        return None
    parts = [(sign, _over_one_fraction(part)) for sign, part in addends(node)]
    below: Factors = {}
    for _, part in parts:
        below = {base: max(below.get(base, 0), part.below.get(base, 0)) for base in (*below, *part.below)}
    scale = lcm(*(part.coefficient.denominator for _, part in parts if not is_decimal(part.coefficient)))
    if not below and scale == 1:
        return None
    above = [
        (sign, Product(part.coefficient * scale, merged(part.above, without(below, part.below)), {}).write())
        for sign, part in parts
    ]
    return write_sum(above) / Product(Fraction(scale), below, {}).write()


def _over_one_fraction(part: Term) -> Product:
    """x a/b as (x a)/b; several fractions are multiplied on a line of their own."""
    found = as_product(part)
    fractions = [base for base in found.above if base.head == "div"]
    return as_product(multiply_fractions(part) or part) if len(fractions) == 1 else found


def shared_factors(node: Term) -> Factors:
    """What a fraction has both above and below."""
    found = product_of(node)
    if found is None or node.head == "pow":
        return {}
    return {
        base: min(exponent, found.below[base])
        for base, exponent in found.above.items()
        if exponent > 0 and base in found.below
    }


def cancel(node: Term) -> Term | None:
    shared = shared_factors(node)
    if not shared:
        return None
    found = as_product(node)
    return Product(found.coefficient, without(found.above, shared), without(found.below, shared)).write()


def cancelled(node: Term) -> Term:
    return raise_all(shared_factors(node))
