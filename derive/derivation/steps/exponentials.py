"""Moves on exponentials: products as one, and fractions rid of negative exponents."""

from __future__ import annotations

from fractions import Fraction

from derive.calculus.products import (
    SUMS,
    Exponent,
    Product,
    addends,
    as_product,
    merged,
    product_of,
    tidy,
    whole,
    write_sum,
)
from derive.derivation.steps.sums import like_terms
from derive.term import ONE, Term, call, rational_value, term


def exponentials(node: Term) -> Term | None:
    """One exponential for the product of several: e^a e^b = e^(a+b)."""
    found = product_of(node)
    if found is None:
        return None
    powers = [(base.args[0], e) for base, e in found.above.items() if base.head == "exp"]
    powers += [(base.args[0], -e) for base, e in found.below.items() if base.head == "exp"]
    if not powers or powers == [(powers[0][0], 1)]:
        return None
    total = tidy(write_sum((1 if e > 0 else -1, term(max(e, -e)) * u) for u, e in powers))
    total = like_terms(sign_flat(total)) or sign_flat(total)
    above, below = (
        {base: e for base, e in factors.items() if base.head != "exp"} for factors in (found.above, found.below)
    )
    whole_power = tidy(call("exp", total))
    return Product(found.coefficient, above if whole_power is ONE else merged(above, {whole_power: 1}), below).write()


def split_power(node: Term) -> Term | None:
    """u^(a + n) as u^a u^n, n an integer."""
    if node.head != "pow" or node.args[1].head not in SUMS:
        return None
    base, exponent = node.args
    parts = addends(exponent)
    for place, (sign, part) in enumerate(parts):
        if (count := whole(part)) is not None and rational_value(exponent) is None:
            rest = write_sum(parts[:place] + parts[place + 1 :])
            return Product(Fraction(1), merged({base**rest: 1}, {base: sign * count}), {}).write()
    return None


def sign_flat(total: Term) -> Term:
    """A sum of terms, products that are negative written as subtracted."""
    flat = []
    for sign, part in addends(total):
        product = as_product(part)
        negative = (product.coefficient < 0) != (sign < 0)
        flat.append((-1 if negative else 1, product._replace(coefficient=abs(product.coefficient)).write()))
    return write_sum(flat)


def positive_exponents(node: Term) -> Term | None:
    """A fraction extended by e^u, where e^(-u) stands in a sum below."""
    found = product_of(node)
    place = _lifted(node)
    if found is None or place is None:
        return None
    raised, base, exponent = place
    below = {_spread(raised, other) if other is base else other: count for other, count in found.below.items()}
    sums = [other for other, count in found.above.items() if other.head in SUMS and exponent == count == 1]
    if not sums:
        return Product(found.coefficient, merged(found.above, as_product(raised**exponent).above), below).write()
    above = {_spread(raised, other) if other is sums[0] else other: count for other, count in found.above.items()}
    return Product(found.coefficient, above, below).write()


def extended_by(node: Term) -> Term | None:
    place = _lifted(node)
    return None if place is None else tidy(place[0] ** place[2])


def _lifted(node: Term) -> tuple[Term, Term, Exponent] | None:
    """e^u, the sum below that holds e^(-u), and the power of that sum."""
    found = product_of(node)
    for base, exponent in found.below.items() if found else ():
        if (exponent_above := _negative_exponent(base)) is not None:
            return call("exp", exponent_above), base, exponent
    return None


def _negative_exponent(total: Term) -> Term | None:
    """u, where e^(-u) is a term of a sum."""
    if total.head not in SUMS:
        return None
    for _, part in addends(total):
        for base, exponent in as_product(part).above.items():
            if base.head == "exp" and exponent < 0:
                return tidy(term(-exponent) * base.args[0])
    return None


def _spread(factor: Term, total: Term) -> Term:
    """factor * total, term by term."""
    return write_sum((sign, tidy(factor * part)) for sign, part in addends(total))
