"""Sums of products kept as they were written: constants leave sums, common factors come out front.

A `Polynomial` maps a product, factors with their exponents, to its coefficient. A factor is any
term; nothing is expanded, so that what a body shares stays shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import permutations
from typing import Final

from derive.calculus.derivative import negated, over, plus, times
from derive.calculus.indices import Range, alpha, closed_total, extent, index_names
from derive.spec.domain import Domain
from derive.term import ONE, ZERO, Term, call, free_symbols, rational_value, size, substitute, subterms, symbol, term

Product = tuple[tuple[Term, Fraction], ...]  # sorted, so that the order is the same in every process
Polynomial = Mapping[Product, Fraction]
UNIT: Final[Product] = ()


def split(root: Term) -> Polynomial:
    """`root` as a sum of products; a sum inside a product, or under a power, is one factor."""
    value = rational_value(root)
    if value is not None:
        return {UNIT: value} if value else {}
    head = root.head
    if head in ("add", "sub"):
        right = split(root.args[1])
        return add(split(root.args[0]), right if head == "add" else scaled(right, Fraction(-1)))
    if head == "neg":
        return scaled(split(root.args[0]), Fraction(-1))
    if head in ("mul", "div"):
        left, right = (_product(side) for side in root.args)
        return multiply(left, right if head == "mul" else _power(right, Fraction(-1)))
    exponent = rational_value(root.args[1]) if head == "pow" else None
    if head == "sqrt":
        return {((root.args[0], Fraction(1, 2)),): Fraction(1)}
    if exponent is not None and exponent.denominator == 1:
        return _power(_product(root.args[0]), exponent)
    return {((root, Fraction(1)),): Fraction(1)}


def _product(root: Term) -> Polynomial:
    """`root` as one product."""
    found = split(root)
    return found if len(found) == 1 else {((root, Fraction(1)),): Fraction(1)}


def _power(single: Polynomial, exponent: Fraction) -> Polynomial:
    ((product, coefficient),) = single.items()
    return {tuple((factor, count * exponent) for factor, count in product): coefficient**exponent.numerator}


def add(left: Polynomial, right: Polynomial) -> Polynomial:
    found = dict(left)
    for product, coefficient in right.items():
        found[product] = found.get(product, Fraction(0)) + coefficient
    return {product: coefficient for product, coefficient in found.items() if coefficient}


def scaled(polynomial: Polynomial, by: Fraction) -> Polynomial:
    return {product: coefficient * by for product, coefficient in polynomial.items()}


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for mine, first in left.items():
        for theirs, second in right.items():
            found = add(found, {_merged(mine, theirs): first * second})
    return found


def _merged(left: Product, right: Product) -> Product:
    counts = dict(left)
    for factor, count in right:
        counts[factor] = counts.get(factor, Fraction(0)) + count
    return _ordered(counts)


def _without(product: Product, part: Product) -> Product:
    return _merged(product, tuple((factor, -count) for factor, count in part))


def _ordered(counts: Mapping[Term, Fraction]) -> Product:
    return tuple(sorted(((f, c) for f, c in counts.items() if c), key=lambda pair: str(pair[0])))


def renamed(polynomial: Polynomial, index: Term, target: Term) -> Polynomial:
    """`polynomial` at `target` in place of `index`."""
    found: Polynomial = {}
    for product, coefficient in polynomial.items():
        there = _ordered({substitute(factor, {index: target}): count for factor, count in product})
        found = add(found, {there: coefficient})
    return found


def write_product(product: Product, coefficient: Fraction = Fraction(1)) -> Term:
    """Factors with a positive exponent over those with a negative one."""
    above, below = term(abs(coefficient.numerator)), term(coefficient.denominator)
    for factor, count in product:
        if count > 0:
            above = times(above, _raised(factor, count))
        else:
            below = times(below, _raised(factor, -count))
    return over(negated(above) if coefficient < 0 else above, below)


def _raised(factor: Term, count: Fraction) -> Term:
    whole, rest = divmod(count, 1)
    root = call("sqrt", factor) if rest == Fraction(1, 2) else factor ** term(rest) if rest else ONE
    return times(ONE if whole == 0 else factor if whole == 1 else factor ** term(whole), root)


class Style:
    """How a body is written, kept in what is made from it: its sums and its quotients reappear.

    The value of softmax, for one, is a quotient of its body, and so a factor of its gradient.
    """

    def __init__(self, body: Term, domain: Domain) -> None:
        self.domain = domain
        self.sums = {alpha(node): node for node in subterms(body) if node.head == "sum"}
        symbolic = (node for node in subterms(body) if node.head == "div")
        written = [node for node in symbolic if all(rational_value(side) is None for side in node.args)]
        self.patterns = sorted(written, key=lambda node: (-size(node), str(node)))

    def total(self, polynomial: Polynomial, index: Term, along: Range) -> Polynomial:
        """The sum over `index`, with what does not depend on it taken out."""
        found: Polynomial = {}
        for product, coefficient in polynomial.items():
            parts = [part for part in self.kept(product) if index.name in free_symbols(part[0])]
            outside = multiply({product: coefficient}, _power(_apart(parts), Fraction(-1)))
            found = add(found, multiply(outside, self.sum(tuple(parts), index, along)))
        return found

    def sum(self, inside: Product, index: Term, along: Range) -> Polynomial:
        """The sum of one product: a count, a sum of sums (deviations from a mean add up to 0), or a sum."""
        body = write_product(inside)
        if body is ONE:
            return split(extent(along))
        if body.head in ("add", "sub"):
            return self.total(split(body), index, along)
        whole = Term("sum", (body, index, *along))
        return split(closed_total(self.sums.get(alpha(whole), whole), self.domain))

    def kept(self, product: Product) -> Product:
        """`product` with each quotient of the body as one factor."""
        for pattern in self.patterns:
            for written in _instances(pattern, product):
                found = split(written)
                if len(found) == 1 and all(_divides(pair, product) for pair in next(iter(found))):
                    rest = self.kept(_without(product, next(iter(found))))
                    return _merged(rest, ((written, Fraction(1)),))
        return product

    def write(self, polynomial: Polynomial) -> Term:
        """The polynomial with its common factor in front of what remains."""
        if len(polynomial) == 1:
            ((product, coefficient),) = polynomial.items()
            return write_product(self.kept(product), coefficient)
        common = _common(polynomial)
        shares = {abs(coefficient) for coefficient in polynomial.values()}
        share = shares.pop() if len(shares) == 1 else Fraction(1)
        rest = ZERO
        for product, coefficient in sorted(polynomial.items(), key=lambda item: item[1] < 0):
            rest = plus(rest, write_product(self.kept(_without(product, common)), coefficient / share))
        front = write_product(self.kept(common), share)
        return over(rest, front.args[1]) if front.head == "div" and front.args[0] is ONE else times(front, rest)


def _instances(pattern: Term, product: Product) -> Iterator[Term]:
    """`pattern` at the indices that occur in `product`."""
    mine = sorted(index_names(pattern))
    theirs = sorted(frozenset().union(*(index_names(factor) for factor, _ in product)))
    for chosen in permutations(theirs, len(mine)):
        yield substitute(pattern, dict(zip(map(symbol, mine), map(symbol, chosen), strict=True)))


def _apart(parts: Iterable[tuple[Term, Fraction]]) -> Polynomial:
    """The product of `parts`, quotients taken apart."""
    found: Polynomial = {UNIT: Fraction(1)}
    for factor, count in parts:
        found = multiply(
            found, _power(_product(factor), count) if factor.head == "div" else {((factor, count),): Fraction(1)}
        )
    return found


def _divides(pair: tuple[Term, Fraction], product: Product) -> bool:
    factor, count = pair
    held = dict(product).get(factor, Fraction(0))
    return held * count > 0 and abs(held) >= abs(count)


def _common(polynomial: Polynomial) -> Product:
    """What divides every product: of each factor, the power nearest to none."""
    products = [dict(product) for product in polynomial]
    shared: dict[Term, Fraction] = {}
    for factor in set.intersection(*map(set, products)) if products else ():
        counts = [product[factor] for product in products]
        if min(counts) > 0 or max(counts) < 0:
            shared[factor] = min(counts, key=abs)
    return _ordered(shared)
