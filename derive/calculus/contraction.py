"""Sums of products under the sums of a body: constants leave the sums, common factors come out front.

A factor is any term; nothing is expanded, so that what a body shares stays shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import reduce
from itertools import permutations

from derive.calculus.derivative import negated, over, plus, times
from derive.calculus.indices import Range, alpha, closed_total, extent, index_names
from derive.calculus.products import (
    Exponent,
    Factors,
    Product,
    collected,
    common_factors,
    merged,
    multiplied,
    one_factor,
    scaled,
)
from derive.spec.domain import Domain
from derive.term import ONE, ZERO, Term, call, free_symbols, rational_value, size, substitute, subterms, symbol, term

Sum = list[Product]  # distinct products whose factors all stand above, with exponents of either sign


def split(root: Term) -> Sum:
    """`root` as a sum of products; a sum inside a product, or under a power, is one factor."""
    value = rational_value(root)
    if value is not None:
        return [Product(value, {}, {})] if value else []
    head = root.head
    if head in ("add", "sub"):
        left, right = map(split, root.args)
        return collected([*left, *(right if head == "add" else scaled(right, -1))])
    if head == "neg":
        return scaled(split(root.args[0]), -1)
    if head in ("mul", "div"):
        above, side = map(_product, root.args)
        return multiplied([above], [side if head == "mul" else side.raised(-1)])
    exponent = rational_value(root.args[1]) if head == "pow" else None
    if head == "sqrt":
        return [one_factor(root.args[0], Fraction(1, 2))]
    if exponent is not None and exponent.denominator == 1:
        return [_product(root.args[0]).raised(int(exponent))]
    return [one_factor(root)]


def _product(root: Term) -> Product:
    """`root` as one product."""
    found = split(root)
    return found[0] if len(found) == 1 else one_factor(root)


def renamed(total: Sum, index: Term, target: Term) -> Sum:
    """`total` at `target` in place of `index`."""
    return collected(
        part._replace(above=merged(*({substitute(base, {index: target}): count} for base, count in part.above.items())))
        for part in total
    )


def write_product(product: Product) -> Term:
    """Factors with a positive exponent over those with a negative one, each in the order of its text."""
    coefficient = product.coefficient
    above, below = term(abs(coefficient.numerator)), term(coefficient.denominator)
    for factor, count in sorted(product.above.items(), key=lambda pair: str(pair[0])):
        if count > 0:
            above = times(above, _raised(factor, count))
        else:
            below = times(below, _raised(factor, -count))
    return over(negated(above) if coefficient < 0 else above, below)


def _raised(factor: Term, count: Exponent) -> Term:
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

    def total(self, parts: Sum, index: Term, along: Range) -> Sum:
        """The sum over `index`, with what does not depend on it taken out."""
        found: Sum = []
        for part in parts:
            inside = {base: count for base, count in self.kept(part).above.items() if index.name in free_symbols(base)}
            outside = part.times(_apart(inside).raised(-1))
            found = collected([*found, *multiplied([outside], self.sum(inside, index, along))])
        return found

    def sum(self, inside: Factors, index: Term, along: Range) -> Sum:
        """The sum of one product: a count, a sum of sums (deviations from a mean add up to 0), or a sum."""
        body = write_product(Product(Fraction(1), inside, {}))
        if body is ONE:
            return split(extent(along))
        if body.head in ("add", "sub"):
            return self.total(split(body), index, along)
        whole = Term("sum", (body, index, *along))
        return split(closed_total(self.sums.get(alpha(whole), whole), self.domain))

    def kept(self, product: Product) -> Product:
        """`product` with each quotient of the body as one factor."""
        for pattern in self.patterns:
            for written in _instances(pattern, product.above):
                found = split(written)
                if len(found) != 1 or not found[0].above:
                    continue
                if all(_divides(pair, product.above) for pair in found[0].above.items()):
                    return self.kept(product.times(found[0].raised(-1))).times(one_factor(written))
        return product

    def write(self, parts: Sum) -> Term:
        """The sum with its common factor in front of what remains."""
        if len(parts) == 1:
            return write_product(self.kept(parts[0]))
        common = common_factors(parts) if parts else {}
        shares = {abs(part.coefficient) for part in parts}
        share = shares.pop() if len(shares) == 1 else Fraction(1)
        rest = ZERO
        for part in sorted(parts, key=lambda part: part.coefficient < 0):
            rest = plus(
                rest, write_product(self.kept(part._replace(coefficient=part.coefficient / share).over(common)))
            )
        front = write_product(self.kept(Product(share, common, {})))
        return over(rest, front.args[1]) if front.head == "div" and front.args[0] is ONE else times(front, rest)


def _instances(pattern: Term, factors: Iterable[Term]) -> Iterator[Term]:
    """`pattern` at the indices that occur in some factors."""
    mine = sorted(index_names(pattern))
    theirs = sorted(frozenset().union(*map(index_names, factors)))
    for chosen in permutations(theirs, len(mine)):
        yield substitute(pattern, dict(zip(map(symbol, mine), map(symbol, chosen), strict=True)))


def _apart(factors: Factors) -> Product:
    """The product of `factors`, quotients taken apart."""
    parts = (_product(base).raised(count) if base.head == "div" else one_factor(base, count)
             for base, count in factors.items())  # fmt: skip
    return reduce(Product.times, parts, Product(Fraction(1), {}, {}))


def _divides(pair: tuple[Term, Exponent], product: Factors) -> bool:
    factor, count = pair
    held = product.get(factor, 0)
    return held * count > 0 and max(held, -held) >= max(count, -count)
