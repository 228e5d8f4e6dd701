"""How a person would write a factored fraction: as a product, with a sum divided through, or term by term."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from derive.derivation.steps.exponentials import exponentials
from derive.derivation.steps.views import Factors, Product, merged, tidy, without, write_sum
from derive.proof.algebra.field import Element, Field, Polynomial
from derive.term import Term, transform


class Monomial(NamedTuple):
    """A number times generators to powers."""

    coefficient: Fraction
    factors: Factors

    def over(self, below: Factors) -> Monomial:
        return self._replace(factors=without(self.factors, below))

    def write(self) -> Term:
        """Exponentials stay above, with negative exponents."""
        above = {base: e for base, e in self.factors.items() if e > 0 or base.head == "exp"}
        return Product(
            self.coefficient, above, {base: -e for base, e in self.factors.items() if base not in above}
        ).write()


Sums = list[tuple[list[Monomial], int]]  # sums of monomials, each to a power


def writings(field: Field, element: Element) -> Iterator[Term]:
    """`element` in the shapes worth comparing; the order of generators is the order of writing."""
    if element.is_zero or element.rational is not None:
        yield Product(element.coefficient, {}, {}).write()
        return
    bare = Monomial(element.coefficient, {})
    sums: Sums = []
    for number, exponent in element.factors:
        summands = _summands(field, field.polynomials[number])
        if len(summands) == 1:
            factors = {base: e * exponent for base, e in summands[0].factors.items()}
            bare = Monomial(bare.coefficient, merged(bare.factors, factors))
        else:
            sums.append((summands, exponent))
    for shape in _shapes(bare, sums):
        yield _product(*shape)
        for divided in _divided(*shape):
            yield _product(*divided)


def _shapes(bare: Monomial, sums: Sums) -> Iterator[tuple[Monomial, Sums]]:
    """As factored; with the sums above multiplied out; with e^(-u) for e^u."""
    yield bare, sums
    above = [summands for summands, exponent in sums for _ in range(exponent)]
    if len(above) > 1:
        yield bare, [(_multiplied(above), 1), *((part, exponent) for part, exponent in sums if exponent < 0)]
    for base in dict.fromkeys(b for summands, _ in sums for part in summands for b in part.factors if b.head == "exp"):
        flipped, front = [], bare
        for summands, exponent in sums:
            highest = {base: max(part.factors.get(base, 0) for part in summands)}
            flipped.append(([part.over(highest) for part in summands], exponent))
            front = front.over({base: -highest[base] * exponent})
        yield front, flipped


def _divided(bare: Monomial, sums: Sums) -> Iterator[tuple[Monomial, Sums]]:
    """One sum above divided, term by term, by what stands below; or by the number and the exponentials alone."""
    denominator = bare.coefficient.denominator
    below = {base: -e for base, e in bare.factors.items() if e < 0}
    powers = {base: e for base, e in below.items() if base.head == "exp"}
    for place, (summands, exponent) in enumerate(sums):
        for taken in (below, powers):
            if exponent == 1 and (taken or denominator > 1):
                parts = [Monomial(part.coefficient / denominator, part.factors).over(taken) for part in summands]
                rest = Monomial(bare.coefficient * denominator, merged(bare.factors, taken))
                yield rest, [*sums[:place], (parts, 1), *sums[place + 1 :]]


def _multiplied(factors: list[list[Monomial]]) -> list[Monomial]:
    """A product of sums as one sum, like terms collected."""
    found = {frozenset[tuple[Term, int]](): Fraction(1)}
    for summands in factors:
        spread: dict[frozenset[tuple[Term, int]], Fraction] = {}
        for left, coefficient in found.items():
            for part in summands:
                name = frozenset(merged(dict(left), part.factors).items())
                spread[name] = spread.get(name, Fraction(0)) + coefficient * part.coefficient
        found = spread
    return [Monomial(coefficient, dict(sorted(name, key=str))) for name, coefficient in found.items() if coefficient]


def _product(bare: Monomial, sums: Sums) -> Term:
    """The whole as one product, a minus taken into the first sum that has one already."""
    coefficient, above, below = bare.coefficient, dict[Term, int](), dict[Term, int]()
    for summands, exponent in sums:
        if coefficient < 0 and exponent % 2 and any(part.coefficient < 0 for part in summands):
            summands = [part._replace(coefficient=-part.coefficient) for part in summands]
            coefficient = -coefficient
        side = above if exponent > 0 else below
        side[_sum(summands)] = abs(exponent)
    front = {base: e for base, e in bare.factors.items() if e > 0 or base.head == "exp"}
    under = {base: -e for base, e in bare.factors.items() if base not in front}
    return transform(tidy(Product(coefficient, merged(front, above), merged(under, below)).write()), _one_exponential)


def _one_exponential(node: Term) -> Term:
    return exponentials(node) or node


def _sum(parts: list[Monomial]) -> Term:
    """Terms that are added come first, short ones before long ones."""
    ordered = sorted(parts, key=lambda part: (part.coefficient < 0, _degree(part), str(part.write())))
    signed = [(-1 if part.coefficient < 0 else 1, part._replace(coefficient=abs(part.coefficient)).write())
              for part in ordered]  # fmt: skip
    return write_sum(signed)


def _degree(part: Monomial) -> int:
    return sum(abs(exponent) for exponent in part.factors.values())


def _summands(field: Field, polynomial: Polynomial) -> list[Monomial]:
    terms = [generator.term for generator in field.generators]
    return [
        Monomial(Fraction(int(c)), {terms[slot]: int(e) for slot, e in enumerate(powers) if e})
        for powers, c in polynomial.to_dict().items()
    ]
