"""Arb enclosures of Terms: a ball that certainly contains the value at a point.

Points are exact: names map to rationals, arrays to nested tuples of rationals (0-based storage;
an array's first index is given by its axis). Conditions are decided exactly where they are
rational, else from balls that do not meet; where neither decides, Undetermined is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod
from typing import Any, Final, TypeAlias

from flint import arb, ctx, fmpq

from derive.elementary.balls import whole_power
from derive.elementary.table import STEPPED, column, named
from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.term import BINDERS, Term, branches

Component: TypeAlias = "Fraction | tuple[Component, ...]"
Point = Mapping[str, Component]
LARGEST_SUM: Final = 100_000
JUMPING: Final = named(lambda function: function.kink in ("jump", "steps"))
# What rational arithmetic goes through.
RATIONAL: Final = frozenset(("num", "sym", "index", "cases", "abs", "sign", "max", "min", *BINDERS,
                             "add", "sub", "mul", "div", "neg", "pow"))  # fmt: skip


def enclose(root: Term, point: Point, bits: int = 128, first_index: int = 0) -> arb:
    """A ball around the value of `root` at `point`, computed with `bits` bits.

    The ball may be infinitely wide (its `is_finite()` says). `first_index`: where arrays begin.
    Raises Undetermined, Undefined, or UnsupportedError for a function that has no enclosure.
    """
    before = ctx.prec
    ctx.prec = bits
    try:
        return _Evaluator(first_index).ball(root, dict(point))
    finally:
        ctx.prec = before


def exact(root: Term, point: Point, first_index: int = 0) -> Fraction | None:
    """The value of `root` at `point` where rational arithmetic alone gives it, else None."""
    return _Evaluator(first_index).exact(root, dict(point))


def to_ball(value: Fraction) -> arb:
    """The narrowest ball around a rational at the current precision."""
    return arb(fmpq(value.numerator, value.denominator))


BALLS: Final[dict[str, Callable[..., arb]]] = column("ball")


class _Evaluator:
    """Evaluates terms at one point and precision, each shared subterm once."""

    def __init__(self, first_index: int) -> None:
        self.first_index = first_index
        self.balls: dict[Term, arb] = {}
        self.rationals: dict[Term, Fraction | None] = {}

    def ball(self, root: Term, point: dict[str, Any]) -> arb:
        def value(node: Term) -> arb:
            if node not in self.balls:
                self.balls[node] = self.node(node, point, value)
            return self.balls[node]

        return value(root)

    def node(self, node: Term, point: dict[str, Any], value: Callable[[Term], arb]) -> arb:
        head = node.head
        if head == "num":
            return to_ball(node.number)
        if head == "sym":
            return to_ball(self.lookup(node, point))
        if head == "const":
            return {"pi": arb.pi, "E": arb.const_e, "oo": arb.pos_inf, "nan": arb.nan}[node.name]()
        if head == "index":
            return self.component(node, point)
        if head == "neg":
            return -value(node.args[0])
        if head in ("add", "sub", "mul", "div"):
            return _arithmetic(head, value(node.args[0]), value(node.args[1]))
        if head == "pow":
            return self.power(node, point, value)
        if head == "cases":
            return value(self.chosen(node, point))
        if head == "delta":
            return arb(int(self.exact(node.args[0], point) == self.exact(node.args[1], point)))
        if head in BINDERS:
            return self.binder(node, point)
        if head == "det":
            return self.matrix(node.args[0], point).det()
        if head in JUMPING and (known := self.exact(node, point)) is not None:
            return to_ball(known)  # a ball of 1/3 - 1/3 does not tell on which side of 0 it lies
        if head not in BALLS:
            raise UnsupportedError(f"no enclosure is known for {head}")
        return BALLS[head](*map(value, node.args))

    def lookup(self, node: Term, point: dict[str, Any]) -> Fraction:
        found = point.get(node.name)
        if not isinstance(found, (int, Fraction)):
            raise UnsupportedError(f"{node.name} has no value at this point")
        return Fraction(found)

    def component(self, node: Term, point: dict[str, Any]) -> arb:
        base, *indices = node.args
        places = [self.place(index, point) for index in indices]
        if base.head == "inv":
            return self.matrix(base.args[0], point).inv()[places[0], places[1]]
        found: Any = point.get(base.name)
        for place in places:
            if not isinstance(found, tuple) or not 0 <= place < len(found):
                raise UnsupportedError(f"{node} lies outside its array")
            found = found[place]
        return to_ball(Fraction(found))

    def place(self, index: Term, point: dict[str, Any]) -> int:
        found = self.exact(index, point)
        if found is None or found.denominator != 1:
            raise UnsupportedError(f"{index} is not an integer index")
        return int(found) - self.first_index

    def matrix(self, name: Term, point: dict[str, Any]) -> Any:
        from flint import arb_mat

        return arb_mat([[to_ball(Fraction(entry)) for entry in row] for row in point[name.name]])

    def power(self, node: Term, point: dict[str, Any], value: Callable[[Term], arb]) -> arb:
        base, exponent = node.args
        order = self.exact(exponent, point)
        if order is not None and order.denominator == 1 and abs(order) < 10**6:
            return whole_power(value(base), int(order))
        found = value(base)
        if found.is_zero() and order is not None and order > 0:
            return arb(0)
        # A power with a fractional exponent is real for a positive base alone.
        if found < 0:
            raise Undefined(f"{node} is not real")
        return found ** value(exponent)

    def binder(self, node: Term, point: dict[str, Any]) -> arb:
        body, bound, first, last = node.args
        low, high = (self.exact(end, point) for end in (first, last))
        if low is None or high is None or high - low > LARGEST_SUM:
            raise UnsupportedError(f"the range of {node} is not known")
        places = ({**point, bound.name: Fraction(k)} for k in range(int(low), int(high) + 1))
        values = [_Evaluator(self.first_index).ball(body, place) for place in places]
        if node.head == "maximum":
            if not values:
                raise Undefined(f"{node} is the greatest of nothing")
            folded = values[0]
            for found in values[1:]:
                folded = folded.max(found)
            return folded
        total = arb(0) if node.head == "sum" else arb(1)
        for found in values:
            total = total + found if node.head == "sum" else total * found
        return total

    def chosen(self, node: Term, point: dict[str, Any]) -> Term:
        for value, condition in branches(node):
            if self.holds(condition, point):
                return value
        raise Undefined(f"no branch of {node} holds")

    def holds(self, condition: Term, point: dict[str, Any]) -> bool:
        head = condition.head
        if head in ("true", "false"):
            return head == "true"
        if head == "and":
            return all(self.holds(part, point) for part in condition.args)
        if head == "or":
            return any(self.holds(part, point) for part in condition.args)
        if head == "not":
            return not self.holds(condition.args[0], point)
        left, right = (self.exact(side, point) for side in condition.args)
        if left is None or right is None:
            return self.compare(head, *(self.ball(side, point) for side in condition.args))
        return {"lt": left < right, "le": left <= right, "gt": left > right,
                "ge": left >= right, "eq": left == right, "ne": left != right}[head]  # fmt: skip

    def compare(self, head: str, left: arb, right: arb) -> bool:
        below, above, same = bool(left < right), bool(left > right), bool(left == right)
        if not (below or above or same):
            raise Undetermined
        return {"lt": below, "le": below or same, "gt": above,
                "ge": above or same, "eq": same, "ne": not same}[head]  # fmt: skip

    def exact(self, root: Term, point: dict[str, Any]) -> Fraction | None:
        """Rational arithmetic, as far as it goes."""
        if root not in self.rationals:
            self.rationals[root] = self.exact_node(root, point)
        return self.rationals[root]

    def exact_node(self, root: Term, point: dict[str, Any]) -> Fraction | None:
        if root.head not in RATIONAL:
            return self.exact_floor(root, point) if root.head in STEPPED else None
        if root.head == "num":
            return root.number
        if root.head == "sym":
            return self.lookup(root, point)
        if root.head == "index":
            return self.exact_component(root, point)
        if root.head == "cases":
            return self.exact(self.chosen(root, point), point)
        if root.head in BINDERS:
            return self.exact_total(root, point)
        parts = [self.exact(child, point) for child in root.args]
        if any(part is None for part in parts):
            return None
        return _exact_arithmetic(root.head, *[part for part in parts if part is not None])

    def exact_component(self, node: Term, point: dict[str, Any]) -> Fraction | None:
        if node.args[0].head != "sym":
            return None
        found: Any = point.get(node.args[0].name)
        for index in node.args[1:]:
            place = self.place(index, point)
            if not isinstance(found, tuple) or not 0 <= place < len(found):
                raise UnsupportedError(f"{node} lies outside its array")
            found = found[place]
        return Fraction(found)

    def exact_total(self, node: Term, point: dict[str, Any]) -> Fraction | None:
        """A sum, a product or a maximum of rational values."""
        body, bound, first, last = node.args
        low, high = (self.exact(end, point) for end in (first, last))
        if low is None or high is None or high - low > LARGEST_SUM:
            return None
        places = ({**point, bound.name: Fraction(k)} for k in range(int(low), int(high) + 1))
        found = [_Evaluator(self.first_index).exact(body, place) for place in places]
        parts = [part for part in found if part is not None]
        if len(parts) < len(found):
            return None
        if node.head == "maximum":
            return max(parts, default=None)
        return sum(parts, Fraction(0)) if node.head == "sum" else prod(parts, start=Fraction(1))

    def exact_floor(self, node: Term, point: dict[str, Any]) -> Fraction | None:
        inner = self.exact(node.args[0], point)
        if inner is None:
            return None
        return Fraction(inner.__floor__() if node.head == "floor" else inner.__ceil__())


def _arithmetic(head: str, left: arb, right: arb) -> arb:
    if head == "add":
        return left + right
    if head == "sub":
        return left - right
    return left * right if head == "mul" else left / right


def _exact_arithmetic(head: str, left: Fraction, right: Fraction = Fraction(0)) -> Fraction | None:
    if head == "div":
        return left / right if right else None
    if head == "pow":
        small = right.denominator == 1 and abs(right) <= 64 and (left != 0 or right >= 0)
        return left ** int(right) if small else None
    if head in ("neg", "abs"):
        return -left if head == "neg" else abs(left)
    if head == "sign":
        return Fraction((left > 0) - (left < 0))
    return {"add": left + right, "sub": left - right, "mul": left * right,
            "max": max(left, right), "min": min(left, right)}[head]  # fmt: skip
