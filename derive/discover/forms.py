"""How a person would write a factored fraction: as a product, with a sum divided through, or term by term."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from derive.prove.field import Element, Field, Polynomial
from derive.steps.views import Factors, Product, merged, tidy, without, write_sum
from derive.term import Term


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


def writings(field: Field, element: Element) -> Iterator[Term]:
    """`element` in the shapes worth comparing; the order of generators is the order of writing."""
    if element.is_zero or element.rational is not None:
        yield Product(element.coefficient, {}, {}).write()
        return
    bare = Monomial(element.coefficient, {})
    sums: list[tuple[list[Monomial], int]] = []
    for number, exponent in element.factors:
        summands = _summands(field, field.polynomials[number])
        if len(summands) == 1:
            factors = {base: e * exponent for base, e in summands[0].factors.items()}
            bare = Monomial(bare.coefficient, merged(bare.factors, factors))
        else:
            sums.append((summands, exponent))
    yield _product(bare, sums)
    below = {base: -e for base, e in bare.factors.items() if e < 0}
    denominator = bare.coefficient.denominator
    for place, (summands, exponent) in enumerate(sums):
        if exponent == 1 and (below or denominator > 1):
            divided = [part.over(below)._replace(coefficient=part.coefficient / denominator) for part in summands]
            rest = Monomial(bare.coefficient * denominator, merged(bare.factors, below))
            yield _product(rest, [*sums[:place], (divided, 1), *sums[place + 1 :]])
    yield from _term_by_term(field, element)


def _term_by_term(field: Field, element: Element) -> Iterator[Term]:
    above, below = field.fraction(element)
    denominator = _summands(field, below)
    if len(denominator) == 1:
        (single,) = denominator
        parts = [Monomial(part.coefficient / single.coefficient, part.factors).over(single.factors)
                 for part in _summands(field, above)]  # fmt: skip
        yield _sum(parts)


def _product(bare: Monomial, sums: list[tuple[list[Monomial], int]]) -> Term:
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
    return tidy(Product(coefficient, merged(front, above), merged(under, below)).write())


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
