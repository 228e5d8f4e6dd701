"""One-sided limits of Terms: the value on a domain's boundary and at infinity.

A calculus of limits and of the sides from which they are approached. It answers only where the limit
exists however the inputs approach their ends; an input that stays fixed at 0 makes a product 0, so
that 0 log 0 = 0 needs no rule. Where it meets an indeterminate form it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from flint import arb

from derive.errors import UnsupportedError
from derive.term import BINDERS, Term, branches, free_symbols, rational_value
from derive.truth.enclose import to_ball
from derive.truth.near import Indeterminate, Near, apply, fold, order, power

Inputs: TypeAlias = Mapping[str, Near | Sequence[Near]]


class Calculus:
    """Limits at one point, as the inputs approach theirs in any manner.

    inputs: a scalar's limit, or those of a vector's components, whose indices begin at `first`.
    """

    def __init__(self, inputs: Inputs, first: int = 0) -> None:
        self.inputs, self.first = inputs, first
        self.folds: dict[tuple[Term, tuple[int, ...]], Near | None] = {}

    def limit(self, root: Term, indices: Mapping[str, int]) -> arb:
        """The limit of `root`, a ball or an infinity; `indices`: the values of index symbols and sizes.

        Raises Indeterminate, and UnsupportedError for what has no enclosure.
        """
        return self.near(root, indices).value

    def near(self, root: Term, indices: Mapping[str, int]) -> Near:
        memo: dict[Term, Near] = {}

        def value(node: Term) -> Near:
            if node not in memo:
                memo[node] = self.node(node, indices, value)
            return memo[node]

        return value(root)

    def node(self, node: Term, indices: Mapping[str, int], value: Callable[[Term], Near]) -> Near:
        head, args = node.head, node.args
        if head == "num":
            return Near(to_ball(node.number))
        if head == "const":
            return self.constant(node.name)
        if head == "sym":
            return self.symbol(node.name, indices)
        if head == "index":
            return self.component(node, indices)
        if head == "delta":
            return Near(arb(int(self.place(args[0], indices) == self.place(args[1], indices))))
        if head == "cases":
            return value(self.chosen(node, indices))
        if head in BINDERS:
            return self.fold(node, indices)
        if head == "pow":
            return power(value(args[0]), value(args[1]), rational_value(args[1]))
        return apply(head, [value(child) for child in args])

    def fold(self, node: Term, indices: Mapping[str, int]) -> Near:
        """A sum, product or maximum; once for all components of a row, where it is the same for them."""
        key = (node, tuple(indices[name] for name in sorted(free_symbols(node) & indices.keys())))
        if key not in self.folds:
            self.folds[key] = None  # where it is indeterminate
            body, bound, *ends = node.args
            low, high = (self.place(end, indices) for end in ends)
            terms = [self.near(body, {**indices, bound.name: place}) for place in range(low, high + 1)]
            self.folds[key] = fold(node.head, terms)
        found = self.folds[key]
        if found is None:
            raise Indeterminate
        return found

    def constant(self, name: str) -> Near:
        if name == "nan":
            raise Indeterminate
        return Near({"pi": arb.pi, "E": arb.const_e, "oo": arb.pos_inf}[name]())

    def symbol(self, name: str, indices: Mapping[str, int]) -> Near:
        found = self.inputs.get(name)
        if isinstance(found, Near):
            return found
        if name not in indices:
            raise UnsupportedError(f"{name} has no value at this point")
        return Near(arb(indices[name]))

    def component(self, node: Term, indices: Mapping[str, int]) -> Near:
        values = self.inputs[node.args[0].name]
        if isinstance(values, Near) or len(node.args) != 2:
            raise UnsupportedError(f"{node}: only the components of vectors have limits here")
        return values[self.place(node.args[1], indices) - self.first]

    def place(self, node: Term, indices: Mapping[str, int]) -> int:
        found = self.near(node, indices).value.unique_fmpz()
        if found is None:
            raise UnsupportedError(f"{node} is not an integer index")
        return int(found)

    def chosen(self, node: Term, indices: Mapping[str, int]) -> Term:
        for value, condition in branches(node):
            if self.holds(condition, indices):
                return value
        raise Indeterminate

    def holds(self, condition: Term, indices: Mapping[str, int]) -> bool:
        """Whether `condition` holds at all points that are near enough."""
        head, args = condition.head, condition.args
        if head in ("true", "false"):
            return head == "true"
        if head == "and":
            return all(self.holds(part, indices) for part in args)
        if head == "or":
            return any(self.holds(part, indices) for part in args)
        if head == "not":
            return not self.holds(args[0], indices)
        found = order(*(self.near(side, indices) for side in args))
        return {"lt": found < 0, "le": found <= 0, "gt": found > 0,
                "ge": found >= 0, "eq": found == 0, "ne": found != 0}[head]  # fmt: skip
