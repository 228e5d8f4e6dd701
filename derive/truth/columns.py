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
from typing import Any, Final, TypeAlias, TypeVar

from flint import arb

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.term import BINDERS, Term, branches, free_symbols, rational_value
from derive.truth.enclose import BALLS, to_ball

Column: TypeAlias = arb | list[arb]
Places: TypeAlias = int | list[int]
Truths: TypeAlias = bool | list[bool | None] | None  # None: not decided

ARITHMETIC: Final[dict[str, Callable[..., arb]]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
}  # fmt: skip
INDEX_ARITHMETIC: Final[dict[str, Callable[..., int]]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg,
}  # fmt: skip
T = TypeVar("T")

COMPARE: Final[dict[str, tuple[Callable[..., bool], Callable[..., bool]]]] = {
    # When a comparison certainly holds, and when it certainly does not.
    "lt": (operator.lt, operator.ge), "ge": (operator.ge, operator.lt),
    "le": (operator.le, operator.gt), "gt": (operator.gt, operator.le),
    "eq": (operator.eq, operator.ne), "ne": (operator.ne, operator.eq),
}  # fmt: skip
LARGEST_INTEGER_POWER: Final = 10**6


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
    found = _Evaluator(points).value(root)
    return found if isinstance(found, list) else [found] * points.length


def _total(function: Callable[..., arb]) -> Callable[..., arb]:
    """`function`, with NaN where it cannot answer."""

    def answer(*arguments: arb) -> arb:
        try:
            return function(*arguments)
        except (Undetermined, Undefined):
            return arb.nan()

    return answer


def _power(base: arb, exponent: arb) -> arb:
    if base.is_zero() and exponent > 0:
        return arb(0)
    return base**exponent


def _decided(kind: str) -> Callable[[arb, arb], bool | None]:
    holds, fails = COMPARE[kind]
    # Of two exact balls `ne` is the negation of `eq`; of inexact ones, Arb's `ne` means "do not meet".
    return lambda a, b: True if holds(a, b) else False if fails(a, b) else None


class _Evaluator:
    def __init__(self, points: Points) -> None:
        self.points, self.memo = points, dict[Term, Column]()

    def value(self, node: Term) -> Column:
        if node not in self.memo:
            self.memo[node] = self.compute(node)
        return self.memo[node]

    def each(self, function: Callable[..., T], *arguments: Any) -> T | list[T]:
        """`function` down the columns; applied once where no argument is a column."""
        if not any(isinstance(argument, list) for argument in arguments):
            return function(*arguments)
        return list(map(function, *(part if isinstance(part, list) else repeat(part) for part in arguments)))

    def compute(self, node: Term) -> Column:
        head = node.head
        if head == "num":
            return to_ball(node.number)
        if head == "const":
            return {"pi": arb.pi, "E": arb.const_e, "oo": arb.pos_inf, "nan": arb.nan}[node.name]()
        if head == "sym":
            return self.symbol(node.name)
        if head == "index":
            return self.component(node)
        if head == "pow":
            return self.power(*node.args)
        if head == "cases":
            return self.cases(node)
        if head == "delta":
            return self.each(lambda i, j: arb(int(i == j)), *map(self.place, node.args))
        if head in BINDERS:
            return self.binder(node)
        if head not in ARITHMETIC and head not in BALLS:
            raise UnsupportedError(f"no enclosure is known for {head}")
        function = ARITHMETIC.get(head) or _total(BALLS[head])
        return self.each(function, *map(self.value, node.args))

    def symbol(self, name: str) -> Column:
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

    def power(self, base: Term, exponent: Term) -> Column:
        order = rational_value(exponent)
        if order is not None and order.denominator == 1 and abs(order) < LARGEST_INTEGER_POWER:
            return self.each(operator.pow, self.value(base), int(order))
        return self.each(_power, self.value(base), self.value(exponent))

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
        head = condition.head
        if head in ("true", "false"):
            return head == "true"
        parts = condition.args
        if head in ("and", "or"):
            # An undecided part counts only where no other part settles the matter.
            settled = head == "or"
            return self.each(
                lambda *found: settled if settled in found else None if None in found else not settled,
                *map(self.holds, parts),
            )
        if head == "not":
            return self.each(lambda found: None if found is None else not found, self.holds(parts[0]))
        if head not in COMPARE:
            raise UnsupportedError(f"{condition} is not a condition")
        if all(free_symbols(part) <= set(self.points.indices) for part in parts):
            return self.each(COMPARE[head][0], *map(self.place, parts))
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
            terms = [_Evaluator(self.points.at(**{bound.name: place})).value(body) for place in span]
            return self.each(lambda *parts: _fold(node.head, list(parts)), *terms)
        inner = replace(self.points.at(**{bound.name: span}), length=len(span))
        return _fold(node.head, evaluate(body, inner))

    def fold_at(self, node: Term, outer: list[str], point: int) -> arb:
        """The fold with the indices `outer` fixed at their values at one point."""
        fixed = {name: values[point] for name in outer if isinstance(values := self.points.indices[name], list)}
        found = _Evaluator(replace(self.points.at(**fixed), length=1)).value(node)
        assert not isinstance(found, list)
        return found


def _fold(kind: str, values: list[arb]) -> arb:
    if kind == "maximum":
        return reduce(arb.max, values) if values else -arb.pos_inf()
    return reduce(operator.add if kind == "sum" else operator.mul, values, arb(0 if kind == "sum" else 1))
