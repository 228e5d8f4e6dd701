"""exp, log, powers, sin and cos of Elements, taken apart until their relations are polynomial."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from flint import fmpz

from derive.proof.algebra.field import ONE, ZERO, Element, Singular
from derive.proof.algebra.tower import Direction
from derive.proof.algebra.writing import ElementWriter
from derive.spec.domain import POSITIVE, Interval
from derive.term import PI, call

MAX_MULTIPLE: Final = 64  # multiples of an angle that are expanded
MAX_BITS_FACTORED: Final = 80  # bits of a number whose prime factors are looked for
# log 2 > 0.69314, so a number of n bits has a logarithm above (n - 1) * 0.69314.
LOG_TWO_BELOW: Final = Fraction(69314, 100000)


class Powers(ElementWriter):
    """Adds exp, log, sin and cos to what can be written.

    A logarithm here is log|u| and a power exp(r log|u|), whatever the sign of u: what is read is read only where
    it is real, and there they agree.
    """

    def logarithm(self, of: Element) -> Element:
        """log|of| as a sum over prime numbers and irreducible factors."""
        if of.is_zero:
            raise Singular("the logarithm of 0")
        parts = self._log_number(abs(of.coefficient))
        for number, exponent in of.factors:
            parts.append(self.field.scale(self._log_factor(number), exponent))
        return self.field.total(parts)

    def _log_number(self, value: Fraction) -> list[Element]:
        parts = []
        for whole, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, exponent in prime_factors(whole):
                parts.append(self.field.scale(self._log_prime(prime), sign * exponent))
        return parts

    def _log_prime(self, prime: int) -> Element:
        generator = self.field.generator(("log of prime", prime), call("log", prime))
        self.tower.logarithms[generator.slot] = prime
        low = Fraction(prime.bit_length() - 1) * LOG_TWO_BELOW
        self.signs.ranges.narrow(generator.slot, Interval(low=low))
        return self.field.element(generator)

    def _log_factor(self, number: int) -> Element:
        slot = self.field.slot_of.get(number)
        if slot in self.tower.exponents:
            return self.tower.exponents[slot]
        if slot in self.tower.units:
            return ZERO
        polynomial = self.field.polynomials[number]
        written = call("log", call("abs", self.write_polynomial(polynomial)))
        generator = self.field.generator(("log of polynomial", number), written)
        self.tower.logarithms[generator.slot] = self.field.from_polynomial(polynomial)
        return self.field.element(generator)

    def exponential(self, argument: Element) -> Element:
        """exp of a sum, as a product of powers of generators."""
        parts = [self._exp_part(direction, by) for direction, by in self.tower.directions(argument, self.write)]
        return self.field.multiply(*parts) if parts else ONE

    def _exp_part(self, direction: Direction, by: Fraction) -> Element:
        slot = self.tower.bare_slot(direction)
        if slot in self.tower.logarithms:
            return self._power_of(self.tower.logarithms[slot], by)
        if slot in self.tower.inverses and by.denominator == 1:
            return self.field.power(self.tower.inverses[slot], int(by))
        generator, order = self.tower.exponential(direction, by.denominator, self)
        self.signs.ranges.narrow(generator.slot, POSITIVE)
        return self.field.element(generator, int(by * order))

    def _power_of(self, base: int | Element, exponent: Fraction) -> Element:
        """|base|**exponent, for a prime number or an irreducible factor."""
        if isinstance(base, int):
            whole = Element(Fraction(base))
            positive = self.field.context.constant(base)
        else:
            whole = base
            even = exponent.denominator == 1 and int(exponent) % 2 == 0
            if not even:
                whole = self.magnitude(base)
            positive = self.field.numerator(whole) * (-1 if whole.coefficient < 0 else 1)
        integral = exponent.numerator // exponent.denominator
        result = self.field.power(whole, integral)
        fraction = exponent - integral
        if fraction:
            root = self.tower.root(whole, positive, fraction.denominator, self)
            result = self.field.multiply(result, self.field.power(root, fraction.numerator))
        return result

    def magnitude(self, of: Element) -> Element:
        """The absolute value; raises NeedSign."""
        return self.field.scale(of, self.signs.of(of))

    # sin and cos

    def cos_sin(self, angle: Element) -> tuple[Element, Element]:
        """(cos, sin) of a sum of angles, by the addition formulas."""
        cosine, sine = ONE, ZERO
        for direction, by in self.tower.directions(angle, self.write):
            c, s = self._cos_sin_of_multiple(direction, by)
            cosine, sine = self.compose((cosine, sine), (c, s))
        return cosine, sine

    def compose(self, a: tuple[Element, Element], b: tuple[Element, Element]) -> tuple[Element, Element]:
        f = self.field
        return (
            f.subtract(f.multiply(a[0], b[0]), f.multiply(a[1], b[1])),
            f.add(f.multiply(a[1], b[0]), f.multiply(a[0], b[1])),
        )

    def _cos_sin_of_multiple(self, direction: Direction, by: Fraction) -> tuple[Element, Element]:
        quarters = by * 2
        if self.tower.is_slot_of(direction, PI) and quarters.denominator == 1:
            c, s = ((1, 0), (0, 1), (-1, 0), (0, -1))[int(quarters) % 4]
            return Element(Fraction(c)), Element(Fraction(s))
        cosine, sine, order = self.tower.circular(direction, by.denominator, self)
        count = int(by * order)
        if abs(count) > MAX_MULTIPLE:
            # A large multiple is an angle of its own.
            cosine, sine, _ = self.tower.circular(direction, by.denominator, self, multiple=abs(count))
            return cosine, sine if count > 0 else self.field.scale(sine, -1)
        step = (cosine, sine if count > 0 else self.field.scale(sine, -1))
        found = (ONE, ZERO)
        for _ in range(abs(count)):
            found = self.compose(found, step)
        return found


def prime_factors(value: int) -> list[tuple[int, int]]:
    """Prime factors with exponents; a number too large to factor stands as one factor."""
    if value == 1:
        return []
    if value.bit_length() <= MAX_BITS_FACTORED:
        return [(int(prime), int(exponent)) for prime, exponent in fmpz(value).factor()]
    found = []
    for prime in (2, 3, 5, 7, 11, 13):
        count = 0
        while value % prime == 0:
            value, count = value // prime, count + 1
        if count:
            found.append((prime, count))
    return [*found, (value, 1)] if value > 1 else found
