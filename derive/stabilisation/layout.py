"""Laying out what was folded: z as an exponential, 1 - z as expm1, the two sides of core = 0 as one formula."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from derive.calculus.derivative import negated
from derive.spec.domain import Domain
from derive.stabilisation.writer import Writer
from derive.term import NAN, Term, call, cases, free_symbols, relation, term
from derive.values.intervals import decide, range_of
from derive.values.ratio import Ratio, Ring, degree, generator, lowest, slots_in

Z: Final = 0  # the slot of z = e^(-unit*|core|)
ABSOLUTE: Final = 1  # of |core|, where the core is a variable
CORE: Final = 2  # of the core itself
MAX_BOUNDED: Final = 8  # in magnitude: a factor within it does not spoil the last digits of a subnormal number
UNDERFLOW_EXPONENT: Final = 800  # e^-800 is 0 in every format, by rounding


@dataclass(frozen=True)
class Layout:
    """How the ratios of one fold are written, on the domain where they hold."""

    ring: Ring
    core: Term | None
    unit: Fraction
    domain: Domain

    def write(self, ratios: list[Ratio]) -> Term:
        """One formula from the ratio where the core is positive and, where it may be negative, the other: even, odd, or
        by the sign of the core."""
        if self.core is None:
            return self.plain(ratios[0])
        plus, minus = ratios[0], ratios[-1]
        if plus.equals(minus):
            return self.plain(plus)
        if plus.equals(-minus):
            return self.odd(plus)
        # |x| is x on one side and -x on the other.
        signed = (ratio.replaced(ABSOLUTE, sign * generator(CORE)) for ratio, sign in ((plus, 1), (minus, -1)))
        return _by_sign(self.core, *map(self.plain, signed))

    def odd(self, plus: Ratio) -> Term:
        assert self.core is not None
        if lowest(plus.above, ABSOLUTE) > 0:
            return self.plain(Ratio(plus.above / generator(ABSOLUTE) * generator(CORE), plus.below))
        written = self.plain(plus)
        above, *below = written.args if written.head == "div" else (written,)
        signed = _by_sign(self.core, above, negated(above))
        return signed / below[0] if below else signed

    @cached_property
    def magnitude(self) -> Term:
        assert self.core is not None
        if decide(relation("ge", self.core, 0), self.domain):
            return self.core
        return -self.core if decide(relation("le", self.core, 0), self.domain) else call("abs", self.core)

    @cached_property
    def exponent(self) -> Term:
        """-unit*|core|, |core| being no farther out than matters."""
        factor, size = self.unit, self.magnitude
        if factor == 1:
            return -size
        if factor.numerator == 1:
            return -(size / term(factor.denominator))
        leaf = self.core is not None and self.core.head in ("sym", "index")
        if factor > 1 and leaf and range_of(size, self.domain).high is None:
            size = call("min", size, -(-UNDERFLOW_EXPONENT // factor))
        return -(term(factor) * size)

    @cached_property
    def bounded(self) -> set[int]:
        """The generators that stay within a few units of 0."""
        return {Z} | {slot for slot, opaque in enumerate(self.ring.terms) if slot > CORE and self.is_bounded(opaque)}

    def is_bounded(self, opaque: Term) -> bool:
        found = range_of(opaque, self.domain)
        return found.low is not None and found.high is not None and max(-found.low, found.high) <= MAX_BOUNDED

    def plain(self, ratio: Ratio) -> Term:
        """The ratio with 1 - z as expm1, and z as 1 + expm1 where that costs nothing."""
        terms = dict(enumerate(self.ring.terms))
        whole = ratio.above * ratio.below
        if self.core is None or not slots_in(whole) & {Z, ABSOLUTE, CORE}:
            return Writer(terms, (), self.bounded).ratio(ratio)
        terms |= {Z: call("exp", self.exponent), ABSOLUTE: self.magnitude, CORE: self.core}
        less, one_less = call("expm1", self.exponent), generator(Z) - 1
        if slots_in(whole) <= {Z} and lowest(whole, Z) == 0 and degree(whole.gcd(one_less), Z) == 1:
            return Writer(terms | {Z: less}, (), self.bounded).ratio(ratio.replaced(Z, generator(Z) + 1))
        return Writer(terms, ((one_less, less),), self.bounded).ratio(ratio)


def _by_sign(core: Term, plus: Term, minus: Term) -> Term:
    """The value by the sign of the core; where the core is NaN, so is the value."""
    names = free_symbols(core)
    if names <= free_symbols(minus):
        return cases((plus, relation("ge", core, 0)), otherwise=minus)
    if names <= free_symbols(plus):
        return cases((minus, relation("lt", core, 0)), otherwise=plus)
    return cases((plus, relation("ge", core, 0)), (minus, relation("lt", core, 0)), otherwise=NAN)
