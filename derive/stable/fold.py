"""Folding: a formula in one exponential e^u becomes rational in z = e^-|u|, which lies in (0, 1].

On each side of u = 0 the formula is a ratio of polynomials in z and in opaque terms; it cannot overflow in z, and
1 - z is written as expm1. The two sides are joined as one where they are even or odd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Final

from derive.differentiate import negated
from derive.domain import Domain
from derive.intervals import decide, range_of
from derive.stable.kinks import resolve
from derive.stable.ratio import (
    ARITHMETIC,
    Polynomial,
    Ratio,
    Ring,
    TooLarge,
    Writer,
    composed,
    constant,
    degree,
    generator,
    lowest,
    read_ratio,
    slots_in,
)
from derive.term import (
    NAN,
    ONE,
    ZERO,
    Term,
    branches,
    call,
    cases,
    free_symbols,
    rational_value,
    rebuild,
    relation,
    size,
    symbol,
    term,
)

KINKS: Final = ("abs", "sign", "max", "min", "cases")
TRANSPARENT: Final = (*ARITHMETIC, "exp", "expm1", "log", "log1p", *KINKS)
EVERYDAY: Final = 8  # a factor within this size does not spoil the last digits of a subnormal number
Z: Final = 0  # the slot of z


class NotFolded(ArithmeticError):  # noqa: N818 - a fact about a formula, not a fault
    """The formula gains nothing, or is not rational in one exponential."""


def fold(root: Term, domain: Domain) -> Term:
    """`root` with every part that is rational in one exponential folded."""
    memo: dict[Term, Term] = {}

    def walk(node: Term) -> Term:
        if node not in memo:
            memo[node] = _folded(node, domain, walk)
        return memo[node]

    return walk(root)


def _folded(node: Term, domain: Domain, walk: Callable[[Term], Term]) -> Term:
    if node.head in TRANSPARENT:
        for core in _cores(node):
            try:
                return _Fold(node, core, domain, walk).result()
            except (NotFolded, TooLarge, ZeroDivisionError):
                continue
    return _inside(node, walk)


def _inside(node: Term, walk: Callable[[Term], Term]) -> Term:
    """`node` with its parts folded; conditions are left as they are."""
    if node.head == "cases":
        return Term("cases", tuple(part for v, condition in branches(node) for part in (walk(v), condition)))
    return rebuild(node, tuple(map(walk, node.args)))


def _cores(root: Term) -> list[Term | None]:
    """What the exponents in a formula are multiples of, outermost first; then variables that have a kink at 0."""
    exponents, kinked = dict[Term, None](), dict[Term, None]()
    for node in _visible(root):
        if node.head in ("exp", "expm1"):
            exponents.setdefault(_split(node.args[0])[1])
        if node.head in KINKS:
            kinked.update(dict.fromkeys(_leaves(node)))
    listed = sorted(exponents, key=lambda core: sum(_occurs(other, core) for other in exponents), reverse=True)
    varying = [core for core in listed if rational_value(core) is None]
    return [*varying, *(leaf for leaf in kinked if leaf not in varying), None]


def _occurs(inner: Term, outer: Term) -> bool:
    return any(node.head == "exp" and _split(node.args[0])[1] == inner for node in _visible(outer))


def _visible(root: Term) -> Iterator[Term]:
    """The nodes that folding sees through, once each, parents first."""
    seen, stack = set[Term](), [root]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        if node.head in TRANSPARENT:
            stack += [part for part in reversed(node.args) if part.head not in ("true", "false")]


def _leaves(node: Term) -> list[Term]:
    """The variables on whose sign alone a kink can depend."""
    first = node.args[1] if node.head == "cases" else node
    found = [part for part in _visible_in_condition(first) if part.head in ("sym", "index")]
    return found if len(found) == 1 else []


def _visible_in_condition(node: Term) -> list[Term]:
    if node.head in ("sym", "index"):
        return [node]
    return list(dict.fromkeys(leaf for part in node.args for leaf in _visible_in_condition(part)))


def _split(exponent: Term) -> tuple[Fraction, Term]:
    """A rational factor, and what it multiplies."""
    if exponent.head == "neg":
        factor, core = _split(exponent.args[0])
        return -factor, core
    if exponent.head in ("mul", "div"):
        for number, other in (exponent.args[::-1], exponent.args):
            value = rational_value(number)
            if value and (exponent.head == "mul" or number is exponent.args[1]):
                factor, core = _split(other)
                return (factor * value if exponent.head == "mul" else factor / value), core
    return Fraction(1), exponent


@dataclass(frozen=True)
class _Side:
    """A formula where the core is positive (sign 1) or negative (-1)."""

    sign: int
    ratio: Ratio


class _Fold:
    """One attempt. Slot 0 stands for z, slot 1 for the core's absolute value, slot 2 for the core itself."""

    def __init__(self, root: Term, core: Term | None, domain: Domain, walk: Callable[[Term], Term]) -> None:
        self.root, self.core, self.domain, self.walk = root, core, domain, walk
        self.ring = Ring([symbol("#z"), symbol("#t"), symbol("#x")])
        self.unit = self.find_unit()
        self.logs, self.resolved = 0, 0

    def find_unit(self) -> Fraction:
        """The largest rational of which every factor in an exponent is a multiple."""
        factors = []
        for node in _visible(self.root):
            if node.head in ("exp", "expm1"):
                factor = self.multiple(node.args[0])
                factors += [abs(factor)] if factor else []
        if not factors:
            return Fraction(1)
        below = 1
        for factor in factors:
            below = below * factor.denominator // gcd(below, factor.denominator)
        return Fraction(gcd(*(int(factor * below) for factor in factors)), below)

    def multiple(self, exponent: Term) -> Fraction | None:
        """The rational that `exponent` is of the core, if it is one."""
        factor, inner = _split(exponent)
        if self.core is None or inner == self.core:
            return factor if self.core is not None else None
        plain = Ring()

        def read(node: Term) -> Ratio:
            found = read_ratio(node, read)
            return found if found is not None else plain.ratio(node)

        try:
            quotient = read(inner) / read(self.core)
        except (TooLarge, ZeroDivisionError):
            return None
        return factor * quotient.value() if quotient.is_constant else None

    # Reading: the formula on one side of core = 0.

    def side(self, sign: int) -> _Side:
        domain = self.domain
        if sign and self.core is not None:
            domain = domain.related(relation("gt" if sign > 0 else "lt", self.core, 0))
        memo: dict[Term, Ratio] = {}

        def read(node: Term) -> Ratio:
            if node not in memo:
                memo[node] = self.read(node, sign, domain, read)
            return memo[node]

        return _Side(sign, read(self.root))

    def read(self, node: Term, sign: int, domain: Domain, read: Callable[[Term], Ratio]) -> Ratio:
        if node == self.core and sign and node.head in ("sym", "index"):
            return constant(sign) * Ratio(generator(1), constant(1).above)
        found = read_ratio(node, read)
        if found is not None:
            return found
        if node.head == "exp" and sign:
            factor = self.multiple(node.args[0])
            if factor is not None:
                return Ratio(generator(Z), constant(1).above) ** -int(sign * factor / self.unit)
        if node.head == "expm1":
            return read(call("exp", node.args[0])) + constant(-1)
        if node.head in ("log", "log1p"):
            argument = read(node.args[0]) + constant(int(node.head == "log1p"))
            if slots_in(argument.above * argument.below) & {Z}:
                return self.logarithm(argument, sign, read)
        if node.head in KINKS and sign:
            chosen = resolve(node, domain)
            if chosen is not None:
                self.resolved += 1
                return read(chosen)
        return self.ring.ratio(_inside(node, self.walk))

    def logarithm(self, of: Ratio, sign: int, read: Callable[[Term], Ratio]) -> Ratio:
        """log(z^k A/B) = -k|u| + log1p((A - B)/B), for A and B that agree at z = 0; otherwise log(A/B)."""
        assert self.core is not None
        self.logs += 1
        above, below = of.above, of.below
        shift = lowest(above, Z) - lowest(below, Z)
        above, below = _lowered(above, Z), _lowered(below, Z)
        linear = constant(-shift * sign * self.unit) * read(self.core)
        if above == below:
            return linear
        writer = self.writer([], Z)
        starts = [_at_no_z(polynomial) for polynomial in (above, below)]
        flip = -1 if len(above.monoms()) < len(below.monoms()) else 1
        above, below = (above, below)[::flip]
        if starts[0] == starts[1]:
            opaque = call("log1p", writer.ratio(Ratio(above - below, below)))
        else:
            opaque = call("log", writer.ratio(Ratio(above, below)))
        return linear + constant(flip) * self.ring.ratio(opaque)

    # Writing: z and the opaque terms back in place.

    def power_of_z(self, scale: Fraction) -> Term:
        """The exponent of z^scale: -scale*unit*|u|."""
        assert self.core is not None
        factor = scale * self.unit
        size = self.magnitude()
        return -(size if factor == 1 else _scaled(size, factor))

    def magnitude(self) -> Term:
        assert self.core is not None
        if decide(relation("ge", self.core, 0), self.domain):
            return self.core
        return -self.core if decide(relation("le", self.core, 0), self.domain) else call("abs", self.core)

    def writer(self, special: list[tuple[Polynomial, Term]], scale: int, z: Term | None = None) -> Writer:
        terms = dict(enumerate(self.ring.terms))
        bounded = {slot for slot, opaque in terms.items() if slot > 2 and self.is_small(opaque)} | {Z}
        if self.core is not None:
            terms |= {1: self.magnitude(), 2: self.core}
            terms[Z] = z if z is not None else call("exp", self.power_of_z(Fraction(scale or 1)))
        return Writer(terms, special, bounded)

    def is_small(self, opaque: Term) -> bool:
        found = range_of(opaque, self.domain)
        return found.low is not None and found.high is not None and max(-found.low, found.high) <= EVERYDAY

    def result(self) -> Term:
        """The folded formula. Raises NotFolded where nothing is gained."""
        sides = [self.side(sign) for sign in self.signs()]
        self.check_worth(sides)
        scale = self.common_scale(sides)
        ratios = [side.ratio for side in sides]
        if scale > 1:
            ratios = [Ratio(_deflated(r.above, scale), _deflated(r.below, scale)) for r in ratios]
        layout = _Layout(self, scale, any(map(self.amplifies, ratios)))
        if len(ratios) == 1:
            return layout.write(ratios[0])
        return _Join(self, layout, ratios[0], ratios[1]).result()

    def signs(self) -> tuple[int, ...]:
        if self.core is None:
            return (0,)
        if decide(relation("ge", self.core, 0), self.domain):
            return (1,)
        return (-1,) if decide(relation("le", self.core, 0), self.domain) else (1, -1)

    def check_worth(self, sides: list[_Side]) -> None:
        if self.resolved or self.logs:
            return
        ratios = [side.ratio for side in sides]
        if any(slots_in(ratio.below) & {Z} or degree(ratio.above, Z) > 1 for ratio in ratios):
            bare = all(len(ratio.above.monoms()) == len(ratio.below.monoms()) == 1 for ratio in ratios)
            if not bare:
                return
        elif self.core is None and self.has_fractions() and size(self.writer([], 1).ratio(ratios[0])) < size(self.root):
            return
        raise NotFolded

    def has_fractions(self) -> bool:
        """Whether fractions with different denominators are added: they may cancel."""
        below = {node.args[1] for node in _visible(self.root) if node.head == "div"}
        return len([part for part in below if rational_value(part) is None]) > 1 and any(
            node.head in ("add", "sub") for node in _visible(self.root)
        )

    def common_scale(self, sides: list[_Side]) -> int:
        exponents = {
            int(monomial[Z]) for side in sides for p in (side.ratio.above, side.ratio.below) for monomial in p.monoms()
        }
        return (gcd(*exponents) or 1) if not self.logs else 1

    def amplifies(self, ratio: Ratio) -> bool:
        """Whether z itself, which may be subnormal, is multiplied by what may be large."""
        if lowest(ratio.above, Z) - lowest(ratio.below, Z) != 1:
            return False
        tail = _at_no_z(_lowered(ratio.above, Z))
        return not slots_in(tail) <= self.writer([], 1).bounded


