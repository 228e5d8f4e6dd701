"""Ratios of polynomials written as Terms, for evaluation.

What is written has no cancellation that a factorisation or a common denominator can remove, and no product that
overflows before what is small has been multiplied in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm

from flint import fmpq

from derive.term import ONE, ZERO, Term, rational_value, term
from derive.values.ratio import Monomial, Polynomial, Ratio, as_fraction, polynomial_of, slots_in

Factor = tuple[Polynomial, int]
Signed = tuple[int, Term]  # the sign to write before, and what to write after it
Z = 0  # the slot of the generator that may vanish, and whose sums cancel where it is near 1


class Writer:
    """`terms`: what each generator is written as. `special`: factors that are written in a way of their own, such
    as z - 1 = expm1(u). `bounded`: the generators that stay within a few units of 0."""

    def __init__(
        self, terms: Mapping[int, Term], special: Iterable[tuple[Polynomial, Term]], bounded: set[int]
    ) -> None:
        self.terms, self.special, self.bounded = terms, tuple(special), bounded

    def ratio(self, of: Ratio, first: Term | None = None) -> Term:
        """The ratio, times `first`, which is multiplied in before anything that may be large."""
        number_above, above = self.factors(of.above)
        number_below, below = self.factors(of.below)
        number = number_above / number_below
        if number == 0:
            return ZERO
        balanced = [found for found in above if found[1] % 2 and _balance(found[0]) == 0]
        if number < 0 and balanced:
            # p - y rather than -(y - p)
            above[above.index(balanced[0])] = (-balanced[0][0], balanced[0][1])
            number = -number
        top = self.product(abs(number).numerator, above, first)
        return self.divided(-top if number < 0 else top, abs(number).denominator, below)

    def factors(self, polynomial: Polynomial) -> tuple[Fraction, list[Factor]]:
        """A number, and factors with whole coefficients, each of the sign in which it is written."""
        number, signed = _factors(polynomial)
        for position, (factor, power) in enumerate(signed):
            if any(-factor == known for known, _ in self.special):
                signed[position] = (-factor, power)
                number *= (-1) ** power
        return number, signed

    def is_bounded(self, polynomial: Polynomial) -> bool:
        return slots_in(polynomial) <= self.bounded

    def product(self, number: int, factors: list[Factor], first: Term | None = None) -> Term:
        small = [self.power(*found) for found in factors if self.is_bounded(found[0])]
        large = _variables_last([self.power(*found) for found in factors if not self.is_bounded(found[0])])
        small = [first, *small] if first is not None else small
        numbers = [term(number)] if number != 1 else []
        last = len(large) > 1 and not small
        return multiplied([*large, *numbers] if last else [*numbers, *small, *large])

    def divided(self, top: Term, number: int, factors: list[Factor]) -> Term:
        """Unbounded factors divide one after another: their product could overflow where the quotient does not."""
        large = [found for found in factors if not self.is_bounded(found[0])]
        if sum(power for _, power in large) < 2:
            return top / self.product(number, factors) if factors or number != 1 else top
        small = [found for found in factors if found not in large]
        parts = [self.product(number, small)] if small or number != 1 else []
        for part in parts + [self.factor(factor) for factor, power in large for _ in range(power)]:
            top = top / part
        return top

    def power(self, factor: Polynomial, power: int) -> Term:
        if power == 2 and self.is_near_one(factor):
            # (1 + z)^2 as 1 + z(2 + z): where z is small, one rounding counts and not three.
            return self.sum(factor**2)
        return self.factor(factor) if power == 1 else self.factor(factor) ** power

    def is_near_one(self, factor: Polynomial) -> bool:
        """Whether the factor is 1 plus what vanishes with z, and nothing in it cancels."""
        positive = all(coefficient > 0 for coefficient in factor.coeffs())
        return positive and slots_in(factor) == {Z} and factor.to_dict().get((0,) * len(factor.degrees())) == 1

    def factor(self, factor: Polynomial) -> Term:
        return next((written for known, written in self.special if factor == known), None) or self.sum(factor)

    def sum(self, polynomial: Polynomial) -> Term:
        """Collected by what multiplies polynomials in z that cancel; otherwise nested."""
        collected = self.by_others(polynomial)
        if any(self.cancels(coefficient) for coefficient in collected.values()):
            return _joined([self.times(coefficient, others) for others, coefficient in collected.items()])
        slot = self.shared(polynomial) if polynomial.total_degree() > 1 else None
        if slot is None:
            # 1 + x before z: a variable may cancel against a number, and does so exactly.
            listed = sorted(polynomial.to_dict().items(), key=lambda found: found[0][Z])
            return _joined([self.monomial(m, as_fraction(c)) for m, c in listed])
        without, within = _parted(polynomial, slot)
        sign, factor = self.signed(within)
        inner = self.terms[slot] if factor == ONE else self.terms[slot] * factor
        return _joined([(sign, inner)] + ([self.signed(without)] if without != 0 else []))

    def by_others(self, polynomial: Polynomial) -> dict[Monomial, Polynomial]:
        """The polynomial in z that each monomial in everything else is multiplied by; nothing where that is all."""
        collected: dict[Monomial, dict[Monomial, object]] = {}
        for monomial, coefficient in polynomial.to_dict().items():
            others = tuple(0 if slot == Z else int(e) for slot, e in enumerate(monomial))
            alone = tuple(int(e) if slot == Z else 0 for slot, e in enumerate(monomial))
            collected.setdefault(others, {})[alone] = coefficient
        if len(collected) == 1:
            return {}
        return {others: polynomial_of(collected[others]) for others in sorted(collected, key=lambda m: (sum(m), m))}

    def cancels(self, coefficient: Polynomial) -> bool:
        return any(coefficient.gcd(known) != 1 for known, _ in self.special)

    def times(self, coefficient: Polynomial, others: Monomial) -> Signed:
        number, factors = self.factors(coefficient)
        before = self.product(abs(number).numerator, factors)
        powers = _variables_last([self.terms[slot] for slot, exponent in enumerate(others) for _ in range(exponent)])
        written = multiplied(([] if before == ONE and powers else [before]) + powers)
        return 1 if number > 0 else -1, self.divided(written, abs(number).denominator, [])

    def signed(self, polynomial: Polynomial) -> Signed:
        negative = all(coefficient < 0 for coefficient in polynomial.coeffs())
        return (-1, self.sum(-polynomial)) if negative else (1, self.sum(polynomial))

    def shared(self, polynomial: Polynomial) -> int | None:
        """What to take out first: powers of what may be large, then z, then whatever most monomials share."""
        counts = {slot: sum(1 for m in polynomial.monoms() if m[slot]) for slot in sorted(slots_in(polynomial))}
        large = {slot for slot in counts if slot not in self.bounded and polynomial.degrees()[slot] > 1}
        several = [slot for slot, count in counts.items() if count > 1]
        first = [Z] if several and Z in counts else []
        return max(several + first, key=lambda slot: (slot in large, slot == Z, counts[slot], -slot), default=None)

    def monomial(self, monomial: Monomial, number: Fraction) -> Signed:
        powers = [self.terms[slot] for slot, exponent in enumerate(monomial) for _ in range(exponent)]
        numbers = [term(abs(number))] if abs(number) != 1 or not powers else []
        return 1 if number > 0 else -1, multiplied(numbers + powers)


def _variables_last(factors: list[Term]) -> list[Term]:
    """What may vanish as a variable grows is multiplied in before that variable."""
    return sorted(factors, key=lambda factor: factor.head in ("sym", "index", "abs"))


def multiplied(factors: list[Term]) -> Term:
    total = factors[0] if factors else ONE
    for factor in factors[1:]:
        total = total * factor
    return total


def _joined(parts: list[Signed]) -> Term:
    """A sum: numbers first, then what is added, then what is subtracted."""
    (sign, total), *rest = sorted(parts, key=lambda part: (part[0] < 0, rational_value(part[1]) is None))
    total = total if sign > 0 else -total
    for sign, part in rest:
        total = total + part if sign > 0 else total - part
    return total


def _parted(polynomial: Polynomial, slot: int) -> tuple[Polynomial, Polynomial]:
    """p, q with polynomial = p + generator*q, where the generator is not in p."""
    without, within = dict[Monomial, object](), dict[Monomial, object]()
    for monomial, coefficient in polynomial.to_dict().items():
        if monomial[slot]:
            within[tuple(int(e) - (s == slot) for s, e in enumerate(monomial))] = coefficient
        else:
            without[monomial] = coefficient
    return polynomial_of(without), polynomial_of(within)


def _factors(polynomial: Polynomial) -> tuple[Fraction, list[Factor]]:
    """A number and factors with whole coefficients that have no common divisor, most of them positive."""
    if polynomial == 0:
        return Fraction(0), []
    scale, found = polynomial.factor()
    number, factors = as_fraction(scale), list[Factor]()
    for factor, power in found:
        content = _content(factor)
        factors.append((factor * (1 / fmpq(content.numerator, content.denominator)), int(power)))
        number *= content ** int(power)
    return number, factors


def _balance(polynomial: Polynomial) -> int:
    """How many more terms are added than subtracted."""
    return sum(1 if coefficient > 0 else -1 for coefficient in polynomial.coeffs())


def _content(polynomial: Polynomial) -> Fraction:
    """The signed number to divide by: what is left over is positive where most terms, or the first, are."""
    coefficients = [as_fraction(found) for found in polynomial.coeffs()]
    size = Fraction(gcd(*(c.numerator for c in coefficients)), lcm(*(c.denominator for c in coefficients)))
    positive = _balance(polynomial)
    if positive == 0:
        first = max(polynomial.to_dict(), key=lambda monomial: (-sum(monomial), monomial))
        positive = 1 if polynomial.to_dict()[first] > 0 else -1
    return size if positive > 0 else -size
