"""One-sided limits of Terms: the value on a domain's boundary and at infinity.

A calculus of limits and of the sides from which they are approached. It answers only where the limit
exists however the inputs approach their ends; an input that stays fixed at 0 makes a product 0, so
that 0 log 0 = 0 needs no rule. Where it meets an indeterminate form it says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from flint import arb

from derive.errors import UnsupportedError
from derive.relations import SIGNS, decided
from derive.term import Term, branches, free_symbols, rational_value
from derive.values.balls import CONSTANTS, to_ball
from derive.values.fold import Fold
from derive.values.one_sided import Indeterminate, OneSided, apply, fold, order, power

Inputs: TypeAlias = Mapping[str, OneSided | Sequence[OneSided]]


class Calculus:
    """Limits at one point, as the inputs approach theirs in any manner.

    inputs: a scalar's limit, or those of a vector's components, whose indices begin at `first`.
    """

    def __init__(self, inputs: Inputs, first: int = 0) -> None:
        self.inputs, self.first = inputs, first
        self.folds: dict[tuple[Term, tuple[int, ...]], OneSided | None] = {}

    def limit(self, root: Term, indices: Mapping[str, int]) -> arb:
        """The limit of `root`, a ball or an infinity; `indices`: the values of index symbols and sizes.

        Raises Indeterminate, and UnsupportedError for what has no enclosure.
        """
        return Limits(self, indices).value(root).value


class Limits(Fold[OneSided]):
    """Limits with the indices fixed; what is the same for all components of a row is known to the calculus."""

    def __init__(self, calculus: Calculus, indices: Mapping[str, int]) -> None:
        super().__init__()
        self.calculus, self.indices = calculus, indices

    def apply(self, head: str, *values: OneSided) -> OneSided:
        return apply(head, values)

    def number(self, node: Term) -> OneSided:
        return OneSided(to_ball(node.number))

    def constant(self, node: Term) -> OneSided:
        if node.name == "nan":
            raise Indeterminate
        return OneSided(CONSTANTS[node.name]())

    def symbol(self, node: Term) -> OneSided:
        found = self.calculus.inputs.get(node.name)
        if isinstance(found, OneSided):
            return found
        if node.name not in self.indices:
            raise UnsupportedError(f"{node.name} has no value at this point")
        return OneSided(arb(self.indices[node.name]))

    def component(self, node: Term) -> OneSided:
        values = self.calculus.inputs[node.args[0].name]
        if isinstance(values, OneSided) or len(node.args) != 2:
            raise UnsupportedError(f"{node}: only the components of vectors have limits here")
        return values[self.place(node.args[1]) - self.calculus.first]

    def place(self, node: Term) -> int:
        found = self.value(node).value.unique_fmpz()
        if found is None:
            raise UnsupportedError(f"{node} is not an integer index")
        return int(found)

    def delta(self, node: Term) -> OneSided:
        left, right = map(self.place, node.args)
        return OneSided(arb(int(left == right)))

    def power(self, node: Term) -> OneSided:
        base, exponent = map(self.value, node.args)
        return power(base, exponent, rational_value(node.args[1]))

    def binder(self, node: Term) -> OneSided:
        """A sum, product or maximum; once for all components of a row, where it is the same for them."""
        known = self.calculus.folds
        key = (node, tuple(self.indices[name] for name in sorted(free_symbols(node) & self.indices.keys())))
        if key not in known:
            known[key] = None  # where it is indeterminate
            body, bound, first, last = node.args
            places = range(self.place(first), self.place(last) + 1)
            terms = [Limits(self.calculus, {**self.indices, bound.name: place}).value(body) for place in places]
            known[key] = fold(node.head, terms)
        found = known[key]
        if found is None:
            raise Indeterminate
        return found

    def cases(self, node: Term) -> OneSided:
        for value, condition in branches(node):
            if decided(condition, self.related):
                return self.value(value)
        raise Indeterminate

    def related(self, relation: Term) -> bool:
        """Whether a relation holds at all points that are near enough."""
        return order(*map(self.value, relation.args)) in SIGNS[relation.head]