@dataclass(frozen=True)
class _Layout:
    """How z is written: e^(-scale*unit*|u|), or with `half` as h*h, h being half as far down, so that a product
    with z is rounded to a subnormal number only once."""

    fold: _Fold
    scale: int
    half: bool

    @property
    def exponential(self) -> Term:
        """h where there is one, else z."""
        return call("exp", self.fold.power_of_z(Fraction(self.scale, 2 if self.half else 1)))

    def write(self, ratio: Ratio) -> Term:
        if self.fold.core is None or not slots_in(ratio.above * ratio.below) & {Z}:
            return self.fold.writer([], 1).ratio(ratio)
        written = self.tail(ratio) if self.half and self.fold.amplifies(ratio) else self.plain(ratio)
        limit = self.limit(ratio)
        if limit is None:
            return written
        return cases((limit, relation("eq", self.exponential, 0)), otherwise=written)

    def plain(self, ratio: Ratio) -> Term:
        """With 1 - z as expm1, and z as 1 + expm1 where that costs nothing."""
        less = call("expm1", self.fold.power_of_z(Fraction(self.scale)))
        one_less = constant(1).above - generator(Z)
        whole = ratio.above * ratio.below
        alone = slots_in(whole) <= {Z} and lowest(whole, Z) == 0 and degree(whole.gcd(one_less), Z) == 1
        if alone:
            return self.fold.writer([], 1, less).ratio(ratio.replaced(Z, generator(Z) + 1))
        z = self.exponential**2 if self.half else self.exponential
        return self.fold.writer([(one_less, -less)], 1, z).ratio(ratio)

    def tail(self, ratio: Ratio) -> Term:
        """z*A/B as A*h/B*h."""
        h = self.exponential
        rest = self.plain(Ratio(_lowered(ratio.above, Z), ratio.below))
        top, *bottom = rest.args if rest.head == "div" else (rest,)
        negative, top = top.head == "neg", top.args[0] if top.head == "neg" else top
        start = h if top == ONE else top * h
        whole = (start / bottom[0] if bottom else start) * h
        return -whole if negative else whole

    def limit(self, ratio: Ratio) -> Term | None:
        """The value as z vanishes, needed where z is multiplied by what may be infinite."""
        bounded = self.fold.writer([], 1).bounded
        vanishing = lowest(ratio.above, Z) > 0
        if vanishing and not slots_in(ratio.above * ratio.below) <= bounded:
            return ZERO
        if any(_mixes(factor, bounded) for p in (ratio.above, ratio.below) for factor, _ in p.factor()[1]):
            return self.fold.writer([], 1).ratio(ratio.replaced(Z, constant(0).above))
        return None


