"""Terms evaluated as balls over whole columns of points at once: each operation runs down a column.

A value is one ball for all points, or a list with a ball for each. What cannot be decided at the
current precision (a condition, a sign) is a ball that is not finite, never an exception.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import repeat
from typing import Any, ClassVar, Final, TypeAlias, TypeVar

from flint import arb

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.relations import COMPARISONS, OPPOSITE, joined
from derive.term import CONNECTIVES, Term, branches, free_symbols, rational_value
from derive.values.balls import ARITHMETIC, BALLS, CONSTANTS, to_ball
from derive.values.fold import Fold

Column: TypeAlias = arb | list[arb]
Places: TypeAlias = int | list[int]
Truths: TypeAlias = bool | list[bool | None] | None  # None: not decided

INDEX_ARITHMETIC: Final[dict[str, Callable[..., int]]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg,
}  # fmt: skip
T = TypeVar("T")

MAX_INTEGER_POWER: Final = 10**6


@dataclass(frozen=True)
class Points:
    """Where a Term is evaluated: `length` points, or one row.

    columns: a scalar's balls. arrays: a vector's components, with the index of the first.
    indices: the values of index symbols and of sizes, an integer or one for each point.
    """

    length: int
    columns: Mapping[str, Column] = field(default_factory=dict)
    arrays: Mapping[str, tuple[Sequence[arb], int]] = field(default_factory=dict)
    indices: Mapping[str, Places] = field(default_factory=dict)

    def at(self, **indices: Places) -> Points:
        return replace(self, indices={**self.indices, **indices})


def evaluate(root: Term, points: Points) -> list[arb]:
    """A ball around the value of `root` at each point, at the precision that flint's context has.

    Raises UnsupportedError for a function that has no enclosure, or a name that has no value.
    """
    found = BallColumns(points).value(root)
    return found if isinstance(found, list) else [found] * points.length


def or_nan(function: Callable[..., arb]) -> Callable[..., arb]:
    """`function`, with NaN where it cannot answer."""

    def answer(*arguments: arb) -> arb:
        try:
            return function(*arguments)
        except (Undetermined, Undefined):
            return arb.nan()

    return answer


def ball_power(base: arb, exponent: arb) -> arb:
    return arb(0) if base.is_zero() and exponent > 0 else base**exponent


def _decided(kind: str) -> Callable[[arb, arb], bool | None]:
    holds, fails = COMPARISONS[kind], COMPARISONS[OPPOSITE[kind]]
    # Of two exact balls `ne` is the negation of `eq`; of inexact ones, Arb's `ne` means "do not meet".
    return lambda a, b: True if holds(a, b) else False if fails(a, b) else None


class BallColumns(Fold[Column]):
    """A ball for all points, or a column with one for each."""

    operations: ClassVar[Mapping[str, Callable[..., arb]]] = ARITHMETIC | {
        head: or_nan(function) for head, function in BALLS.items()
    }

    def __init__(self, points: Points) -> None:
        super().__init__()
        self.points = points

    def each(self, function: Callable[..., T], *parts: Any) -> T | list[T]:
        """`function` at each point; once, where no part differs between points."""
        if not any(isinstance(part, list) for part in parts):
            return function(*parts)
        columns = (part if isinstance(part, list) else repeat(part) for part in parts)
        return list(map(function, *columns))

    def operation(self, node: Term) -> Column:
        if node.head not in self.operations:
            raise UnsupportedError(f"no enclosure is known for {node.head}")
        return self.each(self.operations[node.head], *map(self.value, node.args))

    def number(self, node: Term) -> Column:
        return to_ball(node.number)

    def constant(self, node: Term) -> Column:
        return CONSTANTS[node.name]()

    def delta(self, node: Term) -> Column:
        return self.each(lambda i, j: arb(int(i == j)), *map(self.place, node.args))

    def symbol(self, node: Term) -> Column:
        name = node.name
        if name in self.points.columns:
            return self.points.columns[name]
        if name in self.points.indices:
            return self.each(arb, self.points.indices[name])
        raise UnsupportedError(f"{name} has no value at these points")

    def component(self, node: Term) -> Column:
        base, *places = node.args
        if base.head != "sym" or len(places) != 1:
            raise UnsupportedError(f"{node}: only the components of vectors are enclosed in columns")
        values, first = self.points.arrays[base.name]
        return self.each(lambda place: values[place - first], self.place(places[0]))

    def place(self, node: Term) -> Places:
        """An index expression, in integers."""
        if node.head == "num" and node.number.denominator == 1:
            return int(node.number)
        if node.head == "sym" and node.name in self.points.indices:
            return self.points.indices[node.name]
        if node.head in INDEX_ARITHMETIC:
            return self.each(INDEX_ARITHMETIC[node.head], *map(self.place, node.args))
        raise UnsupportedError(f"{node} is not an integer index")

    def power(self, node: Term) -> Column:
        base, exponent = node.args
        order = rational_value(exponent)
        if order is not None and order.denominator == 1 and abs(order) < MAX_INTEGER_POWER:
            return self.each(operator.pow, self.value(base), int(order))
        return self.each(ball_power, self.value(base), self.value(exponent))

    def cases(self, node: Term) -> Column:
        pairs = [(self.holds(condition), self.value(value)) for value, condition in branches(node)]

        def choose(*parts: Any) -> arb:
            for holds, value in zip(parts[::2], parts[1::2], strict=True):
                if holds:
                    return value
                if holds is None:
                    break
            return arb.nan()

        return self.each(choose, *(part for pair in pairs for part in pair))

    def holds(self, condition: Term) -> Truths:
        head, parts = condition.head, condition.args
        if head in ("true", "false"):
            return head == "true"
        if head in CONNECTIVES:
            return self.each(lambda *found: joined(head, found), *map(self.holds, parts))
        if head not in COMPARISONS:
            raise UnsupportedError(f"{condition} is not a condition")
        names = free_symbols(condition)
        if names and names <= set(self.points.indices):
            return self.each(COMPARISONS[head], *map(self.place, parts))
        return self.each(_decided(head), *map(self.value, parts))

    def binder(self, node: Term) -> Column:
        body, bound, first, last = node.args
        outer = [name for name in free_symbols(body) & set(self.points.indices) - {bound.name}
                 if isinstance(self.points.indices[name], list)]  # fmt: skip
        if outer:
            return [self.fold_at(node, outer, point) for point in range(self.points.length)]
        low, high = self.place(first), self.place(last)
        if isinstance(low, list) or isinstance(high, list):
            raise UnsupportedError(f"the range of {node} must not depend on an index")
        span = list(range(low, high + 1))
        if any(isinstance(self.points.columns.get(name), list) for name in free_symbols(body)):
            terms = [BallColumns(self.points.at(**{bound.name: place})).value(body) for place in span]
            return self.each(lambda *parts: _fold(node.head, list(parts)), *terms)
        inner = replace(self.points.at(**{bound.name: span}), length=len(span))
        return _fold(node.head, evaluate(body, inner))

    def fold_at(self, node: Term, outer: list[str], point: int) -> arb:
        """The fold with the indices `outer` fixed at their values at one point."""
        fixed = {name: values[point] for name in outer if isinstance(values := self.points.indices[name], list)}
        found = BallColumns(replace(self.points.at(**fixed), length=1)).value(node)
        assert not isinstance(found, list)
        return found


def _fold(kind: str, values: list[arb]) -> arb:
    if kind == "maximum":
        return reduce(arb.max, values) if values else -arb.pos_inf()
    return reduce(operator.add if kind == "sum" else operator.mul, values, arb(0 if kind == "sum" else 1))
