"""The laws of a sum of products: deltas, ranges, inverses and known totals, on Terms alone.

Each law turns a `Summed` into a few simpler ones, or says None where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Final

from derive.calculus.indices import WHOLE, Range, holds_after
from derive.proof.indices.order import IndexOrder, difference, reduced, written
from derive.proof.indices.summed import Summed, constant, distance, moved, solved
from derive.spec.domain import Domain
from derive.term import Term, free_symbols, substitute, subterms, symbol, term

MAX_GAP: Final = 3  # places by which a range may fall short of its axis and still be completed
Law = Callable[[Summed], list[Summed] | None]


class Laws:
    """`name_of(range)` gives a bound name for a range; `used` collects the hypotheses needed."""

    def __init__(
        self, domain: Domain, indices: IndexOrder, name_of: Callable[[Range, set[str]], str], used: set[str]
    ) -> None:
        self.domain, self.indices, self.name_of, self.used = domain, indices, name_of, used

    def apply(self, whole: Summed) -> list[Summed]:
        """What `whole` comes to when no law applies any more."""
        values = (self.delta, self.after, self.inverse, self.total, self.one_hot)
        return self.reduced(whole, (*values, *self.on_ranges))

    def on_whole_axes(self, whole: Summed) -> list[Summed]:
        """`whole` as sums over whole axes, over their beginnings, and single terms; so for products too."""
        return self.reduced(whole, self.on_ranges)

    @property
    def on_ranges(self) -> tuple[Law, ...]:
        return self.empty, self.single, self.complete, self.prefix

    def reduced(self, whole: Summed, laws: tuple[Law, ...]) -> list[Summed]:
        waiting, done = [whole], list[Summed]()
        while waiting:
            current = waiting.pop()
            found = next((simpler for law in laws if (simpler := law(current)) is not None), None)
            if found is None:
                done.append(current)
            else:
                waiting += found
        return done

    def at(self, whole: Summed, name: str, place: Term) -> Summed:
        """One term of the sum over `name`: the one at `place`."""
        return self.renamed(replace(whole, names=tuple(n for n in whole.names if n != name)), {symbol(name): place})

    def renamed(self, whole: Summed, by: dict[Term, Term]) -> Summed:
        """`whole` with indices replaced, in the ranges of its other indices too."""
        pieces = tuple((substitute(piece, by), exponent) for piece, exponent in whole.pieces)
        whole = replace(whole, pieces=pieces)
        for name in whole.names:
            first, last = self.indices.ranges[name]
            along = substitute(first, by), substitute(last, by)
            if along != (first, last):
                return self.along(whole, name, along)
        return whole

    def along(
        self, whole: Summed, name: str, along: Range, shift: Term | None = None, taken: set[str] | None = None
    ) -> Summed:
        """`whole` with the index `name` running over another range, and read at `shift` of it."""
        other = self.name_of(along, set(whole.names) - {name} if taken is None else taken)
        if other == name:
            return whole
        names = tuple(other if n == name else n for n in whole.names)
        index = symbol(other)
        return self.renamed(replace(whole, names=names), {symbol(name): index if shift is None else index + shift})

    # Deltas and ranges

    def delta(self, whole: Summed) -> list[Summed] | None:
        """Sum_k delta(k, j) f(k) = f(j), where j lies in the range of k."""
        for piece in whole.pieces:
            found = solved(reduced(difference(*piece[0].args)), whole.names) if piece[0].head == "delta" else None
            if found is None:
                continue
            name, place = found
            guards = self.guards(place, self.indices.ranges[name])
            if guards is None:
                return []
            return [self.at(whole.without(piece), name, place).times(*guards)]
        return None

    def guards(self, place: Term, along: Range) -> list[Term] | None:
        """The indicators of `place` in a range, as far as they are not certain; None where it is outside."""
        found = []
        for larger, smaller in ((place, along[0]), (along[1], place)):
            order = self.indices.compare(larger, smaller)
            if order == {-1}:
                return None
            if -1 in order:
                self.indices.ask(larger, smaller)
                found.append(holds_after(larger, smaller))
        return found

    def after(self, whole: Summed) -> list[Summed] | None:
        """A sum of terms that vanish before or after a place runs from or to that place."""
        for piece in whole.pieces:
            if piece[0].head != "cases":
                continue
            apart = difference(*piece[0].args[1].args)
            for name in whole.names:
                slope = (apart or {}).get(name, Fraction(0))
                if apart is None or abs(slope) != 1:
                    continue
                bound = written({n: -slope * value for n, value in apart.items() if n != name})
                narrower = self.narrowed(self.indices.ranges[name], bound, slope > 0)
                if narrower is not None:
                    return [self.along(whole.without(piece), name, narrower)]
        return None

    def narrowed(self, along: Range, bound: Term, from_below: bool) -> Range | None:
        """The part of a range at or after (else: at or before) `bound`, where that is one range."""
        end = along[0] if from_below else along[1]
        order = self.indices.compare(bound, end) if from_below else self.indices.compare(end, bound)
        if 1 not in order:
            return along
        if -1 in order:
            self.indices.ask(bound, end)
            return None
        narrower = (bound, along[1]) if from_below else (along[0], bound)
        # One place past the end is an empty sum; further past, a range means nothing.
        return narrower if -1 not in self.indices.compare(narrower[1], narrower[0] - 1) else None

    def is_counted(self, along: Range) -> bool:
        """Whether a range has `last - first + 1` places, which one that ends long before it begins has not."""
        last, before = along[1], moved(along[0], -1)
        if -1 not in self.indices.compare(last, before):
            return True
        self.indices.ask(last, before)
        return False

    def empty(self, whole: Summed) -> list[Summed] | None:
        """A sum over no place."""
        ranges = (self.indices.ranges[name] for name in whole.names)
        return [] if any(self.indices.compare(last, first) == {-1} for first, last in ranges) else None

    def single(self, whole: Summed) -> list[Summed] | None:
        """A sum over one place."""
        for name in whole.names:
            first, last = self.indices.ranges[name]
            if self.indices.compare(last, first) == {0}:
                return [self.at(whole, name, first)]
        return None

    def prefix(self, whole: Summed) -> list[Summed] | None:
        """Sums over a part of an axis, as sums from its beginning to one before a place."""
        for name in whole.names:
            (first, last), found = self.indices.ranges[name], self.offset_and_axis(whole, name)
            if found is None or found[0] or distance(last, first) is not None:
                continue
            start, stop = found[1]
            less = replace(whole, factor=-whole.factor)
            if distance(first, start) is None and self.is_counted((first, last)):
                return [self.along(whole, name, (start, last)), self.along(less, name, (start, moved(first, -1)))]
            step = constant(last) + 1
            if distance(last, stop) is None and 0 < abs(step) <= MAX_GAP and self.is_counted((first, last - step)):
                missing = (
                    [moved(last, -at) for at in range(step)]
                    if step > 0
                    else [moved(last, at + 1) for at in range(-step)]
                )
                some = whole if step > 0 else less
                return [
                    self.along(whole, name, (first, moved(last, -step))),
                    *(self.at(some, name, at) for at in missing),
                ]
        return None

    def complete(self, whole: Summed) -> list[Summed] | None:
        """A sum over most of an axis: the sum over all of it, less what is missing."""
        for name in whole.names:
            found = self.offset_and_axis(whole, name)
            if found is None:
                continue
            offset, axis = found
            first, last = self.indices.ranges[name]
            if offset:
                shifted = term(int(offset))
                return [self.along(whole, name, (moved(first, offset), moved(last, offset)), -shifted)]
            below, above = distance(first, axis[0]), distance(axis[1], last)
            if below is None or above is None or not 0 < below + above <= MAX_GAP or min(below, above) < 0:
                continue
            if not self.is_counted((first, last)):
                continue
            missing = [moved(axis[0], step) for step in range(below)] + [moved(axis[1], -step) for step in range(above)]
            less = replace(whole, factor=-whole.factor)
            return [self.along(whole, name, axis), *(self.at(less, name, place) for place in missing)]
        return None

    def offset_and_axis(self, whole: Summed, name: str) -> tuple[int, Range] | None:
        """How far the components that `name` picks lie from it, and their axis, where these are the same for all."""
        found = set()
        for piece, _ in whole.uses(name):
            for node in subterms(piece):
                for position, place in enumerate(node.args[1:] if node.head == "index" else ()):
                    if name in free_symbols(place):
                        found.add((distance(place, symbol(name)), self.axis(node, position)))
        if len(found) != 1:
            return None
        ((offset, axis),) = found
        return None if offset is None or axis is None else (offset, axis)

    def axis(self, node: Term, position: int) -> Range | None:
        base = node.args[0].args[0] if node.args[0].head == "inv" else node.args[0]
        axes = self.domain.axes.get(base.name, ())
        return axes[position] if position < len(axes) else None

    def is_axis(self, name: str, node: Term, position: int) -> bool:
        """Whether `name` runs along all of an axis of the array in `node`."""
        axis, along = self.axis(node, position), self.indices.ranges[name]
        return axis is not None and all(distance(a, b) == 0 for a, b in zip(axis, along, strict=True))

    # What arrays are known to satisfy

    def inverse(self, whole: Summed) -> list[Summed] | None:
        """Sum_k inv(A)[p, k] A[k, q] = delta(p, q), and the other way round."""
        for name in whole.names:
            uses = whole.uses(name)
            if len(uses) != 2 or any(e != 1 or piece.head != "index" for piece, e in uses):
                continue
            (left, _), (right, _) = uses
            if not (_inverse_of(left, right) or _inverse_of(right, left)):
                continue
            indices = [
                piece.args[1:].index(symbol(name)) if symbol(name) in piece.args[1:] else -1 for piece, _ in uses
            ]
            matrix = left.args[0].args[0] if left.args[0].head == "inv" else left.args[0]
            symmetric = bool({(matrix.name, "spd"), (matrix.name, "symmetric")} & self.domain.properties)
            if -1 in indices or not (symmetric or sum(indices) == 1) or not self.is_axis(name, left, indices[0]):
                continue
            rest = tuple(n for n in whole.names if n != name)
            outer = Term("delta", (left.args[2 - indices[0]], right.args[2 - indices[1]]))
            if name not in free_symbols(outer):
                return [replace(whole.without(*uses), names=rest).times(outer)]
        return None

    def total(self, whole: Summed) -> list[Summed] | None:
        """The components of a simplex add up to 1."""
        for name in whole.names:
            uses = whole.uses(name)
            if len(uses) == 1 and uses[0][1] == 1 and self.has(uses[0][0], *WHOLE):
                node = uses[0][0]
                last = len(node.args) - 2
                if node.args[-1] is symbol(name) and self.is_axis(name, node, last):
                    self.used.add(f"Sum({node.args[0]}) = 1")
                    return [replace(whole.without(uses[0]), names=tuple(n for n in whole.names if n != name))]
        return None

    def one_hot(self, whole: Summed) -> list[Summed] | None:
        """Components of a one-hot vector are 0 or 1, and only one of them is 1."""
        hot = [piece for piece in whole.pieces if piece[1] > 0 and self.has(piece[0], "onehot")]
        for node, exponent in hot:
            self.used.add(f"{node.args[0]} onehot")
            if exponent > 1:
                return [whole.without((node, exponent)).times(node)]
            for other, _ in hot:
                if other is not node and other.args[:-1] == node.args[:-1]:
                    return [whole.without((other, 1)).times(Term("delta", (node.args[-1], other.args[-1])))]
        return None

    def has(self, node: Term, *words: str) -> bool:
        if node.head != "index" or node.args[0].head != "sym":
            return False
        return any((node.args[0].name, word) in self.domain.properties for word in words)


def _inverse_of(left: Term, right: Term) -> bool:
    return left.args[0].head == "inv" and left.args[0].args[0] is right.args[0]