def _mixes(factor: Polynomial, bounded: set[int]) -> bool:
    """Whether z is multiplied by a generator that may be infinite."""
    return any(
        monomial[Z] and any(exponent and slot not in bounded for slot, exponent in enumerate(monomial))
        for monomial in factor.monoms()
    )


@dataclass(frozen=True)
class _Join:
    """The two sides as one formula: even, odd, or by the sign of the core."""

    fold: _Fold
    layout: _Layout
    plus: Ratio
    minus: Ratio

    def result(self) -> Term:
        core = self.fold.core
        assert core is not None
        if self.plus.equals(self.minus):
            return self.layout.write(self.plus)
        if self.plus.equals(-self.minus):
            return self.odd(core)
        plus, minus = (self.layout.write(self.signed(side, sign)) for side, sign in ((self.plus, 1), (self.minus, -1)))
        return _by_sign(core, plus, minus)

    def signed(self, ratio: Ratio, sign: int) -> Ratio:
        """|x| written as x or -x."""
        return ratio.replaced(1, sign * generator(2))

    def odd(self, core: Term) -> Term:
        if lowest(self.plus.above, 1) > 0:
            return self.layout.write(Ratio(_lowered(self.plus.above, 1, 1) * generator(2), self.plus.below))
        written = self.layout.write(self.plus)
        positive = relation("ge", core, 0)
        if written.head == "div":
            above, below = written.args
            return cases((above, positive), otherwise=negated(above)) / below
        return cases((written, positive), otherwise=negated(written))


