"""Arb enclosures of Terms: a ball that certainly contains the value at a point.

Points are exact: names map to rationals, arrays to nested tuples of rationals (0-based storage;
an array's first index is given by its axis). Conditions are decided exactly where they are
rational, else from balls that do not meet; where neither decides, Undetermined is raised.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import ceil, floor, prod
from typing import Any, ClassVar, Final, TypeAlias

from flint import arb, ctx, fmpq

from derive.elementary.balls import whole_power
from derive.elementary.table import column, named
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.relations import COMPARISONS, SIGNS, settled, sign
from derive.term import Term, branches
from derive.values.fold import Fold

Component: TypeAlias = "Fraction | tuple[Component, ...]"
Point = Mapping[str, Component]
MAX_SUM: Final = 100_000
MAX_POWER: Final = 10**6
MAX_EXACT_POWER: Final = 64
JUMPING: Final = named(lambda function: function.kink in ("jump", "steps"))


def enclose(root: Term, point: Point, bits: int = 128, first_index: int = 0) -> arb:
    """A ball around the value of `root` at `point`, computed with `bits` bits.

    The ball may be infinitely wide (its `is_finite()` says). `first_index`: where arrays begin.
    Raises Undetermined, Undefined, or UnsupportedError for a function that has no enclosure.
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        return Balls(point, first_index).value(root)
    finally:
        ctx.prec = before


def exact(root: Term, point: Point, first_index: int = 0) -> Fraction | None:
    """The value of `root` at `point` where rational arithmetic alone gives it, else None."""
    return Balls(point, first_index).rationals.value(root)


def to_ball(value: Fraction) -> arb:
    """The narrowest ball around a rational at the current precision."""
    return arb(fmpq(value.numerator, value.denominator))


def to_fraction(ball: arb) -> Fraction:
    """The number that an exact ball is."""
    found = ball.fmpq()
    return Fraction(int(found.p), int(found.q))


BALLS: Final[dict[str, Callable[..., arb]]] = column("ball")
ARITHMETIC: Final[dict[str, Callable[..., arb]]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
}  # fmt: skip
CONSTANTS: Final = {"pi": arb.pi, "E": arb.const_e, "oo": arb.pos_inf, "nan": arb.nan}


class Balls(Fold[arb]):
    """Balls at one point, at the precision that flint's context has."""

    operations: ClassVar[Mapping[str, Callable[..., arb]]] = BALLS | ARITHMETIC

    def __init__(self, point: Point, first_index: int = 0) -> None:
        super().__init__()
        self.point, self.first_index = point, first_index
        self.rationals = Rationals(self)

    def number(self, node: Term) -> arb:
        return to_ball(node.number)

    def constant(self, node: Term) -> arb:
        return CONSTANTS[node.name]()

    def symbol(self, node: Term) -> arb:
        return to_ball(self.rationals.symbol(node))

    def component(self, node: Term) -> arb:
        base, *indices = node.args
        if base.head == "inv":
            row, column_ = map(self.place, indices)
            return self.matrix(base.args[0]).inv()[row, column_]
        found = self.rationals.component(node)
        return arb.nan() if found is None else to_ball(found)

    def place(self, index: Term) -> int:
        """Where an index lies in storage, from 0."""
        found = self.rationals.value(index)
        if found is None or found.denominator != 1:
            raise UnsupportedError(f"{index} is not an integer index")
        return int(found) - self.first_index

    def matrix(self, name: Term) -> Any:
        from flint import arb_mat

        rows: Any = self.point[name.name]
        return arb_mat([[to_ball(Fraction(entry)) for entry in row] for row in rows])

    def determinant(self, node: Term) -> arb:
        return self.matrix(node.args[0]).det()

    def delta(self, node: Term) -> arb:
        left, right = map(self.rationals.value, node.args)
        return arb(int(left == right))

    def operation(self, node: Term) -> arb:
        if node.head in JUMPING and (known := self.rationals.value(node)) is not None:
            return to_ball(known)  # a ball of 1/3 - 1/3 does not tell on which side of 0 it lies
        return super().operation(node)

    def unknown(self, head: str) -> Exception:
        return UnsupportedError(f"no enclosure is known for {head}")

    def power(self, node: Term) -> arb:
        base, exponent = node.args
        order = self.rationals.value(exponent)
        if order is not None and order.denominator == 1 and abs(order) < MAX_POWER:
            return whole_power(self.value(base), int(order))
        found = self.value(base)
        if found.is_zero() and order is not None and order > 0:
            return arb(0)
        # A power with a fractional exponent is real for a positive base alone.
        if found < 0:
            raise Undefined(f"{node} is not real")
        return found ** self.value(exponent)

    def binder(self, node: Term) -> arb:
        inner = self.terms(node)
        if inner is None:
            raise UnsupportedError(f"the range of {node} is not known")
        values = [balls.value(node.args[0]) for balls in inner]
        if node.head == "maximum":
            if not values:
                raise Undefined(f"{node} is the greatest of nothing")
            return reduce(arb.max, values)
        return reduce(operator.add if node.head == "sum" else operator.mul, values, arb(int(node.head != "sum")))

    def terms(self, node: Term) -> list[Balls] | None:
        """For each term of a sum or its like the point at which its body is evaluated; None for a range not known."""
        _, bound, first, last = node.args
        low, high = map(self.rationals.value, (first, last))
        if low is None or high is None or high - low > MAX_SUM:
            return None
        places = range(int(low), int(high) + 1)
        return [Balls({**self.point, bound.name: Fraction(k)}, self.first_index) for k in places]

    def cases(self, node: Term) -> arb:
        return self.value(self.chosen(node))

    def chosen(self, node: Term) -> Term:
        for value, condition in branches(node):
            if settled(condition, self.related, Undetermined):
                return value
        raise Undefined(f"no branch of {node} holds")

    def related(self, relation: Term) -> bool:
        """Whether a relation holds: by rational numbers, or by balls that do not meet. Raises Undetermined."""
        left, right = map(self.rationals.value, relation.args)
        if left is not None and right is not None:
            return COMPARISONS[relation.head](left, right)
        one, other = map(self.value, relation.args)
        below, above, same = bool(one < other), bool(one > other), bool(one == other)
        if not (below or above or same):
            raise Undetermined
        return int(above) - int(below) in SIGNS[relation.head]


