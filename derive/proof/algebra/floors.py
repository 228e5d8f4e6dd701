"""Floor and ceiling as a term less its fractional part, and what is an integer wherever it is defined."""

from __future__ import annotations

from fractions import Fraction

from derive.proof.algebra.comparison import Comparison
from derive.proof.algebra.field import ONE, Element, Generator
from derive.proof.algebra.recurrences import split_integer
from derive.spec.domain import Interval
from derive.term import call


class Floors(Comparison):
    """Adds floors: those of an integer are itself, others a generator in (0, 1) off the integers."""

    integers: frozenset[str]

    def _read_floor(self, argument: Element) -> Element:
        """u less its fractional part, which lies in (0, 1) off the integers."""
        if argument.rational is not None:
            return Element(Fraction(argument.rational.__floor__()))
        if self.is_integer(argument):
            return argument
        return self.field.subtract(argument, self.fractional_part(argument))

    def _read_ceiling(self, argument: Element) -> Element:
        return self.field.scale(self._read_floor(self.field.scale(argument, -1)), -1)

    def fractional_part(self, argument: Element) -> Element:
        argument, _ = split_integer(self.field, argument)
        if argument.coefficient < 0:
            # frac(-u) = 1 - frac(u) off the integers.
            return self.field.subtract(ONE, self.fractional_part(self.field.scale(argument, -1)))
        written = self.write(argument)
        part = self.field.generator(("frac", argument), written - call("floor", written))
        self.signs.ranges.narrow(part.slot, Interval(Fraction(0), Fraction(1)))
        return self.field.element(part)

    def is_integer(self, element: Element) -> bool:
        return self._is_polynomial_of_integers(self._without_fractional_parts(element))

    def _without_fractional_parts(self, element: Element) -> Element:
        """An element that differs by integers from what takes its fractional parts an integer number of times."""
        for key, generator in list(self.field.by_key.items()):
            if isinstance(key, tuple) and key[0] == "frac":
                rest, times = self._linear_in(element, generator)
                if times is not None:
                    element = self.field.add(rest, self.field.scale(key[1], times))
        return element

    def _linear_in(self, element: Element, generator: Generator) -> tuple[Element, int | None]:
        """(rest, n) with element = rest + n*generator for an integer n that is not 0; (element, None) else."""
        if any(exponent < 0 for _, exponent in element.factors):
            return element, None
        above, below = self.field.fraction(element)
        slope = above.derivative(generator.slot)
        if not slope or not slope.is_constant():
            return element, None
        times = Fraction(int(slope.leading_coefficient()), int(below.content()))
        rest = self.field.subtract(element, self.field.scale(self.field.element(generator), times))
        return (rest, int(times)) if times.denominator == 1 else (element, None)

    def _is_polynomial_of_integers(self, element: Element) -> bool:
        if element.coefficient.denominator != 1 or any(e < 0 for _, e in element.factors):
            return False
        slots = {s for n, _ in element.factors for s in self.field.slots(self.field.polynomials[n])}
        names = [self.field.generators[slot].term for slot in slots]
        return all(name.head == "sym" and name.name in self.integers for name in names)
