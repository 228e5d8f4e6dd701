"""Sums and products as people write them: signed addends, factors with exponents, in the order of writing.

What a person would not write as a line of its own is folded here: the order of factors, u u = u^2,
a coefficient moved to the front.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from derive.calculus.derivative import minus, negated, over, plus, times
from derive.term import ONE, ZERO, Term, call, decimal, rational_value, term, transform

SUMS: Final = ("add", "sub")
MIN_DENOMINATOR: Final = 100  # of a fraction that is written as a decimal
MAX_DECIMAL: Final = 10**12  # what its denominator divides
Exponent = int | Fraction
Factors = dict[Term, Exponent]  # bases and their exponents, in the order in which they were first written


class Product(NamedTuple):
    """coefficient * (product of `above`) / (product of `below`)."""

    coefficient: Fraction
    above: Factors
    below: Factors

    def times(self, other: Product) -> Product:
        above, below = merged(self.above, other.above), merged(self.below, other.below)
        return Product(self.coefficient * other.coefficient, above, below)

    def raised(self, exponent: Exponent) -> Product:
        above, below = ({base: count * exponent for base, count in side.items()} for side in (self.above, self.below))
        return Product(self.coefficient**exponent.numerator, above, below)

    def over(self, factors: Factors) -> Product:
        return self._replace(above=without(self.above, factors))

    def as_fraction(self) -> Product:
        """Negative powers written below; those of exponentials stay above."""
        below = {base: -count for base, count in self.above.items() if count < 0 and base.head != "exp"}
        above = {base: count for base, count in self.above.items() if base not in below}
        return Product(self.coefficient, above, merged(self.below, below))

    def write(self) -> Term:
        size = abs(self.coefficient)
        front, back = (size, 1) if is_decimal(size) else (size.numerator, size.denominator)
        found = over(raise_all(self.above, front), raise_all(self.below, back))
        return negated(found) if self.coefficient < 0 else found


def is_decimal(value: Fraction) -> bool:
    """Whether a person would rather write 1.702 than 851/500."""
    return value.denominator >= MIN_DENOMINATOR and not MAX_DECIMAL % value.denominator and not value.denominator % 5


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


def common_factors(products: Sequence[Product]) -> Factors:
    """What divides every product: of each factor, the power nearest to none."""
    shared = set.intersection(*(set(product.above) for product in products))
    powers = {base: [product.above[base] for product in products] for base in products[0].above if base in shared}
    nearest = {base: max(min(counts), 0) or min(max(counts), 0) for base, counts in powers.items()}
    return {base: count for base, count in nearest.items() if count}


def collected(products: Iterable[Product]) -> list[Product]:
    """A sum of products with like terms added up; nothing stands below them."""
    found: dict[frozenset[tuple[Term, Exponent]], Product] = {}
    for product in products:
        name = frozenset(product.above.items())
        before = found[name].coefficient if name in found else Fraction(0)
        found[name] = product._replace(coefficient=before + product.coefficient)
    return [product for product in found.values() if product.coefficient]


def one_factor(base: Term, exponent: Exponent = 1) -> Product:
    return Product(Fraction(1), {base: exponent}, {})


def scaled(parts: Iterable[Product], by: Fraction | int) -> list[Product]:
    return [part._replace(coefficient=part.coefficient * by) for part in parts]


def multiplied(left: Iterable[Product], right: Sequence[Product]) -> list[Product]:
    """A product of two sums as one sum."""
    return collected(mine.times(theirs) for mine in left for theirs in right)


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
