"""Elimination: a derivative as a rational function of the value itself, by resultants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from derive.proof.algebra.field import Element, Field, Polynomial
from derive.proof.algebra.normal import Normaliser
from derive.term import Term, symbol

SLOPE = symbol("#slope")
MAX_TERMS: Final = 40  # of a polynomial that is eliminated from
MAX_DEGREE: Final = 12  # its degree in what is eliminated


class Handle(NamedTuple):
    """What may stand in a closed form, such as f or e^f, and what it equals in the variables."""

    name: Term
    meaning: Term


def eliminated(reader: Normaliser, slope: Term, handles: Sequence[Handle]) -> Iterator[Element]:
    """`slope` as a rational function of `handles`, one generator eliminated for each; candidates, to be proved.

    A resultant has factors that belong to other branches, so what it gives is not always the slope.
    """
    field = reader.field
    above, below = field.fraction(_with_roots(field, reader.read(slope)))
    start = field.polynomial(field.generator(SLOPE, SLOPE)) * below - above
    equations = [_equation(reader, handle) for handle in handles]
    for slots in product(*(field.slots(equation) for equation in equations)):
        if len({*slots}) == len(slots):
            yield from _solved(field, start, list(zip(equations, slots, strict=True)))


def _equation(reader: Normaliser, handle: Handle) -> Polynomial:
    above, below = reader.field.fraction(reader.read(handle.meaning))
    return reader.field.polynomial(reader.field.generator(handle.name, handle.name)) * below - above


def _with_roots(field: Field, element: Element) -> Element:
    """g/u, where g is a root and u = g**n, as 1/g**(n-1): what the root may be exchanged for is seen."""
    factors = dict(element.factors)
    for slot, (order, value) in field.relations.items():
        for number, exponent in element.factors:
            if exponent < 0 and field.polynomials[number] == value:
                root = field.number(field.context.gen(slot))
                factors[root] = factors.get(root, 0) + order * factors.pop(number)
    return Element(element.coefficient, tuple(sorted(factors.items())))


def _solved(field: Field, relation: Polynomial, steps: list[tuple[Polynomial, int]]) -> Iterator[Element]:
    for equation, slot in steps:
        if max(relation.degrees()[slot], equation.degrees()[slot]) > MAX_DEGREE:
            return
        if not relation.degrees()[slot] or not equation.degrees()[slot] or len(relation) * len(equation) > MAX_TERMS**2:
            return
        relation = relation.resultant(equation, slot)
    if max(relation.degrees()) > MAX_DEGREE**2:
        return
    slope = field.by_key[SLOPE].slot
    for factor, _ in relation.factor()[1]:
        if factor.degrees()[slope] == 1:
            lead = factor.derivative(slope)
            rest = factor.subs({f"g{slope}": 0})
            if not lead.is_zero():
                yield _with_roots(field, field.divide(field.from_polynomial(-rest), field.from_polynomial(lead)))
