"""The sign of a polynomial in generators, from what the generators stand for."""

from __future__ import annotations

from derive.elementary.table import TABLE
from derive.proof.algebra.field import ONE, Element, OutOfReach, Polynomial, Singular
from derive.proof.algebra.powers import Powers
from derive.proof.algebra.signs import NeedSign


class Comparison(Powers):
    """Adds comparisons: a simpler element that has the sign of a given one."""

    def same_sign(self, number: int) -> Element | None:
        """A simpler element with the sign of a polynomial, or None."""
        polynomial = self.field.polynomials[number]
        slot = self.field.slot_of.get(number)
        if slot is not None:
            return self._same_sign_as_generator(slot)
        try:
            return self._compared_by_logarithms(polynomial) or self._compared_by_exponentials(polynomial)
        except (OutOfReach, NeedSign, Singular):
            return None

    def _same_sign_as_generator(self, slot: int) -> Element | None:
        if slot in self.tower.logarithms:
            inside = self.tower.logarithms[slot]
            if isinstance(inside, int):
                return ONE
            # log|p| has the sign of p**2 - 1; (p - 1)(p + 1) factor.
            return self.field.subtract(self.field.multiply(inside, inside), ONE)
        head, parts = self.tower.arguments.get(slot, ("", ()))
        return parts[0] if head in TABLE and TABLE[head].sign_of_argument else None

    def _compared_by_logarithms(self, polynomial: Polynomial) -> Element | None:
        """a - b has the sign of log a - log b where both terms are products of positive generators."""
        if len(polynomial) != 2:
            return None
        if not any(slot in self.tower.exponents for slot in self.field.slots(polynomial)):
            return None
        sides = []
        for powers, coefficient in polynomial.to_dict().items():
            term_ = self.field.from_polynomial(self.field.context.from_dict({powers: coefficient}))
            if any(self.signs.find(n) != 1 for n, e in term_.factors):
                return None
            sides.append(term_)
        signs = {1 if side.coefficient > 0 else -1 for side in sides}
        if len(signs) == 1:
            return None
        sides.sort(key=lambda side: -side.coefficient)
        return self.field.subtract(self.logarithm(sides[0]), self.logarithm(sides[1]))

    def _compared_by_exponentials(self, polynomial: Polynomial) -> Element | None:
        """A rational combination of logarithms has the sign of its exponential less 1."""
        slots = self.field.slots(polynomial)
        if polynomial.total_degree() != 1 or not all(slot in self.tower.logarithms for slot in slots):
            return None
        found = self.exponential(self.field.from_polynomial(polynomial))
        return self.field.subtract(found, ONE)
