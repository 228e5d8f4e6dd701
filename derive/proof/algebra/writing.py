"""Elements and polynomials written as Terms."""

from __future__ import annotations

from derive.proof.algebra.field import Element, Field, Polynomial
from derive.proof.algebra.signs import Signs
from derive.proof.algebra.tower import Tower
from derive.term import Term, call, term


class ElementWriter:
    """Writes the elements of a field whose generators stand for what its tower says."""

    field: Field
    tower: Tower
    signs: Signs
    as_shown = False  # whether what is written has a value wherever it is true, for people to read

    def shown(self, element: Element) -> Term:
        """`element` as people are to read it: log|p| is not log p where p may be negative."""
        self.as_shown = True
        try:
            return self.write(element)
        finally:
            self.as_shown = False

    def write(self, element: Element) -> Term:
        """A Term for an element: coefficient, factors above, factors below."""
        above: list[Term] = []
        below: list[Term] = []
        value = element.coefficient
        if value == -1 and len(element.factors) == 1 and element.factors[0][1] == 1:
            return self.write_polynomial(-self.field.polynomials[element.factors[0][0]])
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
        """The terms in order, a positive one first where there is one."""
        total: Term | None = None
        terms = list(polynomial.to_dict().items())
        first = next((at for at, (_, coefficient) in enumerate(terms) if coefficient > 0), 0)
        for powers, coefficient in (terms[first], *terms[:first], *terms[first + 1 :]) if terms else ():
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
        if base.head == "exp":
            inner = self.tower.exponents[slot]
            return call("exp", self.write(self.field.scale(inner, power)))
        if slot in self.tower.logarithms:
            base = self.write_logarithm(slot)
        return base if power == 1 else base ** term(power)

    def write_logarithm(self, slot: int) -> Term:
        """log|p| as the logarithm of p or of -p, whichever is positive as far as that is known."""
        inside = self.tower.logarithms[slot]
        written = self.field.generators[slot].term
        if isinstance(inside, int):
            return written
        sign = self.signs.find(inside.factors[0][0]) if len(inside.factors) == 1 else 1
        if sign == 1:
            return call("log", self.write(inside))
        if sign is None:
            return call("log", call("abs", self.write(inside))) if self.as_shown else written
        return call("log", self.write(self.field.scale(inside, -1 if inside.coefficient > 0 else 1)))


def product_of(factors: list[Term]) -> Term:
    product = factors[0] if factors else term(1)
    for factor in factors[1:]:
        product = product * factor
    return product
