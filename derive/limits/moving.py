"""Indeterminate forms of one moving input, the others standing still at numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any, Final

from flint import arb, ctx

from derive.errors import Undefined, Undetermined, UnsupportedError
from derive.limits.approach import at_end, one_sided
from derive.spec.domain import Domain
from derive.term import BINDERS, INFINITY, Term, rebuild, symbol, term
from derive.values.balls import enclose, to_fraction
from derive.values.limits import Calculus, Inputs, Limits
from derive.values.one_sided import OO, Indeterminate, OneSided

MOVING: Final = symbol("t")
FOLDS: Final[dict[str, Callable[[Term, Term], Term]]] = {
    "sum": lambda a, b: a + b,
    "product": lambda a, b: a * b,
    "maximum": lambda a, b: Term("max", (a, b)),
}


def moving_limit(root: Term, calculus: Calculus, indices: Mapping[str, int]) -> arb:
    """The limit of `root` where exactly one input moves: a ball at the current precision, or an infinity.

    calculus: the point. Raises Indeterminate where no limit is found.
    """
    moving = [value for value in _flat(calculus.inputs) if not value.constant]
    if len(moving) != 1 or moving[0].side is None:
        raise Indeterminate
    written = _MovingWriter(calculus).write(root, indices)
    if moving[0].infinite:
        found = at_end(written, MOVING.name, moving[0].sign or 0, Domain())
    else:
        found = one_sided(written, MOVING.name, term(to_fraction(moving[0].value)), moving[0].side, Domain())
    if found in (INFINITY, -INFINITY):
        return OO if found is INFINITY else -OO
    try:
        value = enclose(found, {}, ctx.prec)
    except (UnsupportedError, Undefined, Undetermined):
        raise Indeterminate from None
    if not value.is_finite():
        raise Indeterminate
    return value


def _flat(inputs: Inputs) -> Iterator[OneSided]:
    for found in inputs.values():
        yield from (found,) if isinstance(found, OneSided) else found


class _MovingWriter:
    """A formula with the inputs' values written in, MOVING for the one that moves, sums written out."""

    def __init__(self, calculus: Calculus) -> None:
        self.calculus, self.memo = calculus, dict[Any, Term]()

    def write(self, node: Term, indices: Mapping[str, int]) -> Term:
        key = (node, *sorted(indices.items()))
        if key not in self.memo:
            self.memo[key] = self.rewritten(node, indices)
        return self.memo[key]

    def rewritten(self, node: Term, indices: Mapping[str, int]) -> Term:
        head, args = node.head, node.args
        if head in ("sym", "index", "delta"):
            value = Limits(self.calculus, indices).value(node)
            return term(to_fraction(value.value)) if value.constant else MOVING
        if head in BINDERS:
            low, high = map(Limits(self.calculus, indices).place, args[2:])
            parts = [self.write(args[0], {**indices, args[1].name: place}) for place in range(low, high + 1)]
            return reduce(FOLDS[head], parts)
        return rebuild(node, tuple(self.write(child, indices) for child in args))
