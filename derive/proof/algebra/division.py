"""Fractions as sums of products in one index: what depends on the index, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from operator import add, sub

from derive.proof.algebra.field import ZERO, Element, Field, Polynomial
from derive.term import free_symbols

Exponents = tuple[int, ...]  # of the generators that depend on the index, by slot
Numerator = dict[Exponents, Element]  # coefficients do not depend on it
Below = list[tuple[int, int]]  # numbers of polynomials, and exponents that are positive


class InIndex:
    """Elements of a field, as they depend on the index `name`."""

    def __init__(self, field: Field, name: str) -> None:
        self.field, self.name = field, name

    def depends(self, number: int) -> bool:
        """Whether the polynomial with this number has a generator in which the index is free."""
        return any(map(self.has_index, self.field.slots(self.field.polynomials[number])))

    def has_index(self, slot: int) -> bool:
        return self.name in free_symbols(self.field.generators[slot].term)

    def outside(self, element: Element) -> Element:
        """The factors that do not depend on the index, and the coefficient."""
        return Element(element.coefficient, tuple(part for part in element.factors if not self.depends(part[0])))

    def products(self, element: Element) -> Iterator[tuple[Exponents, Element, Below]]:
        """What `outside` leaves, as a sum: powers, their coefficient, and what they are divided by."""
        inside = [(number, exponent) for number, exponent in element.factors if self.depends(number)]
        above = self.field.expand({number: exponent for number, exponent in inside if exponent > 0})
        yield from self.separated(self.by_powers(above), [(n, -exponent) for n, exponent in inside if exponent < 0])

    def by_powers(self, polynomial: Polynomial) -> Numerator:
        mine = {slot for slot in self.field.slots(polynomial) if self.has_index(slot)}
        parts: dict[Exponents, dict[Exponents, int]] = {}
        for powers, coefficient in polynomial.to_dict().items():
            split = [(int(power), 0) if slot in mine else (0, int(power)) for slot, power in enumerate(powers)]
            inside, rest = zip(*split, strict=True)
            parts.setdefault(inside, {})[rest] = int(coefficient)
        context = self.field.context
        return {inside: self.field.from_polynomial(context.from_dict(part)) for inside, part in parts.items()}

    def separated(self, above: Numerator, below: Below) -> Iterator[tuple[Exponents, Element, Below]]:
        """`above` over `below`: what a factor below divides is divided by it, so that forms are unique."""
        if not below:
            yield from ((powers, coefficient, []) for powers, coefficient in above.items())
            return
        (number, exponent), *others = below
        quotient, rest = self.divided(above, self.by_powers(self.field.polynomials[number]))
        yield from ((powers, coefficient, below) for powers, coefficient in rest.items())
        if quotient:
            yield from self.separated(quotient, [(number, exponent - 1), *others] if exponent > 1 else others)

    def divided(self, above: Numerator, divisor: Numerator) -> tuple[Numerator, Numerator]:
        """Quotient and remainder."""
        lead = max(divisor)
        work, quotient, rest = dict(above), Numerator(), Numerator()
        while work:
            self.field.fuel.spend()
            powers = max(work)
            coefficient = work.pop(powers)
            step = tuple(map(sub, powers, lead))
            if min(step) < 0:
                rest[powers] = coefficient
                continue
            scale = self.field.divide(coefficient, divisor[lead])
            quotient[step] = self.field.add(quotient.get(step, ZERO), scale)
            for other, value in divisor.items():
                if other != lead:
                    there = tuple(map(add, other, step))
                    left = self.field.subtract(work.pop(there, ZERO), self.field.multiply(scale, value))
                    work |= {} if left.is_zero else {there: left}
        return quotient, rest