def _by_sign(core: Term, plus: Term, minus: Term) -> Term:
    """The value by the sign of the core; where the core is NaN, so is the value."""
    names = free_symbols(core)
    if names <= free_symbols(minus):
        return cases((plus, relation("ge", core, 0)), otherwise=minus)
    if names <= free_symbols(plus):
        return cases((minus, relation("lt", core, 0)), otherwise=plus)
    return cases((plus, relation("ge", core, 0)), (minus, relation("lt", core, 0)), otherwise=NAN)


def _lowered(polynomial: Polynomial, slot: int, by: int | None = None) -> Polynomial:
    """`polynomial` divided by the greatest power of a generator that divides it, or by that power."""
    power = lowest(polynomial, slot) if by is None else by
    return polynomial / generator(slot) ** power if power else polynomial


def _at_no_z(polynomial: Polynomial) -> Polynomial:
    return composed(polynomial, Z, constant(0).above)


def _deflated(polynomial: Polynomial, scale: int) -> Polynomial:
    """`polynomial` with z^scale written as z."""
    found = {
        tuple(int(e) // (scale if slot == Z else 1) for slot, e in enumerate(monomial)): coefficient
        for monomial, coefficient in polynomial.to_dict().items()
    }
    return polynomial.context().from_dict(found)


def _scaled(of: Term, factor: Fraction) -> Term:
    if factor.denominator == 1:
        return term(factor) * of
    return of / term(factor.denominator) if factor.numerator == 1 else term(factor) * of
