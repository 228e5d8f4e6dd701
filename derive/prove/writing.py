"""Elements and polynomials written as Terms."""

from __future__ import annotations

from derive.prove.field import Element, Field, Polynomial
from derive.prove.tower import Tower
from derive.term import Term, call, term


class Writer:
    """Writes the elements of a field whose generators stand for what its tower says."""

    field: Field
    tower: Tower

    def write(self, element: Element) -> Term:
        """A Term for an element: coefficient, factors above, factors below."""
        above: list[Term] = []
        below: list[Term] = []
        value = element.coefficient
        for number, exponent in element.factors:
            base = self.write_polynomial(self.field.polynomials[number])
            written = base if abs(exponent) == 1 else base ** term(abs(exponent))
            (above if exponent > 0 else below).append(written)
        if abs(value.numerator) != 1 or not above:
            above.insert(0, term(abs(value.numerator)))
        if value.denominator != 1:
            below.insert(0, term(value.denominator))
        found = product_of(above)
        if below:
            found = found / product_of(below)
        return -found if value < 0 else found

    def written(self, number: int) -> Term:
        """The polynomial with this number as a Term."""
        return self.write_polynomial(self.field.polynomials[number])

    def write_polynomial(self, polynomial: Polynomial) -> Term:
        total: Term | None = None
        for powers, coefficient in polynomial.to_dict().items():
            size = abs(int(coefficient))
            factors = [self._written_power(slot, int(power)) for slot, power in enumerate(powers) if power]
            part = product_of(([term(size)] if size != 1 or not factors else []) + factors)
            if total is None:
                total = part if coefficient > 0 else -part
            else:
                total = total + part if coefficient > 0 else total - part
        return term(0) if total is None else total

    def _written_power(self, slot: int, power: int) -> Term:
        base = self.field.generators[slot].term
        if base.head == "exp" and power != 1:
            inner = self.tower.exponents[slot]
            return call("exp", self.write(self.field.scale(inner, power)))
        return base if power == 1 else base ** term(power)


def product_of(factors: list[Term]) -> Term:
    product = factors[0] if factors else term(1)
    for factor in factors[1:]:
        product = product * factor
    return product
