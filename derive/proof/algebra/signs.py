"""`Signs`: which elements are known to be positive, negative or zero, and how that is concluded."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Final

from derive.proof.algebra.field import Element, Field, Polynomial
from derive.proof.algebra.linear import Inequality, infeasible
from derive.proof.algebra.ranges import GeneratorRanges
from derive.proof.algebra.values import sign_at as sign_of_ball
from derive.spec.domain import Interval
from derive.term import free_symbols

MAX_LINEAR_TERMS: Final = 6  # of a polynomial that takes part in reasoning about several
MAX_WEAK_FACTS: Final = 6  # inequalities that are not strict and take part in it


class NeedSign(Exception):  # noqa: N818 - a question, not an error
    """The sign of the polynomial with this number must be known to go on."""

    def __init__(self, number: int) -> None:
        self.number = number


class Signs:
    """Signs of polynomials and ranges of generators; `assuming` gives a copy that knows more."""

    def __init__(self, field: Field, same_sign: Callable[[int], Element | None]) -> None:
        self.field, self.same_sign = field, same_sign
        self.known: dict[int, int] = {}
        self.products: dict[frozenset[int], int] = {}
        self.weak: dict[int, int] = {}  # the sign that a polynomial has where it is not 0
        self.broken = False  # a fact was learnt that nothing satisfies
        self.ranges = GeneratorRanges(field)
        self.equivalent: dict[int, Element | None] = {}  # an element of the same sign, None while being found
        self.by_equivalent: set[int] = set()  # polynomials whose sign is known from an equivalent one
        self.pending: set[int] = set()  # polynomials whose sign is being concluded from an equivalent one

    def copy(self) -> Signs:
        other = Signs(self.field, self.same_sign)
        other.known, other.products = dict(self.known), dict(self.products)
        other.ranges = GeneratorRanges(self.field, self.ranges.by_slot)
        other.equivalent, other.weak, other.broken = dict(self.equivalent), dict(self.weak), self.broken
        other.by_equivalent = set(self.by_equivalent)
        return other

    def assuming(self, number: int, sign: int) -> Signs:
        """These facts and one more: the sign of a polynomial."""
        other = self.copy()
        other.learn(number, sign)
        return other

    def beyond(self, number: int, sign: int) -> Signs:
        """As `assuming`, for a side of a boundary of the domain: what need not hold on both sides is left out."""
        other = self.copy()
        other.weak, other.broken = {}, False
        for generator in self.field.generators:
            if generator.term.head == "sym" and generator.slot in self.ranges.by_slot:
                mine = self.ranges.by_slot[generator.slot]
                other.ranges.by_slot[generator.slot] = Interval(
                    mine.low if mine.low_open else None, mine.high if mine.high_open else None
                )
        other.learn(number, sign)
        return other

    def learn(self, number: int, sign: int) -> None:
        self.known[number] = sign
        self.ranges.narrow_by(self.field.polynomials[number], sign)
        if sign:
            self._learn_by_products(number)

    def _learn_by_products(self, number: int) -> None:
        """The last factor of unknown sign in a product of known sign, now that `number` has one."""
        for numbers, found in list(self.products.items()):
            left = [other for other in numbers if other not in self.known]
            rest = [self.known[other] for other in numbers if other in self.known]
            if number in numbers and len(left) == 1 and all(rest):
                self.learn(left[0], prod(rest, start=found))

    def learn_positive(self, element: Element) -> None:
        """`element` > 0, whether its factors' signs are known or not."""
        unknown, sign = self._odd_factors(element)
        if len(unknown) == 1:
            self.learn(next(iter(unknown)), sign)
        elif unknown:
            self.products[unknown] = sign
        elif sign <= 0:
            self.broken = True

    def learn_nonnegative(self, element: Element) -> None:
        """`element` >= 0: what decides its sign has that sign or is 0."""
        if element.is_zero:
            return
        unknown, sign = self._odd_factors(element)
        touching = [number for number, exponent in element.factors if exponent > 0 and self.find(number) is None]
        if len(unknown) == 1 and touching == list(unknown):
            (number,) = unknown
            self.weak[number] = sign
            self.ranges.narrow_by(self.field.polynomials[number], sign, is_open=False)
        self.broken = self.broken or (not touching and not unknown and sign < 0)

    def _odd_factors(self, element: Element) -> tuple[frozenset[int], int]:
        """The factors of unknown sign that decide the sign of `element`, and the sign of the rest."""
        sign = 1 if element.coefficient > 0 else -1
        unknown = []
        for number, exponent in element.factors:
            if exponent % 2:
                found = self.find(number)
                if found is None:
                    unknown.append(number)
                else:
                    sign *= found
        return self._less_products(frozenset(unknown), sign)

    def _less_products(self, unknown: frozenset[int], sign: int) -> tuple[frozenset[int], int]:
        """What is left of factors of unknown sign once products of known sign are taken out."""
        for numbers, found in self.products.items() if unknown else ():
            if numbers <= unknown:
                unknown, sign = unknown - numbers, sign * found
        return unknown, sign

    def unknown(self, element: Element) -> frozenset[int]:
        """The factors whose signs decide that of `element` and are not known."""
        return self._odd_factors(element)[0]

    def of(self, element: Element) -> int:
        """-1, 0 or 1; raises NeedSign."""
        if element.is_zero:
            return 0
        for number, exponent in element.factors:
            if exponent > 0 and self.known.get(number) == 0:
                return 0
        unknown, sign = self._odd_factors(element)
        if not unknown:
            return sign
        raise NeedSign(self.root_of(min(unknown)))

    def of_at_zeros_too(self, element: Element) -> int:
        """As `of`; asks where an even power is zero as well, and not positive as it is nearby."""
        return 0 if self._is_zero_with_a_power(element, frozenset()) else self.of(element)

    def _is_zero_with_a_power(self, element: Element, seen: frozenset[int]) -> bool:
        """Whether an even power is 0, here or in what has the sign of a factor: tanh(x**2) is 0 with x; or NeedSign."""
        for number, exponent in element.factors:
            if exponent <= 0:
                continue
            if exponent % 2 == 0 and self.of_number(number) == 0:
                return True
            concluded = self.find(number) and number in self.by_equivalent and number not in seen
            same = self.equivalent.get(number) if concluded else None
            if same is not None and self._is_zero_with_a_power(same, seen | {number}):
                return True
        return False

    def of_number(self, number: int) -> int:
        found = self.find(number)
        if found is None:
            raise NeedSign(self.root_of(number))
        return found

    def zero_with(self, number: int) -> list[int]:
        """Polynomials met so far that vanish where this one does, itself first: exp(x) - 1 with x."""
        likes = [other for other, same in self.equivalent.items()
                 if same is not None and dict(same.factors).get(number, 0) > 0]  # fmt: skip
        return [number, *likes]

    def root_of(self, number: int) -> int:
        """The simplest polynomial whose sign decides that of `number`."""
        seen = {number}
        while (same := self.equivalent.get(number)) is not None:
            unknown, _ = self._odd_factors(same)
            if len(unknown) != 1 or unknown & seen:
                break
            number = min(unknown)
            seen.add(number)
        return number

    def find(self, number: int) -> int | None:
        """The sign of a polynomial where it is known or can be concluded."""
        number = self.field.named_by.get(number, number)
        if number not in self.known:
            found = self._conclude(number)
            if found is None:
                return None
            self.known[number] = found
        return self.known[number]

    def _conclude(self, number: int) -> int | None:
        polynomial = self.field.polynomials[number]
        if polynomial.is_constant():
            return 1
        found = self.ranges.sign_of(polynomial)
        if found is None:
            found = self._as_number(polynomial)
        if found is None:
            found = self._by_equivalent(number)
            if found is not None:
                self.by_equivalent.add(number)
        if found is None:
            found = self._by_linear_facts(polynomial)
        return found

    def _as_number(self, polynomial: Polynomial) -> int | None:
        """The sign of what no symbol is in, from a ball around it; None where that contains 0."""
        if any(free_symbols(self.field.generators[slot].term) for slot in self.field.slots(polynomial)):
            return None
        self.field.fuel.spend()
        return sign_of_ball(self.field.write(polynomial), {}) or None

    def _by_equivalent(self, number: int) -> int | None:
        if number not in self.equivalent:
            self.equivalent[number] = None
            self.equivalent[number] = self.same_sign(number)
        same = self.equivalent[number]
        if same is None or number in self.pending:
            return None
        # Logarithms and exponentials may lead back to where they came from.
        self.pending.add(number)
        unknown, sign = self._odd_factors(same)
        self.pending.discard(number)
        return None if unknown else sign

    def _evident(self, polynomial: Polynomial) -> int:
        """The sign that every term has which is not 0, for whatever values; 0 where terms may differ."""
        terms = polynomial.to_dict().items()
        if any(int(power) % 2 for powers, _ in terms for power in powers):
            return 0
        signs = {1 if int(coefficient) > 0 else -1 for _, coefficient in terms}
        return signs.pop() if len(signs) == 1 else 0

    def _by_linear_facts(self, polynomial: Polynomial) -> int | None:
        """Linear reasoning over monomials: f <= 0 contradicts what is known, so f > 0."""
        if len(polynomial) > MAX_LINEAR_TERMS:
            return None
        facts = self._linear_facts()
        if not facts:
            return None
        facts += self.ranges.rows([polynomial])
        for sign in (1, -1):
            if infeasible([_row(polynomial * -sign, strict=False), *facts]):
                return sign
        return None

    def contradictory(self) -> bool:
        """Whether nothing can satisfy what is known: an empty range, or linear facts that exclude each other."""
        if self.broken or any(interval.empty for interval in self.ranges.by_slot.values()):
            return True
        if any(self.known.get(number) == -sign for number, sign in self.weak.items() if sign):
            return True
        if any(self._denies(numbers, sign) for numbers, sign in tuple(self.products.items())):
            return True
        for number, sign in tuple(self.known.items()):
            polynomial = self.field.polynomials[number]
            if len(polynomial) <= MAX_LINEAR_TERMS and self.ranges.sign_of(polynomial) not in (None, sign):
                return True
            if sign and sign == -self._evident(polynomial):
                return True
        return infeasible(self._linear_facts())

    def _denies(self, numbers: frozenset[int], sign: int) -> bool:
        """Whether signs that are known since contradict that of a product."""
        found = 1
        for number in numbers:
            known = self.find(number)
            if known is None:
                return False
            found *= known
        return found != sign

    def _linear_facts(self) -> list[Inequality]:
        """What is known of polynomials with few terms, and the ranges of their generators, as linear rows."""
        few = [(self.field.polynomials[n], sign) for n, sign in self.known.items()
               if 1 < len(self.field.polynomials[n]) <= MAX_LINEAR_TERMS][:14]  # fmt: skip
        rows = [_row(polynomial * sign) for polynomial, sign in few if sign]
        rows += [_row(polynomial * side, strict=False) for polynomial, sign in few if not sign for side in (1, -1)]
        unknown = [(self.field.polynomials[n], sign) for n, sign in self.weak.items() if n not in self.known]
        weak = [(poly, sign) for poly, sign in unknown if 1 < len(poly) <= MAX_LINEAR_TERMS][:MAX_WEAK_FACTS]
        rows += [_row(polynomial * sign, strict=False) for polynomial, sign in weak]
        return rows + self.ranges.rows([polynomial for polynomial, _ in (*few, *weak)])


def _row(polynomial: Polynomial, strict: bool = True) -> Inequality:
    return {tuple(map(int, p)): Fraction(int(c)) for p, c in polynomial.to_dict().items()}, strict
