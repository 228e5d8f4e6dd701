"""Laurent expansions with a bound for everything beyond: t^low*(c0 + c1 t + ... + rest*t^n) for all |t| <= r.

The coefficients are balls around the true ones; `rest` encloses what the remaining terms come to, anywhere on the
interval, by the Lagrange form of the remainder (a series whose centre is the whole interval) or by arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flint import arb, arb_series, ctx

from derive.term import ZERO, Term, branches, free_symbols, rational_value, relation
from derive.truth.enclose import enclose

BITS: Final = 320
Series = Any  # flint.arb_series; flint has no types

SERIES: Final[dict[str, Callable[[Series], Series]]] = {
    **{name: getattr(arb_series, name) for name in "exp log sqrt sin cos tan asin acos atan erf erfc gamma".split()},
    "expm1": lambda u: u.exp() - 1, "log1p": lambda u: (1 + u).log(),
    "sinh": lambda u: (u.exp() - (-u).exp()) / 2, "cosh": lambda u: (u.exp() + (-u).exp()) / 2,
    "tanh": lambda u: ((2 * u).exp() - 1) / ((2 * u).exp() + 1),
    "asinh": lambda u: (u + (u * u + 1).sqrt()).log(), "atanh": lambda u: ((1 + u).log() - (1 - u).log()) / 2,
}  # fmt: skip

# Whether a relation holds where its left side is greater (True), and where it is less (False).
SIGNS: Final = {
    "gt": (True,), "ge": (True,), "lt": (False,), "le": (False,), "eq": (), "ne": (True, False),
}  # fmt: skip


class NoSeries(ArithmeticError):  # noqa: N818 - a fact about a formula, not a fault
    """The formula has no expansion here, or none that is known."""


@dataclass(frozen=True)
class Laurent:
    """t^low * (sum of parts[k]*t^k + rest*t^len(parts)) on the whole interval.

    wide: the series about the interval's every point, where the function is smooth; its coefficients bound
    derivatives.
    """

    low: int
    parts: tuple[arb, ...]
    rest: arb
    wide: Series | None = None

    def stripped(self) -> Laurent:
        """Without leading coefficients that are exactly 0."""
        zeros = next((k for k, part in enumerate(self.parts) if not part.is_zero()), None)
        if zeros is None:
            raise NoSeries
        return Laurent(self.low + zeros, self.parts[zeros:], self.rest, self.wide) if zeros else self


def polynomial(parts: tuple[arb, ...], at: arb) -> arb:
    total = arb(0)
    for part in reversed(parts):
        total = total * at + part
    return total


class Expansion:
    """Expansions of the subterms of one formula about `centre`, for distances up to `radius`, in `order` terms."""

    def __init__(self, centre: arb, radius: arb, order: int) -> None:
        self.centre, self.order, self.radius = centre, order, radius
        self.interval = arb(0, radius)
        self.memo: dict[Term, Laurent] = {}

    def of(self, root: Term) -> Laurent:
        """The expansion of a formula in one variable. Raises NoSeries where there is none."""
        cap = ctx.cap
        ctx.cap = self.order + 1
        try:
            with ctx.workprec(BITS):
                return self.read(root)
        finally:
            ctx.cap = cap

    def read(self, node: Term) -> Laurent:
        if node not in self.memo:
            self.memo[node] = self.expand(node)
        return self.memo[node]

    def expand(self, node: Term) -> Laurent:
        if not free_symbols(node):
            return self.smooth(arb_series([enclose(node, {}, BITS)]), arb_series([enclose(node, {}, BITS)]))
        if node.head == "sym":
            return self.smooth(arb_series([self.centre, 1]), arb_series([self.centre + self.interval, 1]))
        if node.head == "pow":
            return self.power(node)
        if node.head == "cases":
            return self.read(self.chosen(node))
        parts = [self.read(part) for part in node.args]
        if node.head in ("max", "min"):
            return parts[0 if self.holds(relation("ge" if node.head == "max" else "le", *node.args)) else 1]
        if node.head == "neg":
            return self.times(parts[0], self.constant(-1))
        if node.head in ("add", "sub"):
            return self.plus(parts[0], parts[1] if node.head == "add" else self.times(parts[1], self.constant(-1)))
        if node.head == "mul":
            return self.times(*parts)
        if node.head == "div":
            return self.over(*parts)
        if node.head == "abs":
            positive = self.holds(relation("ge", node.args[0], ZERO))
            return parts[0] if positive else self.times(parts[0], self.constant(-1))
        if node.head not in SERIES or parts[0].wide is None:
            raise NoSeries
        (inner,) = parts
        if inner.low < 0:
            raise NoSeries
        narrow = arb_series([arb(0)] * inner.low + list(inner.parts))
        try:
            return self.smooth(SERIES[node.head](narrow), SERIES[node.head](inner.wide))
        except (ValueError, ZeroDivisionError):  # the balls are too wide for the quotient of exponentials
            raise NoSeries from None

    def chosen(self, node: Term) -> Term:
        """The branch that holds on the whole interval."""
        for value, condition in branches(node):
            if condition.head == "true" or self.holds(condition):
                return value
        raise NoSeries

    def holds(self, condition: Term) -> bool:
        """Whether a relation holds on the whole interval; False: nowhere there. Raises NoSeries for anything else."""
        if condition.head not in SIGNS:
            raise NoSeries
        left, right = (self.read(side).wide for side in condition.args)
        if left is None or right is None or (left[0] - right[0]).contains(0):
            raise NoSeries
        return bool(left[0] > right[0]) in SIGNS[condition.head]

    def power_of_t(self, exponent: int) -> arb:
        return arb(0, self.radius**exponent) if exponent else arb(1)

    def smooth(self, narrow: Series, wide: Series) -> Laurent:
        parts = tuple(narrow[k] for k in range(self.order))
        if not all(part.is_finite() for part in parts):
            raise NoSeries
        finite = all(wide[k].is_finite() for k in range(self.order + 1))
        if not finite:
            raise NoSeries
        return Laurent(0, parts, wide[self.order], wide)

    def constant(self, value: int) -> Laurent:
        return self.smooth(arb_series([value]), arb_series([value]))

    def power(self, node: Term) -> Laurent:
        exponent = rational_value(node.args[1])
        if exponent is None or exponent.denominator != 1 or not 0 < abs(exponent) <= 12:
            raise NoSeries
        base = total = self.read(node.args[0])
        for _ in range(int(abs(exponent)) - 1):
            total = self.times(total, base)
        return total if exponent > 0 else self.over(self.constant(1), total)

    def joined(self, a: Laurent, b: Laurent, operation: Callable[[Series, Series], Series]) -> Laurent | None:
        """The result where both are smooth, and so is it."""
        if a.wide is None or b.wide is None or a.low or b.low:
            return None
        try:
            wide = operation(a.wide, b.wide)
            narrow = operation(arb_series(list(a.parts)), arb_series(list(b.parts)))
            return self.smooth(narrow, wide)
        except (NoSeries, ZeroDivisionError, ValueError):
            return None

    def plus(self, a: Laurent, b: Laurent) -> Laurent:
        found = self.joined(a, b, lambda u, v: u + v)
        if found is not None:
            return found
        low = min(a.low, b.low)
        end = min(a.low + len(a.parts), b.low + len(b.parts))
        rest, total = arb(0), [arb(0)] * (end - low)
        for one in (a, b):
            for k, part in enumerate(one.parts):
                place = one.low + k
                if place < end:
                    total[place - low] += part
                else:
                    rest += part * self.power_of_t(place - end)
            rest += one.rest * self.power_of_t(one.low + len(one.parts) - end)
        return Laurent(low, tuple(total), rest)

    def times(self, a: Laurent, b: Laurent) -> Laurent:
        found = self.joined(a, b, lambda u, v: u * v)
        if found is not None:
            return found
        length = min(len(a.parts), len(b.parts))
        product = _product(a.parts, b.parts)
        t = self.interval
        rest = polynomial(product[length:], t)
        rest += polynomial(a.parts, t) * b.rest * self.power_of_t(len(b.parts) - length)
        rest += (
            (polynomial(b.parts, t) + b.rest * self.power_of_t(len(b.parts)))
            * a.rest
            * self.power_of_t(len(a.parts) - length)
        )
        return Laurent(a.low + b.low, product[:length], rest)

    def over(self, a: Laurent, b: Laurent) -> Laurent:
        b = b.stripped()
        if not b.low:
            found = self.joined(a, b, lambda u, v: u / v)
            if found is not None:
                return found
        a = a.stripped()
        length = min(len(a.parts), len(b.parts))
        t = self.interval
        below = polynomial(b.parts, t) + b.rest * self.power_of_t(len(b.parts))
        if below.contains(0):
            raise NoSeries
        quotient = _quotient(a.parts[:length], b.parts[:length])
        back = _product(quotient, b.parts)[length:]
        left = polynomial(a.parts[length:], t) - polynomial(back, t) + a.rest * self.power_of_t(len(a.parts) - length)
        left -= polynomial(quotient, t) * b.rest * self.power_of_t(len(b.parts) - length)
        return Laurent(a.low - b.low, quotient, left / below)


def _product(a: tuple[arb, ...], b: tuple[arb, ...]) -> tuple[arb, ...]:
    total = [arb(0)] * (len(a) + len(b) - 1)
    for i, left in enumerate(a):
        for j, right in enumerate(b):
            if not left.is_zero() and not right.is_zero():
                total[i + j] += left * right
    return tuple(total)


def _quotient(a: tuple[arb, ...], b: tuple[arb, ...]) -> tuple[arb, ...]:
    found: list[arb] = []
    for k, part in enumerate(a):
        total = part
        for j in range(1, k + 1):
            total -= b[j] * found[k - j]
        found.append(total / b[0])
    return tuple(found)
