"""Laurent expansions with a bound for everything beyond: t^low*(c0 + c1 t + ... + rest*t^n) for all |t| <= r.

The coefficients are balls around the true ones; `rest` encloses what the remaining terms come to, anywhere on the
interval, by the Lagrange form of the remainder (a series whose centre is the whole interval) or by arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flint import arb, arb_series, ctx

from derive.elementary.table import KINKED, column
from derive.relations import SIGNS
from derive.term import ZERO, Term, branches, free_symbols, rational_value, relation
from derive.values.balls import enclose
from derive.values.fold import Fold
from derive.values.kinks import piece, turning

BITS: Final = 320
Series = Any  # flint.arb_series; flint has no types

SERIES: Final[dict[str, Callable[[Series], Series]]] = column("series")


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


class TaylorFold(Fold[Laurent]):
    """Expansions of the subterms of one formula about `centre`, for distances up to `radius`, in `order` terms."""

    def __init__(self, centre: arb, radius: arb, order: int) -> None:
        super().__init__()
        self.centre, self.order, self.radius = centre, order, radius
        self.interval = arb(0, radius)

    def of(self, root: Term) -> Laurent:
        """The expansion of a formula in one variable. Raises NoSeries where there is none."""
        cap = ctx.cap
        ctx.cap = self.order + 1
        try:
            with ctx.workprec(BITS):
                return self.value(root)
        finally:
            ctx.cap = cap

    def value(self, node: Term) -> Laurent:
        if node not in self.known and not free_symbols(node):
            self.known[node] = self.fixed(enclose(node, {}, BITS))
        return super().value(node)

    def symbol(self, node: Term) -> Laurent:
        return self.smooth(arb_series([self.centre, 1]), arb_series([self.centre + self.interval, 1]))

    def operation(self, node: Term) -> Laurent:
        return self.value(self.side(node)) if node.head in KINKED else super().operation(node)

    def side(self, node: Term) -> Term:
        """What a kinked function is on the whole interval."""
        found = piece(node, 1 if self.holds(relation("ge", turning(node), ZERO)) else -1)
        if found is None:
            raise NoSeries
        return found

    def apply(self, head: str, *values: Laurent) -> Laurent:
        first, *others = values
        if head == "neg":
            return self.times(first, self.fixed(arb(-1)))
        if head in ("add", "sub"):
            (other,) = others
            return self.plus(first, other if head == "add" else self.times(other, self.fixed(arb(-1))))
        if head in ("mul", "div"):
            return self.times(first, *others) if head == "mul" else self.over(first, *others)
        if head not in SERIES or first.wide is None or first.low < 0:
            raise NoSeries
        narrow = arb_series([arb(0)] * first.low + list(first.parts))
        try:
            return self.smooth(SERIES[head](narrow), SERIES[head](first.wide))
        except (ValueError, ZeroDivisionError):  # the balls are too wide for the quotient of exponentials
            raise NoSeries from None

    def cases(self, node: Term) -> Laurent:
        """By the branch that holds on the whole interval."""
        for value, condition in branches(node):
            if condition.head == "true" or self.holds(condition):
                return self.value(value)
        raise NoSeries

    def refused(self, node: Term) -> Laurent:
        raise NoSeries

    def holds(self, condition: Term) -> bool:
        """Whether a relation holds on the whole interval; False: nowhere there. Raises NoSeries for anything else."""
        if condition.head not in SIGNS:
            raise NoSeries
        left, right = (self.value(side).wide for side in condition.args)
        if left is None or right is None or (left[0] - right[0]).contains(0):
            raise NoSeries
        return (1 if left[0] > right[0] else -1) in SIGNS[condition.head]

    constant = component = delta = determinant = binder = condition = refused

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

    def fixed(self, value: arb) -> Laurent:
        return self.smooth(arb_series([value]), arb_series([value]))

    def power(self, node: Term) -> Laurent:
        exponent = rational_value(node.args[1])
        if exponent is None or exponent.denominator != 1 or not 0 < abs(exponent) <= 12:
            raise NoSeries
        base = total = self.value(node.args[0])
        for _ in range(int(abs(exponent)) - 1):
            total = self.times(total, base)
        return total if exponent > 0 else self.over(self.fixed(arb(1)), total)

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
