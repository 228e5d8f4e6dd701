"""Sums and products seen whole: signed addends, factors with exponents; and which terms read the same.

What a person would not write as a line of its own is folded here: the order of factors, u u = u^2,
a coefficient moved to the front.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from derive.calculus.derivative import minus, negated, over, plus, times
from derive.relations import OPPOSITE
from derive.term import (
    BINDERS,
    FUNCTIONS,
    ONE,
    TRUE,
    ZERO,
    Term,
    branches,
    call,
    cases,
    decimal,
    rational_value,
    rebuild,
    relation,
    subterms,
    term,
    transform,
)

SUMS: Final = ("add", "sub")
LONG_DENOMINATOR: Final = 100
LONGEST_DECIMAL: Final = 10**12
Factors = dict[Term, int]  # bases and their exponents, in the order in which they were first written


class Product(NamedTuple):
    """coefficient * (product of `above`) / (product of `below`)."""

    coefficient: Fraction
    above: Factors
    below: Factors

    def write(self) -> Term:
        size = abs(self.coefficient)
        front, back = (size, 1) if is_decimal(size) else (size.numerator, size.denominator)
        found = over(raise_all(self.above, front), raise_all(self.below, back))
        return negated(found) if self.coefficient < 0 else found


def is_decimal(value: Fraction) -> bool:
    """Whether a person would rather write 1.702 than 851/500."""
    return (
        value.denominator >= LONG_DENOMINATOR and not LONGEST_DECIMAL % value.denominator and not value.denominator % 5
    )


def raise_all(factors: Factors, coefficient: int | Fraction = 1) -> Term:
    """The product of `factors`, from the left; a power of e^u is written e^(nu)."""
    found = term(coefficient) if isinstance(coefficient, int) else decimal(coefficient)
    for base, exponent in factors.items():
        if base.head == "exp" and exponent not in (0, 1):
            found = times(found, call("exp", tidy(term(exponent) * base.args[0])))
        elif exponent:
            found = times(found, base if exponent == 1 else base ** term(exponent))
    return found


def merged(*parts: Factors) -> Factors:
    """The product of several; equal bases add their exponents."""
    found: Factors = {}
    for part in parts:
        for base, exponent in part.items():
            found[base] = found.get(base, 0) + exponent
    return {base: exponent for base, exponent in found.items() if exponent}


@lru_cache(maxsize=100_000)
def as_product(node: Term) -> Product:
    """`node` as one product; a fraction inside a product stays a factor, as it was written."""
    value = rational_value(node)
    if value is not None and node.head != "pow":
        return Product(value, {}, {})
    if node.head == "neg":
        inner = as_product(node.args[0])
        return inner._replace(coefficient=-inner.coefficient)
    if node.head == "mul":
        left, right = (_in_product(part) for part in node.args)
        coefficient = left.coefficient * right.coefficient
        return _lone_fraction(Product(coefficient, merged(left.above, right.above), {}))
    if node.head == "div":
        left, right = (_in_product(part) for part in node.args)
        if right.coefficient:
            return Product(left.coefficient / right.coefficient, left.above, right.above)
    if node.head == "pow" and (exponent := whole(node.args[1])) is not None:
        return _power(node.args[0], exponent)
    if node.head == "exp" and (count := as_product(node.args[0]).coefficient).denominator == 1 and count:
        # e^(-3u) is a power of e^u, so that equal bases are seen.
        return Product(Fraction(1), {call("exp", tidy(node.args[0] / count.numerator)): count.numerator}, {})
    return Product(Fraction(1), {node: 1}, {})


def _power(base: Term, exponent: int) -> Product:
    """A power of a product, factor by factor; one of a fraction or of a sum as it is."""
    inner = as_product(base) if base.head in ("mul", "neg", "pow", "exp") else None
    if inner is None or inner.below or not inner.coefficient:
        return Product(Fraction(1), {base: exponent}, {})
    above = {part: count * exponent for part, count in inner.above.items()}
    return Product(inner.coefficient**exponent, above, {})


def _in_product(node: Term) -> Product:
    """A factor of a product: of a fraction only the coefficient comes out."""
    found = as_product(node)
    if not found.below:
        return found
    fraction = Product(Fraction(1), found.above, found.below).write()
    return Product(found.coefficient, {fraction: 1}, {})


def _lone_fraction(product: Product) -> Product:
    """1/b among the factors is b below; a lone fraction is the product itself."""
    for base, exponent in product.above.items():
        if exponent == 1 and base.head == "div" and (base.args[0] is ONE or len(product.above) == 1):
            rest = {other: count for other, count in product.above.items() if other is not base}
            if any(other.head in ("div", "der") for other in rest):
                continue
            inner = as_product(base)
            return Product(product.coefficient, merged(rest, inner.above), inner.below)
    return product


def product_of(node: Term) -> Product | None:
    """`node` as a product with something in it besides itself."""
    if node.head not in ("mul", "div", "neg", "pow"):
        return None
    found = as_product(node)
    return None if found.above == {node: 1} else found


def without(factors: Factors, taken: Factors) -> Factors:
    return merged(factors, {base: -exponent for base, exponent in taken.items()})


def whole(exponent: Term) -> int | None:
    """An exponent that is an integer other than 0, as one."""
    value = rational_value(exponent)
    return int(value) if value is not None and value.denominator == 1 and value else None


def addends(node: Term) -> list[tuple[int, Term]]:
    """Signs and terms of a sum; a sum that stands in brackets after a minus is one term."""
    if node.head in ("add", "sub"):
        left, right = node.args
        if node.head == "add":
            return addends(left) + addends(right)
        return [*addends(left), (-1, right)]
    if node.head == "neg":
        return [(-1, node.args[0])]
    return [(1, node)]


def write_sum(parts: Iterable[tuple[int, Term]]) -> Term:
    """The sum of signed terms, in their order."""
    found = ZERO
    for sign, part in parts:
        found = plus(found, part) if sign > 0 else minus(found, part)
    return found


@lru_cache(maxsize=20_000)
def tidy(root: Term) -> Term:
    """`root` with numbers worked out in products, equal factors as powers and 0 and 1 left out."""
    return transform(root, _tidy_node)


def _tidy_node(node: Term) -> Term:
    if node.head in ("mul", "div", "neg"):
        return as_product(node).write()
    if node.head in ("add", "sub"):
        return write_sum(addends(node))
    if node.head == "pow" and node.args[1] is ONE:
        return node.args[0]
    if node.head == "exp" and node.args[0] is ZERO:
        return ONE
    return node


def same_line(left: Term, right: Term) -> bool:
    """Whether two terms differ in nothing that deserves a line."""
    return key(left) == key(right)


@lru_cache(maxsize=20_000)
def key(root: Term) -> str:
    """A text that is the same for terms that differ only in order and in trivial writing."""
    root = tidy(root)
    if root.head in ("add", "sub"):
        return f"({' '.join(sorted(('-' if sign < 0 else '+') + key(part) for sign, part in addends(root)))})"
    if root.head in ("mul", "div", "neg", "pow"):
        product = as_product(root)
        if product.above != {root: 1}:
            above, below = (
                " ".join(sorted(f"{key(base)}^{exponent}" for base, exponent in factors.items()))
                for factors in (product.above, product.below)
            )
            return f"[{product.coefficient} {above} / {below}]"
    if root.head in COMPARED:
        larger, smaller = root.args if root.head in ("gt", "ge") else root.args[::-1]
        return f"{COMPARED[root.head]}{key(larger - smaller)}"
    if root.head == "cases":
        root = _last_otherwise(root)
    parts = list(map(key, root.args))
    if root.head in ("delta", "and", "or", "eq", "ne"):
        parts.sort()
    return f"{root.head}{root.data or ''}{{{' '.join(parts)}}}"


def effort(root: Term, known: frozenset[Term]) -> int:
    """How much there is to write: names, numbers, signs and functions; products have none, exponents are small.

    An exponential takes some thought where nothing in it is `known`.
    """
    if root.head == "index":
        return 1
    if root.head in BINDERS:
        return 1 + effort(root.args[0], known)
    if root.head == "pow" and root.args[1].head == "num":
        return 1 + (root.args[0].head in SUMS) + effort(root.args[0], known)
    strange = root.head == "exp" and known.isdisjoint(subterms(root))
    return (
        (root.head != "mul") + (root.head in FUNCTIONS) + 2 * strange + sum(effort(part, known) for part in root.args)
    )


def exponentials_in(root: Term) -> frozenset[Term]:
    return frozenset(node for node in subterms(root) if node.head == "exp")


COMPARED: Final = {"gt": "positive", "lt": "positive", "ge": "nonnegative", "le": "nonnegative"}


def _last_otherwise(piecewise: Term) -> Term:
    """Two cases of which the second is the opposite of the first: the second is `otherwise`."""
    rows = branches(piecewise)
    if len(rows) == 2 and rows[0][1].head in OPPOSITE:
        condition = rows[0][1]
        if rows[1][1] is TRUE or key(rows[1][1]) == key(relation(OPPOSITE[condition.head], *condition.args)):
            return cases(rows[0], otherwise=rows[1][0])
    return rebuild(piecewise, piecewise.args)
