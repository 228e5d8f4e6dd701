"""A formula as an expansion in the powers of what falls fastest in it, the coefficients varying more slowly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.calculus.derivative import derivative
from derive.elementary.table import column
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.limits.expansion import Algebra, Expansion, constant
from derive.limits.signs import evaluated
from derive.limits.spelling import ERFCX
from derive.term import (
    INFINITY,
    ONE,
    PI,
    Term,
    call,
    free_symbols,
    rational_value,
    rebuild,
    substitute,
    symbol,
    term,
    transform,
)
from derive.values.balls import enclose
from derive.values.one_sided import Indeterminate

if TYPE_CHECKING:
    from derive.limits.growth import Growth

GROWING: Final = symbol("#X")
LOGARITHM: Final = call("log", GROWING)
MAX_ORDER: Final = 32  # of a whole power that is multiplied out
ANALYTIC: Final = column("analytic")  # with a Taylor series, everywhere or where their values are finite


@dataclass(frozen=True)
class Scale:
    """w, by the terms that are its powers: each with its exponent, and what is left of its logarithm."""

    powers: dict[Term, Fraction]
    logarithm: Term  # of w


class Asymptotics:
    """A formula as an expansion in the powers of w."""

    def __init__(self, growth: Growth, algebra: Algebra, scale: Scale) -> None:
        self.growth, self.algebra, self.scale = growth, algebra, scale
        self.memo: dict[Term, Expansion] = {}

    def expand(self, node: Term) -> Expansion:
        if node not in self.memo:
            self.growth.fuel.spend()
            self.memo[node] = self._expand(node)
        return self.memo[node]

    def _expand(self, node: Term) -> Expansion:
        if not self.growth.moves(node):
            return constant(node)
        if node in self.scale.powers:
            return self._power_of_w(node)
        if node is GROWING:
            return constant(node)
        if node.head == "exp":
            return self.algebra.exponential(self.expand(node.args[0]))
        if node.head == "log":
            return self.algebra.logarithm(self.expand(node.args[0]))
        if node.head == "pow":
            return self._power(node)
        if node.head in ("add", "sub", "mul", "div", "neg"):
            return self._arithmetic(node)
        return self._function(node)

    def _power_of_w(self, node: Term) -> Expansion:
        exponent = self.scale.powers[node]
        if node is GROWING or (
            abs(exponent) == 1 and node.args[0] in (self.scale.logarithm, negated_exponent(self.scale.logarithm))
        ):
            return Expansion({exponent: ONE})
        logarithm = self.expand(self.scale.logarithm)
        left = self.algebra.add(self.expand(node.args[0]), self.algebra.scaled(logarithm, term(-exponent), Fraction(0)))
        return self.algebra.scaled(self.algebra.exponential(left), ONE, exponent)

    def _power(self, node: Term) -> Expansion:
        order = rational_value(node.args[1])
        if order is None or (order.denominator == 1 and abs(order) > MAX_ORDER):
            raise Indeterminate
        return self.algebra.power(self.expand(node.args[0]), order)

    def _arithmetic(self, node: Term) -> Expansion:
        algebra, parts = self.algebra, [self.expand(part) for part in node.args]
        if node.head == "neg":
            return algebra.negative(parts[0])
        if node.head == "add":
            return algebra.add(*parts)
        if node.head == "sub":
            return algebra.add(parts[0], algebra.negative(parts[1]))
        if node.head == "mul":
            return algebra.multiply(*parts)
        return algebra.multiply(parts[0], algebra.power(parts[1], Fraction(-1)))

    def _function(self, node: Term) -> Expansion:
        *fixed, moving = node.args
        if any(map(self.growth.moves, fixed)):
            raise Indeterminate
        argument = self.expand(moving)
        if node.head == "apply" and node.data == ERFCX:
            return self._erfcx(argument)
        middle, small = self.algebra.parted(argument)
        self._check(node, middle)
        found, slope, factor = list[Term](), rebuild(node, (*fixed, symbol("#u"))), Fraction(1)
        for count in range(self.algebra.width):
            found.append(evaluated(shorter(substitute(slope, {symbol("#u"): middle}))) * term(factor))
            slope, factor = derivative(slope, symbol("#u")), factor / (count + 1)
        return self.algebra.series([shorter(part) for part in found], small, None)

    def _check(self, node: Term, middle: Term) -> None:
        """The function has a Taylor series about the limit of its argument."""
        if node.head not in ANALYTIC:
            raise Indeterminate
        at = self.growth.inner_limit(in_exponentials(middle) if GROWING in self.scale.powers else middle)
        if at in (INFINITY, -INFINITY):
            raise Indeterminate
        if ANALYTIC[node.head] == "everywhere":
            return
        there = rebuild(node, (*node.args[:-1], at))
        slope = substitute(derivative(rebuild(node, (*node.args[:-1], symbol("#u"))), symbol("#u")), {symbol("#u"): at})
        if free_symbols(there):
            raise Indeterminate
        try:
            finite = all(enclose(part, {}, 128).is_finite() for part in (there, slope))
        except (Undefined, Undetermined, UnsupportedError):
            raise Indeterminate from None
        if not finite:
            raise Indeterminate

    def _erfcx(self, argument: Expansion) -> Expansion:
        """1/(u sqrt(pi)) times the sum of (-1)^k (2k - 1)!!/(2 u^2)^k, which it is nearer to than any term."""
        exponent, value, sign = self.algebra.leading(argument)
        if exponent >= 0:
            if len(argument.terms) == 1 and argument.rest is None:
                return constant(Term("apply", (value,), ERFCX))
            raise Indeterminate
        if sign < 0:
            raise Indeterminate
        inverse = self.algebra.power(argument, Fraction(-1))
        square = self.algebra.multiply(inverse, inverse)
        found, factor = list[Term](), Fraction(1)
        for count in range(self.algebra.width):
            found.append(term(factor))
            factor *= -Fraction(2 * count + 1, 2)
        series = self.algebra.series(found, square, None)
        return self.algebra.scaled(self.algebra.multiply(inverse, series), ONE / call("sqrt", PI), Fraction(0))


def in_exponentials(value: Term) -> Term:
    """A coefficient of powers of the variable, in whose logarithm it is written: that is the next to grow."""

    def visit(node: Term) -> Term:
        if node.head == "log" and node.args[0].head == "exp":
            return node.args[0].args[0]
        return node

    return transform(substitute(value, {GROWING: call("exp", GROWING)}), visit)


def negated_exponent(node: Term) -> Term:
    return node.args[0] if node.head == "neg" else -node


def shorter(node: Term) -> Term:
    value = rational_value(node)
    return node if value is None else term(value)