class Rationals(Fold["Fraction | None"]):
    """Rational numbers at one point, as far as rational arithmetic goes; None beyond."""

    operations: ClassVar[Mapping[str, Callable[..., Fraction | None]]] = {
        "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg, "abs": abs,
        "div": lambda a, b: a / b if b else None, "sign": lambda a: Fraction(sign(a)), "max": max, "min": min,
        "floor": lambda a: Fraction(floor(a)), "ceiling": lambda a: Fraction(ceil(a)),
    }  # fmt: skip

    def __init__(self, balls: Balls) -> None:
        super().__init__()
        self.balls = balls

    def number(self, node: Term) -> Fraction:
        return node.number

    def symbol(self, node: Term) -> Fraction:
        found = self.balls.point.get(node.name)
        if not isinstance(found, (int, Fraction)):
            raise UnsupportedError(f"{node.name} has no value at this point")
        return Fraction(found)

    def component(self, node: Term) -> Fraction | None:
        if node.args[0].head != "sym":
            return None
        found: Any = self.balls.point.get(node.args[0].name)
        for place in map(self.balls.place, node.args[1:]):
            if not isinstance(found, tuple) or not 0 <= place < len(found):
                raise UnsupportedError(f"{node} lies outside its array")
            found = found[place]
        return Fraction(found)

    def operation(self, node: Term) -> Fraction | None:
        if node.head not in self.operations:
            return None
        parts = list(map(self.value, node.args))
        return None if None in parts else self.apply(node.head, *parts)

    def power(self, node: Term) -> Fraction | None:
        base, order = map(self.value, node.args)
        if base is None or order is None or order.denominator != 1 or abs(order) > MAX_EXACT_POWER:
            return None
        return base ** int(order) if base or order >= 0 else None

    def cases(self, node: Term) -> Fraction | None:
        return self.value(self.balls.chosen(node))

    def binder(self, node: Term) -> Fraction | None:
        inner = self.balls.terms(node)
        found = [] if inner is None else [balls.rationals.value(node.args[0]) for balls in inner]
        parts = [part for part in found if part is not None]
        if inner is None or len(parts) < len(found):
            return None
        if node.head == "maximum":
            return max(parts, default=None)
        return sum(parts, Fraction(0)) if node.head == "sum" else prod(parts, start=Fraction(1))

    def refused(self, node: Term) -> None:
        return None

    constant = delta = determinant = condition = refused
