"""Folding: a formula in one exponential e^u is rational in z = e^-|u|, which lies in (0, 1] and never overflows.

On each side of u = 0 the formula becomes a ratio of polynomials in z, in |u| where u is a variable, and in opaque
terms; a logarithm of such a ratio splits off its multiple of |u|.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import gcd

from derive.limits.sides import resolve
from derive.relations import opposite
from derive.rules.engine import Rule, read_rules, rewrite
from derive.rules.stability import EXPONENTIALS
from derive.spec.domain import Domain
from derive.stabilisation.cores import KINKED, TRANSPARENT, common_unit, cores, multiple
from derive.stabilisation.layout import ABSOLUTE, Layout, Z, at_no_z
from derive.term import Term, branches, call, free_symbols, rebuild, relation, symbol
from derive.values.intervals import decide
from derive.values.ratio import (
    Polynomial,
    Ratio,
    Ring,
    TooLarge,
    constant,
    degree,
    generator,
    lowered,
    lowest,
    read_ratio,
    slots_in,
)


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


@cache
def _definitions() -> tuple[Rule, ...]:
    return read_rules(EXPONENTIALS)


def _folded(node: Term, domain: Domain, walk: Callable[[Term], Term]) -> Term:
    written, _ = rewrite(node, _definitions(), domain)
    if written.head in TRANSPARENT:
        for core in cores(written):
            try:
                return _Fold(written, core, domain, walk).result()
            except (NotFolded, TooLarge, ZeroDivisionError):
                continue
    return _inside(node, domain, walk)


def _inside(node: Term, domain: Domain, walk: Callable[[Term], Term]) -> Term:
    """`node` with its parts folded; each branch where it is used, conditions as they are."""
    if node.head != "cases":
        return rebuild(node, tuple(map(walk, node.args)))
    parts: list[Term] = []
    for value, condition in branches(node):
        parts += [fold(value, domain.related(condition)), condition]
        domain = domain.related(opposite(condition))
    return Term("cases", tuple(parts))


@dataclass(frozen=True)
class _Side:
    """One side of core = 0: where the core is positive (1) or negative (-1)."""

    sign: int
    domain: Domain


class _Fold:
    """One attempt at a formula, with one core."""

    def __init__(self, root: Term, core: Term, domain: Domain, walk: Callable[[Term], Term]) -> None:
        self.root, self.core, self.domain, self.walk = root, core, domain, walk
        self.ring = Ring([symbol("#z"), symbol("#t"), symbol("#x")])
        self.unit = common_unit(root, core)
        self.gains = False

    def result(self) -> Term:
        """The folded formula. Raises NotFolded where nothing is gained."""
        ratios = [self.side(side) for side in self.sides()]
        self.check_gain(ratios)
        scale = self.common_power(ratios)
        if scale > 1:
            ratios = [Ratio(_deflated(r.above, scale), _deflated(r.below, scale)) for r in ratios]
        return Layout(self.ring, self.core, self.unit * scale, self.domain).write(ratios)

    def sides(self) -> list[_Side]:
        positive, negative = (relation(kind, self.core, 0) for kind in ("gt", "lt"))
        sides = [_Side(1, self.domain.related(positive)), _Side(-1, self.domain.related(negative))]
        if decide(relation("ge", self.core, 0), self.domain):
            return sides[:1]
        return sides[1:] if decide(relation("le", self.core, 0), self.domain) else sides

    def side(self, side: _Side) -> Ratio:
        memo: dict[Term, Ratio] = {}

        def read(node: Term) -> Ratio:
            if node not in memo:
                memo[node] = self.read(node, side, read)
            return memo[node]

        return read(self.root)

    def read(self, node: Term, side: _Side, read: Callable[[Term], Ratio]) -> Ratio:
        if node == self.core and node.head in ("sym", "index"):
            return constant(side.sign) * Ratio(generator(ABSOLUTE), constant(1).above)
        found = read_ratio(node, read)
        if found is not None:
            return found
        if node.head == "exp":
            factor = multiple(node.args[0], self.core)
            if factor is not None:
                return Ratio(generator(Z), constant(1).above) ** -int(side.sign * factor / self.unit)
        if node.head == "expm1":
            return read(call("exp", node.args[0])) + constant(-1)
        if node.head in ("log", "log1p"):
            argument = read(node.args[0]) + constant(int(node.head == "log1p"))
            if slots_in(argument.above * argument.below) & {Z}:
                return self.logarithm(argument, side, read)
        if node.head in KINKED and self.turns(node):
            return read(self.resolved(node, side.domain))
        return self.ring.ratio(_inside(node, self.domain, self.walk))

    def turns(self, node: Term) -> bool:
        """Whether a kink depends on the core."""
        return bool(free_symbols(self.core) & free_symbols(node))

    def resolved(self, node: Term, domain: Domain) -> Term:
        found = resolve(node, domain)
        if found is None:
            raise NotFolded
        self.gains = True
        return found

    def logarithm(self, of: Ratio, side: _Side, read: Callable[[Term], Ratio]) -> Ratio:
        """log(z^k A/B) = -k|u| + log1p((A - B)/B), for A and B that agree at z = 0; otherwise log(A/B)."""
        self.gains = True
        above, below = lowered(of.above, Z), lowered(of.below, Z)
        power = lowest(of.above, Z) - lowest(of.below, Z)
        linear = constant(-power * side.sign * self.unit) * read(self.core)
        if above == below:
            return linear
        # The simpler of the two below; the logarithm changes sign with that.
        flip = -1 if len(above.monoms()) < len(below.monoms()) else 1
        above, below = (above, below)[::flip]
        write = Layout(self.ring, self.core, self.unit, self.domain).plain
        if at_no_z(above) == at_no_z(below):
            opaque = call("log1p", write(Ratio(above - below, below)))
        else:
            opaque = call("log", write(Ratio(above, below)))
        return linear + constant(flip) * self.ring.ratio(opaque)

    def check_gain(self, ratios: list[Ratio]) -> None:
        """A power of e^u, or a sum with one, is better left as it is; one that all terms have is taken out."""
        if any(lowest(ratio.below, Z) for ratio in ratios):
            raise NotFolded
        folds = any(slots_in(ratio.below) & {Z} or degree(ratio.above, Z) > 1 for ratio in ratios)
        bare = all(len(ratio.above.monoms()) == len(ratio.below.monoms()) == 1 for ratio in ratios)
        factored = any(lowest(ratio.above, Z) and len(ratio.above.monoms()) > 1 for ratio in ratios)
        if not self.gains and (bare or not (folds or factored)):
            raise NotFolded

    def common_power(self, ratios: list[Ratio]) -> int:
        """The power of z of which everything is written; logarithms have been written already."""
        if any(opaque.head in ("log", "log1p") for opaque in self.ring.terms):
            return 1
        exponents = {int(m[Z]) for ratio in ratios for p in (ratio.above, ratio.below) for m in p.monoms()}
        return gcd(*exponents) or 1


def _deflated(polynomial: Polynomial, power: int) -> Polynomial:
    """`polynomial` with z^power written as z."""
    found = {
        tuple(int(e) // (power if slot == Z else 1) for slot, e in enumerate(monomial)): coefficient
        for monomial, coefficient in polynomial.to_dict().items()
    }
    return polynomial.context().from_dict(found)
