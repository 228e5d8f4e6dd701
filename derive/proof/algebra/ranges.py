"""`GeneratorRanges`: between which numbers generators lie, and the signs of polynomials all over these ranges."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import islice, product
from typing import Final

from derive.proof.algebra.field import Field, Polynomial
from derive.proof.algebra.linear import Inequality
from derive.proof.algebra.roots import a_point_of, linear_in, may_lie_in, real_roots, sign_at
from derive.spec.domain import REALS, Interval

MAX_SLOTS: Final = 8  # generators of a polynomial whose ends are combined
MAX_CHOICES: Final = 16  # of an end for each generator


class GeneratorRanges:
    """By slot, the range of a generator."""

    def __init__(self, field: Field, by_slot: dict[int, Interval] | None = None) -> None:
        self.field, self.by_slot = field, dict(by_slot or {})

    def of(self, slot: int) -> Interval:
        return self.by_slot.get(slot, REALS)

    def narrow(self, slot: int, interval: Interval) -> None:
        self.by_slot[slot] = self.of(slot).meet(interval)

    def narrow_by(self, polynomial: Polynomial, sign: int, is_open: bool = True) -> None:
        """A linear polynomial in one generator bounds that generator."""
        slots = self.field.slots(polynomial)
        if len(slots) != 1 or polynomial.total_degree() != 1:
            return
        slope, constant = linear_in(polynomial, slots[0])
        bound = -constant / slope
        if sign == 0:
            self.narrow(slots[0], Interval(bound, bound, False, False))
        elif (sign > 0) == (slope > 0):
            self.narrow(slots[0], Interval(low=bound, low_open=is_open))
        else:
            self.narrow(slots[0], Interval(high=bound, high_open=is_open))

    def sign_of(self, polynomial: Polynomial) -> int | None:
        """The sign, from the ranges of the generators: each is measured from an end of its range."""
        slots = self.field.slots(polynomial)
        if len(slots) > MAX_SLOTS:
            return None
        bounded = [slot for slot in slots if self._ends(slot)]
        for choice in _choices([self._ends(slot) for slot in bounded]):
            found = self._sign_of_terms(*self._shifted(polynomial, dict(zip(bounded, choice, strict=True))))
            if found is not None:
                return found
        return self._univariate(polynomial, slots[0]) if len(slots) == 1 else None

    def _ends(self, slot: int) -> list[tuple[Fraction, int]]:
        """(end, direction) pairs: the generator is end + direction * (something not negative)."""
        interval = self.of(slot)
        ends = []
        if interval.low is not None:
            ends.append((interval.low, 1))
        if interval.high is not None:
            ends.append((interval.high, -1))
        return ends

    def _shifted(
        self, polynomial: Polynomial, ends: dict[int, tuple[Fraction, int]]
    ) -> tuple[Polynomial, dict[int, bool]]:
        """The polynomial in the distances from the ends (times a positive number), and whether each is > 0."""
        context, strict = self.field.context, {}
        for slot, (end, direction) in ends.items():
            interval = self.of(slot)
            strict[slot] = interval.low_open if direction > 0 else interval.high_open
            if end == 0 and direction == 1:
                continue
            # The generator is (p + q*direction*t)/q: homogenised, so that coefficients stay integers.
            degree = int(polynomial.degrees()[slot])
            numerator = context.gen(slot) * direction * end.denominator + end.numerator
            total = context.constant(0)
            for powers, coefficient in polynomial.to_dict().items():
                power = int(powers[slot])
                rest = context.from_dict({(*powers[:slot], 0, *powers[slot + 1 :]): coefficient})
                total += rest * numerator**power * end.denominator ** (degree - power)
            polynomial = total
            self.field.fuel.spend()
        return polynomial, strict

    def _sign_of_terms(self, polynomial: Polynomial, strict: dict[int, bool]) -> int | None:
        """The sign where every term has the same one and some term is not 0."""
        signs, certain = set(), False
        for powers, coefficient in polynomial.to_dict().items():
            nonzero = True
            for slot, power in enumerate(powers):
                if not power:
                    continue
                if slot not in strict:
                    if int(power) % 2:
                        return None
                    nonzero = False
                elif not strict[slot]:
                    nonzero = False
            signs.add(1 if int(coefficient) > 0 else -1)
            certain = certain or nonzero
        return signs.pop() if len(signs) == 1 and certain else None

    def _univariate(self, polynomial: Polynomial, slot: int) -> int | None:
        """A polynomial in one generator has one sign between neighbouring real roots."""
        roots = real_roots(polynomial, slot)
        if roots is None:
            return None
        interval = self.of(slot)
        inside = [root for root in roots if may_lie_in(root, interval)]
        if inside:
            return None
        return sign_at(polynomial, slot, a_point_of(interval))

    def rows(self, polynomials: Iterable[Polynomial]) -> list[Inequality]:
        rows: list[Inequality] = []
        for slot in {slot for polynomial in polynomials for slot in self.field.slots(polynomial)}:
            unit = tuple(int(at == slot) for at in range(len(self.field.context.names())))
            origin = (0,) * len(unit)
            for end, direction in self._ends(slot):
                open_ = self.of(slot).low_open if direction > 0 else self.of(slot).high_open
                rows.append(({unit: Fraction(direction), origin: -end * direction}, open_))
        return rows


def _choices(options: list[list[tuple[Fraction, int]]]) -> Iterable[tuple[tuple[Fraction, int], ...]]:
    return islice(product(*options), MAX_CHOICES)
