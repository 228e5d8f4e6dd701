"""`Expansion`: the first terms of a formula in powers of a small w, whose coefficients vary more slowly than w."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from derive.calculus.derivative import minus, over, plus, times
from derive.fuel import Fuel
from derive.term import ONE, ZERO, Term, call, term
from derive.values.one_sided import Indeterminate

MAX_FOLDED_ORDER: Final = 64  # order of a number's power that is worked out
MAX_POWERS: Final = 24  # powers of w that one expansion keeps


@dataclass(frozen=True)
class Expansion:
    """The sum of coefficient * w^exponent, and what is smaller than w^rest; nothing is where `rest` is None."""

    terms: Mapping[Fraction, Term]
    rest: Fraction | None = None

    @property
    def ordered(self) -> list[tuple[Fraction, Term]]:
        return sorted(self.terms.items())


def constant(value: Term) -> Expansion:
    return Expansion({} if value is ZERO else {Fraction(0): value})


@dataclass
class Algebra:
    """Arithmetic of expansions.

    sign: of a coefficient where w is small enough; raises Indeterminate where it is not known. small: log w. width: how
    many powers of what is small a series keeps.
    """

    sign: Callable[[Term], int]
    small: Term
    width: int
    fuel: Fuel
    known: dict[Term, int] = field(default_factory=dict)

    def add(self, a: Expansion, b: Expansion) -> Expansion:
        self.fuel.spend()
        rest = _least(a.rest, b.rest)
        found = dict(a.terms)
        for exponent, value in b.terms.items():
            found[exponent] = _plus(found.get(exponent, ZERO), value)
        return self.cut(found, rest)

    def negative(self, a: Expansion) -> Expansion:
        return Expansion({exponent: _times(term(-1), value) for exponent, value in a.terms.items()}, a.rest)

    def multiply(self, a: Expansion, b: Expansion) -> Expansion:
        self.fuel.spend(1 + len(a.terms) * len(b.terms) // 4)
        rests = [_start(b) + a.rest] if a.rest is not None else []
        rests += [_start(a) + b.rest] if b.rest is not None else []
        rest = min(rests, default=None)
        found: dict[Fraction, Term] = {}
        for mine, left in a.terms.items():
            for other, right in b.terms.items():
                exponent = mine + other
                if rest is None or exponent < rest:
                    found[exponent] = _plus(found.get(exponent, ZERO), _times(left, right))
        return self.cut(found, rest)

    def cut(self, terms: Mapping[Fraction, Term], rest: Fraction | None) -> Expansion:
        kept = [(e, value) for e, value in sorted(terms.items()) if value is not ZERO and (rest is None or e < rest)]
        if len(kept) > MAX_POWERS:
            rest = kept[MAX_POWERS][0]
        return Expansion(dict(kept[:MAX_POWERS]), rest)

    def leading(self, a: Expansion) -> tuple[Fraction, Term, int]:
        """The first term that is not 0, and its sign; the sign is 0 for an expansion that is 0 altogether."""
        for exponent, value in a.ordered:
            found = self.sign_of(value)
            if found:
                return exponent, value, found
        if a.rest is not None:
            raise TooShort
        return Fraction(0), ZERO, 0

    def sign_of(self, value: Term) -> int:
        if value not in self.known:
            self.fuel.spend()
            self.known[value] = self.sign(value)
        return self.known[value]

    def leading_factor(self, a: Expansion) -> tuple[Fraction, Term, int, Expansion]:
        """a = c w^e (1 + d): the exponent, c, the sign of c, and d."""
        exponent, value, sign = self.leading(a)
        if not sign:
            raise Indeterminate
        others = {e - exponent: _over(v, value) for e, v in a.terms.items() if e > exponent}
        return exponent, value, sign, Expansion(others, None if a.rest is None else a.rest - exponent)

    def power(self, a: Expansion, order: Fraction) -> Expansion:
        """a^order; a must be positive unless the order is whole."""
        if order == 0:
            return constant(ONE)
        exponent, value, sign, small = self.leading_factor(a)
        if sign < 0 and order.denominator != 1:
            raise Indeterminate
        found, factor = list[Term](), Fraction(1)
        whole = int(order) + 1 if order.denominator == 1 and order > 0 else None
        for count in range(self.width if whole is None else max(self.width, whole)):
            found.append(term(factor))
            factor = factor * (order - count) / (count + 1)
        return self.scaled(self.series(found, small, whole), _power(value, order), exponent * order)

    def logarithm(self, a: Expansion) -> Expansion:
        exponent, value, sign, small = self.leading_factor(a)
        if sign < 0:
            raise Indeterminate
        first = ZERO if value is ONE else call("log", value)
        head = constant(_plus(first, _times(term(exponent), self.small)))
        found = [ZERO, *(term(Fraction((-1) ** (count + 1), count)) for count in range(1, self.width))]
        return self.add(head, self.series(found, small, None))

    def exponential(self, a: Expansion) -> Expansion:
        middle, small = self.parted(a)
        found, factor = list[Term](), Fraction(1)
        for count in range(self.width):
            found.append(term(factor))
            factor /= count + 1
        first = ONE if self.sign_is_zero(middle) else call("exp", middle)
        return self.scaled(self.series(found, small, None), first, Fraction(0))

    def sign_is_zero(self, value: Term) -> bool:
        if value is ZERO:
            return True
        return _number(value) is None and self.known_zero(value)

    def known_zero(self, value: Term) -> bool:
        try:
            return self.sign_of(value) == 0
        except Indeterminate:
            return False

    def parted(self, a: Expansion) -> tuple[Term, Expansion]:
        """What is left of `a` for w = 0, and the rest; raises Indeterminate where that is infinite."""
        if a.rest is not None and a.rest <= 0:
            raise TooShort
        if any(exponent < 0 and self.sign_of(value) for exponent, value in a.ordered):
            raise Indeterminate
        others = {exponent: value for exponent, value in a.terms.items() if exponent > 0}
        return a.terms.get(Fraction(0), ZERO), Expansion(others, a.rest)

    def series(self, coefficients: list[Term], small: Expansion, whole: int | None) -> Expansion:
        """The sum of coefficient * small^k; it ends after `whole` of them, or goes on without end."""
        if not small.terms and small.rest is None:
            return constant(coefficients[0])
        listed = coefficients if whole is None else coefficients[:whole]
        total, product = constant(listed[0]), constant(ONE)
        for coefficient in listed[1:]:
            product = self.multiply(product, small)
            total = self.add(total, self.scaled(product, coefficient, Fraction(0)))
        return total if whole is not None else self.cut(total.terms, _least(total.rest, _start(small) * len(listed)))

    def scaled(self, a: Expansion, factor: Term, shift: Fraction) -> Expansion:
        if factor is ZERO:
            return Expansion({})
        found = {exponent + shift: _times(factor, value) for exponent, value in a.terms.items()}
        return Expansion(found, None if a.rest is None else a.rest + shift)


class TooShort(Indeterminate):
    """Every term that was kept cancels: more are wanted."""


def _start(a: Expansion) -> Fraction:
    exponents = [*a.terms, *([] if a.rest is None else [a.rest])]
    return min(exponents, default=Fraction(0))


def _least(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else min(a, b)


def _number(node: Term) -> Fraction | None:
    """The rational that a coefficient is: numbers are kept worked out, so that their writing tells."""
    if node.head == "num":
        return node.number
    if node.head == "neg":
        inner = _number(node.args[0])
        return None if inner is None else -inner
    plain = node.head == "div" and all(part.head == "num" for part in node.args)
    return node.args[0].number / node.args[1].number if plain else None


def _plus(a: Term, b: Term) -> Term:
    left, right = _number(a), _number(b)
    if left is not None and right is not None:
        return term(left + right)
    return minus(a, b.args[0]) if b.head == "neg" else plus(a, b)


def _times(a: Term, b: Term) -> Term:
    left, right = _number(a), _number(b)
    return times(a, b) if left is None or right is None else term(left * right)


def _over(a: Term, b: Term) -> Term:
    if a is b:
        return ONE
    left, right = _number(a), _number(b)
    return term(left / right) if left is not None and right else over(a, b)


def _power(base: Term, order: Fraction) -> Term:
    if base is ONE or order == 1:
        return base
    value = _number(base)
    if value is not None and order.denominator == 1 and abs(order) <= MAX_FOLDED_ORDER:
        return term(value ** int(order))
    return call("sqrt", base) if order == Fraction(1, 2) else base ** term(order)
