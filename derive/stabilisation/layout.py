"""Laying out what was folded: z as an exponential, 1 - z as expm1, limits where z vanishes, two sides as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Final

from derive.calculus.derivative import negated
from derive.spec.domain import Domain
from derive.stabilisation.underflow import UNDERFLOW_EXPONENT, underflow_bound
from derive.stabilisation.writer import Writer
from derive.term import NAN, ZERO, Term, call, cases, free_symbols, rebuild, relation, substitute, symbol, term
from derive.values.intervals import decide, range_of
from derive.values.ratio import (
    Polynomial,
    Ratio,
    Ring,
    composed,
    constant,
    degree,
    generator,
    lowered,
    lowest,
    slots_in,
)

Z: Final = 0  # the slot of z = e^(-unit*|core|)
ABSOLUTE: Final = 1  # of |core|, where the core is a variable
CORE: Final = 2  # of the core itself
MAX_BOUNDED: Final = 8  # in magnitude: a factor within it does not spoil the last digits of a subnormal number
UNCHANGED: Final[Mapping[int, Term]] = MappingProxyType({})


@dataclass(frozen=True)
class Layout:
    """How the ratios of one fold are written, on the domain where they hold."""

    ring: Ring
    core: Term
    unit: Fraction
    domain: Domain

    def write(self, ratios: list[Ratio]) -> Term:
        """One formula from the ratio where the core is positive and, where it may be negative, the other."""
        half = any(self.amplifies(ratio) for ratio in ratios)
        written = _Sides(self, self.core, half).join(ratios)
        return self.clamped(written, self.exponent(Fraction(1, 2 if half else 1)))

    @cached_property
    def magnitude(self) -> Term:
        if decide(relation("ge", self.core, 0), self.domain):
            return self.core
        return -self.core if decide(relation("le", self.core, 0), self.domain) else call("abs", self.core)

    def exponent(self, share: Fraction = Fraction(1)) -> Term:
        """-share*unit*|core|, |core| being no farther out than matters."""
        factor, size = share * self.unit, self.magnitude
        if factor == 1:
            return -size
        if factor.numerator == 1:
            return -(size / term(factor.denominator))
        leaf = self.core.head in ("sym", "index")
        if factor > 1 and leaf and range_of(size, self.domain).high is None:
            size = call("min", size, -(-UNDERFLOW_EXPONENT // factor))
        return -(term(factor) * size)

    @cached_property
    def bounded(self) -> set[int]:
        """The generators that stay within a few units of 0."""
        return {Z} | {slot for slot, opaque in enumerate(self.ring.terms) if slot > CORE and self.is_small(opaque)}

    def is_small(self, opaque: Term) -> bool:
        found = range_of(opaque, self.domain)
        return found.low is not None and found.high is not None and max(-found.low, found.high) <= MAX_BOUNDED

    def amplifies(self, ratio: Ratio) -> bool:
        """Whether z itself, which may be subnormal, is multiplied by what may exceed 1."""
        if lowest(ratio.above, Z) != 1:
            return False
        tail = Ratio(at_no_z(lowered(ratio.above, Z)), at_no_z(ratio.below))
        return abs(tail.value()) > 1 if tail.is_constant else not slots_in(tail.above) <= self.bounded

    def plain(self, ratio: Ratio, written: Mapping[int, Term] = UNCHANGED, first: Term | None = None) -> Term:
        """The ratio, times `first`, with 1 - z as expm1, and z as 1 + expm1 where that costs nothing.

        written: how some generators are written instead.
        """
        terms = dict(enumerate(self.ring.terms))
        if not slots_in(ratio.above * ratio.below) & {Z, ABSOLUTE, CORE}:
            return Writer(terms, (), self.bounded).ratio(ratio, first)
        terms |= {Z: call("exp", self.exponent()), ABSOLUTE: self.magnitude, CORE: self.core, **written}
        less, one_less = call("expm1", self.exponent()), generator(Z) - 1
        whole = ratio.above * ratio.below
        if first is None and slots_in(whole) <= {Z} and lowest(whole, Z) == 0 and degree(whole.gcd(one_less), Z) == 1:
            shifted = ratio.replaced(Z, generator(Z) + 1)
            return Writer(terms | {Z: less}, (), self.bounded).ratio(shifted, first)
        return Writer(terms, ((one_less, less),), self.bounded).ratio(ratio, first)

    def clamped(self, form: Term, exponent: Term) -> Term:
        """`form` with a variable of the core clamped to where z is not yet 0, so that the core does not overflow.

        Farther out z is 0 by rounding; the form depends on the variable through z alone, or is at its limit.
        """
        names = sorted(free_symbols(self.core))
        if self.core.head in ("sym", "index"):
            return form
        if len(names) != 1:
            return self.with_core_held(form)
        variable = symbol(names[0])
        clamped = variable
        for head, sign in (("min", 1), ("max", -1)):
            bound = underflow_bound(exponent, variable, sign, self.domain)
            clamped = call(head, clamped, bound) if bound is not None else clamped
        return self.with_core_clamped(form, variable, clamped)

    def with_core_held(self, form: Term) -> Term:
        """A core that is a product, held below a branch for z = 0, so that it does not overflow there."""
        if self.core.head != "mul" or form.head not in ("cases", "div", "mul", "neg"):
            return form
        if form.head == "cases" and form.args[1].head == "eq" and form.args[1].args[0].head == "exp":
            one, other = self.core.args
            held = call("held", one, other) * other
            limit, zero, value, otherwise = form.args
            return Term("cases", (limit, zero, substitute(value, {one * other: held, other * one: held}), otherwise))
        return rebuild(form, tuple(map(self.with_core_held, form.args)))

    def with_core_clamped(self, form: Term, variable: Term, clamped: Term) -> Term:
        """The core clamped everywhere, and the variable by itself below a branch for z = 0."""
        if form == self.core:
            return substitute(form, {variable: clamped})
        if form.head == "cases" and form.args[1].head == "eq" and form.args[1].args[0].head == "exp":
            limit, zero, value, otherwise = form.args
            return Term(
                "cases",
                (
                    limit,
                    self.with_core_clamped(zero, variable, clamped),
                    substitute(value, {variable: clamped}),
                    otherwise,
                ),
            )
        return rebuild(form, tuple(self.with_core_clamped(part, variable, clamped) for part in form.args))


@dataclass(frozen=True)
class _Sides:
    """With `half`, z is written h*h, h = e^(-unit*|core|/2), so that products with it are rounded to subnormal
    numbers only once."""

    layout: Layout
    core: Term
    half: bool

    def join(self, ratios: list[Ratio]) -> Term:
        """The two sides as one formula: even, odd, or by the sign of the core."""
        plus, minus = ratios[0], ratios[-1]
        if plus.equals(minus):
            return self.one(plus)
        if plus.equals(-minus):
            return self.odd(plus)
        sides = (self.one(self.signed(ratio, sign), sign) for ratio, sign in ((plus, 1), (minus, -1)))
        return _by_sign(self.core, *sides)

    def signed(self, ratio: Ratio, sign: int) -> Ratio:
        """|x| written as x or -x."""
        return ratio.replaced(ABSOLUTE, sign * generator(CORE))

    def odd(self, plus: Ratio) -> Term:
        if lowest(plus.above, ABSOLUTE) > 0:
            return self.one(Ratio(plus.above / generator(ABSOLUTE) * generator(CORE), plus.below))
        written = self.one(plus)
        above, *below = written.args if written.head == "div" else (written,)
        signed = _by_sign(self.core, above, negated(above))
        return signed / below[0] if below else signed

    @cached_property
    def exponential(self) -> Term:
        """h where there is one, else z."""
        return call("exp", self.layout.exponent(Fraction(1, 2 if self.half else 1)))

    def one(self, ratio: Ratio, sign: int = 0) -> Term:
        """One side, at its limit where z is 0 by rounding and multiplies what may be infinite."""
        vanishes = bool(slots_in(ratio.above * ratio.below) & {Z})
        limit = self.limit(ratio) if vanishes else None
        written = dict(self.clamps(ratio, sign, limit is not None))
        if not vanishes:
            return self.layout.plain(ratio, written)
        written[Z] = self.exponential**2 if self.half else self.exponential
        amplifies = self.half and self.layout.amplifies(ratio)
        form = self.tail(ratio, written) if amplifies else self.layout.plain(ratio, written)
        return form if limit is None else cases((limit, relation("eq", self.exponential, 0)), otherwise=form)

    def clamps(self, ratio: Ratio, sign: int, guarded: bool) -> Iterator[tuple[int, Term]]:
        """A variable clamped to the branch that it is used in, where a product with it may overflow elsewhere."""
        if self.core.head not in ("sym", "index") or not _may_overflow(ratio, self.layout.bounded):
            return
        if guarded:
            far = -(-UNDERFLOW_EXPONENT // (self.layout.unit / (2 if self.half else 1)))
            yield CORE, call("max", call("min", self.core, far), -far)
            yield ABSOLUTE, call("min", self.layout.magnitude, far)
        elif sign:
            yield CORE, call("max" if sign > 0 else "min", self.core, 0)

    def tail(self, ratio: Ratio, written: Mapping[int, Term]) -> Term:
        """z*A/B as h*A/B*h."""
        rest = self.layout.plain(Ratio(lowered(ratio.above, Z), ratio.below), written, self.exponential)
        return -(rest.args[0] * self.exponential) if rest.head == "neg" else rest * self.exponential

    def limit(self, ratio: Ratio) -> Term | None:
        """The value at z = 0, where one is needed."""
        bounded = self.layout.bounded
        if lowest(ratio.above, Z) and not slots_in(ratio.above * ratio.below) <= bounded:
            return ZERO
        if any(_mixes(factor, bounded) for factor in _factors(ratio)):
            return self.layout.plain(ratio.replaced(Z, constant(0).above))
        return None


def _factors(ratio: Ratio) -> Iterator[Polynomial]:
    for polynomial in (ratio.above, ratio.below):
        yield from (factor for factor, _ in polynomial.factor()[1])


def _mixes(factor: Polynomial, bounded: set[int]) -> bool:
    """Whether z is multiplied by a generator that may be infinite."""
    return any(m[Z] and any(e and slot not in bounded for slot, e in enumerate(m)) for m in factor.monoms())


def _may_overflow(ratio: Ratio, bounded: set[int]) -> bool:
    """Whether a product of large variables, or a multiple of one, is part of the ratio."""
    for polynomial in (ratio.above, ratio.below):
        total = 0
        for factor, power in polynomial.factor()[1]:
            sizes = {m: sum(int(e) for slot, e in enumerate(m) if slot not in bounded) for m in factor.monoms()}
            total += max(sizes.values()) * int(power)
            if any(sizes[m] and abs(coefficient) > 1 for m, coefficient in factor.to_dict().items()):
                return True
        if total > 1:
            return True
    return False


def at_no_z(polynomial: Polynomial) -> Polynomial:
    return composed(polynomial, Z, constant(0).above)


def _by_sign(core: Term, plus: Term, minus: Term) -> Term:
    """The value by the sign of the core; where the core is NaN, so is the value."""
    names = free_symbols(core)
    if names <= free_symbols(minus):
        return cases((plus, relation("ge", core, 0)), otherwise=minus)
    if names <= free_symbols(plus):
        return cases((minus, relation("lt", core, 0)), otherwise=plus)
    return cases((plus, relation("ge", core, 0)), (minus, relation("lt", core, 0)), otherwise=NAN)
