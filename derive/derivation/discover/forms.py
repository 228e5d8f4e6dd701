"""How a person would write a factored fraction: as a product, with a sum divided through, or term by term."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce

from derive.calculus.products import Factors, Product, merged, multiplied, tidy, write_sum
from derive.derivation.steps.exponentials import exponentials
from derive.proof.algebra.field import Element, Field, Polynomial
from derive.term import Term, transform

Sums = list[tuple[list[Product], int]]  # sums of products of generators, each to a power


def writings(field: Field, element: Element) -> Iterator[Term]:
    """`element` in the shapes worth comparing; the order of generators is the order of writing."""
    front = Product(element.coefficient, {}, {})
    if element.is_zero or element.rational is not None:
        yield front.write()
        return
    sums: Sums = []
    for number, exponent in element.factors:
        summands = _summands(field, field.polynomials[number])
        if len(summands) == 1:
            front = front.over({base: -count * exponent for base, count in summands[0].above.items()})
        else:
            sums.append((summands, exponent))
    for shape in _shapes(front, sums):
        yield _product(*shape)
        for divided in _divided(*shape):
            yield _product(*divided)


def _shapes(bare: Product, sums: Sums) -> Iterator[tuple[Product, Sums]]:
    """As factored; with the sums above multiplied out; with e^(-u) for e^u."""
    yield bare, sums
    above = [summands for summands, exponent in sums for _ in range(exponent)]
    if len(above) > 1:
        # In an order that does not depend on which sum came first.
        spread = [part._replace(above=dict(sorted(part.above.items(), key=str))) for part in reduce(multiplied, above)]
        yield bare, [(spread, 1), *((part, exponent) for part, exponent in sums if exponent < 0)]
    for base in dict.fromkeys(b for summands, _ in sums for part in summands for b in part.above if b.head == "exp"):
        flipped, front = [], bare
        for summands, exponent in sums:
            highest: Factors = {base: max(part.above.get(base, 0) for part in summands)}
            flipped.append(([part.over(highest) for part in summands], exponent))
            front = front.over({base: -highest[base] * exponent})
        yield front, flipped


def _divided(bare: Product, sums: Sums) -> Iterator[tuple[Product, Sums]]:
    """One sum above divided, term by term, by what stands below; or by the number and the exponentials alone."""
    denominator = bare.coefficient.denominator
    below: Factors = {base: -e for base, e in bare.above.items() if e < 0}
    powers = {base: e for base, e in below.items() if base.head == "exp"}
    for place, (summands, exponent) in enumerate(sums):
        for taken in (below, powers):
            if exponent == 1 and (taken or denominator > 1):
                parts = [part._replace(coefficient=part.coefficient / denominator).over(taken) for part in summands]
                rest = Product(bare.coefficient * denominator, merged(bare.above, taken), {})
                yield rest, [*sums[:place], (parts, 1), *sums[place + 1 :]]


def _product(bare: Product, sums: Sums) -> Term:
    """The whole as one product, a minus taken into the first sum that has one already."""
    coefficient, above, below = bare.coefficient, Factors(), Factors()
    for summands, exponent in sums:
        if coefficient < 0 and exponent % 2 and any(part.coefficient < 0 for part in summands):
            summands = [part._replace(coefficient=-part.coefficient) for part in summands]
            coefficient = -coefficient
        side = above if exponent > 0 else below
        side[_sum(summands)] = abs(exponent)
    whole = bare._replace(coefficient=coefficient).as_fraction().times(Product(Fraction(1), above, below))
    return transform(tidy(whole.write()), _one_exponential)


def _one_exponential(node: Term) -> Term:
    return exponentials(node) or node


def _sum(parts: list[Product]) -> Term:
    """Terms that are added come first, short ones before long ones."""
    ordered = sorted(((part.coefficient < 0, _degree(part), part.as_fraction()) for part in parts),
                     key=lambda part: (*part[:2], str(part[2].write())))  # fmt: skip
    return write_sum((-1 if negative else 1, part._replace(coefficient=abs(part.coefficient)).write())
                     for negative, _, part in ordered)  # fmt: skip


def _degree(part: Product) -> int:
    return sum(abs(int(exponent)) for exponent in part.above.values())


def _summands(field: Field, polynomial: Polynomial) -> list[Product]:
    terms = [generator.term for generator in field.generators]
    return [Product(Fraction(int(c)), {terms[slot]: int(e) for slot, e in enumerate(powers) if e}, {})
            for powers, c in polynomial.to_dict().items()]  # fmt: skip
