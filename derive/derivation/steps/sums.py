"""Moves on sums: like terms, multiplying out and factoring, signs and brackets."""

from __future__ import annotations

from fractions import Fraction
from itertools import product as pairs
from typing import Final

from derive.calculus.products import (
    SUMS,
    Factors,
    Product,
    addends,
    as_product,
    common_factors,
    product_of,
    raise_all,
    tidy,
    whole,
    write_sum,
)
from derive.derivation.steps.views import key
from derive.term import ONE, Term

MAX_POWER: Final = 3  # of a sum that is multiplied out


def like_terms(node: Term) -> Term | None:
    """Terms that differ in their coefficient alone, added up."""
    if node.head not in SUMS:
        return None
    parts = addends(node)
    totals = _totals(node)
    if len(totals) == len(parts):
        return None
    return write_sum((1 if c > 0 else -1, p._replace(coefficient=abs(c)).write()) for p, c in totals if c)


def _totals(node: Term) -> list[tuple[Product, Fraction]]:
    """The distinct products of a sum with their coefficients added up, in the order of their first use."""
    found: dict[str, tuple[Product, Fraction]] = {}
    for sign, part in addends(node):
        product = as_product(part)
        bare = product._replace(coefficient=Fraction(1))
        before = found.get(key(bare.write()), (bare, Fraction(0)))[1]
        found[key(bare.write())] = (bare, before + sign * product.coefficient)
    return list(found.values())


def vanishing(node: Term) -> Term | None:
    """The term that is both added and subtracted."""
    gone = [product for product, coefficient in _totals(node) if not coefficient]
    return gone[0].write() if gone else None


def multiply_out(node: Term) -> Term | None:
    """The first sum of a product times each other factor."""
    found = product_of(node)
    if found is None or node.head == "pow":
        return None
    sums = [base for base, exponent in found.above.items() if base.head in SUMS and exponent == 1]
    if not sums or (len(found.above) == 1 and abs(found.coefficient) == 1):
        return None
    rest = Product(found.coefficient, {b: e for b, e in found.above.items() if b is not sums[0]}, {}).write()
    total = write_sum((sign, tidy(rest * part)) for sign, part in addends(sums[0]))
    return total / raise_all(found.below) if found.below else total


def expand_power(node: Term) -> Term | None:
    if node.head != "pow" or node.args[0].head not in SUMS:
        return None
    exponent = whole(node.args[1])
    if exponent is None or not 1 < exponent <= MAX_POWER:
        return None
    parts = addends(node.args[0])
    spread = []
    for chosen in pairs(parts, repeat=exponent):
        sign, product = 1, ONE
        for its_sign, part in chosen:
            sign, product = sign * its_sign, product * part
        spread.append((sign, tidy(product)))
    total = write_sum(spread)
    return like_terms(total) or total


def common_factors_of(node: Term) -> Factors:
    return common_factors([as_product(part) for _, part in addends(node)]) if node.head in SUMS else {}


def factor_out(node: Term) -> Term | None:
    shared = common_factors_of(node)
    if not shared:
        return None
    rest = []
    for sign, part in addends(node):
        product = as_product(part)
        rest.append((sign, product.over(shared).write()))
    return raise_all(shared) * write_sum(rest)


def common_factor(node: Term) -> Term:
    return raise_all(common_factors_of(node))


def open_brackets(node: Term) -> Term | None:
    """a - (b - c) is a - b + c."""
    if node.head not in SUMS:
        return None
    flat: list[tuple[int, Term]] = []
    for sign, part in addends(node):
        flat += [(-inner, piece) for inner, piece in addends(part)] if sign < 0 else [(sign, part)]
    return write_sum(flat) if len(flat) > len(addends(node)) else None


def sign_inside(node: Term) -> Term | None:
    """-(a - b) is b - a, in a product too."""
    found = product_of(node)
    if found is None or found.coefficient >= 0:
        return None
    for base, exponent in found.above.items():
        if base.head in SUMS and exponent == 1 and any(sign < 0 for sign, _ in addends(base)):
            flipped = sorted(((-sign, part) for sign, part in addends(base)), key=lambda part: -part[0])
            above = {write_sum(flipped) if other is base else other: count for other, count in found.above.items()}
            return Product(-found.coefficient, above, found.below).write()
    return None
